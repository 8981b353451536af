"""What can be told from a paper's words without a model: verbatim spans, sentences, numbers."""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db

from agent.papers import Paper, Quote

MIN_QUOTE_WORDS = 5
"""A quote of fewer words than this could stand anywhere."""

_ACCENTED = r"\\[\"'`^~=.]\s*(?:\{\\?[A-Za-z]\}|\\?[A-Za-z])|\\[uvHckbdr](?:\{\\?[A-Za-z]\}|\s+[A-Za-z](?![A-Za-z]))"
_FRACTION = r"\\(?:[dt]|nice)?frac\s*\{[^{}]*\}\s*\{[^{}]*\}"
_LOOKS = r"\\(?:em|it|bf|tt|sc|sf|rm|sl|itshape|bfseries|ttfamily|scshape)(?![A-Za-z])\s*"
"""Switches of the type's looks, which swallow the blank after them."""
_LATEX = rf"\{{(?:{_ACCENTED})\}}|{_ACCENTED}|{_FRACTION}|{_LOOKS}|\\[A-Za-z]+\*?|\\[%$&#_{{}} ,;:!/@()\[\]\\-]|[${{}}]"
_TOKEN = re.compile(
    rf"(?P<latex>{_LATEX})|(?P<space>[\s~]+)|(?P<mark>``|''|-{{2,3}})"
    # A word broken at the end of a line: `lan-` `guage`.
    r"|(?P<broken>\u00ad\s*|(?<=[^\W\d_])[-‐]\s+(?=[^\W\d_]))"
    r"|(?P<plain>[^\s~\\${}`'\u00ad‐-]+|.)",
    re.DOTALL,
)
_MARKS = {"``": '"', "''": '"', "--": "-", "---": "-"}
_FAMILIES = {"'": "‘’‚‛′`´", '"': "“”„‟″«»", "-": "‐‑‒–—―−"}
_PLAIN = str.maketrans({sign: plain for plain, signs in _FAMILIES.items() for sign in signs})
_MACROS = get_default_latex_context_db()
_SIGNS = {"TeX": "TeX", "LaTeX": "LaTeX", "sqrt": "√", "-": ""} | dict.fromkeys((" ", ",", ";", ":", "\\", "quad"), " ")
_SIGNS |= {sign: sign for sign in "%$&#_{}"}


@lru_cache(maxsize=4096)
def _decoded(latex: str) -> str:
    """What one LaTeX macro or escape stands for; nothing for one that only changes the looks.

    No macro is carried out; what pylatexenc knows gives signs alone, for `\\today` would read the clock.
    """
    if re.fullmatch(rf"\{{(?:{_ACCENTED})\}}|{_ACCENTED}", latex):
        return str(LatexNodes2Text().latex_to_text(latex)).strip()
    if re.fullmatch(_FRACTION, latex):
        return "/".join(decode_latex(part) for part in re.findall(r"\{([^{}]*)\}", latex))
    if latex in ("$", "{", "}"):
        return ""
    name = latex[1:].rstrip("*").strip() or " "
    macro = _MACROS.get_macro_spec(name)
    sign = macro.simplify_repl if macro else None
    return _SIGNS.get(name, sign.strip() if isinstance(sign, str) and not re.search(r"[%\d]|<\w", sign) else "")


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
            yield _folded(_decoded(run)), start, end
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


_UNSEEN = frozenset("\u034f\u115f\u1160" + "".join(map(chr, range(0xFE00, 0xFE10))))


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


def find_quote(paper: Paper, quote: str | None, *, min_words: int = MIN_QUOTE_WORDS) -> Quote | None:
    """Where these words stand in the paper, abstract first; None where they do not, or are fewer than `min_words`.

    White space, Unicode forms and LaTeX may differ, and marks around the quote do not count; letters and their case
    must be the paper's. The span grows to whole words and numbers, so that none is quoted as less than it is.
    """
    if not quote:
        return None
    for candidate in dict.fromkeys((quote.strip(), quote.strip(" \t\n\"'`“”‘’«».…"))):
        if _n_words(candidate) < min_words:
            return None
        for where in ("abstract", "title"):
            span = _find(paper[where], candidate)
            if span:
                start, end = _grown(paper[where], *span)
                return Quote(where=where, text=paper[where][start:end], start=start, end=end)
    return None


