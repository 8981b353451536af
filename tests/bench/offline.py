"""A whole survey by the built-in model, timed: `python -m tests.bench.offline` (needs ../shared)."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from agent.folder import Folder
from tests.shared import SHARED

COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]
N_RUNS = 3


def timed(*words: object) -> float:
    """Seconds of wall time of one command, its start included."""
    began = time.perf_counter()
    subprocess.run([*COMMAND, *map(str, words)], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    files = sorted((SHARED / "seeds").glob("*.txt"))
    first, again, starts = [], [], []
    for _ in range(N_RUNS):
        with tempfile.TemporaryDirectory() as scratch:
            review = Path(scratch) / "r"
            timed("init", review, *files)
            first.append(timed("build", review, "--offline"))
            again.append(timed("build", review, "--offline"))
            starts.append(timed("--help"))
            report = Folder(review).report()
    assert report is not None
    print(f"{report.n_identified} records, {report.n_papers} papers, {report.n_cards} cards, {report.n_claims} claims")
    print(f"papers cited by a claim     {report.coverage:8.1%}")
    print(f"build                       {statistics.median(first):8.2f} s   (median of {N_RUNS})")
    print(f"build with nothing to do    {statistics.median(again):8.2f} s")
    print(f"--help                      {statistics.median(starts):8.2f} s")


if __name__ == "__main__":
    main()
