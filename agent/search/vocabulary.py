"""The words that the papers nearest to a question use, which the question may lack: feedback from a first search."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from agent.papers import Paper
from agent.search.words import is_sign, is_stop, read, stem

MOST_PAPERS = 10
"""What a first search finds after these has little to do with the question."""
TITLE_COUNTS = 3
"""A word of a title counts as often as this."""
RANK_SHIFT = 2
"""The first paper counts as one in so many, and each one after it less (as in RM3, Lavrenko and Croft, 2001)."""
TOO_COMMON = 0.6
"""A word that more than this share of the papers use tells none of them apart."""
_MOST_CHARS = 20_000
"""Of an abstract; what is longer is a whole text."""
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*(?:[-‐‑]?\d+)?")
_TIE = re.compile(r"[-‐‑]")
_FILLER_WORDS = """
    abstract achieve address aim analysis approach art available based benchmark better challenge code compare current
    data dataset demonstrate design develop different effective efficient enable evaluate existing experiment explore
    extensive framework furthermore github high http https however important improve include introduce investigate
    issue known large learn leverage like limit low make method model new novel number offer outperform paper perform
    performance present previous problem process propose provide real recent reduce release require research result
    show significant small specific state study superior system task technique term traditional train use using
    various way while work
"""
_FILLERS = frozenset(map(stem, _FILLER_WORDS.split()))
"""What papers of every subject say of themselves."""


def near_words(question: str, papers: Sequence[Paper], most: int = 40) -> tuple[str, ...]:
    """Words of the first papers found, the most telling first, in the spelling that they use most.

    `papers` come in the order of the search. Words that the question has, that hold sentences together, or that most
    of these papers share are left out. The same papers give the same words.
    """
    first = papers[:MOST_PAPERS]
    asked = {_stem(word) for word in _words(question)}
    weights: defaultdict[str, float] = defaultdict(float)
    n_using: Counter[str] = Counter()
    spelled: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for rank, paper in enumerate(first):
        counts = _counted(paper, spelled)
        n_using.update(counts.keys())
        for stemmed, n in counts.items():
            weights[stemmed] += (1 + math.log(n)) / (rank + RANK_SHIFT)
    most_using = max(1.0, TOO_COMMON * len(first))
    telling = [one for one in weights if one not in asked and one not in _FILLERS and n_using[one] <= most_using]
    rarity = {one: math.log((len(first) + 1) / n_using[one]) for one in telling}
    telling.sort(key=lambda one: (-round(weights[one] * rarity[one], 9), one))
    return tuple(_spelling(spelled[one]) for one in telling[:most])


def _counted(paper: Paper, spelled: defaultdict[str, Counter[str]]) -> Counter[str]:
    """How often a paper uses each stem; its spellings go into `spelled`."""
    counts: Counter[str] = Counter()
    for text, times in ((paper["title"], TITLE_COUNTS), (paper["abstract"][:_MOST_CHARS], 1)):
        for word in _words(text):
            stemmed = _stem(word)
            counts[stemmed] += times
            spelled[stemmed][word] += 1
    return counts


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(read(text).text):
        word = match[0]
        if (len(word) > 2 or is_sign(word)) and not is_stop(stem(word)):
            yield word


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    """Of what hyphens tie, the stems of all words."""
    return " ".join(stem(part) for part in _TIE.split(word))


def _spelling(found: Counter[str]) -> str:
    """The commonest, in small letters unless its inner capitals are its own."""
    best = min(found, key=lambda word: (-found[word], word))
    is_name = any(part[1:] != part[1:].lower() for part in _TIE.split(best))
    return best if is_name else best.lower()
