"""How the built-in model reads words: folded to a common form, in phrases, without those that carry no meaning."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from agent.papers import Paper

TITLE_WEIGHT = 3
"""A title is its authors' own choice of marking words: each of its words counts as often as this."""

_WORD = re.compile(r"[^\W\d_][\w+#]*|\d+[^\W\d_]+")
_TIED = re.compile(rf"(?:{_WORD.pattern})(?:[-‐‑](?:{_WORD.pattern}))*")
_BREAK = re.compile(r"[.,;:()\[\]!?/|]+(?:\s|$)|[()\[\]\n\"“”]|\s[-–—]+\s|/")
_ENDINGS = ("ization", "isation", "ational", "ation", "ing", "ion", "ed", "er", "e", "al", "ity", "ive", "or")
_SHORTEST_STEM = 4
_FILLERS = """
    abstract accurate achieve achieves achieving address addresses aim approach approaches art available based
    better both challenge challenges challenging com commonly comparable compared consider current demonstrate
    demonstrates design designs different downstream due early effective effectively efficiency efficient
    efficiently enable enables enabling equip evaluate evaluates evaluating existing experiment experiments
    extensive fast faster finally first further furthermore future github help high however http https important
    improve improved improvement improvements improves improving including introduce introduced introduces
    introducing io known large like limited made make makes many method methods moreover multi multiple namely new
    novel number obtain offer one order outperform outperforming outperforms overall paper papers perform
    performance performs possible present presents previous prior problem propose proposed proposes provide provides
    providing quality real recent recently related require requires result resulting results second self several
    show showing shown shows significant significantly simple small specifically state study substantial such
    suggest task tasks term three thus towards two use used using various way well widely without work works www yet
"""
"""What papers of every subject say of themselves: no name for a category may be made of it."""


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The form under which spellings of one word meet: `tuning`, `tuned` and `Tunes` are one."""
    word = word.lower()
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and word[-2:] not in ("ss", "us", "is"):
        word = word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "sl" else word


_STOPS = frozenset(ENGLISH_STOP_WORDS) | {stem(word) for word in ENGLISH_STOP_WORDS}
_FILLER_STEMS = frozenset(stem(word) for word in _FILLERS.split())


def is_stop(word: str) -> bool:
    """Whether a word in any spelling only holds sentences together."""
    return len(word) < 2 or word in _STOPS or word.lower() in _STOPS


def is_filler(word: str) -> bool:
    """Whether papers of every subject use the word of themselves: `propose`, `results`, `novel`."""
    return stem(word) in _FILLER_STEMS


def runs(text: str) -> Iterator[list[str]]:
    """The words between two breaks, as they are spelled, what hyphens tie as one: `fine-tuning`, `methods`."""
    for piece in _BREAK.split(text):
        words = _TIED.findall(piece)
        if words:
            yield words


def parts(word: str) -> list[str]:
    """The words that hyphens tie: `fine-tuning` is `fine`, `tuning`."""
    return _WORD.findall(word)


def features(text: str) -> list[str]:
    """The stems of the words that carry meaning, each as often as it stands there."""
    return [stemmed for word in _WORD.findall(text) if not is_stop(stemmed := stem(word)) and not is_stop(word)]


def paper_text(paper: Paper) -> str:
    """Title and abstract with the title's weight."""
    return ((paper.title or "") + ".\n") * TITLE_WEIGHT + (paper.abstract or "")


def paper_features(paper: Paper) -> list[str]:
    return features(paper_text(paper))


def spellings(papers: Iterable[Paper]) -> dict[str, str]:
    """For each stem the spelling that these papers use most; in lower case where they do so at all."""
    seen: dict[str, Counter[str]] = {}
    for paper in papers:
        for word in _WORD.findall(f"{paper.title or ''}\n{paper.abstract or ''}"):
            seen.setdefault(stem(word), Counter())[word] += 1
    return {stemmed: _best_spelling(found) for stemmed, found in seen.items()}


def _best_spelling(found: Counter[str]) -> str:
    folded: Counter[str] = Counter()
    for word, n in found.items():
        folded[word.lower()] += n
    best = min(folded, key=lambda word: (-folded[word], word))
    cased = {word: n for word, n in found.items() if word.lower() == best}
    # A capital may only mean that a sentence or a title begins; inner capitals are a name's own.
    inner = {word: n for word, n in cased.items() if word[1:] != word[1:].lower()}
    if sum(inner.values()) * 2 > folded[best]:
        return min(inner, key=lambda word: (-inner[word], word))
    return best
