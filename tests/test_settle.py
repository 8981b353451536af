"""Two people's work on one review, merged by git: one review again, with nothing lost and nothing asked twice."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from agent.conflicts import LeftOpen, both_sides
from agent.errors import FolderError
from agent.folder import Folder
from agent.papers import Corpus, Paper, Place
from agent.question import Answer
from agent.report import FORMAT, Report, SourceReport
from agent.review import Card, Made, Protocol
from tests.asked import HOW_MANY, WHICH
from tests.command import Conspectus
from tests.nouns import CORPUS, card
from tests.papers import PLOTS, TAXONOMY, write_jsonl

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "r")
    folder.create(Protocol())
    folder.save_report(Report(program="1", format=FORMAT))
    return folder


def settled(folder: Folder) -> list[str]:
    """What a run says when it takes the folder into its hands."""
    said: list[str] = []
    with folder.held("build", said.append):
        pass
    return said


def lay(folder: Folder, name: str, *nouns: Paper | Card | Answer | str) -> None:
    """Lines as a merge leaves them."""
    lines = [noun if isinstance(noun, str) else noun.model_dump_json() for noun in nouns]
    (folder.path / name).write_text("".join(f"{line}\n" for line in lines))


def paper(key: str, title: str = "", **fields: object) -> Paper:
    told = {"title": title or f"On {key}", "abstract": f"All that is known of {key}.", "sources": (place("a.bib", 1),)}
    return Paper.model_validate({"key": key} | told | fields)


def place(file: str, position: int) -> Place:
    return Place(file=file, position=position)


def made(paper: Paper, category: str = "c", **fields: object) -> Card:
    """A card that nobody edited."""
    one = Card(key=paper.key, category=category, confidence=0.9)
    told = {"inputs": paper.digest, "content": one.digest, "model": "m"} | fields
    return one.model_copy(update={"made": Made.model_validate(told)})


def git(cwd: Path, *words: str, fails: bool = False) -> str:
    given = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = {f"GIT_{role}_{what}": f"t@{role}".lower() for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *words], cwd=cwd, env=os.environ | given | who, capture_output=True, text=True, check=not fails
    )
    return done.stdout + done.stderr


# The whole way: two clones, each with a paper more, merged.


@pytest.fixture
def shared(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A repository with two sources and a review of them, built."""
    repository = tmp_path / "shared"
    repository.mkdir()
    write_jsonl(repository / "mine.jsonl", PLOTS[:3])
    write_jsonl(repository / "yours.jsonl", PLOTS[3:6])
    conspectus("init", repository / "r", repository / "mine.jsonl", repository / "yours.jsonl")
    (repository / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    assert conspectus("build", repository / "r", "--offline").code == 0
    git(repository, "init", "-q", "-b", "main")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "built")
    return repository


def clone_with(shared: Path, name: str, conspectus: Conspectus, source: str, plots: list[tuple[str, str]]) -> Path:
    """A clone in which one more paper came in."""
    place = shared.parent / name
    git(shared.parent, "clone", "-q", str(shared), str(place))
    write_jsonl(place / source, plots)
    assert conspectus("build", place / "r", "--offline").code == 0
    git(place, "commit", "-qam", f"{name} adds a paper")
    return place


def one_build(tmp_path: Path, conspectus: Conspectus) -> Path:
    """The same papers, built at once."""
    whole = tmp_path / "whole"
    whole.mkdir()
    write_jsonl(whole / "mine.jsonl", [*PLOTS[:3], PLOTS[6]])
    write_jsonl(whole / "yours.jsonl", [*PLOTS[3:6], PLOTS[7]])
    conspectus("init", whole / "r", whole / "mine.jsonl", whole / "yours.jsonl")
    shutil.copy(tmp_path / "shared" / "r" / "taxonomy.yaml", whole / "r")
    assert conspectus("build", whole / "r", "--offline").code == 0
    return whole / "r"


