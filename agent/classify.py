"""From papers and a taxonomy to a card for each paper."""

from collections.abc import Sequence
from typing import Any

from agent.answers import CardAnswer, FactAnswer, QuotesAnswer, card_answer
from agent.fields import DoubtfulFact
from agent.llm.client import Client
from agent.papers import Paper
from agent.review import BUILT_IN, FACTS, Card, FactQuote, Made, Taxonomy, Unanswered
from agent.text import find_quote


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
    if card.made.model == BUILT_IN != model and card.made.content == card.digest:
        return "the built-in model made it"
    return None


def classify(papers: Sequence[Paper], taxonomy: Taxonomy, client: Client) -> list[Card | Unanswered]:
    """A card for each paper, in their order: one call a paper, and one more where a quote is not in its paper."""
    rows = [{"taxonomy": taxonomy, "paper": paper} for paper in papers]
    answers = client.ask_all("classify_paper", card_answer(taxonomy), rows)
    doubtful = {
        paper.key: facts
        for paper, answer in zip(papers, answers, strict=True)
        if not isinstance(answer, Unanswered) and (facts := _doubtful(paper, answer))
    }
    better = _ask_again([paper for paper in papers if paper.key in doubtful], doubtful, client)
    cards: list[Card | Unanswered] = []
    for paper, answer in zip(papers, answers, strict=True):
        quotes = better.get(paper.key, {})
        if isinstance(answer, Unanswered):
            cards.append(answer.model_copy(update={"subject": paper.key}))
        elif isinstance(quotes, Unanswered):
            cards.append(quotes)
        else:
            cards.append(_card(paper, answer, quotes, taxonomy))
    return cards


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
    """Better quotes by key and fact.

    Where the call failed for good the fact is marked, as if no quote was found; where it was never sent the card waits
    for the next run.
    """
    rows = [{"paper": paper, "facts": doubtful[paper.key]} for paper in papers]
    better: dict[str, dict[str, str | None] | Unanswered] = {}
    for paper, answer in zip(papers, client.ask_all("classify_quotes", QuotesAnswer, rows), strict=True):
        if not isinstance(answer, Unanswered):
            better[paper.key] = {entry.field: entry.quote for entry in answer.quotes}
        elif answer.stopped:
            better[paper.key] = answer.model_copy(update={"subject": paper.key})
    return better


def _card(paper: Paper, answer: CardAnswer[str, Any], better: dict[str, str | None], taxonomy: Taxonomy) -> Card:
    facts, quotes, unquoted = {}, [], []
    for name, fact in _facts(paper, answer).items():
        facts[name] = " ".join(fact.text.split())
        quote = find_quote(paper, fact.quote) or find_quote(paper, better.get(name))
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
    return card.model_copy(update={"made": Made(**answer.made.model_dump() | made)})
