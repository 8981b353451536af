import json
import resource
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.errors import BudgetSpent, CallError, NotKept, NotRecorded, Refused
from agent.llm.cache import Cached
from agent.llm.call import Call, Reply, Usage
from agent.llm.cassette import Cassette
from tests.llm.sample import VALID, call, calls, replies
from tests.scripted import Scripted


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recorded" / "demo.jsonl"


@contextmanager
def room_for(n_bytes: int) -> Iterator[None]:
    """No file of this program can grow beyond this size: what a full disk does, from the system itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def record(path: Path, n: int) -> None:
    with Cassette(path, Scripted(lambda call: VALID)) as cassette:
        replies(cassette, n)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_was_recorded_is_replayed_as_it_was(path: Path) -> None:
    given = Reply(VALID, "stub-model-2026", "2026-01-02", Usage(1, 2, 30, 4, 0.5))
    with Cassette(path, Scripted(given)) as recording:
        list(recording.send_all([call("é \u2028 漢", temperature=0.5)]))
    ((_, replayed),) = Cassette(path).send_all([call("é \u2028 漢", temperature=0.5)])
    assert replayed == given


def test_lines_are_sorted_by_key_and_whole(path: Path) -> None:
    record(path, 20)
    keys = [line["key"] for line in lines(path)]
    assert keys == sorted(one.key for one in calls(20))
    fields = ["key", "prompt", "model", "parameters", "schema", "system", "user", "reply"]
    assert all(list(line) == fields for line in lines(path))


def test_the_same_recording_is_the_same_bytes(path: Path) -> None:
    record(path, 9)
    first = path.read_bytes()
    record(path, 9)
    assert path.read_bytes() == first
    path.unlink()
    record(path, 9)
    assert path.read_bytes() == first


def test_a_miss_names_the_prompt_and_the_nearest_call(path: Path) -> None:
    record(path, 3)
    with pytest.raises(NotRecorded) as caught:
        list(Cassette(path).send_all([call("Paper number 7")]))
    said = str(caught.value)
    assert "demo.jsonl holds no reply to this call of classify_kind" in said
    assert 'its user has "' in said and 'where this call has "7"' in said
    assert said.endswith("; record it with --record, or let the built-in model answer with --offline")


def test_a_miss_is_told_in_one_line_that_any_terminal_can_show(path: Path) -> None:
    record(path, 3)
    with pytest.raises(NotRecorded) as caught:
        list(Cassette(path).send_all([call("Paper\nnumber \u2028 \x85 \x1b[31m \x9b \ud83d é")]))
    said = str(caught.value)
    assert len(said.splitlines()) == 1
    assert said.isprintable()
    assert "é" in said and "\\u2028" in said


def test_a_replay_asks_nothing_and_writes_nothing(path: Path) -> None:
    record(path, 3)
    before = path.read_bytes()
    with Cassette(path) as cassette:
        replies(cassette, 2)
        assert len(cassette.unplayed) == 1
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_an_unplayed_line_can_be_told(path: Path) -> None:
    record(path, 3)
    cassette = Cassette(path)
    assert cassette.unplayed == tuple(sorted(one.key for one in calls(3)))
    replies(cassette, 3)
    assert cassette.unplayed == ()


def test_recording_asks_only_what_is_missing_and_drops_what_was_not_played_when_told(path: Path) -> None:
    record(path, 3)
    inner = Scripted(VALID)
    with Cassette(path, inner) as cassette:
        list(cassette.send_all([call("Paper number 1"), call("Paper number 9")]))
        cassette.close(drop_unplayed=True)
    assert [one.user for one in inner.calls] == ["Paper number 9"]
    assert {line["user"] for line in lines(path)} == {"Paper number 1", "Paper number 9"}


def test_unless_it_is_told_to_it_drops_nothing(path: Path) -> None:
    record(path, 5)
    with Cassette(path, Scripted(VALID)) as cassette:
        list(cassette.send_all([call("Paper number 1"), call("Paper number 9")]))
    assert [line["key"] for line in lines(path)] == sorted(one.key for one in [*calls(5), call("Paper number 9")])


def test_a_recording_is_on_the_disk_as_it_goes(path: Path) -> None:
    cassette = Cassette(path, Scripted(lambda call: VALID))
    for n, _ in enumerate(cassette.send_all(calls(5)), start=1):
        assert len(lines(path)) == n


@pytest.mark.parametrize("stop", [BudgetSpent("spent"), KeyboardInterrupt()])
def test_a_recording_cut_short_drops_nothing(path: Path, stop: BaseException) -> None:
    record(path, 5)

    class Stops:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            yield next(iter(Scripted(VALID).send_all(calls)))
            raise stop

    with pytest.raises(type(stop)), Cassette(path, Stops()) as cassette:
        list(cassette.send_all([call("Paper number 1"), call("new"), call("newer")]))
    assert len(lines(path)) == 6


def test_a_stop_that_was_handled_drops_nothing_either(path: Path) -> None:
    record(path, 5)
    with Cassette(path, Scripted(BudgetSpent("spent"))) as cassette, pytest.raises(BudgetSpent):
        list(cassette.send_all([call("Paper number 1"), call("new")]))
    assert len(lines(path)) == 5


def test_a_run_that_asked_nothing_drops_nothing(path: Path) -> None:
    record(path, 5)
    with Cassette(path, Scripted()) as cassette:
        assert replies(cassette, 0) == {}
        assert len(cassette.unplayed) == 5
        cassette.close(drop_unplayed=True)
    assert len(lines(path)) == 5


def test_a_failed_call_is_not_recorded(path: Path) -> None:
    with Cassette(path, Scripted(Refused("no"), VALID)) as cassette:
        replies(cassette, 2)
    assert [line["user"] for line in lines(path)] == ["Paper number 1"]


def test_half_a_line_left_by_a_kill_does_not_stop_the_next_recording(path: Path) -> None:
    record(path, 3)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(NotKept, match="line 3"):
        replies(Cassette(path), 3)
    record(path, 3)
    assert len(replies(Cassette(path), 3)) == 3


def test_a_line_cut_in_the_middle_of_a_character_does_not_stop_the_next_recording(path: Path) -> None:
    with Cassette(path, Scripted(lambda call: VALID)) as cassette:
        list(cassette.send_all([call("漢")]))
    data = path.read_bytes()
    path.write_bytes(data + data[: data.index("漢".encode()) + 1])
    with pytest.raises(NotKept, match="not UTF-8"):
        list(Cassette(path).send_all([call("漢")]))
    with Cassette(path, Scripted()) as cassette:
        list(cassette.send_all([call("漢")]))
    assert path.read_bytes() == data


def test_a_file_without_a_last_line_break_is_appended_to_rightly(path: Path) -> None:
    record(path, 2)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    cassette = Cassette(path, Scripted(VALID))
    replies(cassette, 3)
    assert len(lines(path)) == 3


@pytest.mark.parametrize("broken", ["{", "[]", "7", '{"key": "k1-x"}', "<<<<<<< HEAD"])
def test_a_broken_line_is_named(path: Path, broken: str) -> None:
    record(path, 3)
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first, broken, *rest]) + "\n")
    for inner in (None, Scripted()):
        with pytest.raises(NotKept, match="line 2: not a recorded call"):
            replies(Cassette(path, inner), 1)


def test_two_replies_to_one_call_are_an_error(path: Path) -> None:
    record(path, 1)
    path.write_text(path.read_text() * 2)
    with pytest.raises(NotKept, match="line 2: a second reply"):
        replies(Cassette(path), 1)


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(NotRecorded, match=r"demo\.jsonl; .*--record.*--offline"):
        replies(Cassette(path), 1)


def test_a_file_that_is_no_text_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NotKept, match="cannot be read"):
        replies(Cassette(path), 1)


def test_a_file_that_cannot_be_written_leaves_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(path, 3)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with Cassette(path, Scripted(VALID)) as cassette:
        replies(cassette, 2)
        with pytest.raises(NotKept, match="No space left"):
            cassette.close(drop_unplayed=True)
        monkeypatch.undo()
    assert path.read_bytes() != before
    assert len(lines(path)) == 2


def test_a_disk_that_is_full_stops_the_run_and_leaves_whole_lines(path: Path) -> None:
    record(path, 3)
    before = path.read_bytes()
    inner = Scripted(lambda call: VALID)
    cassette, seen = Cassette(path, inner), []
    with room_for(len(before) + 900), pytest.raises(NotKept, match=r"demo\.jsonl cannot be written: .*; make room"):
        for one, _ in cassette.send_all(calls(9)):
            seen.append(one.user)
    assert seen == [one.user for one in calls(len(seen))]
    assert len(inner.calls) == len(seen) - 3 > 0
    assert len(lines(path)) == len(seen) - 1  # the last one had no room
    cassette.close()  # now there is
    assert len(lines(path)) == len(seen)


def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path.parent / "missing" / "demo.jsonl")
    inner = Scripted()
    with pytest.raises(NotKept, match=r"demo\.jsonl cannot be written: .*another file"):
        replies(Cassette(path, inner), 3)
    assert inner.calls == []


def test_an_unchanged_file_is_not_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(path, 3)
    n_node = path.stat().st_ino
    record(path, 3)
    assert path.stat().st_ino == n_node


def test_half_a_surrogate_pair_is_recorded_and_found_again(path: Path) -> None:
    with Cassette(path, Scripted(VALID)) as cassette:
        list(cassette.send_all([call("broken \ud83d text")]))
    assert len(list(Cassette(path).send_all([call("broken \ud83d text")]))) == 1


def test_it_stands_on_a_cache(path: Path, tmp_path: Path) -> None:
    with Cached(Scripted(lambda call: VALID), tmp_path / "cache") as cached:
        replies(cached, 2)
        with Cassette(path, cached) as cassette:
            assert len(replies(cassette, 4)) == 4
        assert cached.n_hits == 2
    assert len(replies(Cassette(path), 4)) == 4
