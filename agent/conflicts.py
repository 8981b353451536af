"""Reads lines in which git left both sides of a merge: the lines of both, and none of the marks between them."""

from collections.abc import Iterable, Iterator
from io import StringIO

_OURS, _BASE, _THEIRS, _END = "<<<<<<<", "|||||||", "=======", ">>>>>>>"
_MARKS = (_OURS, _BASE, _THEIRS, _END)
_NEXT = {"": (_OURS,), _OURS: (_BASE, _THEIRS), _BASE: (_THEIRS,), _THEIRS: (_END,)}
"""Which mark may follow where; the base stands only in git's `diff3` style."""


class LeftOpen(ValueError):
    """A mark stands without the others that belong to it, so that nobody can say what is whose."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number}: a merge left a mark there, without the others that belong to it")
        self.number = number


def is_mark(line: str) -> bool:
    """Whether a line is one that git sets between two sides: seven signs, and nothing or a name behind them."""
    return line.startswith(_MARKS) and line[7:8] in ("", " ", "\r", "\n")


def both_sides(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The numbered lines of both sides of every conflict, and those outside of one.

    What both had before they parted is left out. Raises LeftOpen where the marks do not pair up.
    """
    return ((number, line) for number, within, line in _placed(lines) if within != _BASE)


def whole_sides(text: str) -> tuple[str, str]:
    """The text as it stood on either side of a merge, ours first. Raises LeftOpen where the marks do not pair up."""
    placed = list(_placed(enumerate(StringIO(text), 1)))
    ours, theirs = ("".join(line for _, within, line in placed if within in ("", side)) for side in (_OURS, _THEIRS))
    return ours, theirs


def _placed(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """The lines that are no marks, each with the mark under which it stands; without one outside of a conflict."""
    within, opened = "", 0
    for number, line in lines:
        if is_mark(line):
            mark = line[:7]
            if mark not in _NEXT[within]:
                raise LeftOpen(number)
            within, opened = ("" if mark == _END else mark), number
        else:
            yield number, within, line
    if within:
        raise LeftOpen(opened)
