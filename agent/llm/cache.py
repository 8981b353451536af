"""The transport that keeps replies on this machine, so that nothing that was paid for is asked twice."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePath, PureWindowsPath
from types import TracebackType
from typing import Any, Self

import diskcache
from diskcache.core import MODE_RAW, MODE_TEXT, UNKNOWN

from agent.errors import CallError, NotKept
from agent.llm.call import Call, Reply, Transport
from agent.llm.entries import Damaged, has_call, reply_in, written
from agent.llm.ledger import Ledger
from agent.llm.recall import recall_or_ask

_LARGEST_IN_DATABASE = 1 << 20
"""A longer text, in characters, gets a file of its own."""

_MOST_PARTS = 1024

UNUSABLE = (sqlite3.Error, diskcache.Timeout, OSError, UnicodeDecodeError)
"""What is raised where a database, not one entry in it, is damaged, or its disk is full or fails."""


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Keys and values are text. diskcache's own disks run a pickle when a row of the database says so
    (CVE-2025-69872), and read or remove any file that a row names; this one does neither."""

    def put(self, key: object) -> tuple[str, bool]:
        if not isinstance(key, str):
            raise TypeError(f"a key is text, not {type(key).__name__}")
        return key, True

    def get(self, key: object, raw: object) -> str:
        if not raw or not isinstance(key, str):
            raise Damaged("a key that is not text")
        return key

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> Any:  # noqa: ANN401  (diskcache's columns)
        if read or not isinstance(value, str):
            raise TypeError(f"a value is text, not {type(value).__name__}")
        return super().store(value, False, key=key)

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> str:
        if mode == MODE_TEXT and not read and _is_inside(filename):
            return str(super().fetch(mode, filename, value, read))
        if mode == MODE_RAW and not read and isinstance(value, str):
            return value
        raise Damaged("a value that is not text")

    def remove(self, file_path: str) -> None:
        if _is_inside(file_path):
            super().remove(file_path)


class Cached:
    """Answers what it has seen and passes the rest on; nothing is opened before the first call."""

    def __init__(self, inner: Transport, folder: Path) -> None:
        self.n_hits = 0
        """Calls that were answered from here."""
        self.recalled = Ledger()
        """What those answers took when they were asked."""
        self._inner = inner
        self._folder = folder
        self._store: diskcache.Cache | None = None
        self._parts: set[str] = set()
        """Shared texts that are known to be stored."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """See `Transport.send_all`; a reply is on the disk before it is yielded, a CallError never.

        Where the disk does not take it, NotKept stops the run.
        """
        return recall_or_ask(calls, self._recall, self._inner, self._keep)

    def _recall(self, call: Call) -> Reply | None:
        """The reply of an earlier call; None where there is none, or what is there is damaged and to be asked anew."""
        try:
            entry = entry_of(self._opened(), call.key)
            if entry is None:
                return None
            reply = reply_in(entry, call.answer)  # only here can one that has become invalid still be asked anew
            if not has_call(entry):
                with suppress(NotKept):  # it stands as it is, only that it cannot be handed on
                    self._keep(call, reply)
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        except UNUSABLE as error:
            raise NotKept(why_unusable(self._folder, "read", error)) from error
        self.n_hits += 1
        self.recalled.add(call.prompt, reply.usage)
        return reply

    def _keep(self, call: Call, reply: Reply) -> None:
        entry, shared = written(call, reply)
        try:
            put(self._opened(), call.key, entry, {key: text for key, text in shared.items() if key not in self._parts})
            if len(self._parts) > _MOST_PARTS:
                self._parts.clear()
            self._parts.update(shared)
        except UNUSABLE as error:
            raise NotKept(why_unusable(self._folder, "written", error)) from error

    def _opened(self) -> diskcache.Cache:
        if self._store is None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._store = open_store(self._folder)
            except UNUSABLE as error:
                raise NotKept(why_unusable(self._folder, "opened", error)) from error
        return self._store


def open_store(folder: Path, disk: type[TextDisk] = TextDisk) -> diskcache.Cache:
    """The store in this folder, on a disk that holds text alone, from which nothing is ever evicted."""
    try:
        return diskcache.Cache(
            str(folder.absolute()),
            disk=disk,
            disk_min_file_size=_LARGEST_IN_DATABASE,
            eviction_policy="none",
            cull_limit=0,
            statistics=0,
            # A key is read once in a run: of what SQLite would keep of the file in memory, 96 MB, most is of no use.
            sqlite_mmap_size=1 << 24,
            sqlite_cache_size=1_024,
        )
    except (TypeError, AttributeError) as error:
        raise sqlite3.DatabaseError(f"its settings are damaged ({error})") from error


def put(store: diskcache.Cache, key: str, entry: str, shared: Mapping[str, str]) -> None:
    """Store an entry, and before it the shared texts that it names."""
    # diskcache's own `retry` tries for ever where the disk is full or cannot be written.
    for name, text in shared.items():
        store.set(name, text)
    store.set(key, entry)


def entry_of(store: diskcache.Cache, key: str) -> str | None:
    """What is stored under this key; None where there is nothing, Damaged where it is not text."""
    try:
        entry: str | None = store.get(key)
    except sqlite3.OperationalError as error:
        if "decode" in str(error):
            raise Damaged("a text that is not UTF-8") from error
        raise
    return entry


def why_unusable(folder: Path, done: str, error: BaseException) -> str:
    """One line on what cannot be done with the cache in this folder, and what to do about it."""
    said = "".join(char if char.isprintable() else " " for char in str(error))  # it may hold what is damaged
    why = " ".join(said.split())[:200] or "its database is locked, or its disk does not take it"
    is_closed = isinstance(error, PermissionError) or "readonly" in why or "unable to open" in why
    mend = "give yourself the right to read and write it" if is_closed else "make room"
    return f"the cache in {folder} cannot be {done}: {why}; {mend} or, since it only saves asking, delete that folder"


def _is_inside(name: str | None) -> bool:
    """Whether a file's name stays below the folder, on any system."""
    if not name:
        return False
    return not any(
        path.is_absolute() or path.drive or ".." in path.parts for path in (PurePath(name), PureWindowsPath(name))
    )
