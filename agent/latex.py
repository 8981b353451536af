"""Reads LaTeX in titles and abstracts as it looks when it is set."""

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db

_ACCENTED = r"\\[\"'`^~=.]\s*(?:\{\\?[A-Za-z]\}|\\?[A-Za-z])|\\[uvHckbdr](?:\{\\?[A-Za-z]\}|\s+[A-Za-z](?![A-Za-z]))"
_FRACTION = r"\\(?:[dt]|nice)?frac\s*\{[^{}]*\}\s*\{[^{}]*\}"
_LOOKS = r"\\(?:em|it|bf|tt|sc|sf|rm|sl|itshape|bfseries|ttfamily|scshape)(?![A-Za-z])\s*"
"""Switches of the type's looks, which swallow the blank after them."""
LATEX = rf"\{{(?:{_ACCENTED})\}}|{_ACCENTED}|{_FRACTION}|{_LOOKS}|\\[A-Za-z]+\*?|\\[%$&#_{{}} ,;:!/@()\[\]\\-]|[${{}}]"
"""A macro, an escape or a brace, as a regular expression's source."""
_MACRO_OR_TIE = re.compile(rf"({LATEX})|~")
_MACROS = get_default_latex_context_db()
_SIGNS = {"TeX": "TeX", "LaTeX": "LaTeX", "sqrt": "√", "-": ""} | dict.fromkeys((" ", ",", ";", ":", "\\", "quad"), " ")
_SIGNS |= {sign: sign for sign in "%$&#_{}"}
# Those that reference managers write and pylatexenc does not know; without them `p {\\textless} 0.05` loses its sign.
_SIGNS |= {"textless": "<", "textgreater": ">", "textbar": "|", "textquotesingle": "'", "textperiodcentered": "·"}
_SIGNS |= {"textdollar": "$", "textunderscore": "_", "textbraceleft": "{", "textbraceright": "}"}
_SIGNS |= {"textquotedbl": '"', "textminus": "−", "textasciicircum": "^", "slash": "/", "euro": "€"}


@lru_cache(maxsize=4096)
def decoded(latex: str) -> str:
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
    plain = _MACRO_OR_TIE.sub(lambda match: decoded(match[1]) if match[1] else " ", text)
    return unicodedata.normalize("NFC", plain).strip()
