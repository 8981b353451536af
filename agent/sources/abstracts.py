"""Reads text dumps of abstracts, as they are copied from web pages, mails and notes, with whatever stands between."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from agent.errors import SourceError
from agent.papers import Place, Reading, Record, Skipped
from agent.sources.fields import Fields, to_record
from agent.sources.identifiers import find_arxiv, find_doi, find_year
from agent.sources.kinds import FURNITURE, Kind, count_words, is_names, kind_of, may_be_name
from agent.sources.paragraphs import Paragraph, read_paragraphs

_SECTION = re.compile(
    r"(?:background|introduction|objectives?|aims?|purpose|methods?|materials and methods|design|setting|results?|findings"
    r"|conclusions?|discussion|significance|interpretation|implications|data sources|importance)\b[^.]{0,30}[:.\n]",
    re.IGNORECASE,
)


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
