from datetime import date
from pathlib import Path

import pytest

from agent.errors import FolderError
from agent.llm.cache import Cached
from agent.llm.call import Reply
from agent.llm.inventory import bytes_on_disk, take_inventory
from agent.llm.pruning import Pruning, choose, prune
from agent.llm.sharing import export
from tests.llm.sample import VALID, Kind, call, calls, replies, tamper
from tests.scripted import Scripted

TODAY = date(2026, 6, 30)
DAYS = ["2026-06-30", "2026-04-01", "2026-03-31", "2020-01-01", "2026-07-01", "soon", None]


def keep(folder: Path, *days: str | None, prompt: str = "classify_kind", text: str = VALID) -> list[str]:
    """One reply a day, and their keys."""
    asked = [call(f"{prompt} {n}", prompt=prompt) for n in range(len(days))]
    with Cached(Scripted(*(Reply(text, "m", day) for day in days)), folder) as cached:
        list(cached.send_all(asked))
    return [one.key for one in asked]


def test_what_is_older_is_chosen_and_what_has_no_age_is_counted(tmp_path: Path) -> None:
    keys = keep(tmp_path, *DAYS)
    chosen = choose(tmp_path, before=date(2026, 4, 1), today=TODAY, prompts=None)
    assert set(chosen.keys) == {keys[2], keys[3]}
    assert (chosen.n_replies, chosen.n_without_day, chosen.n_in_future) == (7, 2, 1)
    assert chosen.by_prompt == (("classify_kind", "stub-model", 2),)


def test_what_answers_a_prompt_that_is_gone_is_chosen_whatever_its_day(tmp_path: Path) -> None:
    keep(tmp_path, *DAYS)
    gone = keep(tmp_path, "2026-06-30", None, prompt="old_prompt")
    chosen = choose(tmp_path, before=None, today=TODAY, prompts={"classify_kind"})
    assert set(chosen.keys) == set(gone)
    both = choose(tmp_path, before=date(2026, 4, 1), today=TODAY, prompts={"classify_kind"})
    assert len(both.keys) == 4


def test_neither_asked_for_chooses_nothing(tmp_path: Path) -> None:
    keep(tmp_path, *DAYS)
    assert choose(tmp_path, before=None, today=TODAY, prompts=None) == Pruning(n_replies=7)


def test_what_is_taken_out_is_gone_with_its_bytes_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    keys = keep(folder, *["2020-01-01"] * 200, text=VALID.replace("proposes", "proposes " * 500))
    kept = keep(folder, "2026-06-01", prompt="other")
    before = bytes_on_disk(folder)
    n_freed = prune(folder, keys)
    assert n_freed == before - bytes_on_disk(folder) > 500_000
    assert bytes_on_disk(folder) < 100_000
    assert [(one.prompt, one.n_replies) for one in take_inventory(folder)] == [("other", 1)]
    export(folder, tmp_path / "answers.jsonl")
    assert kept[0] in (tmp_path / "answers.jsonl").read_text()


def test_what_nothing_names_any_more_goes_too_and_what_others_name_stays(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    (old,) = keep(folder, "2020-01-01")
    keep(folder, "2026-06-01", prompt="same_instructions")
    other = type(call())("prompt", "Other instructions. " * 100, "u", "m", {}, Kind)
    with Cached(Scripted(VALID), folder) as cached:
        list(cached.send_all([other]))
    prune(folder, [old, other.key])
    assert b"Other instructions" not in (folder / "cache.db").read_bytes()
    assert export(folder, tmp_path / "answers.jsonl").n_new == 1


def test_a_run_that_is_open_meanwhile_goes_on(tmp_path: Path) -> None:
    with Cached(Scripted(lambda call: VALID), tmp_path) as cached:
        replies(cached, 3)
        prune(tmp_path, [one.key for one in calls(2)])
        assert len(replies(cached, 4)) == 4
        assert cached.n_hits == 1


def test_without_a_cache_there_is_nothing_to_choose(tmp_path: Path) -> None:
    assert choose(tmp_path / "none", before=TODAY, today=TODAY, prompts=set()) == Pruning()
    assert prune(tmp_path / "none", ["k1-x"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_entry_is_neither_chosen_nor_in_the_way(tmp_path: Path) -> None:
    (damaged, old) = keep(tmp_path, "2020-01-01", "2020-01-01")
    tamper(tmp_path, "UPDATE Cache SET value = 'not JSON' WHERE key = ?", damaged)
    assert choose(tmp_path, before=TODAY, today=TODAY, prompts=None).keys == (old,)
    prune(tmp_path, [old])
    assert take_inventory(tmp_path) == []


def test_a_damaged_database_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_text("this is not a database " * 100)
    with pytest.raises(FolderError, match="cannot be read"):
        choose(tmp_path, before=TODAY, today=TODAY, prompts=None)
    with pytest.raises(FolderError, match="cannot be written"):
        prune(tmp_path, [])
