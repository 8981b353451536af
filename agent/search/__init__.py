"""Finds the papers that words point to: an index without a model, and where the words stand in a text."""

from agent.search.documents import card_lines, category_names
from agent.search.fused import fused
from agent.search.index import Hit, Index
from agent.search.marks import marks, passages
from agent.search.query import Query, read_query

__all__ = ["Hit", "Index", "Query", "card_lines", "category_names", "fused", "marks", "passages", "read_query"]
