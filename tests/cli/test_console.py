import re
from itertools import count as counting
from types import SimpleNamespace

import pytest

from agent.cli.console import WHAT, Console
from agent.llm.call import Usage
from agent.wording import count, share

TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def drawn(captured: str) -> list[str]:
    """The lines of a terminal, one for each time it was drawn."""
    return [line for line in re.split(r"[\r\n]+", TERMINAL_CODES.sub("", captured)) if line]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("cost_usd", [None, 123.4567])
def test_the_moving_lines_fit_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int, cost_usd: float | None
) -> None:
    seconds = counting(step=30)
    monkeypatch.setattr("agent.cli.console.time", SimpleNamespace(monotonic=lambda: next(seconds)))
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    with Console(is_terminal=True) as console:
        console.spent = lambda: {"classify_paper": Usage(9_000, 9_000, 49_000_000, 990_000, cost_usd)}
        for prompt in WHAT:
            for n_done in (1, 5_000, 9_999):
                console.progress(prompt, n_done, 10_000)
        console.say("half way")
    lines = drawn(capsys.readouterr().err)
    for words in WHAT.values():
        assert any(line.startswith(words) and "9999/10000" in line for line in lines)
    # A `^C` is echoed behind the last line and must not begin another.
    assert max(map(len, lines)) <= width - 2
    assert not any("…" in line for line in lines)


@pytest.mark.parametrize("width", [40, 60])
def test_a_narrow_terminal_shows_what_matters_most(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    seconds = counting(step=5)
    monkeypatch.setattr("agent.cli.console.time", SimpleNamespace(monotonic=lambda: next(seconds)))
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    with Console(is_terminal=True) as console:
        console.spent = lambda: {"classify_paper": Usage(9, 9, 4_000, 500, 0.0123)}
        for n_done in (1, 120, 200):
            console.progress("classify_paper", n_done, 286)
        console.progress("write_introduction", 12_000, 12_345)
    lines = drawn(capsys.readouterr().err)
    reading, writing = lines[-2:]
    assert re.fullmatch(r"reading papers +200/286 +\S+ +\$0\.0123 *", reading)
    assert "12000/12345" in writing and "$0.0123" in writing  # where there is too little room, words are cut
    assert writing.startswith("writing the ") and max(map(len, lines)) <= width
    assert not any("━" in line or "/s" in line for line in lines)


def test_what_is_said_stands_above_the_moving_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with Console(is_terminal=True) as console:
        console.progress("classify_paper", 1, 2)
        console.say("8 cards")
        console.progress("classify_paper", 2, 2)
    lines = drawn(capsys.readouterr().err)
    assert "reading papers" in lines[-1] and "2/2" in lines[-1]
    assert "8 cards" in lines[:-1]


def test_a_prompt_that_is_asked_again_begins_anew(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with Console(is_terminal=True) as console:
        console.progress("check_support", 20, 20)
        console.progress("check_support", 1, 3)
    assert "1/3" in drawn(capsys.readouterr().err)[-1]


def test_plain_lines_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with Console(is_terminal=False) as console:
        console.spent = lambda: {"classify_paper": Usage(2, 2, 4_000, 500, 0.25)}
        console.progress("classify_paper", 2, 2)
    captured = capsys.readouterr()
    assert captured.err.startswith("reading papers: 2 of 2") and captured.err.endswith(", $0.2500\n")
    assert captured.out == ""


def test_counts_and_shares() -> None:
    assert [count(n, "entry", "entries") for n in (0, 1, 1286)] == ["0 entries", "1 entry", "1,286 entries"]
    assert [share(9999, 10000), share(3, 3), share(0, 0)] == ["99.9%", "100.0%", "none"]
