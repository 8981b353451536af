"""How the corpus is cut into calls: papers stay in the part that they stand in, and newcomers join the one they fit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import commonprefix

from agent.draft import Part
from agent.fields import CardedPaper
from agent.papers import Corpus, digest_of
from agent.review import Card, Category, Taxonomy

NOT_SENT = "!not-sent"
"""Ends the id of a part whose papers are sent to no server."""

MOST = 2
"""A part may grow to so many times the papers that a call is to carry before it is cut anew."""


@dataclass(frozen=True)
class Plan:
    """What one call is to write: a section, or the part of one that its papers belong to."""

    id: str
    top: Category
    child: Category | None
    papers: tuple[CardedPaper, ...]
    question: str | None

    @property
    def told(self) -> dict[str, str]:
        """The digest of what the part is told of each paper, by key."""
        return {entry.paper.key: digest_of_told(entry) for entry in self.papers}

    @property
    def inputs(self) -> str:
        """Names what the part is told of its papers, and the question; one made from the same is not written again.

        All else is left out: a category's name and definition, a card's facets and how sure it is rewrite nothing.
        """
        return inputs_of(self.question, self.told)


def inputs_of(question: str | None, told: Mapping[str, str]) -> str:
    """The digest of what a part is written from."""
    return digest_of(["part", question, dict(told)])


def digest_of_told(entry: CardedPaper) -> str:
    """Names what a part is told of a paper: its text, and after a dot the facts of its card with their quotes."""
    card = entry.card
    quotes = [[quote.field, quote.where, quote.text] for quote in card.quotes]
    return f"{entry.paper.digest}.{digest_of([card.facts, quotes, card.unquoted])}"


def plan(
    corpus: Corpus,
    cards: Mapping[str, Card],
    taxonomy: Taxonomy,
    *,
    papers_per_call: int,
    question: str | None = None,
    private: Collection[str] = (),
    standing: Mapping[str, Part] | None = None,
) -> list[Plan]:
    """Cut the corpus into calls, in the order of the taxonomy.

    Papers stay in the part that they stand in while it covers their category; others join the part that does. Where
    none does, a category with more papers than a call should carry is cut by child, and a child by the bits of the hash
    of the keys: one paper more changes the part it falls in, and no other. So is a part that has grown too large.
    Papers known by title alone are left out. Private papers are cut the same way among themselves, and the others as if
    these were not there.
    """
    holders = _holders((standing or {}).values(), taxonomy)
    shares: list[tuple[Category, _Share]] = []
    for top in taxonomy.categories:
        ids = {top.id, *(child.id for child in top.children)}
        entries = [
            CardedPaper(paper=paper, card=cards[paper.key])
            for paper in corpus
            if paper.key in cards and cards[paper.key].category in ids and paper.basis == "abstract"
        ]
        for is_private in (False, True):
            own = [entry for entry in entries if (entry.paper.key in private) is is_private]
            there = [one for one in holders if one.top is top and one.is_private is is_private]
            found = _shared_out(top, own, there, papers_per_call)
            shares += [(top, replace(one, is_private=is_private)) for one in _in_order(top, found)]
    return _named(shares, question)


@dataclass(frozen=True)
class _Holder:
    """A part that stands, as far as it decides what it may hold."""

    id: str
    keys: frozenset[str]
    top: Category
    child: Category | None
    is_whole: bool
    """Whether it covers its category's children as well."""
    stem: str
    bits: str
    is_private: bool

    def covers(self, category: str) -> bool:
        if self.is_whole:
            return category in {self.top.id, *(child.id for child in self.top.children)}
        return category == (self.child or self.top).id


@dataclass(frozen=True)
class _Share:
    """Papers that go into one call."""

    id: str
    child: Category | None
    papers: tuple[CardedPaper, ...]
    is_new: bool
    """Whether no part stands for it."""
    is_private: bool = False


def _holders(parts: Iterable[Part], taxonomy: Taxonomy) -> list[_Holder]:
    """The parts of categories that there are, under their present names."""
    now = {former: category.id for category, _ in taxonomy.walk() for former in category.was}
    now |= {id_: id_ for id_ in taxonomy.ids}
    holders = []
    for part in parts:
        if part.category not in now:
            continue
        category = taxonomy.category(now[part.category])
        top = taxonomy.top(category.id)
        base = part.id.removesuffix(NOT_SENT)
        stem, tilde, bits = base.rpartition("~")
        if not tilde or set(bits) - {"0", "1"}:
            stem, bits = base, ""
        holders.append(
            _Holder(
                id=part.id,
                keys=frozenset(part.papers),
                top=top,
                child=category if category is not top else None,
                is_whole=category is top and not tilde and "/" not in base,
                stem=stem,
                bits=bits,
                is_private=part.id != base,
            )
        )
    return sorted(holders, key=lambda one: one.id)


