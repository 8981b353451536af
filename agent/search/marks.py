"""Finds the words of a search in a text: where they stand, and which sentences say most of them."""

import re
from collections.abc import Iterable, Mapping

from agent.search.wanted import Run, Wanted, wanted
from agent.search.words import Reading, Word, read, stem, tied
from agent.sentences import sentences

Span = tuple[int, int]

MOST_SENTENCES = 2
LEAST_GAIN = 0.4
"""What the second sentence has to add, as a share of what the first one says."""
_JOINT = re.compile(r"[\s\-‐‑–^{}$_+/]*")
"""Between two marked words these are marked with them."""


def marks(text: str, words: str) -> list[Span]:
    """The spans of the text's words whose stem is among those of `words`, as one where they are adjacent."""
    reading = read(text)
    found = sorted({reading.span(*span) for spans in _found(reading, wanted(words)).values() for span in spans})
    merged: list[Span] = []
    for start, end in found:
        if merged and (start <= merged[-1][1] or _JOINT.fullmatch(text, merged[-1][1], start)):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def passages(text: str, words: str, weigh: Mapping[Run, float]) -> list[Span]:
    """The one or two sentences that say most of `words`, in their order; none where no sentence has any.

    Each word counts once, with its weight; the second is there for what the first leaves out, where that is enough.
    """
    reading = read(text)
    spans = sentences(reading.text)
    found = _found(reading, wanted(words))
    said = [
        {run for run, places in found.items() if any(start <= place[0] < end for place in places)}
        for start, end in spans
    ]
    chosen: list[int] = []
    told: set[Run] = set()
    gains_before = 0.0
    for _ in range(min(MOST_SENTENCES, len(spans))):
        gains = [_weight(runs - told, weigh) for runs in said]
        best = max(range(len(spans)), key=lambda n: (gains[n], -n))
        if gains[best] <= 0 or gains[best] < LEAST_GAIN * gains_before:
            break
        gains_before = gains[best]
        chosen.append(best)
        told |= said[best]
    return [reading.span(*spans[n]) for n in sorted(chosen)]


def _weight(runs: Iterable[Run], weigh: Mapping[Run, float]) -> float:
    return sum(weigh.get(run, 0.0) for run in sorted(runs))


def _found(reading: Reading, looked_for: Wanted) -> dict[Run, list[Span]]:
    """Where each run that is looked for stands, in the reading."""
    found: dict[Run, list[Span]] = {}
    words = reading.words()
    for word in words:
        if word.stem in looked_for.stems:
            found.setdefault((word.stem,), []).append((word.start, word.end))
    for joined, start, end in tied(reading.text):
        if stem(joined) in looked_for.stems:
            found.setdefault((stem(joined),), []).append((start, end))
    for run in looked_for.runs:
        found.setdefault(run, []).extend(_places(run, words))
    return found


def _places(run: Run, words: list[Word]) -> list[Span]:
    stems = tuple(word.stem for word in words)
    n = len(run)
    starts = [at for at, one in enumerate(stems) if one == run[0] and stems[at : at + n] == run]
    return [(words[at].start, words[at + n - 1].end) for at in starts]
