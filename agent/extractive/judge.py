"""Judges claims by their words alone: it can see that a sentence stands in a paper, never that a paper supports one."""

from collections.abc import Mapping, Sequence
from typing import Any

from agent.draft import Claim, Verdict
from agent.extractive.overlap import covered, most_alike
from agent.extractive.prose import quoted
from agent.extractive.quotations import quotation_in
from agent.extractive.roles import read
from agent.fields import FailedClaim
from agent.papers import Paper
from agent.quotes import find_quote

PARTLY = 0.5
"""The share of a claim's words that the cited papers must have for `partly`."""
BEARING = 0.2
"""A cited paper with a smaller share of a claim's words says nothing of it, as far as words tell."""


def support(claims: Sequence[Claim], papers: Sequence[Paper]) -> dict[str, Any]:
    """The answer to `check_support`; the verdict is never `supported`."""
    by_key = {paper.key: paper for paper in papers}
    return {"verdicts": [_verdict(number, claim, by_key) for number, claim in enumerate(claims, start=1)]}


def repair(failures: Sequence[FailedClaim], papers: Sequence[Paper]) -> dict[str, Any]:
    """The answer to `check_repair`: the cited papers' own sentence that says most of the claim, or null."""
    by_key = {paper.key: paper for paper in papers}
    return {"repairs": [{"claim": one.number, "replacement": _replacement(one.claim, by_key)} for one in failures]}


def _verdict(number: int, claim: Claim, by_key: Mapping[str, Paper]) -> dict[str, Any]:
    cited = _cited(claim, by_key)
    quotation = quotation_in(claim.text)
    holding = [paper for paper in cited if quotation and find_quote(paper, quotation)]
    if quotation and cited and holding:
        others = [paper.key for paper in cited if paper not in holding]
        return _as_answer(
            number, Verdict.VERBATIM, "The sentence in quotation marks stands in the cited paper.", others
        )
    texts = {paper.key: f"{paper.title or ''} {paper.abstract or ''}" for paper in cited}
    share = covered(claim.text, " ".join(texts.values()))
    apart = [key for key, text in texts.items() if covered(claim.text, text) < BEARING]
    why = f"The built-in judge only compares words: {share:.0%} of the claim's stand in the cited papers."
    return _as_answer(number, Verdict.PARTLY if share >= PARTLY else Verdict.UNSUPPORTED, why, apart)


def _as_answer(number: int, verdict: Verdict, why: str, not_bearing: list[str]) -> dict[str, Any]:
    return {"claim": number, "why": why, "verdict": verdict.value, "not_bearing": not_bearing}


def _cited(claim: Claim, by_key: Mapping[str, Paper]) -> list[Paper]:
    keys = dict.fromkeys(citation.key for citation in claim.citations)
    return [by_key[key] for key in keys if key in by_key]


def _replacement(claim: Claim, by_key: Mapping[str, Paper]) -> dict[str, Any] | None:
    wanted = quotation_in(claim.text) or claim.text
    found = [(paper, most_alike(wanted, read(paper))) for paper in _cited(claim, by_key)]
    alike = [(covered(wanted, sentence.text), paper, sentence) for paper, sentence in found if sentence]
    if not alike:
        return None
    _, paper, sentence = max(alike, key=lambda one: one[0])
    return quoted(paper.called, paper.key, sentence.text)
