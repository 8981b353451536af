import pytest

from agent.corpus import titles


@pytest.mark.parametrize(
    ("title", "other", "differ"),
    [
        ("the red garden", "the white garden", True),
        ("the red garden", "the red garden of kings", False),  # one goes on where the other ends
        ("modelling small gardens", "models of small gardens", False),
        ("data base systems", "database systems", False),
        ("increase of rain", "decrease of rain", True),
        ("querying xml", "querying xlm", False),
    ],
)
def test_two_titles_differ_where_each_has_a_word_that_the_other_lacks(title: str, other: str, *, differ: bool) -> None:
    assert titles.differ_in_words(title, other) is differ
    assert titles.differ_in_words(other, title) is differ


@pytest.mark.parametrize(
    ("title", "other", "differ"),
    [
        ("gardens part 1", "gardens part 2", True),
        ("gardens part i", "gardens part ii", True),
        ("gpt", "gpt 2", True),
        ("gardens 1999", "gardens", False),  # a year may be left out
        ("gardens 1999", "gardens 2001", True),
        ("gardens 12", "gardens 12", False),
    ],
)
def test_two_titles_differ_in_their_numbers(title: str, other: str, *, differ: bool) -> None:
    assert titles.differ_in_numbers(title, other) is differ
    assert titles.differ_in_numbers(other, title) is differ


def test_likeness_is_of_two_titles() -> None:
    assert titles.likeness("gardens", "gardens") == 100.0
    assert titles.likeness("gardens", "") is None
    alike, unlike = titles.likeness("gardens", "garden"), titles.likeness("gardens", "moths")
    assert alike is not None and unlike is not None and alike >= titles.LIKE_TITLE > unlike


@pytest.mark.parametrize(
    ("title", "other", "fits"),
    [
        ("a survey of small gardens", "a survey of small gardens in towns and cities", True),
        ("small gardens", "small gardens in towns and cities", False),
        ("on the small gardens of towns", "more on the small gardens of towns", True),
    ],
)
def test_a_title_may_go_on_where_a_long_one_ends(title: str, other: str, *, fits: bool) -> None:
    assert titles.fit(title, other, 0.0) is fits


def test_a_title_of_a_kind_of_text_names_no_subject() -> None:
    assert titles.is_generic("guest editors introduction to the special issue")
    assert not titles.is_generic("introduction to gardens")
