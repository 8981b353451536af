from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event

import pytest

from agent.errors import Refused, RunStopped, TransportFailed
from agent.llm.retries import Passing, Retries, persist, retry_after_s


class Clockless(Event):
    """An event whose waits take no time and are remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.waits_s: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits_s.append(timeout or 0.0)
        return self.is_set()


class Attempts:
    """Raises the given errors in turn, then gives an answer."""

    def __init__(self, *errors: Exception) -> None:
        self.n = 0
        self._errors = list(errors)

    def __call__(self) -> str:
        self.n += 1
        if self._errors:
            raise self._errors.pop(0)
        return "answer"


def test_a_passing_failure_is_tried_again() -> None:
    attempts = Attempts(Passing("503"), Passing("timeout"))
    assert persist(attempts, Retries(), Clockless()) == "answer"
    assert attempts.n == 3


def test_any_other_failure_is_not() -> None:
    attempts = Attempts(Refused("no"))
    with pytest.raises(Refused):
        persist(attempts, Retries(), Clockless())
    assert attempts.n == 1


def test_attempts_are_bounded() -> None:
    attempts = Attempts(*[Passing("the server failed with 503") for _ in range(9)])
    with pytest.raises(TransportFailed, match=r"failed with 503 \(tried 6 times\); run it again later"):
        persist(attempts, Retries(), Clockless())
    assert attempts.n == 6


def test_what_the_server_asks_for_is_waited_and_little_more() -> None:
    stop = Clockless()
    persist(Attempts(Passing("429", 7.0), Passing("429", 0.0)), Retries(), stop)
    assert 7.0 <= stop.waits_s[0] <= 7.5
    assert stop.waits_s[1] <= 0.5


def test_waits_grow_and_stay_below_the_longest() -> None:
    stop = Clockless()
    persist(Attempts(*[Passing("500") for _ in range(11)]), Retries(attempts=12, longest_wait_s=4.0), stop)
    assert stop.waits_s[0] <= 0.5
    assert max(stop.waits_s) > 0.5
    assert max(stop.waits_s) <= 4.0


def not_its_turn(n: int, retry_after_s: float | None = None) -> list[Passing]:
    return [Passing("429", retry_after_s, is_no_failure=True) for _ in range(n)]


def test_what_was_not_its_turn_is_no_attempt_that_failed() -> None:
    attempts = Attempts(*not_its_turn(10), *[Passing("503") for _ in range(5)])
    assert persist(attempts, Retries(attempts=6), Clockless()) == "answer"
    assert attempts.n == 16


def test_whose_turn_never_comes_loses_patience() -> None:
    stop = Clockless()
    attempts = Attempts(*not_its_turn(1_000, 0.1))
    with pytest.raises(TransportFailed, match=r"429 \(tried \d\d times\); run it again later"):
        persist(attempts, Retries(patience_s=300), stop)
    assert 200 < sum(stop.waits_s) <= 300
    assert attempts.n < 60


def test_whose_turn_comes_later_waits_as_long_as_it_is_asked_to() -> None:
    stop = Clockless()
    persist(Attempts(*not_its_turn(3, 40.0)), Retries(), stop)
    assert stop.waits_s == [40.0] * 3


def test_a_wait_beyond_patience_is_not_begun() -> None:
    stop = Clockless()
    attempts = Attempts(Passing("the server failed with 429", 3600.0))
    with pytest.raises(TransportFailed, match=r"tried once, asked to wait 3600 s"):
        persist(attempts, Retries(patience_s=300), stop)
    assert (attempts.n, stop.waits_s) == (1, [])


def test_a_stopped_run_tries_nothing_again() -> None:
    stop = Clockless()
    stop.set()
    attempts = Attempts(Passing("503"))
    with pytest.raises(RunStopped):
        persist(attempts, Retries(), stop)
    assert attempts.n == 1


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "3", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Wed, 01 Jan 2020 00:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_in_each_of_its_forms(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after_s(headers) == expected


def test_retry_after_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 55 <= (retry_after_s({"retry-after": later}) or 0) <= 60
