"""What a build would take: said before, and held against what it then took."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent import Access, Review
from agent.errors import Declined
from agent.llm.call import Usage
from agent.llm.inventory import take_inventory
from agent.llm.ledger import Sent
from agent.pipeline import estimate as module
from agent.pipeline.estimate import Estimate
from agent.pipeline.habits import Habits, Taken, habits_of, taken_of
from agent.review import Limits, ModelChoice, Protocol
from tests.papers import GARDENS, PLOTS, TAXONOMY
from tests.shared import shared_folder
from tests.stub import Stub, running_stub

HERE = Path(__file__).parent
HONEST, WORDY = HERE / "honest_model.py", HERE / "wordy_model.py"
PRICED = ModelChoice(name="stub-model", usd_per_million_input=1.0, usd_per_million_output=4.0)
DEMO = HERE.parent / "cassettes" / "demo"
WITHIN = 0.15


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running_stub(hook=HONEST) as running:
        yield running


@pytest.fixture
def gardens(tmp_path: Path) -> Path:
    """A review of eight papers under a taxonomy that a person wrote."""
    Review.create(tmp_path / "r", [GARDENS], Protocol(title="Gardens", model=PRICED))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    return tmp_path / "r"


def at(folder: Path, stub: Stub | None = None, **given: object) -> Review:
    return Review.open(folder, Access(base_url=stub.url if stub else None, **given))  # type: ignore[arg-type]


def contents(review: Path) -> dict[str, bytes]:
    """Every file, but for the cache's database, which notes for itself that it was opened."""
    files = [path for path in review.rglob("*") if path.is_file() and not path.name.startswith("cache.db")]
    return {str(path.relative_to(review)): path.read_bytes() for path in files}


def stages(found: Estimate) -> dict[str, tuple[int, int]]:
    """Calls, and those that are kept, by stage."""
    return {stage.stage: (stage.calls, stage.kept) for stage in found.stages}


@dataclass(frozen=True)
class Held:
    """An estimate after a pilot beside what the build then took."""

    said: Estimate
    took: Usage

    @property
    def errors(self) -> tuple[float, float]:
        """In tokens and in dollars, as shares of what was taken."""
        n_said = self.said.total.input_tokens + self.said.total.output_tokens
        n_took = self.took.input_tokens + self.took.output_tokens
        assert self.said.total.cost_usd is not None and self.took.cost_usd is not None
        return n_said / n_took - 1, self.said.total.cost_usd / self.took.cost_usd - 1


def held_after_a_pilot(folder: Path, files: list[Path], hook: Path) -> Held:
    Review.create(folder, files, Protocol(title="Seeds", model=PRICED))
    with running_stub(hook=hook) as stub:
        review = at(folder, stub)
        review.pilot(20)
        said = review.estimate()
        stub.reset()
        review.build()
        assert stub.stats()["total"] == review.spent.total.attempts
    return Held(said, review.spent.total)


@pytest.mark.parametrize(
    ("n_files", "hook"),
    [
        pytest.param(2, WORDY, id="73 papers, three times as much"),
        pytest.param(3, WORDY, id="286 papers, three times as much", marks=pytest.mark.long),
        pytest.param(3, HONEST, id="286 papers", marks=pytest.mark.long),
    ],
)
def test_after_a_pilot_the_estimate_is_within_fifteen_per_cent(tmp_path: Path, hook: Path, n_files: int) -> None:
    files = sorted((shared_folder() / "seeds").glob("*.txt"))[-n_files:]
    held = held_after_a_pilot(tmp_path / "r", files, hook)
    in_tokens, in_dollars = held.errors
    assert abs(in_tokens) <= WITHIN, f"{in_tokens:+.1%} of the tokens"
    assert abs(in_dollars) <= WITHIN, f"{in_dollars:+.1%} of the dollars"
    assert "20 cards that this model made here" in held.said.rests_on


def test_the_demo_is_estimated_as_its_answers_were(tmp_path: Path) -> None:
    """The one review of which real answers are recorded, by defaults that were taken from these."""
    Review.copy_demo(tmp_path / "demo")
    said = at(tmp_path / "demo", model="demo", record=tmp_path / "none.jsonl").estimate().total
    recorded = [json.loads(line)["reply"]["usage"] for line in (DEMO / "calls.jsonl").read_text().splitlines()]
    for name in ("input_tokens", "output_tokens", "calls"):
        assert getattr(said, name) == pytest.approx(sum(usage[name] for usage in recorded), rel=0.1)
    assert not (tmp_path / "none.jsonl").exists()


def test_nothing_is_sent_or_written_and_no_key_is_needed(gardens: Path, stub: Stub) -> None:
    before = contents(gardens)
    found = at(gardens, stub).estimate()
    assert stub.stats()["total"] == 0
    assert contents(gardens) == before
    assert at(gardens).estimate().server == "api.openai.com"
    assert stages(found)["cards"] == (len(PLOTS), 0)
    assert found.total.cost_usd == pytest.approx((found.total.input_tokens + 4 * found.total.output_tokens) / 1e6, 1e-3)


