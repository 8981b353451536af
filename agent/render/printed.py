"""What is printed, in no format yet: chapters, sentences with their marks, comparison tables."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.draft import Verdict
from agent.papers import Where
from agent.render.survey import Name

SIGNS = {
    Verdict.VERBATIM: ("❝", "verbatim", "the paper’s own words, which nobody had to judge"),
    Verdict.SUPPORTED: ("✓", "supported", "the judge found that what it cites supports it in full"),
    Verdict.PARTLY: ("◐", "partly supported", "the judge found that what it cites supports a part of it"),
    Verdict.UNSUPPORTED: ("✗", "not supported", "the judge found that what it cites does not support it"),
    None: ("○", "not judged", "no judge has answered yet"),
}
"""For each verdict its sign, its word, and what it means."""
BY_HAND = ("✎", "by hand", "a person wrote or changed it in survey.md, and the program leaves it as it is")
"""The sign of what a person wrote, beside its verdict where a judge gave one."""
NOT_SENT = "not sent to a model"
"""Marks the papers that review.toml keeps on this machine, and what the built-in model wrote of them."""
GONE = "no source names it any more"
"""Marks the papers that left the sources, and keep their place."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation as it is printed."""

    key: str
    number: int | None
    """None where the corpus has no paper of this key."""
    anchor: str
    """Where its words stand in the references; the same words of one paper stand there once."""
    quote: str | None
    where: Where | None
    start: int | None
    bears: bool | None
    """Whether the judge found that the paper bears on the claim."""

    @property
    def flags(self) -> str:
        """A dagger where its words could not be verified, a double one where the paper does not bear on the claim."""
        return ("" if self.quote else "†") + ("‡" if self.bears is False else "")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A claim as it is printed."""

    anchor: str
    text: str
    marks: tuple[Mark, ...]
    verdict: Verdict | None
    by_hand: bool = False

    @property
    def shows_verdict(self) -> bool:
        """Of a person's own words only a verdict is worth a sign, not that there is none."""
        return self.verdict is not None or not self.by_hand

    @property
    def signs(self) -> str:
        own = [SIGNS[self.verdict][0]] if self.shows_verdict else []
        return " ".join([*own, BY_HAND[0]] if self.by_hand else own)


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    heading: str | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class TableCell:
    text: str
    quote: str | None

    @property
    def is_unverified(self) -> bool:
        return bool(self.text) and not self.quote


@dataclass(frozen=True, slots=True)
class TableRow:
    """A paper's line in a comparison table."""

    key: str
    number: int | None
    name: Name | None
    year: int | None
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    has_years: bool
    title: str = "Comparison"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one passage gives to its chapter."""

    anchor: str
    heading: str | None
    paragraphs: tuple[Prose, ...]
    table: Table | None = None
    counted: tuple[str, ...] = ()
    """What the program says of it."""
    since: str = ""
    """What of that changes with the corpus: how many papers there were when a question was answered."""
    left_open: str = ""
    """What of a question the papers do not tell, as a model put it."""

    @property
    def said(self) -> tuple[str, ...]:
        """All that the program says of it."""
        return (*self.counted, *([self.since] if self.since else []))


@dataclass(frozen=True, slots=True)
class Chapter:
    """The introduction, a section, the synthesis, the gaps, or the questions."""

    anchor: str
    title: str
    stretches: tuple[Stretch, ...]
    definition: str = ""
    category: str | None = None
    """The id of its top category; None for the chapters that are about all of them."""
    papers: tuple[str, ...] = ()
    is_appendix: bool = False
    """Not of the survey itself, whose figures leave it out."""

    @property
    def sentences(self) -> Iterator[Sentence]:
        for stretch in self.stretches:
            for prose in stretch.paragraphs:
                yield from prose.sentences

    @property
    def is_empty(self) -> bool:
        return not any(stretch.paragraphs or stretch.table or stretch.counted for stretch in self.stretches)
