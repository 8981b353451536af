"""One run at a time in a review folder: the second waits, and says for whom."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

LOCK, HOLDER = "lock", "holder.json"
_FIRST_WAIT_S = 0.2
"""For a process that is about to leave; only one that stays longer is worth a line."""


@contextmanager
def hold(folder: Path, doing: str, say: Callable[[str], None]) -> Iterator[None]:
    """Hold this folder of a review until the block ends; where another process does, wait and say which.

    The system lets go of it when a process dies, however it dies. A folder that cannot be written to is not held,
    since nothing can be changed in it.
    """
    lock, holder = FileLock(folder / LOCK), folder / HOLDER
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _acquire(lock, holder, say)
    try:
        if lock.is_locked:
            _sign(holder, doing)
        yield
    finally:
        if lock.is_locked:
            holder.unlink(missing_ok=True)
            lock.release()


def _acquire(lock: BaseFileLock, holder: Path, say: Callable[[str], None]) -> None:
    try:
        lock.acquire(timeout=_FIRST_WAIT_S)
    except Timeout:
        say(f"another run {_who(holder)} is at work on this review; this one waits for it (Ctrl-C to leave)")
        lock.acquire()


def _sign(holder: Path, doing: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "doing": doing, "since": since})
    with suppress(OSError):  # it only tells others whom they wait for
        holder.write_text(text, encoding="utf-8")


def _who(holder: Path) -> str:
    """What the one that holds the folder says of itself; it may have said nothing yet."""
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        return f"({told['doing']}, process {told['pid']} on {told['host']}, since {told['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "(of which nothing more is known)"
