"""What a cache and a cassette have in common: answer what is known, ask the rest below, keep it before it is used."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator

from agent.errors import CallError, NotKept, RunStopped
from agent.llm.call import Call, Reply, Transport

Answered = tuple[Call, Reply | CallError]
Recall = Callable[[Call], Reply | None]
Keep = Callable[[Call, Reply], None]
"""Stores a reply; raises NotKept where it cannot."""


def recall_or_ask(calls: Iterable[Call], recall: Recall, inner: Transport, keep: Keep) -> Iterator[Answered]:
    """Yield what `recall` knows; hand the rest to `inner` as one stream and `keep` each reply before it is yielded.

    `inner` is not touched before the first call that is not known. However it ends, what was in flight is kept. A
    reply that cannot be kept is yielded all the same, since it is paid for, but it is the last that is asked for.
    """
    remaining = iter(calls)
    for call in remaining:
        reply = recall(call)
        if reply is not None:
            yield call, reply
            continue
        known: deque[Answered] = deque()
        yield from _asked(inner.send_all(_unknown(call, remaining, recall, known)), known, keep)


def _unknown(first: Call, rest: Iterator[Call], recall: Recall, known: deque[Answered]) -> Iterator[Call]:
    """The calls that must be asked; what is known on the way is put aside."""
    yield first
    for call in rest:
        reply = recall(call)
        if reply is None:
            yield call
        else:
            known.append((call, reply))


def _asked(stream: Iterator[Answered], known: deque[Answered], keep: Keep) -> Iterator[Answered]:
    """The stream's replies, each kept, with what was known in between."""
    try:
        for call, reply in stream:
            why = _why_not_kept(call, reply, keep)
            yield call, reply
            while known:
                yield known.popleft()
            if why:
                raise why
        yield from known
    except GeneratorExit:
        _drained(stream, keep)
        raise
    except BaseException:
        yield from _drained(stream, keep)
        yield from known
        raise


def _drained(stream: Iterator[Answered], keep: Keep) -> list[Answered]:
    """Stop a stream and wait for what was in flight, each reply kept where that can be done."""
    in_flight: list[Answered] = []
    if not isinstance(stream, Generator):
        return in_flight
    try:
        call, reply = stream.throw(RunStopped("nothing more is asked"))
        while True:
            _why_not_kept(call, reply, keep)
            in_flight.append((call, reply))
            call, reply = next(stream)
    except (RunStopped, StopIteration):
        return in_flight


def _why_not_kept(call: Call, reply: Reply | CallError, keep: Keep) -> NotKept | None:
    try:
        if isinstance(reply, Reply):
            keep(call, reply)
    except NotKept as error:
        return error
    return None
