"""Under a limit of requests or tokens a minute, over real HTTP: the run takes what it is allowed, and hears few 429s.

Counted is what the server counts. Its bucket holds `burst_s` seconds' worth and is full when the run begins, so that a
run which is never idle may take that much and the rate of the time from its first request to its last.
"""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from agent.errors import ProtocolError, RunStopped, TransportFailed
from agent.llm.budget import Budget
from agent.llm.call import Reply
from agent.llm.provider import Provider
from agent.llm.retries import Retries
from agent.llm.wire import form_of, messages_of, parameters_of
from agent.protocol import new_protocol, read_protocol
from agent.review import Limits, ModelChoice, Protocol
from tests.llm.sample import Kind, call, calls
from tests.stub import Stub, running_stub

LATENCY_MS = 200
RPM = 600
MAX_OUTPUT = 500


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    with running_stub() as stub:
        yield stub


@pytest.fixture
def stub(server: Stub) -> Stub:
    server.config(latency_ms=LATENCY_MS, fault="", rpm=0, tpm=0, burst_s=60, max_concurrency=0, retry_after=1)
    server.reset()
    return server


def provider(stub: Stub, *, retries: Retries | None = None, **choice: Any) -> Provider:  # noqa: ANN401
    chosen = ModelChoice(name="stub-model", max_output_tokens=MAX_OUTPUT, **choice)
    return Provider(stub.url, "", chosen, Budget(Limits()), retries=retries)


@dataclass(frozen=True)
class Taken:
    """What a run took of what it was allowed, by the server's count."""

    n_answered: int
    n_refused: int
    span_s: float

    def share_of(self, per_minute: float, burst_s: float) -> float:
        """Of the requests that a run could send between its first and its last."""
        return self.n_answered / (per_minute / 60 * (burst_s + self.span_s - LATENCY_MS / 1000))

    @property
    def share_refused(self) -> float:
        return self.n_refused / (self.n_answered + self.n_refused)


def run(stub: Stub, n_calls: int, **choice: Any) -> Taken:  # noqa: ANN401  (the fields of a ModelChoice)
    """Send so many calls; each must get its answer."""
    with provider(stub, **choice) as one:
        answered = [reply for _, reply in one.send_all(calls(n_calls))]
    assert [reply for reply in answered if not isinstance(reply, Reply)] == []
    assert len(answered) == n_calls
    stats = stub.stats()
    return Taken(stats["answered"], stats["status"].get("429", 0), stats["span_s"])


def tokens_charged() -> float:
    """What the server counts for one call: a quarter of the bytes it is sent, and the most that it may write."""
    one = next(iter(calls(1)))
    choice = ModelChoice(max_output_tokens=MAX_OUTPUT)
    parts = {"messages": messages_of(one), "model": one.model, **form_of(Kind, "json_schema")}
    body = json.dumps(parts | parameters_of(one, choice), ensure_ascii=False, separators=(",", ":"))
    return len(body.encode()) / 4 + MAX_OUTPUT


def test_limits_stand_in_review_toml() -> None:
    choice = read_protocol("[model]\nrequests_per_minute = 600\ntokens_per_minute = 90_000").model
    assert (choice.requests_per_minute, choice.tokens_per_minute) == (600, 90_000)
    assert "# requests_per_minute = " in new_protocol(Protocol())
    with pytest.raises(ProtocolError, match="requests_per_minute = 0"):
        read_protocol("[model]\nrequests_per_minute = 0")


def test_a_limit_that_review_toml_states_is_kept_without_a_429(stub: Stub) -> None:
    stub.config(rpm=RPM, burst_s=1)
    taken = run(stub, 40, requests_per_minute=RPM)
    assert taken.n_refused == 0
    assert taken.share_of(RPM, 1) <= 1.0
    assert stub.stats()["peak_in_flight"] > 1


def test_a_limit_that_only_the_headers_tell_is_kept(stub: Stub) -> None:
    stub.config(rpm=RPM, burst_s=4)
    taken = run(stub, 70)
    assert taken.n_refused <= 2
    assert taken.share_of(RPM, 4) <= 1.0


def test_a_burst_smaller_than_the_pool_costs_few_429s_and_no_call(stub: Stub) -> None:
    stub.config(rpm=RPM, burst_s=1)
    taken = run(stub, 40)
    assert taken.n_refused <= 32 - RPM / 60 + 3  # the first that go out; once the limit is known, next to none


