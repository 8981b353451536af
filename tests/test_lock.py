import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent.folder import Folder
from agent.lock import hold

HOLD_AND_WAIT = """
import sys
from pathlib import Path
from agent.lock import hold
with hold(Path(sys.argv[1]), "build", print):
    print("held", flush=True)
    sys.stdin.readline()
"""
PATIENCE_S = 20


def other_process(folder: Path) -> subprocess.Popen[str]:
    """A process that holds the folder, and does until a line is written to it."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_WAIT, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


def held_in_time(folder: Path, said: list[str]) -> tuple[threading.Event, threading.Event]:
    """Events of a thread that holds the folder: when it has to wait, and when it holds it."""
    is_waiting, has_it = threading.Event(), threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        is_waiting.set()

    def take() -> None:
        with hold(folder, "papers", say):
            has_it.set()

    threading.Thread(target=take, daemon=True).start()
    return is_waiting, has_it


def test_the_second_waits_and_says_for_whom(tmp_path: Path) -> None:
    said: list[str] = []
    with other_process(tmp_path) as other:
        is_waiting, has_it = held_in_time(tmp_path, said)
        assert is_waiting.wait(PATIENCE_S)
        assert not has_it.is_set()
        other.communicate("go\n")
        assert has_it.wait(PATIENCE_S)
    assert len(said) == 1
    assert f"(build, process {other.pid} on " in said[0]


def test_a_holder_that_was_killed_holds_no_longer(tmp_path: Path) -> None:
    with other_process(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
    with hold(tmp_path, "build", pytest.fail):
        assert str(os.getpid()) in (tmp_path / "holder.json").read_text()
    assert not (tmp_path / "holder.json").exists()


def test_a_folder_that_cannot_be_written_to_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = []
    with hold(tmp_path / "file" / "inside", "papers", pytest.fail):
        done.append("papers")
    assert done == ["papers"]


def test_what_a_killed_run_had_half_written_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / "survey").mkdir()
    left = [tmp_path / ".papers.jsonl.x7_k1q2a.new", tmp_path / "survey" / ".survey.md.abcdefgh.new"]
    kept = [tmp_path / "mine.jsonl", tmp_path / "notes.new", tmp_path / ".mine"]
    for file in (*left, *kept):
        file.write_text("half")
    with Folder(tmp_path).held("build", pytest.fail):
        assert not any(file.exists() for file in left)
    assert all(file.exists() for file in kept)
