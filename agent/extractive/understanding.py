"""Answers the call that asks what a question needs: its kind, and searches in the words that papers may use."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from agent.extractive.core import core_of, kind_of_need
from agent.extractive.questions import Concept, Question, read_question
from agent.extractive.thesaurus import same_words, thesaurus
from agent.extractive.tokens import Phrase, phrase_of
from agent.question import Kind
from agent.review import Taxonomy

FEW_OTHERS, MANY_OTHERS = 4, 8
"""How many words that may stand for one of the question's are looked for with it: two searches, for what both find."""
MOST_CATEGORIES = 6


def understand(question: str, taxonomy: Taxonomy | None, words: Sequence[str]) -> dict[str, Any]:
    """The answer to `ask_understand`.

    The searches: the question's words with a few that may stand for them, with more of them, and its names alone.
    `words` are for where none of it is a word that can be looked for.
    """
    read = read_question(question)
    kind = kind_of_need(question)
    counted = _counted(question) if kind is Kind.CORPUS else ()
    own = list(dict.fromkeys(filter(None, [*_searches(read), *counted])))
    searches = own or [" ".join(words[:MANY_OTHERS]) or question]
    return {
        "asks": read.asks,
        "language": read.language,
        "kind": kind.value,
        "works": [],  # each would be a search of its own, and a name that many papers have outweighs the rest
        "searches": searches,
        "steps": [],
        "categories": _categories(read, taxonomy) if taxonomy and kind is Kind.CORPUS else [],
        "codes": [],
    }


def _searches(question: Question) -> Iterator[str]:
    own = [concept.spelled for concept in question.concepts]
    for most in (FEW_OTHERS, MANY_OTHERS):
        yield " ".join(dict.fromkeys([*own, *_others(question.concepts, most)]))
    yield " ".join(concept.spelled for concept in question.names)


def _counted(question: str) -> Iterator[str]:
    """A search for each thing that a paper must have to count, in all words that count as it."""
    for group in core_of(question).parts:
        phrases = [stands_for[0] for part in group for stands_for in part.words]
        yield " ".join(dict.fromkeys(word for phrase in phrases for word in same_words(phrase)))


def _others(concepts: Iterable[Concept], most: int) -> Iterator[str]:
    spellings = thesaurus().spellings
    for concept in concepts:
        yield from (spellings[phrase] for phrase in concept.others[:most])


def _categories(question: Question, taxonomy: Taxonomy) -> list[str]:
    """Those whose whole name the question has."""
    asked = {stem for concept in question.concepts for stem in concept.phrase}
    names: list[tuple[str, Phrase]] = [(category.id, phrase_of(category.name)) for category, _ in taxonomy.walk()]
    return [id_ for id_, stems in names if stems and asked.issuperset(stems)][:MOST_CATEGORIES]
