"""From papers and a taxonomy to cards."""

from collections.abc import Sequence
from typing import Any

import pytest

from agent.classify import classify, is_usable, why_stale
from agent.errors import BudgetSpent, Refused
from agent.llm.call import Call
from agent.llm.client import Client
from agent.papers import Paper
from agent.review import BUILT_IN, Card, Made, Unanswered
from tests.nouns import BARE, BEES, CORPUS, MOTHS, SLUGS, TAXONOMY, card, card_answer
from tests.scripted import Line, Scripted

CAMERA = "a camera that counts bees on flowers"
ASTRAY = "a camera which counts every single bee"


def carded(papers: Sequence[Paper], *lines: Line) -> tuple[list[Card | Unanswered], Scripted]:
    """A card for each paper, or why there is none, and what was asked."""
    transport = Scripted(*lines)
    made, unanswered = classify(papers, TAXONOMY, Client(transport, "m"))
    by_key: dict[str, Card | Unanswered] = {one.subject: one for one in unanswered}
    by_key |= {card.key: card for card in made}
    return [by_key[paper.key] for paper in papers], transport


def quotes(*given: tuple[str, str | None]) -> dict[str, Any]:
    return {"quotes": [{"field": field, "quote": quote} for field, quote in given]}


def test_a_card_holds_what_the_answer_says_with_the_papers_own_words() -> None:
    (made,), transport = carded([BEES], card_answer("bees", approach=("A \n camera", f"“{CAMERA}”.")))
    assert isinstance(made, Card)
    assert (made.key, made.category, made.confidence, made.why) == ("bees2021", "bees", 0.812, "It says so.")
    assert made.facets == {"kind": "trial", "topics": ("light", "food")}
    assert made.facts == {"approach": "A camera"} and made.unquoted == ()
    (quote,) = made.quotes
    assert (quote.field, quote.text) == ("approach", CAMERA)
    assert BEES[quote.where][quote.start : quote.end] == CAMERA
    assert transport.prompts == ["classify_paper"]
    assert made.made == Made(
        call=transport.calls[0].key,
        model="scripted",
        day="2026-01-02",
        inputs=BEES.digest,
        taxonomy=TAXONOMY.content,
        content=made.digest,
    )


def test_a_quote_that_is_not_in_the_paper_is_asked_for_once_more_by_name() -> None:
    first = card_answer(approach=("A camera", ASTRAY), result=("91.5%", "it finds 91.5% of all bees"))
    (made,), transport = carded([BEES], first, quotes(("approach", CAMERA)))
    assert isinstance(made, Card)
    assert {quote.field: quote.text for quote in made.quotes} == {
        "approach": CAMERA,
        "result": "it finds 91.5% of all bees",
    }
    assert made.unquoted == ()
    assert transport.prompts == ["classify_paper", "classify_quotes"]
    asked = transport.calls[1].user
    assert ASTRAY in asked and "A camera" in asked and "91.5% of all" in asked.split("Not found")[0]
    assert "91.5%" not in asked.split("Not found")[1]


@pytest.mark.parametrize(
    "second",
    [quotes(("approach", ASTRAY)), quotes(("approach", None)), quotes(), quotes(("result", CAMERA)), Refused("no")],
)
def test_a_fact_without_a_quote_is_kept_and_marked(second: Line) -> None:
    (made,), transport = carded([BEES], card_answer(approach=("A camera", ASTRAY)), second)
    assert isinstance(made, Card)
    assert made.facts == {"approach": "A camera"}
    assert made.quotes == () and made.unquoted == ("approach",)
    assert len(transport.calls) == 2


def test_a_quote_of_another_paper_or_too_few_words_is_asked_for_again() -> None:
    lines = [
        card_answer(approach=("Lamps", "Moths come to lamps, and nobody")),
        card_answer(approach=("Lamps", "Moths come to")),
        quotes(),
        quotes(),
    ]
    made, transport = carded([BEES, MOTHS], *lines)
    assert [one.unquoted for one in made if isinstance(one, Card)] == [("approach",), ("approach",)]
    assert transport.prompts == ["classify_paper"] * 2 + ["classify_quotes"] * 2


def test_a_paper_known_by_its_title_alone_gets_a_category_and_no_facts() -> None:
    (made,), transport = carded([BARE], card_answer("moths", name=("Alone", "A Title That Stands Here Alone")))
    assert isinstance(made, Card)
    assert made.category == "moths" and made.facts == {} and made.quotes == () and made.unquoted == ()
    assert transport.prompts == ["classify_paper"]


