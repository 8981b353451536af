import pytest

from agent.answers import TermsAnswer, with_keys
from agent.extractive.words import features
from agent.papers import Paper
from agent.review import Category, Taxonomy
from tests.extractive.gardens import GIVEN, PAPERS, ask


def _terms(taxonomy: Taxonomy, papers: tuple[Paper, ...] = PAPERS) -> dict[str, list[str]]:
    answer = ask("induce_terms", with_keys(TermsAnswer, taxonomy.ids), taxonomy=taxonomy, papers=papers)
    return {entry.category: entry.terms for entry in answer.categories}


def test_every_category_gets_words_that_its_papers_use_and_the_definition_does_not() -> None:
    terms = _terms(GIVEN)
    assert set(terms) == {"water", "pests"}
    assert "night" in terms["water"]
    assert "cabbage" in terms["pests"]
    assert not {"cabbage", "copper"} & set(terms["water"])


def test_ids_have_no_say() -> None:
    ids = {"water": "c02", "pests": "c01"}
    renamed = GIVEN.model_copy(
        update={"categories": tuple(top.model_copy(update={"id": ids[top.id]}) for top in GIVEN.categories)}
    )
    assert _terms(renamed) == {ids[id_]: words for id_, words in _terms(GIVEN).items()}


def test_what_a_definition_puts_elsewhere_marks_no_category() -> None:
    # "not pests" stands in the definition of watering.
    assert "pests" not in _terms(GIVEN)["water"]


def test_children_are_told_apart_within_their_parent() -> None:
    drip = Category(id="drip", name="Drip lines", definition="drip lines on terraces")
    pots = Category(id="pots", name="Clay pots", definition="buried clay pots")
    water, pests = GIVEN.categories
    taxonomy = Taxonomy(categories=(water.model_copy(update={"children": (drip, pots)}), pests))
    terms = _terms(taxonomy)
    assert set(terms) == {"water", "drip", "pots", "pests"}
    assert "terraces" in [word.lower() for word in terms["drip"]] or "terraced" in terms["drip"]
    assert not {"clay", "pots"} & set(terms["drip"])


def test_a_category_without_a_paper_keeps_to_forty_words() -> None:
    empty = Category(id="moon", name="Moon gardens", definition="plants grown on the moon")
    terms = _terms(GIVEN.model_copy(update={"categories": (*GIVEN.categories, empty)}))
    assert set(terms) == {"water", "pests", "moon"}
    assert all(len(words) <= 40 for words in terms.values())


def test_spellings_of_one_word_meet() -> None:
    assert features("Tuned models, tuning a model") == features("tuned model; Tuning the models")


@pytest.mark.parametrize(
    "papers",
    [(Paper(key="a", abstract="!!! ??? ..."), Paper(key="b", title="蜂の 123")), (Paper(key="a", title="of the"),)],
)
def test_a_corpus_without_a_word_marks_no_category(papers: tuple[Paper, ...]) -> None:
    assert _terms(GIVEN, papers) == {"water": [], "pests": []}


def test_definitions_that_share_no_word_with_the_corpus_mark_nothing() -> None:
    named = ("Mondgärten", "Zauberwald", "Sternstaub", "Nebelmeer", "Eisblumen", "Feuerland", "Windrose")
    foreign = Taxonomy(categories=tuple(Category(id=name, name=name, definition=name) for name in named))
    assert _terms(foreign) == {name: [] for name in named}
