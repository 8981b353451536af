"""Which papers a taxonomy has no good place for."""

import pytest

from agent.fit import fits_badly, is_residual
from agent.review import BUILT_IN, Card, Category, Made, Taxonomy
from tests.nouns import TAXONOMY, card


def category(**fields: object) -> Category:
    return Category.model_validate({"id": "x", "name": "Bees", "definition": "Bees of all kinds."} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"residual": True},
        {"id": "other"},
        {"id": "other_topics"},
        {"name": "Miscellaneous"},
        {"name": "Everything else"},
        {"name": "None of these"},
        {"definition": "anything that fits none of the above (weather, soil ...)."},
        {"definition": "Papers that belong to none of the others."},
        {"definition": "All other work on gardens."},
    ],
)
def test_what_is_left_over_is_told_by_flag_id_name_or_definition(fields: dict[str, object]) -> None:
    assert is_residual(category(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "Motherhood of bees"},
        {"name": "Restoration"},
        {"id": "noneuclidean", "name": "Non-Euclidean gardens"},
        {"definition": "All the ways to keep bees, but for other insects."},
        {"definition": "Bees; anything else belongs to Insects."},
        {"definition": "Residual networks and how bees see them."},
    ],
)
def test_a_subject_is_not_taken_for_what_is_left_over(fields: dict[str, object]) -> None:
    assert not is_residual(category(**fields))


def sure(confidence: float, model: str, place: str = "molluscs") -> Card:
    return card("k", place).model_copy(update={"confidence": confidence, "made": Made(model=model)})


def test_a_named_model_says_itself_how_sure_it_is() -> None:
    assert fits_badly(sure(0.49, "m"), TAXONOMY) and not fits_badly(sure(0.5, "m"), TAXONOMY)


def test_the_built_in_model_is_measured_by_how_many_categories_there_were() -> None:
    two = TAXONOMY
    many = Taxonomy(categories=tuple(category(id=f"c{n}") for n in range(14)) + two.categories)
    assert fits_badly(sure(0.7, BUILT_IN), two) and not fits_badly(sure(0.9, BUILT_IN), two)
    assert fits_badly(sure(0.2, BUILT_IN), many) and not fits_badly(sure(0.3, BUILT_IN), many)
    assert fits_badly(sure(0.7, BUILT_IN), many, 2), "it was made when there were two"


def test_a_narrower_one_of_what_is_left_over_is_left_over() -> None:
    other = category(id="other", children=(category(id="odd", name="Odd"),))
    taxonomy = Taxonomy(categories=(*TAXONOMY.categories, other))
    assert fits_badly(sure(0.99, "m", "odd"), taxonomy) and not fits_badly(sure(0.99, "m", "bees"), taxonomy)


def test_what_a_person_put_somewhere_belongs_there() -> None:
    one = sure(0.1, "m")
    made = Made(model="m", content=one.digest)
    by_hand = one.model_copy(update={"category": "bees", "made": made})
    assert fits_badly(one.model_copy(update={"made": made}), TAXONOMY) and not fits_badly(by_hand, TAXONOMY)
