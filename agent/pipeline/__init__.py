"""The order of the stages: brings a review up to date, step by step, and asks for nothing that stands."""

from agent.pipeline.review import Review

__all__ = ["Review"]
