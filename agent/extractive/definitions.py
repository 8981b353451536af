"""What a category's name and definition say that its papers are about, concept by concept."""

import re

from agent.extractive.words import features
from agent.review import Category

_ELSEWHERE = re.compile(
    r"\((?:see|cf)\b[^)]*\)|\b(?:but\s+)?(?:not|except|excluding|unless|rather than|unlike|without|none of)\b[^;.(]*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[,;:()]|\.(?:\s|$)|\bwhere\b|\bincluding\b|\bor\b")


_LEFT_OVER = re.compile(
    r"\b(?:none of|anything|everything|whatever|all) (?:the |that |else|other)|\bmiscell", re.IGNORECASE
)


def is_left_over(category: Category) -> bool:
    """Whether a category is there for papers that fit no other."""
    return _LEFT_OVER.search(category.definition) is not None


def concepts(category: Category) -> list[list[str]]:
    """The stems of each concept: the name, what stands between a definition's commas, the title of an example.

    A clause that says what belongs elsewhere (`not ...`, `see ...`) is left out, for its words mark other categories.
    """
    titles = [example for example in category.examples if len(example.split()) > 1]  # the others are keys
    pieces = [category.name, *_BETWEEN.split(_ELSEWHERE.sub(" ; ", category.definition)), *titles]
    found = [features(piece) for piece in pieces]
    return [stems for stems in found if stems]
