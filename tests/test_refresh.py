"""A review that is refreshed: what it asks, what it leaves alone, what it says of it, and where it stops."""

import difflib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import Access, Review
from agent.errors import BudgetSpent
from agent.review import Limits, Protocol
from tests.command import Conspectus
from tests.living import MODEL, Corpus, Living
from tests.papers import GARDENS, PLOTS, TAXONOMY, contents, write_jsonl
from tests.shared import shared_folder
from tests.stub import Stub, running_stub

HONEST, KEEPING = (Path(__file__).with_name(f"{name}_model.py") for name in ("honest", "keeping"))
SMALL = 30
PLANTS = ["Asters", "Beans", "Chard", "Dahlias", "Endives", "Fennel", "Garlic", "Hyssop", "Irises", "Kale", "Leeks",
          "Mint", "Nettles", "Onions", "Peas", "Quinces", "Rue", "Sage", "Thyme", "Violets", "Yarrow"]  # fmt: skip


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running_stub(hook=HONEST) as running:
        yield running


@pytest.fixture
def gardens(tmp_path: Path) -> Path:
    """A review of six of eight papers, by the built-in model."""
    write_jsonl(tmp_path / "g.jsonl", PLOTS[:6])
    Review.create(tmp_path / "r", [tmp_path / "g.jsonl"], Protocol(title="Gardens"))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    Review.open(tmp_path / "r").build()
    return tmp_path / "r"


def test_nothing_new_asks_nothing_and_changes_no_byte(tmp_path: Path, stub: Stub, conspectus: Conspectus) -> None:
    Review.create(tmp_path / "r", [GARDENS], Protocol(title="Gardens", model=MODEL))
    review = Review.open(tmp_path / "r", Access(base_url=stub.url))
    review.build()
    before, n_asked = contents(tmp_path / "r"), stub.stats()["total"]
    done = review.refresh()
    assert (done.entry, contents(tmp_path / "r"), stub.stats()["total"]) == (None, before, n_asked)
    ended = conspectus("refresh", tmp_path / "r")
    assert (ended.code, ended.out) == (0, "nothing is new: 8 papers stand as they did, and nothing was asked\n")
    assert contents(tmp_path / "r") == before


def test_what_comes_in_is_written_down(gardens: Path, conspectus: Conspectus) -> None:
    write_jsonl(gardens.parent / "g.jsonl", PLOTS)
    ended = conspectus("refresh", gardens)
    text = (gardens / "CHANGES.md").read_text()
    assert ended.code == 0 and "2 papers came in" in ended.out and ended.out.endswith("written down in CHANGES.md\n")
    assert text.startswith("# Changes\n\n## 20") and text.count("\n## ") == 1
    assert {title for title, _ in PLOTS[6:]} <= set(re.findall(r"` ([A-Z][^,\n]+), in", text))
    assert conspectus("log", gardens, "--entry").out.strip() == text.partition("\n\n")[2].strip()
    assert conspectus("refresh", gardens).out.startswith("nothing is new: 8 papers")
    assert (gardens / "CHANGES.md").read_text() == text


def test_a_plan_writes_nothing_and_says_why(gardens: Path, conspectus: Conspectus) -> None:
    write_jsonl(gardens.parent / "g.jsonl", PLOTS)
    before = contents(gardens)
    told = conspectus("refresh", gardens, "--plan")
    found = json.loads(conspectus("refresh", gardens, "--plan", "--json").out)
    assert contents(gardens) == before
    assert told.out.startswith("2 papers new: ")
    assert found["calls"] == sum(found["prompts"].values()) > 0
    assert (found["prompts"]["classify_paper"], len(found["new"]), found["server"]) == (2, 2, "")
    assert "nothing would be asked" not in told.out


def test_what_is_committed_is_held_against_what_a_refresh_would_make(
    gardens: Path, tmp_path: Path, conspectus: Conspectus
) -> None:
    summary = tmp_path / "summary.md"
    before = contents(gardens)
    assert conspectus("refresh", gardens, "--locked", "--summary", summary).code == 0
    assert "✓ The committed survey is what a refresh would make." in summary.read_text()
    write_jsonl(gardens.parent / "g.jsonl", PLOTS)
    ended = conspectus("refresh", gardens, "--locked", "--summary", summary)
    assert ended.code == 3 and "a refresh would ask classify_paper: 2" in ended.out
    assert "g.jsonl: 8 records" in ended.out  # why
    assert contents(gardens) == before and "✗ The committed survey is not" in summary.read_text()


