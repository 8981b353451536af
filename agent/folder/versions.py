"""Tells which format a review is in: one of a newer program is refused, and of an older one a copy is kept."""

import errno
import re
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from agent.errors import FolderError
from agent.report import FORMAT

_HEAD_CHARS = 4_000
"""Of report.json, which says its program and its format before all else."""
_CLOSED = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))


def format_of(report: Path) -> tuple[int, str] | None:
    """The format that report.json is in and the program that wrote it; None where there is none, or it is no report.

    Read without the nouns of this version, which know no field but their own. Where a merge left both, the newer.
    """
    try:
        with report.open(encoding="utf-8", errors="replace") as file:
            head = file.read(_HEAD_CHARS)
    except OSError:
        return None
    formats = [int(found) for found in re.findall(r'(?m)^\s*"format"\s*:\s*(\d{1,9})\b', head)]
    programs = re.findall(r'(?m)^\s*"program"\s*:\s*"([^"\\]{1,60})"', head)
    if not (formats or programs):
        return None
    return max(formats, default=1), max(programs, default="of another version")


def refuse_newer(folder: Path) -> None:
    """FolderError where a program wrote this review that knows more than this one; nothing else of it is read."""
    found = format_of(folder / "report.json")
    if found and found[0] > FORMAT:
        raise FolderError(
            f"this review was written by conspectus {found[1]} in format {found[0]}, and this program "
            f"({version('conspectus')}) knows up to {FORMAT}: `pip install -U conspectus`"
        )


def keep_older(folder: Path, own: Path, names: frozenset[str], say: Callable[[str], None]) -> None:
    """Copy the files of a review of an older format into `own` before anything of it is written, once.

    Nothing has to be made again: every field that is new may be missing, and the next report says the format.
    """
    found = format_of(folder / "report.json")
    if found is None or found[0] >= FORMAT:
        return
    copy = own / f"format-{found[0]}"
    if copy.exists():
        return
    half = own / f"{copy.name}.new"
    try:
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        for name in sorted(names):
            if (folder / name).is_dir():
                shutil.copytree(folder / name, half / name)
            elif (folder / name).is_file():
                shutil.copy2(folder / name, half / name)
        half.replace(copy)
    except OSError as error:
        if error.errno in _CLOSED:
            return  # where nothing can be written nothing is lost
        raise FolderError(
            f"{copy}, a copy of this review before it is brought to format {FORMAT}, cannot be written: "
            f"{error.strerror}; make room and run the same command again"
        ) from error
    say(f"this review is in format {found[0]}; its files are kept in {copy}, and it is brought to format {FORMAT}")
