"""Lets requests go as fast as a server takes them, and no faster: the one limiter of all threads of a run.

Each attempt waits for its turn, the first come first, until
- no more calls are on their way than the window allows. A 429 halves the window, once for all that was sent before the
  last fall; a window's worth of answers since then widens it by one, up to `concurrency` (additive increase,
  multiplicative decrease: Chiu & Jain, 1989). It begins at a few and doubles a few milliseconds after the last of them
  left, until the server has said something, so that a server that takes ten at once is not asked for 32, and nobody
  waits for a first reply;
- the minute allows it, in requests and in tokens: see `quota`. A server's charge for a call is what it is sent and the
  most that it may write. Where only review.toml states a limit, what was not used is given back;
- no 429 holds all threads back. One does so that says that less remains than the call needs, or that names a time where
  a limit is known; it says nothing against the window. Any other makes only its own call wait.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Condition, Event, Lock

from agent.errors import RunStopped, TransportFailed
from agent.llm.quota import Quota

_FIRST_WINDOW = 4
_DOUBLED_EVERY_S = 0.03
_LOOK_UP_S = 0.05
"""How often whoever waits for its turn looks whether the run was stopped."""


@dataclass(slots=True)
class Turn:
    """A request that may be sent now; whoever sends it notes what is seen of it on the wire."""

    number: int
    n_tokens: int
    """What it is charged."""
    n_tokens_taken: float
    """By all requests up to this one."""
    sent_s: float | None = None
    """When it left, by the limiter's clock; None while it is being made."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of what came back."""


class Limiter:
    """Hands out turns; each has to be given back, whatever came of it."""

    def __init__(
        self,
        concurrency: int,
        *,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        patience_s: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        now_s = clock()
        self.n_answered = 0
        """Requests that got an answer so far."""
        self.window = concurrency
        self.n_in_flight = 0
        self._widest = concurrency
        self._patience_s = patience_s
        self._clock = clock
        self._requests = Quota("requests", requests_per_minute, now_s)
        self._tokens = Quota("tokens", tokens_per_minute, now_s)
        self._n_sent = 0
        self._rush = _FIRST_WINDOW
        self._newest: Turn | None = None
        """The last to whom a turn was given before anything was heard."""
        self._is_heard = False
        self._n_sent_at_fall = 0
        self._n_good = 0
        self._held_until_s = now_s
        self._line = Lock()
        self._changed = Condition()

    def wait_turn(self, n_tokens: int, stop: Event) -> Turn:
        """Wait until a request that is charged so much may be sent.

        Raises RunStopped once `stop` is set, and TransportFailed where the server asks for more patience than there is.
        """
        with self._line, self._changed:  # one stands in front; a call that needs much is not passed by small ones
            while True:
                if stop.is_set():
                    raise RunStopped("the run was stopped before the call was sent")
                now_s = self._clock()
                wait_s = self.wait_s(n_tokens, now_s)
                if wait_s <= 0:
                    return self._take(n_tokens)
                self._changed.wait(min(wait_s, _LOOK_UP_S))

    def wait_s(self, n_tokens: int, now_s: float) -> float:
        """How long the next request has to wait as things stand now; infinite until another comes back."""
        held_s = self._held_until_s - now_s
        quota_s = max(self._requests.wait_s(1, now_s), self._tokens.wait_s(n_tokens, now_s))
        if max(held_s, quota_s) > self._patience_s:
            self._lose_patience(max(held_s, self._requests.refill_s(1), self._tokens.refill_s(n_tokens)))
        return max(held_s, quota_s, self._wait_for_room_s(now_s))

    def refuse(self, turn: Turn, asked_s: float | None, n_answered_before: int) -> bool:
        """Slow down after a 429; gives whether it only means that it was not the call's turn.

        So it does at a limit, and where others were answered since the call was last looked at. It does not where the
        call is larger than all that the server ever lets through.
        """
        with self._changed:
            self._n_good = 0
            if self._tokens.is_beyond(turn.n_tokens, turn.headers):
                return False
            if self._is_spent(turn, asked_s):
                self._held_until_s = max(self._held_until_s, self._clock() + (asked_s or 0.0))
                return True
            if turn.number > self._n_sent_at_fall:
                self.window = max(1, min(self.window, self.n_in_flight) // 2)
                self._n_sent_at_fall = self._n_sent
            return self.n_answered > n_answered_before

    def give_back(self, turn: Turn, n_tokens_used: int | None, *, is_answer: bool) -> None:
        """End a turn; the tokens are those that the server says, None where it does not."""
        with self._changed:
            self.n_in_flight -= 1
            if turn.sent_s is not None and turn.headers:
                self._is_heard = True
                self._requests.hear(turn.headers, turn.number, turn.number, sent_s=turn.sent_s)
                self._tokens.hear(turn.headers, turn.number, turn.n_tokens_taken, sent_s=turn.sent_s)
            if n_tokens_used is not None:
                self._tokens.give_back(turn.n_tokens - n_tokens_used)
            if is_answer:
                self.n_answered += 1
                self._n_good += turn.number > self._n_sent_at_fall
                if self._n_good >= self.window:
                    self._n_good = 0
                    self.window = min(self._widest, self.window + 1)
            self._changed.notify()

    def _lose_patience(self, wait_s: float) -> None:
        if wait_s > self._patience_s:
            raise TransportFailed(f"the server lets nothing through for another {wait_s:,.0f} s; run it again later")

    def _take(self, n_tokens: int) -> Turn:
        self._n_sent += 1
        self.n_in_flight += 1
        self._requests.take(1)
        self._tokens.take(n_tokens)
        turn = Turn(self._n_sent, n_tokens, self._tokens.n_taken)
        self._newest = None if self._is_heard else turn
        return turn

    def _wait_for_room_s(self, now_s: float) -> float:
        if self.n_in_flight >= self.window:
            return float("inf")
        if self._is_heard or self._newest is None:
            return 0.0
        # By what is on the wire, not by the clock alone: in a cold process the first requests leave late.
        if self._newest.sent_s is not None and now_s - self._newest.sent_s >= _DOUBLED_EVERY_S:
            self._rush = max(self._rush, min(2 * self.n_in_flight, self._widest))
        return 0.0 if self.n_in_flight < self._rush else _DOUBLED_EVERY_S / 10

    def _is_spent(self, turn: Turn, asked_s: float | None) -> bool:
        """Whether a 429 is one of a known limit, not of too many at once."""
        n_requests, n_tokens = self._requests.remaining(turn.headers), self._tokens.remaining(turn.headers)
        if n_requests is None and n_tokens is None:
            return asked_s is not None and any(quota.is_known for quota in (self._requests, self._tokens))
        return (n_requests is not None and n_requests < 1) or (n_tokens is not None and n_tokens < turn.n_tokens)
