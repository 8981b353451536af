"""Which of the papers found answer a question that asks for several, or for works to be held against each other."""

from collections.abc import Sequence

from agent.extractive.core import core_of, has_one, line_of
from agent.extractive.questions import Concept, Question
from agent.extractive.tokens import wording
from agent.extractive.weighing import Weighed, matched, text_of

LEAST_OF_SEVERAL, OF_SEVERAL_BEST = 0.25, 0.55
"""What a paper needs to be one of several that answer: this share of the question, this part of what the best has."""
MOST_OF_SEVERAL = 6
TITLED = 0.3
"""What a title adds that says all that the question is about."""
COMPARED = 2
LEAST_OF_COMPARED = 0.3
"""The best paper of a comparison that names no work needs at least this share."""


def best_of_several(
    question: Question, weighed: Sequence[Weighed], *, least: float = LEAST_OF_SEVERAL
) -> list[Weighed]:
    """Those that have most of what the question is about, the best first: a few, and none that is far behind."""
    core = core_of(question.text)

    def score(one: Weighed) -> float:
        title = line_of(one.paper.title or "")
        titled = sum(has_one(group, title) for group in core.parts) / (len(core.parts) or 1)
        return round(one.coverage + one.said + TITLED * titled, 6)

    fit = [one for one in weighed if one.coverage >= least]
    ranked = sorted(fit, key=lambda one: (-score(one), one.paper.key))[:MOST_OF_SEVERAL]
    return [one for one in ranked if score(one) >= OF_SEVERAL_BEST * score(ranked[0])]


def best_compared(question: Question, weighed: Sequence[Weighed], *, least: float = LEAST_OF_COMPARED) -> list[Weighed]:
    """The works that the question names, each once; else the two that have most of it."""
    ranked = sorted(weighed, key=lambda one: (-round(one.coverage + one.said, 6), one.paper.key))
    named = _named(question.names, ranked)
    if len(named) >= COMPARED or (named and len(question.names) >= COMPARED):
        return named
    if not ranked or (not named and ranked[0].coverage < least):
        return []
    others = [one for one in ranked if one not in named]
    return [*named, *others][:COMPARED]


def _named(names: Sequence[Concept], ranked: Sequence[Weighed]) -> list[Weighed]:
    """For each name the paper that has it: in its title if there is one, else the one that says most."""
    by_title = [[one for one in ranked if matched(name, wording(one.paper.title or ""))] for name in names]
    if sum(map(bool, by_title)) >= COMPARED:  # what else is named is what they are compared on
        found = [having[0] for having in by_title if having]
    else:
        by_text = [[one for one in ranked if matched(name, text_of(one.paper))] for name in names]
        found = [(titled or having)[0] for titled, having in zip(by_title, by_text, strict=True) if titled or having]
    return list({one.paper.key: one for one in found}.values())
