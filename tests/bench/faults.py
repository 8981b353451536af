"""Prints what becomes of a run whose server fails, for every fault of the stub server alone and for all together.

    python tests/bench/faults.py [--share 0.3] [--calls 200]

Cards are asked for real papers through the whole stack (cache, provider, HTTP), and then once more over the same cache
while the server goes on failing. Attempts and tokens are those of our ledger, beside those of the server's own count
where the two differ. Paid again is how many requests the server had answered before, word for word: an HTML page and
half a body count as an answer there. The exit code is 1 where a call has neither an answer nor a reason, the two
counts of attempts differ, or the second run asks for another call than those that were missing. Needs ../shared.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.answers import card_answer
from agent.errors import CallError
from agent.llm.budget import Budget
from agent.llm.cache import Cached
from agent.llm.call import Call, Reply, Transport, Usage
from agent.llm.client import Client
from agent.llm.provider import Provider
from agent.llm.retries import Retries
from agent.review import Limits, ModelChoice
from agent.taxonomy import read_taxonomy
from tests.bench.labels import read_corpus
from tests.scripted import Scripted
from tests.shared import SHARED
from tests.stub import Stub, running_stub

LATENCY_MS = 20
TIMEOUT_S = 0.5
LONGEST_LEAVE_S = 10.0
RETRIES = Retries(first_wait_s=0.02, longest_wait_s=0.2)
CONCURRENCY = 32
KINDS = (
    "429", "500", "502", "503", "timeout", "disconnect", "halfbody", "html", "slow",
    "badjson", "badschema", "truncate", "refusal", "filter", "empty",
)  # fmt: skip
CHANGED: dict[str, dict[str, object]] = {
    "429 with Retry-After": {"retry_after": 0.05},
    "503": {"retry_after": 0.05},
    "slow": {"slow_factor": 10},
    "slow, past the time-out": {"slow_factor": 100},
}
"""What else a case changes of the server's options; a 429 has no Retry-After otherwise."""


@dataclass(frozen=True)
class Case:
    """A way in which a server fails."""

    name: str
    fault: str
    """As the stub server's option has it."""
    options: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One run's end, by our count and by the server's."""

    answered: dict[str, Reply]
    """By the call's key."""
    failed: dict[str, CallError]
    asked: list[str]
    """The keys of the calls that were not in the cache."""
    usage: Usage
    server: dict[str, int]
    """As the server's /stats."""
    wall_s: float

    @property
    def reasons(self) -> Counter[str]:
        """How many calls failed, by the class of their error."""
        return Counter(type(error).__name__ for error in self.failed.values())


class Watched:
    """A transport that keeps which calls it was handed."""

    def __init__(self, inner: Transport) -> None:
        self.keys: list[str] = []
        self._inner = inner

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        return self._inner.send_all(self._watched(calls))

    def _watched(self, calls: Iterable[Call]) -> Iterator[Call]:
        for call in calls:
            self.keys.append(call.key)
            yield call


def cases(share: float) -> list[Case]:
    """Each fault alone, and all of them together, at this share of attempts."""
    named = {"429 with Retry-After": "429", "429 without": "429", "slow, past the time-out": "slow"}
    named |= {kind: kind for kind in KINDS if kind != "429"}
    order = sorted(named, key=lambda name: KINDS.index(named[name]))
    alone = [Case(name, f"{named[name]}:{share}", CHANGED.get(name, {})) for name in order]
    mix = ",".join(f"{kind}:{share / len(KINDS):.6f}" for kind in KINDS)
    return [*alone, Case("all together", mix, {"retry_after": 0.05, "slow_factor": 10})]


def card_calls(n_calls: int) -> list[Call]:
    """The calls that ask for the cards of so many of the seed papers."""
    taxonomy = read_taxonomy((SHARED / "dev/taxonomy.yaml").read_text())
    client = Client(Scripted(), "stub-model", parameters={"max_output_tokens": 4_000})
    answer = card_answer(taxonomy)
    papers = list(read_corpus())[:n_calls]
    return [client.call("classify_paper", answer, {"taxonomy": taxonomy, "paper": paper}) for paper in papers]


