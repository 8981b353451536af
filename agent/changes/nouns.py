"""What came of a review between two states of it: the states, and every difference that a person would ask about."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agent.draft import Claim, Draft
from agent.papers import Corpus, Frozen
from agent.question import EVERYWHERE, Answer, Scope
from agent.review import Card, Taxonomy

Find = Callable[[str, Collection[str]], list[str]]
"""The papers that a question's own words find among those with these keys, the nearest first."""


@dataclass(frozen=True)
class State:
    """A review as it stands at one time."""

    corpus: Corpus
    cards: Mapping[str, Card] = field(default_factory=dict)
    taxonomy: Taxonomy | None = None
    draft: Draft | None = None
    """As it is printed: `only_checked`."""
    answers: Mapping[str, Answer] = field(default_factory=dict)


class InCategory(Frozen):
    """A category as a person knows it."""

    id: str
    name: str


class Added(Frozen):
    """A paper that came in."""

    key: str
    title: str
    category: InCategory | None = None
    """None where it has no card yet."""


class Changed(Frozen):
    """A paper of which the sources say something else."""

    key: str
    title: str
    text: tuple[str, ...] = ()
    """Those of its title and its abstract that are other words now: its card and its claims rest on them."""
    other: tuple[str, ...] = ()
    """What else is said of it otherwise: its authors, its year, ..."""


class Gone(Frozen):
    """A paper that no source names any more."""

    key: str
    title: str
    sources: tuple[str, ...] = ()
    """The sources that it came from."""
    is_kept: bool = True
    """Whether it is only marked, and keeps its card and its place in the survey."""


class Back(Frozen):
    """A paper that was gone, and that a source names again."""

    key: str
    title: str
    sources: tuple[str, ...] = ()


class Renamed(Frozen):
    """A paper whose key is another one; the old one stays an alias."""

    before: str
    after: str
    is_joined: bool = False
    """Whether the other key was a paper of its own, which was found to be the same work."""


class Moved(Frozen):
    """A paper that another category holds now."""

    key: str
    title: str
    before: InCategory
    after: InCategory


class Edit(StrEnum):
    """What was done to a category or a facet."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MERGED = "merged"
    """Others are part of it now."""
    REDEFINED = "redefined"
    PLACED = "placed elsewhere"
    """Below another category, or on its own."""


class CategoryChange(Frozen):
    """What was done to a category."""

    edit: Edit
    category: InCategory
    before: tuple[InCategory, ...] = ()
    """What it was called, or what was merged into it."""


class FacetChange(Frozen):
    """What was done to a facet."""

    edit: Edit
    name: str


class ClaimChange(Frozen):
    """A sentence that came, went, or reads otherwise in the same place."""

    before: Claim | None = None
    """None for one that came."""
    after: Claim | None = None
    """None for one that went."""


class Touched(Frozen):
    """A section, or a text over all sections, in which something is otherwise."""

    id: str
    name: str
    came: tuple[Claim, ...] = ()
    went: tuple[Claim, ...] = ()
    changed: tuple[ClaimChange, ...] = ()
    by_hand: tuple[ClaimChange, ...] = ()
    """What a person wrote or changed, which is not among the others."""
    rows_came: tuple[str, ...] = ()
    """Papers with a new line in a comparison table, by key."""
    rows_went: tuple[str, ...] = ()
    rows_changed: tuple[str, ...] = ()
    is_rearranged: bool = False
    """Whether what stayed stands in another order, or under other headings."""
    unchecked: tuple[str, ...] = ()
    """Passages that are not printed now because their check is not done, by id."""

    @property
    def is_same(self) -> bool:
        lists = (self.came, self.went, self.changed, self.by_hand, self.rows_came, self.rows_went, self.rows_changed)
        return not (any(lists) or self.is_rearranged or self.unchecked)


class AnswerChange(Frozen):
    """An answer that came, went, was given anew, or may be another one now."""

    id: str
    question: str
    scope: Scope = EVERYWHERE
    """What it was limited to."""
    whys: tuple[str, ...] = ()
    """Why it may be another one; none for what was done to it."""


class Changes(Frozen):
    """All that is otherwise; lists of papers in the order of their keys, the rest in the order of reading."""

    added: tuple[Added, ...] = ()
    changed: tuple[Changed, ...] = ()
    gone: tuple[Gone, ...] = ()
    back: tuple[Back, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    moved: tuple[Moved, ...] = ()
    categories: tuple[CategoryChange, ...] = ()
    facets: tuple[FacetChange, ...] = ()
    carded: tuple[Added, ...] = ()
    """Papers that were there and had no card, by key."""
    uncarded: tuple[str, ...] = ()
    """Papers that are there and lost theirs."""
    cards_again: tuple[str, ...] = ()
    """Papers whose card was made again and names the same category."""
    cards_by_hand: tuple[str, ...] = ()
    """Papers whose card a person edited."""
    touched: tuple[Touched, ...] = ()
    asked: tuple[AnswerChange, ...] = ()
    """Answers that were given, or given anew."""
    taken_out: tuple[AnswerChange, ...] = ()
    """Answers that are not there any more."""
    outdated: tuple[AnswerChange, ...] = ()
    """Answers that may be other ones now, each with why."""

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in type(self).model_fields)
