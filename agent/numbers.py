"""Tells which numbers a text gives, whatever way it spells them, and which of a claim's are missing."""

import re
import unicodedata
from functools import lru_cache

from agent.spelling import fold

_NUMBER = re.compile(
    r"(?<!\d)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*|(?<![\w.])\.\d+)(?!\d)"
    r"(?:(?:[\s-]?((?i:hundred|thousand|million|billion|trillion|bn))|\s?([KMBT])|([kmbt]))(?!\w))?"
)
"""A small letter counts as a magnitude only where it touches its digits: `5 m` is a length."""
_THOUSANDS = re.compile(r"(?<=\d)(?:[\u00a0\u2009\u202f]|\\,)(?=\d{3}(?!\d))")
_RAISED = re.compile(r"(?<=\w)(?=[⁰¹²³⁴⁵⁶⁷⁸⁹⁻])(?<![⁰¹²³⁴⁵⁶⁷⁸⁹⁻])")
_SHIFT = {"k": 3, "m": 6, "b": 9, "bn": 9, "t": 12}
_SHIFT |= {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_NUMBER_WORDS = re.findall("[a-z]+", "zero one two three four five six seven eight nine ten eleven twelve")
_SPELLED = re.compile(rf"\b({'|'.join(_NUMBER_WORDS)})(?:[\s-](hundred|thousand|million|billion|trillion))?\b")


def numbers(text: str) -> set[str]:
    """The numbers in digits, in one spelling each: `2,000`, `2K` and `2 thousand` are `2000`; `1.40` is `1.4`."""
    if not any(map(str.isdecimal, text)):
        return set()
    return {
        _spelling(digits, _SHIFT.get((word or capital or small).lower(), 0))
        for digits, word, capital, small in _NUMBER.findall(plain(text))
    }


def plain(text: str) -> str:
    """The text folded, with a comma where a narrow blank parts thousands, and `10⁵` as `10^5` and not `105`."""
    return fold(_RAISED.sub("^", _THOUSANDS.sub(",", text))).text


def _spelling(digits: str, shift: int) -> str:
    """The digits with the point moved by so many places; a version such as `1.2.3` as it is."""
    digits = "".join(str(unicodedata.decimal(char, char)) for char in digits.replace(",", ""))
    if digits.count(".") > 1:
        return digits
    whole, _, part = digits.partition(".")
    part = part.ljust(shift, "0")
    whole, part = (whole + part[:shift]).lstrip("0") or "0", part[shift:].rstrip("0")
    return f"{whole}.{part}" if part else whole


def missing_numbers(claim: str, texts: list[str]) -> list[str]:
    """The numbers of a claim that stand in none of the texts, neither in digits nor, up to twelve, as a word."""
    wanted = numbers(claim)
    if not wanted:
        return []
    return sorted(wanted.difference(*map(_given, texts)))


@lru_cache(maxsize=1024)
def _given(text: str) -> frozenset[str]:
    """The numbers of a text, in digits or as a word; kept, since many claims are held against one paper."""
    spelled = _SPELLED.findall(fold(text).text.lower())
    words = {_spelling(str(_NUMBER_WORDS.index(word)), _SHIFT.get(magnitude, 0)) for word, magnitude in spelled}
    return frozenset(numbers(text) | words)
