"""What an edit of taxonomy.yaml costs, counted by a server: one test for each row of what it may."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent import Access, Review
from agent.classify import LAST
from agent.errors import BudgetSpent
from agent.folder import Folder
from agent.pipeline.run import Run
from agent.pipeline.wish import Wish
from agent.review import Card, ModelChoice, Protocol
from tests.command import Conspectus
from tests.papers import GARDENS
from tests.stub import Stub, running_stub

HOOK = Path(__file__).with_name("placing_model.py")
COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]
PATIENCE_S = 60

BEFORE = """\
# what we agreed on in May
categories:
  - id: water
    name: Watering
    definition: how gardens are watered   # Anna's part
  - id: pests
    name: Pests
    definition: keeping pests away
    children:
      - {id: aphids, name: Aphids, definition: against aphids}
      - {id: slugs, name: Slugs, definition: against slugs}
  - id: sowing
    name: Sowing
    definition: what is sown beside what
  - id: other
    name: Other
    definition: none of these
facets:
  kind:
    codes:
      trial: a study that measures or compares
      review: a review of other work
"""
SOWING = """\
  - id: sowing
    name: Sowing
    definition: what is sown beside what
"""
SLUGS = "      - {id: slugs, name: Slugs, definition: against slugs}\n"
KIND = BEFORE[BEFORE.index("  kind:") :]
ALL = {"Mulch", "Drip", "Clay", "Night", "Hoverfly", "Copper", "Companion", "Netting"}

Changes = list[tuple[str, str]]


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    with running_stub(hook=HOOK) as running:
        yield running


@pytest.fixture(scope="module")
def carded(server: Stub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review of eight papers, each with its card."""
    folder = tmp_path_factory.mktemp("carded") / "r"
    Review.create(folder, [GARDENS], Protocol(title="Gardens", model=ModelChoice(name="stub-model")))
    (folder / "taxonomy.yaml").write_text(BEFORE)
    at(folder, server).build("classify")
    return folder


@dataclass
class Edited:
    """A copy of the review that a person edits and brings up to date."""

    folder: Path
    stub: Stub

    def write(self, *changes: tuple[str, str]) -> None:
        """Change words of taxonomy.yaml, each of which stands there once."""
        file = self.folder / "taxonomy.yaml"
        text = file.read_text()
        for before, after in changes:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        file.write_text(text)

    def build(self, until: str = "classify", **access: Any) -> tuple[dict[str, int], set[str]]:  # noqa: ANN401
        """What the server was asked, by prompt, and the papers whose cards are new, by a word of their titles."""
        before = self.cards
        review = at(self.folder, self.stub, **access)
        planned = review.plan().prompts
        self.stub.reset()
        report = review.build(until)
        asked = {prompt: usage.attempts for prompt, usage in review.usage.items() if usage.attempts}
        assert _of_cards(asked) == _of_cards(planned)
        assert sum(asked.values()) == self.stub.stats()["total"]
        after = self.cards
        bears = {card.made.taxonomy for card in after.values()}
        assert bears | {LAST} == report.taxonomies.keys()
        return asked, {word for word in after if _answer(after[word]) != _answer(before[word])}

    @property
    def cards(self) -> dict[str, Card]:
        corpus = Folder(self.folder).corpus()
        titles = {paper.key: str(paper.title) for paper in corpus}
        return {next(word for word in ALL if word in titles[k]): one for k, one in Folder(self.folder).cards().items()}


def _of_cards(calls: dict[str, int]) -> dict[str, int]:
    return {prompt: n for prompt, n in calls.items() if prompt.startswith("classify_")}


def _answer(card: Card) -> tuple[str, frozenset[str]]:
    """What a card was asked for."""
    return card.made.call, frozenset(card.facets)


def at(folder: Path, stub: Stub, **given: Any) -> Review:  # noqa: ANN401  (the fields of an Access)
    return Review.open(folder, Access(base_url=stub.url, **given))


