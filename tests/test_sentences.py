import pytest
from hypothesis import given, settings

from agent.sentences import sentences
from tests.strange import MEGABYTES, TEXTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One bee. Two bees! Three?", ["One bee.", "Two bees!", "Three?"]),
        ("We use lamps, e.g. Osram lamps. It works.", ["We use lamps, e.g. Osram lamps.", "It works."]),
        ("It works (Smith et al., 2020). We agree.", ["It works (Smith et al., 2020).", "We agree."]),
        ("As J. R. Smith et al. Showed it. Yes.", ["As J. R. Smith et al. Showed it.", "Yes."]),
        ("It is 3.5 times better. 7 bees came.", ["It is 3.5 times better.", "7 bees came."]),
        ("In the U.S. Army of bees. See Fig. 3 for it.", ["In the U.S. Army of bees.", "See Fig. 3 for it."]),
        ('He said "Bees." Then he left.', ['He said "Bees."', "Then he left."]),
        ("Bees fly. Élan counts. Ökonomie too.", ["Bees fly.", "Élan counts.", "Ökonomie too."]),
        ("We compare mT5 vs. T5. mT5 wins.", ["We compare mT5 vs. T5. mT5 wins."]),
        ("  leading.  Trailing.  ", ["leading.", "Trailing."]),
        ("no stop at all", ["no stop at all"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(TEXTS)
@settings(max_examples=200)
def test_no_word_is_lost_between_sentences(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@pytest.mark.parametrize("text", MEGABYTES, ids=lambda text: text[:12])
def test_a_megabyte_ends_where_it_ends(text: str) -> None:
    assert sentences(text)[-1][1] == len(text)
