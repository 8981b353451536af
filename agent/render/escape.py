"""Text from outside, made safe for each format: nothing in it is markup there, and nothing in it breaks a line."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

from pylatexenc.latexencode import get_builtin_uni2latex_dict

_SPACE = re.compile(r"\s+")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)
_LONE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """One line, without control characters and without marks that turn the direction of what follows."""
    return _LONE.sub("\ufffd", _SPACE.sub(" ", _UNSEEN.sub("", _SPACE.sub(" ", text)))).strip()


def web_link(url: str | None) -> str | None:
    """The address with everything percent-encoded that a format could trip over; None for what is not http(s)."""
    try:
        parts = urlsplit(clean(url or ""))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return quote(parts.geturl(), safe=":/?#@!$&*+,=%~-._")


_MARKDOWN = str.maketrans(
    {char: "\\" + char for char in "\\`*_[]|~"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    # GitHub takes two dollar signs for mathematics, a backslash before them or not; this is how its manual keeps one.
    | {"$": "<span>$</span>"}
)
_BLOCK_START = re.compile(r"(?:[-+=#:]|\d{1,9}(?=[.)]))")


def markdown(text: str) -> str:
    """For a line of GitHub's Markdown, at its start or inside it, or for a table's cell."""
    escaped = clean(text).translate(_MARKDOWN)
    start = _BLOCK_START.match(escaped)
    if start is None:
        return escaped
    end = start.end()
    return f"{escaped[:end]}\\{escaped[end:]}" if escaped[0].isdigit() else f"\\{escaped}"


_LATEX = {
    "\\": r"\textbackslash{}",
    # Not \{ and \}: BibTeX counts braces and knows no backslash.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "&": r"\&",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "`": r"\textasciigrave{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "\xa0": "~",
}
_LIGATURE = re.compile(r"([-',])(?=\1)")
_AS_IT_IS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿĂăĄąĆćČčĎďĐđĘęĚěĞğİıŁłŃńŇňŐőŒœŘřŚśŞşŠšŤťŮůŰűŸŹźŻżŽž"
    "–—‘’“”…•†‡§©®°±×÷·"
)
"""What `inputenc` and `fontenc` of a plain pdflatex show without more."""
_NO_BLACKBOARD = re.compile(r"\\mathbb\{[^A-Z]")
_MACRO = re.compile(r"\\([A-Za-z]+)")
_CYRILLIC = re.compile(r"\\(cyr|CYR)(?!char)([a-zA-Z]+)$")
_MATHEMATICAL = frozenset({"acute", "flat", "natural", "sharp", "Upsilon", "varepsilon"})
"""Macros that pylatexenc gives as if they were for text."""
_CYRILLIC_LETTERS = {"ery": "y", "erev": "e", "hrdsn": "", "sftsn": "", "ishrt": "j"}
_UNDEFINED = frozenset(
    [
        "C",
        "DownArrowUpArrow",
        "U",
        "VDash",
        "allequal",
        "approxnotequal",
        "arrowwaveleft",
        "arrowwaveright",
        "boldsymbol",
        "clockoint",
        "clwintegral",
        "dblarrowupdown",
        "estimates",
        "forcesextra",
        "hermitconjmatrix",
        "homothetic",
        "iiint",
        "iint",
        "image",
        "lazysinv",
        "mathscr",
        "nobreakdash",
        "notgreaterless",
        "notlessgreater",
        "nument",
        "original",
        "precedesnotsimilar",
        "quarternote",
        "recorder",
        "rightangle",
        "rightanglearc",
        "sqrint",
        "starequal",
        "surfintegral",
        "textfrac",
        "textglotstop",
        "texthvlig",
        "textnrleg",
        "textphi",
        "textschwa",
        "textturnk",
        "tildetrpl",
        "truestate",
        "udots",
        "varperspcorrespond",
        "verymuchgreater",
        "verymuchless",
        "volintegral",
    ]
)
"""Macros that pylatexenc knows and LaTeX with amssymb does not."""


def latex(text: str, *, is_ascii: bool = False) -> str:
    """For LaTeX's running text; with `is_ascii` for BibTeX, which takes letters apart byte by byte.

    A character that a plain pdflatex cannot show is transliterated, or named by its number: it never stops the run.
    """
    composed = unicodedata.normalize("NFC", clean(text))
    pieces = [_LATEX.get(char) or (char if char.isascii() else _letter(char, is_ascii)) for char in composed]
    return _LIGATURE.sub(r"\1{}", "".join(pieces))


@lru_cache(maxsize=4096)
def _letter(char: str, is_ascii: bool) -> str:
    if char in _AS_IT_IS and not is_ascii:
        return char
    encoded = get_builtin_uni2latex_dict().get(ord(char))
    if encoded is not None:
        if cyrillic := _CYRILLIC.search(encoded):
            return _transliterated(*cyrillic.groups())
        macros = _MACRO.findall(encoded)
        if macros and not _MATHEMATICAL.isdisjoint(macros) and "ensuremath" not in macros:
            return f"{{\\ensuremath{{{encoded}}}}}"
        if encoded.isascii() and _UNDEFINED.isdisjoint(macros) and not _NO_BLACKBOARD.search(encoded):
            return f"{{{encoded}}}" if "\\" in encoded else encoded
    return _simpler(char, is_ascii)


def _transliterated(case: str, name: str) -> str:
    """The macro's own name is the letter's: `\\CYRZH` is `Zh`."""
    latin = _CYRILLIC_LETTERS.get(name.lower(), name.lower())
    return latin.capitalize() if case == "CYR" else latin


def _simpler(char: str, is_ascii: bool) -> str:
    """The letters it is composed of, without their marks; else its number."""
    if unicodedata.combining(char):
        return ""
    parts = unicodedata.normalize("NFKD", char)
    if parts != char and not is_hangul(char):
        return "".join(part if part.isascii() else _letter(part, is_ascii) for part in parts.translate(_LATEX_ORD))
    return f"\\conspectuschar{{{ord(char):04X}}}"


_LATEX_ORD = str.maketrans(_LATEX)


def is_hangul(char: str) -> bool:
    """Whether it would fall apart into letters that say no more than it."""
    return "\uac00" <= char <= "\ud7a3"
