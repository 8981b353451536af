import threading
import time
from threading import Event

import pytest

from agent.errors import RunStopped, TransportFailed
from agent.llm.limiter import Limiter, Turn
from tests.llm.test_quota import headers

PATIENCE_S = 5
SPENT = headers(600, 0, "60s")
NOT_SPENT = headers(600, 599, "100ms")


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Server:
    """Sends by a limiter under a clock that stands still, so that nothing here waits."""

    def __init__(self, concurrency: int = 32, **limits: int) -> None:
        self.clock = Clock()
        self.limiter = Limiter(concurrency, clock=self.clock, **limits)

    def wait_s(self, n_tokens: int = 10) -> float:
        return self.limiter.wait_s(n_tokens, self.clock.now_s)

    def send(self, n_tokens: int = 10) -> Turn:
        assert self.wait_s(n_tokens) == 0, "it would have to wait"
        turn = self.limiter.wait_turn(n_tokens, Event())
        turn.sent_s = self.clock.now_s
        return turn

    def send_all(self) -> list[Turn]:
        """As many as may go now."""
        turns = []
        while self.wait_s() == 0:
            turns.append(self.send())
        return turns

    def answer(self, *turns: Turn, said: dict[str, str] | None = None) -> None:
        for turn in turns:
            turn.headers = {"content-type": "application/json"} | (said or {})
            self.limiter.give_back(turn, turn.n_tokens, is_answer=True)

    def refuse(self, *turns: Turn, said: dict[str, str] | None = None, asked_s: float | None = None) -> list[bool]:
        """A 429 to each; whether it only meant that it was not its turn."""
        told = []
        for turn in turns:
            turn.headers = {"content-type": "application/json"} | (said or {})
            told.append(self.limiter.refuse(turn, asked_s, 0))
            self.limiter.give_back(turn, 0, is_answer=False)
        return told

    def warm_up(self) -> None:
        """One answer, after which it is known that the server speaks."""
        self.answer(self.send())


def test_the_pool_goes_out_in_moments_without_waiting_for_a_reply() -> None:
    server = Server(32)
    assert len(server.send_all()) == 4
    n_sent, began_s = 4, server.clock.now_s
    while n_sent < 32:
        server.clock.now_s += 0.002
        n_sent += len(server.send_all())
    assert server.clock.now_s - began_s <= 0.1


def test_a_first_refusal_ends_the_rush() -> None:
    server = Server(32)
    turns = server.send_all()
    server.clock.now_s += 0.02
    turns += server.send_all()
    server.refuse(turns[-1], said=SPENT, asked_s=0.1)
    server.clock.now_s += 0.05
    assert server.send_all() == []


def test_the_first_answer_opens_the_whole_window() -> None:
    server = Server(32)
    first = server.send_all()
    server.answer(first[0])
    assert len(first) - 1 + len(server.send_all()) == 32


def test_a_429_halves_what_is_on_its_way_once_for_all_that_was_sent_before() -> None:
    server = Server(32)
    server.warm_up()
    turns = server.send_all()
    assert server.refuse(*turns[:8]) == [True] * 8  # another was answered: no failure of these
    assert server.limiter.window == 16
    server.answer(*turns[8:])
    assert server.limiter.window == 16  # answers to what was sent before the fall say nothing of after
    again = server.send_all()
    assert len(again) == 16
    server.refuse(again[0])
    assert server.limiter.window == 8


def test_a_round_of_answers_widens_the_window_by_one_up_to_the_whole() -> None:
    server = Server(8)
    server.warm_up()
    turns = server.send_all()
    server.refuse(turns[0])
    server.answer(*turns[1:])
    widths = [server.limiter.window]
    for _ in range(5):
        server.answer(*server.send_all())
        widths.append(server.limiter.window)
    assert widths == [4, 5, 6, 7, 8, 8]


def test_the_window_never_closes() -> None:
    server = Server(2)
    for _ in range(9):
        server.refuse(server.send())
    assert server.limiter.window == 1
    assert server.wait_s() == 0


def test_what_was_given_back_makes_room() -> None:
    server = Server(1)
    turn = server.send()
    assert server.wait_s() == float("inf")
    server.answer(turn)
    assert server.wait_s() == 0


def test_a_429_that_says_that_nothing_is_left_holds_all_back_and_leaves_the_window() -> None:
    server = Server(32)
    server.warm_up()
    turn = server.send()
    assert server.refuse(turn, said=SPENT, asked_s=3.0) == [True]
    assert server.wait_s() == pytest.approx(3.0)
    assert server.limiter.window == 32
    server.clock.now_s += 3.0
    assert server.wait_s() == 0


