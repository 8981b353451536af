"""The one place of concurrency: a window of calls that threads answer while the caller takes replies one by one."""

from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from threading import Event, Thread

from agent.errors import CallError
from agent.llm.call import Call, Reply

Answering = Callable[[Call, Event], Reply]
"""Answers one call or raises; once the event is set it sends nothing more and raises a RunStopped."""

Outcome = Reply | BaseException


def answer_all(
    calls: Iterable[Call], answering: Answering, concurrency: int
) -> Iterator[tuple[Call, Reply | CallError]]:
    """Answer the calls on up to `concurrency` threads and yield replies as they come.

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


def _pass_through(window: "_Window", calls: Iterator[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
    why: BaseException | None = None
    while True:
        try:
            if why is None:
                window.fill(calls)
            if not window.n_open:
                break
            call, outcome = window.take()
            if not isinstance(outcome, Reply | CallError):
                raise outcome
            yield call, outcome
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


class _Window:
    """Calls taken up and not yet handed back, and the threads at work on them."""

    def __init__(self, answering: Answering, size: int) -> None:
        self.stop = Event()
        self.n_open = 0
        self._answering = answering
        self._size = size
        self._n_threads = 0
        self._to_answer: SimpleQueue[Call | None] = SimpleQueue()
        self._answered: SimpleQueue[tuple[Call, Outcome]] = SimpleQueue()

    def fill(self, calls: Iterator[Call]) -> None:
        """Take up calls while there is room; a reply that has come is handed back before more are sent."""
        while self.n_open < self._size and self._answered.empty():
            call = next(calls, None)
            if call is None:
                break
            self.n_open += 1
            self._to_answer.put(call)
            if self._n_threads < self.n_open:
                # A daemon, so that a second Ctrl-C really ends the program.
                Thread(target=self._work, name="call", daemon=True).start()
                self._n_threads += 1

    def take(self) -> tuple[Call, Outcome]:
        answered = self._answered.get()
        self.n_open -= 1
        return answered

    def wait(self) -> None:
        """Send nothing more and wait for what is in flight."""
        self.stop.set()
        while self.n_open:
            self.take()

    def leave(self) -> None:
        """Let the threads end."""
        self.stop.set()
        for _ in range(self._n_threads):
            self._to_answer.put(None)

    def _work(self) -> None:
        while (call := self._to_answer.get()) is not None:
            outcome = self._outcome(call)
            self._answered.put((call, outcome))
            if not isinstance(outcome, Reply | CallError):
                self.stop.set()  # after the put, so that the first reason is the one that is told

    def _outcome(self, call: Call) -> Outcome:
        try:
            return self._answering(call, self.stop)
        except BaseException as error:  # noqa: BLE001  (a thread's edge: raised again in the caller's)
            return error
