"""The transport that replays recorded replies from a file in git, and records them."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.errors import CallError, NotKept, NotRecorded
from agent.llm.call import Call, Json, Reply, Transport, Usage
from agent.llm.nearest import what_differs
from agent.llm.recall import recall_or_ask

_ADVICE = "record it with --record, or let the built-in model answer with --offline"

Line = dict[str, Json]
"""A recorded call with its reply: key, prompt, model, parameters, schema, system, user, reply."""


class Cassette:
    """Recorded replies by key, a JSON line each.

    Alone it replays, and a call it does not hold stops the run. With an `inner` transport it records: what is missing
    is asked and appended at once, and `close` sorts the lines.
    """

    def __init__(self, path: Path, inner: Transport | None = None) -> None:
        self._path = path
        self._inner = inner
        self._lines: dict[str, Line] | None = None
        self._played: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def unplayed(self) -> tuple[str, ...]:
        """The keys that no call has asked for, sorted."""
        return tuple(sorted(self._recorded().keys() - self._played))

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """See `Transport.send_all`; raises NotRecorded, which names the nearest call, where there is no `inner`."""
        if self._inner is None:
            for call in calls:
                yield call, self._replay(call)
        else:
            yield from recall_or_ask(calls, self._recall_to_record, self._inner, self._keep)

    def close(self, *, drop_unplayed: bool = False) -> None:
        """Write what was recorded in its order; NotKept where the file cannot be written.

        `drop_unplayed` leaves out the lines that no call asked for. Only who knows that the run made everything from
        nothing may say so: a run that found a part done, or stopped half way, has no say on the calls it did not make.
        """
        if self._inner is None or self._lines is None:
            return
        if drop_unplayed and self._played:
            self._lines = {key: line for key, line in self._lines.items() if key in self._played}
        _replace(self._path, [line for _, line in sorted(self._lines.items())])

    def _replay(self, call: Call) -> Reply:
        reply = self._recall(call)
        if reply is None:
            missing = f"{self._path.name} holds no reply to this call of {call.prompt} ({call.key[:15]})"
            nearest = what_differs(_line(call), list(self._recorded().values()))
            raise NotRecorded(f"{missing}: {nearest}; {_ADVICE}")
        return reply

    def _recall(self, call: Call) -> Reply | None:
        line = self._recorded().get(call.key)
        if line is None:
            return None
        self._played.add(call.key)
        return Reply(**{**line["reply"], "usage": Usage(**line["reply"]["usage"])})

    def _recall_to_record(self, call: Call) -> Reply | None:
        reply = self._recall(call)
        if reply is None:
            _append(self._path, b"")  # so that nothing is paid for which could not be recorded
        return reply

    def _keep(self, call: Call, reply: Reply) -> None:
        line = {**_line(call), "reply": asdict(reply)}
        self._recorded()[call.key] = line
        self._played.add(call.key)
        _append(self._path, _encoded(line))

    def _recorded(self) -> dict[str, Line]:
        if self._lines is None:
            self._lines = _read(self._path, is_recording=self._inner is not None)
        return self._lines


def _line(call: Call) -> Line:
    """All of a call that decides its answer."""
    return {
        "key": call.key,
        "prompt": call.prompt,
        "model": call.model,
        "parameters": dict(sorted(call.parameters.items())),
        "schema": call.schema,
        "system": call.system,
        "user": call.user,
    }


def _encoded(line: Line) -> bytes:
    try:
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair can only be written as an escape
        return json.dumps(line).encode() + b"\n"


def _read(path: Path, *, is_recording: bool) -> dict[str, Line]:
    """The lines by key; NotKept with the number of the first that is broken."""
    lines: dict[str, Line] = {}
    try:
        texts = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        if is_recording:
            return lines
        raise NotRecorded(f"there are no recorded replies in {path}; {_ADVICE}") from None
    except OSError as error:
        raise NotKept(f"{path} cannot be read: {error.strerror}; make it readable, or name another file") from error
    except UnicodeDecodeError as error:
        raise NotKept(f"{path} cannot be read: it is not UTF-8 text; restore it, or name another file") from error
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            continue
        line = _parsed(text)
        if line is None and is_recording and number == len(texts):
            break  # the kill of an earlier recording cut it short
        if line is None:
            raise NotKept(f"{path}, line {number}: not a recorded call with its reply; take the line out or restore it")
        if line["key"] in lines:
            raise NotKept(f"{path}, line {number}: a second reply to the call {line['key']}; take one of them out")
        lines[line["key"]] = line
    if is_recording and texts[-1]:
        _replace(path, list(lines.values()))  # or the next line would be glued to the last
    return lines


def _parsed(text: str) -> Line | None:
    try:
        line = json.loads(text)
        reply = line["reply"]
        Reply(**{**reply, "usage": Usage(**reply["usage"])})
    except (ValueError, KeyError, TypeError):
        return None
    needed = ("key", "prompt", "model", "system", "user")
    is_whole = all(isinstance(line.get(name), str) for name in needed) and isinstance(reply["text"], str)
    return line if is_whole else None


def _append(path: Path, data: bytes) -> None:
    """Add all of it to the file or nothing: half a line would spoil the next."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
        n_before = file.tell()
        try:
            with file:
                file.write(data)
        except OSError:
            os.truncate(path, n_before)
            raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _replace(path: Path, lines: list[Line]) -> None:
    """Write the whole file or nothing: the old one stays where the disk is full."""
    draft = path.with_name(f".{path.name}.new")
    data = b"".join(_encoded(line) for line in lines)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() == data:
            return
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> NotKept:
    return NotKept(f"{path} cannot be written: {error.strerror}; make room, or record into another file")
