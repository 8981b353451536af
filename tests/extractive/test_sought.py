"""What a question wants to be told, and which sentences hold one."""

import pytest

from agent.extractive.sought import Sort, holds, sought_in


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("How many terraces were watched?", Sort.COUNT),
        ("What number of slugs did the trial use?", Sort.COUNT),
        ("By how much did aphid counts fall?", Sort.SHARE),
        ("How many times faster is the drip line?", Sort.SHARE),
        ("What share of slugs was stopped?", Sort.SHARE),
        ("How often do nets fail?", Sort.SHARE),
        ("What mesh size is best?", Sort.MEASURE),
        ("What is the size of the mesh?", Sort.MEASURE),
        ("How large is the collection?", Sort.SIZE),
        ("How much straw is needed?", Sort.NUMBER),
        ("How long does it take to water a bed?", Sort.TIME),
        ("How many days did it last?", Sort.TIME),
        ("What was the bill in dollars?", Sort.MONEY),
        ("In what year did it begin?", Sort.YEAR),
        ("Which data sets was it tried on?", Sort.NAME),
        ("Which GPUs were used?", Sort.NAME),
        ("Which vegetable did slugs damage?", Sort.THING),
        ("What kind of soil was used?", Sort.THING),
        ("How does the drip line work?", Sort.OPEN),
        ("Does copper tape stop slugs?", Sort.OPEN),
    ],
)
def test_the_sort_is_read_from_the_question(question: str, sort: Sort) -> None:
    assert sought_in(question).sort is sort


@pytest.mark.parametrize(
    ("question", "tells", "does_not"),
    [
        ("How many terraces were there?", "It ran on 12 terraces.", "It saved 12% on terraces."),
        ("How many people took part?", "We asked 40 volunteers and 12 users.", "People like 12 kinds of bread."),
        ("How many hand-made rules are there?", "It has three simple rules.", "Rules were made by hand in 1999."),
        ("By how much did it fall?", "It fell by 55%.", "It fell in 30 gardens."),
        ("How many times faster is it?", "It is 2.5$\\times$ faster.", "It is faster than 40 others."),
        ("What learning rate was used?", "The learning rate is 0.1.", "The learning rate is small."),
        ("How large is the corpus?", "It has 23 million pairs.", "It has pairs of 4 kinds."),
        ("How long does it take?", "It takes 32 A100 GPU hours.", "It takes 32 GPUs."),
        ("What did it cost in dollars?", "It cost $50 in all.", "It cost 50% less."),
        ("Which GPU suffices?", "One RTX 4090 is enough.", "One GPU is enough."),
        ("Which LLM reads the prompt in Gemma-Talk?", "FLAN-T5 reads it.", "An LLM reads it, as Gemma does."),
        ("Which vegetable was damaged?", "The vegetable that suffered was lettuce.", "Slugs were seen at dawn."),
    ],
)
def test_a_sentence_holds_what_is_sought_or_not(question: str, tells: str, does_not: str) -> None:
    sought = sought_in(question)
    assert holds(sought, tells)
    assert not holds(sought, does_not)


def test_any_sentence_may_answer_an_open_question() -> None:
    assert holds(sought_in("Why do slugs sleep?"), "Bees fly.")