def set_up(stub: Stub, case: Case) -> None:
    """Let the server fail this way from now on, and forget what it counted."""
    stub.config(**{"retry_after": -1, "slow_factor": 10, "latency_ms": LATENCY_MS, **case.options, "fault": case.fault})
    stub.reset()


def run_once(stub: Stub, calls: Sequence[Call], cache: Path, *, retries: Retries = RETRIES) -> Run:
    """Send these calls through cache and provider until each has come back."""
    before = stub.stats()
    choice = ModelChoice(name="stub-model", concurrency=CONCURRENCY, timeout_s=TIMEOUT_S)
    answered: dict[str, Reply] = {}
    failed: dict[str, CallError] = {}
    began = time.perf_counter()
    with Provider(stub.url, "", choice, Budget(Limits(), 1.0, 2.0), retries=retries) as provider:
        watched = Watched(provider)
        with Cached(watched, cache) as cached:
            for call, reply in cached.send_all(calls):
                if isinstance(reply, Reply):
                    answered[call.key] = reply
                else:
                    failed[call.key] = reply
        usage = sum(provider.ledger.by_prompt.values(), Usage())
    wall_s = time.perf_counter() - began
    after = settled(stub)
    counts = {name: after[name] - before[name] for name in after if isinstance(after[name], int)}
    return Run(answered, failed, watched.keys, usage, counts, wall_s)


def settled(stub: Stub) -> dict[str, int]:
    """The server's count once it has seen that those who lost patience have left."""
    deadline = time.monotonic() + LONGEST_LEAVE_S
    stats = stub.stats()
    while stats["in_flight"] and time.monotonic() < deadline:
        time.sleep(0.01)
        stats = stub.stats()
    return stats


def why_wrong(calls: Sequence[Call], first: Run, second: Run) -> list[str]:
    """What must not be, whatever the server does."""
    keys = {call.key for call in calls}
    wrong = []
    for name, run in (("first", first), ("second", second)):
        if run.answered.keys() | run.failed.keys() != keys:
            wrong.append(f"a call of the {name} run has neither an answer nor a reason")
        if run.usage.attempts != run.server["total"]:
            wrong.append(
                f"{run.usage.attempts} attempts in the {name} run, {run.server['total']} by the server's count"
            )
        if (run.usage.input_tokens, run.usage.output_tokens) != server_tokens(run):
            wrong.append(f"the tokens of the {name} run are not those of the server")
        if not all(str(error) for error in run.failed.values()):
            wrong.append(f"a reason of the {name} run says nothing")
    if sorted(second.asked) != sorted(first.failed):
        wrong.append("the second run asked for other calls than those that were missing")
    return wrong


def server_tokens(run: Run) -> tuple[int, int]:
    return run.server["prompt_tokens"], run.server["completion_tokens"]


def print_row(case: Case, calls: Sequence[Call], first: Run, second: Run) -> None:
    usage = first.usage
    tokens = usage.input_tokens + usage.output_tokens
    attempts = both(usage.attempts, first.server["total"])
    billed = both(tokens, sum(server_tokens(first)))
    reasons = ", ".join(f"{name} {n}" for name, n in sorted(first.reasons.items())) or "-"
    figures = f"{len(calls):>5} {len(first.answered):>8} {attempts:>8} {billed:>9} {first.server['answered_again']:>10}"
    print(f"{case.name:24} {figures} {first.wall_s:>5.1f} {len(second.asked):>11} {len(second.failed):>13}  {reasons}")


def both(ours: int, theirs: int) -> str:
    return str(ours) if ours == theirs else f"{ours}/{theirs}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=0.3, help="of attempts that fail; 0.3 by default")
    parser.add_argument("--calls", type=int, default=200, help="in each run; 200 by default")
    options = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"{SHARED} is missing: there is no server that fails")
    calls = card_calls(options.calls)
    print(f"{'fault':24} calls answered attempts    tokens paid again     s asked again still missing  unanswered")
    wrong = []
    with running_stub() as stub:
        for case in cases(options.share):
            set_up(stub, case)
            with tempfile.TemporaryDirectory() as scratch:
                first = run_once(stub, calls, Path(scratch))
                second = run_once(stub, calls, Path(scratch))
            print_row(case, calls, first, second)
            wrong += [f"{case.name}: {why}" for why in why_wrong(calls, first, second)]
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
