"""Makes one taxonomy of several: categories that are marked by the same words become one."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from agent.answers import ChildAnswer, FacetAnswer, TaxonomyAnswer
from agent.extractive.taxonomies import CONTRIBUTION, MOST_CATEGORIES, MOST_EXAMPLES, MOST_TERMS
from agent.extractive.words import features

SAME = 0.35
"""Categories at least this much alike are one."""
MOST_CHILDREN = 8
MOST_FACETS = 4
MOST_CODES = 12
_NAME_WEIGHT = 3.0

Vector = dict[str, float]


def merge(proposals: Sequence[TaxonomyAnswer[str]], keys: Iterable[str]) -> dict[str, Any]:
    """The answer to `induce_merge`; `keys` are the papers that may stand as examples."""
    known = set(keys)
    tops = sorted((top for one in proposals for top in one.categories), key=lambda top: (top.name, top.definition))
    # No fewer than the richest proposal has, or a share of the corpus would lose its place.
    enough = min(MOST_CATEGORIES, max(len(one.categories) for one in proposals))
    groups = _grouped(tops, at_most=MOST_CATEGORIES, enough=enough)
    entries: list[dict[str, Any]] = []
    for group in groups:
        members = [tops[place] for place in group]
        entry = _as_one(members, known)
        children = [child for top in members for child in top.children]
        entry["children"] = [
            _as_one([children[place] for place in inner], known)
            for inner in _grouped(children, at_most=MOST_CHILDREN, enough=1)
        ]
        entries.append(entry)
    return {"categories": entries, "facets": _facets(proposals)}


def _grouped(categories: Sequence[ChildAnswer[str]], *, at_most: int, enough: int) -> list[list[int]]:
    """Joins the two groups that are most alike (average linkage) while they are the same, or too many."""
    vectors = [_vector(category) for category in categories]
    alike = [[_cosine(one, other) for other in vectors] for one in vectors]
    groups = [[place] for place in range(len(categories))]
    while len(groups) > 1:
        pairs = [(one, other) for one in range(len(groups)) for other in range(one)]
        closeness = {pair: _linkage(groups[pair[0]], groups[pair[1]], alike) for pair in pairs}
        one, other = max(pairs, key=lambda pair: (closeness[pair], -pair[0], -pair[1]))
        if len(groups) <= at_most and (closeness[one, other] < SAME or len(groups) <= enough):
            break
        groups[other] += groups.pop(one)
    return groups


def _linkage(one: Sequence[int], other: Sequence[int], alike: Sequence[Sequence[float]]) -> float:
    total = math.fsum(alike[a][b] for a in one for b in other)
    return round(total / (len(one) * len(other)), 9)


def _vector(category: ChildAnswer[str]) -> Vector:
    weights: defaultdict[str, float] = defaultdict(float)
    for stemmed in features(category.name):
        weights[stemmed] += _NAME_WEIGHT
    for rank, term in enumerate(category.terms):
        for stemmed in features(term):
            weights[stemmed] += 1 / math.sqrt(rank + 1)
    return dict(weights)


def _cosine(one: Vector, other: Vector) -> float:
    product = math.fsum(one[stemmed] * other[stemmed] for stemmed in one.keys() & other.keys())
    lengths = math.sqrt(math.fsum(v * v for v in one.values()) * math.fsum(v * v for v in other.values()))
    return product / lengths if lengths else 0.0


def _as_one(members: Sequence[ChildAnswer[str]], known: set[str]) -> dict[str, Any]:
    """The group under the name and definition of the member with the most examples; what they list, in turn."""
    head = max(members, key=lambda one: (len(one.papers), len(one.terms)))
    return {
        "name": head.name,
        "definition": head.definition,
        "terms": _in_turn([member.terms for member in members])[:MOST_TERMS],
        "papers": [key for key in _in_turn([member.papers for member in members]) if key in known][:MOST_EXAMPLES],
    }


def _in_turn(ranked: Sequence[Sequence[str]]) -> list[str]:
    """The first of each, then the second of each, each value once."""
    return list(dict.fromkeys(value for rank in zip_longest(*ranked) for value in rank if value is not None))


def _facets(proposals: Sequence[TaxonomyAnswer[str]]) -> list[dict[str, Any]]:
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
