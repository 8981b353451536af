"""What came of the sentences and tables of the survey between two states."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from agent.changes.nouns import ClaimChange, Touched
from agent.changes.papers import Went
from agent.draft import OVERVIEWS, Claim, Draft, Part, Passage, Row

LEAST_ALIKE = 55.0
"""Of 100: two sentences in one place that are less alike are one that went and one that came. Sentences on different
things come to some 40 by their letters alone."""
_HEAD = re.compile(r"([^~!]*)(.*)", re.DOTALL)
"""The id of a category at the start of a passage's, and what tells one share of its papers from another."""


@dataclass(frozen=True)
class _Stretch:
    """A section, or a text over all of them: what is compared as a whole, since parts of a section may be cut anew."""

    id: str
    name: str
    passages: tuple[Passage, ...]
    headings: tuple[str | None, ...] = ()

    @property
    def rows(self) -> dict[str, Row]:
        return {row.key: row for passage in self.passages if isinstance(passage, Part) for row in passage.rows}

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Those that lost their words in print, for their check is not done."""
        return tuple(passage.id for passage in self.passages if passage.checked is None)


_Spot = tuple[str, int | str]
_Identity = tuple[str, tuple[tuple[str, str | None], ...]]
"""What a claim is known by wherever it stands: its words, and what it cites by which words."""


@dataclass(frozen=True)
class _Placed:
    """A claim with where it stands: the passage, and the claims that stayed before and behind it."""

    claim: Claim
    passage: str
    place: tuple[int | None, int | None]
    """The numbers of these two; None at an end of the passage."""

    def spots(self, passage: str) -> list[_Spot]:
        """What it can be found by: one of these neighbours, or the passage where nothing of it stayed."""
        sides = [(side, number) for side, number in zip("<>", self.place, strict=True) if number is not None]
        return [*sides] or [("", passage)]


def text_changes(before: Draft | None, after: Draft | None, same: Went) -> list[Touched]:
    """Every section and text in which something is otherwise, in the order of reading; what is gone comes last."""
    earlier, later = _stretches(before), _stretches(after)
    old_ids = {same.categories.get(id_, id_): id_ for id_ in earlier}
    found = []
    for id_, stretch in later.items():
        was = earlier.get(old_ids.get(id_, id_))
        found.append(_touched(was or _Stretch(id_, stretch.name, ()), stretch, same))
    kept = {old_ids.get(id_, id_) for id_ in later}
    found += [_touched(one, _Stretch(id_, one.name, ()), same) for id_, one in earlier.items() if id_ not in kept]
    return [one for one in found if not one.is_same]


def _stretches(draft: Draft | None) -> dict[str, _Stretch]:
    """In the order of reading."""
    if draft is None:
        return {}
    sections = [
        _Stretch(s.id, s.name, s.passages, tuple(s.headings.get(part.id) for part in s.in_order))
        for s in draft.sections
    ]
    texts = {name: text for name in OVERVIEWS if (text := getattr(draft, name))}
    over = [_Stretch(name, name.capitalize(), (text,)) for name, text in texts.items()]
    first = [one for one in over if one.id == "introduction"]
    last = [one for one in over if one.id != "introduction"]
    return {one.id: one for one in (*first, *sections, *last)}


def _touched(was: _Stretch, now: _Stretch, same: Went) -> Touched:
    unprinted = frozenset(now.unchecked)
    waiting = [passage for passage in was.passages if _later_id(passage.id, same) in unprinted]
    was = replace(was, passages=tuple(p for p in was.passages if _later_id(p.id, same) not in unprinted))
    olds = [_identity(claim, same.papers) for passage in was.passages for claim in passage.claims]
    news = [_identity(claim, {}) for passage in now.passages for claim in passage.claims]
    stayed = Counter(olds) & Counter(news)
    left, come = _others(was, olds, stayed), _others(now, news, stayed)
    pairs = _pairs(left, come, same)
    changed = [ClaimChange(before=left[pairs[n]].claim, after=one.claim) for n, one in enumerate(come) if n in pairs]
    came = [one.claim for n, one in enumerate(come) if n not in pairs]
    paired = frozenset(pairs.values())
    went = [one.claim for n, one in enumerate(left) if n not in paired]
    by_hand = [one for one in changed if one.after and one.after.by_hand]
    by_hand += [ClaimChange(after=claim) for claim in came if claim.by_hand]
    return Touched(
        id=now.id,
        name=now.name,
        came=tuple(claim for claim in came if not claim.by_hand),
        went=tuple(went),
        changed=tuple(one for one in changed if not (one.after and one.after.by_hand)),
        by_hand=tuple(by_hand),
        **_row_changes(was.rows, now.rows, same.papers),
        is_rearranged=bool(was.passages and now.passages) and _is_rearranged(was, now, (olds, news), stayed),
        unchecked=tuple(passage.id for passage in waiting if passage.checked is not None),
    )


def _identity(claim: Claim, keys: Mapping[str, str]) -> _Identity:
    return claim.text, tuple((keys.get(one.key, one.key), one.quote) for one in claim.citations)


def _others(stretch: _Stretch, identities: Sequence[_Identity], stayed: Counter[_Identity]) -> list[_Placed]:
    """The claims that did not stay, each with its place among those that did."""
    left = stayed.copy()
    found: list[_Placed] = []
    numbers = {identity: number for number, identity in enumerate(sorted(stayed, key=repr))}
    following = iter(identities)
    for passage in stretch.passages:
        line: list[tuple[Claim, int | None]] = []
        for claim in passage.claims:
            identity = next(following)
            line.append((claim, numbers[identity] if left[identity] > 0 else None))
            left[identity] -= 1
        found += _placed(line, passage.id)
    return found


def _placed(line: Sequence[tuple[Claim, int | None]], passage: str) -> Iterator[_Placed]:
    for index, (claim, number) in enumerate(line):
        if number is None:
            behind = next((n for _, n in line[index:] if n is not None), None)
            before = next((n for _, n in reversed(line[:index]) if n is not None), None)
            yield _Placed(claim, passage, (before, behind))


def _pairs(left: Sequence[_Placed], come: Sequence[_Placed], same: Went) -> dict[int, int]:
    """Which of those that went stood where one that came stands, by their numbers; the most alike first."""
    there: dict[_Spot, list[int]] = defaultdict(list)
    for b, new in enumerate(come):
        for spot in new.spots(new.passage):
            there[spot].append(b)
    scored = {
        (a, b): fuzz.ratio(old.claim.text, come[b].claim.text)
        for a, old in enumerate(left)
        for spot in old.spots(_later_id(old.passage, same))
        for b in there[spot]
    }
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for a, b in sorted(scored, key=lambda pair: (-scored[pair], pair)):
        if scored[a, b] >= LEAST_ALIKE and b not in pairs and a not in taken:
            pairs[b] = a
            taken.add(a)
    return pairs


def _later_id(passage: str, same: Went) -> str:
    """The id of a passage, which is made of those of its categories, under the ids that these have later."""
    heads = [_HEAD.match(piece) for piece in passage.split("/")]
    return "/".join(same.categories.get(one[1], one[1]) + one[2] for one in heads if one)


def _row_changes(
    before: Mapping[str, Row], after: Mapping[str, Row], keys: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    earlier = {keys.get(key, key): row for key, row in before.items()}
    return {
        "rows_came": tuple(sorted(after.keys() - earlier.keys())),
        "rows_went": tuple(sorted(earlier.keys() - after.keys())),
        "rows_changed": tuple(sorted(k for k in after.keys() & earlier.keys() if after[k].cells != earlier[k].cells)),
    }


def _is_rearranged(
    was: _Stretch,
    now: _Stretch,
    identities: tuple[Iterable[_Identity], Iterable[_Identity]],
    stayed: Counter[_Identity],
) -> bool:
    olds, news = ([one for one in these if one in stayed] for these in identities)
    is_whole = len(olds) == len(news)  # a sentence that stood twice and stands once says nothing of the order
    return (is_whole and olds != news) or (len(was.headings) == len(now.headings) and was.headings != now.headings)
