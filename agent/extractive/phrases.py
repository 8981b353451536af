"""Finds the phrases that a group of papers is best called by."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.extractive.words import is_filler, is_stop, parts, runs, stem
from agent.papers import Paper

_LONGEST = 3
_LENGTH_BONUS = (1.0, 2.4, 2.6)
"""A phrase of two words says more than one of one; a third adds little."""
_ADJECTIVE = re.compile(r"(?:ed|ive|al|ous|[ai]ble|ic|ary|arse|ent)$")
_ADJECTIVE_COUNTS = 0.5
"""An adjective alone names nothing: `speculative`, `annotated`."""
_TITLE_COUNTS = 2.0
_LEAST_COVERAGE = 0.12
_OFTEN = 0.3
"""A phrase that no title has must stand in this share of the group's abstracts."""
_SHORTEST_ROOT = 4
_SECOND_COVERAGE = 0.25
"""How much of what the first phrase leaves out a second one has to hold to be worth naming."""

Phrase = tuple[str, ...]
"""A phrase as the stems of its words."""


@dataclass(frozen=True)
class Phrases:
    """Which paper uses which phrase, and how phrases are spelled."""

    by_paper: list[dict[Phrase, float]]
    spellings: dict[Phrase, Counter[str]]
    in_papers: Counter[Phrase]
    in_titles: frozenset[Phrase]

    def best(self, group: Sequence[int], taken: set[str], common: set[str], most: int = 3) -> list[Phrase]:
        """The phrases that most of the group uses and few others do, best first.

        None shares a stem with another or with those that are taken; `common` stems alone make no phrase, but may be
        part of several.

        Scored by coverage of the group times the logarithm of how much likelier its papers are to use the phrase.
        """
        weights: defaultdict[Phrase, float] = defaultdict(float)
        inside: Counter[Phrase] = Counter()
        for place in group:
            for phrase, weight in self.by_paper[place].items():
                weights[phrase] += weight
                inside[phrase] += 1
        # What stands in some title, or in many abstracts, is a phrase; elsewhere three words may be any three words.
        has_titles = any(phrase in self.in_titles for phrase in weights)
        n_papers = len(self.by_paper)
        least = min(len(group), max(2, math.ceil(_LEAST_COVERAGE * len(group))))
        scored = []
        for phrase, weight in weights.items():
            often = inside[phrase] >= max(3, _OFTEN * len(group))
            if inside[phrase] >= least and (phrase in self.in_titles or often or not has_titles):
                lift = (inside[phrase] / self.in_papers[phrase]) * (n_papers / len(group))
                gain = math.log1p(lift) if n_papers == len(group) else math.log(max(lift, 1.0))
                bonus = _bonus(self.spelled(phrase))
                scored.append((-round(weight / len(group) * gain * bonus, 9), phrase))
        chosen: list[Phrase] = []
        used = set(taken)
        for _, phrase in sorted(scored):
            own = set(phrase) - common
            if len(chosen) < most and own and not any(_are_akin(one, other) for one in own for other in used):
                chosen.append(phrase)
                used |= own
        return chosen

    def common_to(self, group: Sequence[int], taken: set[str], common: set[str]) -> tuple[str | None, set[str]]:
        """What a few papers have in common, and the stems of it; one word alone is joined by a second."""
        first, *others = self.best(group, taken, common, most=2) or [()]
        if not first:
            return None, set()
        joined = [first] if " " in self.spelled(first) else [first, *others]
        return " and ".join(map(self.spelled, joined)), {stemmed for phrase in joined for stemmed in phrase} - common

    def spelled(self, phrase: Phrase) -> str:
        return _spelled(self.spellings[phrase])

    def coverage(self, group: Sequence[int], phrase: Phrase) -> float:
        """The share of the group's papers that use the phrase."""
        return sum(phrase in self.by_paper[place] for place in group) / len(group)

    def name(self, group: Sequence[int], taken: set[str], common: set[str]) -> str | None:
        """A heading for the group: its best phrase, and a second one where the first leaves half of it out.

        None where its papers have no phrase in common.
        """
        best = self.best(group, taken, common)
        if not best:
            return None
        first = best[0]
        rest = [place for place in group if first not in self.by_paper[place]]
        second = next((phrase for phrase in best[1:] if " " in self.spelled(phrase)), None)
        if second and 2 * len(rest) > len(group) and self.coverage(rest, second) >= _SECOND_COVERAGE:
            return capitalized(f"{self.spelled(first)} and {self.spelled(second)}")
        return capitalized(self.spelled(first))


