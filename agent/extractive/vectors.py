"""Papers as weighted words: what the taxonomy stage sees of a corpus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from agent.extractive.words import TITLE_WEIGHT, features, paper_features
from agent.papers import Paper

Matrix = NDArray[np.float64]
_ZERO = 1e-12
_DIGITS = 9
"""Sums differ in their last digits from machine to machine; what decides is rounded to this."""


@dataclass(frozen=True)
class Space:
    """A corpus as rows of TF-IDF over the stems it uses: counts damped by a logarithm, each row of length one."""

    papers: csr_matrix
    idf: Matrix
    index: dict[str, int]
    names: list[str]

    def vector(self, stems: Sequence[str]) -> Matrix:
        """Words that are no paper's, such as a definition's, each once and by its rarity; zero where none is known."""
        row = np.zeros(len(self.names))
        for stemmed in set(stems):
            place = self.index.get(stemmed)
            if place is not None:
                row[place] = self.idf[place]
        return unit(row)


def space_of(papers: Sequence[Paper], read: Callable[[Paper], list[str]] = paper_features) -> Space:
    """The space of these papers, at least one of which has a word."""
    vectorizer = TfidfVectorizer(analyzer=read, sublinear_tf=True, norm="l2")
    rows = vectorizer.fit_transform(papers)
    return Space(rows.tocsr(), vectorizer.idf_, vectorizer.vocabulary_, list(vectorizer.get_feature_names_out()))


def unit(rows: Matrix) -> Matrix:
    """Each row, or the one vector, at length one; zero stays zero, and so does what rounding makes of it."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths > _ZERO, lengths, 1.0))


def likeness(titled: Sequence[tuple[str, str]], texts: Sequence[str]) -> Matrix:
    """How alike each title with its text (by row) and each of `texts` (by column) are, 0 to 1.

    By the words that tell `texts` apart, a title's counting as often as elsewhere.
    """
    if not texts:
        return np.zeros((len(titled), 0))
    others = [Paper(key=str(number), abstract=text) for number, text in enumerate(texts)]
    space = space_of(others, lambda paper: features(paper["abstract"]) or [paper.key])
    wanted = [TITLE_WEIGHT * space.vector(features(title)) + space.vector(features(text)) for title, text in titled]
    return np.asarray([np.round(space.papers @ unit(one), _DIGITS) for one in wanted])


def softmax(scores: Matrix, temperature: float) -> Matrix:
    """Scores by row as shares that add up to one; a lower temperature makes the best share larger."""
    scaled = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def centred_means(space: Space, shares: Matrix) -> Matrix:
    """For each group the mean of its papers, less the mean of all: what its papers say and others do not."""
    totals = np.maximum(shares.sum(axis=0), 1e-9)
    sums = np.asarray((space.papers.T @ shares).T)
    return unit(sums / totals[:, None] - np.asarray(space.papers.mean(axis=0)).ravel())
