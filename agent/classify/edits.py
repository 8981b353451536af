"""What a person changed in the taxonomy since a card was made under it, and where cards go with their categories."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from agent.fit import is_residual
from agent.papers import digest_of
from agent.review import Card, Shape, Taxonomy

LAST = "last"
"""Names, among the digests that cards have of shapes, that of the taxonomy with which the last run ended."""


@dataclass(frozen=True)
class Shaped:
    """A card, with the shape of the taxonomy that it counts as made under, which `made.taxonomy` names."""

    card: Card
    shape: Shape


@dataclass(frozen=True)
class Edit:
    """The way from one shape of the taxonomy to the present one, told in the ids that categories have now."""

    then: Shape
    """As it was, under present ids: what was merged is as the merged one is now, and facets that are gone are not in
    it. A category that was only renamed has the definition it had."""
    now: Shape
    names: Mapping[str, str]
    """The id that a category has now, by each of those it had before."""
    merged: frozenset[str]
    """Categories that took others in, which that shape had as their own."""
    is_narrowed: bool
    """Whether a facet is gone."""
    new: Mapping[str, str | None]
    """Categories that came in, each with the one above it where that one had narrower ones before."""
    split: Mapping[str, tuple[str, ...]]
    """What a category fell apart into: the first narrower ones that came in below it, or, where it is gone itself, the
    several that came in its place."""

    @cached_property
    def redefined(self) -> frozenset[str]:
        """Categories whose definition reads otherwise."""
        before = self.then.categories
        return frozenset(id_ for id_, text in self.now.categories.items() if before.get(id_, text) != text)

    @cached_property
    def facets(self) -> dict[str, bool]:
        """The facets that a card made then does not answer, each with whether it is new."""
        before = self.then.facets
        return {name: name not in before for name, text in self.now.facets.items() if before.get(name) != text}

    def concerns(self, card: Card) -> bool:
        """Whether the card, as it was before, is to be told of it: it loses a code, or names what was renamed."""
        if self.is_narrowed:
            return True
        return any(id_ in self._moving or id_ not in self.now.categories for id_ in (card.category, *card.also))

    @cached_property
    def _moving(self) -> frozenset[str]:
        return self.merged.union(self.names)


class Edits:
    """The present taxonomy beside those that cards were made under."""

    def __init__(self, taxonomy: Taxonomy, shapes: Mapping[str, Shape]) -> None:
        self.taxonomy = taxonomy
        self.shapes = dict(shapes)
        """By the digest that a card has of them; a card of another one counts as made under the present taxonomy."""
        self.now = taxonomy.shape
        self._content = taxonomy.content
        self._names = {old: category.id for category, _ in taxonomy.walk() for old in category.was}
        # A card may be older than what was merged, or than what it was merged into.
        self._merged_now = _merged(self._names, self.shapes[LAST]) if LAST in self.shapes else frozenset()
        self._edits: dict[str, Edit] = {}

    @cached_property
    def residual(self) -> frozenset[str]:
        """The categories for papers that fit nowhere else, with what is below them."""
        places = self.taxonomy.walk()
        return frozenset(one.id for one, top in places if is_residual(one) or is_residual(top))

    def of(self, card: Card) -> Edit:
        """What changed since this card was made."""
        digest = card.made.taxonomy
        if digest not in self._edits:
            self._edits[digest] = self._edit(self.shapes.get(digest, self.now))
        return self._edits[digest]

    def moved(self, card: Card) -> Shaped:
        """The card under the ids that its categories have now, without what is gone; nothing is asked for it.

        It keeps a category that is gone as its own, for then it has to be made again.
        """
        edit, ids = self.of(card), self.now.categories
        if not edit.concerns(card):
            return Shaped(card, self.shapes.get(card.made.taxonomy, self.now))
        category = edit.names.get(card.category, card.category)
        also = (edit.names.get(id_, id_) for id_ in card.also)
        changed = {
            "category": category,
            "also": tuple(dict.fromkeys(id_ for id_ in also if id_ in ids and id_ != category)),
            "facets": {name: codes for name, codes in card.facets.items() if name in self.now.facets},
        }
        return self.under(card, edit.then, **changed)

    def under(self, card: Card, shape: Shape, **changed: object) -> Shaped:
        """The card with these fields, as made under this shape; a person's edit of it stays one."""
        after = card.model_copy(update=changed)
        made: dict[str, str] = {"taxonomy": self._name(shape, card.made.taxonomy)}
        if card.made.content and not card.is_edited:
            made["content"] = after.digest
        return Shaped(after.model_copy(update={"made": card.made.model_copy(update=made)}), shape)

    def _edit(self, then: Shape) -> Edit:
        went = {old: self._names[old] for old in then.categories if old in self._names}
        merged = _merged(self._names, then) | self._merged_now
        before = _in_present_ids(then, self.now, went, merged)
        new, split = _arrived(before, self.now)
        return Edit(before, self.now, self._names, merged, bool(then.facets.keys() - self.now.facets), new, split)

    def _name(self, shape: Shape, before: str) -> str:
        """The digest that a card has of a shape: it may be one that no taxonomy ever had."""
        if shape == self.shapes.get(before, self.now):
            return before
        return self._content if shape == self.now else digest_of(shape.model_dump(mode="json"))