@pytest.fixture
def review(tmp_path: Path, carded: Path, server: Stub) -> Edited:
    shutil.copytree(carded, tmp_path / "r")
    server.config(latency_ms=0)
    return Edited(tmp_path / "r", server)


FREE = [
    pytest.param([("name: Watering", "name: Watering and irrigation")], id="a name"),
    pytest.param([("- id: water\n", "- id: irrigation  # was water\n    was: [water]\n")], id="an id"),
    pytest.param([("- id: pests\n", "- id: enemies\n    was: pests\n")], id="an id with narrower ones"),
    pytest.param([(SOWING, ""), ("facets:", f"{SOWING}facets:")], id="the order"),
    pytest.param([("# what we agreed on in May", "# in June"), ("# Anna's part", "# Ben's")], id="comments"),
    pytest.param([("name: Sowing", "name: Sowing\n    examples: [A Survey of Companion Planting]")], id="examples"),
    pytest.param([("name: Sowing", "name: Sowing\n    terms: [companion, beside]")], id="terms"),
    pytest.param([(SOWING, ""), ("- id: water\n", "- id: water\n    was: sowing\n")], id="two in one"),
    pytest.param([(SLUGS, ""), ("- id: pests\n", "- id: pests\n    was: [slugs]\n")], id="one in that above it"),
    pytest.param([(f"facets:\n{KIND}", "")], id="a facet less"),
]


@pytest.mark.parametrize("changes", FREE)
def test_what_changes_no_meaning_asks_for_no_card(review: Edited, changes: Changes) -> None:
    review.write(*changes)
    text = (review.folder / "taxonomy.yaml").read_text()
    assert review.build()[0] == {}
    assert (review.folder / "taxonomy.yaml").read_text() == text
    ids = Folder(review.folder).taxonomy().ids  # type: ignore[union-attr]
    cards = review.cards
    assert len(cards) == 8 and not any(card.is_edited for card in cards.values())
    assert all({card.category, *card.also} <= set(ids) for card in cards.values())
    before = {path: path.read_bytes() for path in review.folder.glob("*.json*")}
    assert review.build()[0] == {}
    assert {path: path.read_bytes() for path in review.folder.glob("*.json*")} == before


def test_a_merge_moves_the_cards_and_what_others_name_beside(review: Edited) -> None:
    assert review.cards["Hoverfly"].also == review.cards["Clay"].also == ("sowing",)
    review.write(
        (SOWING, ""), ("- id: water\n", "- id: water\n    was: sowing\n"), ("are watered", "are watered, sown")
    )
    assert review.build()[0] == {}
    cards = review.cards
    assert cards["Companion"].category == "water"
    assert cards["Hoverfly"].also == ("water",) and cards["Clay"].also == ()
    review.write(("are watered, sown", "are watered and sown"))
    assert review.build() == ({"classify_paper": 6}, {"Mulch", "Drip", "Clay", "Night", "Companion", "Hoverfly"})


CHARGED = [
    pytest.param(
        [("are watered ", "get their water ")], {"Mulch", "Drip", "Clay", "Night"}, id="a definition of a category"
    ),
    pytest.param([("sown beside what", "planted there")], {"Companion", "Hoverfly", "Clay"}, id="one that others name"),
    pytest.param([("pests away", "all pests away")], set(), id="a definition of one above others"),
    pytest.param([(SLUGS, "")], {"Copper"}, id="deleted"),
    pytest.param([(SOWING, "")], {"Companion"}, id="deleted, and named by others"),
    pytest.param(
        [(SLUGS, "      - {id: nets, definition: nets}\n      - {id: traps, definition: traps}\n")],
        {"Copper"},
        id="split in place",
    ),
    pytest.param(
        [("# Anna's part\n", "\n    children: [{id: soil, definition: soil}, {id: lines, definition: lines}]\n")],
        {"Mulch", "Drip", "Clay", "Night"},
        id="split into narrower ones",
    ),
    pytest.param(
        [("facets:", "  - {id: nets, definition: what is kept out by nets}\nfacets:")],
        {"Night", "Netting"},
        id="a new category",
    ),
]


