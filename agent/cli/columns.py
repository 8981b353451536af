"""Sets rows of cells in columns, the first to the left and figures to the right; and long text beside its head."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence

WIDEST = 100
"""Columns of a terminal that running text takes at the most."""


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """A line for each row, all of which have as many cells."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [_aligned(row, widths) for row in rows]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if column == 0 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(("", first, *others)).rstrip()


def hanging(head: str, text: str) -> Iterator[str]:
    """The text behind its head.

    On a terminal what is too long goes on below itself; elsewhere it is one line, for whoever searches in it.
    """
    if not sys.stdout.isatty():
        yield f"{head}{text}"
        return
    width = min(WIDEST, shutil.get_terminal_size().columns) - len(head)
    lines = textwrap.wrap(text, max(20, width), break_long_words=False, break_on_hyphens=False) or [""]
    yield f"{head}{lines[0]}"
    yield from (f"{'':<{len(head)}}{line}" for line in lines[1:])
