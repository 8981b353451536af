import logging
from pathlib import Path

import pytest

from agent.errors import FolderError
from agent.llm.cache import Cached
from agent.llm.inventory import Kept, take_inventory
from tests.llm.sample import VALID, call, calls, replies, tamper
from tests.scripted import Scripted


def fill(folder: Path, n: int) -> None:
    with Cached(Scripted(lambda call: VALID), folder) as cached:
        replies(cached, n)


def test_what_is_kept_is_counted_by_prompt_and_model(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    with Cached(Scripted(lambda call: VALID), tmp_path) as cached:
        list(cached.send_all([call(model="another"), call(prompt="write_section")]))
    kept = take_inventory(tmp_path)
    assert [(one.prompt, one.model, one.n_replies) for one in kept] == [
        ("classify_kind", "another", 1),
        ("classify_kind", "stub-model", 3),
        ("write_section", "stub-model", 1),
    ]
    assert all(one.n_bytes > len(VALID) * one.n_replies for one in kept)


def test_where_there_is_no_cache_nothing_is_listed_and_nothing_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert take_inventory(tmp_path / "empty") == take_inventory(tmp_path / "none") == []
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


@pytest.mark.parametrize(
    "damage",
    [
        "value = 'not JSON'",
        "value = '{}'",
        "value = '[]'",
        'value = \'{"prompt": 7, "model": null, "reply": {"text": ""}}\'',
        "value = CAST(x'7bff' AS TEXT)",
        "value = x'7bff'",
        "value = NULL, mode = 3, filename = 'gone.txt'",
        "value = NULL, mode = 3, filename = '../elsewhere'",
        "mode = 4",
        "key = x'80', raw = 0",
        "key = 7",
    ],
)
def test_a_damaged_entry_is_left_out_and_said(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    fill(tmp_path, 3)
    tamper(tmp_path, f"UPDATE Cache SET {damage} WHERE key = ?", next(iter(calls(1))).key)
    with caplog.at_level(logging.WARNING):
        (kept,) = take_inventory(tmp_path)
    assert isinstance(kept, Kept)
    assert kept.n_replies == 2
    (line,) = caplog.messages
    assert line.startswith(f"1 damaged in {tmp_path}")


@pytest.mark.parametrize("content", [b"this is not a database " * 100, b"SQLite format 3\x00" + b"\xff" * 8000])
def test_a_damaged_database_is_an_error_of_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cache.db").write_bytes(content)
    with pytest.raises(FolderError) as caught:
        take_inventory(tmp_path)
    said = str(caught.value)
    assert said.startswith(f"the cache in {tmp_path} cannot be read: ")
    assert said.endswith("delete that folder")
    assert said.isprintable()


def test_a_database_damaged_behind_its_first_page_is_an_error_of_one_line(tmp_path: Path) -> None:
    fill(tmp_path, 50)
    database = tmp_path / "cache.db"
    content = database.read_bytes()
    database.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    with pytest.raises(FolderError, match="cannot be read"):
        take_inventory(tmp_path)
