"""Takes replies out of a cache, when a person says which: by age, or because their prompt is gone."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import diskcache
from diskcache.core import DBNAME

from agent.llm.entries import PART, names_in
from agent.llm.inventory import about, bytes_on_disk, entries, looking_into
from agent.llm.recorded import UNREADABLE


@dataclass(frozen=True)
class Pruning:
    """What is to be taken out of a cache."""

    keys: tuple[str, ...] = ()
    n_replies: int = 0
    """That the cache holds, those among them."""
    by_prompt: tuple[tuple[str, str, int], ...] = ()
    """Prompt, model, and how many of theirs are to go."""
    n_without_day: int = 0
    """Not to go by age, since nobody can tell theirs: they bear no day."""
    n_in_future: int = 0
    """The same, since they bear a day that has not come yet."""


def choose(folder: Path, *, before: date | None, today: date, prompts: Collection[str] | None) -> Pruning:
    """The replies given before this day, and those to prompts that are not among these; None asks for neither.

    Damaged entries are none of these. FolderError where the cache cannot be read.
    """
    keys: list[str] = []
    counts: Counter[tuple[str, str]] = Counter()
    n_replies = n_without_day = n_in_future = 0
    with looking_into(folder) as store:
        told = (about(key, entry) for key, entry in (entries(store) if store is not None else ()))
        for key, prompt, model, day_text in filter(None, told):
            n_replies += 1
            day = _day(day_text)
            n_without_day += before is not None and day is None
            n_in_future += before is not None and day is not None and day > today
            is_old = before is not None and day is not None and day < before
            if is_old or (prompts is not None and prompt not in prompts):
                keys.append(key)
                counts[prompt, model] += 1
    chosen = tuple((prompt, model, n) for (prompt, model), n in sorted(counts.items()))
    return Pruning(tuple(keys), n_replies, chosen, n_without_day, n_in_future)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def prune(folder: Path, keys: Iterable[str]) -> int:
    """Take these out, with the shared texts that nothing names any more; how many bytes of the disk came free."""
    before = bytes_on_disk(folder)
    with looking_into(folder, done="written") as store:
        if store is None:
            return 0
        with store.transact():
            for key in keys:
                store.delete(key)
            for name in _unnamed(store):
                store.delete(name)
    _shrink(folder)
    return max(0, before - bytes_on_disk(folder))


def _unnamed(store: diskcache.Cache) -> list[str]:
    named: set[str] = set()
    for _, entry in entries(store):
        try:
            named.update(names_in(entry or ""))
        except UNREADABLE:
            continue  # of the first version, or damaged: it names nothing
    return [key for key in store if key.startswith(PART) and key not in named]


def _shrink(folder: Path) -> None:
    """Give back to the system what the database does not need any more, where nobody else has it open."""
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(folder / DBNAME, timeout=5, isolation_level=None)) as database,
    ):
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
