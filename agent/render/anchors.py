"""What the places of the printed survey are called in an address, and which passage of the draft each holds."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.draft import Claim, Draft, Part, Passage

INTRODUCTION, ACROSS, MISSING = "Introduction", "Across the sections", "What is missing"
"""The titles of the chapters over all sections."""
QUESTIONS = "Questions"


@dataclass(slots=True)
class Anchors:
    """Gives each place of the text a name of its own, short and safe in an address."""

    _used: Counter[str] = field(default_factory=Counter)

    def name(self, wish: str) -> str:
        slug = re.sub(r"[^a-z0-9]+", "-", wish.lower()).strip("-")[:60] or "x"
        self._used[slug] += 1
        while self._used[slug] > 1:
            slug = f"{slug}-{self._used[slug]}"
            self._used[slug] += 1
        return slug


def claim_anchor(claim: Claim, passage: Passage) -> str:
    """A claim's own id in a part of a section; texts over others, which may say the same, add theirs.

    So the anchor of no sentence hangs on what another passage says.
    """
    is_of_section = isinstance(passage, Part) and passage.category
    return claim.id if is_of_section else f"{claim.id}-{passage.id}"


def section_anchor(id_: str) -> str:
    return f"section-{id_}"


def part_anchor(id_: str) -> str:
    return f"part-{id_}"


@dataclass(frozen=True, slots=True)
class Place:
    """A passage where it is printed."""

    anchors: tuple[str, ...]
    """Those that lead to it: its own, and its chapter's where it comes first there."""
    section: str
    """The id of its section, or of the text over all sections itself."""
    passage: Passage
    claims: tuple[str, ...]
    """The anchors of its claims, each its own."""


def places(draft: Draft) -> Iterator[Place]:
    """Where each passage of a draft stands, in the order of reading; a draft as it is printed is wanted."""
    anchors = Anchors()

    def place(names: tuple[str, ...], section: str, passage: Passage) -> Place:
        return Place(
            names, section, passage, tuple(anchors.name(claim_anchor(claim, passage)) for claim in passage.claims)
        )

    if draft.introduction:
        yield place((anchors.name(INTRODUCTION),), draft.introduction.id, draft.introduction)
    for section in draft.sections:
        first: tuple[str, ...] = (anchors.name(section_anchor(section.id)),)
        if section.opening:
            yield place(first, section.id, section.opening)
            first = ()
        for part in section.in_order:
            yield place((*first, anchors.name(part_anchor(part.id))), section.id, part)
            first = ()
    for title, text in ((ACROSS, draft.synthesis), (MISSING, draft.gaps)):
        if text:
            yield place((anchors.name(title),), text.id, text)
