"""Sources that have another name now, and those whose papers others name: neither is remembered beside what is read."""

from collections.abc import Collection, Mapping, Sequence

from agent.corpus import Merged, merge
from agent.papers import Corpus, Paper, Record
from agent.report import SourceReport
from agent.review import Protocol

_TOLD = ("title", "abstract", "authors", "year", "venue", "doi", "arxiv", "url")


def find_renamed(
    protocol: Protocol,
    digests: Mapping[str, str],
    before: Mapping[str, SourceReport],
    earlier: Corpus,
    closed: Collection[str],
) -> dict[str, str]:
    """The new names of sources that are lost, by the old: of each the bytes are those of one new source.

    One that was kept back stays what it was where the new one is not, so that a name releases nothing.
    """
    gave = {place.file for paper in earlier for place in paper.sources}
    sends = {source.name: source.send for source in protocol.sources}
    by_digest: dict[str, list[str]] = {}
    for name, digest in digests.items():
        if digest and name not in gave and (name not in before or before[name].unread):
            by_digest.setdefault(digest, []).append(name)
    renamed: dict[str, str] = {}
    for name in sorted((gave & before.keys()) - set(closed)):
        new = by_digest.get(before[name].sha256, []) if not digests.get(name) else []
        if len(new) == 1 and (before[name].send != "never" or sends[new[0]] == "never"):
            renamed[name] = new[0]
    return renamed


def under_new_names(earlier: Corpus, renamed: Mapping[str, str]) -> Corpus:
    def moved(paper: Paper) -> Paper:
        places = [place.model_copy(update={"file": renamed.get(place.file, place.file)}) for place in paper.sources]
        in_order = sorted(dict.fromkeys(places), key=lambda one: (one.file, one.position))
        return paper.model_copy(update={"sources": tuple(in_order)})

    return Corpus(map(moved, earlier)) if renamed else earlier


def named_elsewhere(earlier: Corpus, lost: Collection[str], there: Collection[str]) -> list[str]:
    """Those of the lost sources of whose papers each has a place in a source that is there."""
    if not lost:
        return []
    alone = {
        place.file
        for paper in earlier
        if not any(one.file in there for one in paper.sources)
        for place in paper.sources
    }
    return [name for name in lost if name not in alone]


def forgotten(
    merged: Merged, records: Sequence[Record], earlier: Corpus, *, lost: Collection[str], read: Collection[str]
) -> tuple[Merged, frozenset[str]]:
    """The corpus without the places of those lost sources that are not needed any more, and their names.

    They are not where sources that are read name each of their papers, and no paper would know less without them.
    """
    gone = frozenset[str]()
    for name in lost:
        own = [paper for paper in merged.corpus if any(place.file == name for place in paper.sources)]
        is_named = all(any(place.file in read for place in paper.sources) for paper in own)
        if not is_named or any(paper.key in merged.unspoken for paper in own):
            continue
        left = gone | {name}
        others = [record for record in records if record.place.file not in left]
        without = merge(others, _without(earlier, left))
        is_same = without.corpus.keys() == merged.corpus.keys() and without.unspoken == merged.unspoken
        if is_same and not any(_knows_less(without.corpus.paper(paper.key), paper) for paper in own):
            merged, gone = without, left
    return merged, gone


def _without(earlier: Corpus, names: Collection[str]) -> Corpus:
    return Corpus(
        paper.model_copy(update={"sources": tuple(place for place in paper.sources if place.file not in names)})
        for paper in earlier
    )


def _knows_less(paper: Paper, than: Paper) -> bool:
    return any(getattr(than, field) and not getattr(paper, field) for field in _TOLD)
