"""Ranks papers by how near their texts are to a search in meaning, as an embedding model sees it."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from agent.llm.embedding import Embedder
from agent.papers import Paper
from agent.review import Unanswered

_DIGITS = 6
"""Of a cosine. What differs only beyond them differs by how the machine adds up."""


def near_papers(
    embedder: Embedder,
    papers: Iterable[Paper],
    searches: Sequence[str],
    most: int,
    among: Collection[str] | None = None,
) -> list[list[str]]:
    """For each search the keys of the nearest papers, best first; `among` are the keys that may be named.

    Every one of these papers is sent, so they are those that may be. Where there are no vectors, which the embedder
    says, the rankings are empty, and so is that of a search without one; a paper without one is in no ranking.
    """
    texts = {paper.key: _text_of(paper) for paper in papers if among is None or paper.key in among}
    keys = [key for key, text in texts.items() if text]
    nothing: list[list[str]] = [[] for _ in searches]
    if most <= 0 or not keys or not any(search.strip() for search in searches):
        return nothing
    rows = embedder.vectors([*searches, *(texts[key] for key in keys)])
    if isinstance(rows, Unanswered):
        return nothing
    asked, placed = rows[: len(searches)], rows[len(searches) :]
    return [nearest(query, placed, keys, most) for query in asked]


def nearest(query: NDArray[np.float32], rows: NDArray[np.float32], keys: Sequence[str], most: int) -> list[str]:
    """The keys of the rows nearest to the query, by the cosine of their angle, ties by key.

    The query is of shape (d,), the rows are of shape (n, d), one for each key. All are of length one, or zeros where
    there is no vector: nothing is near those, and they are near nothing.
    """
    places = np.flatnonzero(rows.any(axis=1))
    if most <= 0 or not query.any() or not len(places):
        return []
    likeness = (rows @ query)[places].round(_DIGITS)
    if most < len(places):
        least = np.partition(likeness, -most)[-most]
        places, likeness = places[likeness >= least], likeness[likeness >= least]
    ranked = sorted(zip((-likeness).tolist(), (keys[place] for place in places.tolist()), strict=True))
    return [key for _, key in ranked[:most]]


def _text_of(paper: Paper) -> str:
    return f"{paper['title']}\n\n{paper['abstract']}".strip()
