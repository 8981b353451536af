"""Reads text dumps of abstracts, as they are copied from web pages, mails and notes, with whatever stands between."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agent.errors import SourceError
from agent.papers import Place, Reading, Record, Skipped
from agent.sources.fields import Fields, to_record
from agent.sources.identifiers import find_arxiv, find_doi, find_year
from agent.sources.kinds import FURNITURE, Kind, count_words, kind_of
from agent.sources.paragraphs import read_paragraphs
from agent.sources.people import may_be_name
from agent.sources.styles import Style
from agent.sources.units import Unit, has_label, settle_sentences

_PUBLISHED = re.compile(r"(?:submitted|published|accepted|posted|first published)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Entry:
    """A paper as it comes together."""

    title: Unit | None = None
    abstract: list[Unit] = field(default_factory=list)
    authors: list[Unit] = field(default_factory=list)
    others: list[Unit] = field(default_factory=list)
    """Labelled lines, identifiers and dates."""

    @property
    def units(self) -> list[Unit]:
        title = [self.title] if self.title else []
        return [*title, *self.abstract, *self.authors, *self.others]


def read_abstracts(text: str, name: str) -> Reading:
    """The papers of a dump; what no paper owns is skipped, and named.

    SourceError if nothing in it is like a paper.
    """
    units = [Unit(paragraph, kind_of(paragraph)) for paragraph in read_paragraphs(text)]
    settle_sentences(units)
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
    titles = {id(entry.title) for entry in entries}
    skipped = [_skip(unit, name) for unit in units if not unit.is_used and id(unit) not in titles]
    records: list[Record] = []
    for entry in sorted(entries, key=_position):
        one = to_record(Place(file=name, position=_position(entry)), _fields(entry))
        if isinstance(one, Record):
            records.append(one)
        else:
            skipped.append(one)
    return Reading(records=tuple(records), skipped=tuple(sorted(skipped, key=lambda skip: skip.position or 0)))


def _entries(units: Sequence[Unit]) -> list[_Entry]:
    """A paper for each abstract, with what stands between it and the abstract before."""
    gaps = list(_gaps(units))
    style = Style.of(gaps)
    entries: list[_Entry] = []
    for gap, abstract in gaps:
        if entries and not gap and style.goes_on(entries[-1].abstract, abstract):
            entries[-1].abstract.append(abstract)
            continue
        title = style.title_of(gap, abstract)
        if (
            title is None
            and style.is_titled
            and not has_label(abstract, "abstract")
            and count_words(abstract.text) < 30
        ):
            continue
        entries.append(_entry(gap, title, abstract))
    return entries


def _gaps(units: Sequence[Unit]) -> Iterable[tuple[list[Unit], Unit]]:
    """Each abstract with the units between it and the one before."""
    gap: list[Unit] = []
    for unit in units:
        if unit.kind is Kind.ABSTRACT:
            yield gap, unit
            gap = []
        else:
            gap.append(unit)


def _entry(gap: Sequence[Unit], title: Unit | None, abstract: Unit) -> _Entry:
    entry = _Entry(title=title, abstract=[abstract])
    begin = next((index for index, unit in enumerate(gap) if unit is title), -1) + 1
    for unit in gap[begin:]:
        if unit.kind is Kind.NAMES or has_label(unit, "authors") or (title and may_be_name(unit.text)):
            entry.authors.append(unit)
        elif unit.kind in (Kind.LABELLED, Kind.IDENTIFIER, Kind.DATE) and (title or unit.kind is not Kind.DATE):
            entry.others.append(unit)
    return entry


def _with_what_follows(entries: list[_Entry], units: Sequence[Unit]) -> list[_Entry]:
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
    waiting: list[Unit] | None = None
    for unit in units:
        if id(unit) in owner:
            before = owner[id(unit)]
            before.others += waiting or []
            waiting = None
        elif unit.kind not in (Kind.LABELLED, Kind.IDENTIFIER, Kind.DATE) or has_label(unit, "title"):
            continue
        elif unit.kind is Kind.DATE:
            if before and waiting is None and _PUBLISHED.match(unit.text):
                before.others.append(unit)
        elif waiting is not None or (first_shape and _shape(unit) == first_shape):
            waiting = [*(waiting or []), unit]
        elif before:
            before.others.append(unit)
    return entries


def _shape(unit: Unit) -> tuple[str | None, bool, str]:
    head = re.match(r"[^\W\d_]*", unit.text)
    return unit.paragraph.label, unit.paragraph.is_numbered, "" if unit.paragraph.label or not head else head.group()


def _titles_alone(units: Sequence[Unit]) -> list[_Entry]:
    """A list of titles without any abstract: papers all the same, of which only the title is known."""
    titles = [
        unit for unit in units if (unit.kind is Kind.LINE and count_words(unit.text) >= 4) or has_label(unit, "title")
    ]
    if len(titles) < 3 or len(titles) * 2 < len([unit for unit in units if unit.kind not in FURNITURE]):
        return []
    return [_Entry(title=unit) for unit in titles]


def _listed_titles(units: Sequence[Unit], entries: Sequence[_Entry]) -> list[Unit]:
    """Titles without an abstract that are marked as such: by a label, or by a number as other papers' titles are."""
    numbers_are_titles = any(entry.title and entry.title.paragraph.is_numbered for entry in entries)
    return [
        unit
        for unit in units
        if not unit.is_used
        and unit.text
        and (
            has_label(unit, "title")
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


def _skip(unit: Unit, name: str) -> Skipped:
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
