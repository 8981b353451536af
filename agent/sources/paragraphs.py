"""Cuts a plain-text dump into paragraphs: wrapped lines joined, marks and labels taken off."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from agent.sources.marks import take_off
from agent.sources.wrapping import Line, join_lines


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


def read_paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a dump, in order."""
    known = frozenset(re.findall(r"[a-z]{4,}", text.lower()))
    found = (paragraph for lines in join_lines(text) for paragraph in _paragraphs(lines, known))
    return list(_with_labels_alone(found))


def _paragraphs(lines: Sequence[Line], known: frozenset[str]) -> Iterator[Paragraph]:
    """The paragraph of these lines; two where a button's word is glued to it."""
    position, is_after_blank = lines[0].position, lines[0].is_after_blank
    bare = take_off(_join([line.text for line in lines], known))
    if bare.button:
        yield Paragraph(position, bare.button, is_after_blank=is_after_blank)
    yield Paragraph(
        position,
        bare.text,
        bare.label,
        is_numbered=bare.is_numbered,
        is_heading=bare.is_heading,
        is_after_blank=is_after_blank and not bare.button,
        url=bare.url,
    )


def _join(texts: Sequence[str], known: frozenset[str]) -> str:
    """One text of several lines; a word cut by a hyphen is put together where the dump knows it whole."""
    pieces = [texts[0]]
    for text in texts[1:]:
        cut = re.search(r"([^\W\d_]+)-$", pieces[-1])
        if not cut:
            pieces.append(" " + text)
            continue
        rest = re.match(r"[^\W\d_]*", text)
        if (cut[1] + (rest.group() if rest else "")).lower() in known:
            pieces[-1] = pieces[-1][:-1]
        pieces.append(text)
    return "".join(pieces)


def _with_labels_alone(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
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
