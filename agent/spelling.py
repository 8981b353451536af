"""Brings a text to one spelling in which quotes are compared, keeping where every sign stands in the original."""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.latex import LATEX, decoded

_TOKEN = re.compile(
    rf"(?P<latex>{LATEX})|(?P<space>[\s~]+)|(?P<mark>``|''|-{{2,3}})"
    # A word broken at the end of a line: `lan-` `guage`.
    r"|(?P<broken>\u00ad\s*|(?<=[^\W\d_])[-‐]\s+(?=[^\W\d_]))"
    r"|(?P<plain>[^\s~\\${}`'\u00ad‐-]+|.)",
    re.DOTALL,
)
_MARKS = {"``": '"', "''": '"', "--": "-", "---": "-"}
_FAMILIES = {"'": "‘’‚‛′`´", '"': "“”„‟″«»", "-": "‐‑‒–—―−"}
_PLAIN = str.maketrans({sign: plain for plain, signs in _FAMILIES.items() for sign in signs})
_UNSEEN = frozenset("\u034f\u115f\u1160" + "".join(map(chr, range(0xFE00, 0xFE10))))


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as quotes are compared: one blank for white space, NFKC, plain quotation marks and dashes, no LaTeX."""

    text: str
    starts: Sequence[int]
    """For each character, where what it came from begins in the original, ..."""
    ends: Sequence[int]
    """... and where that ends."""


@lru_cache(maxsize=128)
def fold(text: str) -> Folded:
    """Fold a text, keeping where everything stands; case stays as it is."""
    chars: list[str] = []
    starts, ends = array("L"), array("L")
    for piece, start, end in _pieces(text):
        if piece == " " and (not chars or chars[-1] == " "):
            continue
        chars.extend(piece)
        one_to_one = len(piece) == end - start
        starts.extend(range(start, end) if one_to_one else [start] * len(piece))
        ends.extend(range(start + 1, end + 1) if one_to_one else [end] * len(piece))
    n_chars = len(chars) - (chars[-1:] == [" "])
    return Folded("".join(chars[:n_chars]), starts[:n_chars], ends[:n_chars])


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """The folded pieces of a text, each with the span it came from."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        run = match.group()
        if match.lastgroup == "space":
            yield " ", start, end
        elif match.lastgroup == "latex":
            yield _folded(decoded(run)), start, end
        elif match.lastgroup == "mark":
            yield _MARKS[run], start, end
        elif match.lastgroup == "plain" and run.isascii() and run.isprintable():
            yield "'" if run == "`" else run, start, end
        elif match.lastgroup == "plain":
            for offset, char in _graphemes(run):
                yield _folded(char), start + offset, start + offset + len(char)


@lru_cache(maxsize=16_384)
def _folded(char: str) -> str:
    """One sign with its marks in its plain form; nothing for what is not seen, such as a zero-width space."""
    plain = unicodedata.normalize("NFKC", char.translate(_PLAIN)).translate(_PLAIN)
    return "".join(one for one in plain if unicodedata.category(one) not in ("Cc", "Cf", "Cs") and one not in _UNSEEN)


def _graphemes(run: str) -> Iterator[tuple[int, str]]:
    """A letter together with the marks after it, so that both spellings of `é`, `ガ` and `한` fold to one."""
    begin = 0
    for index in range(1, len(run) + 1):
        if index == len(run) or not _joins(run[index]):
            yield begin, run[begin:index]
            begin = index


def _joins(char: str) -> bool:
    """Whether a sign may become one with that before it: a combining mark, a Hangul vowel or final, a kana's mark."""
    return char > "\u02ff" and (
        unicodedata.combining(char) != 0
        or unicodedata.category(char) == "Mc"
        or "\u1161" <= char <= "\u11ff"
        or char in "\uff9e\uff9f"
    )
