"""What counts as a paper's own words."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.papers import Paper, Quote
from agent.quotes import find_quote, has_words
from agent.spelling import fold
from tests.strange import MEGABYTES, TEXTS, WORDS


def found(abstract: str, quote: str) -> str | None:
    """The paper's words for this quote, after a look at whether its span says the same."""
    paper = Paper(key="k", title="Another Title of Five Words", abstract=abstract)
    quoted = find_quote(paper, quote)
    if quoted is None:
        return None
    assert paper[quoted.where][quoted.start : quoted.end] == quoted.text
    return quoted.text


@pytest.mark.parametrize(
    ("abstract", "quote"),
    [
        ("Moths come\n  to lamps\tat night.", "Moths come to lamps at night"),
        ("Moths come\u00a0to\u2009lamps at night.", "Moths come to lamps at night"),
        ("The café of Mu\u0308ller is open today", "The cafe\u0301 of Müller is open"),
        ("It is ﬁne to ﬂy at night", "It is fine to fly at night"),
        ("The “so-called” bee isn’t one", 'The "so-called" bee isn\'t one'),
        ("A bee – or two — and 3−4 moths", "A bee - or two - and 3-4 moths"),
        ("A bee -- or two --- and more", "A bee – or two — and more"),
        ("the ``full'' data of all bees", "the “full” data of all bees"),
        ("the im\u00adportant words of a bee", "the important words of a bee"),
        ("the im\u00ad\nportant words of a bee", "the important words of a bee"),
        ("the zero\u200bwidth words of \ufeffa bee", "the zerowidth words of a bee"),
        ("the lan-\nguage of a honey bee", "the language of a honey bee"),
        ("the con\x02trol signs of a bee", "the control signs of a bee"),
        (r"is 2.75$\times$ faster than M{\"u}ller and others", "is 2.75× faster than Müller and others"),
        (r"is 2.75$\times$ faster than M\"uller and others", r"is 2.75$\times$ faster than M\"uller and"),
        (r"a gain of 5\% over R\&D of bees", "a gain of 5% over R&D of bees"),
        (r"a gain of 5\,\% over \emph{all bees} here", "a gain of 5 % over all bees here"),
        (r"uses $\frac{1}{2}$ of the {\em large} hive", "uses 1/2 of the large hive"),
        (r"it costs $O(n\log n)$ steps for a bee", "it costs O(nlog n) steps for a bee"),
        ("“We count the bees here.”", "We count the bees here"),
        ("We count the bees here, all of them", "“We count the bees here.”"),
        ("We count the bees here, all of them", "...We count the bees here…"),
        ("한국어 벌을 세는 새로운 방법 제안", unicodedata.normalize("NFD", "한국어 벌을 세는 새로운 방법 제안")),
        ("深度学习模型在图像识别任务中表现良好。", "深度学习模型在图像识别任务中"),
    ],
)
def test_an_honest_quote_is_found_however_it_is_spelled(abstract: str, quote: str) -> None:
    words = found(abstract, quote)
    assert words is not None
    assert words in abstract
    assert fold(quote.strip("“”.…")).text in fold(words).text


@pytest.mark.parametrize(
    ("abstract", "quote"),
    [
        ("We count the bees on all flowers", "We count the bees on no flowers"),
        ("We count the bees on all flowers", "we count the bees on all"),
        ("We count the bees on all flowers", "We count ... bees on all flowers"),
        ("We count the bees [in May] on flowers", "We count the bees on flowers"),
        ("We count the bees. On all flowers we", "We count the bees On all flowers"),
        ("It reaches 91.5% on the first meadow", "It reaches 91.4% on the first meadow"),
        ("We count bees daily", "We count bees daily"),
        ("We count - . — bees … here, too", "count - . — bees …"),
        ("We count the bees on all flowers", ""),
        ("We count the bees on all flowers", " . , - ; : ! "),
        ("", "We count the bees on flowers"),
        ("蜂", "蜂"),
    ],
)
def test_what_is_not_in_the_paper_is_not_found(abstract: str, quote: str) -> None:
    assert found(abstract, quote) is None


