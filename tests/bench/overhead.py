"""What the seam to a model costs beside the bare openai client: `python tests/bench/overhead.py` (needs ../shared).

A stub server in a process of its own answers after a fixed latency. Each measurement is a fresh process: it makes one
call to load what loads late, and is then measured over all calls, in wall time and CPU time; its memory is the peak of
the whole process. The three kinds take turns, three times over, and medians are printed. `ideal` is what the latency
alone takes: rounds of as many calls as are out at a time. `--sizes 289` is the short run.
"""

import argparse
import json
import math
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import openai

from agent.answers import card_answer
from agent.errors import CallError
from agent.llm.budget import Budget
from agent.llm.cache import Cached
from agent.llm.call import Answer, Call, Reply
from agent.llm.client import Client
from agent.llm.prompts import render
from agent.llm.provider import Provider
from agent.llm.wire import form_of
from agent.papers import Paper
from agent.review import Category, Facet, Limits, ModelChoice, Taxonomy, Unanswered
from tests.shared import SHARED
from tests.stub import running_stub

N_RUNS = 3
MODEL = "stub-model"
MAX_OUTPUT_TOKENS = 4_000
WORDS = (  # noqa: SIM905  (words read better in a row)
    "decoding speculative attention memory cache draft token latency throughput quantised sparse layer adapter reward "
    "preference alignment benchmark retrieval reasoning chain sample gradient rank kernel batch prompt context window "
    "pruning distillation teacher student budget entropy calibration robust multilingual vision audio agent planning"
).split()
TOPICS = (
    "Decoding",
    "Compression",
    "Training",
    "Alignment",
    "Retrieval",
    "Reasoning",
    "Agents",
    "Data",
    "Safety",
    "Use",
)
KINDS = ("bare", "ours", "warm")
MIB = 1 << 20


@dataclass(frozen=True)
class Size:
    """So many calls, the server's latency, and how many are out at a time."""

    n_calls: int
    latency_ms: int
    concurrency: int

    @property
    def ideal_s(self) -> float:
        return math.ceil(self.n_calls / self.concurrency) * self.latency_ms / 1000

    def __str__(self) -> str:
        return f"{self.n_calls:,} calls x {self.latency_ms} ms x {self.concurrency}"


SIZES = (Size(289, 200, 32), Size(2_890, 50, 128), Size(28_900, 50, 128))


@dataclass(frozen=True)
class Figures:
    """What one process took."""

    wall_s: float
    cpu_ms: float
    """A call, user and system."""
    peak_mib: float
    before_mib: float
    """The peak before the first of the measured calls."""


def taxonomy() -> Taxonomy:
    chance = random.Random(7)
    categories = tuple(
        Category(id=name.lower(), name=name, definition=f"Ways of {name.lower()}; not {_prose(chance, 20)}")
        for name in TOPICS
    )
    evidence = Facet(codes={"measured": "Reports its own measurements.", "argued": "Argues without measuring."})
    scale = Facet(many=True, codes={word: _prose(chance, 8) for word in ("small", "medium", "large")})
    return Taxonomy(categories=categories, facets={"evidence": evidence, "scale": scale})


def papers(n: int, seed: int = 1) -> Iterator[Paper]:
    """Papers with abstracts of 120 to 240 words, no two alike."""
    chance = random.Random(seed)
    for number in range(n):
        abstract = " ".join(_prose(chance, 20) for _ in range(chance.randint(6, 12)))
        yield Paper(key=f"paper{seed}-{number}", title=_prose(chance, 9).rstrip("."), abstract=abstract)


def _prose(chance: random.Random, n_words: int) -> str:
    return " ".join(chance.choices(WORDS, k=n_words)).capitalize() + f" by {chance.random():.1%}."


def ask_bare(corpus: Iterable[Paper], size: Size, url: str) -> Iterator[Callable[[], None]]:
    """The openai client on threads: the same messages, the same strict schema, answers read, and their texts held."""
    asked, kept = taxonomy(), list[object]()
    answer = card_answer(asked)
    form = form_of(answer, "json_schema")
    system = render("classify_paper", {"taxonomy": asked, "paper": next(papers(1))}).system
    limits = httpx2.Limits(max_connections=size.concurrency, max_keepalive_connections=size.concurrency)
    client = openai.OpenAI(
        base_url=url, api_key="none", max_retries=0, http_client=openai.DefaultHttpxClient(limits=limits)
    )

    def ask(user: str) -> object:
        messages: Any = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        completion = client.chat.completions.create(
            model=MODEL, messages=messages, max_completion_tokens=MAX_OUTPUT_TOKENS, **form
        )
        content = completion.choices[0].message.content or ""
        answer.model_validate_json(content)
        return content

    # Made beforehand: the texts are nothing that the bare client does.
    users = [render("classify_paper", {"taxonomy": asked, "paper": paper}).user for paper in corpus]
    ask("first")
    with client, ThreadPoolExecutor(size.concurrency) as threads:
        yield lambda: kept.extend(threads.map(ask, users))
    assert len(kept) == size.n_calls


def ask_ours(corpus: Iterable[Paper], size: Size, url: str, cache: Path) -> Iterator[Callable[[], None]]:
    """Our seam from fields to typed answers, over a cache in this folder."""
    asked, got = taxonomy(), list[int]()
    answer = card_answer(asked)
    choice = ModelChoice(name=MODEL, concurrency=size.concurrency, max_output_tokens=MAX_OUTPUT_TOKENS)
    budget = Budget(Limits(calls=10**9, tokens=10**15))
    rows = [{"taxonomy": asked, "paper": paper} for paper in corpus]
    with Provider(url, "", choice, budget) as provider, Cached(provider, cache) as cached:
        client = Client(cached, MODEL, parameters={"max_output_tokens": MAX_OUTPUT_TOKENS})
        client.ask("classify_paper", answer, taxonomy=asked, paper=next(papers(1, seed=2)))
        yield lambda: got.append(count_read(client.ask_all("classify_paper", answer, rows)))
    assert got == [size.n_calls]


