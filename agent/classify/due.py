"""Which cards are to be made, and why: the cost of an edit of the taxonomy is fixed by these rules."""

from collections.abc import Iterable
from enum import StrEnum

from agent.classify.edits import Edit, Edits
from agent.fit import has_low_confidence
from agent.llm.prompts import wording_of
from agent.papers import Frozen, Paper
from agent.review import BUILT_IN, Card, Facet, Taxonomy
from agent.wording import listed

PROMPT = "classify_paper"
"""The prompt that makes a card."""


class DueKind(StrEnum):
    """What made a card due."""

    NEW = "new"
    TEXT = "text"
    DELETED = "deleted"
    SPLIT = "split"
    DEFINITION = "definition"
    NEW_CATEGORY = "new-category"
    FACET = "facet"
    BUILT_IN = "built-in"
    UNANSWERED = "unanswered"
    REASKED = "reasked"


class Due(Frozen):
    """That a paper's card is to be made, or asked for some facets alone."""

    kind: DueKind
    why: str
    """In words; the same for all cards that one edit made due."""
    facets: tuple[str, ...] = ()
    """The facets that are to be asked; none where all of the card is."""


def due(card: Card | None, paper: Paper, edits: Edits, model: str, *, reask: bool = False) -> Due | None:
    """Why a paper's card is to be made by this model, or None where it stands.

    With `reask` also a card that was asked for by other words, or of another model. What a person edited is made again
    only where what it says cannot stand: its text or its category is gone or means something else.
    """
    if card is None:
        return Due(kind=DueKind.NEW, why="no card yet")
    edit, card = edits.of(card), edits.moved(card).card
    if card.made.inputs != paper.digest:
        return Due(kind=DueKind.TEXT, why="its text changed")
    if card.category not in edit.now.categories:
        return Due(kind=DueKind.DELETED, why=_why_gone(card.category, edit))
    if _is_kept_from(model, card):
        return _by_facet(card, edits.taxonomy, edit, model)
    found = _by_category(card, edit) or _by_maker(card, edits, edit, model)
    if found is None and reask and is_stale(card, model):
        found = Due(kind=DueKind.REASKED, why=f"it is asked again: {_what_is_stale(card, model)}")
    return found or _by_facet(card, edits.taxonomy, edit, model)


def _is_kept_from(model: str, card: Card) -> bool:
    """Whether it is the word of a named model, in whose place the built-in one says nothing while it can stand."""
    return model == BUILT_IN and not card.made.is_built_in


def is_usable(card: Card, paper: Paper, taxonomy: Taxonomy, model: str) -> bool:
    """Whether a card may be written from, even if something is still to be asked for it.

    Of a card that is due for an edit of the taxonomy the earlier word stands until there is a new one.
    """
    if card.made.inputs != paper.digest or card.category not in taxonomy.ids:
        return False
    return not card.made.gives_way_to(model) or card.is_edited


def is_stale(card: Card, model: str) -> bool:
    """Whether it was asked for by other words than now, or of another model; it stands until it is asked for again."""
    return card.made.is_stale(model, wording_of(PROMPT)) and not card.is_edited


def _what_is_stale(card: Card, model: str) -> str:
    if not card.made.model.startswith(model):
        return f"{card.made.model} made it, not {model}"
    return "the prompt is worded otherwise now"


def _by_category(card: Card, edit: Edit) -> Due | None:
    """What an edit of a category asks of the papers that stand in it, a person's cards included."""
    if card.category in edit.split:
        into = _quoted(edit.split[card.category])
        return Due(kind=DueKind.SPLIT, why=f'"{card.category}" was split: {into} came in below it')
    redefined = next((id_ for id_ in (card.category, *card.also) if id_ in edit.redefined), None)
    if redefined is not None:
        return Due(kind=DueKind.DEFINITION, why=f'the definition of "{redefined}" changed')
    return None


def _why_gone(category: str, edit: Edit) -> str:
    if category in edit.split:
        return f'its category "{category}" is not in taxonomy.yaml any more, and {_quoted(edit.split[category])} are'
    return (
        f'its category "{category}" is not in taxonomy.yaml any more; if it was merged into another or renamed, '
        f"write `was: [{category}]` under that one: no card is asked again"
    )


def _by_maker(card: Card, edits: Edits, edit: Edit, model: str) -> Due | None:
    """What asks for another word of a model, and never for one in place of a person's."""
    found = None
    if card.made.gives_way_to(model):
        found = Due(kind=DueKind.BUILT_IN, why="the built-in model made it")
    elif edit.new and (why := _why_it_may_fit(card, edits.residual, edit)):
        found = Due(kind=DueKind.NEW_CATEGORY, why=why)
    elif card.made.unanswered:
        found = Due(kind=DueKind.UNANSWERED, why=card.made.unanswered)
    return found if found and not card.is_edited else None  # which takes a digest, and few cards come to it


def _why_it_may_fit(card: Card, residual: frozenset[str], edit: Edit) -> str | None:
    """Why the card may belong into a category that came in."""
    beside = [id_ for id_, above in edit.new.items() if above == card.category]
    if beside:
        return f'{_are_new(beside)} below its category "{card.category}"'
    if has_low_confidence(card, len(edit.then.categories) - len(edit.then.parents)):
        return f"{_are_new(edit.new)}, and its own category is not sure"
    if card.category in residual:
        return f'{_are_new(edit.new)}, and its own category "{card.category}" is for what fits nowhere else'
    return None


def _by_facet(card: Card, taxonomy: Taxonomy, edit: Edit, model: str) -> Due | None:
    """The facets that the card does not answer; in a card that is kept as it is, only those that it has no code of."""
    if not edit.facets:
        return None
    is_kept = card.is_edited or _is_kept_from(model, card)
    asked = {
        name: is_new
        for name, is_new in edit.facets.items()
        if not is_kept or not answers_facet(card, name, taxonomy.facets[name])
    }
    if not asked:
        return None
    new = [name for name, is_new in asked.items() if is_new]
    changed = [name for name, is_new in asked.items() if not is_new]
    whys = [f"{_are_new(new, 'facet ', 'facets ')}"] if new else []
    whys += [f"the codes of {_quoted(changed)} changed"] if changed else []
    return Due(kind=DueKind.FACET, why="; ".join(whys), facets=tuple(asked))


def answers_facet(card: Card, name: str, facet: Facet) -> bool:
    """Whether what the card says of this facet is among the answers it allows."""
    if name not in card.facets:
        return False
    given = card.facets[name]
    if given is None or isinstance(given, str):
        return not facet.many and (given is None or given in facet.codes)
    return facet.many and all(code in facet.codes for code in given)


def _are_new(ids: Iterable[str], one: str = "", several: str = "") -> str:
    named = list(ids)
    return f"{several}{_quoted(named)} are new" if len(named) > 1 else f"{one}{_quoted(named)} is new"


def _quoted(ids: Iterable[str]) -> str:
    return listed([f'"{id_}"' for id_ in ids])
