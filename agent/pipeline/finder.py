"""Which papers a question would be read from, found by its own words alone."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from agent.changes import State
from agent.search import Index

FOUND = 25
"""Papers that a question is read for: a new one among them may change its answer."""


@dataclass
class Finder:
    """Finds by a question's own words among the papers of a state; the index is made when it is first needed."""

    state: State
    place: Path | None = None
    """Where the index is kept; None makes it in memory."""

    @cached_property
    def _index(self) -> Index:
        return Index.open(self.place, self.state.corpus, self.state.cards, self.state.taxonomy)

    def find(self, question: str, keys: Collection[str]) -> list[str]:
        """The keys of the first papers found, the nearest first."""
        return [hit.key for hit in self._index.search(question, most=FOUND, among=keys)]
