import json
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
