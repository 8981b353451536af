"""A proposed change of taxonomy.yaml as a patch that a person reads, edits, and takes or deletes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from agent.errors import TaxonomyError
from agent.papers import digest_of

_NAME = "taxonomy.yaml"
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_NO_END = "\\ No newline at end of file"
_KEY = re.compile(r"#   (\S+)")
_DIGEST = re.compile(r"# as written: ([0-9a-f]{16})\r?\n")
_CONTEXT = 3
"""Lines that stay, before and after each change."""


@dataclass(frozen=True)
class Patch:
    """A patch as it lies in the folder."""

    text: str

    @property
    def papers(self) -> frozenset[str]:
        """The papers that it was made for, by key."""
        told = self.text.split("\n--- ", 1)[0].split("\n")
        return frozenset(match[1] for line in told if (match := _KEY.match(line)))

    @property
    def is_edited(self) -> bool:
        """Whether a person changed it since it was written."""
        found = _DIGEST.search(self.text)
        return found is None or _digest(_DIGEST.sub("", self.text)) != found[1]


def written(preamble: Sequence[str], before: str, after: str) -> str:
    """The patch from one text of taxonomy.yaml to another, as `git apply` takes it, after lines that it passes over."""
    told = "".join(f"# {line}".rstrip() + "\n" for line in preamble)
    diff = "".join(_ended(unified_diff(_lines(before), _lines(after), f"a/{_NAME}", f"b/{_NAME}", n=_CONTEXT)))
    return f"{told}# as written: {_digest(told + diff)}\n{diff}"


def _digest(text: str) -> str:
    """The same however git writes the ends of lines on this machine."""
    return digest_of(text.replace("\r\n", "\n"))


def applied(patch: str, before: str) -> str:
    """taxonomy.yaml with the patch taken.

    TaxonomyError where a stretch of it does not stand in the text, letter by letter, or stands there twice.
    """
    lines, moved = _lines(before), 0
    hunks = list(_hunks(patch))
    if not hunks:
        raise TaxonomyError("taxonomy.patch holds no change; delete it, or take it back from git")
    for number, hunk in enumerate(hunks, start=1):
        at = _place(hunk, lines, hunk.start - 1 + moved)
        if at is None:
            raise TaxonomyError(
                f"taxonomy.patch does not apply: its part {number} of {len(hunks)} (line {hunk.start} of taxonomy.yaml,"
                f' before "{hunk.told}") is not what taxonomy.yaml says now; make the change there by hand and delete'
                " the patch, or delete it alone to decline"
            )
        lines[at : at + len(hunk.old)] = hunk.new
        moved += len(hunk.new) - len(hunk.old)
    return "".join(lines)


def is_applied(patch: str, text: str) -> bool:
    """Whether the text has all that the patch would bring."""
    lines, hunks = _lines(text), list(_hunks(patch))
    moved = (_place(_Hunk(one.start, one.new, one.old, one.n_before, one.n_after), lines, -1) for one in hunks)
    return bool(hunks) and all(place is not None for place in moved)


@dataclass(frozen=True)
class _Hunk:
    """Lines that are to stand in a text, and those that take their place; each with its end."""

    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    n_before: int
    """How many lines that stay stand before the first change."""
    n_after: int

    @property
    def told(self) -> str:
        """Its first own line, to be found by."""
        added = [line.strip() for line in self.new if line not in self.old]
        return (added or [""])[0][:60]


def _place(hunk: _Hunk, lines: Sequence[str], expected: int) -> int | None:
    """Where the hunk's old lines stand: where it says, or else the one place that has them; None for none or several.

    With less context than usual it is at an end of the text, as `git apply` has it.
    """
    size, last = len(hunk.old), len(lines) - len(hunk.old)
    if hunk.n_after < _CONTEXT:
        places = [last]
    elif hunk.n_before < _CONTEXT:
        places = [0]
    else:
        places = [expected, *(at for at in range(last + 1) if at != expected)]
    found = [at for at in places if 0 <= at <= last and tuple(lines[at : at + size]) == hunk.old]
    if found[:1] == [expected]:
        return expected
    return found[0] if len(found) == 1 else None


def _hunks(patch: str) -> Iterator[_Hunk]:
    """The hunks of a patch; by their lines, not their counts, which a person who edits one does not mend."""
    start, body = None, list[str]()
    for line in _lines(patch):
        head = _HUNK.match(line)
        if head is None:
            body.append(line)
            continue
        if start is not None:
            yield _hunk(start, body)
        start, body = int(head[1]), []
    if start is not None:
        yield _hunk(start, body)


def _hunk(start: int, body: Sequence[str]) -> _Hunk:
    lines: list[tuple[str, str]] = []
    for line in _without_blank_end(body):
        sign, text = line[:1], line[1:]
        if sign == "\\":
            lines[-1] = (lines[-1][0], lines[-1][1].rstrip("\r\n"))
        elif sign in " +-":
            lines.append((sign, text))
        elif not line.strip():  # an editor took the blank that stood for a line that stays
            lines.append((" ", line))
        else:
            raise TaxonomyError(f'taxonomy.patch: "{line.strip()[:60]}" begins with neither a blank, + nor -; mend it')
    signs = "".join(sign for sign, _ in lines)
    return _Hunk(
        start=start,
        old=tuple(text for sign, text in lines if sign != "+"),
        new=tuple(text for sign, text in lines if sign != "-"),
        n_before=len(signs) - len(signs.lstrip(" ")),
        n_after=len(signs) - len(signs.rstrip(" ")),
    )


def _without_blank_end(body: Sequence[str]) -> Sequence[str]:
    n = len(body)
    while n and body[n - 1] in ("\n", "\r\n"):
        n -= 1
    return body[:n]


def _lines(text: str) -> list[str]:
    """With their ends; a text is cut at line feeds alone, as git does it."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _ended(diff: Iterator[str]) -> Iterator[str]:
    """The lines of a diff, with what says that a text has no end of line at its end."""
    for line in diff:
        yield line if line.endswith("\n") else f"{line}\n{_NO_END}\n"
