"""What was looked at and how it stands: one check a line, for a person and for a program."""

from enum import StrEnum
from typing import Any

from agent.papers import Frozen


class State(StrEnum):
    """How a thing stands."""

    FINE = "fine"
    NOTE = "note"
    """A build can run, and this is worth knowing before it does."""
    WRONG = "wrong"
    """A build cannot run."""


class Check(Frozen):
    """One thing that was looked at."""

    about: str
    state: State = State.FINE
    says: str
    do: str = ""
    """What to do about it; empty where nothing is to be done."""
    value: Any = None
    """What `says` says, for a program."""


class Checkup(Frozen):
    """All that was looked at."""

    checks: tuple[Check, ...]

    @property
    def can_build(self) -> bool:
        return not self.wrong

    @property
    def wrong(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state is State.WRONG)


def fine(about: str, says: str, value: object = None) -> Check:
    return Check(about=about, says=says, value=value)


def note(about: str, says: str, do: str = "", value: object = None) -> Check:
    return Check(about=about, state=State.NOTE, says=says, do=do, value=value)


def wrong(about: str, says: str, do: str = "", value: object = None) -> Check:
    return Check(about=about, state=State.WRONG, says=says, do=do, value=value)
