"""Takes off a line what only marks it: headings, bullets, numbers, emphasis, links and labels."""

import re
from dataclasses import dataclass

_LABELS = {
    "title": r"(?:paper |article )?titles?",
    "abstract": r"abstracts?|summary",
    "authors": r"authors?(?:\(s\))?",
    "year": r"year|date|published(?: on| in)?|publication date|submitted(?: on)?",
    "venue": r"venue|journal|journal[- ]ref|conference|published in",
    "doi": r"(?:related )?doi",
    "arxiv": r"arxiv(?: id| identifier)?|cite as",
    "url": r"urls?|links?|pdf|html",
    "affiliations": r"author information|affiliations?",
    "keywords": r"key ?words?|index terms|mesh terms",
    "comments": r"comments?|notes?",
    "subjects": r"(?:primary )?subjects?|categor(?:y|ies)",
    "pmid": r"pmc?id",
    "citations": r"citations|cited by",
}
_LABEL = re.compile(
    "(?:" + "|".join(rf"(?P<{name}>{pattern})" for name, pattern in _LABELS.items()) + r")\s*[:：]\s*", re.IGNORECASE
)
_ALONE = re.compile(r"(?P<title>title)|(?P<abstract>abstract|a b s t r a c t)|(?P<authors>authors?)", re.IGNORECASE)
_ABSTRACT_GLUED = re.compile(r"(?:Abstract|ABSTRACT)(?:\s*[—–]\s*|\s*\.\s+|\s+-\s+|(?=[A-Z0-9])|(?<=T)\s+(?=[A-Z]))")
_LABEL_EMPHASIS = re.compile(r"(\*\*|__|\*|_)([A-Za-z][A-Za-z ()-]{1,25})(:?)\1(:?)\s*")
_BUTTON_GLUED = re.compile(
    r"((?:Un)?[Ss]ubscribe|Sign ?[Uu]p|Sign ?[Ii]n|Log ?[Ii]n|Read more|Show more|Load more)(?=[A-Z0-9])"
)
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_BULLET = re.compile(r"^(?:[-*+•●▪◦‣·–—>]|\\\\)\s+(?=\S)")
_NUMBER = re.compile(r"(?:\[\d{1,5}\]|\(\d{1,5}\)|\d{1,5}[.)]|#\d{1,5}[.:)]?)\s+(?=\S)")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"\[([^\[\]]+)\]\((\S+?)\)")
_MORE_OR_LESS = re.compile(r"\s*(?:[△▽▲▼]\s*(?:Less|More)|\[(?:less|more)\])\s*$", re.IGNORECASE)
_LONGEST_EMPHASIS = 400
"""Stars and underscores in a longer text are rather formulas than emphasis."""
_SHORTEST_ABSTRACT = 120


@dataclass(frozen=True, slots=True)
class Bare:
    """A text without its marks, and what they were."""

    text: str
    label: str | None = None
    is_numbered: bool = False
    is_heading: bool = False
    url: str | None = None
    """Where a link in it led."""
    button: str | None = None
    """The word of a button that was glued to its beginning, as copies of web pages have it."""


def take_off(text: str) -> Bare:
    """The text without any of its marks."""
    text, is_heading, is_numbered = _unmark(_MORE_OR_LESS.sub("", text))
    link = _LINK.search(text)
    text = _LINK.sub(r"\1", text)
    if _is_emphasised_label(text):
        text = _LABEL_EMPHASIS.sub(r"\2: ", text, count=1)
    if len(text) < _LONGEST_EMPHASIS:
        text = _EMPHASIS.sub(r"\2", text)
    button = _BUTTON_GLUED.match(text)
    label, text = _take_off_label(text[button.end() :] if button else text)
    return Bare(text, label, is_numbered, is_heading, link[2] if link else None, button[1] if button else None)


def is_labelled(line: str) -> bool:
    """Whether a line begins with a label, or is one."""
    plain = _unmark(line)[0]
    return _is_emphasised_label(plain) or bool(_LABEL.match(plain) or _ALONE.fullmatch(plain.strip("*_")))


def is_heading_or_numbered(line: str) -> bool:
    _, is_heading, is_numbered = _unmark(line)
    return is_heading or is_numbered


def _unmark(text: str) -> tuple[str, bool, bool]:
    """The text without heading, bullet and number before it; whether it was a heading, whether it was numbered."""
    heading = _HEADING.fullmatch(text)
    text = _BULLET.sub("", heading[1] if heading else text)
    outer = _EMPHASIS.fullmatch(text)
    inner = outer[2] if outer else text
    number = _NUMBER.match(inner)
    return inner[number.end() :] if number else text, bool(heading), bool(number)


def _is_emphasised_label(text: str) -> bool:
    match = _LABEL_EMPHASIS.match(text)
    return bool(match and _LABEL.match(f"{match[2]}:"))


def _take_off_label(text: str) -> tuple[str | None, str]:
    match = _LABEL.match(text) or _ALONE.fullmatch(text)
    if match:
        return match.lastgroup, text[match.end() :].strip()
    glued = _ABSTRACT_GLUED.match(text)
    return ("abstract", text[glued.end() :]) if glued and len(text) > _SHORTEST_ABSTRACT else (None, text)
