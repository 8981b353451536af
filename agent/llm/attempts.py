"""The requests that one call takes: each within the budget and its turn, and in the ledger however it ends."""

from collections.abc import Callable
from threading import Event
from typing import Protocol, TypeVar

import openai

from agent.errors import ConspectusError, RunStopped, TransportFailed, Unreachable
from agent.llm.budget import Budget, Reservation
from agent.llm.call import Call, Usage
from agent.llm.ledger import Ledger, Sent
from agent.llm.limiter import Limiter, Turn
from agent.llm.retries import Passing, Retries, persist
from agent.llm.server import Server, is_unbilled

T = TypeVar("T")

_BYTES_A_TOKEN = 4
"""By which servers guess, before they have read a request, what to count against a limit of tokens a minute."""
_UNKNOWN = Usage(attempts=1, cost_usd=None)


class Means(Protocol):
    """What all calls of a kind share in a run."""

    budget: Budget
    ledger: Ledger
    limiter: Limiter
    retries: Retries
    server: Server


class Attempts:
    """Those of one call, with what they took so far."""

    def __init__(self, means: Means, call: Call, sent: Sent, stop: Event) -> None:
        self.usage = Usage()
        self._means = means
        self._call = call
        self._sent = sent
        self._stop = stop
        self._n_answered = means.limiter.n_answered

    def insist(
        self, most: Reservation, request: Callable[[Turn], T], tokens_of: Callable[[T], tuple[int, int] | None]
    ) -> T:
        """The reply to the first request that does not fail in passing; CallError or RunStopped where none comes.

        `most` is what one may take at the worst, and `tokens_of` what the server says that it took, sent and written.
        """
        server = self._means.server
        try:
            return persist(lambda: self._attempt(most, request, tokens_of), self._means.retries, self._stop)
        except TransportFailed as error:
            if server.is_reached:
                raise
            advice = "check OPENAI_BASE_URL and the network, or let the built-in model answer with --offline"
            raise Unreachable(f"{server.address} cannot be reached: {error}; {advice}") from None

    def _attempt(
        self, most: Reservation, request: Callable[[Turn], T], tokens_of: Callable[[T], tuple[int, int] | None]
    ) -> T:
        means = self._means
        n_in = most.input_tokens + most.embedded_tokens
        turn = means.limiter.wait_turn(n_in // _BYTES_A_TOKEN + most.output_tokens, self._stop)
        reservation = self._reserve(most, turn)
        usage: Usage | None = None
        is_answer = False
        try:
            reply = request(turn)
            tokens, is_answer = tokens_of(reply), True
            usage = None if tokens is None else means.budget.attempt(reservation, *tokens)
        except openai.APIError as error:
            usage = means.budget.attempt(reservation, 0, 0) if is_unbilled(error) else None
            raise self._failure(error, turn) from None  # openai's own words could hold the key
        finally:
            means.budget.settle(reservation, usage)
            n_used = None if usage is None else usage.input_tokens + usage.output_tokens
            means.limiter.give_back(turn, n_used, is_answer=is_answer)
            self._record(usage or _UNKNOWN)
        return reply

    def _reserve(self, most: Reservation, turn: Turn) -> Reservation:
        """The budget's leave, asked when it is the call's turn: who only waits in line sets nothing aside."""
        budget = self._means.budget
        try:
            reservation = budget.reserve(most.input_tokens, most.output_tokens, most.embedded_tokens)
            if self._stop.is_set():
                budget.release(reservation)
                raise RunStopped("the run was stopped before the call was sent")
        except RunStopped:
            self._means.limiter.give_back(turn, 0, is_answer=False)
            raise
        return reservation

    def _failure(self, error: openai.APIError, turn: Turn) -> ConspectusError | Passing:
        """What to raise for it; the limiter is told of a 429."""
        limiter, meaning = self._means.limiter, self._means.server.meaning_of(error, self._call)
        if isinstance(error, openai.RateLimitError) and isinstance(meaning, Passing):
            meaning.is_no_failure = limiter.refuse(turn, meaning.retry_after_s, self._n_answered)
            self._n_answered = limiter.n_answered
        return meaning

    def _record(self, usage: Usage) -> None:
        is_first = not self.usage.attempts
        if is_first:
            usage += Usage(calls=1)
        self.usage += usage
        self._means.ledger.add(self._call.prompt, usage, self._sent if is_first else None)
