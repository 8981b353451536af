import json
import pickle
import sqlite3
from pathlib import Path

import pytest

from agent.errors import BudgetSpent, NotKept, Refused
from agent.llm.cache import Cached, TextDisk
from agent.llm.call import Call, Reply, Usage
from agent.llm.entries import Damaged
from tests.llm.sample import VALID, Kind, call, calls, leave_room, replies, tamper
from tests.scripted import Scripted

PICKLE_MODE, TEXT_MODE = 4, 3


def never(call: Call) -> str:
    raise AssertionError("asked although it was kept")


def fill(folder: Path, n: int = 1) -> None:
    with Cached(Scripted(lambda call: VALID), folder) as cached:
        replies(cached, n)


def test_a_reply_is_asked_for_once(tmp_path: Path) -> None:
    first = Reply(VALID, "stub-model-2026", "2026-01-02", Usage(1, 2, 30, 4, None))
    with Cached(Scripted(first), tmp_path / "cache") as cached:
        assert list(replies(cached, 1).values()) == [first]
        assert cached.n_hits == 0
    with Cached(Scripted(never), tmp_path / "cache") as cached:
        assert list(replies(cached, 1).values()) == [first]
        assert cached.n_hits == 1


def test_making_one_makes_no_folder(tmp_path: Path) -> None:
    with Cached(Scripted(), tmp_path / "cache"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    fill(tmp_path / "cache")
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_a_failed_call_is_asked_again(tmp_path: Path) -> None:
    with Cached(Scripted(Refused("no"), VALID), tmp_path) as cached:
        assert isinstance(replies(cached, 1)["Paper number 0"], Refused)
        assert isinstance(replies(cached, 1)["Paper number 0"], Reply)


def test_what_came_before_a_stop_is_kept(tmp_path: Path) -> None:
    with Cached(Scripted(VALID, VALID, BudgetSpent("spent")), tmp_path) as cached, pytest.raises(BudgetSpent):
        replies(cached, 5)
    with Cached(Scripted(VALID, VALID, VALID), tmp_path) as cached:
        assert len(replies(cached, 5)) == 5
        assert cached.n_hits == 2


def test_a_reply_of_any_length_is_kept_letter_by_letter(tmp_path: Path) -> None:
    text = json.dumps(
        {"kind": "method", "why": "naïve – 漢字 \u2028 \\u0000 " * 100_000, "year": 1}, ensure_ascii=False
    )
    with Cached(Scripted(text), tmp_path) as cached:
        replies(cached, 1)
    with Cached(Scripted(never), tmp_path) as cached:
        (answered,) = replies(cached, 1).values()
    assert isinstance(answered, Reply)
    assert answered.text == text


def test_nothing_is_evicted(tmp_path: Path) -> None:
    fill(tmp_path)
    with sqlite3.connect(tmp_path / "cache.db") as database:
        settings = dict(database.execute("SELECT key, value FROM Settings"))
        (expiry,) = database.execute("SELECT expire_time FROM Cache").fetchone()
    database.close()
    assert (settings["eviction_policy"], settings["cull_limit"], expiry) == ("none", 0, None)


class Bomb:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (self.path,))  # type: ignore[return-value]


def test_a_pickle_in_the_database_is_not_run_and_the_call_asked_again(tmp_path: Path) -> None:
    fill(tmp_path)
    bomb, folder = tmp_path / "exploded", tmp_path
    tamper(folder, "UPDATE Cache SET mode = ?, value = ?", PICKLE_MODE, pickle.dumps(Bomb(bomb)))
    with Cached(Scripted(VALID), folder) as cached:
        assert len(replies(cached, 1)) == 1
        assert cached.n_hits == 0
        assert replies(cached, 1)["Paper number 0"]
        assert cached.n_hits == 1
    assert not bomb.exists()


def test_a_pickled_key_is_not_run(tmp_path: Path) -> None:
    bomb = tmp_path / "exploded"
    with pytest.raises(Damaged):
        TextDisk(str(tmp_path)).get(pickle.dumps(Bomb(bomb)), False)
    assert not bomb.exists()


