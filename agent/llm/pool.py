"""The one place of concurrency: a window of calls that threads answer while the caller takes replies one by one.

What it calls a call may be a batch of them; it looks at neither calls nor replies.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

from agent.errors import CallError

C = TypeVar("C")
"""A call, or a batch of them."""
R = TypeVar("R")
"""A reply, or those of a batch; never an exception."""


def answer_all(
    calls: Iterable[C], answering: Callable[[C, Event], R], concurrency: int
) -> Generator[tuple[C, R | CallError], None, None]:
    """Answer the calls on up to `concurrency` threads and yield replies as they come.

    `answering` answers one or raises; once the event is set it sends nothing more and raises a RunStopped.
    The next call is taken up when the caller comes back for the next reply, so no more than `concurrency` replies are
    ever paid for and not yet in its hands. Whatever ends the run early (a RunStopped, Ctrl-C, an error in `calls`,
    anything thrown into the generator) is raised only after what was in flight has been yielded; closing the
    generator waits for it. A second Ctrl-C does not wait.
    """
    window = _Window(answering, concurrency)
    try:
        yield from _pass_through(window, iter(calls))
    finally:
        window.leave()


def _pass_through(window: "_Window[C, R]", calls: Iterator[C]) -> Iterator[tuple[C, R | CallError]]:
    why: BaseException | None = None
    while True:
        try:
            if why is None:
                window.fill(calls)
            if not window.n_open:
                break
            call, outcome = window.first()
            try:
                if isinstance(outcome, CallError) or not isinstance(outcome, BaseException):
                    yield call, outcome
            finally:
                window.drop_first()
            if isinstance(outcome, BaseException) and not isinstance(outcome, CallError):
                raise outcome
        except GeneratorExit:
            window.wait()
            raise
        except BaseException as error:
            if why is not None and not isinstance(error, Exception):
                raise  # the second Ctrl-C
            why = why or error
            window.stop.set()
    if why is not None:
        raise why


class _Window(Generic[C, R]):
    """Calls taken up and not yet handed back, and the threads at work on them.

    A Ctrl-C can strike wherever a call returns, with what it returned gone: so what has been answered stays in its
    place until it has been handed back, and at worst is handed back twice.
    """

    def __init__(self, answering: Callable[[C, Event], R], size: int) -> None:
        self.stop = Event()
        self.n_open = 0
        self._answering = answering
        self._size = size
        self._n_threads = 0
        self._to_answer: SimpleQueue[C | None] = SimpleQueue()
        self._answered: deque[tuple[C, R | BaseException]] = deque()
        self._arrived: SimpleQueue[None] = SimpleQueue()

    def fill(self, calls: Iterator[C]) -> None:
        """Take up calls while there is room; a reply that has come is handed back before more are sent."""
        while self.n_open < self._size and not self._answered:
            call = next(calls, None)
            if call is None:
                break
            self.n_open += 1
            self._to_answer.put(call)
            if self._n_threads < self.n_open:
                # A daemon, so that a second Ctrl-C really ends the program.
                Thread(target=self._work, name="call", daemon=True).start()
                self._n_threads += 1

    def first(self) -> tuple[C, R | BaseException]:
        """The oldest outcome, waited for; it stays the first until it is dropped."""
        while not self._answered:
            self._arrived.get()
        return self._answered[0]

    def drop_first(self) -> None:
        del self._answered[0]
        self.n_open -= 1

    def wait(self) -> None:
        """Send nothing more and wait for what is in flight."""
        self.stop.set()
        while self.n_open:
            self.first()
            self.drop_first()

    def leave(self) -> None:
        """Let the threads end."""
        self.stop.set()
        for _ in range(self._n_threads):
            self._to_answer.put(None)

    def _work(self) -> None:
        while (call := self._to_answer.get()) is not None:
            outcome = self._outcome(call)
            self._answered.append((call, outcome))
            self._arrived.put(None)
            if isinstance(outcome, BaseException) and not isinstance(outcome, CallError):
                self.stop.set()  # after the append, so that the first reason is the one that is told

    def _outcome(self, call: C) -> R | BaseException:
        try:
            return self._answering(call, self.stop)
        except BaseException as error:  # noqa: BLE001  (a thread's edge: raised again in the caller's)
            return error
