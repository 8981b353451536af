"""Pull the plug at any moment: what was paid for is kept, no file is half written, the next run finishes."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import diskcache
import pytest

from agent.folder import Folder
from agent.llm.cache import TextDisk
from agent.llm.inventory import take_inventory
from tests.command import Conspectus
from tests.stub import Stub, running_stub

CONCURRENCY = 32
COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]
HONEST = Path(__file__).parent / "honest_model.py"
PATIENCE_S = 120
WHOLE_FILES = ("papers.jsonl", "cards.jsonl", "taxonomy.yaml", "survey/survey.md", "survey/references.bib")


def a_review(folder: Path, shared: Path, conspectus: Conspectus, n_files: int) -> Path:
    """A review of some of the real dumps, with a taxonomy and a model's name."""
    files = sorted((shared / "seeds").glob("*.txt"), key=lambda file: file.stat().st_size)[:n_files]
    assert conspectus("init", folder, *files, "--model", "stub-model").code == 0
    (folder / "taxonomy.yaml").write_text((shared / "dev" / "taxonomy.yaml").read_text())
    protocol = (folder / "review.toml").read_text()
    (folder / "review.toml").write_text(protocol.replace("[model]", f"[model]\nconcurrency = {CONCURRENCY}", 1))
    return folder


@contextmanager
def started(*words: object) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a process of its own, gone at the latest when the block ends."""
    process = subprocess.Popen([*COMMAND, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def what_is_broken(folder: Path) -> list[str]:
    """What in this folder is not whole: its files, its cache."""
    review, broken = Folder(folder), []
    # Each raises a FolderError, which fails the test, where a line or a file is cut short.
    review.protocol(), review.corpus(), review.duplicates(), review.cards(), review.draft(), review.report()
    review.taxonomy()
    page = folder / "survey" / "survey.html"
    if page.exists() and not page.read_text().rstrip().endswith("</html>"):
        broken.append("survey.html")
    if review.cache_folder.exists():
        take_inventory(review.cache_folder)  # raises a FolderError for a broken database
        with diskcache.Cache(str(review.cache_folder), disk=TextDisk) as store:
            broken += map(str, store.check())
    return broken


def test_killed_half_way_no_more_is_paid_twice_than_was_in_flight(
    tmp_path: Path, shared: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = a_review(tmp_path / "r", shared, conspectus, n_files=3)
    with running_stub(latency_ms=200) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        with started("classify", review) as process:
            deadline = time.monotonic() + PATIENCE_S
            while stub.stats()["total"] < 143 and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
        assert not (review / "cards.jsonl").exists()
        assert conspectus("classify", review).code == 0
        after = stub.stats()
    assert len((review / "cards.jsonl").read_text().splitlines()) == 286
    assert after["peak_in_flight"] <= CONCURRENCY
    assert after["answered_again"] <= CONCURRENCY


def kill_at_random(review: Path, stub: Stub, n_kills: int, longest_s: float) -> None:
    """Start `build` and kill it, so many times; where a run comes to its end, all that it made is taken away."""
    chance, n_struck, n_since_beginning = random.Random(n_kills), 0, 0
    beginning = {name: (review / name).read_bytes() for name in ("review.toml", "taxonomy.yaml", "papers.jsonl")}
    while n_struck < n_kills:
        with started("build", review) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.5, longest_s))
            is_struck = process.poll() is None
            process.send_signal(signal.SIGKILL)
        assert what_is_broken(review) == []
        n_struck += is_struck
        n_since_beginning += is_struck
        assert stub.stats()["answered_again"] <= CONCURRENCY * n_since_beginning
        if not is_struck:
            stub.reset()
            n_since_beginning = 0
            shutil.rmtree(review)
            review.mkdir()
            for name, content in beginning.items():
                (review / name).write_bytes(content)


@pytest.mark.parametrize(
    ("n_kills", "n_files", "longest_s"),
    [(4, 1, 2.5), pytest.param(20, 3, 8.0, marks=pytest.mark.long)],
    ids=["few", "many"],
)
def test_killed_at_random_moments_the_last_run_makes_what_an_undisturbed_one_makes(
    tmp_path: Path, shared: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch, *,
    n_kills: int, n_files: int, longest_s: float,
) -> None:  # fmt: skip
    killed = a_review(tmp_path / "killed", shared, conspectus, n_files)
    undisturbed = a_review(tmp_path / "undisturbed", shared, conspectus, n_files)
    with running_stub(latency_ms=100, hook=HONEST) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        kill_at_random(killed, stub, n_kills, longest_s)
        assert conspectus("build", killed).code == 0
        stub.reset()
        assert conspectus("build", undisturbed).code == 0
        assert stub.stats()["answered_again"] == 0
        stub.reset()
        for name in ("cards.jsonl", "survey/survey.json"):
            (killed / name).unlink()
        assert conspectus("build", killed).code == 0
        assert stub.stats()["total"] == 0  # all that was paid for is still there
    assert what_is_broken(killed) == []
    assert list(killed.rglob("*.new")) == []
    for name in WHOLE_FILES:
        assert (killed / name).read_bytes() == (undisturbed / name).read_bytes(), name


def test_two_runs_at_once_pay_for_nothing_twice(
    tmp_path: Path, shared: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = a_review(tmp_path / "r", shared, conspectus, n_files=1)
    with running_stub(latency_ms=100, hook=HONEST) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        command = [*COMMAND, "build", str(review)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        runs = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
        ends = [(*run.communicate(timeout=PATIENCE_S), run.returncode) for run in runs]
        after = stub.stats()
    assert [code for _, _, code in ends] == [0, 0]
    waited = [err for _, err, _ in ends if "this one waits for it" in err]
    first = next(run for run, (_, err, _) in zip(runs, ends, strict=True) if err not in waited)
    assert len(waited) == 1
    assert f"process {first.pid} on" in waited[0]
    assert after["answered_again"] == 0
    assert what_is_broken(review) == []
