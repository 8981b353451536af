"""Reads and writes one file of a review: whole or not at all, and only when its bytes change."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.errors import FolderError

_HALF_WRITTEN = ".new"
"""The end of a file's name while it is being written."""


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:  # the folder is closed to us
        raise FolderError(f"{path} cannot be looked at: {error.strerror}") from error


def read_text(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise FolderError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from error


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}") from error


def make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(f"{path} cannot be made: {error.strerror}") from error


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turns what the operating system says of a file into one line."""
    try:
        yield
    except OSError as error:
        full = "; it is as it was: make room and run the same command again"
        hint = full if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        raise FolderError(f"{path} cannot be written: {error.strerror}{hint}") from error


def write_whole(path: Path, text: str) -> None:
    """Write the file whole or leave it as it was; a file that has these bytes already is not touched."""
    data = text.encode("utf-8", "replace")
    with guarded(path):
        path = path.resolve()
        if path.is_file() and path.read_bytes() == data:
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_HALF_WRITTEN)
        draft = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            draft.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def sweep(folder: Path) -> None:
    """Take away what a run that was killed had half written there."""
    for draft in folder.glob(f".*{_HALF_WRITTEN}"):
        with suppress(OSError):
            draft.unlink()
