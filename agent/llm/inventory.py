"""What a cache holds, by prompt and model."""

import json
import logging
from collections import defaultdict
from pathlib import Path

from diskcache.core import DBNAME

from agent.errors import FolderError
from agent.llm.cache import UNUSABLE, Damaged, TextDisk, entry_of, open_store, why_unusable
from agent.papers import Frozen

log = logging.getLogger(__name__)

_NO_KEY = ""


class Kept(Frozen):
    """The replies to one prompt by one model."""

    prompt: str
    model: str
    n_replies: int
    n_bytes: int
    """Of their text, in UTF-8."""


def take_inventory(folder: Path) -> list[Kept]:
    """What is kept in this folder, by prompt and model; nothing where there is no cache. Nothing is made.

    Damaged entries are left out and counted in a warning of the log; FolderError where the database itself is damaged.
    """
    if not (folder / DBNAME).is_file():
        return []
    sizes: dict[tuple[str, str], list[int]] = defaultdict(list)
    n_damaged = 0
    try:
        with open_store(folder, _ListingDisk) as store:
            for key in store:
                try:
                    name, n_bytes = _described(entry_of(store, key))
                    sizes[name].append(n_bytes)
                except Damaged:
                    n_damaged += 1
    except UNUSABLE as error:
        raise FolderError(why_unusable(folder, "read", error)) from error
    if n_damaged:
        log.warning("%d damaged in %s: not counted here, and asked again when needed", n_damaged, folder)
    return [
        Kept(prompt=prompt, model=model, n_replies=len(own), n_bytes=sum(own))
        for (prompt, model), own in sorted(sizes.items())
    ]


class _ListingDisk(TextDisk):
    """Goes on listing after a key that is damaged."""

    def get(self, key: object, raw: object) -> str:
        try:
            return super().get(key, raw)
        except Damaged:
            return _NO_KEY


def _described(entry: str | None) -> tuple[tuple[str, str], int]:
    """An entry's prompt and model, and its size in bytes."""
    try:
        about = json.loads(entry or "")
        prompt, model = about["prompt"], about["model"]
        if not isinstance(prompt, str) or not isinstance(model, str) or not isinstance(about["reply"]["text"], str):
            raise Damaged("an entry that does not say what it answers")
        return (prompt, model), len((entry or "").encode())
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Damaged("an entry that is not a reply") from error
