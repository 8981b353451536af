"""How much of a question papers cover."""

from agent.extractive.questions import read_question
from agent.extractive.weighing import weigh
from tests.extractive.gardens import PAPERS, UNTOLD


def test_the_paper_that_has_most_of_the_question_leads_and_the_others_trail() -> None:
    weighed = {one.paper.key: one for one in weigh(read_question("How do clay pots release water?"), PAPERS)}
    best = weighed.pop("plot2")
    assert best.lead > 0
    assert all(one.coverage < best.coverage and one.lead < 0 for one in weighed.values())


def test_a_word_in_other_words_counts_less_than_the_questions_own() -> None:
    own, other = (
        weigh(read_question(question), PAPERS)[0].coverage
        for question in ("Does mulch hold moisture?", "Does mulch hold humidity?")
    )
    assert own > other


def test_what_no_paper_has_is_known_and_everyday_words_are_not_held_against_them() -> None:
    assert weigh(read_question("Do slugs read newspapers?"), PAPERS)[0].unheard > 0.3
    assert weigh(read_question("Do slugs suddenly vanish altogether?"), PAPERS)[0].unheard == 0.0


def test_names_are_weighed_apart_and_all_are_there_where_there_are_none() -> None:
    by_key = {one.paper.key: one for one in weigh(read_question("How do StepDrip and MulchNet work?"), PAPERS)}
    assert by_key["plot0"].named == by_key["plot1"].named == 0.5
    assert by_key["plot2"].named == 0.0
    assert all(one.named == 1.0 for one in weigh(read_question("Do slugs eat lettuce?"), PAPERS))


def test_the_sentence_that_holds_what_is_sought_is_taken_before_one_with_more_words() -> None:
    one = weigh(read_question("By what share did the counts of aphids that return every spring fall?"), PAPERS)[4]
    assert one.holds
    assert one.sentence is not None
    assert "55%" in one.sentence.text
    assert one.nearest is not None


def test_a_paper_without_an_abstract_has_no_sentence() -> None:
    (one,) = weigh(read_question("Watering cans?"), [UNTOLD])
    assert one.coverage > 0
    assert one.sentence is None
    assert not one.holds
