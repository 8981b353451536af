"""Takes survey.md apart into places, sentences and whatever else stands there, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from agent.render.lines import ends_in_signs

_ANCHORED = re.compile(r'(?=<a id="c[0-9a-f]{10}(?:-[a-z0-9-]+)?"></a>)')
_SENTENCE = re.compile(r'<a id="(c[0-9a-f]{10}(?:-[a-z0-9-]+)?)"></a>(.*)', re.DOTALL)
_PLACE = re.compile(r'<a id="([^"]+)"></a>')
_STRUCTURE = re.compile(r"#{1,6}(\s|$)|\||[-+*] |\d{1,9}[.)] |>|```|~~~|!\[|<(?!span>)|[-=*_]{3,}$")
_ITALIC = re.compile(r"\*[^*].*\*")
_ENDS = re.compile(r"[.!?…:][\"”’')\]]*$|\]\(#ref-[^)]*\)[.!?…]?$|\][.!?…]?$")
"""What a sentence that is not wrapped may end in."""


class Kind(Enum):
    """What a piece is to whoever reads the file back."""

    BLANK = "blank"
    PLACE = "place"
    """The anchor of a chapter or a part."""
    SENTENCE = "sentence"
    PLAIN = "plain"
    """Words without an anchor."""
    OTHER = "other"
    """A heading, a table, a list, what the program counted."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or what of it comes behind an anchor; a sentence that an editor wrapped is one piece again."""

    number: int
    kind: Kind
    text: str
    """Of a sentence, what stands behind its anchor."""
    anchor: str = ""


def pieces(text: str) -> list[Piece]:
    """All that stands in the file, in its order."""
    return _unwrapped([piece for number, line in enumerate(text.split("\n"), 1) for piece in _pieces(number, line)])


def _pieces(number: int, line: str) -> Iterator[Piece]:
    for part in _ANCHORED.split(line.strip()):
        words = part.strip()
        if found := _SENTENCE.fullmatch(words):
            yield Piece(number, Kind.SENTENCE, found[2].strip(), found[1])
        elif words or not line.strip():
            yield _other(number, words)


def _other(number: int, words: str) -> Piece:
    if not words:
        return Piece(number, Kind.BLANK, "")
    if place := _PLACE.fullmatch(words):
        return Piece(number, Kind.PLACE, words, place[1])
    if _STRUCTURE.match(words) or _ITALIC.fullmatch(words):
        return Piece(number, Kind.OTHER, words)
    return Piece(number, Kind.PLAIN, words)


def _unwrapped(found: list[Piece]) -> list[Piece]:
    """The pieces, where words that an editor broke into lines are joined."""
    joined: list[Piece] = []
    at = 0
    while at < len(found):
        piece = found[at]
        at += 1
        if piece.kind in (Kind.SENTENCE, Kind.PLAIN):
            following = _plain_after(found, at)
            n_more = _n_continuing(piece, following)
            text = " ".join([piece.text, *(one.text for one in following[:n_more])])
            piece = Piece(piece.number, piece.kind, text, piece.anchor)
            at += n_more
        joined.append(piece)
    return joined


def _plain_after(found: list[Piece], at: int) -> list[Piece]:
    end = at
    while end < len(found) and found[end].kind is Kind.PLAIN:
        end += 1
    return found[at:end]


def _n_continuing(piece: Piece, following: list[Piece]) -> int:
    """How many of the plain lines below belong to it: those up to its signs, or while it does not end as one does."""
    if ends_in_signs(piece.text):
        return 0
    if piece.kind is Kind.SENTENCE:
        closing = next((n for n, one in enumerate(following, 1) if ends_in_signs(one.text)), 0)
        if closing:
            return closing
    n_more, last = 0, piece.text
    while n_more < len(following) and not _ENDS.search(last):
        last = following[n_more].text
        n_more += 1
        if ends_in_signs(last):
            break
    return n_more
