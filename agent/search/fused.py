"""Joins rankings into one."""

from collections.abc import Sequence

RANK_OFFSET = 60
"""How little the first places of a ranking stand out; as in the paper."""


def fused(rankings: Sequence[Sequence[str]], *, most: int) -> list[str]:
    """The keys of all rankings, best first, ties by key.

    Reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009). A key that a ranking names twice counts once there.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(dict.fromkeys(ranking), start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (RANK_OFFSET + rank)
    # Rounded, so that two keys with the same ranks tie whatever the order of the rankings.
    return sorted(scores, key=lambda key: (-round(scores[key], 12), key))[: max(most, 0)]
