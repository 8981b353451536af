"""Pull the plug half way: what was paid for is kept."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import Conspectus
from tests.stub import running_stub

CONCURRENCY = 32
COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]


def test_killed_half_way_no_more_is_paid_twice_than_was_in_flight(
    tmp_path: Path, shared: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = tmp_path / "r"
    conspectus("init", review, *sorted((shared / "seeds").glob("*.txt")), "--model", "stub-model")
    (review / "taxonomy.yaml").write_text((shared / "dev" / "taxonomy.yaml").read_text())
    protocol = (review / "review.toml").read_text()
    (review / "review.toml").write_text(protocol.replace("[model]", f"[model]\nconcurrency = {CONCURRENCY}", 1))
    with running_stub(latency_ms=200) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        killed = subprocess.Popen([*COMMAND, "classify", str(review)], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while stub.stats()["total"] < 143 and time.monotonic() < deadline:
            time.sleep(0.02)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert not (review / "cards.jsonl").exists()
        assert conspectus("classify", review).code == 0
        after = stub.stats()
    assert len((review / "cards.jsonl").read_text().splitlines()) == 286
    assert after["peak_in_flight"] <= CONCURRENCY
    assert after["answered_again"] <= CONCURRENCY
