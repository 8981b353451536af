"""The paragraphs of a dump with what each was taken for, and what its neighbours say of a sentence by itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from agent.sources.kinds import Kind, count_words
from agent.sources.paragraphs import Paragraph

_ASSERTS = re.compile(r"\b(?:we|our|this|these|was|were|has|have|it|here)\b", re.IGNORECASE)


@dataclass(slots=True)
class Unit:
    """A paragraph and what it was taken for."""

    paragraph: Paragraph
    kind: Kind
    is_used: bool = False

    @property
    def text(self) -> str:
        return self.paragraph.text


def settle_sentences(units: Sequence[Unit]) -> None:
    """Decide what a sentence by itself is: a short abstract, a title with a full stop, the rest of an abstract."""
    lengths = [count_words(unit.text) for unit in units if unit.kind is Kind.ABSTRACT]
    usual = median(lengths) if lengths else 0.0
    telling = [
        unit for unit in units if unit.kind in (Kind.LINE, Kind.SENTENCE, Kind.ABSTRACT) or has_label(unit, "title")
    ]
    for index, unit in enumerate(telling):
        if unit.kind is not Kind.SENTENCE:
            continue
        before = telling[index - 1] if index else None
        after = telling[index + 1].kind if index + 1 < len(telling) else None
        is_below_title = before is not None and (before.kind is Kind.LINE or has_label(before, "title"))
        is_long_enough = count_words(unit.text) >= max(8, 0.15 * usual)
        alternates = index > 1 and telling[index - 2].kind is Kind.ABSTRACT and after in (Kind.LINE, None)
        goes_on = before is not None and before.kind is Kind.ABSTRACT and not unit.paragraph.is_after_blank
        if after is Kind.ABSTRACT and not (is_below_title and _ASSERTS.search(unit.text)):
            unit.kind = Kind.LINE
        elif (is_below_title and (is_long_enough or alternates)) or goes_on:
            unit.kind = Kind.ABSTRACT


def has_label(unit: Unit, label: str) -> bool:
    return unit.paragraph.label == label


def overlap(text: str, other: str) -> float:
    """The share of a text's longer words that another has, too, in any form: titles share words with abstracts."""
    mine = stems(text)
    return len(mine & stems(other)) / len(mine) if mine else 0.0


def stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[^\W\d_]{4,}", text.lower())}
