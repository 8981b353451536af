"""taxonomy.yaml: what it may say, and that a person's text in it survives."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import TaxonomyError
from agent.review import BUILT_IN, Category, Facet, Made, Taxonomy
from agent.taxonomy import dump_taxonomy, read_taxonomy, signed, untouched
from tests.nouns import TAXONOMY

ONE = "categories:\n- {id: a, name: A, definition: d}\n"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs `categories:`"),
        ("[]", "needs `categories:`"),
        ("categories: []", "needs `categories:`"),
        ("categories: foo", "'foo' stands where a list of categories should"),
        ("categories: {a: b}", "stands where a list of categories should"),
        ("categories: [bees]", "'bees' stands where a category should"),
        ("categories: [{id: a, definition: d, children: [bees]}]", "'bees' stands where a category should"),
        ("categories: [{name: Bees, definition: d}]", "category Bees has no id"),
        ("categories: [{id: bees}]", "category bees has no definition"),
        ("categories: [{id: a, definition: d, children: [{id: b}]}]", "category b has no definition"),
        ("categories: [{id: a, definition: d}, {id: a, definition: e}]", "two categories have the id a"),
        ("categories: [{id: a, definition: d, children: [{id: a, definition: e}]}]", "two categories have the id a"),
        (
            "categories: [{id: a, definition: d, children: [{id: b, definition: d, "
            "children: [{id: c, definition: d}]}]}]",
            "b has children; categories can be two levels deep",
        ),
        ("categories: [{id: a, definition: d, colour: red}]", "categories.0.colour is not known; allowed there: id"),
        ("categories: [{id: a, definition: d, terms: foo}]", "categories.0.terms = 'foo': should be a list"),
        (ONE + "facets: [kind]", "facets = ['kind']: should be a table"),
        (ONE + "facets: {kind: {codes: [a, b]}}", "facets.kind.codes = ['a', 'b']: should be a table"),
        (ONE + "facets: {kind: {codes: {}}}", "facet kind has no codes"),
        (ONE + "facets: {kind: {many: often, codes: {a: b}}}", "facets.kind.many = 'often'"),
        (ONE + "facets: {codes: {bogus: 1, codes: {a: b}}}", "facets.codes.bogus is not known"),
        ("categories: [", "not YAML"),
        ("a: 1\na: 2", "not YAML"),
        ("categories: !!python/object/apply:os.system ['true']", "not YAML"),
        ("categories: [{id: a, definition: !!python/name:os.system ''}]", "not YAML"),
        ("<<<<<<< HEAD\n" + ONE, "not YAML"),
        (ONE + "- {id: b, definition: d, was: a}", "b says that it was a, which is a category still"),
        (ONE + "- {id: b, definition: d, was: [c, b]}", "b says that it was itself"),
        (
            ONE + "- {id: b, definition: d, was: c}\n- {id: e, definition: d, was: [c]}",
            "b and e both say that they were c",
        ),
        (ONE + "- {id: b, definition: d, was: {c: d}}", "categories.1.was"),
        (ONE + "- {id: b, definition: d, residual: perhaps}", "categories.1.residual = 'perhaps'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(TaxonomyError) as caught:
        read_taxonomy(text)
    message = str(caught.value)
    assert said in message and message.startswith("taxonomy.yaml") and "\n" not in message


@pytest.mark.parametrize("id_", ["yes", "no", "true", "null-ish", "3d", "1", "010", "1.50", "1e3", "2020-01-01", "0"])
def test_an_id_is_text_as_it_is_written(id_: str) -> None:
    taxonomy = read_taxonomy(f"categories:\n- {{id: {id_}, definition: d}}\nfacets: {{f: {{codes: {{{id_}: d}}}}}}")
    assert taxonomy.ids == (id_,)
    assert list(taxonomy.facets["f"].codes) == [id_]
    assert read_taxonomy(dump_taxonomy(taxonomy)) == taxonomy
    told = taxonomy.categories[0].model_copy(update={"terms": ("buzz",)})
    text = f"categories:\n- {{id: {id_}, definition: d}}  # mine\nfacets: {{f: {{codes: {{{id_}: d}}}}}}\n"
    again = dump_taxonomy(taxonomy.model_copy(update={"categories": (told,)}), text)
    assert read_taxonomy(again).ids == (id_,) and "# mine" in again


def test_a_name_can_be_left_out() -> None:
    taxonomy = read_taxonomy("categories:\n- {id: honey_bees, definition: d}\n- {id: b, name: , definition: d}")
    assert [category.name for category in taxonomy.categories] == ["Honey bees", "B"]


def test_empty_fields_are_empty() -> None:
    text = "categories:\n- id: a\n  definition: d\n  terms:\n  examples:\n  children:\nfacets:\nmade:\n"
    assert read_taxonomy(text).categories == (Category(id="a", name="A", definition="d"),)


def test_it_reads_back_as_it_was_written() -> None:
    assert read_taxonomy(dump_taxonomy(TAXONOMY)) == TAXONOMY
    made = signed(TAXONOMY, Made(call="k1-0", model=BUILT_IN))
    assert read_taxonomy(dump_taxonomy(made)) == made


@given(name=WORDS, definition=WORDS, code=WORDS, terms=st.lists(WORDS, max_size=3))
def test_any_words_read_back(name: str, definition: str, code: str, terms: list[str]) -> None:
    category = Category(id="a", name=name, definition=definition, terms=tuple(terms))
    taxonomy = Taxonomy(categories=(category,), facets={code: Facet(codes={code: definition})})
    assert read_taxonomy(dump_taxonomy(taxonomy)) == taxonomy


HAND = """\
# What we agreed on in May
categories:
  - id: insects   # six legs
    name: "Insects"
    definition: >
      Animals with
      six legs.
    children:
      - {id: bees, name: Bees, definition: All bees.}   # Anna's part
      - {id: moths, name: Moths, definition: All moths., terms: [dust]}
