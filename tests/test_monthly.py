"""A limit in dollars on a month: all its runs together, whatever the clock says, and never more than was granted."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.connect import Access, budget_of, limits_of
from agent.errors import BudgetSpent, ProtocolError
from agent.folder import Folder
from agent.pipeline.monthly import within_month
from agent.review import Limits, ModelChoice, Protocol
from tests.command import Conspectus
from tests.papers import TAXONOMY, write_jsonl
from tests.stub import running_stub

PRICED = ModelChoice(name="m", usd_per_million_input=1.0, usd_per_million_output=10.0)
NOVEMBER = datetime(2026, 11, 21, 12, tzinfo=UTC)


def line(when: str, usd: float | None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    return {"when": when, "model": "m", "total": {"attempts": 3, "cost_usd": usd}} | fields


def left(tmp_path: Path, *runs: dict[str, Any] | str, now: datetime = NOVEMBER, own: float | None = None) -> Access:
    """The access of a run after these, of a review with ten dollars a month."""
    lines = [run if isinstance(run, str) else json.dumps(run) for run in runs]
    (tmp_path / "runs.jsonl").write_text("".join(f"{text}\n" for text in lines))
    return within_month(Access(max_usd=own), protocol(), Folder(tmp_path), now)


def protocol(**limits: Any) -> Protocol:  # noqa: ANN401  (the fields of Limits)
    return Protocol(model=PRICED, budget=Limits.model_validate({"usd_per_month": 10.0} | limits))


def usd(access: Access, review: Protocol | None = None) -> float | None:
    return limits_of(review or protocol(), access).usd


def test_what_the_month_took_is_not_there_for_this_run(tmp_path: Path) -> None:
    runs = [
        line("2026-11-20T00:00:00+00:00", 1.5),
        line("2026-10-31T23:59:59+00:00", 9.0),
        line("2026-11-01T00:00:00+00:00", 2.0, model="another model"),
        line("2026-10-31T23:30:00-02:00", 0.25),  # which is November in UTC
    ]
    access = left(tmp_path, *runs)  # not in the order of their time, as after a merge
    assert usd(access) == 6.25
    assert usd(left(tmp_path)) == 10.0
    assert usd(left(tmp_path, line("2026-11-20T00:00:00+00:00", 12.0))) == 0.0


def test_no_option_raises_it_and_a_lower_limit_holds(tmp_path: Path) -> None:
    run = line("2026-11-20T00:00:00+00:00", 4.0)
    assert usd(left(tmp_path, run, own=100.0)) == 6.0
    assert usd(left(tmp_path, run, own=2.0)) == 2.0
    assert usd(left(tmp_path, run), protocol(usd=3.0)) == 3.0


def test_a_review_without_such_a_limit_and_the_built_in_model_have_none(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert within_month(Access(), Protocol(model=PRICED), folder).month is None
    assert within_month(Access(offline=True), protocol(), folder).month is None


def test_the_month_is_not_earlier_than_that_of_the_last_run(tmp_path: Path) -> None:
    runs = [line("2026-12-02T00:00:00+00:00", 4.0), line("2026-11-20T00:00:00+00:00", 3.0)]
    access = left(tmp_path, *runs)
    assert access.month and (access.month.name, usd(access)) == ("2026-12", 6.0)


def test_the_time_of_a_run_that_is_written_down_never_runs_backwards(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for when in ("2026-12-02T00:00:00+00:00", "2026-11-21T00:00:00+00:00"):
        folder.append_run(line(when, 4.0))
    assert [run["when"] for run in folder.runs()] == 2 * ["2026-12-02T00:00:00+00:00"]
    assert usd(within_month(Access(), protocol(), folder, NOVEMBER)) == 2.0  # both count


def test_a_line_that_was_cut_off_spoils_none_that_is_added(tmp_path: Path) -> None:
    (tmp_path / "runs.jsonl").write_text('{"when": "2026-11-20T00:0')
    Folder(tmp_path).append_run(line("2026-11-21T00:00:00+00:00", 4.0))
    assert [run["total"]["cost_usd"] for run in Folder(tmp_path).runs() if isinstance(run["total"], dict)] == [4.0]


def test_a_run_of_unknown_cost_makes_the_month_unknown(tmp_path: Path) -> None:
    unknown = line("2026-11-03T10:00:00+00:00", None, model="other")
    access = left(tmp_path, unknown, line("2026-11-04T00:00:00+00:00", 1.0))
    with pytest.raises(ProtocolError) as refused:
        budget_of(protocol(), access, "m")
    said = str(refused.value)
    assert "a limit of 10 dollars a month cannot be kept" in said
    assert "the run of 2026-11-03T10:00:00+00:00 (other)" in said
    assert "under [model]" in said and "take `usd_per_month` out" in said
    assert usd(left(tmp_path, line("2026-10-03T10:00:00+00:00", None))) == 10.0  # a month that is over
    nothing_sent = line("2026-11-03T10:00:00+00:00", None, total={"attempts": 0, "cost_usd": None})
    assert usd(left(tmp_path, nothing_sent)) == 10.0


def test_the_price_that_is_given_now_is_that_of_earlier_runs_of_the_same_model(tmp_path: Path) -> None:
    paid = {"classify_paper": {"input_tokens": 1_000_000, "output_tokens": 100_000}}
    assert usd(left(tmp_path, line("2026-11-03T00:00:00+00:00", None, paid=paid))) == 8.0
    with pytest.raises(ProtocolError):
        embedded = paid | {"search_embed": {"input_tokens": 5, "output_tokens": 0}}
        budget_of(protocol(), left(tmp_path, line("2026-11-03T00:00:00+00:00", None, paid=embedded)), "m")


@pytest.mark.parametrize("cost", ["much", True, -1.0, float("nan"), [1]])
def test_a_cost_that_is_none_is_unknown(tmp_path: Path, cost: object) -> None:
    run = line("2026-11-03T00:00:00+00:00", None, total={"attempts": 1, "cost_usd": cost})
    with pytest.raises(ProtocolError, match="nobody knows"):
        budget_of(protocol(), left(tmp_path, run), "m")


def test_a_run_without_a_time_counts(tmp_path: Path) -> None:
    assert usd(left(tmp_path, line("yesterday", 4.0), {"total": {"attempts": 1, "cost_usd": 1.0}})) == 5.0


@pytest.mark.parametrize("broken", ['{"when": "2026-11-03T1', '{"when": "2026-1', "<<<<<<< HEAD", "[]", "[" * 100_000])
@pytest.mark.parametrize("number", [1, 3])  # the last line is that of a run that was killed
def test_a_line_that_cannot_be_read_makes_the_month_unknown(tmp_path: Path, broken: str, number: int) -> None:
    lines: list[dict[str, Any] | str] = [line(f"2026-11-0{day}T00:00:00+00:00", 1.0) for day in (3, 4)]
    access = left(tmp_path, *lines[: number - 1], broken, *lines[number - 1 :])
    with pytest.raises(ProtocolError) as refused:
        budget_of(protocol(), access, "m")
    said = str(refused.value)
    assert said.startswith(f"a limit of 10 dollars a month cannot be kept: runs.jsonl, line {number}, cannot be read")
    assert said.endswith("; mend the line, take the file back from git, or take the line out") and "\n" not in said


def test_what_ends_no_line_breaks_none(tmp_path: Path) -> None:
    odd = json.dumps(line("2026-11-03T00:00:00+00:00", 4.0, model="a\u2028b\x85c"), ensure_ascii=False)
    assert usd(left(tmp_path, odd + "\r", "", "  ", line("2026-11-04T00:00:00+00:00", 1.0))) == 5.0


def test_what_is_said_when_the_month_is_spent_names_its_sum_and_the_limit(tmp_path: Path) -> None:
    budget = budget_of(protocol(), left(tmp_path, line("2026-11-03T00:00:00+00:00", 9.5)), "m")
    budget.reserve(100_000, 10_000)
    with pytest.raises(BudgetSpent) as refused:
        budget.reserve(10_000_000, 0)
    said = str(refused.value)
    assert "the budget of $10 a month is spent: $9.5000 went in 2026-11 before this run" in said
    assert "raise `usd_per_month` under [budget] in review.toml, or go on next month" in said
    own = budget_of(protocol(), left(tmp_path, line("2026-11-03T00:00:00+00:00", 1.0), own=0.5), "m")
    with pytest.raises(BudgetSpent, match=r"the budget of \$0\.5 is spent"):
        own.reserve(10_000_000, 0)


def test_a_limit_on_a_month_needs_the_price(tmp_path: Path) -> None:
    nameless = Protocol(model=ModelChoice(name="unheard-of"), budget=Limits(usd_per_month=10.0))
    access = within_month(Access(), nameless, Folder(tmp_path), NOVEMBER)
    with pytest.raises(ProtocolError, match=r"a limit of 10 dollars a month cannot be kept without the price"):
        budget_of(nameless, access, "unheard-of")


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    toml = (tmp_path / "r" / "review.toml").read_text()
    toml = toml.replace("[budget]", "[budget]\nusd_per_month = 1.0")
    prices = "[model]\nusd_per_million_input = 1.0\nusd_per_million_output = 10.0"
    (tmp_path / "r" / "review.toml").write_text(toml.replace("[model]", prices))
    return tmp_path / "r"


def test_a_run_in_a_month_that_is_spent_sends_nothing(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with running_stub() as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        Folder(review).append_run(line(now, 0.9999, model="another"))
        ended = conspectus("build", review, "--model", "stub-model", "--max-usd", "50")
        assert ended.code == 3 and stub.stats()["total"] == 0
        assert re.search(r"budget of \$1 a month is spent: \$0\.9999 went in \d{4}-\d\d before this run", ended.err)
        (review / "runs.jsonl").unlink()
        assert conspectus("build", review, "--model", "stub-model").code == 0
        n_calls = stub.stats()["total"]
        assert n_calls > 0
        (run,) = Folder(review).runs()
        assert isinstance(run["total"], dict) and 0 < run["total"]["cost_usd"] < 1
        Folder(review).append_run(line(now, 5.0))
        assert conspectus("build", review, "--model", "stub-model").code == 0  # what stands asks nothing
        assert stub.stats()["total"] == n_calls


def test_a_run_beside_a_line_that_cannot_be_read_sends_nothing_until_it_is_mended(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.dumps(line(datetime.now(UTC).isoformat(timespec="seconds"), 0.25, model="another"))
    toml = (review / "review.toml").read_text()
    with running_stub() as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        (review / "runs.jsonl").write_text(f"{whole}\n{whole[:-9]}")
        ended = conspectus("build", review, "--model", "stub-model", "--max-usd", "0.5")
        assert ended.code == 1 and stub.stats()["total"] == 0
        assert "runs.jsonl, line 2, cannot be read" in ended.message
        assert "runs.jsonl, line 2, cannot be read" in conspectus("doctor", review, "--model", "stub-model").out
        assert conspectus("build", review, "--offline").code == 0  # which costs nothing
        (review / "review.toml").write_text(toml.replace("usd_per_month = 1.0\n", ""))
        assert conspectus("classify", review, "--model", "stub-model").code == 0
        n_calls = stub.stats()["total"]
        assert n_calls > 0  # without a limit on a month nothing hangs on the line
        (review / "review.toml").write_text(toml)
        assert conspectus("build", review, "--model", "stub-model").code == 1 and stub.stats()["total"] == n_calls
        mended = [text for text in (review / "runs.jsonl").read_text().splitlines() if text != whole[:-9]]
        (review / "runs.jsonl").write_text("".join(f"{text}\n" for text in mended))
        assert conspectus("build", review, "--model", "stub-model").code == 0 and stub.stats()["total"] > n_calls


def test_what_a_merge_left_in_the_runs_is_settled_before_it_is_counted(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    mine, yours = (json.dumps(line(now, cost, model="another")) for cost in (0.5, 0.4999))
    (review / "runs.jsonl").write_text(f"<<<<<<< HEAD\n{mine}\n=======\n{yours}\n>>>>>>> other\n")
    with running_stub() as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        ended = conspectus("build", review, "--model", "stub-model")
        assert ended.code == 3 and stub.stats()["total"] == 0
        assert "budget of $1 a month is spent: $0.9999 went in" in ended.err


def test_doctor_says_what_is_left_of_the_month(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    Folder(review).append_run(line(now, 0.75))
    ended = conspectus("doctor", review, "--model", "stub-model")
    assert "$0.25 a run, of $1.00 in " in ended.out and "of which $0.75 are spent" in ended.out
    Folder(review).append_run(line(now, None, model="other"))
    ended = conspectus("doctor", review, "--model", "stub-model")
    assert ended.code == 1 and "nobody knows what the run of" in ended.out