def test_a_byte_that_a_refresh_would_write_otherwise_is_named(gardens: Path, conspectus: Conspectus) -> None:
    page = gardens / "survey" / "survey.html"
    page.write_text(page.read_text().replace("Gardens", "Yards"))
    ended = conspectus("refresh", gardens, "--locked")
    assert (ended.code, ended.out.splitlines()[0]) == (3, "a refresh would write survey/survey.html otherwise")


def test_figures_below_their_minimum_end_with_their_own_code(gardens: Path, conspectus: Conspectus) -> None:
    protocol = gardens / "review.toml"
    said = protocol.read_text()
    protocol.write_text(f"{said}\n[minimums]\ncoverage = 0.5\nunanswered = 0\n")
    assert conspectus("refresh", gardens, "--locked").code == 0
    protocol.write_text(f"{said}\n[minimums]\ncoverage = 1.0\nagreement = 0.9\n")
    ended = conspectus("refresh", gardens, "--locked")
    assert ended.code == 3
    assert "agreement: not measured; review.toml asks for at least 90.0 %" in ended.out
    write_jsonl(gardens.parent / "g.jsonl", PLOTS)
    assert conspectus("refresh", gardens).code == 3
    for command in ("build", "check"):
        ended = conspectus(command, gardens)
        assert (ended.code, "agreement: not measured" in ended.out) == (3, True)


def test_a_broken_query_stops_it_before_anything_is_written(gardens: Path, conspectus: Conspectus) -> None:
    write_jsonl(gardens.parent / "g.jsonl", PLOTS)
    before = contents(gardens)
    ended = conspectus("refresh", gardens, "--max-new", 1)
    assert ended.code == 1 and "2 new papers" in ended.message and "--max-new 2" in ended.message
    assert contents(gardens) == before
    assert conspectus("refresh", gardens, "--max-new", 2).code == 0


def test_a_source_that_disappeared_keeps_its_papers_and_marks_them(gardens: Path, conspectus: Conspectus) -> None:
    write_jsonl(gardens.parent / "more.jsonl", PLOTS[6:])
    conspectus("add", gardens.parent / "more.jsonl", "-r", gardens)
    conspectus("refresh", gardens)
    (gardens.parent / "more.jsonl").unlink()
    ended = conspectus("refresh", gardens)
    gone = [paper for paper in Review.open(gardens).folder.corpus() if paper.gone]
    assert ended.code == 0 and {paper.title for paper in gone} == {title for title, _ in PLOTS[6:]}
    assert "2 papers are gone" in (gardens / "CHANGES.md").read_text().split("## ")[1]
    write_jsonl(gardens.parent / "more.jsonl", PLOTS[6:])
    assert conspectus("refresh", gardens, "--plan").out.startswith("2 papers back again: ")
    conspectus("refresh", gardens)
    assert not any(paper.gone for paper in Review.open(gardens).folder.corpus())


def test_what_git_takes_back_is_not_compared_with(gardens: Path, conspectus: Conspectus) -> None:
    """A night's entry that was thrown away, and a branch that never had it, are told as they stand."""
    git("init", "--quiet", cwd=gardens.parent)
    git("add", "--all", cwd=gardens.parent)
    git("commit", "--quiet", "--message", "one", cwd=gardens.parent)
    write_jsonl(gardens.parent / "g.jsonl", PLOTS)
    conspectus("refresh", gardens)
    entry = (gardens / "CHANGES.md").read_text()
    git("checkout", "--quiet", "r", cwd=gardens.parent)
    git("clean", "--quiet", "--force", "r", cwd=gardens.parent)
    assert not (gardens / "CHANGES.md").exists()
    assert conspectus("refresh", gardens).out.startswith("2 papers came in")
    assert (gardens / "CHANGES.md").read_text() == entry
    git("checkout", "--quiet", ".", cwd=gardens.parent)
    git("clean", "--quiet", "--force", "r", cwd=gardens.parent)
    assert conspectus("refresh", gardens, "--locked").code == 0
    assert conspectus("refresh", gardens).out.startswith("nothing is new: 6 papers")


def git(*words: str, cwd: Path) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=cwd, check=True)


