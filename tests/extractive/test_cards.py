import pytest

from agent.answers import QuotesAnswer, card_answer, facets_answer
from agent.extractive.cards import facts
from agent.extractive.facets import codes_of
from agent.fields import DoubtfulFact
from agent.papers import Paper
from agent.quotes import find_quote
from agent.review import FACTS, Facet
from tests.extractive.gardens import GIVEN, PAPERS, ask


def _paper(title: str | None, abstract: str) -> Paper:
    return Paper(key="x", title=title, abstract=abstract)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.title)
def test_every_fact_rests_on_the_papers_own_words(paper: Paper) -> None:
    given = ask("classify_paper", card_answer(GIVEN), taxonomy=GIVEN, paper=paper).facts.model_dump()
    assert set(given) == set(FACTS)
    assert given["approach"] is not None
    for fact in given.values():
        if fact:
            found = find_quote(paper, fact["quote"])
            assert found is not None
            assert found.text == fact["quote"]
            assert len(fact["text"].split()) <= 25


def test_the_sentences_are_told_apart_by_what_they_do() -> None:
    found = facts(PAPERS[1])
    assert found["problem"] is None or found["problem"]["text"].startswith("Terraced gardens")
    assert found["approach"] is not None and "We introduce StepDrip" in found["approach"]["text"]
    assert found["result"] is not None and "40% less water" in found["result"]["text"]


@pytest.mark.parametrize(
    ("title", "abstract", "name"),
    [
        ("StepDrip: a drip line", "We introduce StepDrip, a drip line for slopes.", "StepDrip"),
        (None, "In this work, we propose Amphora, a pot that waters itself slowly.", "Amphora"),
        ("Watering by wick", "We present a new way to water beds, called WickBed, for dry summers.", "WickBed"),
        ("On pots", "We propose the Slow Clay Pot (SCP), which waters a bed for days.", "SCP"),
        ("On pots", "We propose a rule for large clay pots (LCPs) that leak in winter.", None),
        ("Gardens in summer: a review", "This review collects forty years of garden trials.", None),
        ("Water, light, or soil? What plants need", "We ask what plants need most in spring.", None),
    ],
)
def test_the_name_is_what_the_work_calls_itself(title: str | None, abstract: str, name: str | None) -> None:
    found = facts(_paper(title, abstract))["name"]
    assert (found and found["text"]) == name
    if found:
        assert found["text"] in found["quote"]


@pytest.mark.parametrize(
    ("title", "abstract", "code"),
    [
        ("A Survey of Mulch", "This survey reviews forty trials of mulch.", "review"),
        ("BedBench: A Benchmark for Beds", "We introduce a benchmark of two hundred beds.", "benchmark"),
        ("Does mulch help? An empirical study", "We investigate whether mulch helps small beds.", "analysis"),
        ("MulchNet", "We propose a novel method to cover beds with straw.", "method"),
    ],
)
def test_a_contribution_is_known_by_how_papers_speak_of_it(title: str, abstract: str, code: str) -> None:
    facet = Facet(
        codes={
            "method": "a new technique",
            "benchmark": "an evaluation suite",
            "analysis": "an empirical study",
            "review": "a review of other work",
        }
    )
    assert codes_of(_paper(title, abstract), facet) == code


def test_other_facets_go_by_the_words_of_their_codes() -> None:
    plants = Facet(many=True, codes={"cabbage": "about cabbage", "carrot": "about carrots", "rose": "about roses"})
    assert codes_of(PAPERS[6], plants) == ["carrot"]
    assert codes_of(PAPERS[0], plants) == []
    one = plants.model_copy(update={"many": False})
    assert codes_of(PAPERS[7], one) == "cabbage"
    assert codes_of(PAPERS[0], one) is None


def test_a_doubtful_fact_gets_the_sentence_that_says_it_or_null() -> None:
    doubtful = (
        DoubtfulFact(field="result", text="It used 40% less water than hoses", quote="used 40 per cent less water"),
        DoubtfulFact(field="problem", text="Quasars are far away", quote="quasars are very far away indeed"),
    )
    answer = ask("classify_quotes", QuotesAnswer, paper=PAPERS[1], facts=doubtful)
    quotes = {entry.field: entry.quote for entry in answer.quotes}
    assert quotes["result"] is not None and find_quote(PAPERS[1], quotes["result"]) is not None
    assert quotes["problem"] is None


@pytest.mark.parametrize("abstract", ["a" * 1_000_000, "word " * 200_000, "(A) " * 250_000, "We propose X. " * 70_000])
def test_a_megabyte_of_abstract_is_read_all_the_same(abstract: str) -> None:
    paper = _paper("On gardens", abstract)
    card = ask("classify_paper", card_answer(GIVEN), taxonomy=GIVEN, paper=paper)
    for fact in card.facts.model_dump().values():
        assert fact is None or fact["quote"] in abstract


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.title)
def test_facets_asked_alone_get_the_codes_that_a_whole_card_has(paper: Paper) -> None:
    many = Facet(many=True, codes={"beds": "in garden beds", "slopes": "on terraces and slopes"})
    taxonomy = GIVEN.model_copy(update={"facets": GIVEN.facets | {"json": many}})
    card = ask("classify_paper", card_answer(taxonomy), taxonomy=taxonomy, paper=paper)
    alone = ask("classify_facets", facets_answer(taxonomy.facets), facets=taxonomy.facets, paper=paper)
    assert alone.model_dump() == card.facets.model_dump()
    assert set(alone.model_dump()) == {"kind", "json"}
