import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.errors import BudgetSpent, ProtocolError
from agent.llm.budget import Budget
from agent.llm.call import Usage
from agent.review import Limits

PATIENCE_S = 5


def test_an_attempt_counts_however_it_ends() -> None:
    budget = Budget(Limits(calls=2))
    budget.settle(budget.reserve(10, 10), Usage())
    budget.settle(budget.reserve(10, 10), None)
    with pytest.raises(
        BudgetSpent, match=r"of 2 calls .*2 were sent; raise `calls` under \[budget\] .* or give a larger --max-calls$"
    ):
        budget.reserve(10, 10)


def test_one_that_was_never_sent_does_not_count() -> None:
    budget = Budget(Limits(calls=1))
    budget.release(budget.reserve(10, 10))
    budget.reserve(10, 10)
    assert budget.used.attempts == 1


def test_the_worst_case_must_fit() -> None:
    budget = Budget(Limits(tokens=100))
    budget.settle(budget.reserve(40, 50), Usage(input_tokens=20, output_tokens=10))
    with pytest.raises(BudgetSpent, match=r"30 are used and the next attempt could take 71; raise `tokens`"):
        budget.reserve(21, 50)
    budget.reserve(20, 50)


def test_unknown_use_keeps_the_worst_case() -> None:
    budget = Budget(Limits(tokens=100))
    budget.settle(budget.reserve(30, 30), None)
    assert (budget.used.input_tokens, budget.used.output_tokens) == (30, 30)
    with pytest.raises(BudgetSpent):
        budget.reserve(30, 30)


def test_an_attempt_waits_for_those_under_way_instead_of_giving_up() -> None:
    budget = Budget(Limits(tokens=100))
    first = budget.reserve(40, 40)
    got = threading.Event()

    def second() -> None:
        budget.reserve(40, 40)
        got.set()

    thread = threading.Thread(target=second, daemon=True)
    thread.start()
    assert not got.wait(0.05)
    budget.settle(first, Usage(input_tokens=5, output_tokens=5))
    assert got.wait(PATIENCE_S)


def test_one_that_waits_gives_up_when_no_room_comes() -> None:
    budget = Budget(Limits(tokens=100))
    first = budget.reserve(40, 40)
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(budget.reserve, 40, 40)
        budget.settle(first, None)
        with pytest.raises(BudgetSpent):
            second.result(PATIENCE_S)


def test_a_limit_in_dollars() -> None:
    budget = Budget(Limits(usd=0.01), 1.0, 10.0)
    budget.settle(budget.reserve(1000, 500), Usage(input_tokens=1000, output_tokens=500))
    assert budget.used.cost_usd == pytest.approx(0.006)
    with pytest.raises(BudgetSpent, match=r"\$0.01 .*\$0.0060 is spent .* cost \$0.0060; raise `usd` .*--max-usd"):
        budget.reserve(1000, 500)


@pytest.mark.parametrize(
    ("prices", "named"), [((None, None), ["input", "output"]), ((1.0, None), ["output"]), ((None, 1.0), ["input"])]
)
def test_a_limit_in_dollars_needs_prices(prices: tuple[float | None, float | None], named: list[str]) -> None:
    with pytest.raises(ProtocolError) as caught:
        Budget(Limits(usd=1.0), *prices)
    for side in ("input", "output"):
        assert (f"`usd_per_million_{side} = ...`" in str(caught.value)) == (side in named)
    assert "without the model's price" in str(caught.value) and "[model] in review.toml" in str(caught.value)


def test_a_cost_without_a_price_is_unknown_and_a_price_of_nothing_is_nothing() -> None:
    assert Budget(Limits()).cost(1000, 1000) is None
    assert Budget(Limits(), 0.0, 0.0).cost(1000, 1000) == 0.0


def test_threads_never_pass_a_limit() -> None:
    budget = Budget(Limits(calls=500, tokens=4_000))
    under_way = 0
    most = 0
    lock = threading.Lock()

    def work() -> int:
        nonlocal under_way, most
        n_sent = 0
        while True:
            try:
                reservation = budget.reserve(30, 70)
            except BudgetSpent:
                return n_sent
            with lock:
                under_way += 100
                most = max(most, under_way + budget.used.input_tokens + budget.used.output_tokens)
            n_sent += 1
            with lock:
                under_way -= 100
                budget.settle(reservation, Usage(input_tokens=7, output_tokens=3))

    with ThreadPoolExecutor(16) as threads:
        n_sent = sum(future.result() for future in [threads.submit(work) for _ in range(16)])
    assert most <= 4_000
    # The last attempt is the one whose worst case still fits: 390 attempts used 3,900.
    assert n_sent == 391
    assert budget.used.input_tokens + budget.used.output_tokens == 3_910
