"""Which papers count in answer to a question over many: those that are about its core, and not in passing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.extractive.core import Core, has_one, line_of
from agent.extractive.roles import Role, Sentence, read
from agent.papers import Paper
from agent.quotes import MIN_QUOTE_WORDS

PLAINLY = 2.0
"""How plainly a sentence must say what was done or found to make a subject of what it names once."""
_IN_PASSING = re.compile(
    r"\b(?:such as|e\.g\.|for example|for instance|including|etc|future|ongoing|resources|compared (?:to|with)|unlike"
    r"|seamlessly|inspired by)\b|https?://|github",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A paper that has all of the core, with the words that show it."""

    paper: Paper
    quote: str
    score: float
    """How much of the paper is about it."""
    counts: bool
    """Whether it is more than spoken of in passing."""


def count(core: Core, papers: Sequence[Paper]) -> list[Counted]:
    """The papers that have all of the core, in the order given."""
    found = (_counted(core, paper) for paper in papers) if core.parts else ()
    return [one for one in found if one is not None]


def _counted(core: Core, paper: Paper) -> Counted | None:
    told = read(paper)
    if not told:
        return None
    title = paper.title or ""
    titled = [has_one(group, line_of(title)) for group in core.parts]
    had = [[has_one(group, line_of(one.text)) for group in core.parts] for one in told]
    if not all(map(any, zip(titled, *had, strict=True))):
        return None
    whole = [one for one, groups in zip(told, had, strict=True) if all(groups)]
    score = _score(titled, told, had, whole)
    is_enough = core.is_mention or (core.is_use and any(map(_is_used, whole)))
    counts = score >= 1 or (is_enough and bool(whole))
    best = max(zip(told, had, strict=True), key=lambda pair: (sum(pair[1]), *_rank(pair[0])))
    is_better_titled = sum(titled) > sum(best[1]) and len(title.split()) >= MIN_QUOTE_WORDS
    return Counted(paper, title if is_better_titled else best[0].text, score, counts)


def _score(
    titled: Sequence[bool], told: Sequence[Sentence], had: Sequence[Sequence[bool]], whole: Sequence[Sentence]
) -> float:
    """1 or more where the paper is about it: by its title, two sentences, its first, or one on what was done."""
    if all(titled):
        return 2.0 + len(whole)
    if any(titled) and len(titled) > 1:
        return 1.0 + len(whole)
    done = [one for one in whole if _is_done(one)]
    return len(whole) / 2 + len(done) / 2


def _is_done(sentence: Sentence) -> bool:
    scores = sentence.scores
    is_told = max(scores[Role.APPROACH], scores[Role.RESULT]) >= PLAINLY and scores[Role.APPROACH] > 0
    return (is_told or not sentence.position) and not _IN_PASSING.search(sentence.text)


def _is_used(sentence: Sentence) -> bool:
    """Whether the sentence says what the paper did or saw, not what others do or lack."""
    scores = sentence.scores
    is_own = max(scores.values()) > 0 and scores[Role.PROBLEM] < PLAINLY
    return is_own and not _IN_PASSING.search(sentence.text)


def _rank(sentence: Sentence) -> tuple[float, float]:
    return sentence.scores[Role.APPROACH] + sentence.scores[Role.RESULT] / 2, -sentence.position