@needs_git
@pytest.mark.parametrize("has_attributes", [True, False])
def test_two_builds_that_git_merged_are_the_build_of_all(
    tmp_path: Path, shared: Path, conspectus: Conspectus, *, has_attributes: bool
) -> None:
    if not has_attributes:  # a repository from before: git leaves its marks in the lines
        for name in (".gitattributes", "r/.gitattributes"):
            (shared / name).unlink(missing_ok=True)
        (shared / ".gitattributes").write_text("r/survey/** -merge\n")
        (shared / "r" / ".gitattributes").write_text("".join(f"{name} text\n" for name in LISTED))
        git(shared, "add", "-A")
        git(shared, "commit", "-qm", "no help for merges")
    mine = clone_with(shared, "mine", conspectus, "mine.jsonl", [*PLOTS[:3], PLOTS[6]])
    yours = clone_with(shared, "yours", conspectus, "yours.jsonl", [*PLOTS[3:6], PLOTS[7]])
    told = git(mine, "pull", "-q", "--no-rebase", str(yours), "main", fails=True)
    assert "r/report.json" in told or "r/survey" in told  # git says that one side was kept
    woven = [
        name
        for name in LISTED[:-1]
        if "<<<<<<<" in ((mine / "r" / name).read_text() if (mine / "r" / name).exists() else "")
    ]
    assert bool(woven) is not has_attributes, woven
    ended = conspectus("build", mine / "r", "--offline")
    assert ended.code == 0, ended.err
    assert has_attributes or "settled after a merge" in ended.err or "made anew" in ended.err
    whole = one_build(tmp_path, conspectus)
    for name in ("papers.jsonl", "cards.jsonl", "duplicates.jsonl"):
        assert (mine / "r" / name).read_bytes() == (whole / name).read_bytes(), name
    report = json.loads((mine / "r" / "report.json").read_text())
    assert report["n_papers"] == report["n_cards"] == len(PLOTS) and report["unanswered"] == []
    assert report["n_cited"] == json.loads((whole / "report.json").read_text())["n_cited"]
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", "merged")
    again = conspectus("build", mine / "r", "--offline")
    assert "merge" not in again.err and git(mine, "status", "--porcelain") == ""


LISTED = ("papers.jsonl", "cards.jsonl", "decisions.jsonl", "duplicates.jsonl", "answers.jsonl", "runs.jsonl",
          "shared-answers.jsonl", "report.json", "survey/**")  # fmt: skip


@needs_git
def test_git_is_told_how_to_merge_and_what_stood_there_stays(tmp_path: Path, conspectus: Conspectus) -> None:
    review = tmp_path / "r"
    review.mkdir()
    (review / ".gitattributes").write_text("*.bib text\npapers.jsonl merge=ours")
    conspectus("init", review, write_jsonl(tmp_path / "plots.jsonl"))
    lines = (review / ".gitattributes").read_text().splitlines()
    assert lines[:2] == ["*.bib text", "papers.jsonl merge=ours"]
    assert (
        {"cards.jsonl merge=union", "shared-answers.jsonl merge=union"} < set(lines)
        and "survey/** -merge" in lines
        and "papers.jsonl merge=union" not in lines
    )
    conspectus("build", review, "--offline")
    assert (review / ".gitattributes").read_text().splitlines() == lines
    git(review, "init", "-q")
    told = git(review, "check-attr", "merge", "papers.jsonl", "runs.jsonl", "report.json", "survey/survey.md")
    assert told.splitlines() == [
        "papers.jsonl: merge: ours",
        "runs.jsonl: merge: union",
        "report.json: merge: unset",
        "survey/survey.md: merge: unset",
    ]


@needs_git
def test_a_page_of_changes_is_not_woven_any_more(tmp_path: Path, conspectus: Conspectus) -> None:
    conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"))
    attributes = tmp_path / "r" / ".gitattributes"
    as_made = attributes.read_text()
    assert "CHANGES.md" not in as_made
    attributes.write_text(f"*.bib text\nCHANGES.md merge=union\n{as_made}")  # as an earlier version left it
    conspectus("build", tmp_path / "r", "--offline")
    assert attributes.read_text() == f"*.bib text\n{as_made}"


