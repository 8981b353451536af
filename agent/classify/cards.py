"""From papers and a taxonomy to a card for each paper."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from agent.answers import CardAnswer, FactAnswer, QuotesAnswer, card_answer
from agent.fields import DoubtfulFact
from agent.llm.client import Client
from agent.papers import Paper
from agent.quotes import find_quote
from agent.review import FACTS, Card, FactQuote, Taxonomy, Unanswered

Codes = str | tuple[str, ...] | None
"""What a card has of a facet: a code, several where it is `many`, None where none fits."""


def classify(
    papers: Sequence[Paper], taxonomy: Taxonomy, client: Client, *, shown: Taxonomy | None = None
) -> tuple[list[Card], list[Unanswered]]:
    """A card for each paper, in their order: one call a paper, and one more where a quote is not in its paper.

    Where that one stays unanswered the fact is marked, as if no quote was found, and the card is asked again next time.
    `shown` is the taxonomy as the prompt has it, where it is not to say all that taxonomy.yaml does.
    """
    rows = [{"taxonomy": shown or taxonomy, "paper": paper} for paper in papers]
    answers = client.ask_all("classify_paper", card_answer(taxonomy), rows)
    doubtful = {
        paper.key: facts
        for paper, answer in zip(papers, answers, strict=True)
        if not isinstance(answer, Unanswered) and (facts := _doubtful(paper, answer))
    }
    better = _ask_again([paper for paper in papers if paper.key in doubtful], doubtful, client)
    cards, unanswered = [], []
    for paper, answer in zip(papers, answers, strict=True):
        quotes = better.get(paper.key, {})
        unanswered += [one.about(paper.key) for one in (answer, quotes) if isinstance(one, Unanswered)]
        if not isinstance(answer, Unanswered):
            cards.append(_card(paper, answer, quotes, taxonomy))
    return cards, unanswered


def codes_in(answer: BaseModel) -> dict[str, Codes]:
    """The codes that an answer gives to each facet it was asked for, by the facet's name."""
    return {
        name: tuple(dict.fromkeys(value)) if isinstance(value, list) else value
        for name, value in answer.model_dump().items()
    }


def _facts(paper: Paper, answer: CardAnswer[str, Any]) -> dict[str, FactAnswer]:
    """What the answer says of the paper; nothing of one that is known by its title alone."""
    if paper.basis == "title":
        return {}
    stated = {name: getattr(answer.facts, name) for name in FACTS}
    return {name: fact for name, fact in stated.items() if fact is not None and fact.text.strip()}


def _doubtful(paper: Paper, answer: CardAnswer[str, Any]) -> tuple[DoubtfulFact, ...]:
    return tuple(
        DoubtfulFact(field=name, text=fact.text, quote=fact.quote)
        for name, fact in _facts(paper, answer).items()
        if find_quote(paper, fact.quote) is None
    )


def _ask_again(
    papers: Sequence[Paper], doubtful: dict[str, tuple[DoubtfulFact, ...]], client: Client
) -> dict[str, dict[str, str | None] | Unanswered]:
    """Better quotes by key and fact, or why there are none."""
    rows = [{"paper": paper, "facts": doubtful[paper.key]} for paper in papers]
    answers = client.ask_all("classify_quotes", QuotesAnswer, rows)
    return {
        paper.key: answer.about(paper.key)
        if isinstance(answer, Unanswered)
        else {entry.field: entry.quote for entry in answer.quotes}
        for paper, answer in zip(papers, answers, strict=True)
    }


def _card(
    paper: Paper, answer: CardAnswer[str, Any], better: dict[str, str | None] | Unanswered, taxonomy: Taxonomy
) -> Card:
    given = {} if isinstance(better, Unanswered) else better
    facts, quotes, unquoted = {}, [], []
    for name, fact in _facts(paper, answer).items():
        facts[name] = " ".join(fact.text.split())
        quote = find_quote(paper, fact.quote) or find_quote(paper, given.get(name))
        if quote:
            quotes.append(FactQuote(field=name, **quote.model_dump()))
        else:
            unquoted.append(name)
    card = Card(
        key=paper.key,
        category=answer.category,
        also=tuple(dict.fromkeys(other for other in answer.also if other != answer.category)),
        facets=codes_in(answer.facets),
        facts=facts,
        quotes=tuple(quotes),
        unquoted=tuple(unquoted),
        confidence=round(answer.confidence, 3),
        why=" ".join(answer.why.split()),
    )
    made = {"inputs": paper.digest, "taxonomy": taxonomy.content, "content": card.digest}
    if isinstance(better, Unanswered):
        made["unanswered"] = better.why
    return card.model_copy(update={"made": answer.made.model_copy(update=made)})
