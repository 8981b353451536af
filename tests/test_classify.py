"""From papers and a taxonomy to cards."""

from collections.abc import Sequence
from typing import Any

import pytest

from agent.classify import AskedFacets, DueKind, Edits, Shaped, ask_facets, classify, due, is_usable
from agent.errors import BudgetSpent, Refused
from agent.llm.call import Call
from agent.llm.client import Client
from agent.llm.prompts import wording_of
from agent.papers import Paper
from agent.review import BUILT_IN, Card, Facet, Made, Unanswered
from tests.nouns import BARE, BEES, CORPUS, KIND, MOTHS, SLUGS, TAXONOMY, TOPICS, card, card_answer
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
        prompt=wording_of("classify_paper"),
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
    why = due(card, BEES, Edits(TAXONOMY, {}), "m")
    assert why is not None and (why.kind, why.why) == (DueKind.UNANSWERED, unanswered.why)
    assert is_usable(card, BEES, TAXONOMY, "m")


def test_nothing_to_classify_asks_nothing() -> None:
    assert carded([])[0] == []


# Facets that came in later.

NIGHT = Facet(codes={"day": "It flies by day.", "night": "It flies by night."})
FOOD = Facet(many=True, codes={"leaf": "Leaves.", "nectar": "Nectar."})
WIDER = TAXONOMY.model_copy(update={"facets": {"food": FOOD, **TAXONOMY.facets, "night": NIGHT}})


def coded(
    cards: Sequence[Card], *lines: Line, names: tuple[str, ...] = ("food", "night"), model: str = "m"
) -> tuple[list[Shaped], list[Unanswered], Scripted]:
    """The cards with their codes, those that stayed without, and what was asked."""
    transport = Scripted(*lines)
    asked = [AskedFacets(CORPUS.paper(one.key), one, names) for one in cards]
    edits = Edits(WIDER, {TAXONOMY.content: TAXONOMY.shape})
    given, unanswered = ask_facets(asked, edits, Client(transport, model))
    return given, unanswered, transport


def made_card() -> Card:
    (made,), _ = carded([BEES], card_answer("bees", approach=("A camera", CAMERA)))
    assert isinstance(made, Card)
    return made


def test_a_new_facet_is_one_call_that_says_nothing_of_the_others() -> None:
    before = made_card()
    ((after,), unanswered, transport) = (*coded([before], {"food": ["nectar", "nectar"], "night": "day"}),)
    assert unanswered == [] and transport.prompts == ["classify_facets"]
    assert after.card.facets == {"food": ("nectar",), **before.facets, "night": "day"}
    assert list(after.card.facets) == list(WIDER.facets)
    asked = transport.calls[0]
    assert "Nectar." in asked.system and "It flies by night." in asked.system and KIND.codes["3d"] not in asked.system
    assert TOPICS.codes["light"] not in asked.system and BEES["abstract"] in asked.user
    same = {"facets", "made"}
    assert after.card.model_dump(exclude=same) == before.model_dump(exclude=same)
    assert after.card.made.call == before.made.call and not after.card.is_edited
    assert after.shape == WIDER.shape and after.card.made.taxonomy == WIDER.content
    assert due(after.card, BEES, Edits(WIDER, {}), "m") is None


def test_a_facet_that_stays_unanswered_leaves_the_card_as_it_was() -> None:
    given, unanswered, _ = coded([made_card()], Refused("a filter"))
    assert given == []
    assert unanswered == [Unanswered(stage="classify_facets", subject="bees2021", why="a filter")]


def test_a_code_that_does_not_exist_is_no_answer() -> None:
    _, unanswered, _ = coded([made_card()], {"food": [], "night": "dusk"})
    assert [one.subject for one in unanswered] == ["bees2021"]


def test_a_card_that_a_person_edited_stays_edited_with_its_new_codes() -> None:
    edited = made_card().model_copy(update={"category": "moths"})
    (after,), _, _ = coded([edited], {"food": [], "night": None})
    assert after.card.is_edited and after.card.category == "moths"
    assert after.card.facets["night"] is None and after.card.facets["food"] == ()


def test_cards_are_asked_for_what_each_of_them_lacks() -> None:
    cards = [made_card(), card("moths2022", "moths", made=Made(inputs=MOTHS.digest))]
    transport = Scripted({"night": "day"}, {"food": ["leaf"]})
    edits = Edits(WIDER, {})
    asked = [AskedFacets(BEES, cards[0], ("night",)), AskedFacets(MOTHS, cards[1], ("food",))]
    given, unanswered = ask_facets(asked, edits, Client(transport, "m"))
    assert unanswered == []
    assert [one.card.facets.get("night") for one in given] == ["day", None]
    assert [one.card.facets.get("food") for one in given] == [None, ("leaf",)]


def test_codes_of_the_built_in_model_give_way_to_those_of_a_named_one() -> None:
    (after,), _, _ = coded([made_card()], {"food": ["leaf"], "night": "day"}, model=BUILT_IN)
    shapes = {after.card.made.taxonomy: after.shape}
    assert due(after.card, BEES, Edits(WIDER, shapes), BUILT_IN) is None
    again = due(after.card, BEES, Edits(WIDER, shapes), "m")
    assert again is not None and (again.kind, again.facets) == (DueKind.FACET, ("food", "night"))


def test_nothing_to_ask_of_facets_asks_nothing() -> None:
    assert coded([])[:2] == ([], [])