@pytest.mark.parametrize(
    "name", ["{outside}", "../secret.txt", "a/../../secret.txt", "C:\\secret.txt", "..\\secret.txt"]
)
def test_a_file_elsewhere_is_neither_read_nor_removed(tmp_path: Path, name: str) -> None:
    folder, secret = tmp_path / "cache", tmp_path / "secret.txt"
    secret.write_text(json.dumps({"reply": {"text": VALID, "model": "stolen", "day": None, "usage": {}}}))
    fill(folder)
    tamper(folder, "UPDATE Cache SET mode = ?, value = NULL, filename = ?", TEXT_MODE, name.format(outside=secret))
    with Cached(Scripted(VALID), folder) as cached:
        (answered,) = replies(cached, 1).values()
    assert isinstance(answered, Reply)
    assert answered.model == "scripted"
    assert secret.exists()


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        '{"reply": {"text": "{}"}}',
        json.dumps({"reply": {"text": '{"kind":"poem"}', "model": "m", "day": None, "usage": {}}}),
        json.dumps({"reply": {"text": VALID, "model": 7, "day": None, "usage": {}}}),
        "[" * 100_000,
        b"\xff\xfe",
        7,
    ],
)
def test_a_damaged_entry_is_asked_again(tmp_path: Path, entry: object) -> None:
    fill(tmp_path)
    tamper(tmp_path, "UPDATE Cache SET value = ?", entry)
    with Cached(Scripted(VALID), tmp_path) as cached:
        (answered,) = replies(cached, 1).values()
        assert isinstance(answered, Reply)
        assert answered.text == VALID
        assert cached.n_hits == 0


def test_an_entry_that_is_not_utf_8_is_asked_again(tmp_path: Path) -> None:
    fill(tmp_path)
    tamper(tmp_path, "UPDATE Cache SET value = CAST(? AS TEXT)", b'{"reply": \xff\xfe}')
    with Cached(Scripted(VALID), tmp_path) as cached:
        assert len(replies(cached, 1)) == 1
        assert cached.n_hits == 0
        assert len(replies(cached, 1)) == 1
        assert cached.n_hits == 1


def test_a_full_disk_stops_the_run_with_every_reply_handed_up(tmp_path: Path) -> None:
    fill(tmp_path)
    leave_room(tmp_path, 40)
    long = json.dumps({"kind": "method", "why": "long " * 1000, "year": None})
    inner, handed = Scripted(lambda call: long), []
    with Cached(inner, tmp_path) as cached, pytest.raises(NotKept, match=r"cannot be written: .*full; make room"):
        for one, _ in cached.send_all(calls(100)):
            handed.append(one.user)
    assert handed[1:] == [one.user for one in inner.calls]
    with Cached(Scripted(lambda call: VALID), tmp_path) as cached:
        list(cached.send_all([call(user) for user in handed]))
        assert cached.n_hits == len(handed) - 1  # all but the one that had no room


def test_a_lock_that_is_not_given_back_stops_the_run_instead_of_waiting_for_ever(tmp_path: Path) -> None:
    fill(tmp_path)
    tamper(tmp_path, "INSERT INTO Settings VALUES ('sqlite_busy_timeout', 10)")
    other = sqlite3.connect(tmp_path / "cache.db", isolation_level=None)

    def lock(call: Call) -> str:
        other.execute("BEGIN IMMEDIATE")
        return VALID

    with Cached(Scripted(lock), tmp_path) as cached, pytest.raises(NotKept, match="written: its database is locked"):
        replies(cached, 2)
    other.close()


def test_damaged_settings_are_named(tmp_path: Path) -> None:
    fill(tmp_path)
    tamper(tmp_path, "INSERT INTO Settings VALUES ('disk_colour', 'red')")
    with Cached(Scripted(VALID), tmp_path) as cached, pytest.raises(NotKept, match=f"{tmp_path}.*damaged"):
        replies(cached, 1)


def test_only_text_is_taken(tmp_path: Path) -> None:
    disk = TextDisk(str(tmp_path))
    for value in (b"bytes", 7, None, {"a": 1}):
        with pytest.raises(TypeError):
            disk.store(value, False)
        with pytest.raises(TypeError):
            disk.put(value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_text("this is not a database " * 100)
    with Cached(Scripted(VALID), tmp_path) as cached, pytest.raises(NotKept, match=f"{tmp_path}.*opened"):
        replies(cached, 1)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Cached(Scripted(VALID), tmp_path / "file" / "cache") as cached, pytest.raises(NotKept, match="opened"):
        replies(cached, 1)


def test_another_model_is_another_call(tmp_path: Path) -> None:
    with Cached(Scripted(VALID, VALID), tmp_path) as cached:
        list(cached.send_all([call("a"), call("a", model="another")]))
        assert cached.n_hits == 0


def test_two_at_once_share_what_they_keep(tmp_path: Path) -> None:
    with Cached(Scripted(VALID), tmp_path) as one, Cached(Scripted(never), tmp_path) as other:
        replies(one, 1)
        assert len(replies(other, 1)) == 1


def test_what_is_kept_is_valid_for_its_class(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    with Cached(Scripted(never), tmp_path) as cached:
        for one, answered in cached.send_all(calls(3)):
            assert isinstance(answered, Reply)
            assert isinstance(one.answer.model_validate_json(answered.text), Kind)
