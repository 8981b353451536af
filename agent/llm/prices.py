"""What a model costs: what review.toml says of it, else a dated list of public prices that travels with the program."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from agent.papers import Frozen
from agent.review import ModelChoice

_SNAPSHOT = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8})$")
"""What a dated snapshot's name has behind the model's: `-2024-07-18` or `-20251001`."""
_ANSWERS, _EMBEDDINGS = "price", "embedding"
"""The tables of the list: models that write, and models that make vectors."""


class ListPrice(Frozen):
    """A line of prices.toml; its head says what the fields mean."""

    model: str
    vendor: str | None = None
    server: str | None = None
    usd_per_million_input: float
    usd_per_million_output: float = 0.0
    """Left out of an embedding model, which writes nothing."""
    as_of: date | None = None
    source: str
    up_to_input_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens, with where they are from; None is unknown, not free."""

    usd_per_million_input: float | None = None
    usd_per_million_output: float | None = None
    origin: str | None = None
    """In words that follow "at"; None where there is no price."""

    @property
    def is_known(self) -> bool:
        return self.usd_per_million_input is not None and self.usd_per_million_output is not None

    def cost(self, input_tokens: float, output_tokens: float) -> float | None:
        """In dollars; None where a price is unknown."""
        if self.usd_per_million_input is None or self.usd_per_million_output is None:
            return None
        return (input_tokens * self.usd_per_million_input + output_tokens * self.usd_per_million_output) / 1_000_000


def price_of(model: str, choice: ModelChoice, server: str | None) -> Price:
    """The price of this model at this host, which is None where none is to be named.

    What review.toml says is of the model that it names: another one that a run asks in its stead costs something else.
    Where it gives one price alone the list is not asked for the other.
    """
    given = (choice.usd_per_million_input, choice.usd_per_million_output)
    if given != (None, None) and choice.name in (None, model):
        return Price(*given, origin="the prices in review.toml")
    listed = list_price(model, server)
    if listed is None:
        return Price()
    return Price(listed.usd_per_million_input, listed.usd_per_million_output, _in_words(listed))


def embedding_price_of(choice: ModelChoice, server: str | None) -> Price:
    """The same for the embedding model that review.toml names; what it writes costs nothing, since it is no text."""
    if choice.usd_per_million_embedding is not None:
        return Price(choice.usd_per_million_embedding, 0.0, "the price in review.toml")
    listed = list_price(choice.embedding or "", server, _EMBEDDINGS)
    return Price(listed.usd_per_million_input, 0.0, _in_words(listed)) if listed else Price()


def list_price(model: str, server: str | None = None, kind: str = _ANSWERS) -> ListPrice | None:
    """The line of the list for this name, by equality alone.

    A name that is not there is looked up without its vendor's prefix, then without the day of its snapshot, then
    without both. Nothing is guessed: `gpt-4o-mini` is never `gpt-4o`, nor is `gpt-4o-mini-tuned` any of the two.
    """
    for vendor, name in _readings(model):
        for line in _lines(kind).get(name, ()):
            if vendor is not None and vendor != line.vendor:
                continue
            if line.server is None or line.server == server:
                return line
    return None


def _readings(model: str) -> list[tuple[str | None, str]]:
    """The names that a model's may stand for, the most exact first, each with the vendor it must be of."""
    vendor, slash, rest = model.partition("/")
    readings: list[tuple[str | None, str]] = [(None, model), *([(vendor, rest)] if slash else [])]
    return [*readings, *((whose, _SNAPSHOT.sub("", name)) for whose, name in readings if _SNAPSHOT.search(name))]


def _in_words(line: ListPrice) -> str:
    day = f"of {line.as_of.isoformat()} " if line.as_of else ""
    undated = "" if line.as_of else " (its source names no day)"
    where = f"at {line.server}" if line.server else "which your server may not keep"
    return f"the list price {day}for {line.model}{undated}, {where}"


@cache
def _lines(kind: str) -> dict[str, tuple[ListPrice, ...]]:
    found: dict[str, tuple[ListPrice, ...]] = {}
    with Path(__file__).with_name("prices.toml").open("rb") as file:
        for entry in tomllib.load(file)[kind]:
            line = ListPrice.model_validate(entry)
            found[line.model] = (*found.get(line.model, ()), line)
    return found
