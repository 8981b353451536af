"""What a refresh is asked to do beside what every run does."""

from dataclasses import dataclass

from agent.errors import NoSuchSection
from agent.folder import Folder


@dataclass(frozen=True)
class Wish:
    """Of a plain run, nothing."""

    is_refresh: bool = False
    """Whether papers that no source names any more are marked, and `max_new` is heeded."""
    is_clone: bool = False
    """Whether this machine never refreshed the review: that none of its sources is here then tells nothing."""
    max_new: int | None = None
    """In place of what review.toml says."""
    rewrite: frozenset[str] = frozenset()
    """Sections, parts or texts over them that are written anew, by id."""
    reask: frozenset[str] = frozenset()
    """Stages whose stale records are asked again: `classify`, `write`, `check`."""
    accept: bool = False
    """Whether the proposed change of the taxonomy is taken."""


NO_WISH = Wish()
REFRESH = Wish(is_refresh=True)


def look_over(wish: Wish, folder: Folder) -> None:
    """NoSuchSection where the wish names what the survey does not have."""
    draft = folder.draft() if wish.rewrite else None
    sections = [section.id for section in draft.sections] if draft else []
    parts = [passage.id for passage in draft.passages] if draft else []
    unknown = sorted(wish.rewrite.difference(sections, parts))
    if unknown:
        there = ", ".join(dict.fromkeys([*sections, *parts])) or "nothing is written yet"
        raise NoSuchSection(f"the survey has no {unknown[0]} to write anew; it has: {there}")
