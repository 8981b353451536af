import threading
from collections.abc import Iterator
from threading import Event

import pytest

from agent.errors import BudgetSpent, CallError, Refused, RunStopped
from agent.llm.call import Call, Reply
from agent.llm.pool import answer_all
from tests.llm.sample import VALID, call, calls

PATIENCE_S = 5


def answer(call: Call, stop: Event) -> Reply:
    return Reply(VALID, "m", None)


class Gate:
    """Answers nothing until `n` calls are waiting; counts what it was given."""

    def __init__(self, n: int) -> None:
        self.opened = Event()
        self._n = n
        self.n_begun = 0
        self.n_most = 0
        self._n_now = 0
        self._lock = threading.Lock()

    def __call__(self, call: Call, stop: Event) -> Reply:
        with self._lock:
            self.n_begun += 1
            self._n_now += 1
            self.n_most = max(self.n_most, self._n_now)
            if self._n_now == self._n:
                self.opened.set()
        assert self.opened.wait(PATIENCE_S)
        with self._lock:
            self._n_now -= 1
        return Reply(VALID, "m", None)


def take_all(stream: Iterator[tuple[Call, Reply | CallError]], handed: list[str]) -> None:
    for one, _ in stream:
        handed.append(one.user)


def test_every_call_gets_its_reply() -> None:
    answered = list(answer_all(calls(50), answer, 8))
    assert sorted(one.user for one, _ in answered) == sorted(one.user for one in calls(50))


def test_no_calls_start_no_thread() -> None:
    n_before = threading.active_count()
    assert list(answer_all([], answer, 8)) == []
    assert threading.active_count() == n_before


def test_no_more_than_the_window_is_taken_up() -> None:
    gate = Gate(8)
    n_taken = 0

    def counted() -> Iterator[Call]:
        nonlocal n_taken
        for one in calls(100):
            n_taken += 1
            yield one

    stream = answer_all(counted(), gate, 8)
    next(stream)
    assert n_taken == 8
    n_handed = 1
    for _ in stream:
        n_handed += 1
        assert n_taken - n_handed < 8
    assert (n_handed, gate.n_most) == (100, 8)


def test_a_failed_call_is_handed_back_and_the_others_go_on() -> None:
    def fail_third(one: Call, stop: Event) -> Reply:
        if one.user == "Paper number 3":
            raise Refused("no")
        return answer(one, stop)

    answered = {one.user: reply for one, reply in answer_all(calls(10), fail_third, 4)}
    assert len(answered) == 10
    assert [user for user, reply in answered.items() if isinstance(reply, CallError)] == ["Paper number 3"]


@pytest.mark.parametrize("error", [BudgetSpent("spent"), TypeError("a bug")])
def test_what_stops_the_run_is_raised_after_what_was_in_flight(error: Exception) -> None:
    others_wait = threading.Barrier(4, timeout=PATIENCE_S)

    def stop_first(one: Call, stop: Event) -> Reply:
        others_wait.wait()
        if one.user == "Paper number 0":
            raise error
        assert stop.wait(PATIENCE_S)
        return answer(one, stop)

    handed: list[str] = []
    with pytest.raises(type(error)) as caught:
        take_all(answer_all(calls(100), stop_first, 4), handed)
    assert caught.value is error
    assert sorted(handed) == ["Paper number 1", "Paper number 2", "Paper number 3"]


def test_the_first_reason_is_the_one_that_is_told() -> None:
    def all_stop(one: Call, stop: Event) -> Reply:
        raise RunStopped("because of another") if stop.is_set() else BudgetSpent("spent")

    with pytest.raises(BudgetSpent):
        list(answer_all(calls(100), all_stop, 8))


def test_an_error_among_the_calls_is_raised_after_what_was_in_flight() -> None:
    def broken() -> Iterator[Call]:
        yield call("first")
        raise LookupError("a template is missing")

    handed: list[str] = []
    with pytest.raises(LookupError):
        take_all(answer_all(broken(), answer, 4), handed)
    assert handed == ["first"]


def test_thrown_into_it_hands_back_what_is_in_flight() -> None:
    gate = Gate(8)
    stream = answer_all(calls(100), gate, 8)
    next(stream)
    handed = [stream.throw(KeyboardInterrupt())]
    with pytest.raises(KeyboardInterrupt):
        handed.extend(stream)
    assert gate.n_begun == 8
    assert len(handed) == 7


def test_closing_waits_for_what_is_in_flight() -> None:
    n_finished = 0
    lock = threading.Lock()

    def slow(one: Call, stop: Event) -> Reply:
        nonlocal n_finished
        if one.user != "Paper number 0":
            assert stop.wait(PATIENCE_S)
        with lock:
            n_finished += 1
        return answer(one, stop)

    stream = answer_all(calls(100), slow, 8)
    next(stream)
    stream.close()
    assert 1 <= n_finished <= 8
    n_after = n_finished
    assert threading.Event().wait(0.05) is False
    assert n_finished == n_after


def test_no_thread_stays() -> None:
    list(answer_all(calls(30), answer, 16))
    for thread in threading.enumerate():
        if thread.name == "call":
            thread.join(PATIENCE_S)
    assert not [thread for thread in threading.enumerate() if thread.name == "call"]