def test_a_clone_without_its_sources_stands_as_it_is(gardens: Path, tmp_path: Path, conspectus: Conspectus) -> None:
    """The sources may lie outside of the repository; on the machine that had them, it tells that they are gone."""
    clone = tmp_path / "elsewhere" / "r"
    shutil.copytree(gardens, clone, ignore=shutil.ignore_patterns(".conspectus"))
    before = contents(clone)
    assert conspectus("refresh", clone, "--locked").code == 0
    assert conspectus("refresh", clone).out.startswith("nothing is new: 6 papers")
    assert contents(clone) == before
    (gardens.parent / "g.jsonl").unlink()
    assert conspectus("refresh", gardens).out.startswith("6 papers are gone")


def test_what_a_stopped_refresh_did_is_written_down_and_the_next_goes_on(
    tmp_path: Path, stub: Stub, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
    write_jsonl(tmp_path / "g.jsonl", PLOTS[:6])
    Review.create(tmp_path / "r", [tmp_path / "g.jsonl"], Protocol(title="G", model=MODEL, budget=Limits(calls=500)))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    assert conspectus("build", tmp_path / "r").code == 0
    write_jsonl(tmp_path / "g.jsonl", PLOTS)
    stopped = conspectus("refresh", tmp_path / "r", "--max-calls", 2)
    first = (tmp_path / "r" / "CHANGES.md").read_text()
    assert stopped.code == 3 and "2 papers came in" in first and "Unanswered" in first
    assert conspectus("refresh", tmp_path / "r").code == 0
    second = (tmp_path / "r" / "CHANGES.md").read_text()
    assert second.endswith(first.partition("# Changes\n\n")[2]) and "amended" in second.removesuffix(first)
    assert conspectus("refresh", tmp_path / "r").out.startswith("nothing is new")


@pytest.mark.parametrize("n_calls", [0, 2, 3, 6])
def test_wherever_the_budget_ends_what_stood_is_still_printed(tmp_path: Path, stub: Stub, n_calls: int) -> None:
    write_jsonl(tmp_path / "g.jsonl", PLOTS[:6])
    Review.create(tmp_path / "r", [tmp_path / "g.jsonl"], Protocol(title="G", model=MODEL))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    Review.open(tmp_path / "r", Access(base_url=stub.url)).build()
    before = printed(tmp_path / "r")
    write_jsonl(tmp_path / "g.jsonl", PLOTS)
    with pytest.raises(BudgetSpent):
        Review.open(tmp_path / "r", Access(base_url=stub.url, max_calls=n_calls)).refresh()
    assert before <= printed(tmp_path / "r")
    Review.open(tmp_path / "r", Access(base_url=stub.url)).refresh()
    after = printed(tmp_path / "r")
    assert before < after
    assert not Review.open(tmp_path / "r").folder.report().unanswered  # type: ignore[union-attr]


def printed(review: Path) -> set[str]:
    """The sentences of survey.md, each with its citations and signs."""
    return {line for line in (review / "survey" / "survey.md").read_text().splitlines() if line.startswith('<a id="c')}


def test_a_section_is_written_anew_when_asked_and_no_other(gardens: Path, conspectus: Conspectus) -> None:
    path = gardens / "survey" / "survey.json"
    draft = json.loads(path.read_text())
    section = next(one for one in draft["sections"] if one["id"] == "water")
    claims = section["parts"][0]["paragraphs"][0]["claims"]
    other = conspectus("refresh", gardens, "--rewrite", "nowhere")
    assert other.code == 1 and "nowhere" in other.message and "water" in other.message
    ended = conspectus("refresh", gardens, "--rewrite", "water")
    again = next(one for one in json.loads(path.read_text())["sections"] if one["id"] == "water")
    assert ended.code == 0 and again["parts"][0]["paragraphs"][0]["claims"] == claims  # the built-in model's words


def test_wrong_command_lines_say_what_is_right(gardens: Path, conspectus: Conspectus) -> None:
    assert conspectus("refresh", gardens, "--reask", "everything").code == 2
    assert conspectus("refresh", gardens, "--plan", "--locked").code == 2
    assert conspectus("refresh", gardens, "--plan", "--accept").code == 2
    ended = conspectus("refresh", gardens, "--accept")
    assert ended.code == 0 and "there is no taxonomy.patch to accept" in ended.err


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A few papers of one of the real dumps."""
    seeds = sorted((shared_folder() / "seeds").glob("*.txt"))
    corpus = Corpus.of(seeds[-1:], tmp_path_factory.mktemp("some") / "all")
    return Corpus(corpus.papers[:SMALL], corpus.taxonomy, corpus.cards)


@pytest.fixture
def whole(shared: Path, tmp_path: Path) -> Corpus:
    """All of them."""
    return Corpus.of(sorted((shared / "seeds").glob("*.txt")), tmp_path / "all")


def check_plans(corpus: Corpus, scratch: Path, held_back: tuple[int, ...]) -> None:
    """Papers come in: the calls are as planned and as foretold by rule, and other sections keep every byte."""
    with corpus.server(scratch) as stub:
        living = Living.begin(corpus, scratch / "living", stub, sum(held_back))
        n_papers = len(corpus.papers) - sum(held_back)
        for n_more in held_back:
            keys = {paper.key for paper in corpus.papers[n_papers : n_papers + n_more]}
            n_papers += n_more
            living.show(n_papers)
            before = living.sections()
            planned, asked, n_seen = living.planned_and_asked()
            assert (planned, sum(asked.values())) == (asked, n_seen)
            assert planned["classify_paper"] == n_more
            taxonomy = living.review.folder.taxonomy()
            assert taxonomy is not None
            reached = {f"section-{taxonomy.top(corpus.cards[key].category).id}" for key in keys}
            assert {name for name, text in living.sections().items() if before.get(name) != text} == reached


def test_calls_are_as_planned_and_other_sections_stay(some: Corpus, tmp_path: Path) -> None:
    check_plans(some, tmp_path, (1, 5))


@pytest.mark.long
def test_calls_are_as_planned_for_the_whole_corpus(whole: Corpus, tmp_path: Path) -> None:
    check_plans(whole, tmp_path, (1, 5, 50))


def check_half(corpus: Corpus, scratch: Path) -> None:
    """Half of the papers and then the rest, and all at once."""
    for name, n_first in (("halves", len(corpus.papers) // 2), ("whole", len(corpus.papers))):
        corpus.write(scratch / f"{name}.jsonl", corpus.papers[:n_first])
        review = Review.create(scratch / name, [scratch / f"{name}.jsonl"], Protocol(title="All"))
        (scratch / name / "taxonomy.yaml").write_text(corpus.taxonomy)
        review.build()
    corpus.write(scratch / "halves.jsonl", corpus.papers)
    Review.open(scratch / "halves").refresh()
    assert standing(scratch / "halves") == standing(scratch / "whole")


def standing(review: Path) -> list[str]:
    """The papers with their cards, without the names they have here."""
    folder = Review.open(review).folder
    cards = folder.cards()
    return sorted(
        paper.model_dump_json(exclude={"key", "aliases", "sources", "extra"})
        + cards[paper.key].model_dump_json(exclude={"key", "made"})
        for paper in folder.corpus()
    )


def test_halves_give_what_the_whole_gives(some: Corpus, tmp_path: Path) -> None:
    check_half(some, tmp_path)


@pytest.mark.long
def test_halves_give_what_the_whole_gives_for_the_whole_corpus(whole: Corpus, tmp_path: Path) -> None:
    check_half(whole, tmp_path)


def test_one_paper_more_in_a_section_of_twenty_changes_three_lines(tmp_path: Path) -> None:
    plots = [(f"{plant} under glass", f"{plant} grew in {plant} soil. It liked {plant} water.") for plant in PLANTS]
    write_jsonl(tmp_path / "g.jsonl", plots[:20])
    Review.create(tmp_path / "r", [tmp_path / "g.jsonl"], Protocol(title="Beds", model=MODEL))
    beds = "categories:\n  - {id: beds, name: Beds, definition: what grows in beds}\n"
    (tmp_path / "r" / "taxonomy.yaml").write_text(beds)
    page = tmp_path / "r" / "survey" / "survey.md"
    with running_stub(hook=KEEPING) as stub:
        review = Review.open(tmp_path / "r", Access(base_url=stub.url))
        review.build()
        before = page.read_text()
        write_jsonl(tmp_path / "g.jsonl", plots)
        done = review.refresh()
    assert [(one.id, len(one.came)) for one in done.changes.touched] == [("beds", 1)]
    lines = changed_lines(before, page.read_text())
    assert sum("Yarrow grew in Yarrow soil" in line for line in lines) == 1
    assert len(lines) <= 3, lines


def changed_lines(before: str, after: str) -> list[str]:
    """Lines that are new or other ones, outside tables and the references."""
    body, later = (text.split('<a id="references"></a>')[0].splitlines() for text in (before, after))
    return [line[2:] for line in difflib.ndiff(body, later) if line.startswith("+ ") and not line.startswith("+ |")]
