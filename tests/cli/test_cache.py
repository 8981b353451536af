import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.llm.cache import Cached
from agent.llm.call import Reply
from tests.command import Conspectus
from tests.llm.sample import VALID, call
from tests.scripted import Scripted
from tests.test_settle import git, needs_git

TODAY = datetime.now(UTC).date()


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    source = tmp_path / "one.csv"
    source.write_text("title,abstract,year\nRed Roses,We grew red roses all winter. They flowered in March.,2020\n")
    assert conspectus("init", tmp_path / "review", source).code == 0
    return tmp_path / "review"


def keep(review: Path, n: int, *, prompt: str = "classify_paper", n_days_ago: int = 0, first: int = 0) -> None:
    asked = [call(f"Paper number {number}", prompt=prompt) for number in range(first, first + n)]
    day = (TODAY - timedelta(days=n_days_ago)).isoformat()
    with Cached(Scripted(lambda call: Reply(VALID, "m", day)), review / ".conspectus" / "cache") as cached:
        list(cached.send_all(asked))


def test_what_is_kept_is_said_by_prompt_and_model(review: Path, conspectus: Conspectus) -> None:
    keep(review, 2)
    keep(review, 1, prompt="write_section")
    ended = conspectus("cache", review)
    assert ended.code == 0
    assert "classify_paper  stub-model  2 replies  " in ended.out
    assert "write_section  stub-model  1 reply  " in ended.out
    assert ended.out.splitlines()[-1].startswith("3 replies, ")
    told = json.loads(conspectus("cache", review, "--json").out)
    assert [(one["prompt"], one["n_replies"]) for one in told] == [("classify_paper", 2), ("write_section", 1)]


def test_from_inside_the_folder_no_folder_is_named(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(review, 3)
    monkeypatch.chdir(review)
    assert conspectus("cache").out.splitlines()[-1].startswith("3 replies, ")
    assert "3 replies written to kept.jsonl, 0 there already" in conspectus("cache", "export", "kept.jsonl").out
    assert conspectus("cache", "import", "kept.jsonl").out == "0 replies new, 3 known, 0 different\n"
    assert conspectus("cache", "prune", "--older-than", "30d").out.startswith("0 of 3 replies taken out, 0 bytes")


def test_answers_go_from_one_review_to_another(review: Path, conspectus: Conspectus, tmp_path: Path) -> None:
    keep(review, 3)
    file, other = tmp_path / "answers.jsonl", tmp_path / "other"
    conspectus("init", other, tmp_path / "one.csv")
    assert json.loads(conspectus("cache", "export", file, "-r", review, "--json").out)["n_new"] == 3
    assert conspectus("cache", "import", file, "-r", other).out == "3 replies new, 0 known, 0 different\n"
    assert conspectus("cache", other).out.splitlines()[-1].startswith("3 replies, ")


OWN = ("answers.jsonl", "cards.jsonl", "report.json", "review.toml", "survey/new.jsonl", ".conspectus/new.jsonl")


@pytest.mark.parametrize("name", OWN)
def test_no_answer_is_written_into_a_file_of_the_reviews_own(review: Path, conspectus: Conspectus, name: str) -> None:
    keep(review, 1)
    before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file() and "cache" not in path.parts}
    ended = conspectus("cache", "export", review / name, "-r", review)
    assert (ended.code, len(ended.err.splitlines()), ended.out) == (1, 1, "")
    assert f"{name} is the review's own, and nothing was written" in ended.message
    assert ended.message.endswith(f"e.g. {review / 'shared-answers.jsonl'}")
    for words in (["build", review], ["refresh", review], ["ask", "Why?", "-r", review]):
        ended = conspectus(*words, "--model", "m", "--record", review / name)
        assert ended.code == 1 and "is the review's own, and nothing was written" in ended.message
    after = {path: path.read_bytes() for path in review.rglob("*") if path.is_file() and "cache" not in path.parts}
    assert after == before


def test_the_reviews_own_answers_are_not_taken_in(review: Path, conspectus: Conspectus) -> None:
    (review / "answers.jsonl").write_text('{"id": "x"}\n')
    ended = conspectus("cache", "import", review / "answers.jsonl", "-r", review)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)
    assert "is the review's own; name a file that `cache export` or --record wrote" in ended.message


def test_the_folder_itself_is_no_file_to_write(review: Path, conspectus: Conspectus) -> None:
    keep(review, 1)
    ended = conspectus("cache", "export", review, "-r", review)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)


