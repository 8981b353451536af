"""Which cards an edit of the taxonomy makes due: one test for each row of what it may cost."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.classify import LAST, Due, DueKind, Edits, due, is_stale, is_usable, shapes_of
from agent.fit import LOW_CONFIDENCE
from agent.llm.prompts import wording_of
from agent.papers import Paper
from agent.review import BUILT_IN, Card, Category, Facet, Made, Shape, Taxonomy
from agent.taxonomy import read_taxonomy

MODEL = "big-model"
WORDING = wording_of("classify_paper")

BEFORE = """
categories:
  - id: insects
    definition: six legs
    children:
      - {id: bees, definition: bees of all kinds}
      - {id: moths, definition: moths and butterflies}
  - {id: molluscs, definition: snails and slugs}
  - {id: birds, definition: what has feathers}
  - {id: other, definition: none of these}
facets:
  kind: {codes: {trial: something was counted, essay: nothing was}}
  when: {many: true, codes: {day: by day, night: by night}}
"""

BIRDS = "  - {id: birds, definition: what has feathers}\n"
MOTHS = "      - {id: moths, definition: moths and butterflies}\n"
SLUGS = "  - {id: molluscs, definition: snails and slugs}\n"
WHEN = "  when: {many: true, codes: {day: by day, night: by night}}\n"


def paper(key: str) -> Paper:
    return Paper(key=key, title=key, abstract=f"It is about {key}.")


def card(key: str, category: str, *also: str, **given: object) -> Card:
    """As a model made it under the taxonomy of then."""
    made = Made(call="k", model=MODEL, prompt=WORDING, inputs=paper(key).digest, taxonomy=THEN.content)
    facets: Mapping[str, object] = {"kind": "trial", "when": ("day",)}
    plain = {"key": key, "category": category, "also": also, "confidence": 0.9, "facets": facets, "made": made} | given
    one = Card.model_validate(plain)
    return one.model_copy(update={"made": one.made.model_copy(update={"content": one.digest})})


THEN = read_taxonomy(BEFORE)
ALL = [
    card("ant", "insects"),
    card("bee", "bees"),
    card("bee-2", "bees", "moths"),
    card("bird", "birds"),
    card("moth", "moths", "birds"),
    card("slug", "molluscs"),
    card("slug-2", "molluscs", "birds", confidence=LOW_CONFIDENCE - 0.1),
    card("stone", "other"),
]


def edited(*changes: tuple[str, str], text: str = BEFORE) -> Taxonomy:
    """The taxonomy with these words of its file changed, each of which stands there once."""
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return read_taxonomy(text)


class Review:
    """Cards that follow one edit after the other, as in a review that is built after each."""

    def __init__(self, cards: list[Card]) -> None:
        self.cards = {one.key: one for one in cards}
        self.shapes = {THEN.content: THEN.shape}

    def edit(
        self, taxonomy: Taxonomy, *, reask: bool = False, answer: bool = True, model: str = MODEL
    ) -> dict[str, Due]:
        """What is due under this taxonomy; it is then given as the model would, each in the category it has or the
        first one."""
        edits = Edits(taxonomy, self.shapes)
        found = {
            key: why
            for key, one in self.cards.items()
            if (why := due(one, paper(key), edits, model, reask=reask)) is not None
        }
        moved = {key: edits.moved(one) for key, one in self.cards.items()}
        self.shapes |= {one.card.made.taxonomy: one.shape for one in moved.values()}
        self.cards = {key: one.card for key, one in moved.items()}
        still = {
            key: why
            for key, one in self.cards.items()
            if (why := due(one, paper(key), Edits(taxonomy, self.shapes), model, reask=reask)) is not None
        }
        assert still == found, "a card is due for the same before it was brought in line and after"
        if answer:
            self.cards |= {key: self._made(self.cards[key], taxonomy, model) for key in found}
        self.shapes = shapes_of(self.cards.values(), self.shapes, taxonomy)
        return found

    def _made(self, before: Card, taxonomy: Taxonomy, model: str) -> Card:
        category = before.category if before.category in taxonomy.ids else taxonomy.ids[0]
        facets = dict.fromkeys(taxonomy.facets)
        made = Made(call="k2", model=model, prompt=WORDING, inputs=before.made.inputs, taxonomy=taxonomy.content)
        after = before.model_copy(update={"category": category, "facets": facets, "made": made})
        return after.model_copy(update={"made": made.model_copy(update={"content": after.digest})})


def kinds(found: Mapping[str, Due]) -> dict[str, str]:
    return {key: str(why.kind) for key, why in found.items()}


def whys(found: Mapping[str, Due]) -> set[str]:
    return {why.why for why in found.values()}


@pytest.fixture
def review() -> Review:
    return Review(ALL)


# 0 cards.


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("- {id: birds,", "- {id: birds, name: Feathered friends,")], id="renamed"),
        pytest.param([("- {id: birds,", "- {id: fowl, was: birds,")], id="id renamed"),
        pytest.param([("- id: insects", "- id: six-legged\n    was: [insects]")], id="id of a top renamed"),
        pytest.param([("- {id: bees,", "- {id: apidae, was: [bees],")], id="id of a narrower one renamed"),
        pytest.param([("six legs\n", "six legs  # Anna is not sure\n")], id="comment"),
        pytest.param([("- {id: birds,", "- {id: birds, examples: [bird, slug-2], terms: [feather],")], id="examples"),
        pytest.param([(SLUGS, ""), ("facets:", f"{SLUGS}facets:")], id="reordered"),
        pytest.param([(MOTHS, ""), ("facets:", f"{MOTHS[4:]}facets:")], id="moved to the top"),
        pytest.param([(BIRDS, ""), ("- {id: molluscs,", "- {id: molluscs, was: [birds],")], id="merged"),
        pytest.param(
            [(BIRDS, ""), (SLUGS, "  - {id: all, was: [birds, molluscs], definition: both}\n")], id="two to one"
        ),
        pytest.param([(MOTHS, ""), ("- id: insects", "- id: insects\n    was: moths")], id="merged upwards"),
        pytest.param([(WHEN, "")], id="a facet is gone"),
    ],
)
def test_what_changes_no_meaning_asks_nothing(review: Review, changes: list[tuple[str, str]]) -> None:
    after = edited(*changes)
    assert review.edit(after) == {}
    assert all(one.category in after.ids and set(one.also) <= set(after.ids) for one in review.cards.values())
    assert all(set(one.facets) == set(after.facets) for one in review.cards.values())
    assert not any(one.is_edited for one in review.cards.values())
    assert review.edit(after) == {}
    assert all(is_usable(one, paper(key), after, MODEL) for key, one in review.cards.items())


def test_a_merge_moves_cards_and_what_they_name_beside(review: Review) -> None:
    after = edited((BIRDS, ""), (SLUGS, "  - {id: molluscs, was: birds, definition: birds and snails}\n"))
    assert review.edit(after) == {}
    assert review.cards["bird"].category == "molluscs"
    assert review.cards["moth"].also == ("molluscs",)
    assert review.cards["slug-2"].also == ()  # it is in the one it was nearly in
    assert review.cards["ant"] == ALL[0] and review.cards["bee"] == ALL[1]


def test_what_was_merged_is_asked_again_when_its_definition_changes_later(review: Review) -> None:
    both = "  - {id: molluscs, was: birds, definition: birds and snails}\n"
    assert review.edit(edited((BIRDS, ""), (SLUGS, both))) == {}
    later = edited((BIRDS, ""), (SLUGS, both.replace("snails", "slugs")))
    assert kinds(review.edit(later)) == dict.fromkeys(["bird", "moth", "slug", "slug-2"], "definition")


# Its papers, and no others.


def test_a_category_that_is_deleted_gives_its_own_papers_anew(review: Review) -> None:
    found = review.edit(edited((BIRDS, "")))
    assert kinds(found) == {"bird": "deleted"}
    assert "write `was: [birds]` under that one: no card is asked again" in found["bird"].why
    assert review.cards["moth"].also == review.cards["slug-2"].also == ()
    assert not review.cards["moth"].is_edited


def test_a_category_that_is_split_in_place_gives_its_own_papers_anew(review: Review) -> None:
    after = edited(
        (
            BIRDS,
            "  - {id: owls, definition: by night}\n  - {id: larks, definition: by day}\n",
        )
    )
    found = review.edit(after)
    assert kinds(found) == {"bird": "deleted"}
    assert whys(found) == {'its category "birds" is not in taxonomy.yaml any more, and "owls" and "larks" are'}


def test_a_category_that_gets_narrower_ones_gives_its_own_papers_anew(review: Review) -> None:
    narrower = "feathers, children: [{id: owls, definition: by night}, {id: larks, definition: by day}]"
    found = review.edit(edited(("what has feathers", f"what has {narrower}")))
    assert kinds(found) == {"bird": "split"}
    assert whys(found) == {'"birds" was split: "owls" and "larks" came in below it'}


def test_a_category_that_gets_others_as_narrower_ones_is_not_split(review: Review) -> None:
    moved = "feathers, children: [{id: molluscs, definition: snails and slugs}]"
    assert review.edit(edited((SLUGS, ""), ("what has feathers", f"what has {moved}"))) == {}


def test_a_definition_gives_its_own_papers_and_those_that_name_it_beside(review: Review) -> None:
    found = review.edit(edited(("what has feathers", "what has feathers and flies")))
    assert kinds(found) == dict.fromkeys(["bird", "moth", "slug-2"], "definition")
    assert whys(found) == {'the definition of "birds" changed'}


def test_a_definition_of_a_top_is_not_that_of_its_narrower_ones(review: Review) -> None:
    assert kinds(review.edit(edited(("six legs", "six legs or more")))) == {"ant": "definition"}


def test_a_rename_with_another_definition_is_both(review: Review) -> None:
    after = edited(("{id: birds, definition: what has feathers}", "{id: fowl, was: birds, definition: what flies}"))
    found = review.edit(after, answer=False)
    assert kinds(found) == dict.fromkeys(["bird", "moth", "slug-2"], "definition")
    assert whys(found) == {'the definition of "fowl" changed'}
    assert review.edit(after, answer=False) == found  # until it was answered


# A new category.


def test_a_new_category_gives_those_that_are_not_sure_and_those_that_fit_nowhere(review: Review) -> None:
    found = review.edit(edited(("facets:", "  - {id: rocks, definition: what does not live}\nfacets:")))
    assert kinds(found) == dict.fromkeys(["slug-2", "stone"], "new-category")
    assert found["stone"].why == '"rocks" is new, and its own category "other" is for what fits nowhere else'
    assert found["slug-2"].why == '"rocks" is new, and its own category is not sure'
    more = edited(
        ("facets:", "  - {id: rocks, definition: what does not live}\n  - {id: sand, definition: dust}\nfacets:")
    )
    assert kinds(review.edit(more)) == dict.fromkeys(["slug-2", "stone"], "new-category")
    assert review.edit(more) == {}


@pytest.mark.parametrize(("model", "sure", "unsure"), [(MODEL, 0.5, 0.49), (BUILT_IN, 0.6, 0.4)])
def test_each_model_is_not_sure_on_its_own_scale(model: str, sure: float, unsure: float) -> None:
    def made(key: str, confidence: float) -> Card:
        how = Made(model=model, inputs=paper(key).digest, taxonomy=THEN.content)
        return card(key, "birds", confidence=confidence, made=how)

    review = Review([made("sure", sure), made("unsure", unsure)])
    found = review.edit(edited(("facets:", "  - {id: rocks, definition: dust}\nfacets:")), model=model)
    assert kinds(found) == {"unsure": "new-category"}


def test_a_new_narrower_category_gives_those_of_the_one_above_it_too(review: Review) -> None:
    after = edited(("- {id: moths,", "- {id: ants, definition: ants}\n      - {id: moths,"))
    found = review.edit(after)
    assert kinds(found) == dict.fromkeys(["ant", "slug-2", "stone"], "new-category")
    assert found["ant"].why == '"ants" is new below its category "insects"'


def test_a_new_top_with_narrower_ones_is_one_new_category(review: Review) -> None:
    rocks = "rocks, definition: dust, children: [{id: sand, definition: fine}, {id: gravel, definition: coarse}]"
    found = review.edit(edited(("facets:", f"  - {{id: {rocks}}}\nfacets:")))
    assert kinds(found) == dict.fromkeys(["slug-2", "stone"], "new-category")
    assert found["stone"].why.startswith('"rocks" is new,')


# Facets.


def test_a_new_facet_is_asked_of_every_card_by_itself(review: Review) -> None:
    found = review.edit(edited(("facets:", "facets:\n  size: {codes: {small: fits a hand, large: does not}}")))
    assert kinds(found) == {one.key: "facet" for one in ALL}
    assert {why.facets for why in found.values()} == {("size",)}
    assert whys(found) == {'facet "size" is new'}


def test_a_facet_with_other_codes_is_asked_again(review: Review) -> None:
    found = review.edit(edited(("essay: nothing was", "essay: nothing was, model: something was computed")))
    assert {why.facets for why in found.values()} == {("kind",)} and len(found) == len(ALL)
    assert whys(found) == {'the codes of "kind" changed'}


def test_facets_in_another_order_ask_nothing(review: Review) -> None:
    swapped = "when: {codes: {night: by night, day: by day}, many: true}\n  kind: {codes: {essay: nothing was, trial: "
    text = BEFORE[: BEFORE.index("  kind:")] + "  " + swapped + "something was counted}}\n"
    assert review.edit(read_taxonomy(text)) == {}


def test_a_facet_that_was_gone_is_asked_when_it_comes_back(review: Review) -> None:
    without = edited((WHEN, ""))
    assert review.edit(without) == {}
    assert {why.facets for why in review.edit(THEN).values()} == {("when",)}


# Several edits.


def test_two_edits_at_once_cost_what_both_do(review: Review) -> None:
    found = review.edit(
        edited(
            ("six legs", "six legs or more"),
            (BIRDS, ""),
            ("facets:", "facets:\n  size: {codes: {small: fits a hand, large: does not}}"),
        )
    )
    assert kinds(found) == {one.key: "facet" for one in ALL} | {"ant": "definition", "bird": "deleted"}
    assert found["ant"].facets == () == found["bird"].facets


def test_an_edit_that_is_taken_back_before_a_build_asks_nothing(review: Review) -> None:
    assert review.edit(edited(("six legs", "eight legs")), answer=False)
    assert review.edit(THEN) == {}


def test_an_edit_on_an_edit_that_was_not_answered_yet_is_counted_from_the_first(review: Review) -> None:
    review.edit(edited(("six legs", "eight legs")), answer=False)
    found = review.edit(edited(("six legs", "eight legs"), ("snails and slugs", "snails alone")))
    assert kinds(found) == dict.fromkeys(["ant", "slug", "slug-2"], "definition")
    assert review.edit(edited(("six legs", "eight legs"), ("snails and slugs", "snails alone"))) == {}


def test_an_edit_that_is_taken_back_after_a_build_gives_those_that_it_gave(review: Review) -> None:
    changed = edited(("six legs", "eight legs"))
    assert kinds(review.edit(changed)) == {"ant": "definition"}
    assert kinds(review.edit(THEN)) == {"ant": "definition"}
    assert review.edit(THEN) == {}


def test_one_id_after_the_other_is_followed(review: Review) -> None:
    ids = ["birds", "fowl", "feathered", "aves"]
    for n in range(1, len(ids)):
        was = ", ".join(ids[:n])
        text = BEFORE.replace("{id: birds,", f"{{id: {ids[n]}, was: [{was}],")
        assert review.edit(read_taxonomy(text)) == {}
    assert review.cards["bird"].category == "aves" and review.cards["moth"].also == ("aves",)
    assert Review(ALL).edit(read_taxonomy(text)) == {}  # in one step, too


# Who made a card, and who edited it.


def test_what_a_person_edited_is_made_again_only_where_it_cannot_stand() -> None:
    own = {one.key: one.model_copy(update={"why": "I read it"}) for one in ALL}
    assert all(one.is_edited for one in own.values())

    def found(*changes: tuple[str, str], reask: bool = False) -> dict[str, str]:
        return kinds(Review(list(own.values())).edit(edited(*changes), reask=reask, model="other"))

    assert found(("facets:", "  - {id: rocks, definition: what does not live}\nfacets:")) == {}
    assert found(reask=True) == {}
    assert found(("six legs", "eight legs")) == {"ant": "definition"}
    assert found((BIRDS, "")) == {"bird": "deleted"}
    assert found(("essay: nothing was", "essay: nothing much was")) == {}
    assert found(("trial: something was", "count: something was")) == {one.key: "facet" for one in ALL}
    assert found(("facets:", "facets:\n  size: {codes: {small: a, large: b}}")) == {one.key: "facet" for one in ALL}


def test_a_persons_edit_is_one_still_after_a_merge_and_a_lost_facet() -> None:
    review = Review([ALL[3].model_copy(update={"why": "I read it"})])
    after = edited(
        (BIRDS, ""),
        ("- {id: molluscs,", "- {id: molluscs, was: birds,"),
        (WHEN, ""),
    )
    assert review.edit(after) == {}
    (one,) = review.cards.values()
    assert one.is_edited and (one.category, one.why, set(one.facets)) == ("molluscs", "I read it", {"kind"})


def test_the_built_in_model_says_nothing_in_place_of_a_named_one_while_its_word_stands(review: Review) -> None:
    changes = [("six legs", "eight legs"), ("facets:", "  - {id: rocks, definition: dust}\nfacets:")]
    assert review.edit(edited(*changes), model=BUILT_IN, answer=False) == {}
    gone = edited((BIRDS, ""))
    assert kinds(review.edit(gone, model=BUILT_IN, answer=False)) == {"bird": "deleted"}


def test_the_built_in_models_card_is_made_again_unless_a_person_edited_it() -> None:
    own = card("bird", "birds", made=Made(model=BUILT_IN, inputs=paper("bird").digest, taxonomy=THEN.content))
    edits = Edits(THEN, {})
    again = due(own, paper("bird"), edits, MODEL)
    assert again is not None and (again.kind, again.why) == (DueKind.BUILT_IN, "the built-in model made it")
    assert not is_usable(own, paper("bird"), THEN, MODEL)
    assert due(own, paper("bird"), edits, BUILT_IN) is None
    corrected = own.model_copy(update={"category": "other"})
    assert due(corrected, paper("bird"), edits, MODEL) is None and is_usable(corrected, paper("bird"), THEN, MODEL)


def test_another_text_or_no_card_is_due_and_not_written_from() -> None:
    edits = Edits(THEN, {})
    other = paper("bird").model_copy(update={"abstract": "Other."})
    found = due(ALL[3], other, edits, MODEL)
    assert found is not None and (found.kind, found.why) == (DueKind.TEXT, "its text changed")
    assert not is_usable(ALL[3], other, THEN, MODEL)
    new = due(None, other, edits, MODEL)
    assert new is not None and new.kind is DueKind.NEW


# Another model, another wording.


def test_other_words_or_another_model_ask_nothing_until_it_is_said(review: Review) -> None:
    assert review.edit(THEN, model="other", answer=False) == {}
    assert all(is_stale(one, "other") for one in ALL) and not any(is_stale(one, MODEL) for one in ALL)
    found = review.edit(THEN, model="other", reask=True)
    assert kinds(found) == {one.key: "reasked" for one in ALL}
    assert whys(found) == {"it is asked again: big-model made it, not other"}
    assert review.edit(THEN, model="other", reask=True) == {}


def test_a_card_of_another_wording_is_asked_again_when_it_is_said() -> None:
    old = card("bird", "birds", made=Made(model="big-model-2026", prompt="0", inputs=paper("bird").digest))
    assert is_stale(old, MODEL) and due(old, paper("bird"), Edits(THEN, {}), MODEL) is None
    found = due(old, paper("bird"), Edits(THEN, {}), MODEL, reask=True)
    assert found is not None and found.why == "it is asked again: the prompt is worded otherwise now"
    assert due(old, paper("bird"), Edits(THEN, {}), BUILT_IN, reask=True) is None


# What is known of the taxonomies of then.


def test_a_card_of_an_unknown_taxonomy_counts_as_made_under_the_one_it_is_first_seen_with() -> None:
    review = Review(ALL)
    review.shapes = {}
    first = edited(("six legs", "eight legs"))
    assert review.edit(first) == {}
    assert review.shapes == {THEN.content: first.shape, LAST: first.shape}
    assert kinds(review.edit(THEN)) == {"ant": "definition"}


def test_only_the_taxonomies_of_cards_that_stand_are_kept(review: Review) -> None:
    review.edit(edited(("six legs", "eight legs")))
    assert len(review.shapes) == 3
    review.cards = {"ant": review.cards["ant"]}
    assert review.edit(edited(("six legs", "eight legs"))) == {}
    assert set(review.shapes) == {edited(("six legs", "eight legs")).content, LAST}
    assert shapes_of(ALL, {"0": Shape(categories={})}, None) == {}
    assert shapes_of([], {}, THEN) == {}


def test_a_renamed_category_of_an_unknown_taxonomy_is_followed_all_the_same() -> None:
    review = Review(ALL)
    review.shapes = {}
    assert review.edit(edited(("- {id: birds,", "- {id: fowl, was: birds,"))) == {}
    assert review.cards["bird"].category == "fowl" and review.cards["moth"].also == ("fowl",)


# Any edits, one after the other.


def _placed(cards: Mapping[str, Card], id_: str) -> set[str]:
    return {key for key, one in cards.items() if one.category == id_}


def _naming(cards: Mapping[str, Card], id_: str) -> set[str]:
    return {key for key, one in cards.items() if id_ in (one.category, *one.also)}


def _drawn_review(data: st.DataObject, taxonomy: Taxonomy) -> Review:
    """Six papers, each in some of its categories."""
    named = st.sampled_from(taxonomy.ids)
    review = Review([])
    for key in map("p{}".format, range(6)):
        one = card(key, data.draw(named), *data.draw(st.lists(named, max_size=2, unique=True)), facets={})
        made = one.made.model_copy(update={"taxonomy": taxonomy.content})
        review.cards[key] = one.model_copy(update={"made": made})
    review.shapes = {taxonomy.content: taxonomy.shape}
    return review


def _drawn_edit(
    data: st.DataObject, step: int, taxonomy: Taxonomy, cards: Mapping[str, Card]
) -> tuple[Taxonomy, set[str]]:
    """The taxonomy after an edit, and the papers that it asks again."""
    tops, facets = list(taxonomy.categories), dict(taxonomy.facets)
    one = data.draw(st.sampled_from(tops))
    place, asked = tops.index(one), set[str]()
    match data.draw(st.sampled_from(["rename", "merge", "redefine", "delete", "add", "facet", "order", "nothing"])):
        case "rename":
            tops[place] = one.model_copy(update={"id": f"r{step}", "was": (*one.was, one.id)})
        case "merge" if len(tops) > 1:
            tops.remove(one)
            other = data.draw(st.sampled_from(tops))
            merged = {"was": (*other.was, *one.was, one.id), "definition": f"merged {step}"}
            tops[tops.index(other)] = other.model_copy(update=merged)
        case "redefine":
            tops[place] = one.model_copy(update={"definition": f"new {step}"})
            asked = _naming(cards, one.id)
        case "delete" if len(tops) > 1:
            tops.remove(one)
            asked = _placed(cards, one.id)
        case "add":
            tops.append(Category(id=f"a{step}", name="A", definition="a"))
        case "facet":
            facets[f"f{step}"] = Facet(codes={"x": "x", "y": "y"})
            asked = set(cards)
        case "order":
            tops.reverse()
    return Taxonomy(categories=tuple(tops), facets=facets), asked


@given(st.data())
def test_any_edits_cost_what_each_of_them_does(data: st.DataObject) -> None:
    """Each edit is built before the next; what it asks is known from the cards before it alone."""
    taxonomy = Taxonomy(categories=tuple(Category(id=f"c{n}", name="C", definition=f"{n}") for n in range(4)))
    review = _drawn_review(data, taxonomy)
    for step in range(data.draw(st.integers(1, 6))):
        taxonomy, asked = _drawn_edit(data, step, taxonomy, review.cards)
        assert set(review.edit(taxonomy)) == asked
        assert {id_ for one in review.cards.values() for id_ in (one.category, *one.also)} <= set(taxonomy.ids)
        assert review.edit(taxonomy) == {}
