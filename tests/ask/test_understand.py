"""What a question is understood to need, and what is no question."""

import pytest

from agent.ask import Asked, cleaned, understand
from agent.errors import QuestionError
from agent.llm.client import Client
from agent.question import Kind, Plan
from agent.review import Taxonomy, Unanswered
from tests.nouns import TAXONOMY, understood
from tests.scripted import Scripted


def plan_of(transport: Scripted, taxonomy: Taxonomy | None = TAXONOMY) -> Plan:
    (plan,) = understand([Asked("How many bees?", ("BeeNet",), ("meadow", "camera"))], taxonomy, Client(transport, "m"))
    assert isinstance(plan, Plan)
    return plan


def test_works_and_steps_are_looked_for_beside_the_searches() -> None:
    answer = understood(works=["BeeNet"], searches=["counting  bees", "BeeNet"], steps=["What counts bees?"])
    assert plan_of(Scripted(answer)).searches == ("BeeNet", "counting bees", "What counts bees?")


def test_categories_and_codes_come_from_the_taxonomy_alone() -> None:
    plan = plan_of(Scripted(understood(kind="corpus", categories=["bees", "bees"], codes=["kind: trial"])))
    assert (plan.kind, plan.categories, plan.codes) == (Kind.CORPUS, ("bees",), (("kind", "trial"),))


def test_a_category_that_there_is_not_is_no_answer() -> None:
    transport = Scripted(understood(categories=["birds"]))
    (got,) = understand([Asked("How many?")], TAXONOMY, Client(transport, "m"))
    assert isinstance(got, Unanswered)
    assert got.subject == "How many?"


def test_without_a_taxonomy_nothing_of_it_is_named() -> None:
    plan = plan_of(Scripted(understood(categories=["none"], codes=["none"])), taxonomy=None)
    assert plan.categories == () and plan.codes == ()


def test_the_question_is_fenced_and_what_it_leads_to_is_shown() -> None:
    transport = Scripted(understood())
    plan_of(transport)
    user = transport.calls[0].user
    assert "<question-" in user and "BeeNet" in user and "meadow, camera" in user
    assert "Marking words" not in user and "Animals with six legs" in user


@pytest.mark.parametrize("text", ["", "  \n ", "???", "…"])
def test_an_empty_question_is_refused_in_a_line(text: str) -> None:
    with pytest.raises(QuestionError, match="there is no question"):
        cleaned(text)


def test_a_question_of_twenty_thousand_characters_is_refused_in_a_line() -> None:
    with pytest.raises(QuestionError, match=r"at most 4,000 characters, and this one 20,000"):
        cleaned("x" * 20_000)


def test_white_space_is_put_in_order() -> None:
    assert cleaned("  How\n many\tbees? ") == "How many bees?"
