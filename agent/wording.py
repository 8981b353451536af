"""Numbers, names of several things, and long texts, as they are said to a person."""

from collections.abc import Sequence
from textwrap import shorten


def count(n: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 entry`, `286 papers`, `0 papers`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """A share in per cent, cut and not rounded up, so that only all is 100%; `none` of nothing."""
    return f"{part * 1000 // whole / 10:.1f}%" if whole else "none"


def listed(names: Sequence[str]) -> str:
    """All of them: `one`, `one and two`, `one, two and three`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def listed_first(names: Sequence[str], most: int) -> str:
    """At most so many of them, and how many more there are: `one, two and 3 more`."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def shortened(text: str, most: int) -> str:
    """At most so many characters of it: cut between words, or by letters where that would leave little of it."""
    by_words = shorten(text, most, placeholder=" …")
    whole = " ".join(text.split())
    return by_words if len(whole) <= most or len(by_words) > most // 2 else f"{whole[: most - 1]}…"