def count_read(answers: Sequence[Answer | Unanswered]) -> int:
    """Look at each answer, as a stage does; how many there are."""
    kinds = [type(one) for one in answers]
    assert Unanswered not in kinds, next(one for one in answers if isinstance(one, Unanswered))
    return len(kinds)


class NoServer:
    """Stands below a cache that holds everything."""

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        raise AssertionError("asked although it was kept")


def ask_warm(corpus: Iterable[Paper], size: Size, cache: Path) -> Iterator[Callable[[], None]]:
    """The calls of `ask_ours` again, all of them answered by the cache."""
    asked, got = taxonomy(), list[int]()
    answer = card_answer(asked)
    rows = [{"taxonomy": asked, "paper": paper} for paper in corpus]
    with Cached(NoServer(), cache) as cached:
        client = Client(cached, MODEL, parameters={"max_output_tokens": MAX_OUTPUT_TOKENS})
        client.ask("classify_paper", answer, taxonomy=asked, paper=next(papers(1, seed=2)))
        yield lambda: got.append(count_read(client.ask_all("classify_paper", answer, rows)))
    assert got == [size.n_calls]


def measure(kind: str, size: Size, url: str, cache: Path) -> Figures:
    """What this process takes for it; the process is to be a fresh one."""
    corpus = papers(size.n_calls)
    if kind == "bare":
        asking = ask_bare(corpus, size, url)
    elif kind == "ours":
        asking = ask_ours(corpus, size, url, cache)
    else:
        asking = ask_warm(corpus, size, cache)
    ask = next(asking)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
    began, cpu_began = time.perf_counter(), time.process_time()
    ask()
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
    next(asking, None)
    return Figures(wall_s, cpu_s * 1000 / size.n_calls, peak, before)


def measured_apart(kind: str, size: Size, url: str, cache: Path) -> Figures:
    """The same in a process of its own."""
    numbers = map(str, (size.n_calls, size.latency_ms, size.concurrency))
    command = [sys.executable, str(Path(__file__).resolve()), "--apart", kind, *numbers, url, str(cache)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Figures(**json.loads(done.stdout))


def rounds(size: Size, n_runs: int) -> dict[str, Figures]:
    """The medians of each kind, taking turns."""
    taken: dict[str, list[Figures]] = {kind: [] for kind in KINDS}
    for _ in range(n_runs):
        with tempfile.TemporaryDirectory() as scratch, running_stub(latency_ms=size.latency_ms) as stub:
            for kind in KINDS:
                taken[kind].append(measured_apart(kind, size, stub.url, Path(scratch) / "cache"))
    return {kind: _median(runs) for kind, runs in taken.items()}


def _median(runs: list[Figures]) -> Figures:
    return Figures(*(statistics.median(getattr(run, name) for run in runs) for name in Figures.__dataclass_fields__))


def report(size: Size, of: dict[str, Figures]) -> bool:
    """Print one size; whether every target was met."""
    print(f"\n{size}   ideal {size.ideal_s:.2f} s")
    for kind, figures in of.items():
        is_warm = kind == "warm"
        ratio = "" if is_warm else f"{figures.wall_s / size.ideal_s:6.2f} x ideal"
        beside = f"{figures.cpu_ms / of['bare'].cpu_ms:5.2f} x bare" if kind == "ours" else ""
        print(
            f"  {kind:5} {figures.wall_s:7.2f} s {ratio:14} {figures.cpu_ms:7.3f} ms CPU a call {beside:12} "
            f"{figures.peak_mib:6.0f} MiB at the most ({figures.before_mib:.0f} before)"
        )
    targets = [
        (of["ours"].cpu_ms / of["bare"].cpu_ms, 1.3, "CPU a call, beside the bare client's"),
        (of["warm"].cpu_ms, 0.15, "ms CPU a warm call"),
    ]
    if size == SIZES[0]:
        targets.append((of["ours"].wall_s / size.ideal_s, 1.05, "wall, beside the ideal"))
    if size == SIZES[-1]:
        targets.append((of["ours"].peak_mib, 300, "MiB at the most"))
    for value, most, what in targets:
        print(f"  {'PASS' if value <= most else 'FAIL'}  {value:.3f} <= {most:g}  {what}")
    return all(value <= most for value, most, _ in targets)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", help="which sizes, by their number of calls: 289,2890", default="289,2890,28900")
    options.add_argument("--runs", type=int, help=f"measurements of each kind ({N_RUNS})", default=N_RUNS)
    options.add_argument("--apart", nargs=6, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.apart:
        kind, n_calls, latency_ms, concurrency, url, cache = given.apart
        size = Size(int(n_calls), int(latency_ms), int(concurrency))
        print(json.dumps(vars(measure(kind, size, url, Path(cache)))))
        return
    if not SHARED.is_dir():
        sys.exit("../shared is missing: the stub server is not on this machine")
    wanted = [int(n) for n in given.sizes.split(",")]
    known = {size.n_calls: size for size in SIZES}
    print(f"medians of {given.runs}")
    passed = [report(known[n], rounds(known[n], given.runs)) for n in wanted]
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
