"""The entries of CHANGES.md, each under its day, and one page of two that parted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

DAY = re.compile(r"^## (\d{4}-\d{2}-\d{2})(?: \((\d{1,9})\))?[ \t]*\r?$", re.MULTILINE)
HEADING = re.compile(r"^#{1,2} ", re.MULTILINE)


def entries(text: str) -> list[re.Match[str]]:
    """The headings of the entries, as they stand."""
    return [found for found in DAY.finditer(text) if _is_day(found[1])]


def number_of(heading: re.Match[str]) -> int:
    """The how many-th of its day an entry says it is."""
    return int(heading[2] or 1)


def heading_of(day: str, number: int) -> str:
    return f"## {day}{f' ({number})' if number > 1 else ''}"


def of_both(ours: str, theirs: str) -> str:
    """One page with every entry of both, and every other word.

    Theirs stands, and each entry of ours that it lacks goes above what it has of that day or an earlier one, with the
    next number where its own is taken: as if ours had been written onto theirs.
    """
    end = "\r\n" if "\r\n" in theirs else "\n"
    own, page = list(_blocks(ours.replace("\r\n", "\n"))), list(_blocks(theirs.replace("\r\n", "\n")))
    for block in reversed(own):
        if block.day and not any(block.is_entry(other) for other in page):
            page.insert(_place_of(block, page), _numbered(block, page))
    for before, block in zip((None, *own), own, strict=False):
        if not block.day:
            _put_words(block, before, page)
    return "\n\n".join(block.text for block in page if block.text).replace("\n", end) + end


@dataclass(frozen=True)
class _Block:
    """A part of the page with its heading, up to the next one."""

    text: str
    day: str = ""
    """Of an entry; empty where the words are a person's."""
    number: int = 1

    @property
    def heading(self) -> str:
        first = self.text.split("\n", 1)[0]
        return first.rstrip() if HEADING.match(first) else ""

    @property
    def body(self) -> str:
        return self.text.partition("\n")[2].strip()

    def is_entry(self, other: "_Block") -> bool:
        """Whether it is one with another, which may have got its number from an earlier merge."""
        return self.day == other.day and self.body == other.body

    def is_where(self, other: "_Block") -> bool:
        """Whether another stands in its place: the same entry, or words under the same heading."""
        return self.is_entry(other) if self.day else not other.day and self.heading == other.heading


def _blocks(text: str) -> Iterator[_Block]:
    days = {found.start(): found for found in entries(text)}
    starts = [0, *(found.start() for found in HEADING.finditer(text) if found.start()), len(text)]
    for start, behind in zip(starts, starts[1:], strict=False):
        own = text[start:behind].strip("\n")
        if start in days:
            yield _Block(own, days[start][1], number_of(days[start]))
        elif own:
            yield _Block(own)


def _place_of(entry: _Block, page: Sequence[_Block]) -> int:
    """Above the first entry that is not of a later day; else behind the last, or behind what is no entry's."""
    dated = [index for index, block in enumerate(page) if block.day]
    above = next((index for index in dated if page[index].day <= entry.day), None)
    return above if above is not None else (dated[-1] + 1 if dated else len(page))


def _numbered(entry: _Block, page: Sequence[_Block]) -> _Block:
    taken = [block.number for block in page if block.day == entry.day]
    if entry.number not in taken:
        return entry
    number = max([len(taken), *taken]) + 1
    rest = entry.text.partition("\n")[2]
    return replace(entry, text=f"{heading_of(entry.day, number)}\n{rest}", number=number)


def _put_words(words: _Block, before: _Block | None, page: list[_Block]) -> None:
    """A person's words into the page, where they are not in it: under their heading, else behind what was above."""
    same = next((index for index, one in enumerate(page) if words.is_where(one)), None)
    if same is not None:
        known = page[same].text
        more = [paragraph for paragraph in words.text.split("\n\n") if paragraph.strip("\n") not in known]
        page[same] = _Block("\n\n".join([known, *(paragraph.strip("\n") for paragraph in more)]))
        return
    above = next((index for index, one in enumerate(page) if before and before.is_where(one)), -1)
    page.insert(above + 1, words)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
