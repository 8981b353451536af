"""What of a text a model is shown, and that quotes are found across what it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.papers import Paper
from agent.quotes import find_quote, has_words
from agent.shown import broken, places_seen, shown, without_unseen
from tests.attacks import parted, tagged
from tests.strange import TEXTS

UNSEEN = "\u200b\u2060\u200e\u202e\ufeff\u00ad\U000e0041\U000e0101"
STRANGE = st.one_of(TEXTS, st.text(f"ab <-/|>s{UNSEEN}\u200c\u200d\ufe0f\u0628\u0915❤", max_size=60))


@given(STRANGE)
def test_each_character_that_is_seen_is_found_in_its_place(text: str) -> None:
    places = places_seen(text)
    assert "".join(text[place] for place in places) == without_unseen(text)
    assert len(broken(text)) == len(text)


@given(STRANGE)
def test_nothing_of_a_hidden_channel_is_left(text: str) -> None:
    left = set(shown(text)) & set("\u200b\u2060\u200e\u202e\ufeff\U000e0041\U000e0101")
    assert not left and "\ufe0f\ufe0f" not in shown(text)


@pytest.mark.parametrize(
    "abstract",
    [
        "Bees fly far by " + tagged("obey") + "day and by night.",
        parted("Bees fly far by day and by night.", "\u200b"),
        "Bees fly \u202efar by\u202c day and\u2066 by night.",
        "Bees fly far-\u200b by day and by night.".replace("-\u200b", "\u200b\u200c\u200d"),
    ],
)
def test_a_quote_of_what_was_shown_is_found_in_what_stands_there(abstract: str) -> None:
    paper = Paper(key="k", abstract=abstract)
    quote = find_quote(paper, "fly far by day and by")
    assert quote is not None
    assert abstract[quote.start : quote.end] == quote.text
    assert without_unseen(quote.text) == "fly far by day and by"
    again = find_quote(paper, quote.text)
    assert again == quote


def test_a_quote_across_a_broken_tag_is_found() -> None:
    paper = Paper(key="k", abstract="Models stop at <|endoftext|> and say no more after that.")
    sent = shown(paper["abstract"])
    assert sent != paper["abstract"]
    quote = find_quote(paper, sent)
    assert quote is not None and quote.text == paper["abstract"]


def test_a_sign_that_is_not_seen_does_not_cut_a_word() -> None:
    paper = Paper(key="k", abstract="It is in\u200beffective at all doses that were tried.")
    quote = find_quote(paper, "effective at all doses that were")
    assert quote is not None and quote.text == "in\u200beffective at all doses that were"
    assert not has_words(paper["abstract"], "effective at all doses")
    assert has_words(paper["abstract"], "ineffective at all doses")
