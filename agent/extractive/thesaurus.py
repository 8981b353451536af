"""Words that mean nearly the same: an everyday question finds the paper that puts it in the words of its field."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agent.extractive.tokens import Phrase, phrase_of

_FILE = Path(__file__).with_name("thesaurus.txt")


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


def _groups(text: str) -> list[Sequence[str]]:
    lines = [line.strip() for line in text.splitlines()]
    return [[one.strip() for one in line.split(",")] for line in lines if line and not line.startswith("#")]
