"""Groups what is of one work, comparing only what shares a telling piece, so that time grows as the papers do."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from zlib import crc32

from agent.corpus.works import Features, Match, are_apart, match

_MAX_BLOCK = 40
"""In a larger block each is compared with its neighbours alone, in the order of titles and abstracts."""
_WINDOW = 8
_N_SHINGLES = 4
_SHINGLE_WORDS = 5
_SHINGLED_WORDS = 120


def group(described: Sequence[Features]) -> list[tuple[list[int], list[Match]]]:
    """The indices that are of one work, with what joined them; every index is in one group.

    The strongest match joins first, and none joins groups of which two members are certainly two works; so the
    result depends on the set of what is described and not on its order, if equal things stand in a settled order.
    """
    matches = [(found, i, j) for i, j in pairs(described) if (found := match(described[i], described[j]))]
    matches.sort(key=lambda one: (-one[0].strength, one[1], one[2]))
    group_of = {index: [index] for index in range(len(described))}
    joined: dict[int, list[Match]] = defaultdict(list)
    for found, i, j in matches:
        mine, theirs = group_of[i], group_of[j]
        if mine is theirs or any(are_apart(described[a], described[b]) for a in mine for b in theirs):
            continue
        for index in theirs:
            group_of[index] = mine
        mine.extend(theirs)
        joined[mine[0]] += [found, *joined.pop(theirs[0], [])]
    groups = {id(members): members for members in group_of.values()}.values()
    return sorted((sorted(members), joined.get(members[0], [])) for members in groups)


def pairs(described: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """Pairs that are worth comparing, each once, the smaller index first."""
    blocks: dict[tuple[str, str | int], list[int]] = defaultdict(list)
    for index, features in enumerate(described):
        for piece in _pieces(features):
            blocks[piece].append(index)
    seen: set[tuple[int, int]] = set()
    for members in blocks.values():
        for pair in _within(members, described):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _within(members: Sequence[int], described: Sequence[Features]) -> Iterator[tuple[int, int]]:
    if len(members) <= _MAX_BLOCK:
        yield from combinations(members, 2)
        return
    ordered = sorted(members, key=lambda index: (described[index].title, described[index].words, index))
    for begin, index in enumerate(ordered):
        for other in ordered[begin + 1 : begin + 1 + _WINDOW]:
            yield min(index, other), max(index, other)


def _pieces(features: Features) -> set[tuple[str, str | int]]:
    """What two descriptions of one work nearly always share at least one of."""
    pieces: set[tuple[str, str | int]] = set()
    if features.doi:
        pieces.add(("doi", features.doi))
    if features.arxiv:
        pieces.add(("arxiv", features.arxiv))
    words = features.title.split()
    if words:
        pieces.add(("title", features.title.replace(" ", "")))
        pieces.add(("begins", " ".join(words[:3])))
        pieces.add(("ends", " ".join(words[-3:])))
        pieces.add(("longest", " ".join(sorted(sorted(set(words), key=lambda word: (-len(word), word))[:3]))))
    if features.words:
        pieces.add(("abstract begins", " ".join(features.words[:10])))
        pieces.update(("abstract", number) for number in _shingles(features.words[:_SHINGLED_WORDS]))
    return pieces


def _shingles(words: Sequence[str]) -> list[int]:
    """The smallest hashes of runs of words: texts that share most runs share most of these (Broder, 1997)."""
    runs = (" ".join(words[begin : begin + _SHINGLE_WORDS]) for begin in range(max(1, len(words) - _SHINGLE_WORDS + 1)))
    return sorted({crc32(run.encode("utf-8", "surrogatepass")) for run in runs})[:_N_SHINGLES]
