"""What a model is asked for on the way to a survey.

Every field's sentence goes into the schema that is sent: it is the instruction.
"""

from types import GenericAlias
from typing import Any, Generic, Literal, TypeVar, cast
from weakref import WeakValueDictionary

from pydantic import ConfigDict, Field, create_model

from agent.answers.closed import Node, closed, settle
from agent.draft import Verdict
from agent.llm.call import Answer
from agent.review import Facet, Taxonomy

KeyT = TypeVar("KeyT")
CategoryT = TypeVar("CategoryT")
FacetsT = TypeVar("FacetsT")
PartT = TypeVar("PartT")
NumberT = TypeVar("NumberT")

MAX_CITATIONS = 6
"""A claim that cites more papers than this says nothing of any of them."""


class ChildAnswer(Node, Generic[KeyT]):
    name: str
    """Two to five words that a specialist would use."""
    definition: str
    """One or two sentences: what is in, and what is not but belongs elsewhere."""
    terms: list[str] = Field(max_length=30)
    """Words and short phrases that papers of this kind use and others do not, the most telling first."""
    papers: list[KeyT] = Field(max_length=5)
    """Up to five papers that show best what belongs here."""


class CategoryAnswer(ChildAnswer[KeyT], Generic[KeyT]):
    children: list[ChildAnswer[KeyT]] = Field(max_length=8)
    """Two or more narrower groups where the papers of the category really fall apart; else empty."""


class CodeAnswer(Node):
    code: str
    """One lower-case word, or two joined by an underscore."""
    definition: str
    """When a paper has this code."""


class FacetAnswer(Node):
    name: str
    """One lower-case word."""
    many: bool
    """Whether a paper may have several of the codes."""
    codes: list[CodeAnswer] = Field(min_length=2, max_length=12)
    """The allowed answers."""


class TaxonomyAnswer(Answer, Generic[KeyT]):
    categories: list[CategoryAnswer[KeyT]] = Field(min_length=1, max_length=20)
    """The top categories; together they hold every paper, and each paper has one that fits best."""
    facets: list[FacetAnswer] = Field(max_length=4)
    """Questions that cut across the categories, the same for every paper."""


class MarkingWords(Node, Generic[CategoryT]):
    category: CategoryT
    terms: list[str] = Field(max_length=40)
    """Words and short phrases that mark papers of this category, the most telling first."""


class TermsAnswer(Answer, Generic[CategoryT]):
    categories: list[MarkingWords[CategoryT]]
    """An entry for each category."""


class FactAnswer(Node):
    text: str
    """The fact in a few words of your own."""
    quote: str
    """The words of the paper that it rests on, copied letter by letter; at least five words, from one place."""


class FactsAnswer(Node):
    name: FactAnswer | None
    """What the work is called for short: the name of its method, data set or system; null where it has none."""
    problem: FactAnswer | None
    """What was not possible or not known before."""
    approach: FactAnswer | None
    """What the authors did about it."""
    result: FactAnswer | None
    """The headline result, with its number where there is one."""


class CardAnswer(Answer, Generic[CategoryT, FacetsT]):
    why: str
    """One sentence: what in the paper decides for the category, and against the next best."""
    category: CategoryT
    """The one category that fits best; a narrower one where it fits."""
    also: list[CategoryT] = Field(max_length=2)
    """Categories that are nearly as right; usually empty."""
    confidence: float = Field(ge=0, le=1)
    """How sure you are of the category: 1 is certain, 0.5 is a coin between two."""
    facets: FacetsT
    """The codes that the paper has."""
    facts: FactsAnswer
    """What the paper says of itself; null for what it does not say."""


class QuoteAnswer(Node):
    field: Literal["name", "problem", "approach", "result"]
    quote: str | None
    """Words copied letter by letter from the paper that say this fact; null where no words of it do."""


class QuotesAnswer(Answer):
    quotes: list[QuoteAnswer]
    """An entry for each fact whose quote was not found."""


class CitationAnswer(Node, Generic[KeyT]):
    key: KeyT
    """The paper that says it."""
    quote: str
    """The words of that paper that the claim rests on, copied letter by letter; at least five words, from one place."""


class ClaimAnswer(Node, Generic[KeyT]):
    text: str
    """One sentence that asserts something, without citation marks, and with no number that the papers do not give."""
    citations: list[CitationAnswer[KeyT]] = Field(min_length=1, max_length=MAX_CITATIONS)
    """Every paper that the sentence speaks of, and no other."""


