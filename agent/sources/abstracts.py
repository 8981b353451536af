"""Reads text dumps of abstracts, as they are copied from web pages, mails and notes, with whatever stands between."""

import re

from agent.errors import SourceError
from agent.papers import Place, Reading, Record, Skipped
from agent.sources.entries import Entry, Unit, find_entries
from agent.sources.fields import Fields, to_record
from agent.sources.identifiers import find_arxiv, find_doi, find_year
from agent.sources.kinds import Kind
from agent.sources.paragraphs import read_paragraphs

_ADDRESS = re.compile(r"https?://\S+[^\s.,;)\]]")
_READ_LABELS = ("doi", "arxiv", "url")
"""Labels whose lines hold nothing but what is read of them."""


def read_abstracts(text: str, name: str) -> Reading:
    """The papers of a dump; what no paper owns is skipped, and named.

    SourceError if nothing in it is like a paper.
    """
    entries, unused = find_entries(read_paragraphs(text))
    if not entries:
        n_lines = len(text.rstrip("\n").split("\n"))
        raise SourceError(
            f"{name} holds nothing like a title with an abstract in its {n_lines} line{'s' if n_lines > 1 else ''}: "
            "give each paper a line with its title and one with its abstract, or export BibTeX, RIS or CSV"
        )
    skipped = [_skip(unit, name) for unit in unused]
    records: list[Record] = []
    for entry in entries:
        one = to_record(Place(file=name, position=entry.position), _fields(entry))
        if isinstance(one, Record):
            records.append(one)
        else:
            skipped.append(one)
    return Reading(records=tuple(records), skipped=tuple(sorted(skipped, key=lambda skip: skip.position or 0)))


def _skip(unit: Unit, name: str) -> Skipped:
    return Skipped(file=name, position=unit.paragraph.position, why=unit.kind.value, text=unit.text[:120])


def _fields(entry: Entry) -> Fields:
    fields = Fields(
        title=entry.title.text if entry.title else None,
        abstract=" ".join(unit.text for unit in entry.abstract) or None,
        authors=", ".join(unit.text.strip(" ,.") for unit in entry.authors) or None,
        url=entry.title.paragraph.url if entry.title else None,
    )
    for unit in entry.others:
        label, text = unit.paragraph.label, unit.text
        fields.doi = fields.doi or find_doi(text)
        fields.arxiv = fields.arxiv or find_arxiv(f"arxiv:{text}" if label == "arxiv" else text)
        address = _ADDRESS.search(text)
        fields.url = fields.url or (address.group() if address else None)
        if label in ("year", "venue") and not getattr(fields, label):
            setattr(fields, label, text)
        elif unit.kind is Kind.DATE and find_year(text):
            fields.year = fields.year or text
        elif unit.kind is Kind.IDENTIFIER and not (find_doi(text) or find_arxiv(text) or address):
            fields.extra.setdefault("reference", text)
        elif label and label not in _READ_LABELS:
            fields.extra[label] = f"{fields.extra[label]}; {text}" if label in fields.extra else text
    return fields
