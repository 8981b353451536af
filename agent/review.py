"""What a review is made of before it is written: the protocol, the taxonomy, cards, and what stayed unanswered."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from agent.papers import Frozen, Quote, digest_of, is_nothing

BUILT_IN = "extractive"
"""The name under which the built-in model signs what it makes."""


class Made(Frozen):
    """How a record came to be, so that it is asked again only by rule."""

    call: str = ""
    """The key of the call that gave it; empty for what a person or the program made."""
    model: str = ""
    """The model as the server named it."""
    day: str | None = None
    """The day of the reply, `2026-11-20`; None for the built-in model."""
    inputs: str = ""
    """The digest of what it was made from beside the taxonomy: a paper's text, a part's cards."""
    taxonomy: str = ""
    """The digest of the taxonomy it was made under."""
    content: str = ""
    """The digest of the record as it was made; another one now means that a person edited it."""
    prompt: str = Field(default="", exclude_if=is_nothing)
    """The digest of the prompt as it was worded then; empty for the built-in model, which has none."""
    unanswered: str = ""
    """Why something asked for it stayed unanswered; the record is used, and the next run asks again."""

    @property
    def is_built_in(self) -> bool:
        return self.model == BUILT_IN

    def gives_way_to(self, model: str) -> bool:
        """Whether what the built-in model made is to be made again by this one."""
        return self.is_built_in and model != BUILT_IN

    def is_stale(self, model: str, prompt: str) -> bool:
        """Whether it was asked for by other words than `prompt` is the digest of, or of another model than this one.

        Nothing is made again for that unless the user wants it. A server may name a model more closely than it is
        asked for; and what a model made never gives way to the built-in one, nor a person's work to either.
        """
        if not self.model or model == BUILT_IN:
            return False
        return self.prompt != prompt or not self.model.startswith(model)


class Unanswered(Frozen):
    """A call that failed for good, as a value: counted, shown, and asked again at the next run."""

    stage: str
    subject: str
    """What was asked about: a paper's key, a section's id."""
    why: str
    stopped: bool = False
    """It was never sent, because the run was stopped before."""

    def about(self, subject: str) -> "Unanswered":
        return self.model_copy(update={"subject": subject})


Send = Literal["never", "abstract", "full"]
"""How much of a paper a model's server may be sent."""


class Source(Frozen):
    """A file that papers come from."""

    path: str
    """As review.toml has it: absolute, or relative to the review folder."""
    name: str
    """What the corpus calls it; a file's own name where that is unique."""
    send: Send = "full"
    """How much of its papers may leave this machine: `never` is nothing, and the built-in model does their share;
    `abstract` is the title and the abstract; `full` is all that is known of them. The corpus holds titles and
    abstracts and no full texts, so that `abstract` and `full` send the same today. Of a paper in several sources the
    strictest holds, since its text may come from any of them."""


class ModelChoice(Frozen):
    """Which model answers, and how it is spoken to."""

    name: str | None = None
    """As the server knows it; None means the built-in model."""
    mode: Literal["json_schema", "tools"] = "json_schema"
    """How the server is made to keep to a schema."""
    concurrency: int = Field(default=32, ge=1, le=512)
    requests_per_minute: int | None = Field(default=None, ge=1)
    """What the server takes, tried again ones included; None is as many as it says itself, or as it bears."""
    tokens_per_minute: int | None = Field(default=None, ge=1)
    """The same for tokens. A call counts with what it sends and the most that it may write, until it has its answer."""
    timeout_s: float = Field(default=120.0, gt=0, le=86_400)
    max_output_tokens: int = Field(default=16_000, ge=64)
    """Of one reply; a section on twenty papers with its table takes some 8,000."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """None leaves it to the server."""
    usd_per_million_input: float | None = Field(default=None, ge=0, le=1_000_000)
    """The price of a million tokens sent; None is unknown, not free."""
    usd_per_million_output: float | None = Field(default=None, ge=0, le=1_000_000)
    embedding: str | None = None
    """The model that makes vectors of texts for search, as the same server knows it; None: search goes by words alone.
    Asked only where a server answers at all, so never by the built-in model."""
    usd_per_million_embedding: float | None = Field(default=None, ge=0, le=1_000_000)
    """The price of a million tokens that are made vectors; None is unknown, not free."""


class Limits(Frozen):
    """What a run may use at the most; checked before each attempt, and finite unless you say otherwise."""

    calls: int = Field(default=10_000, ge=0)
    """Attempts, those that failed included."""
    tokens: int = Field(default=50_000_000, ge=0)
    """Sent and written."""
    usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """None: no limit in dollars. One in dollars needs both prices of the model."""
    usd_per_month: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """The same for all runs of a calendar month (UTC) together, as runs.jsonl has them."""


class Writing(Frozen):
    """How the survey is cut into calls."""

    papers_per_call: int = Field(default=20, ge=2, le=200)
    """A category with more papers is written in parts."""


class Refreshing(Frozen):
    """What a refresh may let in."""

    max_new: int | None = Field(default=None, ge=0)
    """More new papers than this stop it before anything is written or sent; None is any number."""


class Minimums(Frozen):
    """What a review has to reach; below one of these a command ends with exit code 3. None asks for nothing."""

    coverage: float | None = Field(default=None, ge=0, le=1)
    """The share of papers that a section cites."""
    recall: float | None = Field(default=None, ge=0, le=1)
    """The share of printed claims that what they cite supports in full."""
    precision: float | None = Field(default=None, ge=0, le=1)
    """The share of printed citations that bear on their claim."""
    unanswered: int | None = Field(default=None, ge=0)
    """How many calls may have stayed unanswered."""
    agreement: float | None = Field(default=None, ge=0, le=1)
    """The share of cards that agree with what corrections.csv or another person says, where that was measured."""


class Protocol(Frozen):
    """The one configuration of a review: what review.toml says."""

    title: str = "A survey"
    question: str | None = None
    sources: tuple[Source, ...] = ()
    model: ModelChoice = ModelChoice()
    budget: Limits = Limits()
    writing: Writing = Writing()
    refresh: Refreshing = Refreshing()
    minimums: Minimums = Minimums()
    note: str | None = None
    """A sentence that page and report show about where this review comes from."""


class Category(Frozen):
    """A place in the taxonomy; top categories are the survey's sections, their children its parts."""

    id: str
    name: str
    definition: str
    """What is in and what is not."""
    terms: tuple[str, ...] = ()
    """Marking words, the most telling first; the built-in model reads them."""
    examples: tuple[str, ...] = ()
    """Keys or titles of papers that belong here."""
    was: tuple[str, ...] = Field(default=(), exclude_if=is_nothing)
    """Ids of categories that are this one now: what it was called before, and what was merged into it."""
    residual: bool = Field(default=False, exclude_if=is_nothing)
    """Whether it is for papers that fit nowhere else, which are looked at again when a category comes in."""
    children: tuple["Category", ...] = ()