# the end
facets:
  kind:
    codes:
      "3d": about space   # keep
"""


def test_comments_survive_when_marking_words_are_added() -> None:
    taxonomy = read_taxonomy(HAND)
    (insects,) = taxonomy.categories
    children = tuple(child.model_copy(update={"terms": child.terms or ("buzz", "no: 1")}) for child in insects.children)
    told = insects.model_copy(update={"terms": ("legs",), "children": children})
    with_terms = taxonomy.model_copy(update={"categories": (told,)})
    after = dump_taxonomy(with_terms, HAND)
    assert read_taxonomy(after) == with_terms
    for comment in ("# What we agreed on in May", "# six legs", "# Anna's part", "# the end", "# keep", '"3d"'):
        assert comment in after
    assert dump_taxonomy(with_terms, after) == after


def test_another_taxonomy_takes_the_place_of_the_one_before() -> None:
    other = signed(TAXONOMY, Made(model="big-model"))
    assert read_taxonomy(dump_taxonomy(other, HAND)) == other


def test_an_edit_by_hand_is_seen() -> None:
    made = signed(TAXONOMY, Made(model=BUILT_IN))
    assert untouched(read_taxonomy(dump_taxonomy(made)))
    assert not untouched(read_taxonomy(dump_taxonomy(made).replace("Snails", "Snails, mussels")))
    assert not untouched(read_taxonomy(HAND))


def test_a_real_taxonomy_keeps_every_byte_that_is_not_a_term(shared: Path) -> None:
    text = (shared / "dev" / "taxonomy.yaml").read_text(encoding="utf-8")
    taxonomy = read_taxonomy(text)
    assert len(set(taxonomy.ids)) == len(taxonomy.ids) > 3
    assert read_taxonomy(dump_taxonomy(taxonomy, text)) == taxonomy


@pytest.mark.parametrize(
    ("written", "was"), [("x", ("x",)), ("[x]", ("x",)), ("[x, 3, no]", ("x", "3", "no")), ("", ())]
)
def test_what_a_category_was_is_one_id_or_several(written: str, was: tuple[str, ...]) -> None:
    text = f"categories:\n  - id: a\n    definition: d\n    was: {written}\n"
    assert read_taxonomy(text).categories[0].was == was


def test_what_a_category_was_is_kept_with_the_comments_and_read_back() -> None:
    text = HAND.replace("name: Bees,", "name: Bees, was: wasps,").replace(
        "# Anna's part\n", "# Anna's part\n      - {id: rest, definition: All other insects., residual: yes}\n"
    )
    taxonomy = read_taxonomy(text)
    assert taxonomy.category("bees").was == ("wasps",) and taxonomy.category("rest").residual
    assert read_taxonomy(dump_taxonomy(taxonomy)) == taxonomy
    (insects,) = taxonomy.categories
    told = taxonomy.model_copy(update={"categories": (insects.model_copy(update={"terms": ("legs",)}),)})
    after = dump_taxonomy(told, text)
    assert read_taxonomy(after) == told and "was: wasps" in after and "residual: yes" in after and "# keep" in after


def test_names_examples_and_order_are_no_part_of_a_taxonomys_shape() -> None:
    text = HAND.replace("Moths, definition", "Butterflies, was: [flies], examples: [moths2022], definition")
    assert read_taxonomy(text).content != read_taxonomy(HAND).content
    assert read_taxonomy(text).shape == read_taxonomy(HAND).shape
    assert read_taxonomy(HAND.replace("All moths", "All big moths")).shape != read_taxonomy(HAND).shape
