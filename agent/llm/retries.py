"""Whether an attempt that failed is made again, and when: the one place where transport is retried."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    before_sleep_log,
    retry_if_exception_type,
    sleep_using_event,
    wait_random_exponential,
)

from agent.errors import RunStopped, TransportFailed

log = logging.getLogger(__name__)
T = TypeVar("T")

PASSING_STATUSES = frozenset({408, 409, 429})
"""Statuses below 500 that may be another at the next attempt."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How long to insist."""

    attempts: int = 6
    """That failed. A 429 that only means that it was not the call's turn is not counted: `patience_s` bounds those."""
    first_wait_s: float = 0.5
    """The most of the first wait; doubled with each attempt, and the wait is at random below it, so that threads do
    not all come back at once."""
    longest_wait_s: float = 30.0
    """Where the server does not say how long; what it says is kept to."""
    patience_s: float = 300.0
    """All waits of one call together."""


class Passing(Exception):
    """An attempt failed in a way that the next one may not."""

    def __init__(self, why: str, retry_after_s: float | None = None, *, is_no_failure: bool = False) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s
        self.is_no_failure = is_no_failure
        """Whether the server only said that it was not this call's turn."""


def persist(attempt: Callable[[], T], retries: Retries, stop: Event) -> T:
    """The result of the first attempt that does not raise Passing.

    Raises TransportFailed when there have been enough, and RunStopped where `stop` was set in between.
    """
    wait = wait_random_exponential(multiplier=retries.first_wait_s, max=retries.longest_wait_s)
    n_failures = 0

    def count(state: RetryCallState) -> None:
        nonlocal n_failures
        n_failures += not _passing(state).is_no_failure

    def wait_s(state: RetryCallState) -> float:
        error, own_s = _passing(state), wait(state)
        if error.is_no_failure:
            return max(error.retry_after_s or 0.0, own_s)
        return own_s if error.retry_after_s is None else error.retry_after_s + own_s / 4

    def is_enough(state: RetryCallState) -> bool:
        would_wait_s = state.idle_for + state.upcoming_sleep
        return stop.is_set() or n_failures >= retries.attempts or would_wait_s > retries.patience_s

    retrying = Retrying(
        retry=retry_if_exception_type(Passing),
        stop=is_enough,
        wait=wait_s,
        after=count,
        sleep=sleep_using_event(stop),
        before_sleep=before_sleep_log(log, logging.DEBUG),
        retry_error_callback=lambda state: _give_up(state, stop),
    )
    return retrying(attempt)


def _passing(state: RetryCallState) -> Passing:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, Passing) else Passing("")


def _give_up(state: RetryCallState, stop: Event) -> None:
    error = _passing(state)
    if stop.is_set():
        raise RunStopped(f"the run was stopped before the call was sent again: {error}")
    n_times = "once" if state.attempt_number == 1 else f"{state.attempt_number} times"
    raise TransportFailed(f"{error} (tried {n_times}{_next_wait(error)}); run it again later") from None


def _next_wait(error: Passing) -> str:
    return f", asked to wait {error.retry_after_s:.0f} s" if (error.retry_after_s or 0) >= 1 else ""


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long the server asks to wait, from `Retry-After-Ms` or either form of `Retry-After`; None if it does not."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        text = headers["retry-after"]
        if text.strip().replace(".", "", 1).isdigit():
            return float(text)
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (KeyError, ValueError, TypeError):
        return None
