"""What the built-in model finds that papers say to a question."""

from agent.answers import GatherAnswer, with_keys
from agent.extractive.questions import kind_of
from agent.papers import Paper
from agent.quotes import find_quote
from tests.extractive.gardens import PAPERS, UNTOLD, ask


def _gathered(question: str, papers: tuple[Paper, ...] = PAPERS) -> GatherAnswer[str]:
    kind: type[GatherAnswer[str]] = with_keys(GatherAnswer, tuple(paper.key for paper in papers))
    asked = kind_of(question).value
    return ask("ask_gather", kind, question=question, kind=asked, searches=(), papers=papers)


def _answering(question: str, papers: tuple[Paper, ...] = PAPERS) -> list[str]:
    sayings = _gathered(question, papers).sayings
    return list(dict.fromkeys(saying.key for saying in sayings if saying.bearing == "answers"))


def test_the_sentence_with_the_number_answers_a_question_for_it() -> None:
    answer = _gathered("How much less water than hoses did StepDrip use?")
    first = answer.sayings[0]
    assert (first.key, first.bearing) == ("plot1", "answers")
    assert "40% less water" in first.quote


def test_it_is_found_in_everyday_words_and_without_the_name() -> None:
    assert _answering("By what share did plant lice numbers drop in gardens with hoverflies?") == ["plot4"]


def test_a_detail_that_no_sentence_holds_is_not_answered_by_the_paper_it_is_asked_of() -> None:
    answer = _gathered("How many gardeners built the StepDrip lines?")
    assert not [saying for saying in answer.sayings if saying.bearing == "answers"]
    assert answer.sayings[0].key == "plot1"


def test_a_name_that_no_paper_has_is_not_answered_from_another() -> None:
    assert _answering("How much water did QuasarPipe save on terraced gardens?") == []


def test_a_subject_that_no_paper_has_is_not_answered() -> None:
    assert _answering("What redshift do quasars glow at?") == []
    assert _answering("Which papers study quasars?") == []


def test_every_paper_is_told_of_once_and_quotes_stand_in_theirs() -> None:
    answer = _gathered("Which papers are about slugs?", (*PAPERS, UNTOLD))
    by_key = {paper.key: paper for paper in PAPERS}
    told = [saying.key for saying in answer.sayings]
    assert {*told, *answer.nothing} == {*by_key, "untold"}
    assert not set(told) & set(answer.nothing)
    assert all(find_quote(by_key[saying.key], saying.quote) for saying in answer.sayings)
    assert "untold" in answer.nothing


def test_a_question_over_all_papers_counts_those_it_is_about_and_shows_one_that_speaks_of_it_in_passing() -> None:
    sayings = _gathered("Which papers are about slugs?").sayings
    assert [(saying.key, saying.bearing) for saying in sayings] == [("plot5", "answers"), ("plot3", "touches")]
    assert all("slug" in saying.quote for saying in sayings)


def test_the_works_that_a_comparison_names_answer_it() -> None:
    assert set(_answering("How do StepDrip and MulchNet differ?")) == {"plot0", "plot1"}


def test_the_order_of_the_papers_makes_no_difference() -> None:
    question = "Which watering saves most water?"
    assert _gathered(question).sayings == _gathered(question, PAPERS[::-1]).sayings


def test_no_abstract_and_no_word_are_no_error() -> None:
    assert _gathered("Which papers are about slugs?", (UNTOLD,)).nothing == ["untold"]
    assert len(_gathered("???").nothing) == len(PAPERS)
