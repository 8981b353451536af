"""What is typed into a search: words, phrases, and what is to be left out."""

import pytest

from agent.search import Query, read_query


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("bees moths", Query("bees moths")),
        ('bees "on flowers" at', Query("bees at", ("on flowers",))),
        ("“on flowers”", Query("", ("on flowers",))),
        ("bees -moths", Query("bees", (), ("moths",))),
        ('bees -"on flowers"', Query("bees", (), ("on flowers",))),
        ("state-of-the-art - x", Query("state-of-the-art - x")),
        ('5" screen', Query('5" screen')),
        ('"not closed', Query('"not closed')),
        ('"" "?!" bees', Query("bees")),
        ("", Query()),
    ],
)
def test_a_query_is_read(typed: str, query: Query) -> None:
    assert read_query(typed) == query


@pytest.mark.parametrize("typed", ["", "  ", "the of", "?", "-bees", '""', "and which -bees"])
def test_a_query_may_look_for_nothing(typed: str) -> None:
    assert read_query(typed).is_empty


@pytest.mark.parametrize("typed", ["bees", '"of the"', "the bees", "R", "7"])
def test_a_word_or_a_phrase_is_something_to_look_for(typed: str) -> None:
    assert not read_query(typed).is_empty
