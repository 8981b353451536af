"""Finds what in a text speaks to a model and not to a reader: a mark for the user, never a filter."""

from agent.suspicion.kinds import Kind, TextFinding
from agent.suspicion.look import suspicions, suspicions_in

__all__ = ["Kind", "TextFinding", "suspicions", "suspicions_in"]
