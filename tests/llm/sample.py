"""A small answer and calls for it."""

from collections.abc import Iterable
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
