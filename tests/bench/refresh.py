"""What a refresh asks and takes: `python -m tests.bench.refresh` (needs ../shared).

A review of the real corpus is built by a server's model with 56 papers held back. Then 1, 5
and 50 papers come in, one word of an abstract changes, and nothing. Printed: calls as planned and as the server counted
them, how many of the sections stayed byte for byte as they were, and seconds; where nothing comes in those of a whole
process (median of three), beside a build over the same folder.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.living import Corpus, Living
from tests.papers import contents
from tests.shared import SHARED

HELD_BACK = (1, 5, 50)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        corpus = Corpus.of(sorted((SHARED / "seeds").glob("*.txt")), place / "all")
        with corpus.server(place) as stub:
            living = Living.begin(corpus, place / "living", stub, sum(HELD_BACK))
            n_papers = len(corpus.papers) - sum(HELD_BACK)
            print(f"{'':18} {'planned':>8} {'asked':>6} {'sections as they were':>22} {'seconds':>8}")
            for n_more in HELD_BACK:
                n_papers += n_more
                living.show(n_papers)
                show(living, f"{n_more} more")
            change_a_word(living, n_papers)
            show(living, "one word changed")
            show(living, "nothing")
            before = contents(living.path / "r")
            seconds = {name: timed(living, name) for name in ("refresh", "build")}
            same = "no byte changed" if contents(living.path / "r") == before else "BYTES CHANGED"
            print(f"\nnothing new, {n_papers} papers, {same}, a process each:")
            for name, taken in seconds.items():
                print(f"{name:18} {statistics.median(taken):6.2f} s  ({', '.join(f'{one:.2f}' for one in taken)})")


def show(living: Living, name: str) -> None:
    before = living.sections()
    start = time.perf_counter()
    planned, asked, n_asked = living.planned_and_asked()
    seconds = time.perf_counter() - start
    after = living.sections()
    n_same = sum(before.get(section) == text for section, text in after.items())
    print(f"{name:18} {sum(planned.values()):8} {n_asked:6} {f'{n_same} of {len(after)}':>22} {seconds:8.1f}")
    for prompt in sorted({*planned, *asked}):
        print(f"{'':4}{prompt:20} {planned.get(prompt, 0):2} {asked.get(prompt, 0):6}")


def change_a_word(living: Living, n_papers: int) -> None:
    path = living.path / "papers.jsonl"
    lines = path.read_text().splitlines()
    record = json.loads(lines[n_papers // 2])
    words = record["abstract"].split()
    record["abstract"] = " ".join([*words[:-2], "indeed", *words[-2:]])
    lines[n_papers // 2] = json.dumps(record)
    path.write_text("".join(f"{line}\n" for line in lines))


def timed(living: Living, command: str) -> list[float]:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        words = [sys.executable, "-c", "from agent.cli import main; main()", command, str(living.path / "r")]
        subprocess.run(words, check=True, capture_output=True, env=os.environ | {"OPENAI_BASE_URL": living.stub.url})
        taken.append(time.perf_counter() - start)
    return taken


if __name__ == "__main__":
    main()