# CHANGES.md: two people's entries, whole and apart.

STYLES = ["merge", "diff3"]


def headings(page: str) -> list[str]:
    return [line for line in page.split("\n") if line.startswith("## ")]


def whole(page: str) -> set[str]:
    """The entries without their headings."""
    return {part.partition("\n")[2].strip() for part in page.split("\n## ")[1:]}


@needs_git
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("is_first", [True, False])
def test_two_refreshes_that_git_merged_keep_their_entries_apart(
    tmp_path: Path, shared: Path, conspectus: Conspectus, *, style: str, is_first: bool
) -> None:
    if not is_first:
        (shared / "r" / "CHANGES.md").write_text("# Changes\n\nOurs.\n\n## 2026-01-02\n\n**Papers added (1)**\n\n- x\n")
        git(shared, "add", "-A")
        git(shared, "commit", "-qm", "refreshed before")
    pages = []
    for name, source, plots in (("mine", "mine.jsonl", PLOTS[:3]), ("yours", "yours.jsonl", PLOTS[3:6])):
        place = shared.parent / name
        git(shared.parent, "clone", "-q", str(shared), str(place))
        write_jsonl(place / source, [*plots, PLOTS[6 if name == "mine" else 7]])
        assert conspectus("refresh", place / "r", "--offline").code == 0
        git(place, "add", "-A")
        git(place, "commit", "-qm", f"{name} refreshes")
        pages.append((place / "r" / "CHANGES.md").read_text())
    mine, day = tmp_path / "mine", headings(pages[0])[0]
    pull = ("pull", "-q", "--no-rebase", str(tmp_path / "yours"), "main")
    git(mine, "-c", f"merge.conflictStyle={style}", *pull, fails=True)
    changes = mine / "r" / "CHANGES.md"
    assert "<<<<<<<" in changes.read_text() and ("|||||||" in changes.read_text()) is (style == "diff3")
    ended = conspectus("refresh", mine / "r", "--offline")
    assert ended.code == 0, ended.err
    assert ended.err.count("CHANGES.md: settled after a merge, the entries of both sides are in it\n") == 1
    page = changes.read_text()
    assert whole(page) >= whole(pages[0]) | whole(pages[1])
    assert [one for one in headings(page) if one.startswith(day)][-2:] == [f"{day} (2)", day]
    assert page.index(max(whole(pages[0]), key=len)) < page.index(max(whole(pages[1]), key=len))
    assert page.startswith("# Changes\n\n## 20" if is_first else "# Changes\n\nOurs.\n\n## 20")
    assert is_first or headings(page)[-1] == "## 2026-01-02"
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", "merged")
    assert "merge" not in conspectus("refresh", mine / "r", "--offline").err and changes.read_text() == page


def marked_page(ours: str, theirs: str) -> str:
    return f"# Changes\n\n<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> theirs\n"


def healed(folder: Folder, text: str) -> str:
    (folder.path / "CHANGES.md").write_bytes(text.encode())
    settled(folder)
    return (folder.path / "CHANGES.md").read_bytes().decode()


def test_entries_are_placed_by_day_and_an_entry_of_both_stands_once(folder: Folder) -> None:
    ours = "## 2026-03-03\n\nO3.\n\n## 2026-03-01 (2)\n\nO1b.\n\n## 2026-03-01\n\nBoth.\n"
    theirs = "## 2026-03-04\n\nT4.\n\n## 2026-03-01 (2)\n\nT1b.\n\n## 2026-03-01\n\nBoth.\n"
    page = healed(folder, marked_page(ours, theirs))
    assert page == (
        "# Changes\n\n## 2026-03-04\n\nT4.\n\n## 2026-03-03\n\nO3.\n\n## 2026-03-01 (3)\n\nO1b.\n\n"
        "## 2026-03-01 (2)\n\nT1b.\n\n## 2026-03-01\n\nBoth.\n"
    )
    assert healed(folder, page) == page


