"""Cuts a plain-text dump into paragraphs: hard-wrapped lines are joined, marks and labels are taken off."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.sources.people import is_names

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
    "|".join(rf"(?P<{name}>{pattern})" for name, pattern in _LABELS.items()).join((r"(?:", r")\s*[:：]\s*")),
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?P<title>title)|(?P<abstract>abstract|a b s t r a c t)|(?P<authors>authors?)", re.IGNORECASE)
_ABSTRACT_GLUED = re.compile(r"(?:Abstract|ABSTRACT)(?:\s*[—–]\s*|\s*\.\s+|\s+-\s+|(?=[A-Z0-9])|(?<=T)\s+(?=[A-Z]))")
_LABEL_EMPHASIS = re.compile(r"(\*\*|__|\*|_)([A-Za-z][A-Za-z ()-]{1,25})(:?)\1(:?)\s*")
_BUTTON_GLUED = re.compile(
    r"((?:Un)?[Ss]ubscribe|Sign ?[Uu]p|Sign ?[Ii]n|Log ?[Ii]n|Read more|Show more|Load more)(?=[A-Z0-9])"
)
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_BULLET = re.compile(r"(?:[-*+•●▪◦‣·–—>]|\\\\)\s+(?=\S)")
_NUMBER = re.compile(r"(?:\[\d{1,5}\]|\(\d{1,5}\)|\d{1,5}[.)]|#\d{1,5}[.:)]?)\s+(?=\S)")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"\[([^\[\]]+)\]\((\S+?)\)")
_MORE_OR_LESS = re.compile(r"\s*(?:[△▽▲▼]\s*(?:Less|More)|\[(?:less|more)\])\s*$", re.IGNORECASE)
_SMALL_WORDS = "a an and as at by for from in into of on or over the through to under using via with without"
_GOES_ON = frozenset(_SMALL_WORDS.split())
_WIDEST = 140
"""Nobody wraps lines by hand, or by program, at more columns than this."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of the dump that belongs together, and how it was marked."""

    position: int
    """The line it begins on, from 1."""
    text: str
    label: str | None = None
    """What a label before it says that it is."""
    is_numbered: bool = False
    is_heading: bool = False
    is_after_blank: bool = True
    url: str | None = None
    """Where a link in it led."""


@dataclass(frozen=True, slots=True)
class _Line:
    position: int
    raw: str
    is_after_blank: bool

    @property
    def text(self) -> str:
        return self.raw.strip()


def read_paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a dump, in order."""
    runs = list(_runs(text))
    width = _width([run for run in runs if len(run) > 1] or [[line for run in runs for line in run]])
    if width and all(len(run) == 1 for run in runs):
        runs = [[line for run in runs for line in run]]  # double-spaced: blank lines tell nothing
    vocabulary = Counter(re.findall(r"[a-z]{4,}", text.lower()))
    paragraphs: list[Paragraph] = []
    is_below_title = False
    for run in runs:
        run_width = width or (_width([run], 0.75) if len(run) > 4 else None)
        for lines in _joined(run, run_width, is_below_title=is_below_title):
            paragraphs += _paragraphs(lines, vocabulary)
            is_below_title = _may_be_title(lines)
    return list(_with_labels_alone(paragraphs))


def _runs(text: str) -> Iterator[list[_Line]]:
    """Stretches of lines with a blank line, or one of mere decoration, before and after."""
    run: list[_Line] = []
    for position, raw in enumerate(text.split("\n"), start=1):
        is_listing_mark = raw.startswith("\\\\")
        if run and is_listing_mark:
            yield run
            run = []
        if any(char.isalnum() for char in raw):
            run.append(_Line(position, raw.rstrip(), not run))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _width(runs: Sequence[Sequence[_Line]], share: float = 0.5) -> int | None:
    """The column at which lines were wrapped; None where they were not.

    A wrapped line ends where the next word would have passed the margin. So each pair of lines allows the margins
    from the length of the first to that with the next word, and the true one is what most pairs allow.
    """
    steps: Counter[int] = Counter()
    n_pairs = 0
    for run in runs:
        for line, after in zip(run, run[1:], strict=False):
            if len(line.raw) <= _WIDEST:
                steps[len(line.raw)] += 1
                steps[len(line.raw) + 1 + len(after.text.split()[0])] -= 1
            n_pairs += 1
    depth, best, width = 0, 0, None
    for column in sorted(steps):
        depth += steps[column]
        if depth > best and column >= 40:
            best, width = depth, column
    return width if n_pairs >= 3 and best >= share * n_pairs else None


def _joined(run: Sequence[_Line], width: int | None, *, is_below_title: bool) -> Iterator[list[_Line]]:
    """The lines of a run, those of one paragraph together."""
    begin = 0
    for index in range(1, len(run) + 1):
        if index < len(run) and _goes_on(run, begin, index, width, is_below_title):
            continue
        yield list(run[begin:index])
        is_below_title = _may_be_title(run[begin:index])
        begin = index


def _may_be_title(lines: Sequence[_Line]) -> bool:
    return len(lines) <= 3 and sum(len(line.raw) for line in lines) < 250 and lines[-1].text[-1] != "."


def _goes_on(run: Sequence[_Line], begin: int, index: int, width: int | None, is_below_title: bool) -> bool:
    """Whether a line belongs to the paragraph that began before it."""
    start, before, after = run[begin], run[index - 1], run[index]
    first = after.text.split()[0]
    is_at_margin = width is not None and len(before.raw) <= width + 2 and len(before.raw) + 1 + len(first) > width
    is_mid_sentence = is_at_margin and after.text[0].islower() and before.text[-1] not in ".!?"
    if before.text.startswith("#") or (_is_labelled(after.text) and not is_mid_sentence):
        return False
    if _is_marked(after.text) and not (is_at_margin and (before.text[-1] not in ".!?" or after.text[0] == "(")):
        return False
    if _LABEL.match(start.text) and after.raw[:1].isspace() and not start.raw[:1].isspace():
        return True
    if width is None or len(before.raw) > width + 2:
        is_open = before.text.split()[-1].lower() in _GOES_ON or before.text[-1] in ":,"
        return len(before.raw) < 200 and len(after.raw) < 200 and (is_open or first in _GOES_ON)
    if not is_at_margin:
        return False
    beyond = run[index + 1].text.split()[0] if index + 1 < len(run) else None
    is_last = beyond is not None and len(after.raw) + 1 + len(beyond) <= width
    return not _is_new(run[begin:index], after, width, is_last=is_last, is_below_title=is_below_title)


def _is_new(lines: Sequence[_Line], after: _Line, width: int, *, is_last: bool, is_below_title: bool) -> bool:
    """Whether a line after a full one begins something else: text under a title, a title under text."""
    if lines[-1].text[-1] in ".!?}" and len(lines) > 2 and _begins_title(after, is_last):
        return True
    if is_names(" ".join(line.text for line in lines)) and not is_names(after.text) and len(after.raw) > 0.7 * width:
        return True
    if is_below_title or len(lines) > 2 or not all(is_title_case(line.text) for line in lines):
        return False
    if is_names(after.text):
        return True
    return after.text[0].isupper() and len(after.raw) > 0.7 * width and not is_title_case(after.text)


def _begins_title(after: _Line, is_last: bool) -> bool:
    return is_title_case(after.text) or (is_last and after.text[0].isupper() and after.text[-1] not in ".,;:)")


def is_title_case(text: str) -> bool:
    """Whether most longer words are capitalised, as in headlines and lists of names."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", text) if len(word) > 3]
    return len(words) > 1 and sum(word[0].isupper() for word in words) >= 0.65 * len(words)


