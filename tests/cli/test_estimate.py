"""`conspectus estimate`: what a person reads of what a build would take."""

import json
from pathlib import Path

import pytest

from agent.cli.estimate import about, told
from agent.pipeline.estimate import Estimate, StageEstimate
from agent.review import Limits
from tests.command import Conspectus
from tests.papers import PLOTS, TAXONOMY, write_jsonl


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review of eight papers under a taxonomy that a person wrote."""
    assert conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl")).code == 0
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    return tmp_path / "r"


def stage(name: str, calls: int, *, kept: int = 0, tokens: int = 1_234, usd: float | None = 0.0123) -> StageEstimate:
    return StageEstimate(
        stage=name, calls=calls, kept=kept, input_tokens=tokens, output_tokens=tokens // 10, cost_usd=usd
    )


def estimate(*stages: StageEstimate, total: StageEstimate, **given: object) -> Estimate:
    fields: dict[str, object] = {
        "model": "m",
        "server": "example.org",
        "n_papers": 8,
        "n_cards_due": 8,
        "stages": stages,
        "total": total,
        "repair_tokens": 0,
        "rests_on": "the demo alone",
        "price": "the list price of 2026-01-02 for m",
        "limits": Limits(),
        "categories": (),
    }
    return Estimate.model_validate(fields | given)


def test_it_says_calls_tokens_and_dollars_by_stage(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("estimate", review, "--model", "gpt-4o-mini")
    assert ended.code == 0, ended.err
    shown = ended.out.splitlines()
    assert shown[0] == "gpt-4o-mini at api.openai.com would be asked, about:"
    assert shown[1].split() == ["calls", "tokens", "sent", "written", "price"]
    assert [line.split()[0] for line in shown[2:6]] == ["cards", "sections", "check", "all"]
    assert shown[2].split()[1] == str(len(PLOTS))
    assert "this rests on the demo alone" in ended.out and "--pilot 20" in ended.out
    assert "the list price of 2025-07-04 for gpt-4o-mini, which your server may not keep" in ended.out
    assert "at the most: 10,000 calls, 50,000,000 tokens" in ended.out
    assert shown[-1] == f"next: conspectus build {review} --model gpt-4o-mini"
    assert "nothing is sent" in ended.err


def test_a_program_reads_the_same(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("estimate", review, "--model", "gpt-4o-mini", "--max-usd", 2, "--json")
    found = json.loads(ended.out)
    assert [one["stage"] for one in found["stages"]] == ["cards", "sections", "check"]
    assert found["total"]["calls"] == sum(one["calls"] for one in found["stages"])
    assert found["limits"]["usd"] == 2 and found["n_cards_due"] == len(PLOTS)
    assert [one["name"] for one in found["categories"]] == ["Watering", "Pests"]


def test_a_model_without_a_price_gets_the_lines_to_add(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("estimate", review, "--model", "some-model")
    assert ended.code == 0
    assert "the price of some-model is unknown: add `usd_per_million_input = ...`" in ended.out
    assert "$" not in ended.out


def test_a_limit_in_dollars_on_a_model_without_a_price_is_told_to_be_refused(
    review: Path, conspectus: Conspectus
) -> None:
    ended = conspectus("estimate", review, "--model", "some-model", "--max-usd", 1)
    assert "until then a build with a limit in dollars is refused" in ended.out
    assert ended.out.splitlines()[-1] == f"next: conspectus build {review} --model some-model --max-usd 1.0"


@pytest.mark.parametrize("usd", ["inf", "1e309", "nan"])
def test_a_limit_that_is_no_number_is_a_wrong_command_line(review: Path, conspectus: Conspectus, usd: str) -> None:
    ended = conspectus("estimate", review, "--model", "gpt-4o-mini", "--max-usd", usd, "--json")
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("model", "usd_per_million_input = inf"),
        ("model", "usd_per_million_output = 1e308"),
        ("model", "timeout_s = 1e12"),
        ("budget", "usd = inf"),
    ],
)
def test_a_figure_that_nobody_can_mean_is_told(review: Path, conspectus: Conspectus, table: str, line: str) -> None:
    protocol = review / "review.toml"
    protocol.write_text(protocol.read_text().replace(f"[{table}]", f"[{table}]\n{line}", 1))
    ended = conspectus("estimate", review, "--model", "gpt-4o-mini")
    assert ended.code == 1
    assert ended.message.startswith(f"review.toml: {table}.{line.split(' =')[0]} = ")


def test_a_cache_that_cannot_be_read_is_told_and_is_no_estimate(review: Path, conspectus: Conspectus) -> None:
    cache = review / ".conspectus" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "cache.db").write_text("no database")
    ended = conspectus("estimate", review, "--model", "gpt-4o-mini")
    assert (ended.code, ended.out) == (1, "")
    assert "cannot be read" in ended.message


def test_the_built_in_model_costs_nothing(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("estimate", review)
    assert (ended.code, ended.out) == (0, "the built-in model answers: nothing is sent, and nothing costs\n")


def test_a_folder_without_a_review_is_told(tmp_path: Path, conspectus: Conspectus) -> None:
    ended = conspectus("estimate", tmp_path, "--model", "some-model")
    assert ended.code == 1 and "no review.toml" in ended.message


def test_nothing_left_to_ask_is_said() -> None:
    assert told(estimate(total=stage("all", 0, tokens=0, usd=0.0))) == ["nothing is left to ask: all of it stands"]


def test_what_is_kept_has_a_column_of_its_own_only_where_something_is() -> None:
    cards = stage("cards", 8, kept=3)
    assert "kept here" in told(estimate(cards, total=cards))[1]
    assert "kept here" not in told(estimate(stage("cards", 8), total=stage("all", 8)))[1]


def test_what_repairs_take_is_told_apart() -> None:
    lines = told(estimate(stage("check", 8), total=stage("all", 8), repair_tokens=123_456))
    assert "about 120,000 of these tokens are for repairs, and not needed where every claim holds" in lines


@pytest.mark.parametrize(
    ("limits", "passed"),
    [(Limits(calls=5), "calls"), (Limits(tokens=900), "tokens"), (Limits(usd=0.01), "dollars"), (Limits(), None)],
)
def test_a_limit_that_will_end_the_run_is_named(limits: Limits, passed: str | None) -> None:
    lines = told(estimate(stage("cards", 8), total=stage("all", 8), limits=limits))
    warning = f"that is more than the limit in {passed} allows, so one run will not do"
    assert (warning in lines) == (passed is not None)
    assert any("one run will not do" in line for line in lines) == (passed is not None)


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        (0, "0"),
        (7, "7.0"),
        (42, "42"),
        (1_234, "1,200"),
        (2_670_603, "2,700,000"),
        (0.5207, "0.52"),
        (0.00123, "0.0012"),
    ],
)
def test_two_digits_are_all_that_anybody_knows(figure: float, shown: str) -> None:
    assert about(figure) == shown