@pytest.mark.parametrize(
    ("abstract", "quote", "words"),
    [
        ("It counts many bees in the meadows.", "ounts many bees in the mead", "counts many bees in the meadows"),
        ("We are unable to count bees at night", "able to count bees at", "unable to count bees at"),
        ("Only non-trivial hives were seen here", "trivial hives were seen here", "non-trivial hives were seen here"),
        ("We show that bees can't see in the dark", "We show that bees can", "We show that bees can't"),
        ("It is 11.4 % better than the old one", "4 % better than the old", "11.4 % better than the old"),
        ("It is better by about 1.5 points", "It is better by about 1", "It is better by about 1.5"),
        ("There are in all about 2,000 moths", "There are in all about 2", "There are in all about 2,000"),
        ("It fell by −5 points on the test", "5 points on the test", "−5 points on the test"),
    ],
)
def test_a_quote_grows_to_whole_words_and_numbers(abstract: str, quote: str, words: str) -> None:
    assert found(abstract, quote) == words


def test_whole_words_go_before_a_piece_of_others() -> None:
    abstract = "They were unable to see the bees. We were able to see the bees."
    paper = Paper(key="k", abstract=abstract)
    assert find_quote(paper, "able to see the bees") == Quote(
        where="abstract", text="able to see the bees", start=abstract.rindex("able"), end=len(abstract) - 1
    )


def test_the_abstract_goes_before_the_title_and_the_title_before_nothing() -> None:
    both = Paper(key="k", title="On the Dance of Bees", abstract="It is On the Dance of Bees.")
    alone = Paper(key="k", title="On the Dance of Bees", abstract="We watch them.")
    words = "On the Dance of Bees"
    assert find_quote(both, words) == Quote(where="abstract", text=words, start=6, end=26)
    assert find_quote(alone, words) == Quote(where="title", text=words, start=0, end=20)
    assert find_quote(Paper(key="k", basis="title"), words) is None


@given(WORDS, st.data())
def test_any_slice_of_five_words_is_found(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    places = [match.span() for match in re.finditer(r"\S+", text)]
    start = data.draw(st.integers(0, max(0, len(places) - 1)))
    slice_ = text[places[start][0] :] if places else ""
    n_words = sum(any(map(str.isalnum, word)) for word in slice_.split())
    quoted = find_quote(Paper(key="k", abstract=text), slice_)
    assert (quoted is not None) or n_words < 5
    if quoted:
        assert text[quoted.start : quoted.end] == quoted.text
        assert slice_.strip() in quoted.text or fold(slice_).text in fold(quoted.text).text


@given(TEXTS, TEXTS)
@example("\\", "a\\ b c d e f")
@example("$" * 9, "{" * 9)
@example("a " * 6, "\\frac{1}{2} \\today \\input b c d")
def test_no_text_is_too_strange(text: str, quote: str) -> None:
    quoted = find_quote(Paper(key="k", abstract=text), quote, min_words=0)
    assert quoted is None or text[quoted.start : quoted.end] == quoted.text


@given(st.text("ab -\n\u00ad.", min_size=1, max_size=60), st.text("ab -\n\u00ad.", min_size=1, max_size=60))
def test_nothing_is_found_that_does_not_fold_into_the_paper(text: str, quote: str) -> None:
    quoted = find_quote(Paper(key="k", abstract=text), quote, min_words=1)
    if quoted:
        letters = re.sub(r"[^ab]", "", quote)
        assert letters in re.sub(r"[^ab]", "", quoted.text)


@pytest.mark.parametrize("text", MEGABYTES, ids=lambda text: text[:12])
def test_a_megabyte_is_searched_as_any_text(text: str) -> None:
    paper = Paper(key="k", abstract=text)
    assert find_quote(paper, "and these\nwords close it") is not None
    assert find_quote(paper, "five words that are absent") is None
    assert find_quote(paper, text[1 : len(text) // 2] + "!") is None


def test_words_stand_in_a_text_only_as_whole_words() -> None:
    assert has_words("It finds 91.5% of “all” bees", '"all" bees')
    assert has_words("It finds 91.5% of all bees", "91.5% of")
    assert not has_words("It finds 91.5% of all bees", "5% of all")
    assert not has_words("It is unable to fly", "able to fly")
