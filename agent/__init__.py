"""Conspectus: from a pile of papers to a survey whose every citation is checked against the papers' own words."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.connect import Access as Access
    from agent.errors import ConspectusError as ConspectusError
    from agent.pipeline import Review as Review
    from agent.report import Report as Report

_HOMES = {
    "Access": "agent.connect",
    "ConspectusError": "agent.errors",
    "Report": "agent.report",
    "Review": "agent.pipeline",
}

__all__ = ["Access", "ConspectusError", "Report", "Review"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever has this name)
    """Load what is asked for, and no more, so that the command line starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
