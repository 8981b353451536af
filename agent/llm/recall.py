"""What a cache and a cassette have in common: answer what is known, ask the rest below, keep it before it is used."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator

from agent.errors import CallError, FolderError, RunStopped
from agent.llm.call import Call, Reply, Transport

Answered = tuple[Call, Reply | CallError]
Recall = Callable[[Call], Reply | None]
Keep = Callable[[Call, Reply], None]


def recall_or_ask(calls: Iterable[Call], recall: Recall, inner: Transport, keep: Keep) -> Iterator[Answered]:
    """Yield what `recall` knows; hand the rest to `inner` as one stream and `keep` each reply before it is yielded.

    `inner` is not touched before the first call that is not known. However it ends, what was in flight is kept.
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
            if isinstance(reply, Reply):
                keep(call, reply)
            yield call, reply
            while known:
                yield known.popleft()
        yield from known
    except GeneratorExit:
        for _ in _drained(stream, keep):
            pass
        raise
    except BaseException:
        yield from _drained(stream, keep)
        yield from known
        raise


def _drained(stream: Iterator[Answered], keep: Keep) -> Iterator[Answered]:
    """Stop a stream; keep and yield what was in flight."""
    if not isinstance(stream, Generator):
        return
    try:
        answered = stream.throw(RunStopped("nothing more is asked"))
        while True:
            call, reply = answered
            if isinstance(reply, Reply):
                keep(call, reply)
            yield call, reply
            answered = next(stream)
    except (RunStopped, StopIteration, FolderError):
        stream.close()