class Facet(Frozen):
    """A question asked of every paper, with its allowed answers."""

    many: bool = False
    """Whether a paper may have several of the codes."""
    codes: dict[str, str]
    """Each code with its definition."""


class Shape(Frozen):
    """What a taxonomy was like as far as an edit of it can make a card stale: no names, terms, examples, no order."""

    categories: dict[str, str]
    """The digest of each category's definition, by id."""
    parents: dict[str, str] = Field(default_factory=dict)
    """The top category of each narrower one, by id."""
    facets: dict[str, str] = Field(default_factory=dict)
    """The digest of each facet's codes with their definitions, by name."""


class Taxonomy(Frozen):
    """The categories, at most two levels deep, and the facets."""

    categories: tuple[Category, ...]
    facets: dict[str, Facet] = Field(default_factory=dict)
    made: Made = Made()

    def walk(self) -> Iterator[tuple[Category, Category]]:
        """Every category with its top category, parents before children."""
        for top in self.categories:
            yield top, top
            for child in top.children:
                yield child, top

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(category.id for category, _ in self.walk())

    def category(self, id_: str) -> Category:
        return next(category for category, _ in self.walk() if category.id == id_)

    def top(self, id_: str) -> Category:
        """The top category that holds this one."""
        return next(top for category, top in self.walk() if category.id == id_)

    @property
    def shape(self) -> Shape:
        """What a later taxonomy is compared with, to see which cards an edit makes stale."""
        return Shape(
            categories={category.id: digest_of(category.definition) for category, _ in self.walk()},
            parents={category.id: top.id for category, top in self.walk() if category is not top},
            facets={name: digest_of(facet.model_dump(mode="json")) for name, facet in self.facets.items()},
        )

    @property
    def content(self) -> str:
        """The digest of what a person could edit."""
        return digest_of(self.model_dump(mode="json", exclude={"made"}))


FACTS = ("name", "problem", "approach", "result")
"""What a card says of a paper: its short name, the problem, the approach, the headline result."""


class FactQuote(Quote):
    """The words in the paper that a fact rests on."""

    field: str
    """One of FACTS."""


class Card(Frozen):
    """What is known of one paper."""

    key: str
    category: str
    also: tuple[str, ...] = ()
    """Categories that are nearly as right."""
    facets: dict[str, str | tuple[str, ...] | None] = Field(default_factory=dict)
    """A code per facet, several where it is `many`, None where none fits."""
    facts: dict[str, str] = Field(default_factory=dict)
    """Those of FACTS that the paper states."""
    quotes: tuple[FactQuote, ...] = ()
    unquoted: tuple[str, ...] = ()
    """Facts whose quote was not in the paper, even when asked again: shown with a mark, cited for nothing."""
    confidence: float = Field(ge=0, le=1)
    why: str = ""
    made: Made = Made()

    @property
    def digest(self) -> str:
        return digest_of(self.model_dump(mode="json", exclude={"made"}))

    @property
    def is_edited(self) -> bool:
        """Whether a person changed it since it was made."""
        return bool(self.made.content) and self.made.content != self.digest