@pytest.mark.parametrize(("changes", "papers"), CHARGED)
def test_what_changes_a_meaning_asks_for_the_papers_it_is_about(
    review: Edited, changes: Changes, papers: set[str]
) -> None:
    review.write(*changes)
    before = review.cards
    n_calls = {"classify_paper": len(papers)} if papers else {}
    assert review.build() == (n_calls, papers)
    assert {word: card.facts for word, card in review.cards.items()} == {w: card.facts for w, card in before.items()}
    assert review.build() == ({}, set())


def test_a_new_facet_is_one_call_a_paper_for_it_alone(review: Edited) -> None:
    before = review.cards
    review.write(("facets:\n", "facets:\n  size:\n    codes: {small: fits a balcony, large: does not}\n"))
    assert review.build() == ({"classify_facets": 8}, ALL)
    after = review.cards
    assert all(card.facets == before[word].facets | {"size": "small"} for word, card in after.items())
    assert all(card.made.call == before[word].made.call for word, card in after.items())
    assert review.build() == ({}, set())
    review.write(("small: fits", "tiny: fits"))
    assert review.build()[0] == {"classify_facets": 8}
    assert {card.facets["size"] for card in review.cards.values()} == {"tiny"}


def test_two_edits_at_once_are_paid_once_each(review: Edited) -> None:
    review.write(
        ("facets:\n", "facets:\n  size:\n    codes: {small: fits a balcony, large: does not}\n"),
        ("are watered ", "get their water "),
        (SLUGS, ""),
    )
    assert review.build() == ({"classify_paper": 5, "classify_facets": 3}, ALL)
    assert all(card.facets["size"] == "small" for card in review.cards.values())
    assert review.build() == ({}, set())


def test_a_merge_into_a_category_that_came_in_later_asks_for_no_card(review: Edited) -> None:
    review.write(("facets:", "  - {id: beds, definition: how beds are made}\nfacets:"))
    assert review.build()[1] == {"Night", "Netting"}
    review.write(
        (SOWING, ""), ("{id: beds, definition: how beds", "{id: beds, was: sowing, definition: how large beds")
    )
    assert review.build()[0] == {}
    assert review.cards["Companion"].category == "beds"
    review.write(("how large beds", "how small beds"))
    assert review.build()[1] == {"Companion", "Hoverfly", "Clay"}


def test_a_facet_asked_before_a_definition_changes_is_not_asked_twice(review: Edited) -> None:
    review.write(("facets:\n", "facets:\n  size:\n    codes: {small: fits a balcony, large: does not}\n"))
    assert review.build()[0] == {"classify_facets": 8}
    review.write(("are watered ", "get their water "))
    assert review.build() == ({"classify_paper": 4}, {"Mulch", "Drip", "Clay", "Night"})


def test_an_edit_taken_back_asks_nothing(review: Edited) -> None:
    change = ("are watered ", "get their water ")
    review.write(change)
    review.write(change[::-1])
    assert review.build() == ({}, set())
    review.write(change)
    assert review.build()[0] == {"classify_paper": 4}
    review.write(change[::-1])
    assert review.build()[0] == {}  # they are due, and their answers are kept


def test_another_model_asks_nothing(review: Edited) -> None:
    assert review.build(model="stub-model-2") == ({}, set())


# A run that does not come to its end.


def test_what_a_run_that_was_stopped_left_is_asked_by_the_next(review: Edited) -> None:
    review.write(("are watered ", "get their water "), ("sown beside what", "planted there"))
    with pytest.raises(BudgetSpent):
        review.build(max_calls=2)
    asked, papers = review.build()
    assert asked == {"classify_paper": 4} and len(papers) == 4
    assert review.build() == ({}, set())


