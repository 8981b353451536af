"""How far an estimate is from what was then used: `python -m tests.bench.estimate` (needs ../shared).

First what the defaults are made of, which is the demo's recorded answers; then the estimate of the demo, and of three
dumps of 289 abstracts before and after a pilot of 20, held against what a build took. Also of a model whose sentences
over all sections keep to the prompts' number, and of a server that makes its answers up.
"""

import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from agent import Access, Review
from agent.llm.call import Usage
from agent.pipeline.estimate import Estimate
from agent.review import ModelChoice, Protocol
from tests.shared import SHARED
from tests.stub import running_stub

TESTS = Path(__file__).resolve().parents[1]
DEMO = TESTS.parent / "cassettes" / "demo" / "calls.jsonl"
PRICED = ModelChoice(name="stub-model", usd_per_million_input=1.0, usd_per_million_output=4.0)
MODELS: Mapping[str, tuple[str, str]] = {
    "honest": ("honest_model.py", "1"),
    "honest, brief over all": ("wordy_model.py", "1"),
    "the same, words x 3": ("wordy_model.py", "3"),
    "made-up answers": ("", "1"),
}


def main() -> None:
    show_defaults()
    show_demo()
    print(f"\n{'286 papers':24} {'before':>8} {'after a pilot':>14} {'dollars':>9} {'estimate':>9}")
    for name, (hook, wordiness) in MODELS.items():
        os.environ["WORDINESS"] = wordiness
        before, after, dollars, seconds = held(hook)
        print(f"{name:24} {before:+8.1%} {after:+14.1%} {dollars:+9.1%} {seconds:7.1f} s")


def show_defaults() -> None:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for line in map(json.loads, DEMO.read_text().splitlines()):
        usage, n_bytes = line["reply"]["usage"], len((line["system"] + line["user"]).encode())
        added = (1, n_bytes * usage["attempts"], usage["input_tokens"], usage["output_tokens"])
        sums[line["prompt"]] = [a + b for a, b in zip(sums[line["prompt"]], added, strict=True)]
    print(f"{'recorded in the demo':24} {'calls':>8} {'tokens a byte':>14} {'written a call':>15}")
    for prompt, (n_calls, n_bytes, n_in, n_out) in sorted(sums.items()):
        print(f"{prompt:24} {n_calls:8} {n_in / n_bytes:14.3f} {n_out / n_calls:15.0f}")


def show_demo() -> None:
    took = Usage()
    for line in map(json.loads, DEMO.read_text().splitlines()):
        took += Usage(**{**line["reply"]["usage"], "cost_usd": 0.0})
    with tempfile.TemporaryDirectory() as scratch:
        Review.copy_demo(Path(scratch) / "d")
        said = Review.open(Path(scratch) / "d", Access(model="demo", record=Path(scratch) / "none.jsonl")).estimate()
    print(f"\nthe demo's 12 papers, before a pilot: {_error(said, took):+.1%} of the tokens that its answers took")


def held(hook: str) -> tuple[float, float, float, float]:
    """Errors in tokens before a pilot and after one, in dollars after one, and how long the first estimate took."""
    files = sorted((SHARED / "seeds").glob("*.txt"))
    options = {"hook": TESTS / hook} if hook else {}
    with tempfile.TemporaryDirectory() as scratch, running_stub(**options) as stub:
        Review.create(Path(scratch) / "r", files, Protocol(title="Seeds", model=PRICED))
        review = Review.open(Path(scratch) / "r", Access(base_url=stub.url))
        began = time.perf_counter()
        first = review.estimate()
        seconds = time.perf_counter() - began
        review.pilot(20)
        piloted, second = review.spent.total, review.estimate()
        review.build()
        took = review.spent.total
    assert second.total.cost_usd is not None and took.cost_usd is not None
    dollars = second.total.cost_usd / took.cost_usd - 1
    return _error(first, piloted + took), _error(second, took), dollars, seconds


def _error(said: Estimate, took: Usage) -> float:
    return (said.total.input_tokens + said.total.output_tokens) / (took.input_tokens + took.output_tokens) - 1


if __name__ == "__main__":
    main()
