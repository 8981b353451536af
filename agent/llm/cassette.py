"""The transport that replays recorded replies from a file in git, and records them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.errors import CallError, NotRecorded
from agent.llm.call import Call, Reply, Transport
from agent.llm.nearest import what_differs
from agent.llm.recall import recall_or_ask
from agent.llm.recorded import Line, append, encoded, is_there, line_of, read_lines, reply_of, write_lines

_ADVICE = "record it with --record, or let the built-in model answer with --offline"


class Cassette:
    """Recorded replies by key, a JSON line each.

    Alone it replays, and a call it does not hold stops the run. With an `inner` transport it records: what is missing
    is asked and appended at once, and `close` sorts the lines. Files that stand `beside` are replayed from as well.
    """

    def __init__(self, path: Path, inner: Transport | None = None, *, beside: Sequence[Path] = ()) -> None:
        self._path = path
        self._beside = beside
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
        write_lines(self._path, (encoded(line) for _, line in sorted(self._lines.items())))

    def _replay(self, call: Call) -> Reply:
        reply = self._recall(call)
        if reply is None:
            missing = f"{self._path.name} holds no reply to this call of {call.prompt} ({call.key[:15]})"
            nearest = what_differs(line_of(call), list(self._recorded().values()))
            raise NotRecorded(f"{missing}: {nearest}; {_ADVICE}")
        return reply

    def _recall(self, call: Call) -> Reply | None:
        line = self._recorded().get(call.key)
        if line is None:
            return None
        self._played.add(call.key)
        return reply_of(line)

    def _recall_to_record(self, call: Call) -> Reply | None:
        reply = self._recall(call)
        if reply is None:
            append(self._path, b"")  # so that nothing is paid for which could not be recorded
        return reply

    def _keep(self, call: Call, reply: Reply) -> None:
        line = line_of(call, reply)
        self._recorded()[call.key] = line
        self._played.add(call.key)
        append(self._path, encoded(line))

    def _recorded(self) -> dict[str, Line]:
        if self._lines is None:
            self._lines = self._read()
        return self._lines

    def _read(self) -> dict[str, Line]:
        if self._inner is not None:
            return read_lines(self._path, is_growing=True)
        if not is_there(self._path):
            raise NotRecorded(f"there are no recorded replies in {self._path}; {_ADVICE}")
        lines = read_lines(self._path)
        for path in self._beside:
            lines |= read_lines(path)
        return lines