def has_words(text: str, words: str) -> bool:
    """Whether these words stand in the text as they are, from the beginning of a word or number to the end of one."""
    span = _find(text, words)
    return span is not None and _grown(text, *span) == span


_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Writing without blanks, of which two signs count as a word."""


def _n_words(text: str) -> int:
    words = sum(1 for word in text.split() if any(map(str.isalnum, word)))
    return words + len(_UNSPACED.findall(text)) // 2


def _find(text: str, quote: str) -> tuple[int, int] | None:
    start = _occurrence(text, quote)
    if start >= 0:
        return start, start + len(quote)
    wanted = fold(quote).text
    folded = fold(text)
    start = _occurrence(folded.text, wanted) if wanted else -1
    return None if start < 0 else (folded.starts[start], folded.ends[start + len(wanted) - 1])


def _occurrence(text: str, words: str) -> int:
    """Where the words stand, best where they are not a piece of other words; -1 for nowhere."""
    first = start = text.find(words)
    for _ in range(64):  # of a text that repeats itself for a megabyte the first will do
        if start < 0:
            return first
        if not _is_inside(text, start) and not _is_inside(text, start + len(words)):
            return start
        start = text.find(words, start + 1)
    return first


def _grown(text: str, start: int, end: int) -> tuple[int, int]:
    while _is_inside(text, start):
        start -= 1
    while _is_inside(text, end):
        end += 1
    return start, end


def _is_inside(text: str, at: int) -> bool:
    """Whether this place lies within a word or number: `un|able`, `non-|trivial`, `can|'t`, `11.|4`, `−|5`."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    before, after = text[at - 2 : at - 1], text[at + 1 : at + 2]
    if left in "-‐‑−'’\u00ad":
        return _is_letter(right) and (_is_letter(before) or (left in "-−" and right.isdigit()))
    if left in ".,":
        return before.isdigit() and right.isdigit()
    if right in "-‐‑'’\u00ad":
        return _is_letter(left) and _is_letter(after)
    if right in ".,":
        return left.isdigit() and after.isdigit()
    return _is_letter(left) and _is_letter(right)


def _is_letter(char: str) -> bool:
    return (char.isalnum() or unicodedata.category(char or " ") in ("Mn", "Mc")) and not _UNSPACED.match(char)


# -- sentences --------------------------------------------------------------------------------------------------------

_STOP = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]*([^\W_]))")
_ABBREVIATED = re.compile(
    r"(?:\b(?:cf|vs|al|etc|Figs?|Eqn?s?|Sect?s?|Refs?|Tabs?|No|Vol|pp|Dr|Mrs?|Ms|Prof|St|Ph\.D|approx|resp|ca)"
    r"|\b(?:[A-Za-z]\.)+[A-Za-z]|(?:^|[\s(])[A-Z])\.$"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of the text's sentences; abbreviations, initials and decimal points do not end one."""
    spans: list[tuple[int, int]] = []
    begin = _after_blank(text, 0)
    for match in _STOP.finditer(text):
        if match[1].islower() or _ABBREVIATED.search(text[max(0, match.start() - 12) : match.start() + 1]):
            continue
        spans.append((begin, match.end()))
        begin = _after_blank(text, match.end())
    if begin < len(text):
        spans.append((begin, len(text.rstrip())))
    return spans


def _after_blank(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


# -- numbers ----------------------------------------------------------------------------------------------------------

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
    plain = fold(_RAISED.sub("^", _THOUSANDS.sub(",", text))).text
    return {
        _spelling(digits, _SHIFT.get((word or capital or small).lower(), 0))
        for digits, word, capital, small in _NUMBER.findall(plain)
    }


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
    there: set[str] = set()
    for text in texts:
        there |= numbers(text)
        for word, magnitude in _SPELLED.findall(fold(text).text.lower()):
            there.add(_spelling(str(_NUMBER_WORDS.index(word)), _SHIFT.get(magnitude, 0)))
    return sorted(wanted - there)
