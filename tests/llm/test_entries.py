import pytest

from agent.llm.call import Call, Reply, Usage
from agent.llm.entries import PART, Damaged, has_call, line_in, names_in, reply_in, told_by, written, written_of
from agent.llm.recorded import line_of
from tests.llm.sample import VALID, Kind, call

REPLY = Reply(VALID, "stub-model-2026", "2026-01-02", Usage(1, 2, 30, 4, None))
CALLS = [
    call("line\nbreak \u2028 é 漢 \x00", temperature=0.5, stop=["a", "b"]),
    call("half \ud83d pair"),
    Call("sort", "system with half \udc00", "", "m", {}, Kind),
]


@pytest.mark.parametrize("one", CALLS)
def test_a_call_and_its_reply_come_back_as_they_were(one: Call) -> None:
    entry, shared = written(one, REPLY)
    assert reply_in(entry) == REPLY
    assert line_in(one.key, entry, shared.get) == line_of(one, REPLY)
    assert (entry + "".join(shared.values())).encode("utf-8")


@pytest.mark.parametrize("one", CALLS)
def test_a_recorded_line_makes_the_same_entry(one: Call) -> None:
    assert written_of(line_of(one, REPLY)) == written(one, REPLY)


def test_shared_texts_are_named_by_what_they_say() -> None:
    (first, texts), (second, same) = written(call("a"), REPLY), written(call("b"), REPLY)
    assert texts == same
    assert set(names_in(first)) == set(names_in(second)) == texts.keys()
    assert all(name.startswith(PART) for name in texts)
    assert "You sort papers." not in first


def test_an_entry_of_the_first_version_gives_its_reply_and_no_line() -> None:
    entry = written(call(), REPLY)[0].partition("\n")[0]
    assert not has_call(entry)
    assert reply_in(entry) == REPLY
    assert line_in(call().key, entry, lambda name: None) is None


def test_a_line_is_given_only_for_the_key_of_its_call_and_with_all_of_it() -> None:
    entry, shared = written(call("a"), REPLY)
    assert line_in(call("b").key, entry, shared.get) is None
    assert line_in(call("a").key, entry, lambda name: None) is None


@pytest.mark.parametrize("entry", ["", "7", "[]", "null", "not JSON"])
def test_what_is_no_entry_is_damaged(entry: str) -> None:
    with pytest.raises(ValueError):
        told_by(entry)
    assert issubclass(Damaged, ValueError)
