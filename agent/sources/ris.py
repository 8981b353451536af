"""Reads RIS, the tagged exports of Zotero, EndNote, Rayyan, Embase, Ovid and Web of Science."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rispy import RisParser

from agent.errors import SourceError
from agent.papers import Place, Reading, Record, Skipped
from agent.sources.fields import Fields, to_record
from agent.sources.identifiers import find_arxiv, find_doi

_TAG = re.compile(r"\s{0,3}([A-Z][A-Z0-9]) {0,3}-(?: +(.*)| *)$")
_MEANING = {
    "title": ("title", "primary_title"),
    "abstract": ("abstract", "notes_abstract"),
    "year": ("year", "publication_year", "date"),
    "venue": ("secondary_title", "alternate_title3", "journal_name", "alternate_title1", "alternate_title2"),
    "doi": ("doi",),
}
_AUTHORS = ("authors", "first_authors")
_LISTS = ("A1", "A2", "A3", "A4", "AU", "KW", "N1", "UR", "L1", "L2", "SN", "AD", "M1", "C3")
_MAY_NAME_DOI = ("file_attachments2", "notes", "note", "custom7", "urls")


@dataclass(slots=True)
class _Entry:
    """The lines of one record, each tag on one line."""

    position: int
    lines: list[str] = field(default_factory=list)
    is_closed: bool = False


def looks_like_ris(text: str) -> bool:
    return re.search(r"^\s{0,3}TY {0,3}- *[A-Za-z]{2,8}\s*$", text, re.MULTILINE) is not None


def read_ris(text: str, name: str) -> Reading:
    """The records of a RIS file. A record whose end is missing ends where the next begins."""
    if not looks_like_ris(text):
        raise SourceError(f"{name} has no line `TY  - ...`, with which every RIS record begins: export it again as RIS")
    records: list[Record] = []
    skipped: list[Skipped] = []
    for entry in _entries(text, name, skipped):
        # With rispy's own rules a tag that comes twice would lose its second value, and an address with a `;` breaks.
        parser = RisParser(list_tags=list(_LISTS), enforce_list_tags=False, delimiter_tags_mapping={})
        (parsed,) = parser.parse("\n".join([*entry.lines, "ER  - "]))
        one = to_record(Place(file=name, position=entry.position), _fields(parsed))
        if isinstance(one, Record):
            records.append(one)
        else:
            skipped.append(one)
    return Reading(records=tuple(records), skipped=tuple(sorted(skipped, key=lambda skip: skip.position or 0)))


def _entries(text: str, name: str, skipped: list[Skipped]) -> Iterator[_Entry]:
    """The records as tagged lines; a line without a tag goes on with the one before it."""
    entry: _Entry | None = None
    for position, line in enumerate(text.split("\n"), start=1):
        match = _TAG.match(line)
        tag, value = (match[1], (match[2] or "").strip()) if match else (None, line.strip())
        if tag == "TY":
            if entry:
                yield entry
            entry = _Entry(position, [f"TY  - {value}"])
        elif entry and tag == "ER":
            yield entry
            entry = None
        elif entry and tag:
            entry.lines.append(f"{tag}  - {value}")
        elif entry and value:
            # Keywords come one a line; a text goes on.
            joint = "; " if entry.lines[-1].startswith("KW") else " "
            entry.lines[-1] += joint + value
        elif value:
            why = "a line outside of any RIS record"
            skipped.append(Skipped(file=name, position=position, why=why, text=value[:120]))
    if entry:
        yield entry


def _fields(parsed: dict[str, object]) -> Fields:
    values = {tag: _texts(value) for tag, value in parsed.items() if tag != "unknown_tag"}
    unknown = parsed.get("unknown_tag")
    if isinstance(unknown, dict):
        values |= {tag: _texts(value) for tag, value in unknown.items()}
    fields = Fields(authors=[person for tag in _AUTHORS for person in values.pop(tag, [])])
    for meaning, tags in _MEANING.items():
        tag = next((tag for tag in tags if any(values.get(tag, []))), None)
        if tag:
            setattr(fields, meaning, values[tag].pop(0))
    urls = values.get("urls", [])
    fields.url = urls.pop(0) if urls else None
    fields.doi = fields.doi or next(
        (doi for tag in _MAY_NAME_DOI for text in values.get(tag, []) if (doi := find_doi(text))), None
    )
    fields.arxiv = next((found for texts in values.values() for text in texts if (found := find_arxiv(text))), None)
    fields.arxiv = fields.arxiv or find_arxiv(fields.venue)
    fields.extra = {tag: "; ".join(dict.fromkeys(filter(None, texts))) for tag, texts in values.items()}
    return fields


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
