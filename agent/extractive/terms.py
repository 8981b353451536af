"""Learns, from a corpus without labels, the words that mark the categories of a given taxonomy."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from agent.extractive.definitions import concepts
from agent.extractive.vectors import Matrix, Space, centred_means, softmax, space_of, unit
from agent.extractive.words import paper_features, spellings
from agent.papers import Paper
from agent.review import Category, Taxonomy

ROUNDS = 8
"""How often papers are assigned and the categories learnt anew; it has settled by then."""
TEMPERATURE = 0.04
"""How much of a paper goes to the categories that are not its best; cosines differ by some hundredths."""
TRUST_IN_DEFINITION = 0.3
"""The definition's share in what a category looks like; the rest is learnt from its papers."""
MOST_TERMS = 40
LEAST_WEIGHT = 0.2
"""A word that tells less than this is left out: ranks alone cannot say how little it tells."""
SMALL_CORPUS = 20
"""In a larger corpus a word of one paper alone marks no category."""


def learn_terms(taxonomy: Taxonomy, papers: Sequence[Paper]) -> dict[str, Any]:
    """The answer to `induce_terms`: for each category its marking words, the most telling first.

    Nearest-centroid self-training (Rocchio, 1971, with soft pseudo-labels): the definitions pick papers, the papers
    say which words go with the definition's, and so on. Children are learnt among the papers of their parent.
    """
    ordered = sorted(papers, key=lambda paper: paper.key)
    if not any(map(paper_features, ordered)):
        return {"categories": [{"category": id_, "terms": []} for id_ in taxonomy.ids]}
    space = space_of(ordered)
    spelling = spellings(ordered)
    weights, shares = self_train(space, [_seed(space, top) for top in taxonomy.categories])
    entries = []
    for top, row, share in zip(taxonomy.categories, weights, shares.T, strict=True):
        entries.append({"category": top.id, "terms": telling(space, row, spelling)})
        if top.children:
            inner, _ = self_train(space, [_seed(space, child) for child in top.children], share)
            entries += [
                {"category": child.id, "terms": telling(space, child_row, spelling)}
                for child, child_row in zip(top.children, inner, strict=True)
            ]
    return {"categories": entries}


def self_train(space: Space, seeds: Sequence[Matrix], within: Matrix | None = None) -> tuple[Matrix, Matrix]:
    """How much each word tells of each category, and each paper's shares in them.

    `within` are the papers' shares in what all the categories are part of.
    """
    definitions = unit(np.array(seeds))
    part = np.ones(space.papers.shape[0]) if within is None else within
    profiles = definitions
    for _ in range(ROUNDS):
        shares = softmax(np.asarray(space.papers @ profiles.T), TEMPERATURE) * part[:, None]
        learnt = centred_means(space, shares)
        profiles = unit(TRUST_IN_DEFINITION * definitions + (1 - TRUST_IN_DEFINITION) * learnt)
    shares = softmax(np.asarray(space.papers @ profiles.T), TEMPERATURE) * part[:, None]
    # Readers of the list weigh a paper's words alike, so that rarity has to be in the order of the list.
    return profiles * space.idf, shares


def telling(space: Space, weights: Matrix, spelling: dict[str, str], most: int = MOST_TERMS) -> list[str]:
    """The words that tell most, in the corpus's own spelling; equal ones in the order of the alphabet."""
    n_papers = space.papers.shape[0]
    common = space.papers.getnnz(axis=0) >= (1 if n_papers < SMALL_CORPUS else 2)
    rounded = np.where(common, np.round(weights, 6), 0.0)  # the last digits of a sum depend on the machine
    best = sorted(np.flatnonzero(rounded >= LEAST_WEIGHT), key=lambda place: (-rounded[place], space.names[place]))
    return [spelling.get(space.names[place], space.names[place]) for place in best[:most]]


def _seed(space: Space, category: Category) -> Matrix:
    """What is known of a category beforehand: each concept of its definition, its terms and examples count alike."""
    known = [*concepts(category), *(concept for child in category.children for concept in concepts(child))]
    rows = [space.vector(concept) for concept in known]
    return unit(np.sum(rows, axis=0)) if rows else np.zeros(len(space.names))
