"""The words that the first papers found add to a question."""

from agent.papers import Paper
from agent.search.vocabulary import near_words

DRIP = Paper(
    key="drip",
    title="Drip Irrigation for Terraces",
    abstract="We show that drip irrigation with emitters saves water. Emitters clog in hard water. Emitters wear out.",
)
MULCH = Paper(key="mulch", title="Mulch on Slopes", abstract="Mulch keeps water in the soil of slopes. Straw is best.")
KITES = Paper(key="kites", title="Kites in Storms", abstract="Kites fly in storms above water.")


def test_they_are_words_of_the_papers_that_the_question_lacks() -> None:
    words = near_words("How much water does irrigation take?", [DRIP, MULCH, KITES])
    assert "emitters" in words
    assert not {"water", "irrigation", "the", "show"} & set(words)


def test_what_the_first_paper_says_comes_before_what_the_last_one_says() -> None:
    words = near_words("water", [DRIP, MULCH, KITES])
    assert words.index("emitters") < words.index("mulch") < words.index("kites")
    words = near_words("water", [KITES, MULCH, DRIP])
    assert words.index("kites") < words.index("clog")


def test_a_word_that_most_of_the_papers_share_is_left_out() -> None:
    shared = [Paper(key=str(n), title=f"Pumps {n}", abstract="Pumps lift brine.") for n in range(5)]
    assert near_words("wells", shared) == ()


def test_only_so_many_and_none_without_papers() -> None:
    assert len(near_words("water", [DRIP, MULCH, KITES], 3)) == 3
    assert near_words("water", []) == ()
    assert near_words("", [DRIP]) != ()


def test_a_name_keeps_its_capitals_and_a_tied_word_stays_one() -> None:
    paper = Paper(key="a", title="DripNet: Low-Pressure Lines", abstract="DripNet has low-pressure lines.")
    words = near_words("water", [paper, MULCH])
    assert "DripNet" in words
    assert "low-pressure" in words


def test_a_paper_of_a_megabyte_or_of_nothing_is_read() -> None:
    assert near_words("water", [Paper(key="long", abstract="clay loam " * 60_000), Paper(key="bare")])
