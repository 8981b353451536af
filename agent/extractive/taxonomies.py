"""Proposes a taxonomy by putting papers together that use the same words, and names its categories by those words."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from agent.extractive.clusters import Places, clustered
from agent.extractive.phrases import Phrases, capitalized, phrases_of
from agent.extractive.terms import telling
from agent.extractive.vectors import Matrix, Space, centred_means, space_of
from agent.extractive.words import features, paper_features, spellings
from agent.papers import Paper

MOST_TERMS = 30
MOST_EXAMPLES = 5
MOST_CATEGORIES = 16
GROUPS_PER_ROOT = 0.9
"""Categories as a share of the square root of the papers: 15 for 286, 3 for 12."""
LEAST_TO_DIVIDE = 16
"""A category with fewer papers has no children."""
PAPERS_PER_CHILD = 8
MOST_CHILDREN = 4
LEAST_IN_CHILD = 3

CONTRIBUTION = {
    "name": "contribution",
    "many": False,
    "codes": [
        {"code": "method", "definition": "A new technique, algorithm or architecture is what the paper offers."},
        {"code": "benchmark", "definition": "An evaluation suite or benchmark is what the paper offers."},
        {"code": "dataset", "definition": "A data set or corpus is what the paper offers."},
        {"code": "system", "definition": "A library, toolkit, platform or piece of hardware is what the paper offers."},
        {"code": "report", "definition": "A technical report on something released."},
        {"code": "analysis", "definition": "An empirical or theoretical study of what exists."},
        {"code": "survey", "definition": "A review or overview of other work."},
    ],
}


def propose(papers: Sequence[Paper]) -> dict[str, Any]:
    """The answer to `induce_propose`."""
    ordered = sorted(papers, key=lambda paper: paper.key)
    return {"categories": _Proposal(ordered).categories(), "facets": [CONTRIBUTION]}


class _Proposal:
    """A corpus, read once, from which categories are made."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._papers = papers
        # A corpus without a single word still needs a space.
        self._space: Space = space_of(papers, lambda paper: paper_features(paper) or [paper.key])
        self._phrases: Phrases = phrases_of(papers)
        self._spelling = spellings(papers)

    def categories(self) -> list[dict[str, Any]]:
        n_papers = len(self._papers)
        n_groups = min(MOST_CATEGORIES, max(1, round(GROUPS_PER_ROOT * math.sqrt(n_papers))))
        groups = clustered(self._space, range(n_papers), n_groups, least=max(1, n_papers // 80))
        names = self._names(groups, set(), self._common(range(n_papers)) if len(groups) > 1 else set())
        entries = self._entries(groups, names)
        for entry, group, name in zip(entries, groups, names, strict=True):
            entry["children"] = self._children(group, name)
        return entries

    def _children(self, group: Places, parent: str) -> list[dict[str, Any]]:
        """The groups that a large category falls into; none where one would be too small."""
        if len(group) < LEAST_TO_DIVIDE:
            return []
        n_groups = min(MOST_CHILDREN, max(2, len(group) // PAPERS_PER_CHILD))
        groups = clustered(self._space, group, n_groups, least=LEAST_IN_CHILD)
        if len(groups) < 2:
            return []
        return self._entries(groups, self._names(groups, set(features(parent)), self._common(group)), parent)

    def _common(self, group: Sequence[int]) -> set[str]:
        """Words that half of the papers use tell none of their groups apart."""
        n_using = self._space.papers[list(group)].getnnz(axis=0)
        return {self._space.names[place] for place in np.flatnonzero(2 * n_using > len(group))}

    def _names(self, groups: Sequence[Places], taken: set[str], common: set[str]) -> list[str]:
        names: list[str] = []
        used = set(taken)
        for number, group in enumerate(groups, start=1):
            name = (
                self._phrases.name(group, used, common) or self._phrases.name(group, set(), set()) or f"Group {number}"
            )
            name = name if name not in names else f"{name} ({number})"
            names.append(name)
            used |= set(features(name)) - common
        return names

    def _entries(
        self, groups: Sequence[Places], names: Sequence[str], parent: str | None = None
    ) -> list[dict[str, Any]]:
        shares = np.zeros((len(self._papers), len(groups)))
        for place, group in enumerate(groups):
            shares[group, place] = 1.0
        means = centred_means(self._space, shares)
        alike = np.round(means @ means.T - 2 * np.eye(len(groups)), 9)
        entries = []
        for place, group in enumerate(groups):
            terms = telling(self._space, means[place] * self._space.idf, self._spelling, MOST_TERMS)
            other = int(alike[place].argmax()) if len(groups) > 1 else None
            near = names[other] if other is not None else None
            entries.append(
                {
                    "name": names[place],
                    "definition": definition(terms, near, parent),
                    "terms": terms,
                    "papers": self._examples(group, means[place]),
                }
            )
        return entries

    def _examples(self, group: Places, mean: Matrix) -> list[str]:
        closeness = np.round(np.asarray(self._space.papers[group] @ mean), 9)
        order = sorted(range(len(group)), key=lambda place: (-closeness[place], group[place]))
        return [self._papers[group[place]].key for place in order[:MOST_EXAMPLES]]


def definition(terms: Sequence[str], near: str | None, parent: str | None) -> str:
    """What can honestly be said of a group of papers that were put together by their words."""
    words = list(terms[:6])
    marked = (
        f"marked by the words {', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "that share their words"
    )
    what = f"papers of {parent} {marked}" if parent else f"papers {marked}"
    return capitalized(what) + (f"; not those on {near} (see there)." if near else ".")
