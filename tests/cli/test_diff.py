"""What `conspectus diff` says of a review between two commits, and what of a folder that has none."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import Conspectus
from tests.papers import PLOTS, TAXONOMY, write_jsonl
from tests.terminal import at_a_terminal

COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]


def git(folder: Path, *words: str) -> str:
    own = ("-c", "user.name=A Person", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *own, "-C", str(folder), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A repository with a review of six papers in a folder of it, committed; then one came in and was committed."""
    top = tmp_path / "our work"
    review = top / "living review"
    review.parent.mkdir()
    source = write_jsonl(tmp_path / "plots.jsonl", PLOTS[:6])
    conspectus("init", review, source)
    (review / "taxonomy.yaml").write_text(TAXONOMY)
    assert conspectus("build", review, "--offline").code == 0
    git(top, "init", "-q")
    commit(top, "first")
    write_jsonl(source, PLOTS[:7])
    assert conspectus("build", review, "--offline").code == 0
    return review


def test_what_came_since_a_commit_in_a_folder_of_a_repository(repository: Path, conspectus: Conspectus) -> None:
    ended = conspectus("diff", "HEAD", "-r", repository)
    assert ended.code == 0, ended.err
    first, _, *lines = ended.out.splitlines()
    assert first.startswith("1 paper came in; 1 section amended: ")
    assert lines[0] == "Papers added (1)"
    assert re.fullmatch(rf"  \S+ {re.escape(PLOTS[6][0])}, in (Watering|Pests)", lines[1])
    assert any(line.startswith("  + ") for line in lines)


def test_as_json_the_changes_by_name(repository: Path, conspectus: Conspectus) -> None:
    found = json.loads(conspectus("diff", "HEAD", "-r", repository, "--json").out)
    assert [one["title"] for one in found["added"]] == [PLOTS[6][0]]
    assert found["gone"] == found["changed"] == found["moved"] == []
    (touched,) = (one for one in found["touched"] if one["id"] in ("water", "pests"))
    assert all(claim["citations"] for claim in touched["came"])


def test_between_two_commits_and_backwards(repository: Path, conspectus: Conspectus) -> None:
    commit(repository, "second")
    ahead = json.loads(conspectus("diff", "HEAD~1", "HEAD", "-r", repository, "--json").out)
    back = json.loads(conspectus("diff", "HEAD", "HEAD~1", "-r", repository, "--json").out)
    assert [one["key"] for one in ahead["added"]] == [one["key"] for one in back["gone"]]
    assert back["gone"][0]["is_kept"] is False
    assert conspectus("diff", "HEAD", "-r", repository).out == "nothing changed from HEAD to now\n"


def test_in_a_worktree_of_a_bare_clone_and_from_inside_the_folder(
    repository: Path, conspectus: Conspectus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, "second")
    bare, tree = tmp_path / "bare.git", tmp_path / "tree"
    git(tmp_path, "clone", "-q", "--bare", str(repository.parent), str(bare))
    git(bare, "worktree", "add", "-q", str(tree), "main")
    monkeypatch.chdir(tree / repository.name)
    ended = conspectus("diff", "HEAD~1")
    assert ended.code == 0 and ended.out.startswith("1 paper came in")


def test_what_cannot_be_compared_is_told_in_a_line(
    repository: Path, conspectus: Conspectus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def why(*words: object) -> str:
        ended = conspectus("diff", *words)
        assert ended.code == 1 and "Traceback" not in ended.err and ended.out == ""
        return ended.message

    assert why("nowhere", "-r", repository) == f"git knows no commit nowhere in {repository}"
    assert why("HEAD:living review/papers.jsonl", "-r", repository).startswith("git knows no commit HEAD:")
    assert "git knows no commit --all" in why("-r", repository, "--", "--all")
    assert "holds no review.toml" in why("HEAD", "-r", repository.parent)
    alone = tmp_path / "alone"
    shutil.copytree(repository, alone)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert why("HEAD", "-r", alone) == f"{alone} is in no git repository, so that there is no earlier state to read"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert why("HEAD", "-r", repository).startswith("git is not installed")


def test_a_commit_without_a_review_or_with_one_that_cannot_be_read(repository: Path, conspectus: Conspectus) -> None:
    papers = (repository / "papers.jsonl").read_text()
    (repository / "papers.jsonl").write_text(papers + "{}\n")
    commit(repository, "broken")
    (repository / "papers.jsonl").write_text(papers)
    ended = conspectus("diff", "HEAD", "-r", repository)
    assert ended.code == 1
    assert ended.message.startswith("the review at HEAD cannot be read by this version: papers.jsonl, line ")
    git(repository, "rm", "-q", "--cached", "papers.jsonl")
    git(repository, "commit", "-q", "-m", "without")
    assert conspectus("diff", "HEAD", "-r", repository).message.startswith("there is no review at HEAD in ")


def test_a_review_that_a_newer_program_wrote_is_refused(repository: Path, conspectus: Conspectus) -> None:
    report = repository / "report.json"
    before = report.read_text()
    report.write_text(json.dumps({"program": "9.0", "format": 99, "new": True}, indent=1))
    commit(repository, "newer")
    report.write_text(before)
    ended = conspectus("diff", "HEAD", "-r", repository)
    assert ended.code == 1 and "written by conspectus 9.0 in format 99" in ended.message


def test_an_answer_that_may_be_another_one_by_a_new_paper(repository: Path, conspectus: Conspectus) -> None:
    conspectus("ask", f"What do you know of {PLOTS[6][0]}?", "-r", repository, "--offline")
    commit(repository, "asked")
    onions = ("Onions as Companions", "Companion planting of onions in 12 gardens did not keep one carrot fly away.")
    write_jsonl(repository.parents[1] / "plots.jsonl", [*PLOTS[:7], onions])
    assert conspectus("papers", repository).code == 0
    lines = conspectus("diff", "HEAD", "-r", repository).out.splitlines()
    assert "Answers that may have changed (1)" in lines
    assert any("its words find " in line and line.endswith(", which is new") for line in lines)


def test_at_a_terminal_no_line_is_wider_than_it_and_signs_stand_out(repository: Path) -> None:
    code, seen = at_a_terminal([*COMMAND, "diff", "HEAD", "-r", str(repository)], 80)
    assert code == 0
    plain = re.sub(r"\x1b\[[\d;]*m", "", seen)
    assert "\x1b[1;32m+\x1b[0m" in seen
    assert "\x1b[1mPapers added (1)\x1b[0m" in seen
    assert (
        max(len(line.replace("\x1b[1;32m", "").replace("\x1b[0m", "").replace("\x1b[1m", "")) for line in plain) <= 80
    )