def _is_labelled(text: str) -> bool:
    plain = _unmarked(text)[0]
    return _is_emphasised_label(plain) or bool(_LABEL.match(plain) or _ALONE.fullmatch(plain.strip("*_")))


def _is_marked(text: str) -> bool:
    return any(_unmarked(text)[1])


def _unmarked(text: str) -> tuple[str, tuple[bool, bool]]:
    """The text without heading, bullet and number before it; whether it was a heading, whether it was numbered."""
    heading = _HEADING.fullmatch(text)
    if heading:
        text = heading[1]
    text = _BULLET.sub("", text, count=1) if _BULLET.match(text) else text
    outer = _EMPHASIS.fullmatch(text)
    numbered = _NUMBER.match(outer[2] if outer else text)
    if numbered:
        text = (outer[2] if outer else text)[numbered.end() :]
    return text, (bool(heading), bool(numbered))


def _paragraphs(lines: Sequence[_Line], vocabulary: Counter[str]) -> Iterator[Paragraph]:
    """The paragraph of these lines; two where a button's word is glued to it."""
    position, is_after_blank = lines[0].position, lines[0].is_after_blank
    text = _MORE_OR_LESS.sub("", _join([line.text for line in lines], vocabulary))
    text, (is_heading, is_numbered) = _unmarked(text)
    link = _LINK.search(text)
    text = _LABEL_EMPHASIS.sub(r"\2: ", text, count=1) if _is_emphasised_label(text) else text
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text)) if len(text) < 400 else _LINK.sub(r"\1", text)
    button = _BUTTON_GLUED.match(text)
    if button:
        yield Paragraph(position, button[1], is_after_blank=is_after_blank)
        text, is_after_blank = text[button.end() :], False
    label, text = _labelled(text)
    url = link[2] if link else None
    yield Paragraph(position, text, label, is_numbered, is_heading, is_after_blank, url)


def _is_emphasised_label(text: str) -> bool:
    match = _LABEL_EMPHASIS.match(text)
    return bool(match and _LABEL.match(f"{match[2]}:"))


def _labelled(text: str) -> tuple[str | None, str]:
    match = _LABEL.match(text) or _ALONE.fullmatch(text)
    if match:
        return match.lastgroup, text[match.end() :].strip()
    glued = _ABSTRACT_GLUED.match(text)
    return ("abstract", text[glued.end() :]) if glued and len(text) > 200 else (None, text)


def _join(texts: Sequence[str], vocabulary: Counter[str]) -> str:
    """One text of several lines; a word cut by a hyphen is put together where the dump knows it whole."""
    joined = texts[0]
    for text in texts[1:]:
        cut = re.search(r"([^\W\d_]+)-$", joined)
        if not cut:
            joined += " " + text
            continue
        rest = re.match(r"[^\W\d_]*", text)
        word = (cut[1] + (rest.group() if rest else "")).lower()
        joined = (joined[:-1] if vocabulary[word] else joined) + text
    return joined


def _with_labels_alone(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """A label on a line of its own belongs to the paragraph after it."""
    alone: Paragraph | None = None
    for paragraph in paragraphs:
        if alone and paragraph.text and not paragraph.label:
            yield replace(paragraph, label=alone.label, position=alone.position, is_after_blank=alone.is_after_blank)
            alone = None
            continue
        if alone:
            yield alone
        alone = paragraph if paragraph.label and not paragraph.text else None
        if not alone:
            yield paragraph
    if alone:
        yield alone
