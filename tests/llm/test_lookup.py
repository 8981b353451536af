from pathlib import Path

import pytest

from agent.errors import NotKept
from agent.llm.cache import Cached
from agent.llm.inventory import take_inventory
from agent.llm.lookup import Lookup
from tests.llm.sample import VALID, call, replies, tamper
from tests.scripted import Scripted, reply


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A cache with the replies to two calls."""
    with Cached(Scripted(lambda _: VALID), tmp_path / "cache") as cached:
        replies(cached, 2)
    return tmp_path / "cache"


def test_it_finds_what_was_kept_and_nothing_else(kept: Path) -> None:
    before = take_inventory(kept)
    with Lookup(kept) as found:
        first = found.recall(call("Paper number 0"))
        assert first == reply(VALID)
        assert found.reply(call("Paper number 1").key) == first
        assert found.recall(call("Paper number 2")) is None
    assert take_inventory(kept) == before


def test_where_there_is_no_cache_none_is_made(tmp_path: Path) -> None:
    with Lookup(tmp_path / "none") as found:
        assert found.recall(call()) is None
    assert list(tmp_path.iterdir()) == []


def test_a_reply_that_fits_its_type_no_more_is_none(kept: Path) -> None:
    other = call("Paper number 9")
    with Cached(Scripted('{"kind":"essay"}'), kept) as cached:
        list(cached.send_all([other]))
    with Lookup(kept) as found:
        assert found.reply(other.key) is not None
        assert found.recall(other) is None


def test_a_damaged_entry_is_none_and_a_damaged_database_an_error(kept: Path) -> None:
    tamper(kept, "UPDATE Cache SET value = ? WHERE key = ?", "{", call("Paper number 0").key)
    with Lookup(kept) as found:
        assert found.recall(call("Paper number 0")) is None
    (kept / "cache.db").write_bytes(b"no database at all" * 100)
    with Lookup(kept) as found, pytest.raises(NotKept, match="cannot be read"):
        found.recall(call("Paper number 1"))
