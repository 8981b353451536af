"""Answers the call that asks what each of some papers says to a question: its own nearest sentences, or nothing."""

from collections.abc import Sequence
from typing import Any

from agent.extractive.choosing import best_compared, best_of_several
from agent.extractive.core import core_of
from agent.extractive.counting import count
from agent.extractive.questions import Question, read_question
from agent.extractive.roles import shortened
from agent.extractive.sought import Sort, sought_in
from agent.extractive.weighing import Weighed, weigh
from agent.papers import Paper
from agent.question import Bearing, Kind

SAYS_WORDS = 40
MOST_TOUCHING = 5
LEAST_TOUCHING = 0.5
"""A paper touches a question where it has at least this part of what the paper that has most of it has."""
NEARLY_BEST = 0.9
"""A second paper answers a question for a fact where it has at least this part of what the best has."""
MOST_UNHEARD = 0.4
"""Where the papers found have no word for this share of what it is about, none of them is asked for."""


def gather(question: str, kind: str, papers: Sequence[Paper]) -> dict[str, Any]:
    """The answer to `ask_gather`."""
    read = read_question(question)
    if Kind(kind) is Kind.CORPUS:
        return _over_all(question, papers)
    ranked = sorted(weigh(read, papers), key=lambda one: (-round(one.coverage + one.said, 6), one.paper.key))
    quotable = [one for one in ranked if one.sentence is not None and one.coverage > 0]
    answering = {one.paper.key for one in _answering(read, Kind(kind), quotable)}
    most = max((one.coverage for one in quotable), default=0.0)
    touching = [one for one in quotable if one.paper.key not in answering and one.coverage >= LEAST_TOUCHING * most]
    told = [one for one in quotable if one.paper.key in answering] + touching[:MOST_TOUCHING]
    keys = {one.paper.key for one in told}
    return {
        "sayings": [saying for one in told for saying in _sayings(one, is_answer=one.paper.key in answering)],
        "nothing": [paper.key for paper in papers if paper.key not in keys],
    }


def _over_all(question: str, papers: Sequence[Paper]) -> dict[str, Any]:
    """What counts, most of all first, and what only speaks of it in passing."""
    core = core_of(question, papers)
    found = sorted(count(core, papers), key=lambda one: (-one.score, one.paper.key))
    counts = [one for one in found if one.counts]
    told = [*counts, *[one for one in found if not one.counts][:MOST_TOUCHING]]
    keys = {one.paper.key for one in told}
    return {
        "sayings": [_saying(one.paper, one.quote, is_answer=one.counts) for one in told],
        "nothing": [paper.key for paper in papers if paper.key not in keys],
    }


def evidence(question: Question, one: Weighed) -> float:
    """How plainly the paper answers; it does where this is above 0.

    The weights are those of a logistic regression on 120 questions, of which 48 had no answer; made from one half of
    them it answers 9 in 10 of the other half that have one, and refuses 8 in 10 of those that have none.
    """
    score = 3.0 * one.said + 1.3 * one.lead + 2.1 * one.holds - 2.25
    score -= 2.1 if sought_in(question.text).sort is Sort.OPEN else 0.0
    return score - 1.7 * (1 - one.named) if question.names else score + 0.85


def _answering(question: Question, kind: Kind, ranked: Sequence[Weighed]) -> list[Weighed]:
    if not ranked or (kind is not Kind.FACT and ranked[0].unheard >= MOST_UNHEARD):
        return []
    most = max(one.coverage for one in ranked)
    if kind is Kind.COMPARISON:
        return best_compared(question, ranked)
    if kind is Kind.FACT:
        best = ranked[0]
        if evidence(question, best) < 0:
            return []
        near = [one for one in ranked[1:] if one.coverage >= NEARLY_BEST * most and evidence(question, one) >= 0]
        return [best, *near]
    return best_of_several(question, ranked)


def _sayings(one: Weighed, *, is_answer: bool) -> list[dict[str, Any]]:
    """The sentence that tells, and of a paper that answers the one that has most of the question, if it is another."""
    told = [one.sentence, one.nearest] if is_answer else [one.sentence]
    texts = dict.fromkeys(sentence.text for sentence in told if sentence is not None)
    return [_saying(one.paper, text, is_answer=is_answer) for text in texts]


def _saying(paper: Paper, text: str, *, is_answer: bool) -> dict[str, Any]:
    bearing = Bearing.ANSWERS if is_answer else Bearing.TOUCHES
    return {"key": paper.key, "quote": text, "bearing": bearing.value, "says": shortened(text, SAYS_WORDS)}