def _shared_out(top: Category, entries: Sequence[CardedPaper], holders: Sequence[_Holder], size: int) -> list[_Share]:
    """These papers of a top category, each in the part that holds it, or is to hold it."""
    held: dict[str, list[CardedPaper]] = {holder.id: [] for holder in holders}
    uncovered: list[CardedPaper] = []
    by_key: dict[str, list[_Holder]] = {}
    for holder in holders:
        for key in holder.keys:
            by_key.setdefault(key, []).append(holder)
    for entry in entries:
        home = _home(entry, by_key.get(entry.paper.key, ()), holders)
        (held[home.id] if home else uncovered).append(entry)
    shares = []
    for holder in holders:
        own = held[holder.id]
        if len(own) > MOST * size:
            shares += _cut(top, own, size) if holder.is_whole else _cut_again(holder, own, size)
        elif own:
            shares.append(_Share(holder.id.removesuffix(NOT_SENT), holder.child, tuple(own), is_new=False))
    is_cut = any(held[holder.id] for holder in holders)
    return shares + _cut(top, uncovered, size, is_cut=is_cut)


def _home(entry: CardedPaper, there: Iterable[_Holder], holders: Iterable[_Holder]) -> _Holder | None:
    """The part that a paper stands in, or else the one whose papers it belongs to."""
    staying = [holder for holder in there if holder.covers(entry.card.category)]
    if staying:
        return min(staying, key=lambda one: one.id)
    bits = _hash_bits(entry)

    def fit(holder: _Holder) -> tuple[bool, bool, int, str]:
        n_alike = len(commonprefix([holder.bits, bits]))
        return holder.is_whole, n_alike < len(holder.bits), -n_alike, holder.id

    return min((one for one in holders if one.covers(entry.card.category)), key=fit, default=None)


def _cut(top: Category, entries: Sequence[CardedPaper], size: int, *, is_cut: bool = False) -> list[_Share]:
    """These papers of a top category in shares of at most so many; by category where the section is cut already."""
    if not entries:
        return []
    if len(entries) <= size and not is_cut:
        return [_Share(top.id, None, tuple(entries), is_new=True)]
    shares = []
    for category in (top, *top.children):
        own = [entry for entry in entries if entry.card.category == category.id]
        child = category if category is not top else None
        id_ = f"{top.id}/{category.id}" if child or top.children or is_cut else top.id
        shares += [_Share(f"{id_}{bits}", child, share, is_new=True) for bits, share in _halved(own, size)]
    return shares


def _cut_again(holder: _Holder, entries: Sequence[CardedPaper], size: int) -> list[_Share]:
    """What becomes of a part of one category that has grown too large."""
    halves = _halved(entries, size, holder.bits)
    return [_Share(f"{holder.stem}{bits}", holder.child, share, is_new=True) for bits, share in halves]


def _halved(entries: Sequence[CardedPaper], size: int, bits: str = "") -> list[tuple[str, tuple[CardedPaper, ...]]]:
    """Shares of at most `size` by the leading bits of the key's hash; each under a name like `~01`."""
    if not entries:
        return []
    if len(entries) <= size or len(bits) == 63:
        return [(f"~{bits}" if bits else "", tuple(entries))]
    sides: dict[str, list[CardedPaper]] = {"0": [], "1": []}
    for entry in entries:
        sides[_hash_bits(entry)[len(bits)]].append(entry)
    return [share for bit, side in sides.items() for share in _halved(side, size, bits + bit)]


def _hash_bits(entry: CardedPaper) -> str:
    return f"{int(digest_of(entry.paper.key), 16):064b}"


def _in_order(top: Category, shares: Iterable[_Share]) -> list[_Share]:
    places = {child.id: place for place, child in enumerate(top.children, 1)}
    return sorted(shares, key=lambda one: (places[one.child.id] if one.child else 0, one.id))


def _named(shares: Sequence[tuple[Category, _Share]], question: str | None) -> list[Plan]:
    """The plans of these shares; a new one does not take the name of a part that stands."""
    ids = [f"{share.id}{NOT_SENT if share.is_private else ''}" for _, share in shares]
    taken = {id_ for id_, (_, share) in zip(ids, shares, strict=True) if not share.is_new}
    plans = []
    for id_, (top, share) in zip(ids, shares, strict=True):
        name, n_alike = id_, 1
        while share.is_new and name in taken:
            n_alike += 1
            base = f"{share.id}-{n_alike}"
            name = f"{base}{NOT_SENT if share.is_private else ''}"
        taken.add(name)
        plans.append(Plan(name, top, share.child, share.papers, question))
    return plans
