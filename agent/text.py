"""What can be told from a paper's words without a model: verbatim spans, sentences, numbers."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text

from agent.papers import Paper, Quote, Where

MIN_QUOTE_WORDS = 5
"""A quote of fewer words than this could stand anywhere."""

_ACCENTED = r"\\[\"'`^~=.]\s*(?:\{\\?[A-Za-z]\}|\\?[A-Za-z])|\\[uvHckbdr](?:\{\\?[A-Za-z]\}|\s+[A-Za-z](?![A-Za-z]))"
_LATEX = rf"\{{(?:{_ACCENTED})\}}|{_ACCENTED}|\\[A-Za-z]+\*?|\\[%$&#_{{}} ]|[${{}}]"
_TOKEN = re.compile(rf"(?P<latex>{_LATEX})|(?P<space>[\s~]+)|(?P<plain>[^\s~\\${{}}]+|.)", re.DOTALL)
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    }
)


@lru_cache(maxsize=4096)
def _decoded(latex: str) -> str:
    """What one LaTeX macro or escape stands for; nothing for one that only changes the looks."""
    return "" if latex in ("$", "{", "}") else LatexNodes2Text().latex_to_text(latex).strip()


def decode_latex(text: str) -> str:
    r"""The text with LaTeX's macros and escapes as Unicode: `M{\"u}ller` is `Müller`, `2$\times$` is `2×`.

    A single dollar sign is a price and stays.
    """
    if "\\" not in text and "{" not in text and text.count("$") < 2:
        return text
    pieces = [
        _decoded(match["latex"]) if match["latex"] is not None else match.group().replace("~", " ")
        for match in _TOKEN.finditer(text)
    ]
    return unicodedata.normalize("NFC", "".join(pieces)).strip()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as quotes are compared: one blank for white space, NFKC, plain quotation marks and dashes, no LaTeX."""

    text: str
    starts: list[int]
    """For each character, where what it came from begins in the original, ..."""
    ends: list[int]
    """... and where that ends."""


@lru_cache(maxsize=32)
def fold(text: str) -> Folded:
    """Fold a text, keeping where everything stands; case stays as it is."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in _pieces(text):
        if piece == " " and (not chars or chars[-1] == " "):
            continue
        chars.extend(piece)
        one_to_one = len(piece) == end - start
        starts.extend(range(start, end) if one_to_one else [start] * len(piece))
        ends.extend(range(start + 1, end + 1) if one_to_one else [end] * len(piece))
    if chars and chars[-1] == " ":
        chars.pop()
    return Folded("".join(chars), starts, ends)


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """The folded pieces of a text, each with the span it came from."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match["space"] is not None:
            yield " ", start, end
        elif match["latex"] is not None:
            yield unicodedata.normalize("NFKC", _decoded(match.group())).translate(_PLAIN), start, end
        elif (run := match.group()).isascii():
            yield run.replace("`", "'"), start, end
        else:
            for offset, char in _graphemes(run):
                folded = unicodedata.normalize("NFKC", char).translate(_PLAIN)
                yield folded, start + offset, start + offset + len(char)


def _graphemes(run: str) -> Iterator[tuple[int, str]]:
    """A letter together with the combining marks after it, so that both spellings of `é` fold to one."""
    begin = 0
    for index in range(1, len(run) + 1):
        if index == len(run) or not unicodedata.combining(run[index]):
            yield begin, run[begin:index]
            begin = index


def find_quote(paper: Paper, quote: str | None, *, min_words: int = MIN_QUOTE_WORDS) -> Quote | None:
    """Where these words stand in the paper, abstract first; None where they do not, or are fewer than `min_words`.

    White space, Unicode forms and LaTeX may differ, and marks around the quote do not count; letters and their case
    must be the paper's. The span grows to whole words.
    """
    if not quote:
        return None
    for candidate in dict.fromkeys((quote.strip(), quote.strip(" \t\n\"'“”‘’«».…"))):
        if len(candidate.split()) < min_words:
            return None
        for where in ("abstract", "title"):
            span = _find(paper[where], candidate)
            if span:
                return _quote(paper, where, *span)
    return None


def _find(text: str, quote: str) -> tuple[int, int] | None:
    start = text.find(quote)
    if start >= 0:
        return start, start + len(quote)
    wanted = fold(quote).text
    folded = fold(text)
    start = folded.text.find(wanted) if wanted else -1
    return None if start < 0 else (folded.starts[start], folded.ends[start + len(wanted) - 1])


def _quote(paper: Paper, where: Where, start: int, end: int) -> Quote:
    text = paper[where]
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return Quote(where=where, text=text[start:end], start=start, end=end)


# -- sentences --------------------------------------------------------------------------------------------------------

_STOP = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|al|etc|Fig|Figs|Eq|Eqs|Sec|Tab|No|Dr|Prof|St|approx|resp|ca)|(?:^|[\s(])[A-Z])\.$"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of the text's sentences; abbreviations, initials and decimal points do not end one."""
    spans: list[tuple[int, int]] = []
    begin = 0
    for match in _STOP.finditer(text):
        if _ABBREVIATED.search(text[max(0, match.start() - 12) : match.start() + 1]):
            continue
        spans.append((begin, match.end()))
        begin = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    if text[begin:].strip():
        spans.append((begin, len(text.rstrip())))
    return spans


# -- numbers ----------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"(?<![\d.])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d)(?:\s?(k|m|b|t|thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
_MAGNITUDE = {"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "t": 12, "trillion": 12}
_NUMBER_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def numbers(text: str) -> set[str]:
    """The numbers in digits, in one spelling each: `2,000`, `2K` and `2 thousand` are `2000`; `1.40` is `1.4`."""
    found = set()
    for digits, magnitude in _NUMBER.findall(fold(text).text):
        value = Decimal(digits.replace(",", "")).scaleb(_MAGNITUDE.get(magnitude.lower(), 0))
        found.add(f"{value.normalize():f}")
    return found


def missing_numbers(claim: str, texts: list[str]) -> list[str]:
    """The numbers of a claim that stand in none of the texts, neither in digits nor, up to twelve, as a word."""
    there: set[str] = set()
    for text in texts:
        there |= numbers(text)
        spelled = set(re.findall(r"[a-z]+", text.lower()))
        there |= {str(value) for value, word in enumerate(_NUMBER_WORDS) if word in spelled}
    return sorted(numbers(claim) - there)
