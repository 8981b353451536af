"""Texts inside a text that only a program reads: base64, hexadecimal, escapes and entities."""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(r"(?:[2-7][0-9a-fA-F][ :]?){16,}")
_SIGN = r"(?:(?:\\x|%)[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|&#x?[0-9a-fA-F]{2,6};)"
_ESCAPED = re.compile(rf"{_SIGN}(?:[\w ]{{0,12}}{_SIGN}){{7,}}")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))")
_MAY_BE_ESCAPED = re.compile(r"%[0-9a-fA-F]{2}|\\[xu][0-9a-fA-F]{2}|&#")
SHORTEST = 24
"""Characters of base64; fewer hold no order."""
MOST = 20_000
"""Characters of one run that are decoded; what a model is to obey stands in fewer."""


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """The runs of a text that decode to another text, each with that."""
    for match in _BASE64.finditer(text) if max(map(len, text.split()), default=0) >= SHORTEST else ():
        run = match.group()[:MOST].rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
        for skipped in range(4):  # a run may begin inside of a longer word
            found = _as_text(_unbased(run[skipped:]))
            if found:
                yield *match.span(), found
                break
    for match in _HEX.finditer(text):
        digits = re.sub("[ :]", "", match.group()[:MOST])
        if found := _as_text(bytes.fromhex(digits[: len(digits) // 2 * 2])):
            yield *match.span(), found
    if _MAY_BE_ESCAPED.search(text):
        for match in _ESCAPED.finditer(text):
            run = match.group()[:MOST]
            read = _ESCAPE.sub(lambda one: chr(int(one[1] or one[2], 16)), html.unescape(unquote(run)))
            if len(read) < len(run) - 16:
                yield *match.span(), read


def _unbased(run: str) -> bytes:
    try:
        return base64.b64decode(run[: len(run) // 4 * 4] + _padded(run[len(run) // 4 * 4 :]), validate=True)
    except binascii.Error:
        return b""


def _padded(rest: str) -> str:
    return rest + "=" * (4 - len(rest)) if len(rest) > 1 else ""


def _as_text(data: bytes) -> str:
    """What the bytes say; nothing where they are no text, as those of a word or of a hash are not."""
    found = data.decode("utf-8", "replace")
    readable = sum(char.isprintable() or char.isspace() for char in found) - found.count("\ufffd")
    return found if found and readable >= 0.9 * len(found) else ""