def test_a_persons_words_are_kept_from_both(folder: Folder) -> None:
    ours = "Ours, of Mondays.\n\n## 2026-03-03\n\nO3.\n\n## Notes\n\nLook at moles.\n\n## Only ours\n\nYes.\n"
    theirs = "Theirs.\n\n## 2026-03-03\n\nT3.\n\n## Notes\n\nLook at voles.\n"
    page = healed(folder, marked_page(ours, theirs))
    for words in ("Ours, of Mondays.", "O3.", "Look at moles.", "## Only ours\n\nYes.", "Theirs.", "T3.", "at voles."):
        assert page.count(words) == 1, words
    assert headings(page) == ["## 2026-03-03 (2)", "## 2026-03-03", "## Notes", "## Only ours"]


def test_a_page_with_other_ends_of_lines_keeps_them(folder: Folder) -> None:
    page = healed(folder, marked_page("## 2026-03-03\n\nO.\n", "## 2026-03-03\n\nT.\n").replace("\n", "\r\n"))
    assert page == "# Changes\n\n## 2026-03-03 (2)\n\nO.\n\n## 2026-03-03\n\nT.\n".replace("\n", "\r\n")


@pytest.mark.parametrize(
    "page",
    [
        "# Changes\n\n## 2026-03-03\n\nO.\n\n## 2026-03-03\n\nT.\n\n\n",  # without marks it stays as it is
        "Changes\n=======\n\n## 2026-03-03\n\nO.\n",
    ],
)
def test_a_page_without_marks_is_not_touched(folder: Folder, page: str) -> None:
    assert healed(folder, page) == page


def test_half_a_mark_in_the_page_is_told_before_anything_is_written(folder: Folder) -> None:
    (folder.path / "CHANGES.md").write_text("# Changes\n\n<<<<<<< HEAD\n## 2026-03-03\n\nO.\n")
    with pytest.raises(FolderError, match=r"CHANGES\.md, line 3: a merge left a mark there, .*; keep one of"):
        settled(folder)


def test_a_review_that_could_not_be_made_leaves_nothing(tmp_path: Path, conspectus: Conspectus) -> None:
    (tmp_path / "empty.bib").write_text("")
    assert conspectus("init", tmp_path / "r", tmp_path / "empty.bib").code == 1
    assert not (tmp_path / "r").exists()


# Which of two lines stands.


def test_nothing_is_said_or_touched_where_nothing_is_to_be_settled(folder: Folder) -> None:
    folder.save_corpus(CORPUS, ())
    folder.save_cards([card("bees2021")])
    folder.save_answers([HOW_MANY, WHICH])
    folder.append_run({"when": "2026-11-01T00:00:00+00:00"})
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*.json*")}
    assert settled(folder) == []
    assert {path: path.stat().st_mtime_ns for path in folder.path.rglob("*.json*") if path.parent == folder.path} == {
        path: time for path, time in before.items() if path.parent == folder.path
    }


def test_lines_out_of_order_are_put_in_order_and_identical_ones_stand_once(folder: Folder) -> None:
    one, two = paper("one"), paper("two")
    lay(folder, "papers.jsonl", two, one, two)
    assert settled(folder) == ["papers.jsonl: settled after a merge, 3 lines became 2"]
    assert list(folder.corpus()) == [one, two]
    lay(folder, "cards.jsonl", card("two"), card("one"))
    assert settled(folder) == ["cards.jsonl: 2 lines put in order again"]
    assert settled(folder) == []


