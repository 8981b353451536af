"""The typed fields that calls carry beside their text: what a prompt is rendered from, and the built-in model reads."""

from agent.draft import Claim
from agent.papers import Frozen, Paper
from agent.question import Saying
from agent.review import Card, Category


class CardedPaper(Frozen):
    """A paper with its card, as writing calls carry it."""

    paper: Paper
    card: Card


class DoubtfulFact(Frozen):
    """A fact whose quote is not in its paper."""

    field: str
    text: str
    quote: str


class PartDigest(Frozen):
    """What merging is told of a part."""

    id: str
    name: str
    """The category's or child's name."""
    n_papers: int
    claims: tuple[Claim, ...]


class SectionDigest(Frozen):
    """What the texts over all sections are told of one of them."""

    category: Category
    n_papers: int
    claims: tuple[Claim, ...]
    """Checked claims, as many as a call should carry."""
    codes: dict[str, dict[str, int]]
    """How many of its papers have which code, by facet."""


class NumberedSentence(Frozen):
    """A claim with the number under which it can be named."""

    number: int
    claim: Claim


class NumberedParagraph(Frozen):
    """A paragraph of a passage that is to be brought up to date."""

    heading: str | None
    sentences: tuple[NumberedSentence, ...]


class FailedClaim(Frozen):
    """A claim to be repaired, with what was wrong with it."""

    number: int
    claim: Claim
    problem: str
    why: str


class ReadPaper(Frozen):
    """A paper with what it says to a question."""

    paper: Paper
    sayings: tuple[Saying, ...]
