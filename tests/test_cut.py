"""How the corpus is cut when parts of it stand: who stays, whom newcomers join, and when a part is cut anew."""

from collections.abc import Mapping, Sequence
from os.path import commonprefix
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from agent.draft import Part
from agent.papers import Corpus, Paper, digest_of
from agent.review import Card, Category, Taxonomy
from agent.write import NOT_SENT, Plan, plan
from tests.nouns import INSECTS, MOLLUSCS, TAXONOMY, card

SIZE = 4
PLACES = st.dictionaries(
    st.text("abcdefgh0123", min_size=1, max_size=6),
    st.sampled_from(["insects", "bees", "moths", "molluscs"]),
    max_size=40,
)


def planned(
    papers: Mapping[str, str],
    standing: Sequence[Part] = (),
    *,
    taxonomy: Taxonomy = TAXONOMY,
    private: Sequence[str] = (),
    cards: Mapping[str, Card] | None = None,
) -> list[Plan]:
    corpus = Corpus(Paper(key=key, abstract=f"About {key}.") for key in papers)
    carded = cards or {key: card(key, place) for key, place in papers.items()}
    there = {part.id: part for part in standing}
    return plan(corpus, carded, taxonomy, papers_per_call=SIZE, private=private, standing=there)


def parts(plans: Sequence[Plan]) -> list[Part]:
    """What stands once these were written."""
    return [Part(id=one.id, category=(one.child or one.top).id, papers=tuple(one.told)) for one in plans]


def keys(plans: Sequence[Plan]) -> dict[str, list[str]]:
    return {one.id: list(one.told) for one in plans}


def many(n_papers: int, place: str = "bees", first: int = 0) -> dict[str, str]:
    return {f"k{number:02}": place for number in range(first, first + n_papers)}


@given(PLACES)
def test_what_stands_stays_as_it_is(papers: dict[str, str]) -> None:
    before = planned(papers)
    again = planned(papers, parts(before))
    assert [(one.id, one.child, one.papers) for one in again] == [(one.id, one.child, one.papers) for one in before]


@given(PLACES, PLACES, st.randoms())
def test_papers_stay_in_their_part_and_no_order_decides(
    papers: dict[str, str],
    more: dict[str, str],
    chance: Random,
) -> None:
    standing = parts(planned(papers))
    both = more | papers
    after = planned(both, standing)
    assert sorted(key for one in after for key in one.told) == sorted(both)
    assert all(len(one.papers) <= 2 * SIZE for one in after)
    home = {key: one.id for one in after for key in one.told}
    for part in standing:
        if part.id in keys(after):
            assert {home[key] for key in part.papers} == {part.id}
    shuffled = list(both.items())
    chance.shuffle(shuffled)
    chance.shuffle(standing)
    assert keys(planned(dict(shuffled), standing)) == keys(after)


def test_papers_added_one_by_one_are_cut_anew_only_beyond_twice_the_size() -> None:
    standing = parts(planned(many(SIZE, "molluscs")))
    assert list(keys(planned(many(SIZE, "molluscs")))) == ["molluscs"]
    for n_papers in range(SIZE + 1, 2 * SIZE + 1):
        plans = planned(many(n_papers, "molluscs"), standing)
        assert keys(plans) == {"molluscs": list(many(n_papers))}
        standing = parts(plans)
    anew = planned(many(2 * SIZE + 1, "molluscs"), standing)
    assert len(anew) > 1 and all(one.id.startswith("molluscs~") and len(one.papers) <= SIZE for one in anew)


def test_a_share_that_grew_too_large_falls_into_its_halves_and_no_other_does() -> None:
    standing = parts(planned(many(2 * SIZE)))
    grown = standing
    for n_papers in range(2 * SIZE, 60):
        before, grown = grown, parts(planned(many(n_papers), grown))
        ids, ids_before = {part.id for part in grown}, {part.id for part in before}
        for lost in ids_before - ids:
            assert {id_ for id_ in ids - ids_before} == {id_ for id_ in ids - ids_before if id_.startswith(lost)}
        kept = {part.id: part.papers for part in before}
        assert all(set(kept[part.id]) <= set(part.papers) for part in grown if part.id in kept)


