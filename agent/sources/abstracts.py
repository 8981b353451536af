"""Reads text dumps of abstracts, as they are copied from web pages, mails and notes, with whatever stands between."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from agent.errors import SourceError
from agent.papers import Place, Reading, Record, Skipped
from agent.sources.fields import Fields, to_record
from agent.sources.identifiers import find_arxiv, find_doi, find_year
from agent.sources.kinds import FURNITURE, Kind, count_words, kind_of
from agent.sources.paragraphs import Paragraph, read_paragraphs
from agent.sources.people import may_be_name

_SECTION = re.compile(
    r"(?:background|introduction|objectives?|aims?|purpose|methods?|materials and methods|design|setting|results?|findings"
    r"|conclusions?|discussion|significance|interpretation|implications|data sources|importance)\b[^.]{0,30}[:.\n]",
    re.IGNORECASE,
)
_SECTION_OPENS = re.compile(r"background|introduction|objective|aim|purpose|importance", re.IGNORECASE)
_PUBLISHED = re.compile(r"(?:submitted|published|accepted|posted|first published)\b", re.IGNORECASE)
_ASSERTS = re.compile(r"\b(?:we|our|this|these|was|were|has|have|it|here)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Unit:
    """A paragraph and what it was taken for."""

    paragraph: Paragraph
    kind: Kind
    is_used: bool = False

    @property
    def text(self) -> str:
        return self.paragraph.text


@dataclass(slots=True)
class _Entry:
    """A paper as it comes together."""

    title: _Unit | None = None
    abstract: list[_Unit] = field(default_factory=list)
    authors: list[_Unit] = field(default_factory=list)
    others: list[_Unit] = field(default_factory=list)
    """Labelled lines, identifiers and dates."""

    @property
    def units(self) -> list[_Unit]:
        title = [self.title] if self.title else []
        return [*title, *self.abstract, *self.authors, *self.others]


def read_abstracts(text: str, name: str) -> Reading:
    """The papers of a dump; what no paper owns is skipped, and named.

    SourceError if nothing in it is like a paper.
    """
    units = [_Unit(paragraph, kind_of(paragraph)) for paragraph in read_paragraphs(text)]
    _settle_sentences(units)
    entries = _with_what_follows(_entries(units), units) or _titles_alone(units)
    for entry in entries:
        for unit in entry.units:
            unit.is_used = True
    entries += [_Entry(title=unit) for unit in _listed_titles(units, entries)]
    if not entries:
        n_lines = len(text.split("\n"))
        raise SourceError(
            f"{name} holds nothing like a title with an abstract in its {n_lines} lines: "
            "give each paper a line with its title and one with its abstract, or export BibTeX, RIS or CSV"
        )
    skipped = [_skip(unit, name) for unit in units if not unit.is_used and not any(unit is e.title for e in entries)]
    records: list[Record] = []
    for entry in sorted(entries, key=_position):
        one = to_record(Place(file=name, position=_position(entry)), _fields(entry))
        if isinstance(one, Record):
            records.append(one)
        else:
            skipped.append(one)
    return Reading(records=tuple(records), skipped=tuple(sorted(skipped, key=lambda skip: skip.position or 0)))


def _settle_sentences(units: Sequence[_Unit]) -> None:
    """Decide what a sentence by itself is: a short abstract, a title with a full stop, the rest of an abstract."""
    lengths = [count_words(unit.text) for unit in units if unit.kind is Kind.ABSTRACT]
    usual = median(lengths) if lengths else 0.0
    telling = [
        unit for unit in units if unit.kind in (Kind.LINE, Kind.SENTENCE, Kind.ABSTRACT) or _has_label(unit, "title")
    ]
    for index, unit in enumerate(telling):
        if unit.kind is not Kind.SENTENCE:
            continue
        before = telling[index - 1] if index else None
        after = telling[index + 1].kind if index + 1 < len(telling) else None
        is_below_title = before is not None and (before.kind is Kind.LINE or _has_label(before, "title"))
        is_long_enough = count_words(unit.text) >= max(8, 0.15 * usual)
        alternates = index > 1 and telling[index - 2].kind is Kind.ABSTRACT and after in (Kind.LINE, None)
        if after is Kind.ABSTRACT and not (is_below_title and _ASSERTS.search(unit.text)):
            unit.kind = Kind.LINE
        elif is_below_title and (is_long_enough or alternates):
            unit.kind = Kind.ABSTRACT
        elif before is not None and before.kind is Kind.ABSTRACT and not unit.paragraph.is_after_blank and lengths:
            unit.kind = Kind.ABSTRACT


def _has_label(unit: _Unit, label: str) -> bool:
    return unit.paragraph.label == label


def _entries(units: Sequence[_Unit]) -> list[_Entry]:
    """A paper for each abstract, with what stands between it and the abstract before."""
    gaps = list(_gaps(units))
    style = _Style.of(gaps)
    entries: list[_Entry] = []
    for gap, abstract in gaps:
        if entries and not gap and style.goes_on(entries[-1], abstract):
            entries[-1].abstract.append(abstract)
            continue
        title = style.title_of(gap, abstract)
        if (
            title is None
            and style.is_titled
            and not _has_label(abstract, "abstract")
            and count_words(abstract.text) < 30
        ):
            continue
        entries.append(_entry(gap, title, abstract))
    return entries


def _gaps(units: Sequence[_Unit]) -> Iterable[tuple[list[_Unit], _Unit]]:
    """Each abstract with the units between it and the one before."""
    gap: list[_Unit] = []
    for unit in units:
        if unit.kind is Kind.ABSTRACT:
            yield gap, unit
            gap = []
        else:
            gap.append(unit)


def _entry(gap: Sequence[_Unit], title: _Unit | None, abstract: _Unit) -> _Entry:
    entry = _Entry(title=title, abstract=[abstract])
    begin = next((index for index, unit in enumerate(gap) if unit is title), -1) + 1
    for unit in gap[begin:]:
        if unit.kind is Kind.NAMES or _has_label(unit, "authors") or (title and may_be_name(unit.text)):
            entry.authors.append(unit)
        elif unit.kind in (Kind.LABELLED, Kind.IDENTIFIER, Kind.DATE) and (title or unit.kind is not Kind.DATE):
            entry.others.append(unit)
    return entry


@dataclass(frozen=True, slots=True)
class _Style:
    """How this dump writes its papers, told from all of them."""

    is_titled: bool
    has_blank_between: bool
    marks: frozenset[str]
    """`heading`, `number`: what titles bear, if most do."""
    has_many_parts: bool
    """Abstracts of several paragraphs are usual."""
    rare: frozenset[str]
    """Stems that few paragraphs have: those that share one speak of the same work."""

    @classmethod
    def of(cls, gaps: Sequence[tuple[list[_Unit], _Unit]]) -> "_Style":
        lines = [[unit for unit in gap if unit.kind is Kind.LINE] for gap, _ in gaps]
        labelled = [any(_has_label(unit, "title") for unit in gap) for gap, _ in gaps]
        n_titled = sum(1 for gap_lines, is_labelled in zip(lines, labelled, strict=True) if gap_lines or is_labelled)
        n_headed = sum(any(unit.paragraph.is_heading for unit in gap) for gap in lines)
        n_numbered = sum(any(unit.paragraph.is_numbered for unit in gap) for gap in lines)
        n_after_blank = sum(abstract.paragraph.is_after_blank or bool(gap) for gap, abstract in gaps)
        seen = Counter(stem for _, abstract in gaps for stem in _stems(abstract.text))
        marks = {"heading": n_headed, "number": n_numbered}
        return cls(
            is_titled=n_titled > 0.2 * len(gaps),
            has_blank_between=n_after_blank > 0.5 * len(gaps),
            has_many_parts=sum(not gap for gap, _ in gaps) >= 0.2 * len(gaps),
            rare=frozenset(stem for stem, n in seen.items() if n <= max(2, len(gaps) // 100)),
            marks=frozenset(mark for mark, n in marks.items() if n_titled and n >= 0.6 * n_titled),
        )

    def goes_on(self, entry: _Entry, unit: _Unit) -> bool:
        """Whether a paragraph right after an abstract is the rest of it."""
        if _has_label(unit, "abstract"):
            return False
        if _SECTION.match(unit.text) and not _SECTION_OPENS.match(unit.text):
            return True
        if self.has_blank_between and not unit.paragraph.is_after_blank:
            return True
        if not self.is_titled:
            return False
        shared = _stems(unit.text) & _stems(" ".join(part.text for part in entry.abstract))
        return self.has_many_parts or any(stem in self.rare for stem in shared)

    def title_of(self, gap: Sequence[_Unit], abstract: _Unit) -> _Unit | None:
        """The line that is the abstract's title: the nearest, unless it has nothing to do with the abstract."""
        labelled = [unit for unit in gap if _has_label(unit, "title") and unit.text]
        if labelled:
            return labelled[-1]
        lines = [unit for unit in gap if unit.kind is Kind.LINE or _is_disguised(unit, abstract)]
        marked = [unit for unit in lines if self._is_marked(unit)]
        if marked:
            return marked[-1]
        related = [unit for unit in lines if _overlap(unit.text, abstract.text) > 0]
        if not lines or not (related or self.is_titled):
            return None
        nearest = lines[-1]
        if not related or related[-1] is nearest:
            return nearest
        is_doubtful = may_be_name(nearest.text) or count_words(nearest.text) <= 3
        strong = [unit for unit in related if _overlap(unit.text, abstract.text) >= 0.3 and count_words(unit.text) >= 3]
        return (strong or related)[-1] if is_doubtful else nearest if not strong else strong[-1]

    def _is_marked(self, unit: _Unit) -> bool:
        paragraph = unit.paragraph
        return ("heading" in self.marks and paragraph.is_heading) or ("number" in self.marks and paragraph.is_numbered)


