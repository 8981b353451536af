"""What is written: claims with their citations, passages, sections, the draft, and what `check` found."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TypeVar

from pydantic import Field

from agent.papers import Frozen, Where, digest_of, is_nothing
from agent.review import Made

OVERVIEWS = ("introduction", "synthesis", "gaps")
"""The texts over all sections, in the order in which they are read."""


class Verdict(StrEnum):
    """What a judge says of a claim and the papers it cites."""

    VERBATIM = "verbatim"
    """The claim is the paper's own words, in quotation marks; no judgement was needed."""
    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"


class Citation(Frozen):
    """A claim's pointer to a paper, with the words it rests on."""

    key: str
    quote: str | None = None
    """Verbatim in the paper; None where the words that were given are not."""
    where: Where | None = None
    start: int | None = None
    end: int | None = None
    supports: bool | None = None
    """Whether the judge found that this paper bears on the claim; None before it was asked."""


class Claim(Frozen):
    """A sentence that asserts, and what it cites."""

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict | None = None
    by_hand: bool = Field(default=False, exclude_if=is_nothing)
    """Whether a person wrote or changed it in survey.md: it is checked and marked, and never changed or dropped."""
    made: Made = Made()

    @property
    def id(self) -> str:
        """Names the claim by its words and what it cites, wherever it stands."""
        return "c" + digest_of([self.text, [[c.key, c.quote] for c in self.citations]])[:10]


class Problem(StrEnum):
    """What `check` can find wrong with a claim."""

    NO_CITATION = "no citation"
    TOO_MANY = "too many citations"
    UNKNOWN_KEY = "unknown key"
    NO_QUOTE = "quote not in the paper"
    NO_NUMBER = "number not in a cited paper"
    UNSUPPORTED = "not supported"
    NOT_BEARING = "a cited paper does not bear on it"
    UNJUDGED = "not judged"


class Outcome(StrEnum):
    """What became of a claim with a finding."""

    REPAIRED = "repaired"
    DROPPED = "dropped"
    KEPT = "kept"
    """As it is, for a person wrote it."""


class Finding(Frozen):
    """What `check` says of a claim that failed."""

    passage: str
    """The id of the passage it stood in."""
    row: str | None = None
    """The paper whose line of the comparison table it is about; None for a sentence."""
    claim: str
    """The claim's words."""
    keys: tuple[str, ...]
    problem: Problem
    why: str
    outcome: Outcome
    became: str | None = None
    """The words that replaced it."""
    made: Made = Made()


class Paragraph(Frozen):
    """Claims that belong together."""

    heading: str | None = None
    claims: tuple[Claim, ...]


class Tally(Frozen):
    """How the claims of a passage, and their citations, stood up to the judge."""

    claims: int = 0
    held: int = 0
    """Claims that what they cite supports in full."""
    citations: int = 0
    bearing: int = 0
    """Citations that bear on their claim."""
    verbatim: int = 0
    """Claims that needed no judge, being the papers' own words."""

    @classmethod
    def of(cls, claims: Collection[Claim]) -> "Tally":
        """The figures of claims as they were judged."""
        cited = [citation for claim in claims for citation in claim.citations]
        return cls(
            claims=len(claims),
            held=sum(claim.verdict in (Verdict.VERBATIM, Verdict.SUPPORTED) for claim in claims),
            citations=len(cited),
            bearing=sum(bool(citation.supports) for citation in cited),
            verbatim=sum(claim.verdict is Verdict.VERBATIM for claim in claims),
        )

    def __add__(self, other: "Tally") -> "Tally":
        mine, theirs = self.model_dump(), other.model_dump()
        return Tally(**{name: mine[name] + theirs[name] for name in mine})


class Passage(Frozen):
    """A stretch of the survey that is written by one call and checked by one call."""

    id: str
    paragraphs: tuple[Paragraph, ...] = ()
    findings: tuple[Finding, ...] = ()
    drafted: Tally = Tally()
    """The figures before repair."""
    printed: Tally = Tally()
    """The figures of what is printed."""
    checked: str | None = None
    """The digest of its words as they were checked; None before, and once they no longer stand in the papers."""
    judge: str = ""
    """The model that judged it, as its server names it; empty where code alone had to look."""
    told: dict[str, str] = Field(default_factory=dict, exclude_if=is_nothing)
    """What it was written from, so that it can be amended when that changes. Of a part: the digest of what it was told
    of each of its papers (text, facts and quotes), by key. Of a text over others: by the id of each claim its section
    and, after a tab, what it cites; and under `survey` the digest of title and question."""
    made: Made = Made()

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for paragraph in self.paragraphs for claim in paragraph.claims)

    @property
    def keys(self) -> frozenset[str]:
        """The papers that it is about."""
        return frozenset(citation.key for claim in self.claims for citation in claim.citations)

    @property
    def claims_digest(self) -> str:
        return digest_of([claim.id for claim in self.claims])

    @property
    def words_digest(self) -> str:
        """Names all that it prints."""
        return self.claims_digest

    @property
    def is_checked(self) -> bool:
        return self.checked == self.words_digest

    @property
    def is_by_hand(self) -> bool:
        """Whether a person wrote or changed a sentence of it in survey.md."""
        return any(claim.by_hand for claim in self.claims)

    @property
    def is_printed(self) -> bool:
        """Whether it may be printed: it is checked, but for what a person wrote since."""
        is_else_judged = self.is_by_hand and all(claim.by_hand or claim.verdict for claim in self.claims)
        return self.is_checked or (self.checked is not None and is_else_judged and not self.is_edited)

    @property
    def is_edited(self) -> bool:
        """Whether a person changed its words after they were checked."""
        return bool(self.made.content) and self.made.content != self.words_digest


