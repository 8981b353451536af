"""One paper per work: the records of all sources merged, every place kept, and keys that stay."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.corpus.fullest import as_record, merge_records
from agent.corpus.grouping import group, pairs
from agent.corpus.keys import Wanted, give_keys, with_key
from agent.corpus.works import Features, are_alike, are_apart, match
from agent.papers import Corpus, Duplicate, Paper, Record, digest_of

__all__ = ["Merged", "merge"]

_SAME_PLACE = 50.0
"""How much it tells that a text stands where the other stood: less than any likeness, since lines move."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The corpus, and what became one paper in it."""

    corpus: Corpus
    duplicates: tuple[Duplicate, ...]
    """In the order of their papers' keys."""
    unspoken: frozenset[str] = frozenset()
    """Keys of the earlier papers that no record speaks of any more, kept as they were."""


@dataclass(frozen=True, slots=True)
class _Work:
    """Records of one work."""

    records: tuple[Record, ...]
    whys: tuple[str, ...]
    earlier: tuple[Paper, ...] = ()
    """Papers of the earlier corpus that this work was, the best recognised first."""


def merge(records: Sequence[Record], earlier: Corpus | None = None) -> Merged:
    """Make one paper of each work; the result is the same whatever the order of the records.

    A work that `earlier` has keeps its key, even if a word of it changed. A paper of `earlier` of which no record
    speaks any more is kept as it was, and so is what it knew from sources that `records` does not come from.
    """
    ordered = sorted(records, key=_settled)
    described = [Features.of(record) for record in ordered]
    works = [
        _Work(tuple(ordered[index] for index in members), tuple(sorted({found.why for found in joined})))
        for members, joined in group(described)
    ]
    works, kept = _recognise(works, earlier or Corpus([]))
    files = {record.place.file for record in records}
    papers = [_paper(work, files) for work in works]
    return _keyed(works, papers, kept)


def _settled(record: Record) -> tuple[str, int, str]:
    return record.place.file, record.place.position, digest_of(record.model_dump(mode="json"))


def _recognise(works: Sequence[_Work], earlier: Corpus) -> tuple[list[_Work], list[Paper]]:
    """The works with the earlier papers they were, and the earlier papers that no record speaks of."""
    found = _best_works(works, earlier)
    were: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for key, (strength, index) in found.items():
        were[index].append((-strength, key))
    recognised = [
        _Work(work.records, work.whys, tuple(earlier.paper(key) for _, key in sorted(were.get(index, []))))
        for index, work in enumerate(works)
    ]
    return recognised, [paper for paper in earlier if paper.key not in found]


def _best_works(works: Sequence[_Work], earlier: Corpus) -> dict[str, tuple[float, int]]:
    """For each earlier paper that is recognised, how surely, and the index of its work."""
    described = [Features.of(merge_records(work.records, [])) for work in works] if len(earlier) else []
    n_works = len(described)
    described += [Features.of(paper) for paper in earlier]
    strengths = {
        (number, index): same.strength
        for index, number in pairs(described)
        if index < n_works <= number and (same := match(described[index], described[number]))
    }
    is_matched = {index for _, index in strengths}
    at_place = {record.place: (index, record) for index, work in enumerate(works) for record in work.records}
    for number, paper in enumerate(earlier, start=n_works):
        for index, record in (at_place[place] for place in paper.sources if place in at_place):
            now, then = Features.of(record), described[number]
            is_same = (number, index) in strengths or (bool(now.title) and now.title == then.title)
            if (is_same and not are_apart(now, then)) or (index not in is_matched and are_alike(now, then)):
                strengths[number, index] = strengths.get((number, index), 0.0) + _SAME_PLACE
    best: dict[str, tuple[float, int]] = {}
    for (number, index), strength in sorted(strengths.items(), key=lambda one: (-one[1], one[0])):
        best.setdefault(earlier[number - n_works].key, (strength, index))
    return best


def _paper(work: _Work, files: set[str]) -> Paper:
    """The work's paper; with a key where it had one."""
    places = [record.place for record in work.records]
    absent = [paper for paper in work.earlier if any(place.file not in files for place in paper.sources)]
    places += [place for paper in absent for place in paper.sources if place.file not in files]
    records = [*work.records, *(as_record(paper) for paper in absent[1:])]
    merged = merge_records(records, places, first=as_record(absent[0]) if absent else None)
    if not work.earlier:
        return merged
    key = work.earlier[0].key
    aliases = {alias for paper in work.earlier for alias in (paper.key, *paper.aliases)} - {key}
    aliased = merged.model_copy(update={"aliases": tuple(sorted(aliases))})
    return with_key(aliased, key, _own_keys(work.records))


def _keyed(works: Sequence[_Work], papers: Sequence[Paper], kept: Sequence[Paper]) -> Merged:
    """The corpus of these papers, those without a key given one, and of the earlier ones that were kept."""
    taken = [key for paper in (*papers, *kept) for key in (paper.key, *paper.aliases) if key]
    keyless = [index for index, paper in enumerate(papers) if not paper.key]
    wanted = [Wanted(papers[index], _own_keys(works[index].records)) for index in keyless]
    given = dict(zip(keyless, give_keys(wanted, taken), strict=True))
    keyed = [given.get(index, paper) for index, paper in enumerate(papers)]
    why = {paper.key: "; ".join(work.whys) for work, paper in zip(works, keyed, strict=True)}
    duplicates = [
        Duplicate(key=paper.key, places=paper.sources, why=why.get(paper.key) or "known from an earlier reading")
        for paper in (*keyed, *kept)
        if len(paper.sources) > 1
    ]
    unspoken = frozenset(paper.key for paper in kept)
    return Merged(Corpus([*keyed, *kept]), tuple(sorted(duplicates, key=lambda one: one.key)), unspoken)


def _own_keys(records: Iterable[Record]) -> tuple[str, ...]:
    """What sources call the work, each once, in an order that no file's place decides."""
    return tuple(sorted({record.citation_key for record in records if record.citation_key}))
