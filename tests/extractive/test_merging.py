from itertools import permutations

from agent.answers import CategoryAnswer, ChildAnswer, CodeAnswer, FacetAnswer, TaxonomyAnswer, with_keys
from tests.extractive.gardens import PAPERS, ask

KEYS = tuple(paper.key for paper in PAPERS)


def _child(name: str, terms: list[str], papers: list[str]) -> ChildAnswer[str]:
    return ChildAnswer(name=name, definition=f"On {name}; not those on Roses (see there).", terms=terms, papers=papers)


def _named(name: str, terms: list[str], papers: list[str], *children: ChildAnswer[str]) -> CategoryAnswer[str]:
    return CategoryAnswer(**_child(name, terms, papers).model_dump(), children=list(children))


def _proposal(*categories: CategoryAnswer[str], facets: tuple[FacetAnswer, ...] = ()) -> TaxonomyAnswer[str]:
    return TaxonomyAnswer[str](categories=list(categories), facets=list(facets))


def _merged(*proposals: TaxonomyAnswer[str]) -> TaxonomyAnswer[str]:
    kind: type[TaxonomyAnswer[str]] = with_keys(TaxonomyAnswer, KEYS)
    return ask("induce_merge", kind, question=None, papers=PAPERS, proposals=proposals)


FIRST = _proposal(
    _named("Garden watering", ["moisture", "irrigation", "drip"], ["plot0"]),
    _named("Slug control", ["slugs", "copper"], ["plot5"]),
)
SECOND = _proposal(
    _named("Watering gardens", ["irrigation", "moisture", "pots"], ["plot2", "plot1"]),
    _named("Companion planting", ["onion", "carrot"], ["plot6", "elsewhere"]),
)
THIRD = _proposal(
    _named("Slug control", ["slugs", "snails"], ["plot7"]),
    _named("Watering", ["irrigation", "moisture", "drip"], ["plot3"]),
)


def test_merging_joins_what_is_marked_by_the_same_words() -> None:
    merged = _merged(FIRST, SECOND)
    by_name = {top.name: top for top in merged.categories}
    assert set(by_name) == {"Watering gardens", "Slug control", "Companion planting"}
    assert set(by_name["Watering gardens"].papers) == {"plot0", "plot1", "plot2"}
    assert by_name["Watering gardens"].terms == ["moisture", "irrigation", "drip", "pots"]
    assert by_name["Companion planting"].papers == ["plot6"]
    assert merged.facets[0].name == "contribution"


def test_the_order_of_the_proposals_has_no_say() -> None:
    answers = {_merged(*order).model_dump_json(exclude={"made"}) for order in permutations((FIRST, SECOND, THIRD))}
    assert len(answers) == 1


def test_definitions_name_only_categories_that_are_left() -> None:
    drip = _child("Drip lines", ["drip", "terraces"], ["plot1"])
    pots = _child("Clay pots", ["clay", "pots"], ["plot0"])
    merged = _merged(
        _proposal(
            _named("Garden watering", ["moisture", "irrigation"], ["plot0", "plot1"], drip, pots),
            _named("Beds under glass", ["moisture", "glass"], []),
        ),
        _proposal(_named("Garden irrigation", ["moisture", "irrigation"], [])),
    )
    watering, glass = sorted(merged.categories, key=lambda top: -len(top.papers))
    assert (
        watering.definition
        == "Papers marked by the words moisture and irrigation; not those on Beds under glass (see there)."
    )
    assert "Garden watering" in glass.definition
    assert {child.name for child in watering.children} == {"Drip lines", "Clay pots"}
    assert all(child.definition.startswith("Papers of Garden watering marked by") for child in watering.children)
    assert "Roses" not in merged.model_dump_json()


def test_children_that_are_one_are_none() -> None:
    merged = _merged(
        _proposal(_named("Watering", ["moisture"], [], _child("Drip lines", ["drip", "terraces"], []))),
        _proposal(_named("Watering", ["moisture"], [], _child("Drip lines", ["drip", "slopes"], []))),
    )
    (watering,) = merged.categories
    assert watering.children == []


def test_merging_never_leaves_more_categories_than_a_reader_can_hold() -> None:
    sides = [_proposal(*(_named(f"Kind{side}{n}", [f"word{side}{n}"], []) for n in range(15))) for side in "abc"]
    merged = _merged(*sides)
    assert len(merged.categories) == 16
    assert len({top.name for top in merged.categories}) == 16


def test_the_richest_proposal_keeps_its_places() -> None:
    alike = [_named("Watering", ["moisture", "irrigation", word], []) for word in ("beds", "pots", "trees")]
    merged = _merged(_proposal(*alike), _proposal(*alike[:1]))
    assert [top.name for top in merged.categories] == ["Watering", "Watering (2)", "Watering (3)"]


def test_facets_of_one_name_become_one() -> None:
    def facet(name: str, *codes: str) -> FacetAnswer:
        return FacetAnswer(name=name, many=True, codes=[CodeAnswer(code=one, definition=f"On {one}.") for one in codes])

    top = _named("Watering", ["moisture"], [])
    merged = _merged(
        _proposal(top, facets=(facet("place", "bed", "pot"), facet("season", "spring", "winter"))),
        _proposal(top, facets=(facet("season", "winter", "summer"),)),
    )
    codes = {one.name: [code.code for code in one.codes] for one in merged.facets}
    assert codes == {"season": ["spring", "winter", "summer"], "place": ["bed", "pot"]}


def test_many_proposals_are_merged_all_the_same() -> None:
    words = [f"w{n}" for n in range(60)]
    proposals = [
        _proposal(*(_named(f"Topic {words[n]}", [words[n], words[(n + k) % 60]], []) for n in range(k % 4, 60, 4)))
        for k in range(1, 21)
    ]
    assert 1 < len(_merged(*proposals).categories) <= 16
