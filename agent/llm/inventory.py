"""What a cache holds, by prompt and model, and a look at every entry of it."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import diskcache
from diskcache.core import DBNAME

from agent.errors import FolderError
from agent.llm.cache import UNUSABLE, TextDisk, entry_of, open_store, why_unusable
from agent.llm.entries import PART, Damaged, told_by
from agent.llm.recorded import UNREADABLE
from agent.papers import Frozen

log = logging.getLogger(__name__)

_NO_KEY = ""


class About(NamedTuple):
    """What an entry says of itself."""

    key: str
    prompt: str
    model: str
    day: str | None
    """Of its reply."""


class Kept(Frozen):
    """The replies to one prompt by one model."""

    prompt: str
    model: str
    n_replies: int
    n_bytes: int
    """Of their text, in UTF-8, with the calls that they answer."""


def take_inventory(folder: Path) -> list[Kept]:
    """What is kept in this folder, by prompt and model; nothing where there is no cache. Nothing is made.

    Damaged entries are left out and counted in a warning of the log; FolderError where the database itself is damaged.
    """
    sizes: dict[tuple[str, str], list[int]] = defaultdict(list)
    n_damaged = 0
    with looking_into(folder) as store:
        for key, entry in entries(store) if store is not None else ():
            told = about(key, entry)
            if told is None or entry is None:
                n_damaged += 1
            else:
                sizes[told.prompt, told.model].append(len(entry.encode()))
    if n_damaged:
        log.warning("%d damaged in %s: not counted here, and asked again when needed", n_damaged, folder)
    return [
        Kept(prompt=prompt, model=model, n_replies=len(own), n_bytes=sum(own))
        for (prompt, model), own in sorted(sizes.items())
    ]


def bytes_on_disk(folder: Path) -> int:
    """What a cache takes, with all that belongs to its database; nothing where there is none."""
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError as error:
        raise FolderError(why_unusable(folder, "read", error)) from error


@contextmanager
def looking_into(folder: Path, *, done: str = "read") -> Iterator[diskcache.Cache | None]:
    """The store in this folder, None where there is none; FolderError where it is damaged or closed to us."""
    try:
        if not (folder / DBNAME).is_file():
            yield None
            return
        with open_store(folder, _ListingDisk) as store:
            yield store
    except UNUSABLE as error:
        raise FolderError(why_unusable(folder, done, error)) from error


def entries(store: diskcache.Cache, keys: Iterable[str] | None = None) -> Iterator[tuple[str, str | None]]:
    """Each reply's key and entry, all or those of these keys; None in place of one that is damaged."""
    for key in store if keys is None else keys:
        if not key.startswith(PART):
            try:
                yield key, entry_of(store, key)
            except Damaged:
                yield key, None


def about(key: str, entry: str | None) -> About | None:
    """What an entry says of itself; None where it is damaged."""
    try:
        told = told_by(entry or "")
        prompt, model, reply = told["prompt"], told["model"], told["reply"]
        is_whole = isinstance(prompt, str) and isinstance(model, str) and isinstance(reply["text"], str)
        return About(key, prompt, model, reply["day"]) if is_whole else None
    except UNREADABLE:
        return None


class _ListingDisk(TextDisk):
    """Goes on listing after a key that is damaged."""

    def get(self, key: object, raw: object) -> str:
        try:
            return super().get(key, raw)
        except Damaged:
            return _NO_KEY