def test_an_empty_fact_is_none() -> None:
    (made,), transport = carded([BEES], card_answer(approach=(" ", ASTRAY)))
    assert isinstance(made, Card) and made.facts == {}
    assert transport.prompts == ["classify_paper"]


def test_a_second_category_is_not_the_first_again() -> None:
    (made,), _ = carded([BEES], card_answer("bees") | {"also": ["bees", "moths"]})
    assert isinstance(made, Card) and made.also == ("moths",)


def test_what_stays_unanswered_is_in_its_place() -> None:
    def answer(call: Call) -> dict[str, Any] | Refused:
        return Refused("a filter") if call.fields["paper"].key == "moths2022" else card_answer()

    made, _ = carded([SLUGS, MOTHS, BEES], answer)  # type: ignore[arg-type]
    assert [one.key if isinstance(one, Card) else one.subject for one in made] == ["slugs2023", "moths2022", "bees2021"]
    assert made[1] == Unanswered(stage="classify_paper", subject="moths2022", why="a filter")


def test_a_category_that_is_not_in_the_taxonomy_is_no_answer() -> None:
    made, _ = carded([BEES], card_answer("birds"))
    assert isinstance(made[0], Unanswered) and made[0].subject == "bees2021"


def test_a_run_that_is_stopped_leaves_the_rest_for_the_next() -> None:
    made, transport = carded([SLUGS, MOTHS, BEES], card_answer(), BudgetSpent("the budget is spent"))
    assert isinstance(made[0], Card)
    rest = [one for one in made if isinstance(one, Unanswered)]
    assert [(one.subject, one.stopped) for one in rest] == [("moths2022", True), ("bees2021", True)]
    assert len(transport.calls) == 2


@pytest.mark.parametrize("lost", [BudgetSpent("the budget is spent"), Refused("a filter")])
def test_a_quote_that_stays_unanswered_is_asked_for_at_the_next_run(lost: Line) -> None:
    transport = Scripted(card_answer(approach=("A camera", ASTRAY)), lost)
    (card,), (unanswered,) = classify([BEES], TAXONOMY, Client(transport, "m"))
    assert (unanswered.stage, unanswered.subject) == ("classify_quotes", "bees2021")
    assert card.unquoted == ("approach",)
    assert why_stale(card, BEES, TAXONOMY, "m") == unanswered.why
    assert is_usable(card, BEES, TAXONOMY, "m")


def test_nothing_to_classify_asks_nothing() -> None:
    assert carded([])[0] == []


def test_a_card_stands_until_its_text_its_category_or_its_maker_goes() -> None:
    made, _ = carded([*CORPUS], lambda call: card_answer("bees") | {"also": ["moths"]})  # type: ignore[arg-type]
    bees = next(one for one in made if isinstance(one, Card) and one.key == "bees2021")
    assert why_stale(bees, BEES, TAXONOMY, "m") is None
    assert why_stale(bees, BEES, TAXONOMY, "another") is None
    assert why_stale(None, BEES, TAXONOMY, "m") == "new"
    assert why_stale(bees, BEES.model_copy(update={"abstract": "Other."}), TAXONOMY, "m") == "its text changed"
    insects, molluscs = TAXONOMY.categories
    without_moths = TAXONOMY.model_copy(
        update={"categories": (insects.model_copy(update={"children": insects.children[:1]}), molluscs)}
    )
    assert why_stale(bees, BEES, without_moths, "m") == "its category moths is not in taxonomy.yaml any more"
    assert "bees is not in" in str(why_stale(bees, BEES, TAXONOMY.model_copy(update={"categories": (molluscs,)}), "m"))


def test_the_built_in_models_card_is_made_again_unless_a_person_edited_it() -> None:
    plain = card("bees2021", "bees")
    made = Made(model=BUILT_IN, inputs=BEES.digest, content=plain.digest)
    own = plain.model_copy(update={"made": made})
    edited = own.model_copy(update={"category": "moths"})
    assert why_stale(own, BEES, TAXONOMY, "m") == "the built-in model made it"
    assert why_stale(own, BEES, TAXONOMY, BUILT_IN) is None
    assert why_stale(edited, BEES, TAXONOMY, "m") is None
