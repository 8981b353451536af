"""Answers the calls on one paper: its card, and words for facts whose quote was not found."""

from collections.abc import Mapping
from typing import Any

from agent.extractive.categories import Chooser
from agent.extractive.facets import codes_of
from agent.extractive.names import name_of
from agent.extractive.overlap import most_alike
from agent.extractive.roles import Role, Sentence, best, read, shortened
from agent.fields import DoubtfulFact
from agent.papers import Paper
from agent.review import Facet, Taxonomy

FACT_WORDS = 25
"""A fact is the paper's own sentence, cut after this many words."""
_CHOOSERS: dict[str, Chooser] = {}
_MOST_CHOOSERS = 8


def card(taxonomy: Taxonomy, paper: Paper) -> dict[str, Any]:
    """The answer to `classify_paper`."""
    choice = _chooser(taxonomy).choose(paper)
    return {
        "why": choice.why,
        "category": choice.category,
        "also": list(dict.fromkeys(choice.also)),
        "confidence": choice.confidence,
        "facets": codes(taxonomy.facets, paper),
        "facts": facts(paper),
    }


def codes(facets: Mapping[str, Facet], paper: Paper) -> dict[str, str | list[str] | None]:
    """The answer to `classify_facets`, and what a whole card says of the same facets."""
    return {name: codes_of(paper, facet) for name, facet in facets.items()}


def facts(paper: Paper) -> dict[str, dict[str, str] | None]:
    """What the paper says of itself, each in a sentence of its own; nothing of one known by its title alone."""
    told = read(paper)
    name = name_of(paper) if told else None
    approach = best(told, Role.APPROACH)
    result = best(told, Role.RESULT, without=(approach,))
    problem = best(told, Role.PROBLEM, without=(approach, result))
    return {
        "name": {"text": name.text, "quote": name.quote} if name else None,
        "problem": _fact(problem),
        "approach": _fact(approach),
        "result": _fact(result),
    }


def quotes(paper: Paper, doubtful: tuple[DoubtfulFact, ...]) -> dict[str, Any]:
    """The answer to `classify_quotes`: for each fact the sentence that says most of it, or null."""
    found = [(fact.field, most_alike(f"{fact.text} {fact.quote}", read(paper))) for fact in doubtful]
    return {"quotes": [{"field": field, "quote": one.text if one else None} for field, one in found]}


def _fact(sentence: Sentence | None) -> dict[str, str] | None:
    return {"text": shortened(sentence.text, FACT_WORDS), "quote": sentence.text} if sentence else None


def _chooser(taxonomy: Taxonomy) -> Chooser:
    """Kept by the taxonomy's content, so that a corpus makes it ready once."""
    content = taxonomy.content
    if content not in _CHOOSERS:
        if len(_CHOOSERS) >= _MOST_CHOOSERS:
            _CHOOSERS.clear()
        _CHOOSERS[content] = Chooser(taxonomy)
    return _CHOOSERS[content]
