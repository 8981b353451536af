"""Limits in calls, tokens and dollars are never passed, as the server itself counts them."""

from dataclasses import dataclass
from random import Random

import pytest

from agent.errors import BudgetSpent
from agent.llm.budget import Budget
from agent.llm.provider import Provider
from agent.llm.retries import Retries
from agent.review import Limits, ModelChoice
from tests.llm.sample import calls
from tests.stub import Stub, running_stub

FAULTS = (
    "429",
    "500",
    "503",
    "disconnect",
    "halfbody",
    "html",
    "badjson",
    "badschema",
    "truncate",
    "refusal",
    "filter",
)
HASTY = Retries(attempts=4, first_wait_s=0.001, longest_wait_s=0.002)


@dataclass(frozen=True)
class Counted:
    """What the server saw of a run, and how the run ended."""

    calls: int
    tokens: int
    usd: float
    is_spent: bool


def run(stub: Stub, limits: Limits, choice: ModelChoice, n_calls: int) -> Counted:
    """Ask so many calls of a server that has just forgotten all others."""
    stub.reset()
    price_in, price_out = choice.usd_per_million_input or 0.0, choice.usd_per_million_output or 0.0
    budget = Budget(limits, price_in, price_out)
    is_spent = False
    with Provider(stub.url, "", choice, budget, retries=HASTY) as provider:
        try:
            for _ in provider.send_all(calls(n_calls)):
                pass
        except BudgetSpent:
            is_spent = True
    seen = stub.stats()
    n_in, n_out = seen["prompt_tokens"], seen["completion_tokens"]
    return Counted(seen["total"], n_in + n_out, (n_in * price_in + n_out * price_out) / 1e6, is_spent)


def drawn_limits(chance: Random) -> Limits:
    """One that may end the run, or all three."""
    tight = {
        "calls": chance.choice([0, 1, 7, 20, 60]),
        "tokens": chance.choice([500, 3_000, 6_000, 20_000]),
        "usd": chance.choice([0.0, 0.002, 0.02, 0.1]),
    }
    binding = chance.choice([("calls",), ("tokens",), ("usd",), tuple(tight)])
    return Limits(**{name: tight[name] for name in binding})


@pytest.mark.parametrize("n_runs", [20, pytest.param(200, marks=pytest.mark.long)])
def test_no_limit_is_passed_in_random_runs(n_runs: int) -> None:
    chance = Random(n_runs)
    n_spent = n_sent = 0
    with running_stub(retry_after=-1) as stub:
        for number in range(n_runs):
            share = chance.choice([0.0, 0.1, 0.3, 0.6])
            named = chance.sample(FAULTS, 3)
            stub.config(fault=",".join(f"{name}:{share / 3:.3f}" for name in named), seed=number, jitter_ms=1)
            limits = drawn_limits(chance)
            choice = ModelChoice(
                name="stub-model",
                concurrency=chance.choice([1, 3, 16]),
                max_output_tokens=chance.choice([64, 200, 1_000]),
                usd_per_million_input=chance.choice([0.0, 0.4, 5.0]),
                usd_per_million_output=chance.choice([0.0, 1.6, 25.0]),
            )
            counted = run(stub, limits, choice, chance.choice([1, 10, 40]))
            told = f"run {number}: {limits}, {choice}, {share} of {named}: {counted}"
            assert counted.calls <= limits.calls, told
            assert counted.tokens <= limits.tokens, told
            assert limits.usd is None or counted.usd <= limits.usd + 1e-12, told
            n_spent += counted.is_spent
            n_sent += counted.calls
    assert n_spent > n_runs / 4  # or the limits were none
    assert n_sent > 3 * n_runs


def test_a_budget_is_used_up_as_far_as_the_next_worst_case_allows() -> None:
    with running_stub() as stub:
        choice = ModelChoice(name="stub-model", max_output_tokens=64)
        counted = run(stub, Limits(calls=10_000, tokens=8_000), choice, 1_000)
    assert counted.is_spent and 6_500 < counted.tokens <= 8_000
