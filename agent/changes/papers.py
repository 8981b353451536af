"""What came of the papers, the categories and the cards between two states."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from agent.changes.nouns import (
    Added,
    Back,
    CategoryChange,
    Changed,
    Edit,
    FacetChange,
    Gone,
    InCategory,
    Moved,
    Renamed,
    State,
)
from agent.papers import Corpus, Paper
from agent.review import Card, Category, Taxonomy

_TEXT = ("title", "abstract")
_OTHER = ("authors", "year", "venue", "doi", "arxiv", "url")


class Went(NamedTuple):
    """Where a thing of the earlier state is in the later one."""

    papers: Mapping[str, str]
    """Later keys by earlier ones; a paper that is not there any more is in neither this nor the next."""
    categories: Mapping[str, str]
    """The same for ids of categories."""


def went(before: State, after: State) -> Went:
    """Find every paper and category of the earlier state in the later one, whatever it is called there."""
    return Went(_same_papers(before.corpus, after.corpus), _same_categories(before.taxonomy, after.taxonomy))


def _same_papers(before: Corpus, after: Corpus) -> dict[str, str]:
    by_alias = {alias: paper.key for paper in after for alias in paper.aliases}
    found = {}
    for paper in before:
        older = [alias for alias in paper.aliases if after.has(alias)]  # where the later state is the older one
        named = paper.key if after.has(paper.key) else by_alias.get(paper.key) or next(iter(older), None)
        if named:
            found[paper.key] = named
    return found


def _same_categories(before: Taxonomy | None, after: Taxonomy | None) -> dict[str, str]:
    if before is None or after is None:
        return {}
    new_ids, old_ids = frozenset(after.ids), frozenset(before.ids)
    names = {old: category.id for category, _ in after.walk() for old in category.was}
    found = {}
    for category, _ in before.walk():
        older = [id_ for id_ in category.was if id_ in new_ids - old_ids]
        if category.id in names:
            found[category.id] = names[category.id]
        elif category.id in new_ids:
            found[category.id] = category.id
        elif len(older) == 1:  # where the later state is the older one
            found[category.id] = older[0]
    return found


def paper_changes(before: State, after: State, same: Mapping[str, str]) -> dict[str, tuple[Any, ...]]:
    """The lists of Changes that are about papers, by name."""
    earlier: dict[str, Paper] = {}
    for old, new in same.items():  # of two that became one, the one whose key stayed
        if new not in earlier or old == new:
            earlier[new] = before.corpus.paper(old)
    added: list[Added] = []
    changed: list[Changed] = []
    gone: list[Gone] = []
    back: list[Back] = []
    for paper in after.corpus:
        was = earlier.get(paper.key)
        if was is None:
            added.append(Added(key=paper.key, title=paper.called, category=_place(after, paper.key)))
        elif found := _changed(was, paper):
            changed.append(found)
        if paper.gone and not (was and was.gone):
            gone.append(Gone(key=paper.key, title=paper.called, sources=_sources(paper)))
        if was and was.gone and not paper.gone:
            back.append(Back(key=paper.key, title=paper.called, sources=_sources(paper)))
    lost = [paper for paper in before.corpus if paper.key not in same]
    gone += [Gone(key=p.key, title=p.called, sources=_sources(p), is_kept=False) for p in lost]
    return {
        "added": tuple(added),
        "changed": tuple(changed),
        "gone": tuple(sorted(gone, key=lambda one: one.key)),
        "back": tuple(back),
        "renamed": tuple(
            Renamed(before=old, after=new, is_joined=before.corpus.has(new))
            for old, new in sorted(same.items())
            if old != new
        ),
    }


def _changed(was: Paper, now: Paper) -> Changed | None:
    text = tuple(name for name in _TEXT if getattr(was, name) != getattr(now, name))
    other = tuple(name for name in _OTHER if getattr(was, name) != getattr(now, name))
    return Changed(key=now.key, title=now.called, text=text, other=other) if text or other else None


def _sources(paper: Paper) -> tuple[str, ...]:
    return tuple(sorted({place.file for place in paper.sources}))


def _place(state: State, key: str) -> InCategory | None:
    card = state.cards.get(key)
    return _named(state.taxonomy, card.category) if card else None


def _named(taxonomy: Taxonomy | None, id_: str) -> InCategory:
    known = taxonomy is not None and id_ in taxonomy.ids
    return InCategory(id=id_, name=taxonomy.category(id_).name if taxonomy and known else id_)


def card_changes(before: State, after: State, same: Went) -> dict[str, tuple[Any, ...]]:
    """The lists of Changes that are about cards, by name; a paper that came in or left is in none of them."""
    moved: list[Moved] = []
    carded: list[Added] = []
    lists: dict[str, list[str]] = {"uncarded": [], "cards_again": [], "cards_by_hand": []}
    earlier = {new: before.cards.get(old) for old, new in sorted(same.papers.items(), reverse=True)}
    earlier |= {new: before.cards.get(old) for old, new in same.papers.items() if old == new}
    for key, was in sorted(earlier.items()):
        card = after.cards.get(key)
        if card is None or was is None:
            if card is not None:
                carded.append(Added(key=key, title=after.corpus.paper(key).called, category=_place(after, key)))
            elif was is not None:
                lists["uncarded"].append(key)
            continue
        as_now = _in_present_ids(was, card, same, after.taxonomy)
        if card.category != as_now.category:
            places = _named(before.taxonomy, was.category), _named(after.taxonomy, card.category)
            title = after.corpus.paper(key).called
            moved.append(Moved(key=key, title=title, before=places[0], after=places[1]))
        if card.digest == as_now.digest and card.made.call == was.made.call:
            continue
        if card.is_edited and card.digest != as_now.digest:
            lists["cards_by_hand"].append(key)
        elif card.category == as_now.category:
            lists["cards_again"].append(key)
    return {"moved": tuple(moved), "carded": tuple(carded)} | {name: tuple(keys) for name, keys in lists.items()}


def _in_present_ids(card: Card, later: Card, same: Went, taxonomy: Taxonomy | None) -> Card:
    """The earlier card as it would read if nothing but the taxonomy's ids and lists had changed."""
    ids = same.categories
    also = tuple(dict.fromkeys(ids[id_] for id_ in card.also if id_ in ids))
    category = ids.get(card.category, card.category)
    facets = {name: codes for name, codes in card.facets.items() if taxonomy is None or name in taxonomy.facets}
    return card.model_copy(
        update={
            "key": later.key,
            "category": category,
            "also": tuple(id_ for id_ in also if id_ != category),
            "facets": facets,
        }
    )


