"""Reads tables: CSV with any delimiter, and TSV."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from agent.errors import SourceError
from agent.papers import Place, Reading, Record, Skipped
from agent.sources.columns import meanings, to_fields
from agent.sources.fields import to_record

_DELIMITERS = (",", ";", "\t", "|")
_NONE = "\x1f"
"""Stands in no text: for a table of one column."""
_BESIDE = frozenset(("attachment", "annotation", "note"))
"""What Zotero exports beside the records they belong to."""
_LONGEST_FIELD = 1 << 30
_LONGEST_HEADER = 20_000
"""A longer first line is text, whatever stands in it."""


def find_delimiter(text: str) -> str | None:
    """The delimiter under which the first line names most columns that we know; None where it names none."""
    known = {}
    _, header = _header(text.split("\n", 20)[:20])
    if len(header) > _LONGEST_HEADER:
        return None
    for delimiter in _DELIMITERS:
        columns = _cells(header, delimiter)
        told = meanings(columns)
        if len(columns) > 1 and told & {"title", "abstract"}:
            known[delimiter] = len(told)
    return max(known, key=lambda delimiter: known[delimiter]) if known else None


def read_table(text: str, name: str) -> Reading:
    """The rows of a table whose first line names its columns; SourceError if none of them is a title or an abstract."""
    csv.field_size_limit(_LONGEST_FIELD)
    lines = text.split("\n")
    begin, header = _header(lines)
    delimiter = find_delimiter(text) or max(_DELIMITERS, key=header.count)
    if delimiter not in header or meanings([header]):
        delimiter = _NONE
    columns = _column_names(_cells(header, delimiter))
    if not meanings(columns) & {"title", "abstract"}:
        listed = ", ".join(columns[:20]) + (", ..." if len(columns) > 20 else "")
        raise SourceError(
            f"{name} has neither a title nor an abstract column; the columns found are: {listed}. "
            "Rename the right one to `title` or `abstract`"
        )
    records: list[Record] = []
    skipped: list[Skipped] = []
    for position, cells in _rows(lines, begin + 1, delimiter, len(columns)):
        one = _read_row(cells, columns, Place(file=name, position=position))
        if isinstance(one, Record):
            records.append(one)
        else:
            skipped.append(one)
    if not records and not skipped:
        raise SourceError(f"{name} names its columns but has no rows: export it again")
    return Reading(records=tuple(records), skipped=tuple(skipped))


def _header(lines: Sequence[str]) -> tuple[int, str]:
    """The index and text of the line that names the columns; Excel may write `sep=;` before it."""
    for index, line in enumerate(lines):
        if line.strip() and not re.fullmatch(r"\s*\"?sep=.\"?\s*", line):
            return index, line
    return 0, ""


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _column_names(cells: list[str]) -> list[str]:
    """Each column under a name of its own."""
    names: list[str] = []
    for index, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {index}"
        names.append(f"{name} (column {index})" if name in names else name)
    return names


def _rows(lines: list[str], begin: int, delimiter: str, n_columns: int) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with the line it begins on; the bare line where a quotation mark in it is never closed.

    Such a mark would swallow the rows after it, so reading begins again with the next line.
    """
    while begin < len(lines):
        reader = csv.reader((line + "\n" for line in islice(lines, begin, None)), delimiter=delimiter)
        n_before = 0
        for cells in reader:
            first, n_before = begin + n_before, reader.line_num
            is_long = begin + n_before - first > 1
            is_open = is_long and begin + n_before == len(lines) and cells[-1].endswith("\n")
            is_odd = is_open or (is_long and len(cells) != n_columns)
            if is_odd and len(_cells(lines[first + 1], delimiter)) == n_columns:
                yield first + 1, lines[first]
                begin = first + 1
                break
            if any(cell.strip() for cell in cells):
                yield first + 1, cells
        else:
            return


def _read_row(cells: list[str] | str, columns: list[str], place: Place) -> Record | Skipped:
    if isinstance(cells, str):
        why = "a row in which a quotation mark is never closed"
        return Skipped(file=place.file, position=place.position, why=why, text=cells[:120])
    row = dict(zip(columns, cells, strict=False))
    row |= {f"column {index}": cell for index, cell in enumerate(cells, start=1) if index > len(columns)}
    kind = next((cell.strip().lower() for name, cell in row.items() if name.strip().lower() == "item type"), "")
    if kind in _BESIDE:
        why = f"Zotero's item type is {kind}: it belongs to a record and is none itself"
        return Skipped(file=place.file, position=place.position, why=why, text=" ".join(cells)[:120])
    return to_record(place, to_fields(row))
