"""Chooses the codes of a paper: by the words of their definitions, and by what papers say of their own kind."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from agent.extractive.roles import Role, best, read
from agent.extractive.words import features, is_stop, paper_features, stem
from agent.papers import Paper
from agent.review import Facet


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of scholarly contribution: the words a codebook names it by, and how papers of it speak."""

    named: frozenset[str]
    in_title: re.Pattern[str]
    in_approach: re.Pattern[str]


def _kind(named: str, in_title: str, in_approach: str) -> _Kind:
    return _Kind(
        frozenset(stem(word) for word in named.split()),
        re.compile(in_title, re.IGNORECASE),
        re.compile(in_approach, re.IGNORECASE),
    )


_NOTHING = r"(?!)"
_KINDS = (
    _kind(
        "survey review overview tutorial",
        r"\b(?:survey|review|overview|tutorial|taxonomy|roadmap)\b",
        r"\b(?:survey|(?:comprehensive|systematic|in-depth) (?:review|overview)|this (?:review|overview))\b",
    ),
    _kind(
        "benchmark evaluation suite testbed",
        r"\b(?:benchmark(?:s|ing)?|bench|leaderboard|testbed)\b|\w-?bench\b",
        r"\b(?:introduc|propos|present|develop|construct|creat|build|releas)\w*\b.{0,80}"
        r"\b(?:benchmark|testbed|evaluation suite)\b",
    ),
    _kind(
        "dataset data set corpus collection",
        r"\b(?:data ?sets?|corpus|corpora)\b(?!-)",
        r"\b(?:introduc|present|construct|creat|build|releas|collect|curat)\w*\b.{0,60}\b(?:data ?set|corpus)\b",
    ),
    _kind(
        "system library toolkit software hardware platform package tool implementation infrastructure",
        r"\b(?:library|toolkit|package|platform|software|hardware|system|toolbox)\b",
        r"\b(?:library|toolkit|package|platform|open-source (?:framework|system|tool)|easy-to-use"
        r"|user-friendly|implementation)\b",
    ),
    _kind(
        "report release released model technical",
        r"\b(?:technical report|open models?)\b",
        r"\b(?:technical report|(?:this|the) report|(?:famil(?:y|ies)|series|suite) of (?:\w+[\s-]){0,4}models?"
        r"|(?:open-?sourc|releas)\w* (?:\w+[\s-]){0,5}models?)\b",
    ),
    _kind(
        "analysis empirical theoretical study investigation experiment evaluation observational",
        r"\b(?:analy[sz]\w+|investigat\w+|study|studies|understanding|exploring|rethinking|revisiting|evaluating"
        r"|effects? of|limitations|struggle|shortcomings)\b|\?",
        r"\b(?:we|this (?:paper|work|study)|our)\b.{0,40}\b(?:investigat\w+|stud(?:y|ies)|analy[sz]\w+|examin\w+"
        r"|explor\w+|find that|compar\w+|reveal\w*|evaluate)\b"
        r"|\b(?:systematic|empirical|comprehensive|theoretical) (?:study|analysis)\b",
    ),
    _kind(
        "method technique algorithm approach architecture intervention framework theory",
        _NOTHING,
        r"\b(?:propos\w+|novel|new (?:technique|algorithm|paradigm)|method|framework|approach)\b",
    ),
)
_TITLE_SAYS, _APPROACH_SAYS = 3.0, 1.5
_LEAST_KINDS = 3
"""A facet that names fewer kinds of contribution than this asks something else."""


def codes_of(paper: Paper, facet: Facet) -> str | list[str] | None:
    """The code that fits best or None; for a `many` facet, all whose own words the paper uses."""
    counted = Counter(paper_features(paper))
    uses = {code: sum(counted[stemmed] for stemmed in stems) for code, stems in _own_words(facet).items()}
    if facet.many:
        return [code for code in facet.codes if uses[code]]
    kinds = _kinds_of(facet)
    said = _speaks_as(paper) if len(kinds) >= _LEAST_KINDS else None
    scores = {code: said[kinds[code]] if said and code in kinds else 0.0 for code in facet.codes}
    code = max(facet.codes, key=lambda one: (scores[one], uses[one]))
    return code if scores[code] or uses[code] else None


def _own_words(facet: Facet) -> Mapping[str, set[str]]:
    """For each code the stems of its name and definition that most of the other codes do not share."""
    said = {
        code: set(features(f"{code.replace('_', ' ')} {definition}")) | _short_words(code)
        for code, definition in facet.codes.items()
    }
    in_codes = Counter(stemmed for stems in said.values() for stemmed in stems)
    return {code: {s for s in stems if in_codes[s] == 1} for code, stems in said.items()}


def _short_words(code: str) -> set[str]:
    return {stem(word) for word in re.split(r"[\W_]+", code) if word and not is_stop(word)}


def _kinds_of(facet: Facet) -> dict[str, int]:
    """Which kind of contribution each code means, where its name or definition says one; each kind once."""
    matches = []
    for code, definition in facet.codes.items():
        name, text = _short_words(code), set(features(definition))
        for number, kind in enumerate(_KINDS):
            score = 2.0 * len(name & kind.named) + len(text & kind.named) / (1 + len(text))
            if score > 0:
                matches.append((-score, number, code))
    kinds: dict[str, int] = {}
    for _, number, code in sorted(matches):
        if code not in kinds and number not in kinds.values():
            kinds[code] = number
    return kinds


def _speaks_as(paper: Paper) -> list[float]:
    """How plainly the paper says that it is of each kind."""
    told = read(paper)
    approach = best(told, Role.APPROACH)
    first = approach.text if approach else ""
    rest = " ".join(one.text for one in told if one is not approach and one.scores[Role.APPROACH] >= _APPROACH_SAYS)
    scores = []
    for kind in _KINDS:
        score = _TITLE_SAYS if kind.in_title.search(paper.title or "") else 0.0
        score += _APPROACH_SAYS if kind.in_approach.search(first) else 0.0
        scores.append(score + (0.5 if kind.in_approach.search(rest) else 0.0))
    scores[-1] += 0.9  # most papers offer a method, and say so in the fewest words
    return scores
