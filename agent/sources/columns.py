"""Tells what the columns of people's tables mean, by the names that exports give them."""

import re
from collections.abc import Iterable, Mapping

from agent.sources.fields import Fields
from agent.sources.identifiers import find_arxiv

_SYNONYMS = {
    "title": (
        "title", "article title", "paper title", "document title", "primary title", "publication title of record",
        "ti", "t1", "titles", "papertitle", "work title", "display name", "titre", "titel",
    ),
    "abstract": (
        "abstract", "abstract note", "abstracts", "ab", "abstract text", "paper abstract", "notes abstract", "n2",
        "abstract en", "summary", "description abstract", "abstractnote", "resume", "zusammenfassung",
    ),
    "authors": (
        "authors", "author", "author names", "author full names", "authors full names", "author s", "au", "af", "a1",
        "first authors", "author list", "creators", "creator", "authors full name", "autoren", "auteurs",
    ),
    "year": (
        "year", "publication year", "pub year", "py", "year of publication", "published year", "publication date",
        "date", "published", "y1", "pubyear", "pub date", "cover date", "issued", "publicationyear", "jahr",
    ),
    "venue": (
        "journal", "venue", "source title", "publication title", "journal name", "journal title", "container title",
        "journal book", "booktitle", "book title", "conference", "conference name", "publication", "secondary title",
        "t2", "jf", "jo", "so", "journal full", "publication name",
    ),
    "doi": ("doi", "do", "di", "doi link", "article doi", "digital object identifier"),
    "arxiv": ("arxiv", "arxiv id", "arxivid", "eprint", "arxiv number", "arxiv url", "arxiv link"),
    "url": ("url", "link", "urls", "ur", "article url", "paper url", "html url", "pdf url", "pdf link", "ul", "lk"),
    "citation_key": ("citation key", "citationkey", "citekey", "cite key", "bibtex key", "bibtexkey", "citation id"),
}  # fmt: skip
"""By meaning; where a table has several columns of one meaning the name that stands first here is taken."""

_MEANING = {name: (meaning, rank) for meaning, names in _SYNONYMS.items() for rank, name in enumerate(names)}


def meanings(columns: Iterable[str]) -> set[str]:
    """What the columns of a table can tell: `title`, `abstract`, ..."""
    return {_MEANING[plain][0] for column in columns if (plain := _plain(column)) in _MEANING}


def is_title_or_abstract(column: str) -> bool:
    return bool(meanings([column]) & {"title", "abstract"})


def to_fields(row: Mapping[str, str]) -> Fields:
    """The row by meaning: for each the first of its columns that says something; all others become `extra`."""
    ranked = sorted((_MEANING[plain], column) for column in row if (plain := _plain(column)) in _MEANING)
    fields = Fields(extra={column: value for column, value in row.items() if value.strip()})
    for (meaning, _), column in ranked:
        if getattr(fields, meaning) is None and row[column].strip():
            setattr(fields, meaning, row[column])
            del fields.extra[column]
    fields.arxiv = fields.arxiv or find_arxiv(fields.venue)
    return fields


def _plain(column: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.strip())
    return re.sub(r"[^a-zà-ÿ0-9]+", " ", spaced.lower()).strip()
