"""Finds papers by words: BM25 over titles, abstracts and cards, with no model asked."""

import math
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import tantivy
from tantivy import Occur
from tantivy import Query as EngineQuery

from agent.papers import Corpus
from agent.review import Card, Taxonomy
from agent.search.documents import FIELDS, KEY, PAPER_FIELDS, SCHEMA, entries_of
from agent.search.kept import Say, in_memory, up_to_date
from agent.search.query import Query
from agent.search.wanted import Run, Wanted, sequence, spellings, wanted

MOST_RUNS = 64
"""That a query looks for, those that fewest papers have; the rest of a text as long as that tells nothing more."""
SPARE = 20
"""Hits looked at beyond those asked for, for what ties with the last one."""
FEW = 1_000
"""Papers that the engine is told of one by one; among more of them, its hits are sifted."""
_DIGITS = 3
"""Of a score: the engine adds in single precision and in no fixed order, and what differs by that is a tie."""


class Hit(NamedTuple):
    """A paper that was found, by its key."""

    key: str
    score: float
    """BM25's, of the words of one search; it says nothing beside a score of another."""


def silent(_: str) -> None:
    """Tell nobody."""


class Index:
    """The papers of a corpus, ready to be searched."""

    def __init__(self, index: tantivy.Index, corpus: Corpus) -> None:
        self._searcher = index.searcher()
        self._corpus = corpus

    @classmethod
    def open(
        cls,
        folder: Path | None,
        corpus: Corpus,
        cards: Mapping[str, Card] = {},
        taxonomy: Taxonomy | None = None,
        say: Say = silent,
    ) -> "Index":
        """The index of these papers, brought up to date; made anew where it is damaged or of another version.

        In memory where folder is None or cannot be written; `say` is told what could not be used, and of long work.
        """
        entries = {entry.key: entry for entry in entries_of(corpus, cards, taxonomy)}
        if folder is not None:
            try:
                return cls(up_to_date(folder, entries, say), corpus)
            except (OSError, ValueError) as error:
                say(f"the search index cannot be kept in {folder} ({error}); it is made in memory for this run")
        return cls(in_memory(entries.values()), corpus)

    def search(self, words: str, *, most: int = 10, among: Collection[str] | None = None) -> list[Hit]:
        """Best first, ties by key; every sign of the words is text. [] for no words, stop words alone, or none known.

        `among` holds the keys of the papers to look at; None is all of them.
        """
        looked_for = self._any_of(wanted(words))
        return self._best(looked_for, most, among) if looked_for else []

    def find(self, query: Query, *, most: int = 10, among: Collection[str] | None = None) -> list[Hit]:
        """The same for a query: each of its phrases stands in a hit, and nothing of what it excludes does.

        Both are looked for in titles and abstracts alone, which are the paper's own words.
        """
        looked_for = self._any_of(wanted(query.words))
        must = [(Occur.Must, _stands(sequence(phrase))) for phrase in query.phrases]
        if not looked_for and not must:
            return []
        without = [(Occur.MustNot, _stands(run)) for text in query.without for run in sorted(spellings(text))]
        words = [(Occur.Should if must else Occur.Must, looked_for)] if looked_for else []
        return self._best(EngineQuery.boolean_query([*words, *must, *without]), most, among)

    def rarity(self, words: str) -> dict[Run, float]:
        """What each of these words, and each name among them, tells of a paper: more, the fewer papers have it.

        Those that no paper has are not in it.
        """
        return {run: self._weight(run) * weight for run, weight in wanted(words).weights.items() if self._has(run)}

    def unknown(self, words: str) -> list[str]:
        """Those of the words, as they are written, that no paper has in any form."""
        pieces = {piece: wanted(piece).weights for piece in words.split()}
        return [piece for piece, runs in pieces.items() if runs and not any(map(self._has, runs))]

    def _any_of(self, looked_for: Wanted) -> EngineQuery | None:
        """A query for any of these, in all fields; None where no paper has one."""
        known = {run: weight for run, weight in looked_for.weights.items() if self._has(run)}
        telling = sorted(known, key=lambda run: (-known[run] * self._weight(run), run))[:MOST_RUNS]
        parts = [
            (Occur.Should, EngineQuery.boost_query(_in_field(field, run), boost * known[run]))
            for run in telling
            for field, boost in FIELDS.items()
        ]
        return EngineQuery.boolean_query(parts) if parts else None

    def _has(self, run: Run) -> bool:
        """Whether each of the stems stands in some paper."""
        return all(self._n_papers(stem) for stem in run)

    def _n_papers(self, stem: str) -> int:
        return max(self._searcher.doc_freq(field, stem) for field in FIELDS)

    def _weight(self, run: Run) -> float:
        """BM25's: the logarithm of how few papers have it; of a run, that of its rarest stem."""
        n, n_all = min(map(self._n_papers, run)), self._searcher.num_docs
        return math.log1p(max(n_all - n + 0.5, 0.5) / (n + 0.5))

    def _best(self, query: EngineQuery, most: int, among: Collection[str] | None) -> list[Hit]:
        """The best hits among those papers; looks further down while the last one ties, or too few are among them."""
        if most <= 0 or (among is not None and not among):
            return []
        if among is not None and len(among) <= FEW:
            only = EngineQuery.const_score_query(EngineQuery.term_set_query(SCHEMA, KEY, sorted(among)), 0.0)
            query = EngineQuery.boolean_query([(Occur.Must, query), (Occur.Must, only)])
        allowed = None if among is None else frozenset(among)
        limit = most + SPARE
        while True:
            found = self._searcher.search(query, limit, count=False).hits
            hits = [Hit(self._key(address), round(score, _DIGITS)) for score, address in found]
            wanted_hits = [hit for hit in hits if (allowed is None or hit.key in allowed) and self._corpus.has(hit.key)]
            is_all = len(found) < limit
            if is_all or (len(wanted_hits) >= most and wanted_hits[most - 1].score > hits[-1].score):
                return sorted(wanted_hits, key=lambda hit: (-hit.score, hit.key))[:most]
            limit *= 4

    def _key(self, address: tantivy.DocAddress) -> str:
        return str(self._searcher.doc(address)[KEY][0])


def _in_field(field: str, run: Run) -> EngineQuery:
    if len(run) == 1:
        return EngineQuery.term_query(SCHEMA, field, run[0])
    return EngineQuery.phrase_query(SCHEMA, field, list(run))


def _stands(run: Run) -> EngineQuery:
    """That this run stands in the paper's own words."""
    return _any(_in_field(field, run) for field in PAPER_FIELDS)


def _any(queries: Iterable[EngineQuery]) -> EngineQuery:
    return EngineQuery.boolean_query([(Occur.Should, query) for query in queries])
