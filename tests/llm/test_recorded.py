from pathlib import Path

import pytest

from agent.errors import NotKept
from agent.llm.call import Reply, Usage
from agent.llm.recorded import encoded, is_there, line_of, numbered, parsed, read_lines, reply_of, write_lines
from tests.llm.sample import VALID, call

REPLY = Reply(VALID, "m", "2026-01-02")
LINE = line_of(call("é \u2028 \ud83d"), REPLY)


def test_a_line_comes_back_as_it_was() -> None:
    line = parsed(encoded(LINE).decode())
    assert line == LINE
    assert reply_of(line) == REPLY


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, "null", '{"reply": {"text": 7, "model": "m", "day": null, "usage": {}}}']
)
def test_what_is_no_line_is_none(text: str) -> None:
    assert parsed(text) is None


def test_lines_have_their_numbers_and_blank_ones_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("a\n\n  \nb\u2028c\rd\n")
    assert [(number, text.strip()) for number, text in numbered(path)] == [(1, "a"), (4, "b\u2028c\rd")]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "below" / "answers.jsonl"
    write_lines(path, [encoded(LINE)])
    assert list(read_lines(path).values()) == [LINE]

    def broken() -> object:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(NotKept, match="No space left"):
        write_lines(path, broken())  # type: ignore[arg-type]
    assert list(read_lines(path).values()) == [LINE]
    assert [one.name for one in path.parent.iterdir()] == ["answers.jsonl"]


def test_a_folder_that_is_closed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", closed)
    with pytest.raises(NotKept, match="x.jsonl cannot be read: Permission denied; make it readable"):
        is_there(tmp_path / "x.jsonl")


@pytest.mark.parametrize("cost_usd", [-7.0, float("nan"), float("inf")])
def test_a_reply_that_took_what_nothing_can_take_is_none(cost_usd: float) -> None:
    line = line_of(call(), Reply("{}", "m", "2026-01-02", Usage(1, 1, 10, 5, cost_usd)))
    with pytest.raises(ValueError, match="less than nothing"):
        reply_of(line)
