"""How search reads words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.search.words import analyzer_of_spaced, is_stop, read, spaced, stem, tied_words

INDEXED = analyzer_of_spaced()
SIGNS = "aB9 .-_^{}$\\\n\u00e9\u0301\ufb03\u4e86\uac00\u0915\u094d\u0937\u0e01\u0e34\u00b2\u2160\u200b\u00ad"


@given(st.text(st.characters(), max_size=60) | st.text(SIGNS, max_size=40))
def test_a_paper_and_a_search_are_read_alike(text: str) -> None:
    reading = read(text)
    assert INDEXED.analyze(spaced(reading.text)) == [word.stem for word in reading.words()]


@given(st.text(st.characters(), max_size=60) | st.text(SIGNS, max_size=40))
def test_every_word_has_its_place(text: str) -> None:
    reading = read(text)
    last = 0
    for word in reading.words():
        start, end = reading.span(word.start, word.end)
        assert last <= start < end <= len(text)
        last = start


@pytest.mark.parametrize(
    ("words", "common"),
    [("tuning tuned tunes Tuning", "tune"), ("M\u00fcller Mu\u0308ller MULLER", "muller"), ("caf\u00e9 Cafe", "cafe")],
)
def test_forms_of_a_word_have_one_stem(words: str, common: str) -> None:
    assert {stem(read(word).text) for word in words.split()} == {common}


def test_what_hyphens_tie_is_also_one_word() -> None:
    text = "Fine-tuning, state\u2010of\u2010the\u2010art and a broken lan-\nguage; GPT-4o - and -x"
    assert tied_words(text) == "Finetuning stateoftheart language"
    assert tied_words("No such thing") == ""


def test_some_words_do_not_count() -> None:
    assert is_stop("Which") and is_stop("the") and not is_stop("mine") and not is_stop("bees")
    assert stem("") == stem("?!") == ""
