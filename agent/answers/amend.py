"""What a model is asked for when a text that stands is brought up to date, and a card is given a new facet.

Every field's sentence goes into the schema that is sent: it is the instruction.
"""

from typing import Any, Generic, Literal, TypeVar, cast

from pydantic import ConfigDict, create_model

from agent.answers.closed import Node, settle
from agent.answers.survey import ClaimAnswer, RowAnswer, facet_field
from agent.llm.call import Answer
from agent.review import Facet

NumberT = TypeVar("NumberT")
KeyT = TypeVar("KeyT")

Action = Literal["keep", "change", "insert", "delete"]
"""What becomes of a sentence; `insert` leaves it as it is, and puts another after it."""


class EditAnswer(Node, Generic[NumberT, KeyT]):
    sentence: NumberT
    """The sentence's number; 0, for `insert` alone, is the place before the first."""
    action: Action
    claim: ClaimAnswer[KeyT] | None
    """The new sentence of a `change` or an `insert`; else null."""


class ReviseAnswer(Answer, Generic[NumberT, KeyT]):
    edits: list[EditAnswer[NumberT, KeyT]]
    """In the order of the sentences; one that is not named is kept."""


class AmendAnswer(Answer, Generic[NumberT, KeyT]):
    edits: list[EditAnswer[NumberT, KeyT]]
    """In the order of the sentences; one that is not named is kept."""
    rows: list[RowAnswer[KeyT]]
    """The comparison table: a row for each paper that came in or changed, and for no other."""


class FacetsAnswer(Answer):
    """Made for a set of facets by `facets_answer`: a field for each, of its codes."""

    model_config = ConfigDict(serialize_by_alias=True)


def facets_answer(facets: dict[str, Facet]) -> type[FacetsAnswer]:
    """The answer class for these facets: their codes are the closed sets."""
    fields: dict[str, Any] = {f"facet{n}": facet_field(name, facet) for n, (name, facet) in enumerate(facets.items())}
    return cast(type[FacetsAnswer], create_model("FacetsAnswer", __base__=FacetsAnswer, **fields))


settle(globals().values())
