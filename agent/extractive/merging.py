"""Makes one taxonomy of several: categories that are marked by the same words become one."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, TypeVar

import numpy as np

from agent.answers import CategoryAnswer, ChildAnswer, FacetAnswer, TaxonomyAnswer
from agent.extractive.taxonomies import CONTRIBUTION, MOST_CATEGORIES, MOST_EXAMPLES, MOST_TERMS, definition
from agent.extractive.vectors import Matrix, unit
from agent.extractive.words import features

C = TypeVar("C", bound=ChildAnswer[str])
Entry = dict[str, Any]

SAME = 0.35
"""Categories at least this much alike are one."""
MOST_CHILDREN = 8
MOST_FACETS = 4
MOST_CODES = 12
_NAME_WEIGHT = 3.0
_DIGITS = 9
"""What decides is rounded to this, since sums differ in their last digits from machine to machine."""


def merge(proposals: Sequence[TaxonomyAnswer[str]], keys: Iterable[str]) -> Entry:
    """The answer to `induce_merge`; its categories are the same in whatever order the proposals come.

    `keys` are the papers that may stand as examples.
    """
    known = set(keys)
    tops = sorted((top for one in proposals for top in one.categories), key=_in_alphabet)
    # No fewer than the richest proposal has, or a share of the corpus would lose its place.
    enough = min(MOST_CATEGORIES, max(len(one.categories) for one in proposals))
    groups = _grouped(tops, at_most=MOST_CATEGORIES, enough=enough)
    entries = _entries(groups, known)
    for entry, members in zip(entries, groups, strict=True):
        entry["children"] = _children(members, known, entry["name"])
    return {"categories": entries, "facets": _facets(proposals)}


def _children(members: Sequence[CategoryAnswer[str]], known: set[str], parent: str) -> list[Entry]:
    children = sorted((child for top in members for child in top.children), key=_in_alphabet)
    groups = _grouped(children, at_most=MOST_CHILDREN, enough=1)
    return _entries(groups, known, parent) if len(groups) > 1 else []  # one child would hold what its parent holds


def _in_alphabet(category: ChildAnswer[str]) -> tuple[str, str, list[str], list[str]]:
    return category.name, category.definition, category.terms, category.papers


def _grouped(categories: Sequence[C], *, at_most: int, enough: int) -> list[list[C]]:
    """Joins the two groups that are most alike (average linkage) while they are the same, or too many.

    The categories of a group come with the one that is most like all of them first.
    """
    alike = _likeness([_weights(category.name, category.terms) for category in categories])
    groups = [[place] for place in range(len(categories))]
    sums = alike
    while len(groups) > 1:
        sizes = np.array([len(group) for group in groups])
        closeness = np.round(sums / np.outer(sizes, sizes), _DIGITS)
        below = np.where(np.tri(len(groups), k=-1, dtype=bool), closeness, -1.0)
        one, other = divmod(int(below.argmax()), len(groups))
        if len(groups) <= at_most and (below[one, other] < SAME or len(groups) <= enough):
            break
        groups[other] += groups.pop(one)
        sums = _joined(sums, one, other)
    return [[categories[place] for place in _most_alike_first(group, alike)] for group in groups]


def _joined(sums: Matrix, one: int, other: int) -> Matrix:
    """The sums of likeness between groups after one became part of the other."""
    rows = sums.copy()
    rows[other] += rows[one]
    rows[:, other] += rows[:, one]
    return np.delete(np.delete(rows, one, axis=0), one, axis=1)


def _most_alike_first(group: Sequence[int], alike: Matrix) -> list[int]:
    total = np.round(alike[np.ix_(group, group)].sum(axis=1), _DIGITS)
    return [place for _, place in sorted(zip(-total, group, strict=True))]


def _weights(name: str, terms: Sequence[str]) -> dict[str, float]:
    weights: defaultdict[str, float] = defaultdict(float)
    for stemmed in features(name):
        weights[stemmed] += _NAME_WEIGHT
    for rank, term in enumerate(terms):
        for stemmed in features(term):
            weights[stemmed] += 1 / math.sqrt(rank + 1)
    return weights


def _likeness(weights: Sequence[dict[str, float]]) -> Matrix:
    """The cosine between each two."""
    index = {stemmed: place for place, stemmed in enumerate(sorted({stemmed for one in weights for stemmed in one}))}
    rows = np.zeros((len(weights), len(index)))
    for row, one in zip(rows, weights, strict=True):
        for stemmed, weight in one.items():
            row[index[stemmed]] = weight
    rows = unit(rows)
    return np.round(rows @ rows.T, _DIGITS)


def _entries(groups: Sequence[Sequence[ChildAnswer[str]]], known: set[str], parent: str | None = None) -> list[Entry]:
    """Each group under the name of its first with the most examples; what its categories list, in turn.

    Definitions are written anew, since those proposed may name categories that are gone.
    """
    names: list[str] = []
    for number, members in enumerate(groups, start=1):
        name = max(members, key=lambda one: len(one.papers)).name
        names.append(name if name not in names else f"{name} ({number})")
    terms = [_in_turn([member.terms for member in members])[:MOST_TERMS] for members in groups]
    alike = _likeness([_weights(*pair) for pair in zip(names, terms, strict=True)]) - 2 * np.eye(len(groups))
    entries = []
    for place, members in enumerate(groups):
        nearest = int(alike[place].argmax())
        near = names[nearest] if alike[place, nearest] > 0 else None
        papers = [key for key in _in_turn([member.papers for member in members]) if key in known]
        entries.append(
            {
                "name": names[place],
                "definition": definition(terms[place], near, parent),
                "terms": terms[place],
                "papers": papers[:MOST_EXAMPLES],
            }
        )
    return entries


def _in_turn(ranked: Sequence[Sequence[str]]) -> list[str]:
    """The first of each, then the second of each, each value once."""
    return list(dict.fromkeys(value for rank in zip_longest(*ranked) for value in rank if value is not None))


def _facets(proposals: Sequence[TaxonomyAnswer[str]]) -> list[Entry]:
    """Facets of one name become one; those that most proposals have come first."""
    by_name: defaultdict[str, list[FacetAnswer]] = defaultdict(list)
    for proposal in proposals:
        for facet in proposal.facets:
            by_name[facet.name].append(facet)
    often = Counter({name: len(facets) for name, facets in by_name.items()})
    merged = []
    for name in sorted(by_name, key=lambda name: (-often[name], name))[:MOST_FACETS]:
        codes: dict[str, str] = {}
        for code in (code for facet in by_name[name] for code in facet.codes):
            codes.setdefault(code.code, code.definition)
        listed = [{"code": code, "definition": definition} for code, definition in codes.items()]
        merged.append({"name": name, "many": by_name[name][0].many, "codes": listed[:MOST_CODES]})
    return merged or [CONTRIBUTION]
