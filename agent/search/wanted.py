"""What a search looks for: the words of a question, the names in it taken whole and in parts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from agent.search.words import Reading, Word, is_sign, is_stop, read, stem, tied

Run = tuple[str, ...]
"""Stems that stand one after another; mostly one."""

PART = 0.5
"""What a part of a name or compound counts beside the whole."""
LONGEST_NAME = 12
"""Words in a name; what is longer is a formula or an address, and its parts are looked for."""
_INSIDE = re.compile(r"[-‐‑–^{}$_.+,\\]*")
"""What stands between the parts of one name: `S^{2}FT`, `1.08`, `C_3`."""


@dataclass(frozen=True)
class Wanted:
    """Runs of stems, each with what it counts; and those that only signs of a writing without blanks make up."""

    weights: Mapping[Run, float] = field(default_factory=dict)

    @property
    def stems(self) -> frozenset[str]:
        """Those that are looked for alone."""
        return frozenset(run[0] for run in self.weights if len(run) == 1)

    @property
    def runs(self) -> frozenset[Run]:
        """Those of several stems."""
        return frozenset(run for run in self.weights if len(run) > 1)


def wanted(text: str) -> Wanted:
    """What to look for where every sign of the text is a part of its words; stop words do not count."""
    reading = read(text)
    weights: dict[Run, float] = {}
    before: str | None = None
    for name in _names(reading):
        words = [reading.text[word.start : word.end] for word in name]
        for run, weight in _runs(name, words, reading):
            weights[run] = max(weights.get(run, 0.0), weight)
        alone = (
            words[0] if len(words) == 1 and len(words[0]) > 2 and words[0].isalpha() and not is_stop(words[0]) else None
        )
        if before and alone:  # `pre training` may be written as one word
            weights.setdefault((stem(before + alone),), PART)
        before = alone
    return Wanted(weights)


def sequence(text: str) -> Run:
    """The stems of a text in their order, stop words and all: what an exact phrase is."""
    return tuple(word.stem for word in read(text).words())


def spellings(text: str) -> frozenset[Run]:
    """The runs under which one word may stand in a paper: `fine-tuning` as two words or as one."""
    reading = read(text)
    as_one = {(stem(word),) for word, _, _ in tied(reading.text)}
    return frozenset(run for run in ({sequence(text)} | as_one) if run)


def _names(reading: Reading) -> Iterator[list[Word]]:
    """The words, those together that make up one name, compound or number."""
    name: list[Word] = []
    for word in reading.words():
        if name and not _are_one(reading.text, name[-1], word):
            yield name
            name = []
        name.append(word)
    if name:
        yield name


def _are_one(text: str, one: Word, other: Word) -> bool:
    are_signs = is_sign(text[one.start : one.end]), is_sign(text[other.start : other.end])
    if any(are_signs):
        return all(are_signs) and one.end == other.start
    return _INSIDE.fullmatch(text, one.end, other.start) is not None


def _runs(name: Sequence[Word], words: Sequence[str], reading: Reading) -> Iterator[tuple[Run, float]]:
    stems = [word.stem for word in name]
    if len(name) == 1:
        if not is_stop(words[0]):
            yield (stems[0],), 1.0
        return
    if is_sign(words[0]):
        yield from ((pair, 1.0) for pair in pairwise(stems))
        return
    as_one = "".join(words)
    if as_one in (joined for joined, _, _ in tied(reading.text[name[0].start : name[-1].end])):
        yield (stem(as_one),), 1.0
    elif len(name) <= LONGEST_NAME:
        yield tuple(stems), 1.0
    for stemmed, word in zip(stems, words, strict=True):
        if len(word) > 1 and not is_stop(word):
            yield (stemmed,), PART
