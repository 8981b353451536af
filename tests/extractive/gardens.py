"""The small corpus as papers, and a way to ask the built-in model as the stages do."""

from typing import TypeVar

from agent.errors import CallError
from agent.extractive import Extractive
from agent.extractive.cards import card
from agent.fields import CardedPaper
from agent.llm.call import Answer, Call, Reply
from agent.papers import Paper
from agent.quotes import find_quote
from agent.review import Card, FactQuote, Taxonomy
from agent.taxonomy import read_taxonomy
from tests.papers import PLOTS, TAXONOMY

PAPERS = tuple(
    Paper(key=f"plot{number}", title=title, abstract=abstract) for number, (title, abstract) in enumerate(PLOTS)
)
WATERING, PESTS = PAPERS[:4], PAPERS[4:]
GIVEN: Taxonomy = read_taxonomy(TAXONOMY)
A = TypeVar("A", bound=Answer)
UNTOLD = Paper(key="untold", title="Watering Cans Through the Ages", basis="title")


def send(prompt: str, kind: type[Answer], /, **fields: object) -> Reply | CallError:
    """What the transport gives back for one call."""
    ((_, reply),) = Extractive().send_all([Call(prompt, "", "", "extractive", answer=kind, fields=fields)])
    return reply


def ask(prompt: str, kind: type[A], /, **fields: object) -> A:
    """The typed answer to one call; it must fit the schema that was asked for."""
    reply = send(prompt, kind, **fields)
    assert isinstance(reply, Reply), reply
    return kind.model_validate_json(reply.text)


def carded(paper: Paper) -> CardedPaper:
    """A paper with the card that the built-in model makes of it."""
    made = card(GIVEN, paper)
    facts = {name: fact for name, fact in made["facts"].items() if fact}
    quotes = []
    for name, fact in facts.items():
        quote = find_quote(paper, fact["quote"])
        assert quote is not None
        quotes.append(FactQuote(field=name, **quote.model_dump()))
    return CardedPaper(
        paper=paper,
        card=Card(
            key=paper.key,
            category=made["category"],
            facts={name: fact["text"] for name, fact in facts.items()},
            quotes=tuple(quotes),
            confidence=made["confidence"],
        ),
    )
