"""What the search index takes, beside SQLite's FTS5: `python -m tests.bench.search [--papers N] [--runs N]`.

Abstracts of some 180 made-up words each, of which few are common and most are rare, as in any language. Each
measurement is a process of its own: it makes the papers, indexes them into a folder, and asks for papers by 3 words
and by 25, any of which may match. Medians are printed, with the slowest query of all; memory is the peak of the whole
process, the papers themselves included. The exit code is 1 where a target is missed.
"""

import argparse
import itertools
import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.papers import Corpus, Paper
from agent.search import Index

N_PAPERS, N_RUNS = 100_000, 3
N_WORDS, N_QUERIES, N_MORE = 60_000, 50, 10
SIZES = {"short": 3, "long": 25}
"""Words of a query."""
MOST = 10
MIB = 1 << 20
ENGINES = ("ours", "fts5")
Search = Callable[[str], list[str]]


@dataclass(frozen=True)
class Figures:
    """What one process took."""

    index_s: float
    index_cpu_s: float
    """Of all threads; a busy machine makes the time longer, not this."""
    more_s: float
    """For ten more papers."""
    peak_mib: float
    before_mib: float
    """With the papers made and nothing indexed."""
    disk_mib: float
    short_ms: float
    long_ms: float
    slowest_ms: float
    n_found: int
    """Hits of all queries."""


class Language:
    """Made-up words that can be said, the n-th used as often as Zipf's law has it."""

    def __init__(self, seed: int = 11) -> None:
        self.chance = random.Random(seed)
        syllables = ["".join(pair) for pair in itertools.product("bdfgklmnprstvz", "aeiou")]
        ends = ("", "n", "s", "r", "l", "t")
        made = (
            "".join(self.chance.choices(syllables, k=self.chance.randint(2, 4))) + self.chance.choice(ends)
            for _ in itertools.count()
        )
        self.words = list(itertools.islice(dict.fromkeys(itertools.islice(made, 2 * N_WORDS)), N_WORDS))
        self._weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))

    def draw(self, n_words: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self._weights, k=n_words)

    def text(self, n_words: int) -> str:
        """Words in sentences, here and there a compound and a name with figures."""
        words = self.draw(n_words)
        for at in range(7, n_words, 19):
            words[at] = f"{words[at]}-{words[at - 1]}"
        words[n_words // 2] = f"{words[n_words // 2].capitalize()}-{self.chance.randint(1, 99)}B"
        return " ".join(f"{word}." if at % 20 == 19 else word for at, word in enumerate(words))

    def papers(self, n_papers: int, prefix: str = "paper") -> list[Paper]:
        return [
            Paper(key=f"{prefix}{n:06}", title=self.text(9), abstract=self.text(self.chance.randint(120, 240)))
            for n in range(n_papers)
        ]


def index_ours(papers: Sequence[Paper], folder: Path) -> Search:
    index = Index.open(folder, Corpus(papers))
    return lambda words: [hit.key for hit in index.search(words, most=MOST)]


def index_fts5(papers: Sequence[Paper], folder: Path) -> Search:
    """SQLite's own index with its stemmer and BM25, a title counting twice."""
    folder.mkdir(exist_ok=True)
    base = sqlite3.connect(folder / "fts5.sqlite")
    base.execute("PRAGMA journal_mode=WAL")
    base.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS found "
        "USING fts5(key UNINDEXED, title, abstract, tokenize='porter unicode61')"
    )
    there = {key for (key,) in base.execute("SELECT key FROM found")}
    fresh = ((paper.key, paper.title, paper.abstract) for paper in papers if paper.key not in there)
    with base:
        base.executemany("INSERT INTO found VALUES (?, ?, ?)", fresh)
    asked = "SELECT key FROM found WHERE found MATCH ? ORDER BY bm25(found, 0, 2, 1) LIMIT ?"

    def search(words: str) -> list[str]:
        any_of = " OR ".join(f'"{word}"' for word in words.split())
        return [key for (key,) in base.execute(asked, (any_of, MOST))]

    return search


