import pytest

from agent.llm.quota import Bucket, Quota, RateLimit, rate_limit_in, seconds_of


def headers(limit: object, remaining: object, reset: str | None = None, unit: str = "requests") -> dict[str, str]:
    said = {f"x-ratelimit-limit-{unit}": str(limit), f"x-ratelimit-remaining-{unit}": str(remaining)}
    return said if reset is None else said | {f"x-ratelimit-reset-{unit}": reset}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("350ms", 0.35),
        ("12.3s", 12.3),
        ("1m30s", 90.0),
        ("6h0m0s", 21_600.0),
        ("2m59.56s", 179.56),
        ("1d2h", 93_600.0),
        ("20", 20.0),
        (" 0s ", 0.0),
        ("", None),
        ("soon", None),
        ("-3s", None),
        ("1m soon", None),
        ("2026-11-20T10:00:00Z", None),
    ],
)
def test_a_duration_in_each_of_its_forms(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == (seconds if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"x-ratelimit-remaining-requests": "5"},
        {"x-ratelimit-limit-requests": "600"},
        headers("many", 5),
        headers(600, "some"),
        headers(0, 0),
        headers("nan", "nan"),
        headers("inf", 1),
        headers(600, -1),
        headers(600, 5, unit="tokens"),
    ],
)
def test_headers_without_use_say_nothing(said: dict[str, str]) -> None:
    assert rate_limit_in(said, "requests") is None


@pytest.mark.parametrize(
    ("said", "rate_per_s", "most_at_once"),
    [
        (headers(600, 599, "100ms"), 10, 600),  # a minute's worth may come at once
        (headers(600, 0, "1m0s"), 10, 600),
        (headers(600, 600, "0s"), 10, 600),
        (headers(600, 0, "1s"), 10, 10),  # a second's worth
        (headers(600, 7, "300ms"), 10, 10),
        (headers(14_400, 14_370, "179.56s"), 30 / 179.56, 14_400),  # a limit of a day
        (headers(600, 300), 10, 600),
        (headers(600, 300, "tomorrow"), 10, 600),
    ],
)
def test_rate_and_burst_are_read_from_what_is_left(
    said: dict[str, str], rate_per_s: float, most_at_once: float
) -> None:
    told = rate_limit_in(said, "requests")
    assert told is not None
    assert told.rate_per_s == pytest.approx(rate_per_s, rel=0.01)
    assert told.most_at_once == pytest.approx(most_at_once, rel=0.01)


def test_a_bucket_fills_at_its_rate_and_no_further() -> None:
    bucket = Bucket(2.0, 10.0, 0.0, at_s=100.0)
    assert bucket.wait_s(1, 100.0) == pytest.approx(0.5)
    assert bucket.wait_s(1, 100.5) == 0
    assert bucket.wait_s(1, 1_000.0) == 0
    assert bucket.level == 10


def test_more_than_a_bucket_holds_waits_until_it_is_full_and_is_owed() -> None:
    bucket = Bucket(1.0, 10.0, 5.0, at_s=0.0)
    assert bucket.wait_s(1_000, 0.0) == pytest.approx(5.0)
    assert bucket.wait_s(1_000, 5.0) == 0
    bucket.take(30)
    assert bucket.wait_s(1, 5.0) == pytest.approx(21.0)


def taken_in_ten_seconds(quota: Quota) -> list[float]:
    """When requests could go, where there is always one that waits."""
    taken_s = []
    for millisecond in range(10_000):
        while quota.wait_s(1, millisecond / 1000) == 0:
            quota.take(1)
            taken_s.append(millisecond / 1000)
    return taken_s


def test_a_stated_limit_lets_half_a_second_go_at_once_and_then_its_rate() -> None:
    taken_s = taken_in_ten_seconds(Quota("requests", 600, 0.0))
    assert taken_s.count(0.0) == 6
    assert len(taken_s) == pytest.approx(105, abs=1)


def test_what_was_taken_after_a_request_is_not_in_its_reply() -> None:
    quota = Quota("requests", None, 0.0)
    for _ in range(5):
        quota.take(1)
    quota.hear(headers(600, 9, "59.1s"), 2, 2, sent_s=10.0)
    assert quota.told is not None
    assert quota.told.level == 9 - 3


def test_of_two_replies_that_to_the_later_request_holds() -> None:
    quota = Quota("requests", None, 0.0)
    quota.take(2)
    quota.hear(headers(600, 50, "55s"), 2, 2, sent_s=1.0)
    quota.hear(headers(600, 400, "20s"), 1, 0, sent_s=0.0)
    assert quota.told is not None
    assert quota.told.level == 50


def test_what_flows_in_is_counted_late_since_requests_arrive_late() -> None:
    quota = Quota("requests", None, 0.0)
    quota.hear(headers(600, 0, "60s"), 1, 0, sent_s=100.0)
    assert 0.1 < quota.wait_s(1, 100.0) - 0.1 < 0.5


@pytest.mark.parametrize(("per_minute", "n_taken"), [(60, 11), (6_000, 98)])
def test_the_stricter_of_two_rates_holds(per_minute: int, n_taken: int) -> None:
    quota = Quota("requests", per_minute, 0.0)
    quota.hear(headers(600, 0, "60s"), 1, 0, sent_s=0.0)
    assert len(taken_in_ten_seconds(quota)) == pytest.approx(n_taken, abs=1)


def test_unused_tokens_are_given_back_where_only_the_review_states_a_limit() -> None:
    quota = Quota("tokens", 6_000, 0.0)
    quota.take(5_000)
    owed_s = quota.wait_s(10, 0.0)
    quota.give_back(4_900)
    assert owed_s > 40
    assert quota.wait_s(10, 0.0) < 1


def test_how_long_a_server_needs_for_one_call_is_told_apart_from_the_line_before_it() -> None:
    quota = Quota("requests", None, 0.0)
    quota.hear(headers(200, 0, "86400s"), 1, 0, sent_s=0.0)
    assert quota.refill_s(1) == pytest.approx(432)
    quota = Quota("requests", None, 0.0)
    quota.hear(headers(600, 0, "60s"), 1, 0, sent_s=0.0)
    quota.take(10_000)
    assert quota.wait_s(1, 0.0) > 900
    assert quota.refill_s(1) == pytest.approx(0.1)


def test_a_call_larger_than_all_that_a_server_allows_is_known_as_such() -> None:
    quota = Quota("tokens", None, 0.0)
    assert quota.is_beyond(53_000, headers(30_000, 29_900, "0s", "tokens"))
    assert not quota.is_beyond(53_000, headers(30_000, 500, "59s", "tokens"))
    assert not quota.is_beyond(5_000, headers(30_000, 29_900, "0s", "tokens"))
    assert not quota.is_beyond(53_000, {})


def test_told_is_a_value() -> None:
    assert rate_limit_in(headers(600, 5, "1s"), "requests") == RateLimit(600, 5, 1.0)
