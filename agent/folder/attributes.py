"""What git is told of a review: what it leaves out, and how two people's changes of a file become one."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from agent.errors import FolderError
from agent.folder.files import read_text, write_whole

IGNORED = (".conspectus/",)
MERGED = (
    *(
        f"{name} merge=union"
        for name in (
            "papers.jsonl",
            "cards.jsonl",
            "decisions.jsonl",
            "duplicates.jsonl",
            "answers.jsonl",
            "runs.jsonl",
            "shared-answers.jsonl",
        )
    ),
    "report.json -merge",
    "survey/** -merge",
)
"""Lines of records are taken from both sides, and settled by the next run; of a file that only stands as a whole one
side is kept, and git says so. CHANGES.md is in neither list: git weaves lines that two entries share into one, so
that its marks are needed to tell the entries apart."""
_NO_MORE = "CHANGES.md merge=union"
"""What an earlier version said."""


def tell_git(folder: Path) -> None:
    """Keep the cache out of git, and merges out of each other's lines; what the two files say already stays."""
    _complete(folder / ".gitignore", IGNORED)
    with suppress(FolderError):  # it only eases a merge; a folder that is closed to us can still be read
        _take_out(folder / ".gitattributes", _NO_MORE)
        _complete(folder / ".gitattributes", MERGED)


def let_merge(folder: Path, file: Path) -> str | None:
    """Have git take the lines of both sides of a file that lies in a review, and say so.

    Of one that lies beside it in the same repository it says what to add, and adds nothing. None where there is
    nothing to say: a line names the file already, or git does not have it together with the review.
    """
    folder, file = folder.resolve(), file.resolve()
    is_inside = file.is_relative_to(folder)
    top = folder if is_inside else next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)
    if top is None or not file.is_relative_to(top):
        return None
    line, attributes = f"{_pattern(file.relative_to(top).as_posix())} merge=union", top / ".gitattributes"
    with suppress(FolderError):
        if not _missing(attributes, [line]):
            return None
        if is_inside:
            _complete(attributes, [line])
            return f"{attributes} says `{line}` now, so that what two people export merges; commit both"
    return f"add `{line}` to {attributes}, so that what two people export merges"


def _pattern(name: str) -> str:
    """What names this file to git, whatever is in its name."""
    literal = re.sub(r"([\\*?\[]|^[#!])", r"\\\1", name)
    return json.dumps(literal, ensure_ascii=False) if re.search(r'[\s"]', literal) else literal


def take_back(folder: Path) -> None:
    """Remove the two files where they hold nothing else."""
    for name, lines in ((".gitignore", IGNORED), (".gitattributes", MERGED)):
        file = folder / name
        if file.is_file() and read_text(file) == "".join(f"{line}\n" for line in lines):
            file.unlink()


def _complete(file: Path, lines: Iterable[str]) -> None:
    """Add the lines that are missing; of a file for which there is a line of its own, that one stands."""
    missing = _missing(file, lines)
    if missing:
        before = read_text(file) if file.is_file() else ""
        gap = "\n" if before and not before.endswith("\n") else ""
        write_whole(file, before + gap + "".join(f"{line}\n" for line in missing))


def _take_out(file: Path, line: str) -> None:
    before = read_text(file) if file.is_file() else ""
    after = "".join(one for one in before.splitlines(keepends=True) if one.rstrip() != line)
    if after != before:
        write_whole(file, after)


def _missing(file: Path, lines: Iterable[str]) -> list[str]:
    named = {_named(line) for line in read_text(file).splitlines()} if file.is_file() else set()
    return [line for line in lines if _named(line) not in named]


def _named(line: str) -> str:
    """The files that a line is of; a name with a space in it stands in quotation marks."""
    found = re.match(r'\s*("(?:[^"\\]|\\.)*"|\S+)', line)
    return found[1] if found else ""