def test_a_newcomer_joins_the_part_of_its_category_and_of_its_hash() -> None:
    papers = many(3 * SIZE) | {"m1": "moths"}
    standing = parts(planned(papers))
    shares = [part.id for part in standing if part.id.startswith("insects/bees~")]
    assert len(shares) > 2 and "insects/moths" in [part.id for part in standing]
    for new in map(str, range(20)):
        after = keys(planned(papers | {"m2": "moths", new: "bees"}, standing))
        assert after["insects/moths"] == ["m1", "m2"]
        bits = f"insects/bees~{int(digest_of(new), 16):064b}"
        nearest = max(len(commonprefix([share, bits])) for share in shares)
        (home,) = [id_ for id_, own in after.items() if new in own]
        assert home in shares and len(commonprefix([home, bits])) == nearest


def test_a_paper_that_moves_to_another_category_leaves_its_part() -> None:
    papers = many(SIZE) | {"m1": "moths"}
    standing = parts(planned(papers))
    assert sorted(part.id for part in standing) == ["insects/bees", "insects/moths"]
    moved = keys(planned(papers | {"k00": "moths"}, standing))
    assert moved == {"insects/bees": ["k01", "k02", "k03"], "insects/moths": ["k00", "m1"]}


def test_a_section_that_is_cut_gets_a_part_for_a_category_that_none_covers() -> None:
    standing = [Part(id="insects/bees", category="bees", papers=("k00", "k01"))]
    assert keys(planned(many(2) | {"m1": "moths"}, standing)) == {
        "insects/bees": ["k00", "k01"],
        "insects/moths": ["m1"],
    }


def test_a_whole_section_covers_the_children_it_gets_later() -> None:
    snails = MOLLUSCS.model_copy(
        update={"children": (Category(id="snails", name="Snails", definition="With houses."),)}
    )
    split = TAXONOMY.model_copy(update={"categories": (INSECTS, snails)})
    standing = parts(planned(many(3, "molluscs")))
    assert keys(planned(many(3, "snails"), standing, taxonomy=split)) == {"molluscs": ["k00", "k01", "k02"]}


def test_a_renamed_and_a_merged_category_leave_the_parts_where_they_are() -> None:
    papers = many(SIZE) | {"m1": "moths", "m2": "moths"}
    before = planned(papers)
    flyers = Category(id="flyers", name="Flyers", definition="They fly.", was=("bees", "moths"))
    merged = INSECTS.model_copy(update={"id": "six-legs", "was": ("insects",), "children": (flyers,)})
    taxonomy = TAXONOMY.model_copy(update={"categories": (merged, MOLLUSCS)})
    cards = {key: card(key, "flyers") for key in papers}
    after = planned(papers, parts(before), taxonomy=taxonomy, cards=cards)
    assert [(one.id, one.inputs) for one in after] == [(one.id, one.inputs) for one in before]
    assert {one.child and one.child.id for one in after} == {"flyers"}


def test_a_new_part_does_not_take_the_name_of_one_that_stands() -> None:
    standing = [Part(id="molluscs", category="snails", papers=("k00",))]
    snails = Category(id="slow", name="Slow", definition="They crawl.", was=("snails",))
    taxonomy = TAXONOMY.model_copy(update={"categories": (MOLLUSCS, snails)})
    after = keys(planned({"k00": "slow", "new": "molluscs"}, standing, taxonomy=taxonomy))
    assert after == {"molluscs-2": ["new"], "molluscs": ["k00"]}


def test_papers_that_are_not_sent_stay_among_themselves() -> None:
    papers, private = many(2 * SIZE, "molluscs"), ["k00", "k01"]
    first = planned(papers, private=private)
    assert keys(first)[f"molluscs{NOT_SENT}"] == private
    after = keys(planned(papers | {"new": "molluscs"}, parts(first), private=[*private, "new"]))
    assert after.pop(f"molluscs{NOT_SENT}") == ["k00", "k01", "new"]
    assert after == {one.id: list(one.told) for one in first if not one.id.endswith(NOT_SENT)}
    opened = keys(planned(papers, parts(first), private=["k01"]))
    assert opened[f"molluscs{NOT_SENT}"] == ["k01"]
