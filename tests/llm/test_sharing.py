import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agent.errors import FolderError, NotKept
from agent.llm.cache import Cached
from agent.llm.call import Call, Reply
from agent.llm.cassette import Cassette
from agent.llm.sharing import Exported, Imported, export, take_in
from tests.llm.sample import VALID, call, calls, replies, tamper
from tests.scripted import Scripted

OTHER = VALID.replace("method", "benchmark")
FIRST_VERSION = "UPDATE Cache SET value = substr(value, 1, instr(value, char(10)) - 1) WHERE key LIKE 'k1-%'"
"""Makes entries what they were before calls were kept with them."""


def never(call: Call) -> str:
    raise AssertionError("asked although it was kept")


def fill(folder: Path, n: int, text: str = VALID) -> None:
    with Cached(Scripted(lambda call: text), folder) as cached:
        replies(cached, n)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def rewrite(path: Path, n: int, **changes: object) -> None:
    """Change fields of the n-th line."""
    told = lines(path)
    told[n] |= changes
    path.write_text("".join(json.dumps(line) + "\n" for line in told))


def test_an_export_is_what_a_recording_of_the_same_calls_is(tmp_path: Path) -> None:
    asked = [call("é \u2028 漢\nnext line", temperature=0.5), call("broken \ud83d text"), *calls(5)]
    with (
        Cached(Scripted(lambda call: VALID), tmp_path / "cache") as cached,
        Cassette(tmp_path / "recorded.jsonl", cached) as cassette,
    ):
        list(cassette.send_all(asked))
    assert export(tmp_path / "cache", tmp_path / "exported.jsonl") == Exported(n_new=7)
    assert (tmp_path / "exported.jsonl").read_bytes() == (tmp_path / "recorded.jsonl").read_bytes()
    replayed = list(Cassette(tmp_path / "exported.jsonl").send_all(asked))
    assert all(isinstance(reply, Reply) and reply.text == VALID for _, reply in replayed)


def test_an_export_onto_itself_changes_no_byte(tmp_path: Path) -> None:
    fill(tmp_path / "cache", 9)
    path = tmp_path / "answers.jsonl"
    export(tmp_path / "cache", path)
    before, node = path.read_bytes(), path.stat().st_ino
    assert export(tmp_path / "cache", path) == Exported(n_known=9)
    assert (path.read_bytes(), path.stat().st_ino) == (before, node)
    assert [name.name for name in tmp_path.iterdir() if name.is_file()] == ["answers.jsonl"]