class Cell(Frozen):
    """A table's entry, with the words in the paper that it rests on; both None where the paper does not say."""

    text: str | None = None
    quote: str | None = None


class Row(Frozen):
    """A paper's line in the comparison table of its section, or of an answer."""

    key: str
    cells: dict[str, Cell]
    """By column: one of COLUMNS in a section, any in an answer."""
    held: bool = Field(default=False, exclude_if=is_nothing)
    """Whether it came through the check as it is now."""

    @property
    def says(self) -> bool:
        """Whether the paper says anything under these columns."""
        return any(cell.text for cell in self.cells.values())


COLUMNS = ("setting", "idea", "evidence")
"""The comparison table: what it works on, what it does differently, what it measured."""


class Part(Passage):
    """What one call wrote of a section: all of its papers, those of one child, or a share of them; or an answer."""

    category: str
    """The category or child whose papers it holds; empty in an answer, which is about none of its own."""
    papers: tuple[str, ...]
    rows: tuple[Row, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        return super().keys.union(self.papers, (row.key for row in self.rows))

    @property
    def words_digest(self) -> str:
        return digest_of([self.claims_digest, [row.model_dump(mode="json", exclude={"held"}) for row in self.rows]])


class Section(Frozen):
    """The survey on one top category."""

    id: str
    name: str
    definition: str
    opening: Passage | None = None
    """What its parts have in common; None where there is only one."""
    order: tuple[str, ...] = ()
    """The ids of the parts as they are to be read."""
    headings: dict[str, str] = Field(default_factory=dict)
    parts: tuple[Part, ...]

    @property
    def in_order(self) -> tuple[Part, ...]:
        """The parts as they are to be read; one that `order` does not name comes last, none is lost."""
        by_id = {part.id: part for part in self.parts}
        ids = dict.fromkeys([*(id_ for id_ in self.order if id_ in by_id), *by_id])
        return tuple(by_id[id_] for id_ in ids)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The opening and the parts, as they are read."""
        return (*((self.opening,) if self.opening else ()), *self.in_order)


class Draft(Frozen):
    """The survey, before it is rendered."""

    title: str
    question: str | None = None
    introduction: Passage | None = None
    sections: tuple[Section, ...] = ()
    synthesis: Passage | None = None
    gaps: Passage | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage, as it is read."""
        inner = tuple(passage for section in self.sections for passage in section.passages)
        whole = (self.introduction, *inner, self.synthesis, self.gaps)
        return tuple(passage for passage in whole if passage is not None)

    def each(self, change: Callable[[Passage], Passage]) -> "Draft":
        """The draft with every passage changed by this."""
        sections = tuple(
            section.model_copy(
                update={
                    "opening": change(section.opening) if section.opening else None,
                    "parts": tuple(change(part) for part in section.parts),
                }
            )
            for section in self.sections
        )
        texts = {name: change(text) if (text := getattr(self, name)) else None for name in OVERVIEWS}
        return self.model_copy(update={"sections": sections} | texts)

    def only_checked(self) -> "Draft":
        """The draft as it may be printed: a passage whose check is not done keeps only what was judged before.

        So an amended one loses nothing while its new sentences wait, and one that is new keeps no more than its place.
        Sentences that a person wrote are printed before a judge has seen them, with their mark.
        """
        return self.each(_if_checked)


P = TypeVar("P", bound=Passage)


def _if_checked(passage: Passage) -> Passage:
    return passage if passage.is_printed else judged_of(passage)


def judged_of(passage: P) -> P:
    """What of a passage was judged and held, or is a person's: its sentences, and the lines of its table.

    Nothing of one that was checked and has other words now: its verdicts were given on what stood there before.
    """
    if passage.checked is not None:
        passage = passage.model_copy(update={"paragraphs": ()} | ({"rows": ()} if isinstance(passage, Part) else {}))
    kept = (
        paragraph.model_copy(update={"claims": tuple(claim for claim in paragraph.claims if _is_judged(claim))})
        for paragraph in passage.paragraphs
    )
    paragraphs = tuple(paragraph for paragraph in kept if paragraph.claims)
    rows = {"rows": tuple(row for row in passage.rows if row.held)} if isinstance(passage, Part) else {}
    if not paragraphs and not rows.get("rows"):
        nothing = {"paragraphs": (), "findings": (), "checked": None, "drafted": Tally(), "printed": Tally()}
        return passage.model_copy(update={**nothing, **rows})
    judged = passage.model_copy(update={"paragraphs": paragraphs, **rows})
    return judged.model_copy(update={"checked": judged.words_digest, "printed": Tally.of(judged.claims)})


def _is_judged(claim: Claim) -> bool:
    return claim.by_hand or claim.verdict in (Verdict.VERBATIM, Verdict.SUPPORTED)
