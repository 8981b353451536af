"""How good answers are: questions whose answers are known, what came of each, and the figures by kind of question."""

from agent.evaluate.gold import GoldKind, GoldQuestion, read_questions
from agent.evaluate.scores import Measure, Scored, failed, score
from agent.evaluate.summary import Figure, Line, summary

__all__ = [
    "Figure",
    "GoldKind",
    "GoldQuestion",
    "Line",
    "Measure",
    "Scored",
    "failed",
    "read_questions",
    "score",
    "summary",
]
