"""Answers the call that asks what each of some papers says to a question: its own nearest sentences, or nothing."""

from collections.abc import Sequence
from typing import Any

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
OF_SEVERAL, OF_SEVERAL_BEST = 0.3, 0.65
"""What a paper needs to be one of several that answer: this share of the question, this part of what the best has."""
OF_CORPUS, OF_CORPUS_BEST = 0.4, 0.65
"""The same where papers are counted, so that fewer are counted that should not be."""
MOST_UNHEARD = 0.4
"""Where the papers found have no word for this share of what it is about, none of them is asked for."""
LEAST_OF_COMPARED = 0.3
"""The best paper of a comparison that names no work needs at least this share."""
OF_COMPARED = 0.8
"""Beside the two best, papers of a comparison need this part of what the best has."""


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
        "sayings": [saying for one in told for saying in _sayings(one, one.paper.key in answering)],
        "nothing": [paper.key for paper in papers if paper.key not in keys],
    }


def _over_all(question: str, papers: Sequence[Paper]) -> dict[str, Any]:
    counted = count(core_of(question, papers), papers)
    keys = {one.paper.key for one in counted}
    return {
        "sayings": [
            {"key": one.paper.key, "quote": one.quote, "bearing": "answers", "says": shortened(one.quote, SAYS_WORDS)}
            for one in sorted(counted, key=lambda one: (-one.score, one.paper.key))
        ],
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
        return _compared(question, ranked, most)
    if kind is Kind.FACT:
        best = ranked[0]
        if evidence(question, best) < 0:
            return []
        near = [one for one in ranked[1:] if one.coverage >= NEARLY_BEST * most and evidence(question, one) >= 0]
        return [best, *near]
    share, part = (OF_CORPUS, OF_CORPUS_BEST) if kind is Kind.CORPUS else (OF_SEVERAL, OF_SEVERAL_BEST)
    return [one for one in ranked if one.coverage >= max(share, part * most)]


def _compared(question: Question, ranked: Sequence[Weighed], most: float) -> list[Weighed]:
    """Where works are named, those that have a name; else the two that have most of the question, and what is near."""
    named = [one for one in ranked if one.named > 0] if question.names else []
    if named:
        return [one for one in named if one.coverage >= LEAST_TOUCHING * most]
    if most < LEAST_OF_COMPARED:
        return []
    return [one for place, one in enumerate(ranked) if place < 2 or one.coverage >= OF_COMPARED * most]


def _sayings(one: Weighed, is_answer: bool) -> list[dict[str, Any]]:
    """The sentence that tells, and of a paper that answers the one that has most of the question, if it is another."""
    bearing = Bearing.ANSWERS if is_answer else Bearing.TOUCHES
    told = [one.sentence, one.nearest] if is_answer else [one.sentence]
    texts = dict.fromkeys(sentence.text for sentence in told if sentence is not None)
    return [
        {"key": one.paper.key, "quote": text, "bearing": bearing.value, "says": shortened(text, SAYS_WORDS)}
        for text in texts
    ]