def test_a_limit_of_tokens_is_kept(stub: Stub) -> None:
    tpm = round(tokens_charged() * RPM)
    stub.config(tpm=tpm, burst_s=1)
    taken = run(stub, 30, tokens_per_minute=tpm)
    assert taken.n_refused == 0


def test_the_stricter_of_the_stated_and_the_told_limit_holds(stub: Stub) -> None:
    stub.config(rpm=6_000, burst_s=1)
    taken = run(stub, 30, requests_per_minute=RPM)
    assert taken.n_refused == 0
    assert taken.span_s > (30 - 1 - RPM / 60) / (RPM / 60)


def test_thirty_two_threads_that_meet_an_empty_bucket_lose_no_call(stub: Stub) -> None:
    stub.config(rpm=RPM, burst_s=0.1, latency_ms=20)
    with provider(stub, retries=Retries(attempts=2, first_wait_s=0.01, longest_wait_s=0.1)) as one:
        answered = [reply for _, reply in one.send_all(calls(40))]
    assert all(isinstance(reply, Reply) for reply in answered)


def test_what_a_server_bears_at_once_is_found_out(stub: Stub) -> None:
    stub.config(max_concurrency=8, latency_ms=50, retry_after=0.05)
    run(stub, 120)
    stats = stub.stats()
    assert stats["status"]["429"] < 120 * 0.25  # at 32 at once three of four would be refused
    assert stats["peak_in_flight"] >= 8


def test_a_call_larger_than_a_minute_has_room_for_goes_from_a_full_bucket(stub: Stub) -> None:
    stub.config(tpm=6_000, burst_s=2, latency_ms=0)
    with provider(stub) as one:
        answered = [reply for _, reply in one.send_all([call("a"), call("b", max_output_tokens=16_000)])]
    assert all(isinstance(reply, Reply) for reply in answered)


def test_a_server_that_is_closed_for_hours_is_asked_once_by_each_who_is_on_his_way(stub: Stub) -> None:
    stub.config(fault="429", retry_after=7_200, latency_ms=0)
    with provider(stub, requests_per_minute=6_000) as one:
        failed = [reply for _, reply in one.send_all(calls(200))]
    assert len(failed) == 200
    assert all(isinstance(reply, TransportFailed) for reply in failed)
    assert stub.stats()["total"] <= 32
    assert re.search(r"7,(200|1\d\d) s; run it again later|asked to wait", str(failed[-1]))


def test_a_stop_ends_a_wait_for_the_limit(stub: Stub) -> None:
    stub.config(latency_ms=0)
    handed = []
    with provider(stub, requests_per_minute=1) as one:
        stream = one.send_all(calls(100))
        handed.append(next(stream))
        began = time.monotonic()
        with pytest.raises(RunStopped):
            stream.throw(RunStopped("enough"))  # type: ignore[attr-defined]
            handed.extend(stream)
        waited_s = time.monotonic() - began
    assert stub.stats()["total"] == len(handed)
    assert waited_s < 30  # the next turn would come after a minute


@pytest.mark.long
@pytest.mark.parametrize(("stated", "burst_s", "n_calls"), [(RPM, 1, 600), (None, 1, 600), (None, 60, 1_150)])
def test_of_600_requests_a_minute_95_in_100_are_taken_and_few_refused(
    stub: Stub, stated: int | None, burst_s: float, n_calls: int
) -> None:
    stub.config(rpm=RPM, burst_s=burst_s)
    taken = run(stub, n_calls, requests_per_minute=stated)
    assert taken.share_refused < 0.01
    assert 0.95 <= taken.share_of(RPM, burst_s) <= 1.0


@pytest.mark.long
@pytest.mark.parametrize("is_stated", [True, False])
def test_of_a_minutes_tokens_95_in_100_are_taken_and_few_refused(stub: Stub, is_stated: bool) -> None:
    charged = tokens_charged()
    tpm = round(charged * RPM)
    stub.config(tpm=tpm, burst_s=1)
    taken = run(stub, 600, tokens_per_minute=tpm if is_stated else None)
    assert taken.share_refused < 0.01
    assert 0.95 <= taken.share_of(tpm / charged, 1) <= 1.01
