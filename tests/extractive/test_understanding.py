"""What the built-in model says that a question needs."""

from agent.answers import UnderstandAnswer, with_keys
from tests.extractive.gardens import GIVEN, ask


def _understood(question: str, *words: str) -> UnderstandAnswer[str, str]:
    kind: type[UnderstandAnswer[str, str]] = with_keys(UnderstandAnswer, GIVEN.ids, ("kind: trial",))
    return ask("ask_understand", kind, question=question, taxonomy=GIVEN, titles=(), words=words)


def test_searches_have_the_questions_words_and_those_that_may_stand_for_them() -> None:
    answer = _understood("How do photographs help to find sick plants?")
    assert all("photographs" in search for search in answer.searches)
    assert any("image" in search.split() for search in answer.searches)
    assert not any("How" in search.split() for search in answer.searches)


def test_names_are_searched_for_by_themselves() -> None:
    assert "StepDrip MulchNet" in _understood("How do StepDrip and MulchNet differ?").searches


def test_a_question_over_all_papers_names_the_category_that_it_names() -> None:
    answer = _understood("Which papers are about watering?")
    assert (answer.kind, answer.categories) == ("corpus", ["water"])
    assert _understood("What does watering cost?").categories == []


def test_a_greeting_asks_for_nothing_and_there_is_a_search_all_the_same() -> None:
    answer = _understood("hello")
    assert not answer.asks
    assert answer.searches
    assert _understood("!!!", "drip").searches == ["drip"]
