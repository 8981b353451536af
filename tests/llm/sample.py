"""A small answer, calls for it, and a way to spoil what is stored."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from agent.errors import CallError
from agent.llm.call import Answer, Call, Reply, Transport


class Kind(Answer):
    kind: Literal["method", "benchmark"]
    """What the paper offers."""
    why: str
    """One sentence."""
    year: int | None
    """Null where it is not said."""


VALID = '{"kind":"method","why":"It proposes one.","year":null}'


def call(
    user: str = "Which kind?", *, model: str = "stub-model", prompt: str = "classify_kind", **parameters: object
) -> Call:
    return Call(prompt, "You sort papers.", user, model, parameters, Kind)


def calls(n: int) -> Iterable[Call]:
    return (call(f"Paper number {number}") for number in range(n))


def replies(transport: Transport, n: int) -> dict[str, Reply | CallError]:
    """What it answers to `calls(n)`, by the user's text."""
    return {one.user: answered for one, answered in transport.send_all(calls(n))}


def tamper(folder: Path, sql: str, *values: object) -> None:
    """Change the database of a cache behind its back."""
    with sqlite3.connect(folder / "cache.db") as database:
        database.execute(sql, values)
    database.close()


def leave_room(folder: Path, n_pages: int) -> None:
    """Let the database of a cache grow to this many pages of 4 kB, as on a full disk."""
    tamper(folder, "INSERT INTO Settings VALUES ('sqlite_max_page_count', ?)", n_pages)