def _is_disguised(unit: _Unit, abstract: _Unit) -> bool:
    """Whether a line that looks like names or like an invitation speaks of the same as the abstract: a title after all."""
    if unit.kind not in (Kind.CALL, Kind.NAMES, Kind.SENTENCE) or count_words(unit.text) < 3:
        return False
    return _overlap(unit.text, abstract.text) >= 0.4


def _overlap(text: str, other: str) -> float:
    """The share of a text's longer words that another has, too, in any form: titles share words with abstracts."""
    stems = _stems(text)
    return len(stems & _stems(other)) / len(stems) if stems else 0.0


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[^\W\d_]{4,}", text.lower())}


def _with_what_follows(entries: list[_Entry], units: Sequence[_Unit]) -> list[_Entry]:
    """Give labelled lines and identifiers outside of title and abstract to the paper they go with.

    Where a dump begins with such a line, each paper begins with one like it; else they follow their paper.
    """
    owner = {id(unit): entry for entry in entries for unit in entry.units}
    first_shape = None
    for unit in units:
        if id(unit) in owner and unit not in owner[id(unit)].others:
            break
        if unit.kind in (Kind.LABELLED, Kind.IDENTIFIER):
            first_shape = _shape(unit)
            break
    before: _Entry | None = None
    waiting: list[_Unit] | None = None
    for unit in units:
        if id(unit) in owner:
            before = owner[id(unit)]
            before.others += waiting or []
            waiting = None
        elif unit.kind not in (Kind.LABELLED, Kind.IDENTIFIER, Kind.DATE) or _has_label(unit, "title"):
            continue
        elif unit.kind is Kind.DATE:
            if before and waiting is None and _PUBLISHED.match(unit.text):
                before.others.append(unit)
        elif waiting is not None or (first_shape and _shape(unit) == first_shape):
            waiting = [*(waiting or []), unit]
        elif before:
            before.others.append(unit)
    return entries


