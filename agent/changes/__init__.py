"""What changed in a review from one state to another, and the page that says so, CHANGES.md."""

from agent.changes.compared import compare
from agent.changes.entry import entry_of
from agent.changes.nouns import Changes, Find, State
from agent.changes.page import newest, prepended

__all__ = ["Changes", "Find", "State", "compare", "entry_of", "newest", "prepended"]
