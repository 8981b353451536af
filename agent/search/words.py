"""How search reads words: one form for all spellings of a word, and a place in the text for each.

Letters and digits part, so that `GPT-4o`, `GPT4o` and `gpt 4o` are the same run of words; writing without blanks is
read sign by sign. No word is left out here: which ones do not count is for those who ask.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from agent.spelling import fold

LONGEST_WORD = 100
"""Bytes; a longer run of letters is no word, and is not indexed."""
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー"
_WORD = rf"[{_UNSPACED}]|[\p{{L}}\p{{M}}--[{_UNSPACED}]]+|\p{{N}}+"
"""In the spelling of Rust's regular expressions."""
_SIGN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_ODD = re.compile("[\\\\\u00ad\u200b-\u200f\u2060-\u206f\ufeff]")
"""Signs of LaTeX and those that nobody sees: a text with one of them is read as it looks."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_TIED = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)+")
_BROKEN = re.compile(r"(?<=[^\W\d_])[-‐]\s+(?=[^\W\d_])")
_FIGURES = re.compile(r"[0-9]+")
_BLANKS = {sign: " " for sign in range(128) if not chr(sign).isalnum()}
"""For each sign of ASCII that is no part of a word."""


def _stemming(tokenizer: Tokenizer) -> TextAnalyzer:
    """In lower case, without accents, as English stems; names and other languages go through unharmed."""
    words = TextAnalyzerBuilder(tokenizer).filter(Filter.remove_long(LONGEST_WORD))
    return words.filter(Filter.lowercase()).filter(Filter.ascii_fold()).filter(Filter.stemmer("english")).build()


_WORDS = TextAnalyzerBuilder(Tokenizer.regex(_WORD)).build()
_ANALYZER = _stemming(Tokenizer.regex(_WORD))


def analyzer_of_spaced() -> TextAnalyzer:
    """What gives the stems of a text that is `spaced`."""
    return _stemming(Tokenizer.whitespace())


def spaced(text: str) -> str:
    """The words of a text with blanks between them, which is all that an index needs to tell them apart.

    The engine's regular expressions take twice as long as all else in indexing; few texts need them.
    """
    if text.isascii():
        return _FIGURES.sub(r" \g<0> ", text.translate(_BLANKS))
    return " ".join(_WORDS.analyze(text))


class Word(NamedTuple):
    """A word of a text, and where it stands there."""

    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it looks, and where each of its signs stands in the text itself; None where it looks as it is."""

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def words(self) -> list[Word]:
        """Its words, placed in the reading."""
        tokens = _ANALYZER.pre_tokenize(self.text).tokens
        return [Word(one.text, one.char_offset_from, one.char_offset_to or one.char_offset_from) for one in tokens]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text itself that is read there."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def read(text: str) -> Reading:
    """The text as it looks: LaTeX decoded, signs in their plain form, nothing that nobody sees."""
    if text.isascii() and "\\" not in text:
        return Reading(text)
    text = _SURROGATE.sub(" ", text)
    if not _ODD.search(text) and unicodedata.is_normalized("NFKC", text):
        return Reading(text)
    folded = fold(text)
    return Reading(folded.text, folded.starts, folded.ends)


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The stem of one word; empty for what is none."""
    return next(iter(_ANALYZER.analyze(word)), "")


def tied(text: str) -> Iterator[tuple[str, int, int]]:
    """What hyphens tie, written as one word, with its place: `fine-tuning` as `finetuning`."""
    if "-" in text or "‐" in text or "‑" in text:
        for match in _TIED.finditer(text):
            yield re.sub(r"[-‐‑]", "", match.group()), match.start(), match.end()


def tied_words(text: str) -> str:
    """What hyphens tie in a text, each written as one word, and what the end of a line broke."""
    text = text.replace("‐", "-").replace("‑", "-")
    if "-" not in text:
        return ""
    joined = _BROKEN.sub("-", text) if "-\n" in text or "- " in text else text
    # Of the pieces with a hyphen alone, which is much faster than looking through the whole text.
    pieces = " ".join(piece for piece in joined.split() if "-" in piece)
    return " ".join(_TIED.findall(pieces)).replace("-", "")


def is_sign(word: str) -> bool:
    """Whether this is a sign of a writing without blanks between words."""
    return len(word) <= 2 and _SIGN.match(word) is not None


_STOPS = """
    a about above across after again against all also although always am among an and any are aren as at be because
    been before being below between both but by can cannot could couldn did didn do does doesn doing don done down
    during each either else ever every few for from further get gets give given gives had hadn has hasn have haven
    having he her here hers him his how however i if in into is isn it its itself just ll let many may me might
    more moreover most much must my near neither no nor not now of off often on once one only onto or other others
    our ours out over own per perhaps please quite rather re s same shall she should shouldn since so some such t
    than that the their theirs them then there therefore these they this those though through thus to together too
    toward towards under until up upon us ve very via was wasn we were weren what whatever when where whether which
    while who whom whose why will with within without won would wouldn yet you your yours
"""
STOPS = frozenset(_STOPS.split())
"""Words that only hold sentences together, or ask: no paper is looked for by them."""


def is_stop(word: str) -> bool:
    return word.lower() in STOPS
