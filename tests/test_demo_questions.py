"""The demo's questions: answered by replay, with nothing asked and every recorded line used."""

import json
import shutil
from pathlib import Path

import pytest

from tests.command import Conspectus

DEMO = Path(__file__).resolve().parents[1] / "cassettes" / "demo"


@pytest.fixture
def demo(tmp_path: Path, conspectus: Conspectus) -> Path:
    assert conspectus("demo", tmp_path / "demo").code == 0
    return tmp_path / "demo"


def questions() -> list[dict[str, object]]:
    return [json.loads(line) for line in (DEMO / "questions.jsonl").read_text().splitlines()]


def test_all_are_right_and_none_is_answered_that_cannot_be(demo: Path, conspectus: Conspectus) -> None:
    floors = "right=1,unanswerable.refused=1,precision=1,recall=1,found_10=1"
    ended = conspectus("eval", demo / "questions.jsonl", "-r", demo, "--at-least", floors, "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert len(told["questions"]) == len(questions()) == 8
    assert sum(one["kind"] == "unanswerable" for one in questions()) == 2
    assert not (demo / ".conspectus" / "cache").exists()  # nothing was asked that could have been kept


def test_every_recorded_line_is_played(
    tmp_path: Path, demo: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(DEMO, tmp_path / "cassettes" / "demo")
    monkeypatch.setattr("agent.connect.shipped", lambda name: tmp_path / name)
    cassette = tmp_path / "cassettes" / "demo" / "asked.jsonl"
    whole = cassette.read_text().splitlines(keepends=True)
    for number, line in enumerate(whole):
        cassette.write_text("".join(whole[:number] + whole[number + 1 :]))
        ended = conspectus("eval", demo / "questions.jsonl", "-r", demo)
        assert ended.code == 1, f"line {number} is never played"
        assert "none to this one" in ended.err and json.loads(line)["prompt"]


@pytest.mark.parametrize("number", range(8))
def test_each_can_be_asked_by_itself_and_stands_then(demo: Path, conspectus: Conspectus, number: int) -> None:
    asked = str(questions()[number]["question"])
    told = json.loads(conspectus("ask", asked, "-r", demo, "--json").out)
    assert told["answered"] is (questions()[number]["kind"] != "unanswerable")
    papers = {paper["key"]: paper for paper in map(json.loads, (demo / "papers.jsonl").read_text().splitlines())}
    for one in told["citations"]:
        assert papers[one["key"]][one["where"]][one["start"] : one["end"]] == one["quote"]
    assert json.loads(conspectus("ask", asked, "-r", demo, "--json").out) == told


def test_another_question_is_told_what_can_be_done(demo: Path, conspectus: Conspectus) -> None:
    ended = conspectus("ask", "What colour is the sea?", "-r", demo)
    assert ended.code == 1
    assert "the demo holds answers to the questions in its questions.jsonl" in ended.message
    assert "--offline" in ended.message
