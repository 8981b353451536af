"""Which papers answer a question that several could, or are held against each other."""

from agent.extractive.choosing import MOST_OF_SEVERAL, best_compared, best_of_several
from agent.extractive.questions import read_question
from agent.extractive.weighing import weigh
from agent.papers import Paper
from tests.extractive.gardens import PAPERS


def _compared(question: str) -> list[str]:
    read = read_question(question)
    return [one.paper.key for one in best_compared(read, weigh(read, PAPERS))]


def test_the_works_named_are_compared_and_no_other() -> None:
    assert sorted(_compared("How do StepDrip and MulchNet differ?")) == ["plot0", "plot1"]


def test_of_works_described_there_are_two() -> None:
    assert _compared("How do copper tape against slugs and hoverfly strips against aphids differ?") in (
        ["plot4", "plot5"],
        ["plot5", "plot4"],
    )


def test_nothing_is_compared_where_the_papers_have_little_of_it() -> None:
    assert _compared("Compare quasars with pulsars seen by telescopes in deserts.") == []


def test_several_are_a_few_and_none_that_is_far_behind() -> None:
    read = read_question("What is known about slugs and copper tape?")
    chosen = [one.paper.key for one in best_of_several(read, weigh(read, PAPERS))]
    assert chosen[0] == "plot5"
    assert "plot6" not in chosen
    many = [Paper(key=f"s{n}", title="Slugs and Copper Tape", abstract=PAPERS[5].abstract) for n in range(12)]
    assert len(best_of_several(read, weigh(read, many))) == MOST_OF_SEVERAL