class ParagraphAnswer(Node, Generic[KeyT]):
    heading: str | None
    """A few words; null where the section is one paragraph."""
    claims: list[ClaimAnswer[KeyT]] = Field(min_length=1)
    """Sentences that can be read one after the other."""


class CellAnswer(Node):
    text: str
    """At most fifteen words."""
    quote: str
    """The words of the paper that it rests on, copied letter by letter; at least five words."""


class RowAnswer(Node, Generic[KeyT]):
    key: KeyT
    setting: CellAnswer | None
    """What it works on: task, kind of data, size; null where the paper does not say."""
    idea: CellAnswer | None
    """What it does differently from the other papers of this table."""
    evidence: CellAnswer | None
    """What was measured, with the numbers."""


class SectionAnswer(Answer, Generic[KeyT]):
    paragraphs: list[ParagraphAnswer[KeyT]] = Field(min_length=1)
    """The text; every paper is cited at least once."""
    rows: list[RowAnswer[KeyT]]
    """The comparison table: a row for each paper."""


class PassageAnswer(Answer, Generic[KeyT]):
    claims: list[ClaimAnswer[KeyT]]
    """Sentences that can be read one after the other."""


class ThreadAnswer(Node, Generic[PartT]):
    part: PartT
    heading: str
    """A few words that tell this part from the others."""


class MergeAnswer(Answer, Generic[KeyT, PartT]):
    opening: list[ClaimAnswer[KeyT]] = Field(max_length=4)
    """One to four sentences on what the parts share and where they differ; may be empty."""
    threads: list[ThreadAnswer[PartT]]
    """Each part once, in the order in which they are best read."""


class VerdictAnswer(Node, Generic[NumberT, KeyT]):
    claim: NumberT
    """The claim's number."""
    why: str
    """One short sentence: which words of the papers decide."""
    verdict: Verdict
    """`supported`: the cited papers together say all of it; `partly`: they say some of it; `unsupported`: they do not
    say it, or say otherwise; `verbatim`: it is nothing but a sentence of the paper in quotation marks."""
    not_bearing: list[KeyT] = Field(max_length=MAX_CITATIONS)
    """Cited papers that say nothing of this claim; usually empty."""


class JudgementAnswer(Answer, Generic[NumberT, KeyT]):
    verdicts: list[VerdictAnswer[NumberT, KeyT]] = Field(min_length=1)
    """Each claim once."""


class RepairedClaim(Node, Generic[NumberT, KeyT]):
    claim: NumberT
    """The claim's number."""
    replacement: ClaimAnswer[KeyT] | None
    """A sentence that the papers do support, with what was wrong put right; null where nothing true is left."""


class RepairAnswer(Answer, Generic[NumberT, KeyT]):
    repairs: list[RepairedClaim[NumberT, KeyT]]
    """Each claim once."""


_CARDS: WeakValueDictionary[str, type[CardAnswer[str, Any]]] = WeakValueDictionary()
"""One for each taxonomy in use."""


def card_answer(taxonomy: Taxonomy) -> type[CardAnswer[str, Any]]:
    """The card's answer class for this taxonomy: its category ids and codes are the closed sets."""
    known = _CARDS.get(taxonomy.content)
    if known is None:
        facets = create_model(
            "Facets",
            __config__=ConfigDict(extra="forbid", serialize_by_alias=True),
            # A facet may be called `json` or `_x`, which no attribute of a class may be.
            **{f"facet{n}": facet_field(name, facet) for n, (name, facet) in enumerate(taxonomy.facets.items())},
        )  # type: ignore[call-overload]
        generic = CardAnswer.__class_getitem__((closed(taxonomy.ids), facets))
        known = _CARDS[taxonomy.content] = cast(type[CardAnswer[str, Any]], generic)
    return known


def facet_field(name: str, facet: Facet) -> tuple[object, object]:
    """The field of an answer that asks for a facet: its type, and its name and meaning."""
    codes: Any = closed(tuple(facet.codes))
    meaning = "; ".join(f"{code}: {definition}" for code, definition in facet.codes.items())
    if facet.many:
        return (GenericAlias(list, (codes,)), Field(alias=name, description=f"All that fit, or none. {meaning}"))
    return (codes | None, Field(alias=name, description=f"The one that fits best, or null. {meaning}"))


class PingAnswer(Answer):
    """What a server is asked to see whether it keeps to a schema, of which its question says nothing."""

    colour_of_clear_sky: Literal["blue", "green", "red"]


settle(globals().values())
