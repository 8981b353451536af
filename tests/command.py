"""Runs the command line in this process, as a shell would, and keeps what it printed."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from agent.cli import main


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """The one line of an error, without the program's name before it."""
        return self.err.strip().splitlines()[-1].removeprefix("conspectus: ")


Conspectus = Callable[..., Result]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Conspectus:
    def run(*words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["conspectus", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return run
