"""From cards to a draft: the parts of sections, their openings, and the texts over all sections."""

from agent.write.parts import Plan, plan, stands, write_parts
from agent.write.sections import (
    OVERVIEWS,
    assemble,
    needs_opening,
    opening_keys,
    overview_inputs,
    overview_keys,
    write_openings,
    write_overview,
)

__all__ = [
    "OVERVIEWS",
    "Plan",
    "assemble",
    "needs_opening",
    "opening_keys",
    "overview_inputs",
    "overview_keys",
    "plan",
    "stands",
    "write_openings",
    "write_overview",
    "write_parts",
]
