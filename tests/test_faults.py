"""A run whose server fails, over real HTTP: nothing is lost, paid twice or asked for ever."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.errors import BadReply, CallError, Refused, TransportFailed, Truncated
from agent.llm.call import Call
from agent.llm.exchange import MAX_REASKS
from agent.llm.retries import Retries
from tests.bench.faults import KINDS, RETRIES, Case, card_calls, cases, run_once, server_tokens, set_up, why_wrong
from tests.shared import shared_folder
from tests.stub import Stub, running_stub

SHARE = 0.3
N_CALLS = 30
ENDS_AS: dict[str, type[CallError]] = {
    "badjson": BadReply,
    "badschema": BadReply,
    "empty": BadReply,
    "truncate": Truncated,
    "refusal": Refused,
    "filter": Refused,
}
"""What a call ends as that failed as often as it was sent; any other fault is one of the transport."""
OF_UNKNOWN_COST = {"502", "timeout", "disconnect", "halfbody", "html", "slow"}
"""Nobody knows what a server did before it fell silent."""


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    shared_folder()
    return card_calls(N_CALLS)


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with running_stub() as server:
        yield server


@pytest.mark.parametrize("case", cases(SHARE), ids=lambda case: case.name)
def test_a_run_ends_and_the_next_asks_for_what_is_missing(
    case: Case, calls: list[Call], stub: Stub, tmp_path: Path
) -> None:
    set_up(stub, case)
    first = run_once(stub, calls, tmp_path)
    second = run_once(stub, calls, tmp_path)
    assert why_wrong(calls, first, second) == []
    assert first.usage.calls == N_CALLS
    assert second.usage.calls == len(first.failed)
    assert len(first.answered) >= N_CALLS // 2
    most = RETRIES.attempts * (1 + MAX_REASKS)
    assert max(reply.usage.attempts for reply in first.answered.values()) <= most
    of_answered = sum(reply.usage.attempts for reply in first.answered.values())
    assert first.usage.attempts - of_answered >= len(first.failed)
    assert all("\n" not in str(error) and len(str(error)) > 20 for error in first.failed.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_only_fails_is_left_after_as_many_attempts_as_are_allowed(
    kind: str, calls: list[Call], stub: Stub, tmp_path: Path
) -> None:
    set_up(stub, Case(kind, kind, {"slow_factor": 100}))
    run = run_once(stub, calls[:3], tmp_path, retries=Retries(attempts=2, first_wait_s=0.01))
    wanted = ENDS_AS.get(kind, TransportFailed)
    assert {type(error) for error in run.failed.values()} == {wanted}
    n_attempts = {BadReply: 1 + MAX_REASKS, Refused: 1, Truncated: 1}.get(wanted, 2)
    assert run.usage.attempts == run.server["total"] == 3 * n_attempts
    # A failed attempt is paid for as far as the server says, and of unknown cost where it does not say.
    assert (run.usage.input_tokens, run.usage.output_tokens) == server_tokens(run)
    assert (run.usage.cost_usd is None) == (kind in OF_UNKNOWN_COST)
    assert bool(run.usage.input_tokens) == (kind in ENDS_AS)


def test_once_the_server_is_well_again_all_that_is_missing_is_answered(
    calls: list[Call], stub: Stub, tmp_path: Path
) -> None:
    set_up(stub, cases(SHARE)[-1])
    first = run_once(stub, calls, tmp_path)
    stub.config(fault="")
    second = run_once(stub, calls, tmp_path)
    assert sorted(second.asked) == sorted(first.failed)
    assert len(second.answered) == N_CALLS
    assert {key: second.answered[key].text for key in first.answered} == {
        key: reply.text for key, reply in first.answered.items()
    }
