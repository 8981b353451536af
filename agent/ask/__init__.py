"""From a question to what the papers say: understood, looked for, read, and answered in claims that cite."""

from agent.ask.find import PAPERS_PER_CALL, Found, Near, find, find_more, with_abstract
from agent.ask.gather import Gathered, Step, Task, follow, gather
from agent.ask.respond import Response, nothing_written, respond
from agent.ask.settle import extent_of, is_answered, matching, nearest, with_aside
from agent.ask.understand import Asked, cleaned, understand

__all__ = [
    "PAPERS_PER_CALL",
    "Asked",
    "Found",
    "Gathered",
    "Near",
    "Response",
    "Step",
    "Task",
    "cleaned",
    "extent_of",
    "find",
    "find_more",
    "follow",
    "gather",
    "is_answered",
    "matching",
    "nearest",
    "nothing_written",
    "respond",
    "understand",
    "with_abstract",
    "with_aside",
]