def category_changes(before: Taxonomy | None, after: Taxonomy | None, same: Mapping[str, str]) -> list[CategoryChange]:
    """What was done to the categories, in the order of the later taxonomy; those that are gone come last."""
    earlier = dict(_with_parents(before))
    later = dict(_with_parents(after))
    found: list[CategoryChange] = []
    for id_, (category, above) in later.items():
        own = InCategory(id=id_, name=category.name)
        were = [old for old in earlier if same.get(old) == id_]
        if not were:
            found.append(CategoryChange(edit=Edit.ADDED, category=own))
            continue
        was, above_before = earlier[id_ if id_ in were else were[0]]
        if len(were) > 1:
            others = tuple(_known(earlier, old) for old in were if old != id_)
            found.append(CategoryChange(edit=Edit.MERGED, category=own, before=others))
        elif (was.id, was.name) != (id_, category.name):
            found.append(CategoryChange(edit=Edit.RENAMED, category=own, before=(_known(earlier, was.id),)))
        if " ".join(was.definition.split()) != " ".join(category.definition.split()):
            found.append(CategoryChange(edit=Edit.REDEFINED, category=own))
        if (same.get(above_before, above_before) if above_before else None) != above:
            found.append(CategoryChange(edit=Edit.PLACED, category=own))
    gone = [_known(earlier, old) for old in earlier if old not in same]
    return [*found, *(CategoryChange(edit=Edit.REMOVED, category=one) for one in gone)]


def _with_parents(taxonomy: Taxonomy | None) -> Iterator[tuple[str, tuple[Category, str | None]]]:
    for category, top in taxonomy.walk() if taxonomy else ():
        yield category.id, (category, None if category is top else top.id)


def _known(categories: Mapping[str, tuple[Category, str | None]], id_: str) -> InCategory:
    return InCategory(id=id_, name=categories[id_][0].name)


def facet_changes(before: Taxonomy | None, after: Taxonomy | None) -> list[FacetChange]:
    """What was done to the facets, in the order of the later taxonomy; those that are gone come last."""
    earlier, later = before.facets if before else {}, after.facets if after else {}
    found = []
    for name, facet in later.items():
        if name not in earlier:
            found.append(FacetChange(edit=Edit.ADDED, name=name))
        elif facet != earlier[name]:
            found.append(FacetChange(edit=Edit.REDEFINED, name=name))
    return [*found, *(FacetChange(edit=Edit.REMOVED, name=name) for name in earlier if name not in later)]
