import pytest

from agent.extractive.roles import Role, best, read_text, shortened


@pytest.mark.parametrize(
    ("words", "short"),
    [
        (20, "We train a pump with 70 billion drops (in three wet years) on 2,000 beds of roses."),
        (5, "We train a pump …"),
        (6, "We train a pump with …"),
        (7, "We train a pump with …"),
        (8, "We train a pump with …"),
        (9, "We train a pump with 70 billion drops …"),
        (12, "We train a pump with 70 billion drops …"),
        (13, "We train a pump with 70 billion drops (in three wet years) …"),
        (14, "We train a pump with 70 billion drops (in three wet years) on …"),
        (15, "We train a pump with 70 billion drops (in three wet years) on …"),
    ],
)
def test_a_sentence_is_cut_where_it_still_says_what_it_said(words: int, short: str) -> None:
    text = "We train a pump with 70 billion drops (in three wet years) on 2,000 beds of roses."
    assert shortened(text, words) == short


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Beds (with clay, sand, loam, peat, lime) bloom", "Beds (with clay, sand …"),
        ("Beds (with 3 4 5 6 7) bloom for long", "Beds (with …"),
        ("1 2 3 4 5 6 7 8", "1 2 3 4 …"),
        ("a) clay b) sand c) loam d) peat", "a) clay b) sand …"),
        ("It runs a 7B model of all beds", "It runs a …"),
        ("It grew by some 5 % every year", "It grew by some …"),
        ("It bloomed first in 2020, then never again", "It bloomed first in …"),
        ("First bloom in 2020, then never again", "First bloom in 2020 …"),
    ],
)
def test_brackets_and_numbers_are_cut_only_where_nothing_else_is_left(text: str, short: str) -> None:
    assert shortened(text, 5) == short


def test_sentences_are_known_by_what_they_do() -> None:
    told = read_text(
        "A pump for beds",
        "However, watering is costly for many small gardens. We propose a pump that knows the weather. "
        "It saves 40% of the water on five farms. Whether it works in winter is left to future work alone.",
    )
    found = {role: one.text[:10] for role in Role if (one := best(told, role))}
    assert found[Role.PROBLEM] == "However, w"
    assert found[Role.APPROACH] == "We propose"
    assert found[Role.RESULT] == "It saves 4"
    assert found[Role.LIMIT] == "Whether it"
