"""What git is told of a review: what it leaves out, and how two people's changes of a file become one."""

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
            "CHANGES.md",
        )
    ),
    "report.json -merge",
    "survey/** -merge",
)
"""Lines of records are taken from both sides, and settled by the next run; of a file that only stands as a whole one
side is kept, and git says so."""


def tell_git(folder: Path) -> None:
    """Keep the cache out of git, and merges out of each other's lines; what the two files say already stays."""
    _complete(folder / ".gitignore", IGNORED)
    with suppress(FolderError):  # it only eases a merge; a folder that is closed to us can still be read
        _complete(folder / ".gitattributes", MERGED)


def take_back(folder: Path) -> None:
    """Remove the two files where they hold nothing else."""
    for name, lines in ((".gitignore", IGNORED), (".gitattributes", MERGED)):
        file = folder / name
        if file.is_file() and read_text(file) == "".join(f"{line}\n" for line in lines):
            file.unlink()


def _complete(file: Path, lines: Iterable[str]) -> None:
    """Add the lines that are missing; of a file for which there is a line of its own, that one stands."""
    before = read_text(file) if file.is_file() else ""
    named = {line.split()[0] for line in before.splitlines() if line.strip()}
    missing = [line for line in lines if line.split()[0] not in named]
    if missing:
        gap = "\n" if before and not before.endswith("\n") else ""
        write_whole(file, before + gap + "".join(f"{line}\n" for line in missing))
