"""The survey as it is handed to be printed: all that stands, with numbers and names for its papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from agent.draft import Draft
from agent.papers import Corpus
from agent.question import Answer
from agent.report import Report
from agent.review import Card, Category, Protocol, Taxonomy


@dataclass(frozen=True, slots=True)
class Name:
    """What a paper is called where it is printed."""

    text: str
    kind: Literal["title", "name", "words"]
    """Its title, else the name its card found, else the first words of its abstract."""

    def __str__(self) -> str:
        if self.kind == "title":
            return self.text
        return f"{self.text} (untitled)" if self.kind == "name" else f"“{self.text}” (untitled)"


@dataclass(frozen=True, eq=False)
class Survey:
    """Everything that the printed survey is made from."""

    protocol: Protocol
    draft: Draft
    corpus: Corpus
    taxonomy: Taxonomy
    cards: Mapping[str, Card]
    report: Report
    answers: tuple[Answer, ...] = ()
    """The kept ones whose words stand in the papers."""

    @cached_property
    def numbers(self) -> dict[str, int]:
        """A paper's number in the references, the same in every format.

        By the order of the keys, so that a new claim renumbers nothing.
        """
        return {paper.key: number for number, paper in enumerate(self.corpus, start=1)}

    def name(self, key: str) -> Name:
        paper = self.corpus.paper(key)
        if paper.title and paper.title.strip():
            return Name(paper.title, "title")
        card = self.cards.get(key)
        if card and card.facts.get("name", "").strip():
            return Name(card.facts["name"], "name")
        return Name(paper.first_words, "words")

    @cached_property
    def _places(self) -> dict[str, tuple[Category, Category]]:
        return {category.id: (category, top) for category, top in self.taxonomy.walk()}

    def category(self, key: str) -> Category | None:
        """Where the paper's card puts it; None without a card, or with one that names no category of the taxonomy."""
        card = self.cards.get(key)
        return self._places[card.category][0] if card and card.category in self._places else None

    def top(self, key: str) -> Category | None:
        """The top category above it."""
        category = self.category(key)
        return self._places[category.id][1] if category else None

    def codes(self, key: str, facet: str) -> tuple[str, ...]:
        """The codes that the paper has of a facet; none where its card gives none."""
        card = self.cards.get(key)
        given = card.facets.get(facet) if card else None
        return (given,) if isinstance(given, str) else tuple(given or ())