@needs_git
@pytest.mark.parametrize("name", ["shared-answers.jsonl", "team/our calls [1].jsonl"])
@pytest.mark.parametrize("is_first", [True, False])
def test_what_two_clones_export_git_merges_without_a_conflict(
    review: Path, conspectus: Conspectus, tmp_path: Path, name: str, *, is_first: bool
) -> None:
    (review / ".gitattributes").write_text("*.csv text\n")  # of a review from before
    git(review, "init", "-q", "-b", "main")
    if not is_first:  # the file is there already, before the two go apart
        keep(review, 5, first=10)
        said = conspectus("cache", "export", review / name, "-r", review).out.splitlines()
        assert "so that what two people export merges; commit both" in said[-1]
        assert len(conspectus("cache", "export", review / name, "-r", review).out.splitlines()) == 1
    git(review, "add", "-A")
    git(review, "commit", "-qm", "a review")
    clones = [tmp_path / "mine", tmp_path / "yours"]
    for number, clone in enumerate(clones):  # each is given five answers that the other has not, and three of both
        git(tmp_path, "clone", "-q", str(review), str(clone))
        keep(clone, 5, first=20 + 10 * number)
        keep(clone, 3, first=40)
        assert conspectus("cache", "export", clone / name, "-r", clone).code == 0
        git(clone, "add", "-A")
        git(clone, "commit", "-qm", "what was answered")
    mine, yours = clones
    git(mine, "pull", "-q", "--no-rebase", "--no-edit", str(yours), "main")  # which raises where there is a conflict
    assert "<<<<" not in (mine / name).read_text() + (mine / ".gitattributes").read_text()
    n = 13 if is_first else 18
    other = tmp_path / "other"
    conspectus("init", other, tmp_path / "one.csv")
    assert conspectus("cache", "import", mine / name, "-r", other).out.startswith(f"{n} replies new, ")
    assert conspectus("cache", "export", mine / name, "-r", mine).code == 0
    lines = (mine / name).read_text().splitlines()
    assert lines == sorted(set(lines), key=lambda line: str(json.loads(line)["key"])) and len(lines) == n
    (attribute,) = [
        line for line in (mine / ".gitattributes").read_text().splitlines() if "shared" in line or "our" in line
    ]
    assert attribute.endswith(" merge=union")


@needs_git
def test_two_replies_to_one_call_merge_too_and_the_first_stays(
    review: Path, conspectus: Conspectus, tmp_path: Path
) -> None:
    git(review, "init", "-q", "-b", "main")
    git(review, "add", "-A")
    git(review, "commit", "-qm", "a review")
    for n_days_ago, name in enumerate(("mine", "yours")):
        git(tmp_path, "clone", "-q", str(review), name)
        keep(tmp_path / name, 2, n_days_ago=n_days_ago)
        conspectus("cache", "export", tmp_path / name / "shared-answers.jsonl", "-r", tmp_path / name)
        git(tmp_path / name, "add", "-A")
        git(tmp_path / name, "commit", "-qm", name)
    mine = tmp_path / "mine"
    git(mine, "pull", "-q", "--no-rebase", "--no-edit", str(tmp_path / "yours"), "main")
    shutil.rmtree(mine / ".conspectus" / "cache")
    file = mine / "shared-answers.jsonl"
    assert len(file.read_text().splitlines()) == 4
    conspectus("cache", "export", file, "-r", mine)
    days = [json.loads(line)["reply"]["day"] for line in file.read_text().splitlines()]
    assert days == 2 * [(TODAY - timedelta(days=1)).isoformat()]


def test_beside_the_review_git_is_told_nothing_but_the_user_is(
    review: Path, conspectus: Conspectus, tmp_path: Path
) -> None:
    keep(review, 1)
    assert len(conspectus("cache", "export", tmp_path / "x.jsonl", "-r", review).out.splitlines()) == 1
    (tmp_path / ".git").mkdir()
    file = tmp_path / "team" / "x.jsonl"
    ended = conspectus("cache", "export", file, "-r", review, "--json")
    hint = f"add `team/x.jsonl merge=union` to {tmp_path / '.gitattributes'}, so that what two people export merges"
    assert json.loads(ended.out)["n_new"] == 1 and ended.err == f"{hint}\n"
    assert conspectus("cache", "export", file, "-r", review).out.splitlines()[1:] == [hint]
    (tmp_path / ".gitattributes").write_text("team/x.jsonl merge=union\n")
    assert len(conspectus("cache", "export", file, "-r", review).out.splitlines()) == 1


def test_what_the_reviews_owner_says_of_the_merge_stays(review: Path, conspectus: Conspectus) -> None:
    keep(review, 1)
    (review / ".gitattributes").write_text('"our calls.jsonl" -merge\n')
    assert len(conspectus("cache", "export", review / "our calls.jsonl", "-r", review).out.splitlines()) == 1
    assert (review / ".gitattributes").read_text() == '"our calls.jsonl" -merge\n'


