"""Finds the words of a quote in the paper they are said to be from."""

import re
import unicodedata

from agent.papers import Paper, Quote
from agent.shown import broken, places_seen, without_unseen
from agent.spelling import fold

MIN_QUOTE_WORDS = 5
"""A quote of fewer words than this could stand anywhere."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Writing without blanks, of which two signs count as a word."""


def find_quote(paper: Paper, quote: str | None, *, min_words: int = MIN_QUOTE_WORDS) -> Quote | None:
    """Where these words stand in the paper, abstract first; None where they do not, or are fewer than `min_words`.

    White space, Unicode forms, LaTeX and what no reader sees may differ, and marks around the quote do not count;
    letters and their case must be the paper's. The span grows to whole words and numbers, so that none is quoted as
    less than it is.
    """
    if not quote:
        return None
    quote = without_unseen(quote)
    for candidate in dict.fromkeys((quote.strip(), quote.strip(" \t\n\"'`“”‘’«».…"))):
        if _n_words(candidate) < min_words:
            return None
        for where in ("abstract", "title"):
            span = _whole_span(paper[where], candidate)
            if span:
                start, end = span
                return Quote(where=where, text=paper[where][start:end], start=start, end=end)
    return None


def has_words(text: str, words: str) -> bool:
    """Whether these words stand in the text as they are, from the beginning of a word or number to the end of one."""
    seen = without_unseen(text)
    span = _find(seen, without_unseen(words))
    return span is not None and _grown(seen, *span) == span


def _whole_span(text: str, quote: str) -> tuple[int, int] | None:
    """Where the words stand in a text as a reader sees it, or as a model is shown it, grown to whole words."""
    seen = without_unseen(text)
    span = _find(seen, quote)
    if span is None and (as_sent := broken(seen)) != seen:
        span = _find(as_sent, quote)
    if span is None:
        return None
    start, end = _grown(seen, *span)
    if len(seen) == len(text):
        return start, end
    places = places_seen(text)
    return places[start], places[end - 1] + 1


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
