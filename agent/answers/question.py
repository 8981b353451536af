"""What a model is asked for on the way to an answer; every field's sentence is sent, and is the instruction."""

from typing import Generic, Literal, TypeVar

from pydantic import Field

from agent.answers.closed import Node, settle
from agent.answers.survey import ClaimAnswer
from agent.llm.call import Answer

KeyT = TypeVar("KeyT")
CategoryT = TypeVar("CategoryT")
CodeT = TypeVar("CodeT")


class UnderstandAnswer(Answer, Generic[CategoryT, CodeT]):
    asks: bool
    """Whether it asks for something that papers could say; false for a greeting, an order to you, or noise."""
    language: str
    """The language it is put in, by its English name: `English`, `German`."""
    kind: Literal["fact", "several", "comparison", "corpus"]
    """`fact`: something that one paper would say; `several`: what papers say of one matter; `comparison`: works held
    against each other; `corpus`: it asks which papers, how many, or for a trend, so that every paper has to be looked
    at."""
    works: list[str] = Field(max_length=8)
    """Methods, models, data sets or authors that it names, as it spells them."""
    searches: list[str] = Field(min_length=1, max_length=8)
    """Searches for the papers, each a few words as an abstract that answers it would put them: the terms of the field,
    synonyms, the mechanism behind it, what its opposite would be called; in the language of the corpus."""
    steps: list[str] = Field(max_length=3)
    """Where one thing has to be found before the next can be looked for, the questions in their order; else empty."""
    categories: list[CategoryT] = Field(max_length=6)
    """Categories whose papers could answer it; empty where none stands out, or where every paper could."""
    codes: list[CodeT] = Field(max_length=6)
    """Facets with a code that papers would have to have; empty where it asks for none."""


class SayingAnswer(Node, Generic[KeyT]):
    key: KeyT
    quote: str
    """The words of the paper that decide, copied letter by letter; at least five words, from one place."""
    bearing: Literal["answers", "touches"]
    """`answers`: these words say what was asked, or a part of it, or that the question takes something wrong for
    granted; `touches`: the paper is about the very work or matter asked about, but does not say what was asked."""
    says: str
    """What these words say to the question, in one sentence."""


class GatherAnswer(Answer, Generic[KeyT]):
    sayings: list[SayingAnswer[KeyT]]
    """One for each paper that says something to the question, two where it says two things; the nearest first."""
    nothing: list[KeyT]
    """All other papers; every paper stands in one of the two lists."""


class FollowAnswer(Answer):
    found: str
    """What the papers say of the steps that could be answered, in a sentence."""
    question: str | None
    """What is still to be found, with the names that were found put in; null where nothing is."""
    searches: list[str] = Field(max_length=6)
    """Searches for it, in the words of an abstract; empty where nothing is left."""


class EntryAnswer(Node):
    column: str
    """One of the columns."""
    text: str
    """At most twenty words."""
    quote: str
    """The words of the paper that it rests on, copied letter by letter; at least five words."""


class ComparedAnswer(Node, Generic[KeyT]):
    key: KeyT
    cells: list[EntryAnswer] = Field(max_length=6)
    """What the paper says under each column; none where it does not say."""


class RespondAnswer(Answer, Generic[KeyT]):
    weighed: str
    """Two or three sentences: what exactly is asked; which papers say just that and which only something near; whether
    the question takes for granted what they contradict. Nobody else reads this."""
    answered: Literal["yes", "partly", "no"]
    """`yes`: the papers say what was asked, or that the question is wrong; `partly`: a part of it; `no`: they do not
    say it, however near they come."""
    premise: ClaimAnswer[KeyT] | None
    """Where the question takes for granted what the papers contradict: a sentence that says how it is; else null."""
    claims: list[ClaimAnswer[KeyT]]
    """The answer, the sentence that answers most directly first; where `answered` is `no`, what the nearest papers do
    say, in one to three sentences."""
    differences: list[ClaimAnswer[KeyT]]
    """Where papers give different answers: a sentence that gives both and what differs between them, such as task,
    data, measure or scale; else empty."""
    names: list[ClaimAnswer[KeyT]]
    """Where two works share a name or could be taken for each other: a sentence that says which is which; else
    empty."""
    missing: str | None
    """What was asked and the papers do not say, in one sentence that tells nothing else; null where nothing is."""
    columns: list[str] = Field(max_length=6)
    """For a comparison, what the works are compared in, a few words each; else empty."""
    rows: list[ComparedAnswer[KeyT]]
    """The table of a comparison: a row for each work; else empty."""


settle(globals().values())
