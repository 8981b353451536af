import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.numbers import missing_numbers, numbers
from tests.strange import MEGABYTES, TEXTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.40 and 1.4 and 01.4", {"1.4"}),
        ("2,000 or 2000 or 2K or 2 thousand or 2{,}000", {"2000"}),
        ("800K, 7B, 3 thousand, 1.5M, 3bn", {"800000", "7000000000", "3000", "1500000", "3000000000"}),
        ("a 7-billion-parameter model", {"7000000000"}),
        ("10\u2009000 and 10\\,000 and 10\u00a0000", {"10000"}),
        ("1-2%, 3–4, −5", {"1", "2", "3", "4", "5"}),
        ("GPT-4 in 3D with H2O", {"4", "3", "2"}),
        (".85 and 0.850", {"0.85"}),
        ("version 1.2.3.", {"1.2.3"}),
        ("5 m long, 20 ms, 3 beta", {"5", "20", "3"}),
        ("10⁵ and 10^5", {"10", "5"}),
        ("$2.75$\\times", {"2.75"}),
        ("in 2020.We saw 15.", {"2020", "15"}),
        ("1,2345 and 12,34", {"1", "2345", "12", "34"}),
        ("none, one or two", set()),
        ("9" * 40, {"9" * 40}),
    ],
)
def test_a_number_has_one_spelling(text: str, expected: set[str]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("claim", "text", "missing"),
    [
        ("5 bees", "15 bees, 51 moths, 5.5 slugs, 0.5 of it", ["5"]),
        ("1.5 bees", "11.5 and 1.55 and 1,500", ["1.5"]),
        ("12 bees", "twelve bees", []),
        ("1 bee", "someone and nobody, done", ["1"]),
        ("2 million bees", "two million bees", []),
        ("2 bees", "two million bees", ["2"]),
        ("13 bees", "thirteen bees", ["13"]),
        ("20% more, 7B wide", "20 percent more; 7 billion wide", []),
        ("7 models", "a 7B model", ["7"]),
        ("102 bees", "10² bees", ["102"]),
        (".99 of them", ".85 of them", ["0.99"]),
        ("Version 1.2.9", "version 1.2.3", ["1.2.9"]),
        ("GPT-4 in 3D", "we ask GPT-4 about 3D", []),
        ("bees", "", []),
    ],
)
def test_a_number_is_missing_unless_the_papers_give_it(claim: str, text: str, missing: list[str]) -> None:
    assert missing_numbers(claim, [text]) == missing


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=5))
def test_no_number_passes_as_a_piece_of_another(wanted: int, there: list[int]) -> None:
    text = ", ".join(f"bees {number}" for number in there)
    assert missing_numbers(f"{wanted} bees", [text]) == ([] if wanted in there else [str(wanted)])


@given(st.integers(0, 10**7), st.sampled_from(["{}", "{:,}", "{}.0", "0{}", " {} ", "${}$", "{}%", "({})", "{}-fold"]))
def test_a_number_is_known_in_every_spelling(value: int, spelling: str) -> None:
    assert numbers(spelling.format(value)) == {str(value)}


@given(TEXTS)
def test_the_one_spelling_is_read_as_itself(text: str) -> None:
    assert all(numbers(number) == {number} for number in numbers(text))


@pytest.mark.parametrize("text", MEGABYTES, ids=lambda text: text[:12])
def test_a_megabyte_is_read_as_any_text(text: str) -> None:
    assert numbers(text) == ({"5.2"} if "5.2" in text else set())
