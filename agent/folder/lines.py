"""Reads and writes nouns as JSON, a line each or one in a file; what is broken is named by file, line and field."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from agent.conflicts import is_mark
from agent.errors import FolderError
from agent.folder.files import read_text
from agent.papers import Frozen

N = TypeVar("N", bound=Frozen)

MENDED = "mend it, or take it back from git"
LEFT_BY_A_MERGE = "a merge left both versions there; the next `conspectus build` makes one of them"


def numbered(path: Path) -> list[tuple[int, str]]:
    """The lines of a file, counted from 1; none where there is no file."""
    return list(enumerate(read_text(path).split("\n"), 1)) if path.is_file() else []


def read_nouns(path: Path, noun: type[N]) -> Iterator[tuple[int, N]]:
    """The nouns of a file, each with the number of its line; FolderError names the first that is none."""
    for number, line in numbered(path):
        if is_mark(line):
            raise FolderError(f"{path.name}, line {number}: {LEFT_BY_A_MERGE}")
        if line.strip():
            yield number, parsed(noun, line, f"{path.name}, line {number}")


def read_by_name(path: Path, noun: type[N], field: str) -> dict[str, N]:
    """The same by the field that names them; no two may have one name."""
    found: dict[str, tuple[int, N]] = {}
    for number, one in read_nouns(path, noun):
        own = getattr(one, field)
        if own in found:
            first = found[own][0]
            raise FolderError(f"{path.name}: lines {first} and {number} have one {field}, {own}; keep one of them")
        found[own] = (number, one)
    return {own: one for own, (_, one) in found.items()}


def parsed(noun: type[N], text: str, where: str, *, mended: str = MENDED) -> N:
    """The noun that this text is; FolderError says where it is not, and what to do."""
    try:
        return noun.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        what = f"{field + ': ' if field else ''}{first['msg']}"
        if first["type"] == "extra_forbidden":
            what = (
                f"{field}: not known to conspectus {version('conspectus')}; `pip install -U conspectus` if a newer one "
                "wrote it, else"
            )
            raise FolderError(f"{where}: {what} {mended}") from error
        raise FolderError(f"{where}: {what}; {mended}") from error


def in_lines(nouns: Iterable[Frozen]) -> str:
    """A file of these nouns, in the order given."""
    return "".join(f"{noun.model_dump_json()}\n" for noun in nouns)


def pretty(noun: Frozen) -> str:
    """A file of one noun."""
    return noun.model_dump_json(indent=1) + "\n"
