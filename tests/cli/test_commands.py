"""What holds of every command: the options it takes, how it ends, what a stopped run leaves on the screen."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from agent.cli import COMMANDS
from agent.pipeline import Review
from tests.command import Conspectus
from tests.papers import PLOTS, TAXONOMY, write_jsonl
from tests.stub import Stub, running_stub

HONEST = Path(__file__).resolve().parents[1] / "honest_model.py"
COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]
ON_A_REVIEW = ["papers", "taxonomy", "classify", "draft", "check", "build"]


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review of eight papers under a taxonomy that a person wrote."""
    assert conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl")).code == 0
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    return tmp_path / "r"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """A server whose answers hold, named in the environment."""
    with running_stub(hook=HONEST) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        yield running


@pytest.mark.parametrize("name", ON_A_REVIEW)
def test_every_command_on_a_review_takes_the_same_options(review: Path, conspectus: Conspectus, name: str) -> None:
    ended = conspectus(
        name,
        review,
        "--model",
        "some-model",
        "--max-usd",
        1,
        "--max-calls",
        9,
        "--max-tokens",
        9_000,
        "--offline",
        "--json",
    )
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)


def test_add_takes_them_too(tmp_path: Path, review: Path, conspectus: Conspectus) -> None:
    more = write_jsonl(tmp_path / "more.jsonl", [("Fences Against Deer", "We put up fences. Deer stayed outside.")])
    ended = conspectus(
        "add",
        more,
        "-r",
        review,
        "--model",
        "some-model",
        "--max-usd",
        1,
        "--max-calls",
        9,
        "--max-tokens",
        9_000,
        "--offline",
    )
    assert ended.code == 0
    assert ended.out == "1 source added: 1 new paper, 9 in all\n"


def test_each_command_says_what_it_is_for(conspectus: Conspectus) -> None:
    listed = conspectus("--help").out
    for name, line in COMMANDS.items():
        assert line in listed
        assert conspectus(name, "--help").out.startswith("Usage: ")


@pytest.mark.parametrize("words", [["bild"], ["build", "--colour"], ["build", "--max-usd", "-1"], ["init"]])
def test_a_wrong_command_line_is_told_in_the_usual_way(conspectus: Conspectus, words: list[str]) -> None:
    ended = conspectus(*words)
    assert ended.code == 2
    assert "Error" in ended.err and "--help" in ended.err


def test_a_folder_that_is_forgotten_is_missed(tmp_path: Path, conspectus: Conspectus) -> None:
    plots = write_jsonl(tmp_path / "plots.jsonl")
    for words in ([plots, plots], [plots]):
        ended = conspectus("init", *words)
        assert ended.code == 2
        assert "plots.jsonl is a file; the folder to make comes first" in " ".join(ended.err.split())
    unnamed = conspectus("init", "", plots)
    assert unnamed.code == 2 and "the folder to make has no name" in unnamed.err
    assert [path.name for path in tmp_path.iterdir()] == ["plots.jsonl"]


def test_what_to_type_next_can_be_typed(tmp_path: Path, conspectus: Conspectus) -> None:
    review = tmp_path / "sp ace" / "x"
    made = conspectus("init", review, write_jsonl(tmp_path / "plots.jsonl"))
    assert made.code == 0, made.err
    assert shlex.split(made.out.split("; next: ")[1]) == ["conspectus", "build", str(review)]
    (review / "taxonomy.yaml").write_text(TAXONOMY)
    shown = conspectus("taxonomy", review, "--offline").out
    assert shlex.split(shown.split("; next: ")[1]) == ["conspectus", "classify", str(review)]


def test_it_says_its_version(conspectus: Conspectus) -> None:
    ended = conspectus("--version")
    assert (ended.code, ended.out) == (0, f"conspectus {version('conspectus')}\n")


def test_a_demo_that_was_stopped_says_how_it_goes_on(tmp_path: Path, conspectus: Conspectus) -> None:
    Review.copy_demo(tmp_path / "my demo")
    ended = conspectus("demo", tmp_path / "my demo")
    assert ended.code == 1
    assert "already holds a review" in ended.message and "name another folder" in ended.message
    told = ended.message.split("`")[1]
    assert conspectus(*shlex.split(told)[1:]).code == 0