@pytest.mark.parametrize(
    ("then", "n_calls"),
    [
        pytest.param([("get their water ", "are watered ")], 0, id="taken back"),
        pytest.param([("sown beside what", "planted there")], 6, id="another beside it"),
        pytest.param([("- id: water\n", "- id: irrigation\n    was: water\n")], 4, id="renamed beside it"),
    ],
)
def test_killed_half_way_the_next_edit_counts_from_what_stands(review: Edited, then: Changes, n_calls: int) -> None:
    before = review.cards
    review.write(("are watered ", "get their water "))
    review.stub.reset()
    review.stub.config(latency_ms=400)
    environment = {"OPENAI_BASE_URL": review.stub.url, "PATH": ""}
    with subprocess.Popen(
        [*COMMAND, "classify", str(review.folder)], env=environment, stderr=subprocess.DEVNULL
    ) as run:
        deadline = time.monotonic() + PATIENCE_S
        while not review.stub.stats()["total"] and time.monotonic() < deadline:
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
    assert review.cards == before
    review.stub.config(latency_ms=0)
    review.write(*then)
    asked, papers = review.build()
    assert asked == ({"classify_paper": n_calls} if n_calls else {})
    assert len(papers) == n_calls


def test_an_edit_is_seen_where_the_first_run_ended_before_its_report(
    review: Edited, monkeypatch: pytest.MonkeyPatch
) -> None:
    (review.folder / "cards.jsonl").unlink()
    (review.folder / "report.json").unlink()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Run, "finish", _interrupted)
        at(review.folder, review.stub).build("classify")
    assert len(review.cards) == 8
    review.write(("are watered ", "get their water "))
    assert review.build()[0] == {"classify_paper": 4}


def _interrupted(run: Run) -> None:
    raise KeyboardInterrupt


def test_a_review_that_knows_no_taxonomies_of_then_asks_nothing_and_learns_them(review: Edited) -> None:
    report = json.loads((review.folder / "report.json").read_text())
    del report["taxonomies"]
    (review.folder / "report.json").write_text(json.dumps(report))
    review.write(("are watered ", "get their water "))
    assert review.build() == ({}, set())
    review.write(("get their water ", "are kept wet "))
    assert review.build()[0] == {"classify_paper": 4}


# The survey over the cards.


def test_a_rename_and_a_facet_write_nothing_anew(review: Edited) -> None:
    assert review.build("build")[0]["write_section"] == 4
    review.write(("- id: water\n", "- id: irrigation\n    was: [water]\n"), ("name: Pests", "name: Enemies"))
    assert review.build("build") == ({}, set())
    sections = Folder(review.folder).draft().sections  # type: ignore[union-attr]
    assert [section.id for section in sections] == ["irrigation", "pests", "sowing", "other"]
    assert "Enemies" in (review.folder / "survey" / "survey.md").read_text()
    review.write(("facets:\n", "facets:\n  size:\n    codes: {small: fits a balcony, large: does not}\n"))
    assert review.build("build")[0] == {"classify_facets": 8}


def test_while_a_card_that_is_due_stays_unanswered_the_one_before_is_written_from(review: Edited) -> None:
    review.build("build")
    page = review.folder / "survey" / "survey.md"
    sentences = [line for line in page.read_text().splitlines() if "finds that" in line]
    review.write(("are watered ", "get their water "), ("against slugs", "against snails"))
    with pytest.raises(BudgetSpent):
        review.build("build", max_calls=0)
    assert sentences and [line for line in page.read_text().splitlines() if "finds that" in line] == sentences
    report = Folder(review.folder).report()
    assert report is not None and report.n_cards == report.n_cited == 8
    assert [one.stage for one in report.unanswered] == ["classify_paper"] * 5


