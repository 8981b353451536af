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
NOT_SENT = "not sent to a model"
"""Marks the papers that review.toml keeps on this machine, and what the built-in model wrote of them."""


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

    @property
    def sign(self) -> str:
        return SIGNS[self.verdict][0]

    @property
    def word(self) -> str:
        return SIGNS[self.verdict][1]


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
    left_open: str = ""
    """What of a question the papers do not tell, as a model put it."""


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
