"""CHANGES.md as a page: `# Changes`, then entries under their days, the newest first; all else in it is a person's."""

import re

from agent.folder.entries import HEADING, entries, heading_of, number_of

TITLE = "# Changes"


def newest(text: str) -> str:
    """The newest entry as it stands, its heading included; empty where there is none."""
    first = next(iter(entries(text)), None)
    if first is None:
        return ""
    behind = HEADING.search(text, first.end())
    return text[first.start() : behind.start() if behind else len(text)].rstrip() + "\n"


def prepended(before: str, entry: str, day: str) -> str:
    """The page with this entry of this day above the others, not a byte of which changes.

    A second entry of a day is numbered. Where the page has a later day already, the entry is of that one, and says so.
    """
    dated = [(found[1], number_of(found)) for found in entries(before)]
    latest = max([day, *(known for known, _ in dated)])
    same_day = [number for known, number in dated if known == latest]
    number = max([len(same_day), *same_day]) + 1  # two that git merged may both be without one
    _, _, body = entry.strip().partition("\n")
    body = body.strip("\n")
    if latest != day:
        body = f"The clock said {day} when this was written; the newest entry before it is of {latest}.\n\n{body}"
    block = f"{heading_of(latest, number)}\n\n{body}\n"
    if "\r\n" in before:
        block = block.replace("\n", "\r\n")
    return _placed(before, block, "\r\n" if "\r\n" in before else "\n")


def _placed(before: str, block: str, end: str) -> str:
    first = next(iter(entries(before)), None)
    if first:
        return f"{before[: first.start()]}{block}{end}{before[first.start() :]}"
    if not before.strip():
        return f"{TITLE}{end}{end}{block}"
    if not re.search(r"^# ", before, re.MULTILINE):
        return f"{TITLE}{end}{end}{block}{end}{before}"
    return f"{before.rstrip()}{end}{end}{block}"
