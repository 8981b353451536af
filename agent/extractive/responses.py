"""Answers a question in the papers' own sentences: the best first, for a comparison one or two of each work."""

from collections.abc import Sequence
from typing import Any

from agent.extractive.choosing import best_compared, best_of_several
from agent.extractive.core import core_of, kind_of_need
from agent.extractive.counting import count
from agent.extractive.names import name_of
from agent.extractive.passages import NEARLY_BEST
from agent.extractive.prose import CELL_WORDS, Claim, quoted
from agent.extractive.questions import read_question
from agent.extractive.roles import Role, best, read, shortened
from agent.extractive.sought import Sort, sought_in
from agent.extractive.weighing import weigh
from agent.fields import ReadPaper
from agent.papers import Paper
from agent.question import Bearing, Kind

MOST_CLAIMS = 3
"""In answer to a question for a fact."""
MOST_OF_MANY = 12
"""In answer to a question for several papers: as many works, with a sentence each."""
MOST_COMPARED = 6
COLUMNS = ("what it says to this", "what it does", "what it found")
_NOT_SAID = {
    Sort.COUNT: "None of these papers gives the number that was asked for.",
    Sort.SHARE: "None of these papers gives the share or difference that was asked for.",
    Sort.MEASURE: "None of these papers gives the value that was asked for.",
    Sort.SIZE: "None of these papers gives the size that was asked for.",
    Sort.NUMBER: "None of these papers gives the number that was asked for.",
    Sort.TIME: "None of these papers gives the time that was asked for.",
    Sort.MONEY: "None of these papers gives the price that was asked for.",
    Sort.YEAR: "None of these papers gives the year that was asked for.",
    Sort.NAME: "None of these papers gives the name that was asked for.",
}
"""What can honestly be said to be missing, where nothing but words were compared."""
NOTHING_SAID = "None of these papers has words that clearly answer this."


def respond(question: str, readings: Sequence[ReadPaper], *, table: bool) -> dict[str, Any]:
    """The answer to `ask_respond`."""
    answering = [entry for entry in readings if _answers(entry)]
    kind = kind_of_need(question) if answering else Kind.FACT
    ranked = _ranked(question, kind, answering, readings) if answering else _nearest(question, readings)
    is_compared = bool(answering) and (kind is Kind.COMPARISON or table)
    return {
        "weighed": f"{len(answering)} of {len(readings)} papers have words that may answer; only words were compared.",
        "answered": "yes" if answering else "no",
        "premise": None,
        "claims": _claims(ranked, kind),
        "differences": [],
        "names": [],
        "missing": None if answering else _NOT_SAID.get(sought_in(question).sort, NOTHING_SAID),
        "columns": list(COLUMNS) if is_compared else [],
        "rows": [_row(entry) for entry in ranked[:MOST_COMPARED]] if is_compared else [],
    }


def follow(readings: Sequence[ReadPaper]) -> dict[str, Any]:
    """The answer to `ask_follow`: the built-in model takes no question in steps."""
    found = [text for entry in readings for text in _quotes(entry)]
    return {"found": found[0] if found else "", "question": None, "searches": []}


def _answers(entry: ReadPaper) -> bool:
    return any(saying.bearing is Bearing.ANSWERS for saying in entry.sayings)


def _quotes(entry: ReadPaper) -> list[str]:
    """The words of the paper that were found to say something; whoever found them, they stand in it."""
    return list(dict.fromkeys(saying.quote for saying in entry.sayings if saying.quote))


def _ranked(
    question: str, kind: Kind, answering: Sequence[ReadPaper], readings: Sequence[ReadPaper]
) -> list[ReadPaper]:
    """The papers that answer, the one that has most of the question first; without those that have much less.

    Papers that were read in different calls were not held against each other before.
    """
    by_key = {entry.paper.key: entry for entry in answering if _quotes(entry)}
    papers = [entry.paper for entry in answering if entry.paper.key in by_key]
    read = read_question(question)
    if kind is Kind.CORPUS:
        scores = {one.paper.key: one.score for one in count(core_of(question, papers), papers)}
        return sorted(by_key.values(), key=lambda entry: (-scores.get(entry.paper.key, 0.0), entry.paper.key))
    if kind is Kind.FACT:
        shares = _shares(question, papers)
        least = NEARLY_BEST * max(shares.values(), default=0.0)
        return [by_key[key] for key in sorted(shares, key=lambda key: (-shares[key], key)) if shares[key] >= least]
    weighed = [one for one in weigh(read, [entry.paper for entry in readings]) if one.paper.key in by_key]
    choose = best_compared if kind is Kind.COMPARISON else best_of_several
    return [by_key[one.paper.key] for one in choose(read, weighed, least=0.0)]


def _nearest(question: str, readings: Sequence[ReadPaper]) -> list[ReadPaper]:
    by_key = {entry.paper.key: entry for entry in readings if _quotes(entry)}
    shares = _shares(question, [entry.paper for entry in by_key.values()])
    return [by_key[key] for key in sorted(shares, key=lambda key: (-shares[key], key))]


def _shares(question: str, papers: Sequence[Paper]) -> dict[str, float]:
    weighed = weigh(read_question(question), papers)
    return {one.paper.key: round(one.coverage + one.said, 6) for one in weighed}


def _claims(ranked: Sequence[ReadPaper], kind: Kind) -> list[Claim]:
    """One sentence of each paper; of the first to answer for a fact, and of each work of a comparison, two."""
    if kind is Kind.COMPARISON:
        return [_quoting(entry.paper, text) for entry in ranked[:MOST_COMPARED] for text in _pair(entry)]
    if kind in (Kind.SEVERAL, Kind.CORPUS):
        return [_quoting(entry.paper, _quotes(entry)[0]) for entry in ranked[:MOST_OF_MANY]]
    first = [_quoting(entry.paper, text) for entry in ranked[:1] for text in _quotes(entry)]
    return [*first, *(_quoting(entry.paper, _quotes(entry)[0]) for entry in ranked[1:])][:MOST_CLAIMS]


def _pair(entry: ReadPaper) -> list[str]:
    """The two sentences that were found in the paper; where it is one, that and what the paper does."""
    did = best(read(entry.paper), Role.APPROACH)
    return list(dict.fromkeys([*_quotes(entry), *([did.text] if did else [])]))[:2]


def _quoting(paper: Paper, sentence: str) -> Claim:
    name = name_of(paper)
    return quoted(name.text if name else paper.called, paper.key, sentence)


def _row(entry: ReadPaper) -> dict[str, Any]:
    """A line of the table: each cell the first words of a sentence, and no sentence twice."""
    told = read(entry.paper)
    first = _quotes(entry)[0]
    others = tuple(one for one in told if one.text == first)
    did = best(told, Role.APPROACH, without=others)
    found = best(told, Role.RESULT, without=(*others, did))
    texts = (first, did.text if did else None, found.text if found else None)
    cells = [
        {"column": column, "text": shortened(text, CELL_WORDS), "quote": text}
        for column, text in zip(COLUMNS, texts, strict=True)
        if text
    ]
    return {"key": entry.paper.key, "cells": cells}