def _are_akin(one: str, other: str) -> bool:
    """Whether one stem begins with the other: `refin` and `refinement`."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _SHORTEST_ROOT and longer.startswith(shorter))


def _bonus(spelling: str) -> float:
    n_words = spelling.count(" ") + 1
    return _LENGTH_BONUS[n_words - 1] * (_ADJECTIVE_COUNTS if n_words == 1 and _ADJECTIVE.search(spelling) else 1.0)


def phrases_of(papers: Sequence[Paper]) -> Phrases:
    """The phrases of one to three words that could be a heading."""
    by_paper: list[dict[Phrase, float]] = []
    in_titles: set[Phrase] = set()
    spellings: defaultdict[Phrase, Counter[str]] = defaultdict(Counter)
    for paper in papers:
        own: dict[Phrase, float] = {}
        for text, weight in ((paper.abstract or "", 1.0), (paper.title or "", _TITLE_COUNTS)):
            for words in _candidates(text):
                phrase = tuple(stem(part) for word in words for part in parts(word))
                own[phrase] = max(own.get(phrase, 0.0), weight)
                if weight == _TITLE_COUNTS:
                    in_titles.add(phrase)
                spellings[phrase][" ".join(words)] += 1
        by_paper.append(own)
    in_papers = Counter(phrase for own in by_paper for phrase in own)
    return Phrases(by_paper, dict(spellings), in_papers, frozenset(in_titles))


def _candidates(text: str) -> Iterator[Sequence[str]]:
    for words in runs(text):
        bare = [_is_bare(word) for word in words]
        for start in range(len(words)):
            for length in range(1, min(_LONGEST, len(words) - start) + 1):
                if not any(bare[start : start + length]) or _is_joined(words[start : start + length], bare[start:]):
                    yield words[start : start + length]


def _is_bare(word: str) -> bool:
    """Whether a phrase can neither begin nor end with this word."""
    ends = (parts(word)[0], parts(word)[-1])
    return any(is_stop(end) or is_filler(end) for end in ends)


def _is_joined(words: Sequence[str], bare: Sequence[bool]) -> bool:
    """Whether these are two telling words with an `of` between them: `mixture of experts`."""
    return len(words) == 3 and words[1] == "of" and not bare[0] and not bare[2]


def _spelled(found: Counter[str]) -> str:
    """The commonest spelling, in small letters but for words whose inner capitals are their own: `KV cache`."""
    folded: Counter[str] = Counter()
    for spelling, n in found.items():
        folded[spelling.lower()] += n
    best = min(folded, key=lambda one: (-folded[one], one))
    forms = [Counter[str]() for _ in best.split()]
    for spelling, n in found.items():
        if spelling.lower() == best:
            for form, word in zip(forms, spelling.split(), strict=True):
                form[word] += n
    return " ".join(_cased(form) for form in forms)


def _cased(forms: Counter[str]) -> str:
    inner = [form for form in sorted(forms) if any(part[1:] != part[1:].lower() for part in form.split("-"))]
    is_cased = 2 * sum(forms[form] for form in inner) > forms.total()
    return max(inner, key=lambda form: forms[form]) if is_cased else min(forms).lower()


def capitalized(text: str) -> str:
    """With a capital at its beginning; the rest as it is, for `KV cache` and `LoRA`."""
    return text[:1].upper() + text[1:] if text[:2] == text[:2].lower() else text
