"""A transport for tests: it gives the replies it was told to, and keeps the calls it saw."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from agent.errors import CallError, RunStopped
from agent.llm.call import Call, Reply, Usage

Line = Reply | CallError | RunStopped | BaseModel | dict[str, Any] | str
"""A reply, an error to hand back or to stop with, or what a reply's text is made of."""

DAY = "2026-01-02"


class Scripted:
    """Answers calls in the order they come, from a queue of lines or by a function of the call.

    `Scripted({"name": "x"}, Refused("no"))` answers two calls and fails the test at a third;
    `Scripted(lambda call: {"name": call.user})` answers any number.
    """

    def __init__(self, *lines: Line | Callable[[Call], Line]) -> None:
        self.calls: list[Call] = []
        """What it was asked, in order."""
        self._by_function = lines[0] if len(lines) == 1 and is_function(lines[0]) else None
        self._lines = [] if self._by_function else list(lines)

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        for call in calls:
            self.calls.append(call)
            line = self._next(call)
            if isinstance(line, RunStopped):
                raise line
            yield call, line if isinstance(line, Reply | CallError) else reply(line)

    @property
    def prompts(self) -> list[str]:
        """The prompts of the calls it saw."""
        return [call.prompt for call in self.calls]

    def _next(self, call: Call) -> Line:
        if self._by_function is not None:
            return self._by_function(call)  # type: ignore[operator]
        assert self._lines, f"call {len(self.calls)} was not in the script: {call.prompt}\n{call.user}"
        line = self._lines.pop(0)
        assert not is_function(line), "a function stands alone in a script"
        return line  # type: ignore[return-value]


def reply(line: BaseModel | dict[str, Any] | str) -> Reply:
    """A reply with this text."""
    if isinstance(line, BaseModel):
        text = line.model_dump_json(by_alias=True)
    else:
        text = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)
    return Reply(text, "scripted", DAY, Usage(1, 1, 10, 5, None))


def is_function(line: object) -> bool:
    return callable(line) and not isinstance(line, BaseModel)
