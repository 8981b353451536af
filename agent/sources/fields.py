"""Brings the fields of a record into one form, whatever format they come from, and makes the record of them."""

import html
import re
from dataclasses import dataclass, field

from agent.latex import decode_latex
from agent.papers import Place, Record, Skipped
from agent.sources.identifiers import find_arxiv, find_doi, find_year
from agent.sources.people import Names, read_names

_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_ATTRIBUTES = r"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s<>\"']+))*\s*/?>"
_LOOKS = re.compile(
    r"</?(?:i|b|em|strong|su[bp]|u|sc|span|scp|tt|small"
    rf"|jats:(?:italic|bold|su[bp]|sc|underline|monospace|roman|sans-serif|ext-link)){_ATTRIBUTES}",
    re.IGNORECASE,
)
"""Tags inside a line, and inside words: `H<sub>2</sub>O`."""
_BLOCK = re.compile(rf"</?(?:p|br|div|li|[uo]l|h[1-6]|title|sec|jats:[a-z-]+){_ATTRIBUTES}", re.IGNORECASE)
"""Tags that part paragraphs."""
_MACRO = re.compile(r"\\[A-Za-z\"'`^~=.&%]|\$[^$]+\$")
_ADDRESS = re.compile(r"\s*(?:https?|ftp)://", re.IGNORECASE)
"""Other addresses (`javascript:...`, a database's own) are kept, but are no link."""
_LABEL = re.compile(r"abstract\s*(?:[:：—–]|\.\s|-\s)\s*(?=\S)", re.IGNORECASE)


@dataclass(slots=True)
class Fields:
    """What a format's reader found, by meaning; as the source spells it."""

    title: str | None = None
    abstract: str | None = None
    authors: Names = None
    year: str | None = None
    venue: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    url: str | None = None
    citation_key: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


def to_record(place: Place, fields: Fields, *, latex: bool = False) -> Record | Skipped:
    """The record of these fields; Skipped where there is neither a title nor an abstract.

    What a field holds beyond what could be read of it (a year in words, a DOI that is none) goes to `extra`.
    `latex` says that every field is LaTeX; elsewhere an abstract keeps its characters, and a title all but macros.
    """
    title = clean_title(fields.title, latex=latex)
    abstract = clean_abstract(fields.abstract, latex=latex)
    if title is None and abstract is None:
        why = "a record with neither a title nor an abstract"
        return Skipped(file=place.file, position=place.position, why=why, text=_gist(fields))
    authors, has_others = read_names(fields.authors)
    doi = find_doi(fields.doi) or find_doi(fields.url)
    arxiv = find_arxiv(fields.arxiv, bare=True) or find_arxiv(fields.url) or find_arxiv(fields.doi)
    year = find_year(fields.year)
    extra = {name: cleaned for name, value in fields.extra.items() if (cleaned := clean(value))}
    url = fields.url.strip() if fields.url and _ADDRESS.match(fields.url) else None
    unread = (
        ("doi", doi, fields.doi),
        ("arxiv", arxiv, fields.arxiv),
        ("year", year, fields.year),
        ("url", url, fields.url),
    )
    for name, found, given in unread:
        if found is None and (cleaned := clean(given)):
            extra.setdefault(name, cleaned)
    if has_others:
        extra.setdefault("more authors", "yes")
    return Record(
        place=place,
        title=title,
        abstract=abstract,
        authors=authors,
        year=year,
        venue=clean_title(fields.venue, latex=latex),
        doi=doi,
        arxiv=arxiv,
        url=clean(url),
        citation_key=clean(fields.citation_key),
        extra=extra,
    )


def clean(text: str | None) -> str | None:
    """White space tidied, nothing unprintable; None where nothing is left."""
    return re.sub(r"\s+", " ", _NOT_TEXT.sub("", text)).strip() or None if text else None


def clean_title(text: str | None, *, latex: bool = False) -> str | None:
    """A title or venue as a reader sees it: no LaTeX, no markup, no HTML entities."""
    if not text:
        return None
    plain = html.unescape(text)
    decoded = decode_latex(plain) if latex or _MACRO.search(plain) else plain
    return clean(_without_tags(decoded))  # last, since exports write the tags' brackets as entities or macros


def clean_abstract(text: str | None, *, latex: bool = False) -> str | None:
    """An abstract with its own characters, but for a leading label and the tags of HTML and JATS."""
    if not text:
        return None
    cleaned = clean(_without_tags(decode_latex(text) if latex else text))
    return _LABEL.sub("", cleaned, count=1) if cleaned and _LABEL.match(cleaned) else cleaned


def _without_tags(text: str) -> str:
    """The text without the tags that are known; any other `<` is the author's."""
    return _BLOCK.sub(" ", _LOOKS.sub("", text)) if "<" in text else text


def _gist(fields: Fields) -> str:
    """What can be shown of a record without title and abstract, 120 characters of it."""
    names = fields.authors if isinstance(fields.authors, str) else "; ".join(map(str, fields.authors or ()))
    parts = (fields.citation_key, names, fields.year, fields.venue, fields.doi, fields.url, *fields.extra.values())
    return (clean(" ".join(part for part in parts if part)) or "")[:120]
