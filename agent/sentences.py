"""Tells where the sentences of a text begin and end."""

import re

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
