"""What a refresh is asked to do beside what every run does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """Of a plain run, nothing."""

    is_refresh: bool = False
    """Whether papers that no source names any more are marked, and `max_new` is heeded."""
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
