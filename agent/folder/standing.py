"""Whether a review stands as the last finished run left it, told by the bytes of all that it is made of and from.

It only saves the reading: a folder of which nothing is remembered is looked at as a whole.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from agent.errors import FolderError
from agent.folder import Folder
from agent.folder.files import write_whole
from agent.review import Protocol
from agent.shipped import shipped

_REMEMBERED = "standing"
_NOT_READ = frozenset(("runs.jsonl", "CHANGES.md", ".conspectus", ".git"))
"""What says nothing of the review as it stands."""
_PROGRAM = frozenset((".py", ".j2", ".txt", ".toml"))
"""The ends of names of the program's own files."""


def stands(folder: Folder, protocol: Protocol, model: str) -> bool:
    """Whether every byte is as it was when `remember` was called: no run by this model would change or ask anything."""
    try:
        return _file(folder).read_text("utf-8") == _digest_of_all(folder, protocol, model)
    except (OSError, UnicodeDecodeError):
        return False


def remember(folder: Folder, protocol: Protocol, model: str) -> None:
    """Keep the review as it is now in mind, after a run that left nothing to be done."""
    with suppress(OSError, FolderError):  # the next run looks at everything, that is all
        write_whole(_file(folder), _digest_of_all(folder, protocol, model))


def _file(folder: Folder) -> Path:
    return folder.cache_folder.with_name(_REMEMBERED)


def _digest_of_all(folder: Folder, protocol: Protocol, model: str) -> str:
    """Names the files of the review, its sources, the program and the model; OSError where one cannot be read."""
    files = {name: folder.path / name for name in sorted(folder.own_names - _NOT_READ)}
    files |= {f"source {source.name}": folder.source_file(source) for source in protocol.sources}
    found = {name: [*_digests(path)] for name, path in files.items()}
    whole = json.dumps([version("conspectus"), _program(), model, found])
    return hashlib.sha256(whole.encode()).hexdigest()


def _digests(path: Path) -> Iterator[str]:
    if path.is_dir():
        for inner in sorted(path.iterdir()):
            yield inner.name
            yield from _digests(inner)
    elif path.exists():
        with path.open("rb") as file:
            yield hashlib.file_digest(file, "sha256").hexdigest()


def _program() -> list[int]:
    """Tells one state of the program's own files from another, where its version is the same while it is worked on."""
    own = Path(__file__).parents[1]
    places = [path for root in (own, shipped("prompts")) for path in root.rglob("*") if path.suffix in _PROGRAM]
    return [len(places), max(path.stat().st_mtime_ns for path in places)]
