import pytest

from agent.answers import CardAnswer, card_answer
from agent.papers import Paper
from agent.review import Category, Taxonomy
from tests.extractive.gardens import GIVEN, PAPERS, PESTS, UNTOLD, WATERING, ask


def _card(paper: Paper, taxonomy: Taxonomy = GIVEN) -> CardAnswer[str, object]:
    return ask("classify_paper", card_answer(taxonomy), taxonomy=taxonomy, paper=paper)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.title)
def test_the_definitions_alone_find_the_category(paper: Paper) -> None:
    assert _card(paper).category == ("water" if paper in WATERING else "pests")


def test_terms_decide_where_the_definition_says_nothing() -> None:
    blank = Taxonomy(
        categories=(
            Category(id="a", name="First", definition="the first kind", terms=("slug", "aphids")),
            Category(id="b", name="Second", definition="the second kind", terms=("moisture", "irrigation")),
        )
    )
    assert _card(PAPERS[2], blank).category == "b"
    assert _card(PAPERS[5], blank).category == "a"


def test_the_order_of_the_terms_counts() -> None:
    def with_terms(*terms: tuple[str, ...]) -> Taxonomy:
        return Taxonomy(
            categories=tuple(
                Category(id=f"c{number}", name=f"Kind {number}", definition="a kind", terms=words)
                for number, words in enumerate(terms)
            )
        )

    slugs = ("slugs", "x1", "x2", "x3", "x4", "x5", "x6")
    assert _card(PAPERS[5], with_terms(slugs, slugs[::-1])).category == "c0"
    assert _card(PAPERS[5], with_terms(slugs[::-1], slugs)).category == "c1"


def test_a_paper_that_the_taxonomy_names_is_where_it_says() -> None:
    water, pests = GIVEN.categories
    for example in (WATERING[0].key, WATERING[0].title or ""):
        named = pests.model_copy(update={"examples": (example,)})
        card = _card(WATERING[0], GIVEN.model_copy(update={"categories": (water, named)}))
        assert card.category == "pests"
        assert card.confidence > 0.9


def test_the_narrower_category_is_taken_where_it_fits() -> None:
    water, pests = GIVEN.categories
    pots = Category(id="pots", name="Clay pots", definition="buried clay pots that release water slowly")
    night = Category(id="night", name="Night watering", definition="watering at night or in the morning")
    taxonomy = GIVEN.model_copy(update={"categories": (water.model_copy(update={"children": (pots, night)}), pests)})
    assert _card(WATERING[2], taxonomy).category == "pots"
    assert _card(WATERING[3], taxonomy).category == "night"
    assert _card(PESTS[0], taxonomy).category == "pests"


def test_a_paper_whose_words_mark_nothing_goes_to_the_category_for_the_rest() -> None:
    rest = Category(id="rest", name="Other", definition="anything that fits none of the above")
    taxonomy = GIVEN.model_copy(update={"categories": (*GIVEN.categories, rest)})
    card = _card(Paper(key="x", title="Quasars at redshift seven", abstract="Quasars glow."), taxonomy)
    assert card.category == "rest"
    assert card.confidence < 0.5


def test_a_category_nearly_as_right_is_named_and_lowers_the_confidence() -> None:
    both = Paper(key="both", title="Irrigation and slugs", abstract="Moisture and pests: drip lines and aphids.")
    card, plain = _card(both), _card(WATERING[0])
    assert {card.category, *card.also} == {"water", "pests"}
    assert card.confidence < plain.confidence
    assert plain.also == []


def test_a_paper_known_by_its_title_gets_a_category_and_no_fact() -> None:
    card = _card(UNTOLD)
    assert card.category == "water"
    assert card.facts.model_dump() == {"name": None, "problem": None, "approach": None, "result": None}


def test_why_names_the_words_that_decided() -> None:
    assert "moisture" in _card(WATERING[0]).why.lower()
    assert "Watering" in _card(WATERING[0]).why