def test_the_calls_are_those_that_the_build_makes(gardens: Path, stub: Stub) -> None:
    """All but repairs, which nobody can foresee."""
    said = at(gardens, stub).estimate()
    review = at(gardens, stub)
    review.build()
    took = review.usage
    assert stages(said)["cards"][0] == took["classify_paper"].calls
    n_written = sum(usage.calls for prompt, usage in took.items() if prompt.startswith("write_"))
    assert stages(said)["sections"][0] == n_written
    assert stages(at(gardens, stub).estimate()) == {}


def test_what_is_on_this_machine_is_counted_as_kept_and_costs_nothing(gardens: Path, stub: Stub) -> None:
    review = at(gardens, stub)
    review.build()
    n_calls = review.spent.total.calls
    for name in ("cards.jsonl", "survey/survey.json", "report.json"):
        (gardens / name).unlink()
    before, kept = contents(gardens), take_inventory(gardens / ".conspectus" / "cache")
    found = at(gardens, stub).estimate()
    assert (found.total.calls, found.total.kept) == (n_calls, n_calls)
    assert (found.total.input_tokens, found.total.output_tokens, found.total.cost_usd) == (0, 0, 0.0)
    assert contents(gardens) == before
    assert take_inventory(gardens / ".conspectus" / "cache") == kept


def test_papers_that_came_later_are_all_that_is_due(tmp_path: Path, gardens: Path, stub: Stub) -> None:
    at(gardens, stub).build()
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"title": "Fences Against Deer", "abstract": "We put up fences. Deer stayed out."}))
    review = at(gardens, stub)
    review.add([more])
    found = review.estimate()
    assert stages(found)["cards"] == (1, 0)
    assert found.n_cards_due == 1
    assert "8 cards that this model made here" in found.rests_on


def test_the_built_in_model_and_the_demo_cost_nothing(tmp_path: Path, gardens: Path) -> None:
    free = at(gardens, offline=True).estimate()
    assert free.is_free and free.stages == () and free.total.cost_usd == 0.0
    Review.copy_demo(tmp_path / "demo")
    assert at(tmp_path / "demo").estimate().is_free


def test_an_unknown_price_is_unknown(gardens: Path) -> None:
    protocol = (gardens / "review.toml").read_text()
    (gardens / "review.toml").write_text("\n".join(line for line in protocol.splitlines() if "usd_per" not in line))
    found = at(gardens).estimate()
    assert found.price is None and found.total.cost_usd is None
    assert {stage.cost_usd for stage in found.stages} == {None}


def test_limits_are_those_of_the_options_where_they_are_given(gardens: Path) -> None:
    found = at(gardens, max_calls=7, max_usd=0.5).estimate()
    assert found.limits == Limits(calls=7, usd=0.5)


def test_the_categories_come_with_titles(gardens: Path) -> None:
    found = at(gardens).estimate()
    assert [category.name for category in found.categories] == ["Watering", "Pests"]
    titles = {title for title, _ in PLOTS}
    assert all(category.titles and titles.issuperset(category.titles) for category in found.categories)


def test_a_large_corpus_is_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((shared_folder() / "seeds").glob("*.txt"))[-2:]
    Review.create(tmp_path / "r", files, Protocol(title="Seeds", model=PRICED))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    whole = at(tmp_path / "r").estimate()
    monkeypatch.setattr(module, "MOST_PAPERS", 36)
    sampled = at(tmp_path / "r").estimate()
    assert stages(sampled)["cards"] == stages(whole)["cards"] == (73, 0)
    for name in ("input_tokens", "output_tokens"):
        assert getattr(sampled.total, name) == pytest.approx(getattr(whole.total, name), rel=WITHIN)


def test_a_program_decides_with_the_estimate_whether_to_go_on(gardens: Path, stub: Stub) -> None:
    shown: list[Estimate] = []

    def decline(found: Estimate) -> bool:
        shown.append(found)
        return False

    with pytest.raises(Declined, match="nothing more was sent"):
        at(gardens, stub).build(may_go_on=decline)
    assert stub.stats()["total"] == 0
    assert [found.n_cards_due for found in shown] == [len(PLOTS)]
    at(gardens, stub).build(may_go_on=lambda found: True)
    at(gardens, stub).build(may_go_on=decline)  # all cards stand: nobody is asked
    assert len(shown) == 1


def test_papers_that_are_not_sent_are_not_counted(gardens: Path, stub: Stub) -> None:
    protocol = (gardens / "review.toml").read_text()
    (gardens / "review.toml").write_text(protocol.replace("[[sources]]", '[[sources]]\nsend = "never"', 1))
    review = at(gardens, stub)
    assert stages(review.estimate()) == {}
    review.build()
    assert stub.stats()["total"] == 0


# What is measured, and what follows from it.


