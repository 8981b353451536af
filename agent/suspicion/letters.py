"""What letters hide: signs that no reader sees, and letters of one script that look like those of another."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from agent.shown import DIRECTION, MORE_SELECTORS, SELECTORS, TAGS, ZERO_WIDTH

_LATIN = dict(
    zip(
        "асԁеһіјӏорԛѕухѵԝүАВЕЅІЈКМНОРСТХУԚԜԌҮ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο" + "օսոհ",
        "acdehijlopqsuxvwyABESIJKMHOPCTXYQWGY" + "ABEZHIKMNOPTYXo" + "ounh",
        strict=True,
    )
)
"""Cyrillic, Greek and Armenian letters that are drawn like Latin ones."""
_ALSO_LATIN = dict(zip("ανιυρκγτпктмв", "aviupkytnktmb", strict=True))
"""More of them, which stand beside Latin letters in good names: `IFNγ`, `PPARα`."""
_FLAGS = re.compile(f"\U0001f3f4[{TAGS[0]}-{TAGS[2]}]{{2,7}}")
_TAGGED = re.compile(f"[{TAGS}]+")
_SELECTED = re.compile(f"[{SELECTORS}{MORE_SELECTORS}]{{2,}}")
_TURNED = re.compile("[\u202d\u202e][^\u202c\n]{0,80}\u202c?")
_EMBEDDED = re.compile("[\u202a\u202b\u2066-\u2068]+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = "[A-Za-z\u00c0-\u024f\u0370-\u052f]"
_PARTED = re.compile(
    f"{_LETTER}{{0,30}}(?<={_LETTER})(?:[{ZERO_WIDTH}\u200c\u200d\u200e\u200f]{{1,9}}{_LETTER}{{1,30}})+"
)
_RUN = re.compile(f"[{ZERO_WIDTH}\u200c\u200d{DIRECTION}]{{4,}}")
_WORD = re.compile(r"[^\W\d_]{2,}")
MOST_PARTED = 1
"""A text that was scraped may hold a zero-width blank; an author hides nothing in one."""
MOST_ALIKE = 1
"""One such letter may be a slip of a keyboard with two layouts."""


def hidden(text: str) -> Iterator[tuple[int, int, str]]:
    """Where something stands that no reader sees and no script needs, with what it says."""
    if text.isascii():
        return
    flags = {place for match in _FLAGS.finditer(text) for place in range(*match.span())}
    for match in _TAGGED.finditer(text):
        if match.start() not in flags:
            yield *match.span(), "".join(chr(ord(char) - 0xE0000) for char in match.group())
    for match in _SELECTED.finditer(text):
        yield *match.span(), _selected(match.group())
    for match in _TURNED.finditer(text):
        yield *match.span(), match.group()
    if not _RIGHT_TO_LEFT.search(text):
        for match in _EMBEDDED.finditer(text):
            yield *match.span(), text[match.start() : match.end() + 40]
    for match in _RUN.finditer(text):
        yield *match.span(), text[match.start() : match.end()]
    parted = list(_PARTED.finditer(text))
    if len(parted) > MOST_PARTED:
        yield parted[0].start(), parted[-1].end(), text[parted[0].start() : parted[-1].end()]


def _selected(run: str) -> str:
    """The bytes that a run of variation selectors can carry, one each."""
    codes = (ord(char) for char in run)
    return bytes(code - 0xFE00 if code < 0xFE10 else code - 0xE00F0 for code in codes).decode("utf-8", "replace")


def alike(text: str) -> Iterator[tuple[int, int]]:
    """Words of Latin letters among which stand others that only look like them, where that is no slip."""
    if text.isascii():
        return
    found = [match.span() for match in _WORD.finditer(text) if _n_alike(match.group())]
    if sum(_n_alike(text[start:end]) for start, end in found) > MOST_ALIKE:
        yield from found


@lru_cache(maxsize=4096)
def _n_alike(word: str) -> int:
    """How many letters of a Latin word are of another script and look Latin; 0 where another one does not."""
    if word.isascii():
        return 0
    n_alike = n_latin = 0
    for char in word:
        if char in _LATIN:
            n_alike += 1
        elif char < "\u0250":
            n_latin += 1
        else:
            return 0
    return n_alike if n_latin else 0


class _Plain(dict[int, str]):
    """For `str.translate`: each sign as its plain one, where that is a single sign."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = unicodedata.normalize("NFKC", char) if code > 0x7F else char
        self[code] = plain if len(plain) == 1 else char
        return self[code]


_PLAIN = _Plain()
_AS_LATIN = str.maketrans(_ALSO_LATIN | _LATIN)


def plain(text: str) -> str:
    """The text with letters of other widths and faces as plain ones (`ｉ`, `𝐢`), each in its place."""
    return text if text.isascii() else text.translate(_PLAIN)


def as_latin(text: str) -> str:
    """The text with every letter that looks Latin as Latin, each in its place."""
    return text.translate(_AS_LATIN)
