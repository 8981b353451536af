"""How much two texts have in common, word by word: all that a built-in judge can see."""

from collections.abc import Sequence

from agent.extractive.roles import Sentence
from agent.extractive.words import features

LEAST_OVERLAP = 0.35
"""Below this share of common words two sentences need not be about the same."""


def covered(claim: str, text: str) -> float:
    """The share of the claim's meaningful words that the text has too, 0 to 1."""
    wanted = set(features(claim))
    return len(wanted & set(features(text))) / len(wanted) if wanted else 0.0


def most_alike(claim: str, told: Sequence[Sentence]) -> Sentence | None:
    """The sentence that says most of the claim, the earlier of two; None where none says enough."""
    best = max(told, key=lambda one: (covered(claim, one.text), -one.position), default=None)
    return best if best and covered(claim, best.text) >= LEAST_OVERLAP else None
