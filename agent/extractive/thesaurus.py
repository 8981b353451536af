"""Words that mean nearly the same: an everyday question finds the paper that puts it in the words of its field."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agent.extractive.tokens import Phrase, phrase_of, roots_of

_FILE = Path(__file__).with_name("thesaurus.txt")
_SAME = Path(__file__).with_name("same.txt")


@dataclass(frozen=True)
class Thesaurus:
    """For each word or phrase those that may stand for it, the ones that share most groups with it first."""

    nearby: Mapping[Phrase, tuple[Phrase, ...]]
    spellings: Mapping[Phrase, str]

    def of(self, phrase: Phrase) -> tuple[Phrase, ...]:
        return self.nearby.get(phrase, ())


@lru_cache(maxsize=1)
def thesaurus() -> Thesaurus:
    """The one that comes with the program."""
    spellings: dict[Phrase, str] = {}
    found: defaultdict[Phrase, Counter[Phrase]] = defaultdict(Counter)
    for group in _groups(_FILE.read_text(encoding="utf-8")):
        phrases = list(dict.fromkeys(map(phrase_of, group)))
        for spelled in group:
            spellings.setdefault(phrase_of(spelled), spelled)
        for phrase in phrases:
            found[phrase].update(other for other in phrases if other != phrase)
    nearby = {phrase: tuple(one for one, _ in others.most_common()) for phrase, others in found.items()}
    return Thesaurus(nearby, spellings)


def same(phrase: Phrase) -> tuple[Phrase, ...]:
    """What counts as this where papers are counted, roots for roots, with itself; nothing for a word that is not known.

    Other words for it and kinds of it, not what is merely near.
    """
    return _same().get(phrase, ())


def same_words(phrase: Phrase) -> tuple[str, ...]:
    """The same as they are written."""
    written = _same_written()
    return tuple(written[other] for other in same(phrase))


@lru_cache(maxsize=1)
def _same_written() -> Mapping[Phrase, str]:
    lines = _lines(_SAME.read_text(encoding="utf-8"))
    entries = (one.strip() for line in lines for one in re.split("[,:]", line))
    return {roots_of(one): one for one in entries if one}


@lru_cache(maxsize=1)
def _same() -> Mapping[Phrase, tuple[Phrase, ...]]:
    found: defaultdict[Phrase, dict[Phrase, None]] = defaultdict(dict)
    for line in _lines(_SAME.read_text(encoding="utf-8")):
        words, _, kinds = (part.split(",") for part in line.partition(":"))
        alike, below = ([roots_of(one) for one in group if one.strip()] for group in (words, kinds))
        for phrase in alike:
            found[phrase].update(dict.fromkeys((*alike, *below)))
        for phrase in below:
            found[phrase].setdefault(phrase)
    return {phrase: tuple(others) for phrase, others in found.items()}


def _groups(text: str) -> list[Sequence[str]]:
    return [[one.strip() for one in line.split(",")] for line in _lines(text)]


def _lines(text: str) -> list[str]:
    lines = map(str.strip, text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