def test_a_429_with_a_time_under_a_stated_limit_holds_all_back() -> None:
    server = Server(32, requests_per_minute=600)
    assert server.refuse(server.send(), asked_s=2.0) == [True]
    assert server.wait_s() == pytest.approx(2.0)


def test_a_429_that_says_that_enough_is_left_is_one_of_too_many_at_once() -> None:
    server = Server(32)
    server.warm_up()
    turns = server.send_all()
    server.refuse(turns[0], said=NOT_SPENT, asked_s=2.0)
    server.answer(*turns[1:], said=NOT_SPENT)
    assert server.limiter.window == 16
    assert server.wait_s() == 0


def test_a_429_of_tokens_is_one_where_less_is_left_than_the_call_needs() -> None:
    server = Server(32)
    few = headers(30_000, 900, "58s", "tokens")
    assert server.refuse(server.send(2_000), said=few, asked_s=3.0) == [True]
    assert server.limiter.window == 32


def test_a_call_that_no_minute_has_room_for_fails() -> None:
    server = Server(32)
    server.warm_up()
    full = headers(30_000, 30_000, "0s", "tokens")
    assert server.refuse(server.send(53_000), said=full, asked_s=1.0) == [False]


def test_where_nobody_is_answered_a_429_is_a_failure() -> None:
    server = Server(4)
    assert server.refuse(server.send(), asked_s=1.0) == [False]


def test_requests_go_at_the_rate_that_the_server_tells() -> None:
    server = Server(32)
    server.answer(server.send(), said=headers(600, 0, "60s"))
    n_sent = 0
    for _ in range(1000):
        server.clock.now_s += 0.01
        for turn in server.send_all():
            n_sent += 1
            server.answer(turn)
    assert n_sent == pytest.approx(98, abs=1)  # 10 s of 10 a second, less what arrives late


def test_tokens_go_at_the_rate_that_is_stated_by_what_was_used() -> None:
    server = Server(32, tokens_per_minute=60_000)
    n_sent = 0
    for _ in range(1000):
        server.clock.now_s += 0.01
        while server.wait_s(4_000) == 0:
            turn = server.send(4_000)
            n_sent += 1
            server.limiter.give_back(turn, 100, is_answer=True)
    assert n_sent == pytest.approx(10 * 1_000 / 100, rel=0.1)


def test_a_call_larger_than_the_bucket_goes_all_the_same() -> None:
    server = Server(32, tokens_per_minute=600)
    server.send(100_000)
    assert 0 < server.wait_s(100_000) < 20_000


def test_a_server_that_asks_for_more_patience_than_there_is_fails_the_call_unsent() -> None:
    server = Server(32)
    server.refuse(server.send(), said=SPENT, asked_s=7_200.0)
    with pytest.raises(TransportFailed, match="lets nothing through for another 7,200 s; run it again later"):
        server.limiter.wait_turn(10, Event())
    server.clock.now_s += 7_200
    assert server.wait_s() == 0


def test_a_server_that_lets_one_through_every_seven_minutes_fails_the_call_unsent() -> None:
    server = Server(32)
    server.answer(server.send(), said=headers(200, 0, "86400s"))
    with pytest.raises(TransportFailed, match="another 432 s"):
        server.limiter.wait_turn(10, Event())


def test_a_long_line_before_a_call_does_not_fail_it() -> None:
    server = Server(32)
    turns = server.send_all()
    server.refuse(turns[0], said=headers(6, 0, "60s"), asked_s=1.0)
    assert server.wait_s() > 30


def test_a_slow_rate_that_is_stated_is_kept_to_with_all_patience() -> None:
    server = Server(32, requests_per_minute=1)
    server.answer(server.send())
    assert 50 < server.wait_s() <= 60


def test_a_stop_wakes_all_who_wait() -> None:
    limiter, stop, n_stopped = Limiter(1), Event(), []

    def wait() -> None:
        try:
            limiter.wait_turn(1, stop)
        except RunStopped:
            n_stopped.append(1)

    limiter.wait_turn(1, stop)
    threads = [threading.Thread(target=wait) for _ in range(16)]
    for thread in threads:
        thread.start()
    stop.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(n_stopped) == 16


def test_a_large_call_is_not_passed_by_small_ones() -> None:
    limiter, order = Limiter(32, tokens_per_minute=60_000), []

    def send(n_tokens: int) -> None:
        limiter.wait_turn(n_tokens, Event())
        order.append(n_tokens)

    limiter.wait_turn(700, Event())  # and so 200 of half a second's worth are owed
    large = threading.Thread(target=send, args=(400,))
    large.start()
    while not limiter._line.locked():
        time.sleep(0.001)
    small = threading.Thread(target=send, args=(1,))
    small.start()
    for thread in (large, small):
        thread.join(PATIENCE_S)
    assert order == [400, 1]