def _shape(unit: _Unit) -> tuple[str | None, bool, str]:
    head = re.match(r"[^\W\d_]*", unit.text)
    return unit.paragraph.label, unit.paragraph.is_numbered, "" if unit.paragraph.label or not head else head.group()


def _titles_alone(units: Sequence[_Unit]) -> list[_Entry]:
    """A list of titles without any abstract: papers all the same, of which only the title is known."""
    titles = [
        unit for unit in units if (unit.kind is Kind.LINE and count_words(unit.text) >= 4) or _has_label(unit, "title")
    ]
    if len(titles) < 3 or len(titles) * 2 < len([unit for unit in units if unit.kind not in FURNITURE]):
        return []
    return [_Entry(title=unit) for unit in titles]


def _listed_titles(units: Sequence[_Unit], entries: Sequence[_Entry]) -> list[_Unit]:
    """Titles that are marked as such, by a label or by a number as other papers' titles have one, without an abstract."""
    numbers_are_titles = any(entry.title and entry.title.paragraph.is_numbered for entry in entries)
    return [
        unit
        for unit in units
        if not unit.is_used
        and unit.text
        and (
            _has_label(unit, "title")
            or (
                numbers_are_titles
                and unit.paragraph.is_numbered
                and unit.kind is Kind.LINE
                and count_words(unit.text) >= 3
            )
        )
    ]


def _position(entry: _Entry) -> int:
    return min(unit.paragraph.position for unit in entry.units)


def _skip(unit: _Unit, name: str) -> Skipped:
    return Skipped(file=name, position=unit.paragraph.position, why=unit.kind.value, text=unit.text[:120])


def _fields(entry: _Entry) -> Fields:
    fields = Fields(
        title=entry.title.text if entry.title else None,
        abstract=" ".join(unit.text for unit in entry.abstract) or None,
        authors=", ".join(unit.text.strip(" ,.") for unit in entry.authors) or None,
        url=entry.title.paragraph.url if entry.title else None,
    )
    for unit in entry.others:
        label, text = unit.paragraph.label, unit.text
        fields.doi = fields.doi or find_doi(text)
        fields.arxiv = fields.arxiv or find_arxiv(text, bare=label == "arxiv")
        address = re.search(r"https?://\S+[^\s.,;)\]]", text)
        fields.url = fields.url or (address.group() if address else None)
        if label in ("year", "venue") and not getattr(fields, label):
            setattr(fields, label, text)
        elif unit.kind is Kind.DATE and find_year(text):
            fields.year = fields.year or text
        elif label and label not in ("doi", "arxiv", "url"):
            fields.extra[label] = f"{fields.extra[label]}; {text}" if label in fields.extra else text
    return fields
