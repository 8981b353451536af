"""What came of papers, categories and cards, from one state of a review to another."""

from agent.changes import compare
from agent.changes.nouns import Edit
from agent.papers import Author, Paper, Place
from agent.review import Card, Category, Facet, Made, Taxonomy
from tests.changes.states import state
from tests.nouns import BARE, BEES, CORPUS, INSECTS, MOLLUSCS, MOTHS, SLUGS, TAXONOMY, card, cards

WASPS = Paper(key="wasps2024", title="Wasps at Jam", year=2024, abstract="Wasps come to jam in August.")


def with_text(paper: Paper, **fields: object) -> Paper:
    return paper.model_copy(update=fields)


def test_nothing_changed_from_a_state_to_itself_in_another_order() -> None:
    other = state(reversed(list(CORPUS)), held=dict(reversed(list(cards().items()))))
    assert compare(state(), other).is_empty


def test_a_paper_came_in_with_its_category_or_without_a_card() -> None:
    held = cards() | {"wasps2024": card("wasps2024", "bees")}
    (added,) = compare(state(), state([*CORPUS, WASPS], held=held)).added
    assert (added.key, added.title, added.category and added.category.name) == ("wasps2024", "Wasps at Jam", "Bees")
    (bare,) = compare(state(), state([*CORPUS, WASPS])).added
    assert bare.category is None


def test_a_changed_paper_says_what_of_it_changed_and_where_it_stands_in_its_file_does_not_count() -> None:
    moved_down = with_text(MOTHS, sources=(Place(file="a.bib", position=9),))
    changed = with_text(BEES, abstract="We present BeeNet.", year=2020, authors=(Author(family="Beer"),))
    (found,) = compare(state(), state([changed, moved_down, SLUGS, BARE])).changed
    assert (found.key, found.text, found.other) == ("bees2021", ("abstract",), ("authors", "year"))


def test_a_paper_is_gone_once_and_comes_back_once() -> None:
    marked = with_text(BEES, gone=True, sources=(Place(file="a.bib", position=1),))
    first, then = state(), state([marked, MOTHS, SLUGS, BARE])
    (gone,) = compare(first, then).gone
    assert (gone.key, gone.sources, gone.is_kept) == ("bees2021", ("a.bib",), True)
    assert compare(then, then).is_empty
    assert [one.key for one in compare(then, first).back] == ["bees2021"]


def test_a_paper_that_is_in_the_file_no_more_is_gone_for_good() -> None:
    (gone,) = compare(state(), state([MOTHS, SLUGS, BARE], held=cards())).gone
    assert (gone.key, gone.is_kept) == ("bees2021", False)


def test_a_new_key_is_neither_a_paper_that_came_nor_one_that_went() -> None:
    renamed = with_text(BEES, key="beenet2021", aliases=("bees2021",))
    held = cards() | {"beenet2021": card("beenet2021", "bees")}
    del held["bees2021"]
    later = state([renamed, MOTHS, SLUGS, BARE], held=held, written=None)
    changes = compare(state(written=None), later)
    assert [(one.before, one.after, one.is_joined) for one in changes.renamed] == [("bees2021", "beenet2021", False)]
    assert changes.model_copy(update={"renamed": ()}).is_empty
    back = compare(later, state(written=None))
    assert [(one.before, one.after) for one in back.renamed] == [("beenet2021", "bees2021")]


def test_two_papers_that_turned_out_to_be_one_are_joined() -> None:
    whole = with_text(BEES, aliases=("moths2022",))
    changes = compare(state(written=None), state([whole, SLUGS, BARE], written=None))
    assert [(one.before, one.after, one.is_joined) for one in changes.renamed] == [("moths2022", "bees2021", True)]
    assert not (changes.gone or changes.moved)


def test_a_paper_moved_between_categories() -> None:
    (moved,) = compare(state(), state(held=cards() | {"slugs2023": card("slugs2023", "moths")})).moved
    assert (moved.key, moved.before.name, moved.after.name) == ("slugs2023", "Molluscs", "Moths")


def test_a_category_that_got_another_id_moves_no_paper_and_makes_no_card_again() -> None:
    apidae = Category(id="apidae", name="Bees and wasps", definition="Bees of all kinds.", was=("bees",))
    later = TAXONOMY.model_copy(
        update={"categories": (INSECTS.model_copy(update={"children": (apidae, INSECTS.children[1])}), MOLLUSCS)}
    )
    held = cards() | {"bees2021": card("bees2021", "apidae")}
    changes = compare(state(), state(held=held, taxonomy=later))
    (renamed,) = changes.categories
    assert (renamed.edit, renamed.category.id, [one.id for one in renamed.before]) == (Edit.RENAMED, "apidae", ["bees"])
    assert changes.model_copy(update={"categories": ()}).is_empty
    (back,) = compare(state(held=held, taxonomy=later), state()).categories
    assert (back.edit, back.category.id) == (Edit.RENAMED, "bees")


def test_merged_removed_added_redefined_and_placed_elsewhere() -> None:
    flyers = Category(id="moths", name="Moths", definition="All that flies.", was=("bees",))
    worms = Category(id="worms", name="Worms", definition="Worms.")
    later = Taxonomy(categories=(INSECTS.model_copy(update={"children": ()}), flyers, worms), facets=TAXONOMY.facets)
    held = {key: card(key, "moths") for key in ("bees2021", "moths2022")} | {
        key: card(key, "worms") for key in ("slugs2023", "bare2020")
    }
    changes = compare(state(), state(held=held, taxonomy=later))
    told = [(one.edit, one.category.id, [was.id for was in one.before]) for one in changes.categories]
    assert told == [
        (Edit.MERGED, "moths", ["bees"]),
        (Edit.REDEFINED, "moths", []),
        (Edit.PLACED, "moths", []),
        (Edit.ADDED, "worms", []),
        (Edit.REMOVED, "molluscs", []),
    ]
    assert [one.key for one in changes.moved] == ["bare2020", "slugs2023"]


def test_facets_and_the_cards_that_lost_one_without_being_asked() -> None:
    later = TAXONOMY.model_copy(
        update={"facets": {"kind": Facet(codes={"trial": "A trial."}), "size": Facet(codes={})}}
    )
    held = {key: one.model_copy(update={"facets": {"topics": ("light",)}}) for key, one in cards().items()}
    changes = compare(state(held=held), state(taxonomy=later))
    told = [(one.edit, one.name) for one in changes.facets]
    assert told == [(Edit.REDEFINED, "kind"), (Edit.ADDED, "size"), (Edit.REMOVED, "topics")]
    assert not changes.cards_again


def made(own: Card, **fields: str) -> Card:
    """As a model made it."""
    return own.model_copy(update={"made": Made(content=own.digest, model="m", **fields)})


def test_cards_made_again_edited_by_hand_had_first_and_lost() -> None:
    before = {key: made(one, call="c1") for key, one in cards().items() if key != "bare2020"}
    after = dict(cards())
    after["bees2021"] = made(card("bees2021", "bees", why="It says bees."), call="c2")
    after["moths2022"] = before["moths2022"].model_copy(update={"facts": {"name": "Moth lamps"}})
    del after["slugs2023"]
    changes = compare(state(held=before), state(held=after))
    assert changes.cards_again == ("bees2021",)
    assert changes.cards_by_hand == ("moths2022",)
    assert [one.key for one in changes.carded] == ["bare2020"]
    assert changes.uncarded == ("slugs2023",)
