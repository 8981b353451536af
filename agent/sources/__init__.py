"""From files to records: one module a format, and `read`, which chooses among them."""

import re
from collections.abc import Callable
from pathlib import Path

from agent.papers import Reading
from agent.sources.abstracts import read_abstracts
from agent.sources.bibtex import read_bibtex
from agent.sources.files import read_text
from agent.sources.json_records import read_json
from agent.sources.ris import looks_like_ris, read_ris
from agent.sources.tables import find_delimiter, read_table

__all__ = ["read"]

Reader = Callable[[str, str], Reading]

_BY_SUFFIX: dict[str, Reader] = {
    ".bib": read_bibtex,
    ".bibtex": read_bibtex,
    ".ris": read_ris,
    ".csv": read_table,
    ".tsv": read_table,
    ".tab": read_table,
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".json": read_json,
    ".md": read_abstracts,
    ".markdown": read_abstracts,
}
_BIBTEX = re.compile(r"^\s*@[A-Za-z]+\s*[{(]\s*[^\s,{}]+\s*,", re.MULTILINE)


def read(path: Path, name: str) -> Reading:
    """The papers in a file, under the name that review.toml gives it.

    The suffix says the format, or the content where it cannot (`.txt`, or none). Raises SourceError, in one line,
    for a file that cannot be read at all; anything smaller is a Skipped of the Reading.
    """
    text = read_text(path)
    reader = _BY_SUFFIX.get(path.suffix.lower()) or _by_content(text)
    return reader(text, name)


def _by_content(text: str) -> Reader:
    if looks_like_ris(text):
        return read_ris
    if _BIBTEX.search(text):
        return read_bibtex
    if re.match(r"\s*(?:\{\s*\"|\[\s*\{\s*\")", text):
        return read_json
    return read_table if find_delimiter(text) else read_abstracts
