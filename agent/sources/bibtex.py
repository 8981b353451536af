"""Reads BibTeX, keeping every good entry before and after a broken one."""

import logging
import re

from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)
from bibtexparser.splitter import Splitter

from agent.errors import SourceError
from agent.papers import Place, Reading, Record, Skipped
from agent.sources.fields import Fields, to_record
from agent.sources.identifiers import find_arxiv
from agent.sources.people import split_bibtex

_MEANING = {
    "title": "title",
    "abstract": "abstract",
    "date": "year",
    "year": "year",
    "booktitle": "venue",
    "journaltitle": "venue",
    "journal": "venue",
    "doi": "doi",
    "url": "url",
}
"""Fields by what they mean; where an entry has two of one meaning the later one here is taken."""
_INHERITED = {"title": "booktitle", "booktitle": "booktitle", "year": "year", "date": "date", "publisher": "publisher"}
_PIECE = re.compile(r"""\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|"[^"]*"|[^\s#"{}]+""")


def read_bibtex(text: str, name: str) -> Reading:
    """The entries of a BibTeX file; one that is never closed is skipped, and named by its line."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of is in what we return
    blocks = Splitter(text).split().blocks
    macros = {block.key.lower(): _value(block.value, {}) for block in blocks if isinstance(block, String)}
    entries = [(_line(block), entry, _values(entry, macros)) for block in blocks if (entry := _entry(block))]
    parents = {entry.key: values for _, entry, values in reversed(entries) if entry.key}
    line_of: dict[str, int] = {}
    records: list[Record] = []
    skipped = [skip for block in blocks if _entry(block) is None for skip in _skip(block, name)]
    for position, entry, values in entries:
        fields = _fields(entry, values, parents.get(values.get("crossref", ""), {}))
        first = line_of.setdefault(entry.key, position) if entry.key else position
        if first != position:
            fields.extra["same citation key"] = f"the entry on line {first} is called {entry.key}, too"
        one = to_record(Place(file=name, position=position), fields, latex=True)
        if isinstance(one, Record):
            records.append(one)
        else:
            skipped.append(one)
    if not records and not any(isinstance(block, ParsingFailedBlock) for block in blocks):
        raise SourceError(f"{name} has no BibTeX entry with a title: export it again as BibTeX")
    return Reading(records=tuple(records), skipped=tuple(sorted(skipped, key=lambda skip: skip.position or 0)))


def _line(block: Block) -> int:
    return (block.start_line or 0) + 1


def _entry(block: Block | None) -> Entry | None:
    """The entry in a block; one whose key or field comes twice is an entry, too."""
    while isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
        block = block.ignore_error_block
    return block if isinstance(block, Entry) else None


def _skip(block: Block, name: str) -> list[Skipped]:
    """What is said of a block that is no entry; strings and preambles serve the entries and are no loss."""
    raw = block.raw or ""
    if isinstance(block, ParsingFailedBlock):
        why = "a BibTeX entry that cannot be read: a brace or quotation mark in it is never closed"
    elif isinstance(block, ImplicitComment) and not _is_comment(raw):
        why = "text outside of any BibTeX entry"
    else:
        return []
    return [Skipped(file=name, position=_line(block), why=why, text=" ".join(raw.split())[:120])]


def _is_comment(text: str) -> bool:
    """Whether every line of it is marked as none of BibTeX's business."""
    return all(line.lstrip().startswith("%") for line in text.splitlines() if line.strip())


def _values(entry: Entry, macros: dict[str, str]) -> dict[str, str]:
    """The entry's fields by lower-case name; of one that comes twice, the first that says something."""
    values: dict[str, str] = {}
    for field in entry.fields:
        value = _value(str(field.value), macros)
        name = field.key.lower()
        if value and values.setdefault(name, value) != value:
            values[f"{name} again"] = value
    return values


def _value(raw: str, macros: dict[str, str]) -> str:
    """A field's text: its enclosing taken off, macros and `#` resolved."""
    raw = raw.strip()
    if raw.startswith("{") and raw.endswith("}") and "#" not in raw:
        return raw[1:-1].strip()
    pieces = _PIECE.findall(raw)
    if len(pieces) < 2 or "#" not in _PIECE.sub("", raw):
        return macros.get(raw.lower(), raw[1:-1].strip() if raw[:1] in ('"', "{") and raw[-1:] in ('"', "}") else raw)
    return "".join(piece[1:-1] if piece[0] in '"{' else macros.get(piece.lower(), piece) for piece in pieces).strip()


def _fields(entry: Entry, values: dict[str, str], parent: dict[str, str]) -> Fields:
    own = dict(values)
    for theirs, ours in _INHERITED.items():
        if theirs in parent:
            own.setdefault(ours, parent[theirs])
    fields = Fields(citation_key=entry.key or None, extra={"entrytype": entry.entry_type})
    fields.authors = split_bibtex(own.pop("author", ""))
    for field, meaning in reversed(_MEANING.items()):
        if getattr(fields, meaning) is None:
            setattr(fields, meaning, own.pop(field, None))
    fields.arxiv = _arxiv(own, fields)
    fields.extra.update(own)
    return fields


def _arxiv(values: dict[str, str], fields: Fields) -> str | None:
    """An arXiv id from `eprint`, or from the journal, volume or note that Google Scholar and DBLP put it in."""
    archive = values.get("archiveprefix", values.get("eprinttype", "arxiv")).lower()
    if archive == "arxiv" and find_arxiv(values.get("eprint"), bare=True):
        return values.pop("eprint")
    volume = values.get("volume", "")
    if volume.startswith("abs/"):
        return find_arxiv(volume.removeprefix("abs/"), bare=True)
    texts = (fields.venue, values.get("note"), values.get("howpublished"), values.get("archive"))
    return next((found for text in texts if (found := find_arxiv(text))), None)
