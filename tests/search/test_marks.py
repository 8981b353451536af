"""Where the words of a search stand in a text, and which of its sentences say most of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.search import Index, marks, passages
from tests.nouns import BEES, CORPUS, MOTHS

ANY = st.text(st.characters(), max_size=80) | st.text(" -ab4了$\\^{}\u0301\ufb03\u00ad.", max_size=40)


def marked(text: str, words: str) -> list[str]:
    return [text[start:end] for start, end in marks(text, words)]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("He counts bees; a bee was counted.", "counting bees", ["counts bees", "bee", "counted"]),
        ("Sparse. Attention.", "sparse attention", ["Sparse", "Attention"]),
        ("Sparse-attention and sparse,\nattention", "sparse attention", ["Sparse-attention", "sparse", "attention"]),
        ("The art of it", "the art of it", ["art"]),
        ("GPT-4o, not 4 or o", "GPT4o", ["GPT-4o"]),
        ("an S$^{2}$FT run, 2 s", "S2FT", ["S$^{2}$FT"]),
        ("with 1.08 bits, 1 or 08", "1.08", ["1.08", "08"]),
        ("Finetuning is fine-tuning", "fine-tuning", ["Finetuning", "fine-tuning"]),
        ("fine-tuning, a fine day", "finetuned", ["fine-tuning"]),
        ('By M\\"uller and Mu\u0308ller', "muller", ['M\\"uller', "Mu\u0308ller"]),
        ("an o\ufb03ce", "office", ["o\ufb03ce"]),
        ("大语言模型的推理", "语言模型", ["语言模型"]),
        ("a \u00bc of it", "1/4", ["\u00bc"]),
        ("nothing here", "bees", []),
        ("nothing here", "", []),
        ("", "bees", []),
    ],
)
def test_the_words_of_the_text_itself_are_marked(text: str, words: str, found: list[str]) -> None:
    assert marked(text, words) == found


@given(ANY, ANY)
def test_marks_lie_in_the_text_in_order_and_apart(text: str, words: str) -> None:
    last = 0
    for start, end in marks(text, words):
        assert last <= start < end <= len(text)
        last = end


@given(ANY)
def test_a_search_said_twice_marks_the_same(text: str) -> None:
    assert marks(text, f"{text} . {text}") == marks(text, text)


def test_the_sentences_that_say_most_are_shown_in_their_order() -> None:
    index = Index.open(None, CORPUS)
    words = "after how many minutes had they left, and who knows why they come"
    spans = passages(MOTHS["abstract"], words, index.rarity(words))
    assert [MOTHS["abstract"][start:end] for start, end in spans] == [
        "Moths come to lamps, and nobody knows why they do so.",
        "Most of them left again within 40 minutes.",
    ]


def test_one_sentence_is_enough_where_it_says_all() -> None:
    rarity = Index.open(None, CORPUS).rarity("bees at night")
    ((start, end),) = passages(BEES["abstract"], "bees at night", rarity)
    assert BEES["abstract"][start:end] == "It does not work at night, when no bee flies."


def test_no_sentence_is_shown_where_none_has_a_word() -> None:
    rarity = Index.open(None, CORPUS).rarity("lamps")
    assert passages(BEES["abstract"], "lamps", rarity) == []
    assert passages("", "lamps", rarity) == []