def test_a_tampered_file_is_an_error_of_one_line(review: Path, conspectus: Conspectus, tmp_path: Path) -> None:
    keep(review, 1)
    file = tmp_path / "answers.jsonl"
    conspectus("cache", "export", file, "-r", review)
    file.write_text(file.read_text().replace("Paper number 0", "Paper number 1"))
    ended = conspectus("cache", "import", file, "-r", review)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)
    assert "line 1: its key is not that of its call" in ended.message


def test_prune_takes_what_was_asked_for_and_nothing_by_itself(review: Path, conspectus: Conspectus) -> None:
    keep(review, 4, n_days_ago=100)
    keep(review, 2, prompt="gone_prompt")
    keep(review, 1, prompt="check_support")
    asked = conspectus("cache", "prune", "-r", review)
    assert (asked.code, "--older-than 90d, --gone-prompts, or both" in asked.err) == (2, True)
    tried = conspectus("cache", "prune", "--older-than", "90d", "--gone-prompts", "--dry-run", "-r", review)
    assert tried.out.splitlines() == [
        "to go: classify_paper  stub-model  4 replies",
        "to go: gone_prompt  stub-model  2 replies",
        "6 of 7 replies would be taken out; nothing was",
    ]
    assert "7 replies" in conspectus("cache", review).out
    old = conspectus("cache", "prune", "--older-than", "12w", "-r", review)
    assert "4 of 7 replies taken out" in old.out
    told = json.loads(conspectus("cache", "prune", "--gone-prompts", "-r", review, "--json").out)
    assert (told["n_chosen"], told["n_replies"], told["by_prompt"]) == (2, 3, [["gone_prompt", "stub-model", 2]])
    assert conspectus("cache", review).out.splitlines()[-1].startswith("1 reply, ")


@pytest.mark.parametrize("age", ["90", "d", "-3d", "3m", "1.5d", "", "99999w"])
def test_an_age_that_is_none_is_a_wrong_command_line(review: Path, conspectus: Conspectus, age: str) -> None:
    ended = conspectus("cache", "prune", f"--older-than={age}", "-r", review)
    if age == "99999w":
        assert ended.code == 0
    else:
        assert ended.code == 2
        assert "it looks like 90d (days) or 12w (weeks)" in " ".join(ended.err.split())


def test_where_nothing_is_kept_all_of_it_works(review: Path, conspectus: Conspectus, tmp_path: Path) -> None:
    assert conspectus("cache", review).out.startswith("0 replies, 0 bytes on the disk, in ")
    exported = conspectus("cache", "export", tmp_path / "x.jsonl", "-r", review)
    assert (exported.code, exported.out) == (0, "no reply is kept here yet; nothing was written\n")
    assert conspectus("cache", "prune", "--gone-prompts", "-r", review).out.startswith("0 of 0 replies taken out")
    assert not (tmp_path / "x.jsonl").exists()
    assert not (review / ".conspectus" / "cache").exists()


@pytest.mark.parametrize("words", [(), ("export", "x.jsonl"), ("import", "in.jsonl"), ("prune", "--older-than", "1d")])
def test_a_damaged_database_is_an_error_of_one_line(
    review: Path, conspectus: Conspectus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    keep(review, 1)
    conspectus("cache", "export", "in.jsonl", "-r", review)
    (review / ".conspectus" / "cache" / "cache.db").write_text("this is not a database " * 100)
    ended = conspectus("cache", *words, *(("-r",) if words else ()), review)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)
    assert "the cache in " in ended.message and "delete that folder" in ended.message


@pytest.mark.parametrize("words", [(), ("export", "x.jsonl"), ("prune", "--older-than", "1d")])
def test_a_cache_that_is_closed_to_us_is_an_error_of_one_line(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def closed(path: Path, **_: object) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    keep(review, 1)
    is_file = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: closed(path) if path.name == "cache.db" else is_file(path))
    ended = conspectus("cache", *words, *(("-r",) if words else ()), review)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)
    assert "Permission denied" in ended.message and "give yourself the right" in ended.message


def test_a_folder_called_like_a_word_is_given_with_its_place(
    review: Path, conspectus: Conspectus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(review, 1)
    review.rename(tmp_path / "export")
    monkeypatch.chdir(tmp_path)
    assert conspectus("cache", "./export").out.splitlines()[-1].startswith("1 reply, ")
    assert conspectus("cache", "export").code == 2


def test_help_names_the_words(conspectus: Conspectus) -> None:
    helped = conspectus("cache", "--help").out
    for word in ("[FOLDER]", "export", "import", "prune"):
        assert f"  {word}  " in helped