def test_a_second_pilot_asks_nothing_and_a_build_does_not_ask_its_papers_again(gardens: Path, stub: Stub) -> None:
    _, first = at(gardens, stub).pilot(3)
    _, second = at(gardens, stub).pilot(3)
    assert stub.stats()["total"] == 3
    assert [one.card.key for one in first] == [one.card.key for one in second]
    assert all(one.usage and one.usage.input_tokens for one in second)
    report, larger = at(gardens, stub).pilot(5)
    assert [one.card.key for one in larger][:3] == [one.card.key for one in first]
    assert stub.stats()["total"] == report.n_cards == 5
    assert report.unanswered == ()
    at(gardens, stub).build()
    assert stub.stats()["answered_again"] == 0


def test_what_an_earlier_run_left_outside_of_a_pilot_is_still_told(gardens: Path, stub: Stub) -> None:
    stub.config(fault="refusal:1")
    assert len(at(gardens, stub).build("classify").unanswered) == len(PLOTS)
    stub.config(fault="")
    report, cards = at(gardens, stub).pilot(3)
    assert (len(cards), len(report.unanswered)) == (3, len(PLOTS) - 3)


def test_a_model_that_thinks_is_expected_to_think_everywhere() -> None:
    cards = Taken(calls=20, input_tokens=20_000, output_tokens=3 * 282 * 20, sent=Sent(60_000, 25_000))
    habits = habits_of({"classify_paper": cards}, ())
    assert habits.effort == pytest.approx(3)
    usual = Habits().output_tokens("write_section", 10, Sent(9_000, 900))
    assert habits.output_tokens("write_section", 10, Sent(9_000, 900)) == pytest.approx(3 * usual)
    assert habits.output_tokens("classify_paper", 0, Sent(3_000, 1_250)) == pytest.approx(3 * 282)


@pytest.mark.parametrize(("text", "schema"), [(0.25, 0.0), (0.25, 0.25), (0.4, 0.1)])
def test_what_a_server_counts_of_text_and_of_form_is_told_apart(text: float, schema: float) -> None:
    def taken(n_calls: int, sent: Sent) -> Taken:
        n_in = n_calls * (text * sent.text_bytes + schema * sent.schema_bytes)
        return Taken(n_calls, round(n_in), 10, Sent(n_calls * sent.text_bytes, n_calls * sent.schema_bytes))

    measured = {"induce_propose": taken(3, Sent(90_000, 6_000)), "classify_paper": taken(20, Sent(6_000, 4_000))}
    expected = habits_of(measured, ()).input_tokens("write_section", Sent(30_000, 5_000))
    assert expected == pytest.approx(text * 30_000 + schema * 5_000, rel=0.01)


def test_too_few_calls_are_no_measure() -> None:
    few = {"classify_paper": Taken(2, 100, 9_000, Sent(9_000, 100))}
    assert habits_of(few, ()) == Habits()


def test_runs_of_another_model_of_older_versions_without_an_answer_or_of_any_other_form_are_left_out() -> None:
    paid = {"calls": 9, "input_tokens": 900, "output_tokens": 90, "text_bytes": 4_000, "schema_bytes": 10}
    runs: list[dict[str, object]] = [
        {"model": "m", "paid": {"classify_paper": paid}},
        {"model": "m", "paid": {"classify_paper": paid}},
        {"model": "other", "paid": {"classify_paper": paid}},
        {"model": "m", "paid": {"classify_paper": {"calls": 9, "input_tokens": 900, "output_tokens": 90}}},
        {"model": "m", "paid": {"classify_paper": paid | {"input_tokens": 0, "output_tokens": 0}}},
        {"model": "m", "paid": ["classify_paper"]},
        {"model": "m"},
        {},
    ]
    assert taken_of(runs, "m") == {"classify_paper": Taken(18, 1_800, 180, Sent(8_000, 20))}


def test_a_line_of_runs_jsonl_has_what_a_run_took_by_stage_and_size(gardens: Path, stub: Stub) -> None:
    at(gardens, stub).build()
    for name in ("cards.jsonl", "survey/survey.json"):
        (gardens / name).unlink()
    at(gardens, stub).build()
    fresh, cached = map(json.loads, (gardens / "runs.jsonl").read_text().splitlines())
    assert list(fresh["stages"]) == ["cards", "sections", "check"]
    assert fresh["stages"]["cards"]["fresh"] == {
        name: fresh["paid"]["classify_paper"][name] for name in fresh["stages"]["cards"]["fresh"]
    }
    assert fresh["price"] == "the prices in review.toml"
    assert fresh["paid"]["classify_paper"]["text_bytes"] > 8 * 2_000
    assert cached["paid"] == {} and cached["total"]["calls"] == 0
    assert cached["stages"]["cards"]["cached"] == pytest.approx(fresh["stages"]["cards"]["fresh"])
    assert "fresh" not in cached["stages"]["cards"]


def test_the_page_of_runs_can_be_cut_off(gardens: Path, stub: Stub) -> None:
    at(gardens, stub).pilot(6)
    with (gardens / "runs.jsonl").open("a") as runs:
        runs.write('{"when": "2026-01-01", "mod')
    assert "6 cards" in at(gardens, stub).estimate().rests_on
