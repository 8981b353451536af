"""What came of the survey's sentences and tables."""

from agent.changes import compare
from agent.changes.nouns import Changes, Touched
from agent.draft import Claim, Draft
from agent.review import Category
from tests.changes.states import COUNTED, DAWN, DRAFT, LAMPS, LEAVE, WHOLE, draft, insects, section, state, stretch
from tests.nouns import BARE, BEES, MOLLUSCS, MOTHS, SLUGS, TAXONOMY, cards, claim, row

MOLLUSC_SECTION = DRAFT.sections[1]


def touched(after: Draft, before: Draft = DRAFT) -> list[Touched]:
    return list(compare(state(written=before), state(written=after)).touched)


def only(changes: list[Touched]) -> Touched:
    (one,) = changes
    return one


def test_a_sentence_came_and_one_went() -> None:
    wasps = claim("Wasps sting.", ("bees2021", "counts bees"))
    found = only(touched(draft(insects(wasps, COUNTED, LAMPS), MOLLUSC_SECTION)))
    assert (found.id, found.name, found.came, found.went, found.changed) == (
        "insects",
        "Insects",
        (wasps,),
        (LEAVE,),
        (),
    )


def test_a_sentence_that_reads_otherwise_in_its_place_changed() -> None:
    longer = LEAVE.model_copy(update={"text": "Most moths leave a lamp again within 40 minutes, in a valley."})
    found = only(touched(draft(insects(COUNTED, LAMPS, longer), MOLLUSC_SECTION)))
    assert not (found.came or found.went)
    assert [(one.before, one.after) for one in found.changed] == [(LEAVE, longer)]


def test_a_like_sentence_in_another_place_came_and_the_other_went() -> None:
    other = LEAVE.model_copy(update={"text": "Most moths leave a lamp again within 40 minutes, in a valley."})
    found = only(touched(draft(insects(other, COUNTED, LAMPS), MOLLUSC_SECTION)))
    assert (found.came, found.went, found.changed) == ((other,), (LEAVE,), ())


def test_of_two_candidates_the_more_alike_is_the_one_that_changed() -> None:
    near = LAMPS.model_copy(update={"text": "Moths come to lamps, and nobody knows why so."})
    far = claim("Moths come to candles as well, which nobody has counted.", ("moths2022", "Moths come"))
    found = only(touched(draft(insects(COUNTED, far, near, LEAVE), MOLLUSC_SECTION)))
    assert [(one.before, one.after) for one in found.changed] == [(LAMPS, near)]
    assert found.came == (far,)


def test_the_same_words_that_cite_another_paper_changed() -> None:
    other = Claim(text=LAMPS.text, citations=claim("", ("bees2021", "counts bees")).citations)
    found = only(touched(draft(insects(COUNTED, other, LEAVE), MOLLUSC_SECTION)))
    assert [(one.before, one.after) for one in found.changed] == [(LAMPS, other)]


def test_a_paper_with_a_new_key_changes_no_sentence_that_cites_it() -> None:
    renamed = SLUGS.model_copy(update={"key": "dawn2023", "aliases": ("slugs2023",)})
    cited = DAWN.model_copy(
        update={"citations": tuple(one.model_copy(update={"key": "dawn2023"}) for one in DAWN.citations)}
    )
    after = draft(DRAFT.sections[0], section("molluscs", "Molluscs", stretch("molluscs", cited)))
    held = {("dawn2023" if key == "slugs2023" else key): one for key, one in cards().items()}
    changes = compare(state(), state([BEES, MOTHS, renamed, BARE], held=held, written=after))
    assert not changes.touched


def test_parts_that_were_cut_anew_change_nothing_that_is_printed() -> None:
    one = draft(insects(COUNTED, LAMPS, LEAVE))
    two = draft(section("insects", "Insects", stretch("insects/bees", COUNTED), stretch("insects/moths", LAMPS, LEAVE)))
    assert touched(two, one) == []


def test_another_order_is_said() -> None:
    found = only(touched(draft(insects(LAMPS, COUNTED, LEAVE), MOLLUSC_SECTION)))
    assert found.is_rearranged and not (found.came or found.went or found.changed)


def test_what_a_person_wrote_is_told_apart() -> None:
    edited = LAMPS.model_copy(update={"text": "Moths come to lamps; why, I do not know.", "by_hand": True})
    mine = Claim(text="I like moths.", citations=(), by_hand=True)
    found = only(touched(draft(insects(COUNTED, edited, LEAVE, mine), MOLLUSC_SECTION)))
    assert [(one.before, one.after) for one in found.by_hand] == [(LAMPS, edited), (None, mine)]
    assert not (found.came or found.changed)


def test_a_sentence_by_hand_that_stands_is_told_once() -> None:
    mine = Claim(text="I like moths.", citations=(), by_hand=True)
    with_mine = draft(insects(COUNTED, mine), MOLLUSC_SECTION)
    more = draft(insects(COUNTED, mine, LEAVE), MOLLUSC_SECTION)
    found = only(touched(more, with_mine))
    assert found.by_hand == () and found.came == (LEAVE,)


def test_a_passage_that_waits_for_its_check_lost_no_sentence() -> None:
    waiting = draft(insects(COUNTED, LAMPS, LEAVE, is_checked=False), MOLLUSC_SECTION)
    found = only(touched(waiting))
    assert found.unchecked == ("insects",)
    assert not (found.came or found.went)


def test_rows_of_tables() -> None:
    before = draft(insects(COUNTED, rows=(row("bees2021", idea=("A camera", "camera")), row("moths2022"))))
    after = draft(insects(COUNTED, rows=(row("bees2021", idea=("A lens", "camera")), row("slugs2023"))))
    found = only(touched(after, before))
    assert (found.rows_came, found.rows_went, found.rows_changed) == (("slugs2023",), ("moths2022",), ("bees2021",))


def test_sections_and_texts_over_them_in_the_order_of_reading_the_gone_last() -> None:
    worms = section("worms", "Worms", stretch("worms", DAWN))
    after = draft(worms, insects(COUNTED), introduction=(WHOLE, LAMPS))
    names = [(one.name, len(one.came), len(one.went)) for one in touched(after)]
    assert names == [("Introduction", 1, 0), ("Worms", 1, 0), ("Insects", 0, 2), ("Molluscs", 0, 1)]


def test_a_section_whose_category_has_another_id_is_the_same_section() -> None:
    snails = Category(id="snails", name="Snails", definition=MOLLUSCS.definition, was=("molluscs",))
    later = TAXONOMY.model_copy(update={"categories": (TAXONOMY.categories[0], snails)})
    held = {key: one.model_copy(update={"category": "snails"} if one.category == "molluscs" else {}) for key, one in
            cards().items()}  # fmt: skip
    dusk = DAWN.model_copy(update={"text": "Slugs eat lettuce at dawn and at dusk."})
    after = draft(DRAFT.sections[0], section("snails", "Snails", stretch("snails", dusk)))
    changes: Changes = compare(state(), state(held=held, taxonomy=later, written=after))
    found = only(list(changes.touched))
    assert (found.id, [(one.before, one.after) for one in found.changed]) == ("snails", [(DAWN, dusk)])