def test_of_two_papers_places_and_aliases_are_united_and_gone_is_what_both_say(folder: Folder) -> None:
    mine = paper("p", sources=(place("a.bib", 1), place("b.ris", 7)), aliases=("old",), gone=True)
    yours = paper("p", sources=(place("a.bib", 3), place("c.csv", 2)), aliases=("older", "old"))
    for order in ((mine, yours), (yours, mine)):
        lay(folder, "papers.jsonl", *order)
        settled(folder)
        (one,) = folder.corpus()
        assert {place.file for place in one.sources} == {"a.bib", "b.ris", "c.csv"}
        assert len([place for place in one.sources if place.file == "a.bib"]) == 1  # a line that moved, not two records
        assert (one.aliases, one.gone) == (("old", "older"), False)
    lay(folder, "papers.jsonl", mine, yours.model_copy(update={"gone": True}))
    settled(folder)
    assert folder.corpus()[0].gone


def test_after_papers_are_settled_the_sources_are_read_again(folder: Folder) -> None:
    folder.save_report(
        Report(program="1", format=FORMAT, sources=(SourceReport(name="a.bib", sha256="x", n_records=1),))
    )
    lay(folder, "papers.jsonl", paper("p"), paper("p", year=2020))
    settled(folder)
    report = folder.report()
    assert report and report.sources[0].sha256 == ""


def test_two_works_that_came_by_one_key_are_both_kept_each_with_its_card(folder: Folder) -> None:
    bees = paper("lee2024small", "Small bees", abstract="Bees are small.")
    moths = paper("lee2024small", "Small moths", abstract="Moths are smaller.")
    cards = {one.title: made(one, category) for one, category in ((bees, "bees"), (moths, "moths"))}
    results = []
    for order in ((bees, moths), (moths, bees)):
        lay(folder, "papers.jsonl", *order)
        lay(folder, "cards.jsonl", *(cards[one.title] for one in order))
        said = settled(folder)
        assert "other works under one key have another now: lee2024small-" in " ".join(said)
        corpus, kept = folder.corpus(), folder.cards()
        assert {one.title for one in corpus} == {"Small bees", "Small moths"}
        for one in corpus:
            assert kept[one.key].category == cards[one.title].category
            assert not kept[one.key].is_edited
        results.append((folder.path / "papers.jsonl").read_bytes() + (folder.path / "cards.jsonl").read_bytes())
    assert results[0] == results[1]


@pytest.mark.parametrize("turn", [1, -1])
def test_which_of_two_cards_stands(folder: Folder, turn: int) -> None:
    now = paper("p")
    edited = made(now, "first", day="2026-01-01").model_copy(update={"category": "second"})
    stale = made(now, "stale", inputs="0123", day="2026-09-09")
    early, late = made(now, "early", day="2026-03-03"), made(now, "late", day="2026-04-04")
    for better, worse in ((edited, late), (late, stale), (early, stale), (late, early), (early, made(now, "built in"))):
        lay(folder, "papers.jsonl", now)
        lay(folder, "cards.jsonl", *[better, worse][::turn])
        assert settled(folder) == ["cards.jsonl: settled after a merge, 2 lines became 1"]
        assert folder.cards() == {"p": better}
    same_day = [made(now, "x", day="2026-03-03"), made(now, "y", day="2026-03-03")]
    lay(folder, "cards.jsonl", *same_day[::turn])
    settled(folder)
    first = folder.cards()
    lay(folder, "cards.jsonl", *same_day[::-turn])
    settled(folder)
    assert folder.cards() == first


def test_of_two_answers_the_later_stands(folder: Folder) -> None:
    early = HOW_MANY.model_copy(update={"made": Made(day="2026-01-01"), "kept": True})
    late = HOW_MANY.model_copy(update={"made": Made(day="2026-02-02")})
    for order in ((early, late), (late, early)):
        lay(folder, "answers.jsonl", *order)
        settled(folder)
        assert folder.answers() == {HOW_MANY.id: late}
    kept = late.model_copy(update={"kept": True})
    lay(folder, "answers.jsonl", late, kept)
    settled(folder)
    assert folder.answers() == {HOW_MANY.id: kept}


