"""A model that knows where eight papers on gardens belong, for the server in tests; the honest one says the rest.

Loaded by the server from this file, so it imports nothing of the project.
"""

import importlib.util
import re
from pathlib import Path
from typing import Any

_SPEC = importlib.util.spec_from_file_location("honest_model", Path(__file__).with_name("honest_model.py"))
assert _SPEC is not None and _SPEC.loader is not None
_HONEST = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_HONEST)

PLACES = {
    "Mulch": ("soil", "water"),
    "Drip": ("lines", "water"),
    "Clay": ("water",),
    "Night": ("water",),
    "Hoverfly": ("aphids", "pests"),
    "Copper": ("slugs", "pests"),
    "Companion": ("sowing",),
    "Netting": ("nets", "other"),
}
"""The categories of a paper by a word of its title, the best first; the first that there is is taken."""
ALSO = {"Hoverfly": "sowing", "Clay": "sowing"}
UNSURE = "Night"
"""The one paper whose category it is not sure of."""


def reply(request: dict[str, Any]) -> dict[str, Any] | None:
    """A card by the table, the first code of each facet, and what the honest model says to all else."""
    schema = request["response_format"]["json_schema"]["schema"]["properties"]
    if schema and all(_is_facet(one) for one in schema.values()):
        return {name: _first_code(facet) for name, facet in schema.items()}
    answer: dict[str, Any] | None = _HONEST.reply(request)
    if answer is None or "category" not in schema:
        return answer
    (title,) = re.findall(r"^title: (.*)$", request["messages"][-1]["content"], re.MULTILINE)
    (word,) = [word for word in PLACES if word in title]
    there = schema["category"]["enum"]
    return answer | {
        "category": next((id_ for id_ in PLACES[word] if id_ in there), there[-1]),
        "also": [ALSO[word]] if ALSO.get(word) in there else [],
        "confidence": 0.3 if word == UNSURE else 0.9,
        "facets": {name: _first_code(facet) for name, facet in schema["facets"]["properties"].items()},
    }


def _is_facet(field: dict[str, Any]) -> bool:
    return "anyOf" in field or "enum" in field.get("items", {})


def _first_code(facet: dict[str, Any]) -> Any:  # noqa: ANN401  (a code, or a list of them)
    if "items" in facet:
        return facet["items"]["enum"][:1]
    return next((one["enum"][0] for one in facet["anyOf"] if "enum" in one), None)
