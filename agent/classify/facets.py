"""Asks for the facets that came in after a card was made: one call a paper, and the rest of its card stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.answers.amend import facets_answer
from agent.classify.cards import Codes, codes_in
from agent.classify.edits import Edits, Shaped
from agent.llm.client import Client
from agent.papers import Paper
from agent.review import Card, Unanswered


@dataclass(frozen=True)
class AskedFacets:
    """A paper with its card, and the facets that this card is to be asked for."""

    paper: Paper
    card: Card
    names: tuple[str, ...]


def ask_facets(asked: Sequence[AskedFacets], edits: Edits, client: Client) -> tuple[list[Shaped], list[Unanswered]]:
    """The cards with their codes, in the order given; what the built-in model says gives way to a named one's word.

    `made` stays that of the card but for the taxonomy: its categories are those of then, and these facets those of now.
    """
    facets = edits.taxonomy.facets
    wanted = {names: {name: facets[name] for name in names} for names in {one.names for one in asked}}
    kinds = {names: facets_answer(own) for names, own in wanted.items()}
    rows = [{"paper": one.paper, "facets": wanted[one.names]} for one in asked]
    answers = client.ask_all("classify_facets", [kinds[one.names] for one in asked], rows)
    cards, unanswered = [], []
    for one, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Unanswered):
            unanswered.append(answer.about(one.card.key))
            continue
        is_for_now = client.is_built_in and not one.card.made.is_built_in
        cards.append(_with_codes(one, edits, codes_in(answer), () if is_for_now else one.names))
    return cards, unanswered


def _with_codes(one: AskedFacets, edits: Edits, codes: dict[str, Codes], settled: Sequence[str]) -> Shaped:
    """The card with these codes, in the order of the taxonomy's facets; of the settled ones it is not asked again."""
    then, now = edits.of(one.card).then, edits.now
    shape = then.model_copy(update={"facets": then.facets | {name: now.facets[name] for name in settled}})
    given = one.card.facets | codes
    return edits.under(one.card, shape, facets={name: given[name] for name in edits.taxonomy.facets if name in given})
