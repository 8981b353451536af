"""What a question needs: its kind, and searches in the words that a paper would use."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.answers import UnderstandAnswer, with_keys
from agent.errors import QuestionError
from agent.llm.client import Client
from agent.question import MOST_CHARS, Kind, Plan
from agent.review import Category, Taxonomy, Unanswered

_NONE = "none"
"""What a closed set holds where there are no categories or facets: a set needs a value."""


def cleaned(question: str) -> str:
    """The question with its white space in order; QuestionError where nothing is left of it, or too much there."""
    text = " ".join(question.encode("utf-8", "replace").decode("utf-8").split())  # a shell may give half a character
    if not any(map(str.isalnum, text)):
        raise QuestionError('there is no question; ask one, such as `conspectus ask "Which papers ...?"`')
    if len(text) > MOST_CHARS:
        raise QuestionError(f"a question has at most {MOST_CHARS:,} characters, and this one {len(text):,}; shorten it")
    return text


@dataclass(frozen=True)
class Asked:
    """A question with what its own words lead to."""

    question: str
    titles: tuple[str, ...] = ()
    """Of the first papers."""
    words: tuple[str, ...] = ()
    """That these papers use."""


def understand(questions: Sequence[Asked], taxonomy: Taxonomy | None, client: Client) -> list[Plan | Unanswered]:
    """One call a question."""
    outline = (
        taxonomy.model_copy(update={"categories": tuple(map(_outline, taxonomy.categories))}) if taxonomy else None
    )
    codes = (
        tuple(f"{name}: {code}" for name, facet in taxonomy.facets.items() for code in facet.codes) if taxonomy else ()
    )
    kind = with_keys(UnderstandAnswer, (taxonomy.ids if taxonomy else ()) or (_NONE,), codes or (_NONE,))
    rows = [
        {"question": one.question, "taxonomy": outline, "titles": one.titles, "words": one.words} for one in questions
    ]
    return [
        answer.about(one.question) if isinstance(answer, Unanswered) else _plan(answer)
        for one, answer in zip(questions, client.ask_all("ask_understand", kind, rows), strict=True)
    ]


def _plan(answer: UnderstandAnswer[str, str]) -> Plan:
    searches = dict.fromkeys(" ".join(one.split()) for one in (*answer.works, *answer.searches, *answer.steps))
    named = [one.partition(": ") for one in dict.fromkeys(answer.codes) if one != _NONE]
    return Plan(
        asks=answer.asks,
        kind=Kind(answer.kind),
        language=" ".join(answer.language.split()) or "English",
        searches=tuple(filter(None, searches)),
        steps=tuple(filter(None, (" ".join(step.split()) for step in answer.steps))),
        categories=tuple(one for one in dict.fromkeys(answer.categories) if one != _NONE),
        codes=tuple((name, code) for name, _, code in named),
        made=answer.made,
    )


def _outline(category: Category) -> Category:
    """The category without what only classifying needs."""
    return category.model_copy(
        update={"terms": (), "examples": (), "children": tuple(map(_outline, category.children))}
    )
