"""How the built-in model answers: in the papers' own sentences."""

import pytest

from agent.answers import FollowAnswer, GatherAnswer, RespondAnswer, with_keys
from agent.extractive.questions import kind_of
from agent.extractive.quotations import quotation_in
from agent.fields import ReadPaper
from agent.papers import Paper
from agent.question import Bearing, Saying
from agent.quotes import find_quote
from tests.extractive.gardens import PAPERS, ask

BY_KEY = {paper.key: paper for paper in PAPERS}


def _readings(question: str, papers: tuple[Paper, ...] = PAPERS) -> tuple[ReadPaper, ...]:
    kind: type[GatherAnswer[str]] = with_keys(GatherAnswer, tuple(paper.key for paper in papers))
    asked = kind_of(question).value
    gathered = ask("ask_gather", kind, question=question, kind=asked, searches=(), papers=papers)
    sayings: dict[str, list[Saying]] = {}
    for one in gathered.sayings:
        quote = find_quote(BY_KEY[one.key], one.quote)
        assert quote
        found = Saying(key=one.key, bearing=Bearing(one.bearing), says=one.says, quote=quote.text, where=quote.where)
        sayings.setdefault(one.key, []).append(found)
    return tuple(ReadPaper(paper=BY_KEY[key], sayings=tuple(said)) for key, said in sorted(sayings.items()))


def _answered(question: str, *, table: bool = False) -> RespondAnswer[str]:
    readings = _readings(question)
    kind: type[RespondAnswer[str]] = with_keys(RespondAnswer, tuple(entry.paper.key for entry in readings))
    fields = {"question": question, "language": "English", "table": table, "whole": True, "readings": readings}
    return ask("ask_respond", kind, **fields)


@pytest.mark.parametrize(
    "question",
    [
        "How much less water than hoses did StepDrip use?",
        "How many gardeners built the StepDrip lines?",
        "Which papers are about slugs?",
        "How do StepDrip and MulchNet differ?",
    ],
)
def test_each_claim_is_a_sentence_of_the_paper_that_it_cites(question: str) -> None:
    answer = _answered(question)
    assert answer.claims
    for claim in answer.claims:
        (citation,) = claim.citations
        assert quotation_in(claim.text) == citation.quote
        assert find_quote(BY_KEY[citation.key], citation.quote)


def test_a_fact_is_answered_by_the_sentence_that_says_it_under_the_works_name() -> None:
    answer = _answered("How much less water than hoses did StepDrip use?")
    assert (answer.answered, answer.missing) == ("yes", None)
    assert answer.claims[0].text.startswith("StepDrip: “Across 12 terraces it used 40% less water")
    assert {claim.citations[0].key for claim in answer.claims} == {"plot1"}
    assert answer.rows == []


def test_what_is_not_said_is_refused_with_what_comes_near() -> None:
    answer = _answered("How many gardeners built the StepDrip lines?")
    assert answer.answered == "no"
    assert answer.missing == "None of these papers gives the number that was asked for."
    assert answer.claims[0].citations[0].key == "plot1"
    assert len(answer.claims) <= 3


def test_a_comparison_has_sentences_of_each_work_and_a_table_of_their_words() -> None:
    answer = _answered("How do StepDrip and MulchNet differ?")
    assert {claim.citations[0].key for claim in answer.claims} == {"plot0", "plot1"}
    assert {row.key for row in answer.rows} == {"plot0", "plot1"}
    for row in answer.rows:
        quotes = [cell.quote for cell in row.cells]
        assert len(set(quotes)) == len(quotes) >= 2
        assert all(find_quote(BY_KEY[row.key], quote) for quote in quotes)
        assert {cell.column for cell in row.cells} <= set(answer.columns)


def test_a_table_is_given_where_one_is_asked_for() -> None:
    assert not _answered("Which papers are about slugs?").rows
    assert {row.key for row in _answered("Which papers are about slugs?", table=True).rows} == {"plot5"}


def test_no_question_is_taken_in_steps() -> None:
    readings = _readings("Which papers are about slugs?")
    answer = ask("ask_follow", FollowAnswer, question="Which?", steps=("Which?",), readings=readings)
    assert (answer.question, answer.searches) == (None, [])
