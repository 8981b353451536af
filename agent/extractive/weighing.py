"""How much of a question each of some papers covers, and which of its sentences comes nearest to an answer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agent.extractive.questions import Concept, Question
from agent.extractive.roles import Sentence, read
from agent.extractive.sought import Sought, holds, sought_in
from agent.extractive.tokens import Wording, wording
from agent.papers import Paper

NAME_COUNTS = 1.5
"""A name tells more of what a question is about than a word as rare."""
PLAIN = 1.0
"""What a word counts that all of the papers have: they were found by it, and so it may be rare in others."""
CLOSE_OTHERS = 4
CLOSE, LOOSE = 0.8, 0.6
"""What a word counts that stands for the question's own: one of the first few that may, or a later one."""
FROM_TITLE = 0.5
"""What a word counts for a sentence of a paper that has it in its title alone."""
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Weighed:
    """A paper held against a question; shares are of the weight of all that the question is about."""

    paper: Paper
    coverage: float
    """The share that the paper has."""
    lead: float
    """By how much that is more than the next paper has; negative where another has more."""
    unheard: float
    """The share that none of these papers has, everyday words not counted."""
    named: float
    """The share of the question's names that it has, by weight; 1 where there are none."""
    sentence: Sentence | None
    """The one that covers most of those that hold what is sought; else the one that covers most."""
    holds: bool
    """Whether that sentence holds what is sought."""
    said: float
    """The share that this sentence has."""
    nearest: Sentence | None
    """The sentence that covers most, whether it holds what is sought or not."""


@dataclass(frozen=True)
class Scale:
    """What each thing that a question is about counts among these papers."""

    concepts: tuple[Concept, ...]
    weights: tuple[float, ...]
    unheard: float
    """The share of the weight of those that none of the papers has, everyday words left out."""

    @property
    def total(self) -> float:
        return sum(self.weights) or 1.0

    def share(self, text: Wording, title: Wording | None = None) -> float:
        found = 0.0
        for concept, weight in zip(self.concepts, self.weights, strict=True):
            match = matched(concept, text)
            if title is not None and match < FROM_TITLE:
                match = max(match, FROM_TITLE * matched(concept, title))
            found += weight * match
        return found / self.total


def matched(concept: Concept, text: Wording) -> float:
    """How well the text says it: 1 in the question's own words, less in others, 0 not at all."""
    if text.has(concept.phrase):
        return 1.0
    for place, other in enumerate(concept.others):
        if text.has(other):
            return CLOSE if place < CLOSE_OTHERS else LOOSE
    return 0.0


def scale_of(question: Question, texts: Sequence[Wording]) -> Scale:
    """By how few of the texts have it (as BM25 does), by what kind of word it is, and whether it is a name."""
    weights = []
    unheard = 0.0
    for concept in question.concepts:
        n_having = sum(matched(concept, text) > 0 for text in texts)
        rarity = math.log1p((len(texts) - n_having + 0.5) / (n_having + 0.5))
        weights.append((PLAIN + rarity) * concept.weight * (NAME_COUNTS if concept.is_name else 1.0))
        unheard += weights[-1] if concept.is_telling and not n_having else 0.0
    return Scale(question.concepts, tuple(weights), unheard / (sum(weights) or 1.0))


def text_of(paper: Paper) -> Wording:
    return wording(f"{paper['title']}.\n{paper['abstract']}")


def weigh(question: Question, papers: Sequence[Paper]) -> list[Weighed]:
    """Each paper, in the order given."""
    texts = [text_of(paper) for paper in papers]
    scale = scale_of(question, texts)
    shares = [round(scale.share(text), _DIGITS) for text in texts]
    sought = sought_in(question.text)
    return [
        _weighed(paper, text, scale, sought, (share, max((*shares[:at], *shares[at + 1 :]), default=0.0)))
        for at, (paper, text, share) in enumerate(zip(papers, texts, shares, strict=True))
    ]


def _weighed(paper: Paper, text: Wording, scale: Scale, sought: Sought, shares: tuple[float, float]) -> Weighed:
    title = wording(paper["title"])
    said = [(round(scale.share(wording(one.text), title), _DIGITS), one) for one in read(paper)]
    holding = [pair for pair in said if holds(sought, pair[1].text)]
    nearest = max(said, key=_by_share, default=(0.0, None))
    best = max(holding, key=_by_share, default=nearest)
    own, other = shares
    return Weighed(
        paper=paper,
        coverage=own,
        lead=own - other,
        unheard=scale.unheard,
        named=_named(scale, text),
        sentence=best[1],
        holds=bool(holding),
        said=best[0] if holding else 0.0,
        nearest=nearest[1],
    )


def _by_share(pair: tuple[float, Sentence]) -> tuple[float, float]:
    return pair[0], -pair[1].position


def _named(scale: Scale, text: Wording) -> float:
    pairs = [(one, weight) for one, weight in zip(scale.concepts, scale.weights, strict=True) if one.is_name]
    total = sum(weight for _, weight in pairs)
    return sum(weight for one, weight in pairs if matched(one, text)) / total if total else 1.0
