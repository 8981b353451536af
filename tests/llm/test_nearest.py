from agent.llm.nearest import what_differs
from agent.llm.recorded import line_of
from tests.llm.sample import call

LONG = "Prompts are files, and pure. " * 40


def test_the_nearest_is_the_one_with_most_words_in_common() -> None:
    recorded = [line_of(call("A survey of trees.")), line_of(call("Speculative decoding in two words."))]
    said = what_differs(line_of(call("Speculative decoding in three words.")), recorded)
    assert recorded[1]["key"][:15] in said
    assert 'its user has "two" where this call has "three"' in said


def test_a_changed_word_is_found_in_a_long_text() -> None:
    said = what_differs(line_of(call(LONG + "It is fast. " + LONG)), [line_of(call(LONG + "It is slow. " + LONG))])
    assert 'its user has "slow" where this call has "fast"' in said
    assert len(said) < 200


def test_a_long_difference_is_cut() -> None:
    said = what_differs(line_of(call("short")), [line_of(call(LONG))])
    assert "..." in said
    assert len(said) < 300


def test_more_than_two_differences_are_named() -> None:
    said = what_differs(line_of(call("b", model="n", temperature=1.0)), [line_of(call("a", model="m"))])
    assert 'its model has "m" where this call has "n"' in said
    assert said.endswith("user differ too")


def test_a_text_that_only_grew() -> None:
    said = what_differs(line_of(call("One. Two.")), [line_of(call("One."))])
    assert 'its user has "One." where this call has "One. Two."' in said


def test_where_no_call_of_the_prompt_is_recorded_the_prompts_are_named() -> None:
    recorded = [line_of(call("a", prompt="write_section")), line_of(call("a", prompt="check_support"))]
    said = what_differs(line_of(call("a")), recorded)
    assert said == "only these prompts are recorded there: check_support, write_section"


def test_nothing_recorded() -> None:
    assert what_differs(line_of(call("a")), []) == "nothing at all is recorded there"


def test_a_difference_in_a_letter_that_cannot_be_seen_is_shown() -> None:
    said = what_differs(line_of(call("two\u00a0words")), [line_of(call("two words"))])
    assert 'its user has "two " where this call has "two\\u00a0"' in said