@pytest.mark.parametrize("encoding", ["ascii", pytest.param("cp1252", marks=pytest.mark.long)])
@pytest.mark.parametrize("option", [[], pytest.param(["--json"], marks=pytest.mark.long)])
def test_a_terminal_that_cannot_show_a_title_shows_the_rest(
    tmp_path: Path, conspectus: Conspectus, encoding: str, option: list[str]
) -> None:
    source = write_jsonl(tmp_path / "p.jsonl", [("Gärten in 東京", "We grew roses in Tokyo. They flowered in March.")])
    assert conspectus("init", tmp_path / "r", source).code == 0
    for words in (["papers", *option], ["classify", "--offline", *option], ["check", "--offline", *option]):
        ended = subprocess.run(
            [*COMMAND, *words, "r"], cwd=tmp_path, capture_output=True, check=False,
            env={**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONPATH": str(HONEST.parents[1])},
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        assert b"Traceback" not in ended.stderr
        if words == ["papers", "--json"]:
            assert json.loads(ended.stdout)[0]["title"] == "Gärten in 東京"
        elif words == ["papers"]:
            assert "rten in ??" in ended.stdout.decode(encoding)


@pytest.mark.parametrize(("option", "why"), [(["--offline"], "--offline asks no model"), ([], "no model is named")])
def test_nothing_to_record_is_a_wrong_command_line(
    tmp_path: Path, review: Path, conspectus: Conspectus, option: list[str], why: str
) -> None:
    ended = conspectus("build", review, *option, "--record", tmp_path / "calls.jsonl")
    assert ended.code == 2
    assert "--record" in ended.message and why in ended.message
    assert not (tmp_path / "calls.jsonl").exists()


@pytest.mark.parametrize("name", ON_A_REVIEW)
def test_an_unreadable_source_is_named_by_every_command(tmp_path: Path, conspectus: Conspectus, name: str) -> None:
    (tmp_path / "flowers.csv").write_text("Colour,Height\nred,3\n")
    plots = write_jsonl(tmp_path / "plots.jsonl")
    assert conspectus("init", tmp_path / "r", plots, tmp_path / "flowers.csv").code == 3
    ended = conspectus(name, tmp_path / "r", "--offline")
    assert ended.code == 3
    (told,) = [line for line in ended.out.splitlines() if line.startswith("not read: ")]
    assert "flowers.csv" in told and "Colour, Height" in told
    as_json = conspectus(name, tmp_path / "r", "--offline", "--json")
    assert as_json.code == 3
    assert json.loads(as_json.out)
    assert told in as_json.err


def test_a_taxonomy_that_stays_unanswered_is_not_done(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    (review / "taxonomy.yaml").unlink()
    stub.config(fault="refusal:1")
    ended = conspectus("taxonomy", review, "--model", "stub-model")
    assert ended.code == 3
    assert "8 papers" in ended.out and "paid in this run: " in ended.out
    assert "unanswered: induce_propose" in ended.out
    assert ended.message.startswith("there is no taxonomy to go on with")


@pytest.mark.parametrize("name", ["taxonomy", "classify", "draft", "check", "build"])
def test_what_was_paid_is_told(review: Path, conspectus: Conspectus, stub: Stub, name: str) -> None:
    if name == "taxonomy":
        (review / "taxonomy.yaml").unlink()
    ended = conspectus(name, review, "--model", "stub-model")
    assert ended.code in (0, 3)
    (told,) = [line for line in ended.out.splitlines() if line.startswith("paid in this run: ")]
    assert f"in {stub.stats()['total']} attempt" in told and "price unknown" in told


def test_a_spent_budget_shows_what_stands_and_what_was_paid(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    limited(review, calls=3)
    ended = conspectus("build", review, "--model", "stub-model")
    assert ended.code == 3
    shown = ended.out.splitlines()
    assert shown[0] == "8 identified, 0 duplicates removed, 8 papers"
    assert shown[1].startswith("3 cards in ")
    assert any(line.startswith("unanswered: classify_paper ") and line.endswith(" and 2 more") for line in shown)
    assert shown[-1].startswith("paid in this run: 3 calls in 3 attempts, ")
    assert "budget" in ended.message and "budget" not in ended.out


def test_a_spent_budget_gives_a_program_the_report(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    limited(review, calls=3)
    ended = conspectus("build", review, "--model", "stub-model", "--json")
    assert ended.code == 3
    report = json.loads(ended.out)
    assert report["n_cards"] == 3 and len(report["unanswered"]) == 5
    told = ended.err.splitlines()
    assert told[-2].startswith("paid in this run: 3 calls") and told[-1].startswith("conspectus: the budget")


def limited(review: Path, *, calls: int) -> None:
    protocol = review / "review.toml"
    protocol.write_text(protocol.read_text().replace("calls = 10000", f"calls = {calls}"))


def test_no_key_shows_what_stands(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("classify", review, "--offline").code == 0
    ended = conspectus("build", review, "--model", "some-model")
    assert ended.code == 1
    assert ended.out.startswith("8 identified, 0 duplicates removed, 8 papers\n")
    assert "paid" not in ended.out
    assert "OPENAI_API_KEY" in ended.message


def test_ctrl_c_says_that_nothing_is_lost(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Review, until: str = "build", **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Review, "build", interrupted)
    ended = conspectus("build", review, "--offline")
    assert ended.code == 130
    assert ended.message == "stopped; what was answered is kept, and the next run goes on from there"


def test_ctrl_c_at_the_keyboard_keeps_what_was_answered(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    stub.config(latency_ms=400)
    protocol = review / "review.toml"
    protocol.write_text(protocol.read_text().replace("[model]", "[model]\nconcurrency = 2", 1))
    words = [*COMMAND, "classify", str(review), "--model", "stub-model"]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while stub.stats()["total"] < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert err.splitlines()[-1].startswith("conspectus: stopped; what was answered is kept")
    assert out.startswith("paid in this run: ")
    assert "Traceback" not in err
    assert conspectus("classify", review, "--model", "stub-model").code == 0
    after = stub.stats()
    assert after["answered_again"] == 0
    assert len((review / "cards.jsonl").read_text().splitlines()) == len(PLOTS)


def test_one_of_a_thing_is_not_called_many(tmp_path: Path, conspectus: Conspectus) -> None:
    source = tmp_path / "one.csv"
    source.write_text(
        "title,abstract,year\nRed Roses,We grew red roses all winter. They flowered in March.,2020\n,,2021\n"
    )
    said = [conspectus("init", tmp_path / "r", source).out]
    for name in ON_A_REVIEW:
        ended = conspectus(name, tmp_path / "r", "--offline")
        assert ended.code == 0, ended.err
        said.append(ended.out)
    said.append(conspectus("papers", tmp_path / "r", "--skipped").out)
    said.append(conspectus("cache", tmp_path / "r").out)
    words = " ".join(said).split()
    for number, noun in zip(words, words[1:], strict=False):
        if number == "1":
            assert not noun.strip(",;:.").endswith("s"), f"1 {noun}"
    assert "1 entry skipped" in said[-2]
    assert "1 card in 1 category" in said[-3]
