"""Puts papers that use the same words together; the same papers give the same groups, in whatever order they come."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import cut_tree, ward
from scipy.sparse import csr_matrix

from agent.extractive.vectors import Matrix, Space, unit

_MOST_DIMENSIONS = 25
_DIGITS = 9
"""Sums differ in their last digits from machine to machine; what decides is rounded to this."""
_REFINEMENTS = 10

Places = list[int]
"""Papers of a group, as rows of the space."""


def reduced(space: Space, rows: Sequence[int]) -> Matrix:
    """These papers in the few directions in which they differ most (latent semantic analysis, Deerwester et al., 1990).

    By the eigenvectors of the papers' similarities, which are fewer than the words.
    """
    own: csr_matrix = space.papers[list(rows)]
    alike = np.round((own @ own.T).toarray(), _DIGITS)
    values, vectors = np.linalg.eigh(alike)
    n_kept = max(1, min(_MOST_DIMENSIONS, len(rows) // 3))
    kept = values.argsort(kind="stable")[::-1][:n_kept]
    return unit(vectors[:, kept] * np.sqrt(np.maximum(values[kept], 0.0)))


def clustered(space: Space, rows: Sequence[int], n_groups: int, least: int = 1) -> list[Places]:
    """At most `n_groups` groups of `least` papers or more, the largest first.

    Ward's tree (1963) is cut, then each paper goes to the group whose mean it is nearest to, until all stay.
    """
    if n_groups < 2 or len(rows) <= n_groups:
        return [list(rows)]
    points = reduced(space, rows)
    groups = cut_tree(ward(points), n_clusters=n_groups).ravel().astype(np.intp)
    for _ in range(_REFINEMENTS):
        groups, before = _nearest(points, groups, least), groups
        if np.array_equal(groups, before):
            break
    found = [[rows[place] for place in np.flatnonzero(groups == group).tolist()] for group in np.unique(groups)]
    return sorted(found, key=lambda places: (-len(places), places))


def _nearest(points: Matrix, groups: NDArray[np.intp], least: int) -> NDArray[np.intp]:
    """The group of the nearest mean for each paper; one that is too small gives its papers to the others."""
    sizes = {group: int((groups == group).sum()) for group in np.unique(groups).tolist()}
    large = [group for group, size in sizes.items() if size >= least] or [
        max(sizes, key=lambda one: (sizes[one], -one))
    ]
    means = unit(np.array([points[groups == group].mean(axis=0) for group in large]))
    nearest = np.round(points @ means.T, _DIGITS).argmax(axis=1)
    return np.array([large[place] for place in nearest], dtype=np.intp)
