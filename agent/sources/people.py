"""Reads authors in the spellings of exports: `Liu, Roy`, `Liu R.`, `E J Reimer`, groups in braces."""

import re
from collections.abc import Iterable, Sequence

from agent.latex import decode_latex
from agent.papers import Author

Names = str | Sequence[str | Author] | None
"""Authors as a format gives them: one text with all of them, or one text a person."""

_PARTICLE_WORDS = "von van der den de del della di da dos das du la le ter ten zu zur af al el bin ibn ben st."
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,4}")
_GROUP = re.compile(
    r"\b(?:collaborat|consorti|group|team|committee|organi[sz]ation|network|society|institut|universit|association"
    r"|council|department|foundation|agency|task force|laborator|initiative|investigators|compan|inc\b|ltd\b)",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:,|;|\band\b)?\s*\b(?:et\s+al\b\.?|and\s+others)\s*$", re.IGNORECASE)
_NAME_WORD = re.compile(
    r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’.\-]*|von|van|der|den|de|del|della|di|da|dos|la|le|el|al|bin|ter|et|al\.|and)[\d∗*†‡§¶,()]*"
)
_PHRASE_WORDS = "a an the of for with in on to from via is are using by towards toward as at how what why when"
_NO_NAME = frozenset(_PHRASE_WORDS.split())
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")


def read_names(names: Names) -> tuple[tuple[Author, ...], bool]:
    """The authors in order, each once, and whether the source says that there are others."""
    pieces = list(_split(names)) if isinstance(names, str) else list(names or ())
    authors: list[Author] = []
    has_others = isinstance(names, str) and bool(_OTHERS.search(names))
    for piece in pieces:
        if isinstance(piece, str) and piece.strip().lower().rstrip(".") in ("others", "et al"):
            has_others = True
            continue
        author = piece if isinstance(piece, Author) else read_name(piece)
        if author and author not in authors:
            authors.append(author)
    return tuple(authors), has_others


def split_bibtex(names: str) -> list[str]:
    """A BibTeX name list at each `and` that no brace encloses."""
    depth, begin, pieces = 0, 0, []
    for match in re.finditer(r"[{}]|\s+and\s+", names):
        if match.group() in "{}":
            depth += 1 if match.group() == "{" else -1
        elif depth <= 0:
            pieces.append(names[begin : match.start()])
            begin = match.end()
    return [piece.strip() for piece in [*pieces, names[begin:]] if piece.strip()]


def _split(text: str) -> Iterable[str]:
    """A text with all authors, at the separator it uses."""
    text = _OTHERS.sub("", text.strip())
    if text.startswith("[") and text.endswith("]"):
        quoted = [first or second for first, second in _QUOTED.findall(text)]
        if quoted:
            return quoted
        text = text[1:-1]
    for separator in (r"\s*[;|\n·•]\s*", r"\s*(?:,\s*)?(?:\band\b|&)\s+"):
        pieces = [piece for piece in re.split(separator, text) if piece.strip(" ,")]
        if len(pieces) > 1 and ("and" not in separator or all(_is_one_name(piece) for piece in pieces)):
            return pieces
    pieces = [piece.strip() for piece in re.split(r",\s*(?:and\s+|&\s*)?|\s+and\s+|\s*&\s*", text) if piece.strip()]
    if len(pieces) == 2 and " " not in pieces[0] and not re.search(r"\band\b|&", text):
        return [text]
    if len(pieces) > 2 and len(pieces) % 2 == 0 and all(_is_given(piece) for piece in pieces[1::2]):
        return [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)]
    return pieces


def _is_one_name(piece: str) -> bool:
    """`Liu, R.` is one name; `Roy Liu, Ann Adler` is two."""
    family, comma, given = piece.partition(",")
    return not comma or (
        "," not in given and len(family.split()) <= 2 and len(given.split()) <= 3 and " " not in family
    )


def _is_given(piece: str) -> bool:
    return all(_INITIALS.fullmatch(word) and word.isupper() for word in piece.split())


def read_name(text: str) -> Author | None:
    """One person or group; None where nothing is left of the text."""
    stripped = text.strip().strip(",;")
    is_group = stripped.startswith("{") and stripped.endswith("}") and "}" not in stripped[1:-1]
    name = re.sub(r"\s+", " ", decode_latex(stripped)).strip(" ,;*†‡§∗")
    if not re.search(r"[^\W\d_]", name):
        return None
    if is_group or (_GROUP.search(name) and "," not in name):
        return Author(family=name)
    if "," in name:
        return _with_comma([part.strip() for part in name.split(",")])
    return _without_comma(name.split(" "))


def _with_comma(parts: list[str]) -> Author:
    """`Family, Given` or `Family, Jr., Given`."""
    family, rest = parts[0], [part for part in parts[1:] if part]
    if len(rest) > 1 and _SUFFIX.fullmatch(rest[0]):
        rest = [*rest[1:], rest[0]]
    if not family:
        return Author(family=" ".join(rest))
    return Author(family=family, given=", ".join(rest))


def _without_comma(words: list[str]) -> Author:
    """`Given Family`, with particles; `Family G.H.` where only initials come last."""
    if len(words) == 1:
        return Author(family=words[0])
    if _is_given(words[-1]) and len(words[0]) > 2 and not _is_given(words[0]) and not _SUFFIX.fullmatch(words[-1]):
        n_family = next(index for index in range(1, len(words) + 1) if _is_given(" ".join(words[index:])))
        return Author(family=" ".join(words[:n_family]), given=" ".join(words[n_family:]))
    suffix = [words.pop()] if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else []
    begin = len(words) - 1
    while begin > 1 and words[begin - 1].lower() in _PARTICLES:
        begin -= 1
    if begin == 1 and words[0].islower() and words[0] in _PARTICLES:
        begin = 0
    return Author(family=" ".join(words[begin:]), given=", ".join([" ".join(words[:begin]), *suffix]).strip(", "))


def is_names(text: str) -> bool:
    """A list of two or more people: capitalised words between commas, no word of a phrase."""
    parts = [
        part.strip(" .")
        for part in re.split(r"[,;•·&|]|\band\b", re.sub(r"\([^()]*\)|[\d∗*†‡§¶]+", " ", text))
        if part.strip(" .")
    ]
    if len(parts) < 2 or ":" in text or text.rstrip()[-1] in "?!":
        return False
    n_names = sum(1 for part in parts if _is_name(part))
    return n_names >= 0.75 * len(parts) and sum(len(part.split()) > 1 for part in parts) >= 0.6 * len(parts)


def _is_name(part: str) -> bool:
    words = part.split()
    if len(words) > 5 or not all(_NAME_WORD.fullmatch(word) for word in words):
        return False
    return not any(word.lower() in _NO_NAME for word in words if len(word) > 1)


def may_be_name(text: str) -> bool:
    """Whether a line could be one person: two to four capitalised words and nothing else."""
    words = re.sub(r"(?:\(\d+\))+|[\d∗*†‡§¶,.]+$", "", text.strip(" .")).split()
    return (
        2 <= len(words) <= 4
        and ":" not in text
        and _is_name(" ".join(words))
        and not any(char.isdigit() for word in words for char in word)
    )
