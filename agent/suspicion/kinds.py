"""How a text can speak to a model, and what is noted of one that does."""

from enum import StrEnum

from agent.papers import Frozen


class Kind(StrEnum):
    """How a text speaks to a model."""

    ORDER = "order to a model"
    PRAISE = "order to a reviewer"
    TURN = "turn of a chat"
    TAG = "closing tag"
    ANSWER = "ready-made answer"
    UNSEEN = "invisible characters"
    LETTERS = "look-alike letters"
    ENCODED = "encoded order"


class TextFinding(Frozen):
    """Words that seem to be meant for a model and not for a reader; a mark for the user, on which nothing hangs."""

    subject: str
    """The key of the paper, or the id of the category or facet, that they stand in."""
    where: str
    """The field: `title`, `abstract`, `definition`."""
    kind: Kind
    start: int
    end: int
    words: str
    """The words themselves, shortened; what no reader sees is spelled out, what was encoded is decoded."""
