"""The answers that came back, kept as the text they came in and read when they are looked at.

A typed answer takes ten times the memory of its text, and a run may have a hundred thousand of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Generic, TypeVar, overload

from agent.llm.call import Answer, Call, Reply
from agent.llm.prompts import wording_of
from agent.review import BUILT_IN, Unanswered

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class Told(Generic[A]):
    """A reply that was found to be a valid answer."""

    kind: type[A]
    text: str
    call: str
    """The key of the call that it answers."""
    model: str
    day: str | None
    prompt: str
    """The digest of the prompt's wording; empty for the built-in model, which does not read it."""

    @classmethod
    def of(cls, kind: type[A], call: Call, reply: Reply) -> "Told[A]":
        # The class of a closed set is large, and of no more use once the answer was found to keep to it.
        day = None if reply.day is None else intern(reply.day)
        prompt = "" if reply.model == BUILT_IN else wording_of(call.prompt)
        return cls(opened(kind), reply.text, call.key, intern(reply.model), day, prompt)

    def read(self) -> A:
        """The answer, which knows how it was made."""
        value = self.kind.model_validate_json(self.text)
        value.sign(self.call, self.model, self.day, self.prompt)
        return value


def opened(kind: type[A]) -> type[A]:
    """The class to read what was valid for this one."""
    return kind if kind.opened is None else kind.opened  # type: ignore[return-value]


class Answers(Sequence[A | Unanswered]):
    """Answers in the order in which they were asked for; the same each time, but not the same object."""

    def __init__(self, told: Iterable[Told[A] | Unanswered]) -> None:
        self._told = list(told)

    def __len__(self) -> int:
        return len(self._told)

    @overload
    def __getitem__(self, index: int) -> A | Unanswered: ...
    @overload
    def __getitem__(self, index: slice) -> "Answers[A]": ...
    def __getitem__(self, index: int | slice) -> "A | Unanswered | Answers[A]":
        if isinstance(index, slice):
            return Answers(self._told[index])
        one = self._told[index]
        return one.read() if isinstance(one, Told) else one

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]