def run(when: str, **fields: object) -> str:
    return json.dumps({"when": f"{when}T00:00:00+00:00"} | fields)


def test_runs_are_those_of_both_in_the_order_of_their_time(folder: Folder) -> None:
    first, mine, yours = run("2026-01-01"), run("2026-01-03", model="m"), run("2026-01-02", model="y")
    lay(folder, "runs.jsonl", first, mine, '{"when": "2026-01-0', first, yours)
    assert settled(folder) == ["runs.jsonl: settled after a merge, 5 lines became 4"]
    assert (folder.path / "runs.jsonl").read_text().splitlines() == [first, yours, mine, '{"when": "2026-01-0']
    assert settled(folder) == []


def conflict(ours: Iterable[str], theirs: Iterable[str], base: Iterable[str] | None = None) -> list[str]:
    middle = [] if base is None else ["||||||| 1234567", *base]
    return ["<<<<<<< HEAD", *ours, *middle, "=======", *theirs, ">>>>>>> theirs"]


@pytest.mark.parametrize("has_base", [True, False])
def test_of_what_stands_between_marks_both_sides_are_taken(folder: Folder, *, has_base: bool) -> None:
    one, two, three = (paper(key).model_dump_json() for key in ("one", "two", "three"))
    before = paper("zero").model_dump_json()
    lay(folder, "papers.jsonl", *conflict([one, two], [two, three], [before] if has_base else None))
    assert settled(folder) == ["papers.jsonl: settled after a merge, 4 lines became 3"]
    assert folder.corpus().keys() == ("one", "three", "two")


@pytest.mark.parametrize(
    "lines",
    [
        ["<<<<<<< HEAD", "{one}"],
        ["{one}", "=======", "{two}", ">>>>>>> theirs"],
        ["<<<<<<< HEAD", "{one}", ">>>>>>> theirs"],
        ["<<<<<<< HEAD", "<<<<<<< HEAD", "{one}", "=======", ">>>>>>> theirs"],
    ],
)
def test_marks_that_somebody_took_half_away_are_told_and_nothing_is_written(folder: Folder, lines: list[str]) -> None:
    papers = {key: paper(key).model_dump_json() for key in ("one", "two")}
    lay(folder, "papers.jsonl", *(papers.get(line.strip("{}"), line) for line in lines))
    lay(folder, "cards.jsonl", card("two"), card("one"))
    before = {path: path.read_bytes() for path in folder.path.glob("*") if path.is_file()}
    with pytest.raises(FolderError, match=r"papers\.jsonl, line \d: a merge left a mark there, .*; keep one of"):
        settled(folder)
    assert {path: path.read_bytes() for path in before} == before


def test_a_broken_line_is_told_with_its_number_and_nothing_is_written(folder: Folder) -> None:
    lay(folder, "papers.jsonl", paper("two"), paper("one"))
    lay(folder, "cards.jsonl", card("two"), '{"key": "half', card("one"))
    before = {path: path.read_bytes() for path in folder.path.glob("*.jsonl")}
    with pytest.raises(FolderError, match=r"cards\.jsonl, line 2: Invalid JSON.*; mend it, or take it back from git"):
        settled(folder)
    assert {path: path.read_bytes() for path in before} == before


def test_marks_are_said_to_be_settled_by_the_next_build_where_a_command_only_reads(folder: Folder) -> None:
    lay(folder, "papers.jsonl", *conflict([paper("one").model_dump_json()], [paper("two").model_dump_json()]))
    with pytest.raises(FolderError, match=r"papers\.jsonl, line 1: a merge left both versions.*`conspectus build`"):
        folder.corpus()


# Files that stand as a whole.


def test_a_report_of_no_text_is_made_anew(folder: Folder) -> None:
    (folder.path / "report.json").write_bytes(bytes(range(256)))
    assert settled(folder) == ["report.json is broken; it is made anew, and the sources are read again"]
    assert not (folder.path / "report.json").exists()