def _merged(names: Mapping[str, str], then: Shape) -> frozenset[str]:
    """The categories that took others in since then, by the ids that they had; one that took one alone is renamed."""
    taken_in = Counter(id_ for old, id_ in names.items() if old in then.categories)
    return frozenset(id_ for id_, n in taken_in.items() if n > 1 or id_ in then.categories)


def shapes_of(cards: Iterable[Card], known: Mapping[str, Shape], taxonomy: Taxonomy | None) -> dict[str, Shape]:
    """The shape for each digest that a card has, and that of the present taxonomy as the last one.

    A digest that nothing is known of has from now on the present shape.
    """
    digests = {card.made.taxonomy for card in cards} - {""}
    if taxonomy is None or not digests:
        return {digest: known[digest] for digest in sorted(digests & known.keys())}
    now = taxonomy.shape
    return {digest: known.get(digest, now) for digest in sorted(digests)} | {LAST: now}


def _in_present_ids(then: Shape, now: Shape, went: Mapping[str, str], merged: frozenset[str]) -> Shape:
    categories, parents = {}, {}
    for old, text in then.categories.items():
        id_ = went.get(old, old)
        above = then.parents.get(old)
        if id_ in merged:
            categories[id_], above = now.categories[id_], now.parents.get(id_)
        else:
            categories[id_] = text
        if above is not None:
            parents[id_] = went.get(above, above)
    facets = {name: text for name, text in then.facets.items() if name in now.facets}
    return Shape(categories=categories, parents=parents, facets=facets)


def _arrived(then: Shape, now: Shape) -> tuple[dict[str, str | None], dict[str, tuple[str, ...]]]:
    """The categories that came in, and apart from these those that came of others, by the one they came of.

    Where one category is gone and several came in beside where it stood, they came of it: its papers alone are asked
    again. What came in below a new one is a part of that.
    """
    came = [id_ for id_ in now.categories if id_ not in then.categories]
    gone = [id_ for id_ in then.categories if id_ not in now.categories]
    places: dict[str | None, list[str]] = {}
    for id_ in came:
        if now.parents.get(id_) not in came:
            places.setdefault(now.parents.get(id_), []).append(id_)
    new: dict[str, str | None] = {}
    split: dict[str, tuple[str, ...]] = {}
    for above, ids in places.items():
        went = [id_ for id_ in gone if then.parents.get(id_) == above]
        if above is not None and above not in then.parents.values():
            split[above] = tuple(ids)
        elif len(went) == 1 and len(ids) > 1:
            split[went[0]] = tuple(ids)
        else:
            new |= dict.fromkeys(ids, above)
    return new, split
