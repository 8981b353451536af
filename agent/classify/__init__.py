"""From papers and a taxonomy to a card for each paper; and which cards an edit of the taxonomy makes stale."""

from agent.classify.cards import classify
from agent.classify.due import Due, DueKind, due, is_stale, is_usable
from agent.classify.edits import LAST, Edit, Edits, Shaped, shapes_of
from agent.classify.facets import AskedFacets, ask_facets

__all__ = [
    "LAST",
    "AskedFacets",
    "Due",
    "DueKind",
    "Edit",
    "Edits",
    "Shaped",
    "ask_facets",
    "classify",
    "due",
    "is_stale",
    "is_usable",
    "shapes_of",
]
