"""`conspectus build`: the pilot, the question before papers are sent, and limits by option."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.command import Conspectus
from tests.papers import PLOTS, TAXONOMY, write_jsonl
from tests.stub import Stub, running_stub

ROOT = Path(__file__).resolve().parents[2]
HONEST = ROOT / "tests" / "honest_model.py"
COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]
MODEL = ("--model", "gpt-4o-mini")
PATIENCE_S = 60


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


@dataclass(frozen=True)
class Seen:
    """What a person at a terminal saw, and how it ended."""

    code: int
    out: str
    terminal: str


Answer = str | signal.Signals | None
"""What comes back to a question: words that are typed, a signal as from Ctrl-C, or nothing."""


def at_a_terminal(*words: object, answer: Answer = None) -> Seen:
    """Run a command with a terminal for stdin and stderr, and answer once it asks."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}
    command = [*COMMAND, *map(str, words)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment, preexec_fn=_hear_hang_ups
    ) as running:
        os.close(theirs)
        try:
            seen = _watched(ours, answer, running)
        except BaseException:
            running.kill()
            raise
        assert running.stdout is not None
        out = running.stdout.read().decode()
        code = running.wait(PATIENCE_S)
    os.close(ours)
    return Seen(code, out, seen)


def _hear_hang_ups() -> None:
    """Under nohup the tests would hand on that SIGHUP is not to be heard."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _watched(terminal: int, answer: Answer, running: "subprocess.Popen[bytes]") -> str:
    """All that appears there until the other end closes it."""
    seen, deadline = b"", time.monotonic() + PATIENCE_S
    while True:
        assert time.monotonic() < deadline, f"still waiting after: {seen.decode()}"
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says so when the last program at it has ended
            break
        if not chunk:
            break
        seen += chunk
        if answer is not None and seen.rstrip().endswith(b"[y/N]"):
            if isinstance(answer, signal.Signals):
                running.send_signal(answer)
            else:
                os.write(terminal, answer.encode())
            answer = None
    return seen.decode()


def n_cards(review: Path) -> int:
    cards = review / "cards.jsonl"
    return len(cards.read_text().splitlines()) if cards.is_file() else 0


# The question.


def test_a_paid_build_asks_once_and_shows_what_it_would_cost(review: Path, stub: Stub) -> None:
    seen = at_a_terminal("build", review, *MODEL, answer="y\n")
    assert seen.code == 0, seen.terminal
    assert seen.terminal.count("go on? [y/N]") == 1
    shown = seen.terminal.split("go on?")[0]
    assert "8 papers would now be sent to 127.0.0.1" in shown
    assert "Watering" in shown and "Pests" in shown and "      Drip Lines for Terraced Gardens\r\n" in shown
    assert "cards" in shown and "$0.0" in shown and "list price of 2025-07-04" in shown
    assert n_cards(review) == len(PLOTS)
    assert seen.out.splitlines()[-1].startswith("the survey: ")


@pytest.mark.parametrize(
    "answer", ["n\n", *(pytest.param(other, marks=pytest.mark.long) for other in ("\n", "no thanks\n", "\x04"))]
)
def test_whoever_does_not_say_yes_sends_nothing_more(
    review: Path, conspectus: Conspectus, stub: Stub, answer: str
) -> None:
    (review / "taxonomy.yaml").unlink()
    seen = at_a_terminal("build", review, *MODEL, answer=answer)
    assert seen.code == 3
    assert "conspectus: nothing more was sent; the same command goes on from here" in seen.terminal
    assert "Traceback" not in seen.terminal
    assert stub.stats()["total"] == 1  # the taxonomy
    assert n_cards(review) == 0
    assert json.loads((review / "report.json").read_text())["n_papers"] == len(PLOTS)
    assert conspectus("build", review, *MODEL).code == 0
    assert stub.stats()["answered_again"] == 0


@pytest.mark.parametrize(
    "stop", [signal.SIGINT, *(pytest.param(one, marks=pytest.mark.long) for one in (signal.SIGTERM, signal.SIGHUP))]
)
def test_a_signal_at_the_question_sends_nothing_more_and_what_was_paid_is_told(
    review: Path, stub: Stub, stop: signal.Signals
) -> None:
    (review / "taxonomy.yaml").unlink()
    seen = at_a_terminal("build", review, *MODEL, answer=stop)
    assert seen.code == 130
    assert "go on? [y/N] \r\n" in seen.terminal or "go on? [y/N] ^C\r\n" in seen.terminal
    assert "paid in this run: 1 call in 1 attempt" in seen.out
    assert stub.stats()["total"] == 1  # the taxonomy
    assert len((review / "runs.jsonl").read_text().splitlines()) == 1


def test_a_run_whose_pages_cannot_be_written_leaves_its_line(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    (review / "survey").write_text("a file where a folder should be")
    ended = conspectus("build", review, *MODEL)
    assert (ended.code, "Traceback" in ended.err) == (1, False)
    (line,) = (review / "runs.jsonl").read_text().splitlines()
    assert json.loads(line)["total"]["attempts"] == stub.stats()["total"] > 0


def test_a_run_that_asked_in_vain_leaves_its_line(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    stub.config(fault="401:1")
    assert conspectus("build", review, *MODEL).code == 1
    (line,) = (review / "runs.jsonl").read_text().splitlines()
    assert json.loads(line)["total"]["attempts"] == stub.stats()["total"] > 0


def test_yes_goes_on_without_asking_and_says_the_estimate(review: Path, stub: Stub) -> None:
    seen = at_a_terminal("build", review, *MODEL, "--yes")
    assert seen.code == 0
    assert "go on?" not in seen.terminal
    assert "from here this takes about " in " ".join(seen.terminal.split())


def test_nothing_due_is_not_asked_about(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    assert conspectus("build", review, *MODEL).code == 0
    seen = at_a_terminal("build", review, *MODEL)
    assert seen.code == 0
    assert "go on?" not in seen.terminal and "from here" not in seen.terminal


def test_what_costs_nothing_is_not_asked_about(review: Path) -> None:
    seen = at_a_terminal("build", review, "--offline")
    assert seen.code == 0 and "go on?" not in seen.terminal


def test_without_a_terminal_the_estimate_is_a_line(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    ended = conspectus("build", review, *MODEL)
    assert ended.code == 0
    (line,) = [line for line in ended.err.splitlines() if line.startswith("from here this takes about ")]
    assert "by gpt-4o-mini at 127.0.0.1; this rests on the demo alone" in line


# The pilot.


def test_a_pilot_shows_its_cards_and_what_the_rest_takes_and_stops(
    review: Path, conspectus: Conspectus, stub: Stub
) -> None:
    ended = conspectus("build", review, *MODEL, "--pilot", 5)
    assert ended.code == 0, ended.err
    assert stub.stats()["total"] == n_cards(review) == 5
    cards = [json.loads(line) for line in (review / "cards.jsonl").read_text().splitlines()]
    for card in cards:
        (at,) = [n for n, line in enumerate(ended.out.splitlines()) if line.startswith(f"{card['key']}  ")]
        told = ended.out.splitlines()[at + 1 : at + 3]
        assert told[0].startswith(f"    {card['category']}, ") and told[0].endswith(" tokens")
        assert told[1] == f"    approach: {card['facts']['approach']}"
    assert "5 cards took " in ended.out
    assert "the rest:\ngpt-4o-mini at 127.0.0.1 would be asked, about:" in ended.out
    assert "this rests on 5 cards that this model made here" in ended.out
    assert ended.out.splitlines()[-1] == f"next: conspectus build {review} --model gpt-4o-mini"
    assert not (review / "survey").exists()
    report = json.loads((review / "report.json").read_text())
    assert (report["n_cards"], report["unanswered"]) == (5, [])


def test_a_second_pilot_asks_nothing_and_the_build_goes_on(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    first = conspectus("build", review, *MODEL, "--pilot", 3)
    again = conspectus("build", review, *MODEL, "--pilot", 3)
    assert stub.stats()["total"] == 3
    shown = [line for line in first.out.splitlines() if not line.startswith(("paid", "at the list"))]
    assert again.out.splitlines() == shown
    assert conspectus("build", review, *MODEL).code == 0
    assert stub.stats()["answered_again"] == 0


def test_a_pilot_makes_the_taxonomy_first(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    (review / "taxonomy.yaml").unlink()
    assert conspectus("build", review, *MODEL, "--pilot", 2).code == 0
    assert stub.stats()["total"] == 3
    assert (review / "taxonomy.yaml").is_file()


def test_a_program_reads_a_pilot(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    ended = conspectus("build", review, *MODEL, "--pilot", 2, "--json")
    value = json.loads(ended.out)
    assert len(value["cards"]) == 2 and all(card["input_tokens"] > 100 for card in value["cards"])
    assert value["rest"]["total"]["calls"] >= len(PLOTS) - 2
    assert value["report"]["n_cards"] == 2


def test_a_pilot_of_more_papers_than_there_are_cards_all(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    assert conspectus("build", review, *MODEL, "--pilot", 20).code == 0
    assert n_cards(review) == len(PLOTS)


def test_a_pilot_by_the_built_in_model_costs_nothing(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("build", review, "--offline", "--pilot", 2)
    assert ended.code == 0 and n_cards(review) == 2
    assert "the built-in model answers: nothing is sent, and nothing costs" in ended.out


def test_a_pilot_that_stays_unanswered_says_so(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    stub.config(fault="refusal:1")
    ended = conspectus("build", review, *MODEL, "--pilot", 2)
    assert ended.code == 3
    assert "unanswered: classify_paper" in ended.out


# Limits by option.


@pytest.mark.parametrize("option", [("--max-calls", 5), ("--max-tokens", 26_000), ("--max-usd", 0.0125)])
def test_a_limit_by_option_ends_the_run_and_the_next_goes_on(
    review: Path, conspectus: Conspectus, stub: Stub, option: tuple[str, float]
) -> None:
    ended = conspectus("build", review, *MODEL, *option)
    assert ended.code == 3, ended.out
    seen = stub.stats()
    assert seen["answered"] > 0 and ended.message.endswith(f"or give a larger {option[0]}")
    (line,) = [line for line in ended.out.splitlines() if line.startswith("not asked: ")]
    assert line.endswith("; the next run goes on with them")
    if option[0] == "--max-calls":
        assert line.startswith("not asked: 3 cards, and the sections and the check that come after them")
    assert conspectus("build", review, *MODEL).code == 0
    assert stub.stats()["answered_again"] == 0
    assert json.loads((review / "report.json").read_text())["unanswered"] == []


def test_an_option_takes_the_place_of_what_review_toml_allows(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    protocol = review / "review.toml"
    protocol.write_text(protocol.read_text().replace("calls = 10000", "calls = 2"))
    assert conspectus("classify", review, *MODEL).code == 3
    assert conspectus("classify", review, *MODEL, "--max-calls", 20).code == 0


def test_a_limit_in_dollars_needs_a_price_and_says_which_lines_to_add(
    review: Path, conspectus: Conspectus, stub: Stub
) -> None:
    ended = conspectus("build", review, "--model", "some-model", "--max-usd", 1)
    assert ended.code == 1
    assert "cannot be kept without the price of some-model: add `usd_per_million_input = ...`" in ended.message
    assert stub.stats()["total"] == 0


def test_the_price_of_another_model_is_not_this_ones(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    protocol = review / "review.toml"
    named = '[model]\nname = "some-model"\nusd_per_million_input = 1.0\nusd_per_million_output = 2.0'
    protocol.write_text(protocol.read_text().replace("[model]", named, 1))
    ended = conspectus("build", review, "--model", "other-model", "--max-usd", 1)
    assert ended.code == 1 and "(review.toml gives that of some-model)" in ended.message
    assert conspectus("build", review, "--max-usd", 1).code == 0