@pytest.mark.parametrize(
    ("change", "n_calls"),
    [
        (("facets:\n", "facets:\n  size:\n    codes: {small: fits a balcony, large: does not}\n"), 8),
        (("are watered ", "get their water "), 4),
        (("- id: water\n", "- id: irrigation\n    was: [water]\n"), 0),
    ],
)
def test_an_estimate_counts_the_calls_of_an_edit(review: Edited, change: tuple[str, str], n_calls: int) -> None:
    review.write(change)
    before = review.cards
    stages = at(review.folder, review.stub).estimate().stages
    assert sum(stage.calls for stage in stages if stage.stage == "cards") == n_calls
    assert review.cards == before


# What a person edited.


def test_a_card_that_a_person_edited_is_named_before_it_is_made_again(
    review: Edited, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", review.stub.url)
    _edit_cards(review, why="I read it")
    review.write(("facets:", "  - {id: nets, definition: what is kept out by nets}\nfacets:"))
    assert review.build() == ({}, set())
    review.write(("against slugs", "against snails"))
    ended = conspectus("classify", review.folder)
    assert f"edited by hand, and to be made again all the same: {review.cards['Copper'].key}\n" in ended.err
    assert review.cards["Copper"].why == "its title"
    assert review.cards["Netting"].why == "I read it"


def test_a_merge_keeps_what_a_person_wrote(review: Edited) -> None:
    _edit_cards(review, why="I read it")
    review.write((SOWING, ""), ("- id: water\n", "- id: water\n    was: sowing\n"), (f"facets:\n{KIND}", ""))
    assert review.build()[0] == {}
    assert all(card.why == "I read it" and card.is_edited and not card.facets for card in review.cards.values())
    assert review.cards["Companion"].category == "water"


def _edit_cards(review: Edited, **fields: str) -> None:
    file = review.folder / "cards.jsonl"
    cards = [json.loads(line) | fields for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps(card, ensure_ascii=False) + "\n" for card in cards))


def test_new_wordings_ask_nothing_until_they_are_asked_for(review: Edited, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card knows the wording that it was made by; the one of today is another after an update of the program."""
    lines = [json.loads(line) for line in (review.folder / "cards.jsonl").read_text().splitlines()]
    for line in lines:
        line["made"]["prompt"] = "an older one"
    (review.folder / "cards.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    assert review.build()[0] == {}
    again = Wish(is_refresh=True, reask=frozenset({"classify"}))
    shutil.rmtree(review.folder / ".conspectus" / "cache")
    planned = at(review.folder, review.stub).plan(again).prompts
    review.stub.reset()
    done = at(review.folder, review.stub)
    done.refresh(again)
    assert planned["classify_paper"] == done.usage["classify_paper"].attempts == 8
    assert all(card.made.prompt != "an older one" for card in review.cards.values())


@pytest.mark.parametrize("changes", [*FREE[:8], FREE[9]])
def test_what_changes_no_meaning_is_free_down_to_the_last_sentence(review: Edited, changes: Changes) -> None:
    """All stages, counted as planned; a merge is apart, for the section that takes papers in says something of them."""
    at(review.folder, review.stub).build()
    sentences = _sentences(review.folder)
    review.write(*changes)
    planned = at(review.folder, review.stub).plan()
    review.stub.reset()
    at(review.folder, review.stub).refresh()
    n_asked = review.stub.stats()["total"]
    if "was: sowing" not in str(changes):
        assert (planned.n_calls, n_asked, _sentences(review.folder)) == (0, 0, sentences)
    else:  # this model says of a paper the same wherever it stands, so that the texts over all have nothing new
        assert not _of_cards(planned.prompts) and 0 < n_asked <= planned.n_calls


def _sentences(folder: Path) -> list[str]:
    draft = Folder(folder).draft()
    assert draft is not None
    return sorted(claim.text for passage in draft.passages for claim in passage.claims)