def test_two_exports_into_one_file_merge_and_the_file_has_the_last_word(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    fill(tmp_path / "mine", 3)
    fill(tmp_path / "yours", 5, OTHER)
    export(tmp_path / "mine", path)
    assert export(tmp_path / "yours", path) == Exported(n_new=2, n_different=3)
    assert [line["key"] for line in lines(path)] == sorted(one.key for one in calls(5))
    assert sum(line["reply"]["text"] == VALID for line in lines(path)) == 3


def test_what_was_kept_without_its_call_is_counted_and_a_run_completes_it(tmp_path: Path) -> None:
    folder, path = tmp_path / "cache", tmp_path / "answers.jsonl"
    fill(folder, 4)
    tamper(folder, FIRST_VERSION)
    assert export(folder, path) == Exported(n_without_call=4)
    assert not path.exists()
    with Cached(Scripted(never), folder) as cached:
        replies(cached, 3)
        assert cached.n_hits == 3
    assert export(folder, path) == Exported(n_new=3, n_without_call=1)


@pytest.mark.parametrize(
    "damage",
    [
        "value = 'not JSON' WHERE key LIKE 'k1-%'",
        "value = replace(value, 'Paper number 0', 'Paper number 7') WHERE value LIKE '%Paper number 0%'",
        "value = replace(value, 'You sort papers.', 'You burn papers.') WHERE key LIKE 'part-%'",
        "value = '[' WHERE key LIKE 'part-%'",
        "value = replace(value, char(10), char(10) || '[')",
        "mode = 4 WHERE key LIKE 'k1-%'",
    ],
)
def test_what_is_damaged_or_not_the_call_of_its_key_is_not_handed_on(tmp_path: Path, damage: str) -> None:
    fill(tmp_path / "cache", 1)
    tamper(tmp_path / "cache", f"UPDATE Cache SET {damage}")
    assert export(tmp_path / "cache", tmp_path / "answers.jsonl") == Exported(n_damaged=1)


def test_without_a_cache_nothing_is_written_or_made(tmp_path: Path) -> None:
    assert export(tmp_path / "none", tmp_path / "answers.jsonl") == Exported()
    assert list(tmp_path.iterdir()) == []


def test_a_broken_file_is_not_exported_onto(tmp_path: Path) -> None:
    fill(tmp_path / "cache", 2)
    path = tmp_path / "answers.jsonl"
    path.write_text("<<<<<<< HEAD\n")
    with pytest.raises(NotKept, match=r"answers\.jsonl, line 1: not a recorded call"):
        export(tmp_path / "cache", path)
    assert path.read_text() == "<<<<<<< HEAD\n"


def test_what_was_taken_in_answers_without_a_question(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    fill(tmp_path / "yours", 4)
    export(tmp_path / "yours", path)
    assert take_in(path, tmp_path / "mine") == Imported(n_new=4)
    with Cached(Scripted(never), tmp_path / "mine") as cached:
        assert len(replies(cached, 4)) == 4
        assert cached.n_hits == 4
    again = tmp_path / "again.jsonl"
    export(tmp_path / "mine", again)
    assert again.read_bytes() == path.read_bytes()


def test_a_different_reply_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    fill(tmp_path / "mine", 3)
    fill(tmp_path / "yours", 5, OTHER)
    export(tmp_path / "yours", path)
    assert take_in(path, tmp_path / "mine") == Imported(n_new=2, n_different=3)
    with Cached(Scripted(never), tmp_path / "mine") as cached:
        texts = [one.text for one in replies(cached, 5).values() if isinstance(one, Reply)]
    assert texts == [VALID] * 3 + [OTHER] * 2


def test_the_same_reply_of_another_day_is_known_and_gives_its_call_to_one_without(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    fill(tmp_path / "mine", 2)
    export(tmp_path / "mine", path)
    reply = lines(path)[0]["reply"] | {"day": "2030-01-01"}
    rewrite(path, 0, reply=reply)
    tamper(tmp_path / "mine", FIRST_VERSION)
    assert take_in(path, tmp_path / "mine") == Imported(n_known=2)
    assert export(tmp_path / "mine", tmp_path / "after.jsonl") == Exported(n_new=2)
    assert {line["reply"]["day"] for line in lines(tmp_path / "after.jsonl")} == {"2026-01-02"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"user": "Paper number 99"}, "its key is not that of its call"),
        ({"model": "better-model"}, "its key is not that of its call"),
        ({"parameters": {"temperature": 1}}, "its key is not that of its call"),
        ({"schema": {}}, "its key is not that of its call"),
        ({"system": "Say yes."}, "its key is not that of its call"),
        ({"key": "../../etc/passwd"}, "its key is not that of its call"),
        ({"key": "part-" + "0" * 64}, "its key is not that of its call"),
        ({"parameters": None, "schema": None}, "its key is not that of its call"),
        ({"reply": {"text": VALID, "model": 7, "day": None, "usage": {}}}, "does not say which model"),
        ({"reply": {"text": VALID}}, "not a recorded call"),
        ({"user": 7}, "not a recorded call"),
    ],
)
def test_a_line_that_was_changed_is_refused_with_its_number_and_nothing_is_taken(
    tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    path, folder = tmp_path / "answers.jsonl", tmp_path / "mine"
    fill(tmp_path / "yours", 3)
    export(tmp_path / "yours", path)
    rewrite(path, 1, **changes)
    with pytest.raises(NotKept, match=rf"answers\.jsonl, line 2: .*{why}.*; take the line out or restore it"):
        take_in(path, folder)
    assert not folder.exists()


def test_a_damaged_cache_takes_nothing_in(tmp_path: Path) -> None:
    fill(tmp_path / "yours", 1)
    export(tmp_path / "yours", tmp_path / "answers.jsonl")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "cache.db").write_text("this is not a database " * 100)
    with pytest.raises(FolderError, match="mine cannot be written"):
        take_in(tmp_path / "answers.jsonl", tmp_path / "mine")
    with pytest.raises(FolderError, match="mine cannot be read"):
        export(tmp_path / "mine", tmp_path / "other.jsonl")


def test_instructions_that_many_calls_share_are_kept_once(tmp_path: Path) -> None:
    long = "You sort papers. " * 1_000
    asked = [Call("sort", long, f"Paper {n}", "m", {}, call().answer) for n in range(50)]
    with Cached(Scripted(lambda call: VALID), tmp_path / "cache") as cached:
        list(cached.send_all(asked))
    n_bytes = (tmp_path / "cache" / "cache.db").stat().st_size
    assert n_bytes < 10 * len(long)
    export(tmp_path / "cache", tmp_path / "answers.jsonl")
    assert all(line["system"] == long for line in lines(tmp_path / "answers.jsonl"))


# What git makes of two exports of one file.


def exported(tmp_path: Path, name: str, n: int, text: str = VALID) -> list[str]:
    fill(tmp_path / name, n, text)
    export(tmp_path / name, tmp_path / f"{name}.jsonl")
    return (tmp_path / f"{name}.jsonl").read_text().splitlines()


def of_another_day(line: str, day: str) -> str:
    told = json.loads(line)
    return json.dumps({**told, "reply": {**told["reply"], "day": day}}, ensure_ascii=False)


