"""Which papers no source names any more, and which of them are marked as gone."""

from collections.abc import Collection
from dataclasses import dataclass

from agent.papers import Corpus, Paper


@dataclass(frozen=True)
class Reach:
    """Which of the sources can be asked whom they name."""

    read: frozenset[str]
    """Whose records are known as they are now, by name."""
    unread: frozenset[str] = frozenset()
    """Those that are there and cannot be read, so that nobody can say whom they name."""
    away: frozenset[str] = frozenset()
    """Those that are named and not there."""

    @property
    def is_bare(self) -> bool:
        """Whether not one source is there: a clone of the folder alone, which stands as it is."""
        return bool(self.away) and not (self.read or self.unread)


def find_unnamed(
    corpus: Corpus, reach: Reach, *, unspoken: Collection[str], still: Collection[str], is_strict: bool
) -> frozenset[str]:
    """The papers that no source names, by key.

    `unspoken` are those of which the sources that were read say nothing, `still` those that were not named before; a
    paper of a source that cannot be read stays as it was. Without `is_strict` so does one whose sources are away where
    all sources are.
    """
    silent = reach.unread | (reach.away if reach.is_bare and not is_strict else frozenset())

    def is_named(paper: Paper) -> bool:
        return paper.key not in unspoken and any(place.file in reach.read for place in paper.sources)

    def is_unknown(paper: Paper) -> bool:
        return any(place.file in silent for place in paper.sources)

    return frozenset(
        paper.key for paper in corpus if not is_named(paper) and (paper.key in still or not is_unknown(paper))
    )


def marked(corpus: Corpus, earlier: Corpus, unnamed: Collection[str], reach: Reach, *, marks_gone: bool) -> Corpus:
    """The corpus, where only what no source names is marked as gone: by a refresh, else what was marked before."""
    was_gone = {paper.key for paper in earlier if paper.gone}

    def is_gone(paper: Paper) -> bool:
        is_told = marks_gone and not any(place.file in reach.unread for place in paper.sources)
        return paper.key in unnamed and (is_told or paper.key in was_gone)

    if all(paper.gone == is_gone(paper) for paper in corpus):
        return corpus
    return Corpus(paper.model_copy(update={"gone": is_gone(paper)}) for paper in corpus)
