"""A rule is a pattern that is looked for in linear time, and fast where it does not occur.

A pattern is matched in lower case and from the beginning of a word; a blank in it is one white-space character. Every
repetition is bounded. A rule is tried only on a text that has one of its words, and begins with plain letters wherever
it can, which `re` finds fastest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.suspicion.kinds import Kind


@dataclass(frozen=True, eq=False)
class Rule:
    """A pattern, and words without one of which it cannot match."""

    kind: Kind
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    is_imperative: bool
    """Whether it has to stand where a sentence begins, as an order does and a report of one does not."""

    def matches(self, lower: str) -> Iterator[tuple[int, int]]:
        """Where it stands in a text in lower case."""
        for match in self.pattern.finditer(lower):
            start = match.start()
            if lower[start - 1 : start].isalnum() and _is_spaced(lower[start]):
                continue
            if not self.is_imperative or _BEFORE.search(lower, max(0, start - MOST_BEFORE), start):
                yield match.span()


MOST_BEFORE = 24
_BEFORE = re.compile(
    r"(?:^|[.!?:;…>)\]}\"”»*#]\s|[\n\"“„«(\[>*。！？；：]|\b(?:must|always|please)\s)"
    r"(?:(?:please|now|then|and|bitte|veuillez|por favor),?\s)?$"
)


def _is_spaced(char: str) -> bool:
    """Whether it is of a script that has blanks between its words."""
    return char < "\u3000" and char.isalnum()


def rule(kind: Kind, words: str, pattern: str, *, is_imperative: bool = False) -> Rule:
    """Words are separated by commas."""
    spaced = pattern.replace(" ", r"\s")
    return Rule(kind, tuple(words.split(",")), re.compile(spaced), is_imperative)