def woven(mine: list[str], yours: list[str], *, has_base: bool = False) -> list[str]:
    base = ["||||||| 1234567", mine[0]] if has_base else []
    return ["<<<<<<< HEAD", *mine, *base, "=======", *yours, ">>>>>>> yours"]


@pytest.mark.parametrize("form", ["union", "marks", "marks with their base", "shuffled"])
def test_two_exports_that_git_merged_are_taken_in_and_healed(tmp_path: Path, form: str) -> None:
    mine, yours = exported(tmp_path, "mine", 5), exported(tmp_path, "yours", 8)
    path = tmp_path / "shared.jsonl"
    merged = {
        "union": [*mine, *yours],
        "marks": woven(mine, yours),
        "marks with their base": woven(mine, yours, has_base=True),
        "shuffled": [*yours[::-1], *mine],
    }[form]
    path.write_text("\n".join(merged) + "\n")
    assert take_in(path, tmp_path / "ci") == Imported(n_new=8, n_known=5)
    with Cached(Scripted(never), tmp_path / "ci") as cached:
        assert len(replies(cached, 8)) == 8
    assert export(tmp_path / "mine", path) == Exported(n_known=5, n_merged=5)
    assert path.read_text().splitlines() == yours
    assert export(tmp_path / "mine", path) == Exported(n_known=5)


def test_of_two_replies_to_one_call_the_earlier_is_taken_whichever_side_it_came_from(tmp_path: Path) -> None:
    mine, yours = exported(tmp_path, "mine", 2), exported(tmp_path, "yours", 2, OTHER)
    late = [of_another_day(line, "2030-01-01") for line in mine]
    path = tmp_path / "shared.jsonl"
    for number, lines_of_both in enumerate(([*late, *yours], [*yours, *late], woven(late, yours))):
        path.write_text("\n".join(lines_of_both) + "\n")
        assert take_in(path, tmp_path / f"ci {number}") == Imported(n_new=2, n_different=2)
        with Cached(Scripted(never), tmp_path / f"ci {number}") as cached:
            assert [one.text for one in replies(cached, 2).values() if isinstance(one, Reply)] == [OTHER, OTHER]
        assert export(tmp_path / "none", path) == Exported(n_merged=2)
        assert path.read_text().splitlines() == yours


def test_of_two_replies_of_one_day_everybody_takes_the_same(tmp_path: Path) -> None:
    mine, yours = exported(tmp_path, "mine", 1), exported(tmp_path, "yours", 1, OTHER)
    path, taken = tmp_path / "shared.jsonl", set()
    for number, lines_of_both in enumerate(([*mine, *yours], [*yours, *mine])):
        path.write_text("\n".join(lines_of_both) + "\n")
        take_in(path, tmp_path / f"ci {number}")
        export(tmp_path / f"ci {number}", tmp_path / f"of ci {number}.jsonl")
        assert export(tmp_path / "none", path) == Exported(n_merged=1)
        taken |= {path.read_text(), (tmp_path / f"of ci {number}.jsonl").read_text()}
    assert len(taken) == 1


def test_a_mark_without_its_others_is_told_and_nothing_is_taken_or_written(tmp_path: Path) -> None:
    mine = exported(tmp_path, "mine", 3)
    path = tmp_path / "shared.jsonl"
    path.write_text("\n".join([mine[0], "=======", *mine[1:], ">>>>>>> yours"]) + "\n")
    before = path.read_text()
    for attempt in (lambda: take_in(path, tmp_path / "ci"), lambda: export(tmp_path / "mine", path)):
        with pytest.raises(NotKept, match=r"shared\.jsonl, line 2: .*a mark that a merge left without the others"):
            attempt()
    assert path.read_text() == before and not (tmp_path / "ci").exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_two_exports_into_one_file_in_git_merge_and_lose_nothing(tmp_path: Path) -> None:
    def git(cwd: Path, *words: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *who, *words], cwd=cwd, check=False, capture_output=True)

    repository = tmp_path / "shared"
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    fill(tmp_path / "first", 1)
    export(tmp_path / "first", repository / "answers.jsonl")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "first")
    for name, n in (("mine", 6), ("yours", 9)):
        git(tmp_path, "clone", "-q", str(repository), name + "-clone")
        fill(tmp_path / name, n)
        export(tmp_path / name, tmp_path / f"{name}-clone" / "answers.jsonl")
        git(tmp_path / f"{name}-clone", "commit", "-qam", name)
    git(tmp_path / "mine-clone", "pull", "-q", "--no-rebase", str(tmp_path / "yours-clone"), "main")
    merged = tmp_path / "mine-clone" / "answers.jsonl"
    assert "<<<<<<<" in merged.read_text()
    assert take_in(merged, tmp_path / "ci").n_new == 9
    export(tmp_path / "mine", merged)
    assert merged.read_bytes() == (tmp_path / "yours-clone" / "answers.jsonl").read_bytes()
