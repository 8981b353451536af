"""Hands a cache's replies to someone else: out of it into a cassette, and from a cassette into it.

A file in which git merged two such cassettes, lines of both sides, marks and all, is read as the two.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import diskcache

from agent.conflicts import LeftOpen, both_sides
from agent.errors import FolderError
from agent.llm.cache import UNUSABLE, entry_of, open_store, put, why_unusable
from agent.llm.call import Json, key_of
from agent.llm.entries import has_call, line_in, reply_in, written_of
from agent.llm.inventory import about, entries, looking_into
from agent.llm.recorded import (
    UNREADABLE,
    Line,
    broken,
    encoded,
    is_there,
    numbered,
    parsed,
    reply_of,
    write_lines,
)


@dataclass(frozen=True)
class Exported:
    """What became of each reply that the cache holds."""

    n_new: int = 0
    n_known: int = 0
    """In the file already."""
    n_different: int = 0
    """The file has another reply to the same call, and keeps it."""
    n_without_call: int = 0
    """Kept by a version that did not keep the call with its reply."""
    n_damaged: int = 0
    n_merged: int = 0
    """Lines of the file that stood beside another to the same call, of which the first answer stays."""


@dataclass(frozen=True)
class Imported:
    """What became of each line of the file."""

    n_new: int = 0
    n_known: int = 0
    n_different: int = 0
    """The cache has another reply to the same call, and keeps it."""


def export(folder: Path, path: Path) -> Exported:
    """Write what is kept in this folder into a cassette, beside what that holds already.

    The lines are sorted and depend on nothing but the replies: the same twice is the same bytes. What a merge left in
    the file is made one again. NotKept where the file is broken or cannot be written, FolderError where the cache
    cannot be read.
    """
    there, n_lines = _there(path) if is_there(path) else ({}, 0)
    n_merged = n_lines - len(there)
    with looking_into(folder) as store:
        if store is None:
            if there:
                write_lines(path, (encoded(there[key]) for key in sorted(there)))
            return Exported(n_merged=n_merged)
        fates = {key: _fate(store, key, entry, there) for key, entry in entries(store)}
        added = {key for key, fate in fates.items() if fate == "new"}
        if added or there:
            write_lines(path, _merged(store, added, there))
    n = Counter(fates.values())
    return Exported(n["new"], n["known"], n["different"], n["without_call"], n["damaged"], n_merged)


def _there(path: Path) -> tuple[dict[str, Line], int]:
    """The lines of a file by key, of several to one call the first answer; and how many lines there were."""
    there: dict[str, Line] = {}
    n_lines = 0
    for number, text in _of_both_sides(path):
        line = parsed(text)
        if line is None:
            raise broken(path, number, "not a recorded call with its reply")
        n_lines += 1
        other = there.get(line["key"])
        if other is None or _rank(line) < _rank(other):
            there[line["key"]] = line
    return there, n_lines


def _of_both_sides(path: Path) -> Iterator[tuple[int, str]]:
    try:
        yield from both_sides(numbered(path))
    except LeftOpen as error:
        why = "not a recorded call with its reply, but a mark that a merge left without the others that belong to it"
        raise broken(path, error.number, why) from error


def _rank(line: Line) -> tuple[str, str]:
    """Smaller is the earlier answer; whose line came first in the file decides nothing."""
    return str(line["reply"].get("day") or ""), hashlib.sha256(encoded(line)).hexdigest()


def _fate(store: diskcache.Cache, key: str, entry: str | None, there: dict[str, Line]) -> str:
    line = _line(store, key, entry)
    if line is None:
        return "damaged" if entry is None or has_call(entry) or about(key, entry) is None else "without_call"
    if key not in there:
        return "new"
    return "known" if _says(there[key]) == _says(line) else "different"


def _merged(store: diskcache.Cache, added: set[str], there: dict[str, Line]) -> Iterator[bytes]:
    """All lines in their order; those of the cache are read again, one at a time, since they may be many."""
    for key in sorted(added | there.keys()):
        line = there.get(key) or _line(store, key, entry_of(store, key))
        if line is not None:
            yield encoded(line)


def _line(store: diskcache.Cache, key: str, entry: str | None) -> Line | None:
    try:
        return line_in(key, entry or "", lambda name: entry_of(store, name))
    except UNREADABLE:
        return None


def _says(line: Line) -> tuple[Json, Json]:
    """What makes two replies different ones: not the day, nor what they took."""
    return line["reply"]["text"], line["reply"]["model"]


def take_in(path: Path, folder: Path) -> Imported:
    """Keep the replies of a cassette in this folder; a reply that is there stays, be it another one.

    Nothing is stored before every line was looked at: NotKept names the first that is broken, or whose key is not that
    of its call, since it would be taken for the answer to another.
    """
    first: dict[str, tuple[str, str]] = {}
    for number, text in _of_both_sides(path):
        why = _why_refused(text)
        if why:
            raise broken(path, number, why)
        if line := parsed(text):
            first[line["key"]] = min(_rank(line), first.get(line["key"], _rank(line)))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(open_store(folder)) as store:
            fates = list(_fates(store, path, first))
    except UNUSABLE as error:
        raise FolderError(why_unusable(folder, "written", error)) from error
    return Imported(fates.count("new"), fates.count("known"), fates.count("different"))


def _fates(store: diskcache.Cache, path: Path, first: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """What becomes of each line; of several to one call the first answer is taken before the others are looked at."""
    for is_first in (True, False):
        for _, text in _of_both_sides(path):
            line = parsed(text)
            if line and (_rank(line) == first[line["key"]]) is is_first:
                yield _take(store, line)


def _why_refused(text: str) -> str | None:
    line = parsed(text)
    if line is None:
        return "not a recorded call with its reply"
    try:
        is_own = key_of(line) == line["key"]
        reply = reply_of(line)
        written_of(line)
    except UNREADABLE:
        return "not a recorded call with its reply"
    if not is_own:
        return "its key is not that of its call, so something in it was changed"
    if not isinstance(reply.model, str) or not isinstance(reply.day, str | None):
        return "its reply does not say which model gave it, or when"
    return None


def _take(store: diskcache.Cache, line: Line) -> str:
    """Keep one line, and say what it is beside what is there; an entry without its call is given it."""
    try:
        entry = entry_of(store, line["key"])
        kept = reply_in(entry) if entry is not None else None
    except UNREADABLE:
        entry = kept = None
    if kept is not None and (kept.text, kept.model) != _says(line):
        return "different"
    if entry is None or not has_call(entry):
        completed = line if kept is None else {**line, "reply": {**line["reply"], "day": kept.day}}
        put(store, line["key"], *written_of(completed))
    return "new" if kept is None else "known"