def test_of_a_conflict_over_no_lines_no_number_is_said(folder: Folder) -> None:
    (folder.path / "duplicates.jsonl").write_text("<<<<<<< HEAD\n=======\n>>>>>>> x\n")
    assert settled(folder) == ["duplicates.jsonl: settled after a merge"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "report.json is broken; "),
        ('{"program": 7}', "report.json is broken; "),
        ('<<<<<<< HEAD\n{"program": "1"}\n=======\n{}\n>>>>>>> x\n', "report.json was left with both versions by a"),
        (None, "report.json is not there; "),
    ],
)
def test_a_report_that_is_none_is_made_anew(tmp_path: Path, conspectus: Conspectus, text: str | None, why: str) -> None:
    conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"))
    conspectus("build", tmp_path / "r", "--offline")
    own = [path for path in (tmp_path / "r").rglob("*") if path.is_file() and ".conspectus" not in path.parts]
    files = {path: path.read_bytes() for path in own}
    report = tmp_path / "r" / "report.json"
    report.unlink() if text is None else report.write_text(text)
    ended = conspectus("build", tmp_path / "r", "--offline")
    assert ended.code == 0
    assert why in ended.err and "made anew, and the sources are read again" in ended.err
    assert {path: path.read_bytes() for path in files if path.name != "runs.jsonl"} == {
        path: data for path, data in files.items() if path.name != "runs.jsonl"
    }


def test_a_survey_with_both_versions_is_told_with_what_to_do(tmp_path: Path, conspectus: Conspectus) -> None:
    conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"))
    conspectus("build", tmp_path / "r", "--offline")
    survey = tmp_path / "r" / "survey" / "survey.json"
    whole = survey.read_text()
    for text in (f"<<<<<<< HEAD\n{whole}=======\n{whole}>>>>>>> theirs\n", whole[:-40]):
        survey.write_text(text)
        ended = conspectus("build", tmp_path / "r", "--offline")
        assert ended.code == 1
        assert "survey/survey.json: " in ended.message
        assert "`git checkout --ours survey/survey.json`" in ended.message and "without the file" in ended.message
        assert survey.read_text() == text


# Whatever order the lines come in, and however often.


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_two_peoples_lines_gives_the_same_bytes(folder: Folder, seed: int) -> None:
    draw = random.Random(seed)
    papers = [
        paper(
            draw.choice("abcd"),
            draw.choice(["On frogs", "On toads"]),
            abstract=draw.choice(["Frogs.", "Toads.", None]),
            sources=(place(draw.choice(["a.bib", "b.bib"]), draw.randint(1, 3)),),
            gone=draw.random() < 0.3,
        )
        for _ in range(12)
    ]
    cards = [made(one, draw.choice("xyz"), day=f"2026-01-0{draw.randint(1, 3)}") for one in papers]
    results = set()
    for _ in range(4):
        draw.shuffle(papers)
        draw.shuffle(cards)
        lay(folder, "papers.jsonl", *papers)
        lay(folder, "cards.jsonl", *cards)
        settled(folder)
        results.add((folder.path / "papers.jsonl").read_bytes() + (folder.path / "cards.jsonl").read_bytes())
        assert {one.title for one in folder.corpus()} == {one.title for one in papers}
        assert folder.cards().keys() == set(folder.corpus().keys())
        assert settled(folder) == []
    assert len(results) == 1
    assert isinstance(folder.corpus(), Corpus)


def test_marks_are_read_as_git_writes_them() -> None:
    def read(text: str) -> list[str]:
        return [line for _, line in both_sides(enumerate(text.split("\n"), 1))]

    assert read("a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\nd") == ["a", "b", "c", "d"]
    assert read("<<<<<<< x\r\nb\r\n=======\r\n>>>>>>> y\r") == ["b\r"]
    assert read("======== eight is none\n<<<<<<<none") == ["======== eight is none", "<<<<<<<none"]
    with pytest.raises(LeftOpen, match="line 2"):
        read("a\n>>>>>>> y")
