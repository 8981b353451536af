"""What is written in answer to a question, before it is checked."""

from agent.ask import Gathered, Response, Task, respond
from agent.ask.respond import MOST_TOUCHING, MOST_WHOLE
from agent.fields import ReadPaper
from agent.llm.client import Client
from agent.papers import Paper
from agent.question import Bearing, Heading, Kind, Plan, Saying
from tests.nouns import BEES, MOTHS, claim_answer, responded
from tests.scripted import Scripted

COUNTS = "On 12 meadows it finds 91.5% of all bees."
LAMPS = "Moths come to lamps, and nobody knows why they do so."


def read(paper: Paper, bearing: Bearing = Bearing.ANSWERS, quote: str | None = COUNTS) -> ReadPaper:
    return ReadPaper(paper=paper, sayings=(Saying(key=paper.key, bearing=bearing, says="So it is.", quote=quote),))


def answer(transport: Scripted, *readings: ReadPaper, question: str = "How many?", table: bool = False) -> Response:
    entries = readings or (read(BEES), read(MOTHS))
    sayings = tuple(saying for entry in entries for saying in entry.sayings)
    task = Task(question, Plan(), tuple(entry.paper for entry in entries))
    (got,) = respond([task], [Gathered(sayings)], Client(transport, "m"), table=table)
    assert isinstance(got, Response)
    return got


def test_claims_stand_under_what_they_are() -> None:
    written = responded(
        claim_answer("BeeNet finds 91.5% of bees.", ("bees2021", COUNTS)),
        premise=claim_answer("It is bees that BeeNet counts.", ("bees2021", COUNTS)),
        differences=[claim_answer("Nobody knows why moths come.", ("moths2022", LAMPS))],
        names=[claim_answer("BeeNet is a camera.", ("bees2021", COUNTS))],
    )
    got = answer(Scripted(written))
    headings = [paragraph.heading for paragraph in got.passage.paragraphs]
    assert headings == [Heading.PREMISE, None, Heading.DIFFERENCE, Heading.NAMES]
    assert got.answered and got.passage.papers == ("bees2021", "moths2022")


def test_what_is_near_to_a_question_that_is_not_answered_stands_under_its_heading() -> None:
    got = answer(Scripted(responded(claim_answer("It counts bees.", ("bees2021", COUNTS)), answered="no")))
    assert not got.answered
    assert [paragraph.heading for paragraph in got.passage.paragraphs] == [Heading.NEAREST]


def test_a_claim_given_twice_is_written_once() -> None:
    same = claim_answer("BeeNet finds 91.5% of bees.", ("bees2021", COUNTS))
    assert len(answer(Scripted(responded(same, premise=same))).passage.claims) == 1


def test_what_is_missing_may_tell_no_number_of_its_own() -> None:
    written = responded(claim_answer("It counts bees.", ("bees2021", COUNTS)), answered="no")
    told = written | {"missing": "The papers do not say that 40 lamps were lit."}
    assert answer(Scripted(told)).missing is None
    assert answer(Scripted(told), question="Were 40 lamps lit?").missing == told["missing"]


def test_every_row_has_every_column() -> None:
    cell = {"column": "Measured", "text": "91.5%", "quote": COUNTS}
    rows = [
        {"key": "bees2021", "cells": [cell, cell | {"column": "where", "text": "12 meadows"}]},
        {"key": "moths2022", "cells": []},
        {"key": "bees2021", "cells": [cell | {"column": "measured", "text": "not this one"}]},
    ]
    written = responded(claim_answer("It counts.", ("bees2021", COUNTS)), columns=["measured"], rows=rows)
    bees, moths = answer(Scripted(written), table=True).passage.rows
    assert {name: cell.text for name, cell in bees.cells.items()} == {"measured": "91.5%", "where": "12 meadows"}
    assert [cell.text for cell in moths.cells.values()] == [None, None]


def test_a_table_is_asked_for_in_so_many_words() -> None:
    transport = Scripted(lambda call: responded(claim_answer("It counts.", ("bees2021", COUNTS))))
    answer(transport)
    answer(transport, table=True)
    assert ["Give a table." in call.user for call in transport.calls] == [False, True]


def test_a_comparison_has_a_table_without_being_asked_for_it() -> None:
    transport = Scripted(lambda call: responded(claim_answer("It counts.", ("bees2021", COUNTS))))
    task = Task("Which counts more?", Plan(kind=Kind.COMPARISON), (BEES,))
    sayings = read(BEES).sayings
    for table in (True, False):
        respond([task], [Gathered(sayings)], Client(transport, "m"), table=table)
    assert transport.calls[0].key == transport.calls[1].key  # so that it is not paid for twice


def papers(n_papers: int) -> list[Paper]:
    return [Paper(key=f"p{n:03}", title=f"Paper {n}", abstract="A plain abstract.") for n in range(n_papers)]


def test_only_a_few_papers_that_touch_are_shown() -> None:
    transport = Scripted(responded())
    answer(transport, read(BEES), *(read(paper, Bearing.TOUCHES) for paper in papers(40)))
    assert len(transport.calls[0].fields["readings"]) == 1 + MOST_TOUCHING


def test_many_papers_are_shown_by_what_was_quoted_of_them() -> None:
    transport = Scripted(responded())
    many = papers(MOST_WHOLE + 1)
    answer(transport, *(read(paper) for paper in many), read(BEES, quote=None))
    shown = transport.calls[0]
    assert "A plain abstract." not in shown.user and COUNTS in shown.user
    assert len(shown.fields["readings"]) == len(many)  # the one without a quote has nothing to show


def test_a_saying_without_its_quote_is_shown_all_the_same() -> None:
    transport = Scripted(responded(claim_answer("It counts.", ("bees2021", COUNTS))))
    answer(transport, read(BEES, quote=None))
    assert "So it is." in transport.calls[0].user and "<quote-" not in transport.calls[0].user


def test_many_papers_without_a_single_quote_are_shown_whole_as_far_as_they_go() -> None:
    transport = Scripted(responded())
    answer(transport, *(read(paper, quote=None) for paper in papers(MOST_WHOLE + 5)))
    assert len(transport.calls[0].fields["readings"]) == MOST_WHOLE
    assert "A plain abstract." in transport.calls[0].user
