from collections.abc import Iterable, Iterator

import pytest

from agent.errors import BudgetSpent, CallError, NotKept, Refused
from agent.llm.call import Call, Reply
from agent.llm.pool import answer_all
from agent.llm.recall import recall_or_ask
from tests.llm.sample import VALID, calls
from tests.scripted import Scripted, reply


class Store:
    """Knows the replies to some calls."""

    def __init__(self, *users: str) -> None:
        self.kept: list[str] = list(users)

    def recall(self, call: Call) -> Reply | None:
        return reply("known") if call.user in self.kept else None

    def keep(self, call: Call, reply: Reply) -> None:
        self.kept.append(call.user)


def text_of(answered: Reply | CallError) -> str:
    return answered.text if isinstance(answered, Reply) else str(answered)


def paper(number: int) -> str:
    return f"Paper number {number}"


def test_what_is_known_is_not_asked() -> None:
    store = Store(paper(0), paper(2), paper(4))
    inner = Scripted(lambda call: VALID)
    answered = {call.user: text_of(got) for call, got in recall_or_ask(calls(5), store.recall, inner, store.keep)}
    assert [call.user for call in inner.calls] == [paper(1), paper(3)]
    assert answered == {paper(n): VALID if n % 2 else "known" for n in range(5)}


def test_where_all_is_known_nothing_is_asked_at_all() -> None:
    class Untouchable:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            raise AssertionError("asked")

    store = Store(*(paper(n) for n in range(3)))
    assert len(list(recall_or_ask(calls(3), store.recall, Untouchable(), store.keep))) == 3


def test_each_reply_is_kept_before_it_is_handed_on() -> None:
    store = Store()
    for call, _ in recall_or_ask(calls(5), store.recall, Scripted(lambda call: VALID), store.keep):
        assert store.kept[-1] == call.user


def test_a_failed_call_is_handed_on_and_not_kept() -> None:
    store = Store()
    ((_, got),) = recall_or_ask(calls(1), store.recall, Scripted(Refused("no")), store.keep)
    assert (text_of(got), store.kept) == ("no", [])


def test_what_was_known_is_handed_on_before_a_stop_is_raised() -> None:
    store = Store(paper(1))
    inner = Scripted(VALID, BudgetSpent("spent"))
    seen = []
    with pytest.raises(BudgetSpent):
        for call, _ in recall_or_ask(calls(9), store.recall, inner, store.keep):
            seen.append(call.user)
    assert seen == [paper(0), paper(1)]


class Flight:
    """Four calls on their way at a time, counted."""

    def __init__(self) -> None:
        self.n_answered = 0

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        def answer(call: Call, stop: object) -> Reply:
            self.n_answered += 1
            return reply(VALID)

        return answer_all(calls, answer, 4)


@pytest.mark.parametrize("n_taken", [1, 5])
def test_left_half_way_it_keeps_what_was_in_flight(n_taken: int) -> None:
    store, inner = Store(), Flight()
    stream = recall_or_ask(calls(50), store.recall, inner, store.keep)
    for _ in range(n_taken):
        next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(store.kept) == inner.n_answered < 50


def test_two_of_them_keep_what_was_in_flight() -> None:
    upper, lower, inner = Store(), Store(), Flight()

    class Lower:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            return recall_or_ask(calls, lower.recall, inner, lower.keep)

    stream = recall_or_ask(calls(50), upper.recall, Lower(), upper.keep)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(upper.kept) == len(lower.kept) == inner.n_answered < 50


def test_never_more_than_the_calls_in_flight_are_answered_and_not_kept() -> None:
    """So no more can be lost to a kill at any moment, however slow the caller is."""
    store, inner = Store(), Flight()
    for _ in recall_or_ask(calls(40), store.recall, inner, store.keep):
        assert inner.n_answered - len(store.kept) < 4
    assert len(store.kept) == 40


class Full(Store):
    """Has no room but for some."""

    def __init__(self, *fitting: str) -> None:
        super().__init__()
        self._fitting = fitting

    def keep(self, call: Call, reply: Reply) -> None:
        if call.user not in self._fitting:
            raise NotKept("the disk is full")
        super().keep(call, reply)


def taken(stream: Iterator[tuple[Call, Reply | CallError]], seen: list[str]) -> None:
    seen.extend(call.user for call, _ in stream)


def test_where_a_reply_cannot_be_kept_all_that_is_paid_for_is_handed_up_and_nothing_more_asked() -> None:
    store, inner = Full(paper(0), paper(2)), Flight()
    seen: list[str] = []
    with pytest.raises(NotKept, match="full"):
        taken(recall_or_ask(calls(50), store.recall, inner, store.keep), seen)
    assert len(seen) == len(set(seen)) == inner.n_answered <= 5
    assert paper(1) in seen
    assert set(store.kept) <= {paper(0), paper(2)}


@pytest.mark.parametrize("is_upper", [True, False])
def test_one_of_two_that_cannot_keep_hands_up_all_that_is_paid_for(is_upper: bool) -> None:
    full, store, inner = Full(), Store(), Flight()
    upper, lower = (full, store) if is_upper else (store, full)

    class Lower:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            return recall_or_ask(calls, lower.recall, inner, lower.keep)

    seen: list[str] = []
    with pytest.raises(NotKept, match="full"):
        taken(recall_or_ask(calls(50), upper.recall, Lower(), upper.keep), seen)
    assert sorted(seen) == sorted(store.kept)
    assert len(seen) == inner.n_answered <= 4


def test_a_store_that_cannot_be_read_half_way_loses_nothing() -> None:
    store, inner = Store(), Flight()

    def recall(call: Call) -> Reply | None:
        if call.user == paper(10):
            raise NotKept("the disk is broken")
        return reply("known") if call.user == paper(9) else None

    seen: list[str] = []
    with pytest.raises(NotKept, match="broken"):
        taken(recall_or_ask(calls(50), recall, inner, store.keep), seen)
    assert sorted(seen) == sorted(paper(n) for n in range(10))
    assert len(store.kept) == inner.n_answered == 9
