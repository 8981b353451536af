import pytest
from hypothesis import example, given

from agent.spelling import fold
from tests.strange import TEXTS


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  two\n\twords ", "two words"),
        ("It is “ﬁne” – isn’t it", 'It is "fine" - isn\'t it'),
        ("the lan-\nguage of non-\u00adsense", "the language of non-sense"),
        (r"M{\"u}ller~and 2$\times$ or 5\,\%", "Müller and 2× or 5 %"),
    ],
)
def test_spellings_of_one_text_are_one(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_each_sign_knows_where_it_came_from() -> None:
    text = r"the ﬁrst M{\"u}ller"
    folded = fold(text)
    at = folded.text.index("ü")
    assert text[folded.starts[at] : folded.ends[at]] == r"{\"u}"
    at = folded.text.index("fi")
    assert text[folded.starts[at] : folded.ends[at + 1]] == "ﬁ"


@given(TEXTS)
@example("\\")
@example("$" * 9 + "{" * 9)
@example("a " * 6 + "\\frac{1}{2} \\today \\input b c d")
def test_every_sign_lies_within_its_text(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start <= end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
