"""From papers and a taxonomy to a card for each paper."""

from collections.abc import Sequence
from typing import Any

from agent.answers import CardAnswer, FactAnswer, QuotesAnswer, card_answer
from agent.fields import DoubtfulFact
from agent.llm.client import Client
from agent.papers import Paper
from agent.quotes import find_quote
from agent.review import FACTS, Card, FactQuote, Taxonomy, Unanswered


def why_stale(card: Card | None, paper: Paper, taxonomy: Taxonomy, model: str) -> str | None:
    """Why a paper's card has to be made (again), or None where it stands.

    A card stands while its text and its category do. One by the built-in model that nobody edited is made again once
    a model is named.
    """
    if card is None:
        return "new"
    if card.made.inputs != paper.digest:
        return "its text changed"
    gone = [category for category in (card.category, *card.also) if category not in taxonomy.ids]
    if gone:
        return f"its category {gone[0]} is not in taxonomy.yaml any more"
    if card.made.gives_way_to(model) and not card.is_edited:
        return "the built-in model made it"
    return card.made.unanswered or None


def is_usable(card: Card, paper: Paper, taxonomy: Taxonomy, model: str) -> bool:
    """Whether a card may be written from, even if something is still to be asked for it."""
    answered = card.model_copy(update={"made": card.made.model_copy(update={"unanswered": ""})})
    return why_stale(answered, paper, taxonomy, model) is None


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
    codes = {
        name: tuple(dict.fromkeys(value)) if isinstance(value, list) else value
        for name, value in answer.facets.model_dump().items()
    }
    card = Card(
        key=paper.key,
        category=answer.category,
        also=tuple(dict.fromkeys(other for other in answer.also if other != answer.category)),
        facets=codes,
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