def measure(engine: str, n_papers: int, folder: Path) -> Figures:
    """What this process takes for it; the process is to be a fresh one."""
    language = Language()
    papers = language.papers(n_papers)
    queries = {size: [" ".join(language.draw(n)) for _ in range(N_QUERIES)] for size, n in SIZES.items()}
    before = _peak_mib()
    index = index_ours if engine == "ours" else index_fts5
    began, cpu_began = time.perf_counter(), time.process_time()
    search = index(papers, folder)
    index_s, index_cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    took_ms: dict[str, list[float]] = {}
    n_found = 0
    for size, texts in queries.items():
        for text in texts:
            began = time.perf_counter()
            n_found += len(search(text))
            took_ms.setdefault(size, []).append((time.perf_counter() - began) * 1000)
    papers += language.papers(N_MORE, "more")
    began = time.perf_counter()
    index(papers, folder)
    more_s = time.perf_counter() - began
    disk_mib = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MIB
    short_ms, long_ms = (statistics.median(took_ms[size]) for size in SIZES)
    slowest_ms = max(itertools.chain.from_iterable(took_ms.values()))
    peak = _peak_mib()
    return Figures(index_s, index_cpu_s, more_s, peak, before, disk_mib, short_ms, long_ms, slowest_ms, n_found)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB


def measured_apart(engine: str, n_papers: int) -> Figures:
    """The same in a process of its own, in a folder of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        words = ["--apart", engine, str(n_papers), str(Path(scratch) / "index")]
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.search", *words],
            check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    return Figures(**json.loads(done.stdout))


def report(of: dict[str, Figures]) -> bool:
    """Print the figures side by side; whether every target was met."""
    for name, figures in of.items():
        memory = f"{figures.peak_mib:5.0f} MiB at the most ({figures.before_mib:.0f} before)"
        index = (
            f"index {figures.index_s:6.1f} s ({figures.index_cpu_s:.1f} s CPU), {N_MORE} more {figures.more_s:5.2f} s"
        )
        print(f"  {name:5} {index}, {memory}, {figures.disk_mib:4.0f} MiB on disk")
        queries = f"query of 3 words {figures.short_ms:7.2f} ms, of 25 {figures.long_ms:7.2f} ms"
        print(f"        {queries}, the slowest {figures.slowest_ms:7.2f} ms")
    ours = of["ours"]
    targets = [
        (ours.index_s, 60, "s to index"),
        (ours.peak_mib, 1536, "MiB at the most"),
        (ours.short_ms, 50, "ms for a query of 3 words"),
        (ours.long_ms, 50, "ms for a query of 25 words"),
    ]
    for value, most, what in targets:
        print(f"  {'PASS' if value <= most else 'FAIL'}  {value:.1f} <= {most}  {what}")
    return all(value <= most for value, most, _ in targets)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--papers", type=int, help=f"how many ({N_PAPERS:,})", default=N_PAPERS)
    options.add_argument("--runs", type=int, help=f"measurements of each engine ({N_RUNS})", default=N_RUNS)
    options.add_argument("--apart", nargs=3, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.apart:
        engine, n_papers, folder = given.apart
        print(json.dumps(vars(measure(engine, int(n_papers), Path(folder)))))
        return
    taken: dict[str, list[Figures]] = {engine: [] for engine in ENGINES}
    for _ in range(given.runs):
        for engine in ENGINES:
            taken[engine].append(measured_apart(engine, given.papers))
    print(f"{given.papers:,} papers, medians of {given.runs}, {N_QUERIES} queries of each length")
    sys.exit(0 if report({engine: _median(runs) for engine, runs in taken.items()}) else 1)


def _median(runs: list[Figures]) -> Figures:
    return Figures(*(statistics.median(getattr(run, name) for run in runs) for name in Figures.__dataclass_fields__))


if __name__ == "__main__":
    main()
