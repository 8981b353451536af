"""What `conspectus log` says of runs, of months, and of the newest entry of CHANGES.md."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import Conspectus
from tests.papers import write_jsonl
from tests.terminal import at_a_terminal

COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]


def usage(calls: int, tokens: int, cost: float | None) -> dict[str, Any]:
    return {"calls": calls, "attempts": calls, "input_tokens": tokens, "output_tokens": 0, "cost_usd": cost}


def run(when: str, calls: int = 0, cost: float | None = 0.0, *, model: str = "gpt-9", **paid: int) -> str:
    stages = {name: usage(n, 10, None) for name, n in paid.items()}
    line = {"when": when, "program": "0.1.0", "model": model, "kept": 7, "total": usage(calls, 1_000 * calls, cost)}
    return json.dumps(line | {"paid": stages, "more": "than this version knows"}) + "\n"


OLD = run("2026-10-31T23:59:59+00:00", 40, 0.5, classify_paper=30, write_section=10)
NEW = run("2026-11-20T10:11:12+00:00", 5, 0.0312, classify_paper=2, write_amend=1, check_support=2)
UNPRICED = run("2026-11-01T00:30:00+02:00", 3, None, ask_gather=3)
"""Which was still October by UTC."""
OFFLINE = run("2026-11-21T08:00:00+00:00", model="extractive")


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"))
    return tmp_path / "r"


def test_newest_first_in_columns_with_months(review: Path, conspectus: Conspectus) -> None:
    (review / "runs.jsonl").write_text(NEW + OLD + UNPRICED + OFFLINE)
    ended = conspectus("log", review)
    assert ended.code == 0
    head, *lines = ended.out.splitlines()
    assert head.split() == ["when", "(UTC)", "program", "model", "calls", "kept", "tokens", "cost", "asked"]
    assert [line.split()[:2] for line in lines[:4]] == [
        ["2026-11-21", "08:00"],
        ["2026-11-20", "10:11"],
        ["2026-10-31", "23:59"],
        ["2026-10-31", "22:30"],
    ]
    assert lines[0].split()[3:] == ["extractive", "0", "7", "0", "-"]
    assert lines[1].endswith("gpt-9           5     7   5,000  $0.0312  cards 2, sections 1, check 2")
    assert lines[3].split()[7:] == ["unknown", "questions", "3"]
    assert lines[5].split() == ["month", "runs", "calls", "kept", "tokens", "cost"]
    assert lines[6].split() == ["2026-11", "2", "5", "14", "5,000", "$0.0312"]
    assert " ".join(lines[7].split()) == "2026-10 2 43 14 43k $0.5000 and 1 run of unknown price"


def test_a_month_beside_what_review_toml_allows(review: Path, conspectus: Conspectus) -> None:
    (review / "runs.jsonl").write_text(NEW)
    text = (review / "review.toml").read_text()
    (review / "review.toml").write_text(text.replace("[budget]", "[budget]\nusd_per_month = 5"))
    assert conspectus("log", review).out.splitlines()[-1].endswith("$0.0312 of $5.00")
    assert json.loads(conspectus("log", review, "--json").out)["months"][0]["limit_usd"] == 5.0


def test_so_many_and_what_is_left_out_is_counted(review: Path, conspectus: Conspectus) -> None:
    (review / "runs.jsonl").write_text("".join(run(f"2026-11-{day:02}T00:00:00+00:00", 1, 1.0) for day in range(1, 31)))
    lines = conspectus("log", review).out.splitlines()
    assert sum(line.startswith("  2026-11-") for line in lines) == 20
    assert "and 10 earlier runs; -n 0 shows all" in lines
    assert lines[-1].split() == ["2026-11", "30", "30", "210", "30k", "$30.0000"]
    assert sum(line.startswith("  2026-11-") for line in conspectus("log", review, "-n", "0").out.splitlines()) == 30
    found = json.loads(conspectus("log", review, "-n", "1", "--json").out)
    assert [one["when"] for one in found["runs"]] == ["2026-11-30T00:00:00Z"] and found["n_runs"] == 30


def test_lines_that_tell_of_no_run_are_counted_and_said(review: Path, conspectus: Conspectus) -> None:
    cut_off = NEW[:50] + "\n"
    (review / "runs.jsonl").write_text(f"{OLD}<<<<<<< HEAD\n{cut_off}[]\n" + '{"model": "no day"}\n' + f"{NEW}\n\n")
    ended = conspectus("log", review)
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "4 lines of runs.jsonl cannot be read, and are left out"
    assert json.loads(conspectus("log", review, "--json").out)["broken"] == 4


def test_before_any_run(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("log", review).out == "no run has asked anything yet\n"
    assert "holds no review.toml" in conspectus("log", review / "nowhere").message


def test_the_newest_entry_as_it_stands(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("log", review, "--entry")
    assert ended.code == 1 and ended.out == ""
    assert ended.message == f"{review}/CHANGES.md has no entry yet; a refresh that changes something writes one"
    (review / "CHANGES.md").write_text("# Changes\n\n## 2026-11-21\n\n- `a` *x*\n\n## 2026-11-20\n\nold\n")
    ended = conspectus("log", review, "--entry")
    assert (ended.code, ended.out) == (0, "## 2026-11-21\n\n- `a` *x*\n")
    assert json.loads(conspectus("log", review, "--entry", "--json").out)["entry"] == ended.out


def test_a_page_that_a_merge_left_open_is_refused(review: Path, conspectus: Conspectus) -> None:
    (review / "CHANGES.md").write_text("# Changes\n\n<<<<<<< HEAD\n## 2026-11-21\n=======\n## 2026-11-20\n>>>>>>> x\n")
    assert conspectus("log", review, "--entry").message.startswith("CHANGES.md, line 3: a merge left both versions")


def test_at_a_terminal_what_was_asked_stands_below_where_it_is_too_long(review: Path) -> None:
    long = run("2026-11-20T10:11:12+00:00", 99_999, 12.5, model="x" * 60, classify_paper=9_999, write_amend=99)
    (review / "runs.jsonl").write_text(long)
    code, seen = at_a_terminal([*COMMAND, "log", str(review)], 80)
    assert code == 0
    lines = seen.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[2] == "    asked: cards 9,999, sections 99"
