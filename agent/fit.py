"""Which papers a taxonomy has no good place for, as their cards say it."""

import re

from agent.review import Card, Category, Taxonomy

LOW_CONFIDENCE = 0.5
"""Below it a model that was named thinks its choice more likely wrong than right."""
LOW_ODDS = 4.0
"""The same for the built-in model, whose confidence is a share among all top categories and so the lower the more
there are: the best fits less than this many times as well as the others do on the average. Of papers on quite another
subject about nine in ten are below, of those that a taxonomy was made from one in thirty."""

_NAMES = re.compile(
    r"(?:others?|misc(?:ellan\w+)?|residuals?|rest|remaining|unclassified|uncategori[sz]ed|none)\b"
    r"|(?:any|every)thing else\b",
    re.IGNORECASE,
)
_DEFINITIONS = re.compile(
    r"(?:(?:papers|works?|studies|those|whatever) )?(?:(?:that|which) )?(?:(?:fits?|belongs?|is|are) )?"
    r"(?:(?:in|into|to) )?(?:none of|nowhere|no other|(?:any|every)thing (?:else|other|that fits none)"
    r"|whatever (?:else|is left)|all other|(?:all )?the rest\b|misc)",
    re.IGNORECASE,
)


def is_residual(category: Category) -> bool:
    """Whether it is for papers that fit nowhere else: by its flag, its id or name, or how its definition begins."""
    named = any(_NAMES.match(" ".join(re.split(r"[\s_-]+", text))) for text in (category.id, category.name))
    return category.residual or named or _DEFINITIONS.match(category.definition.strip()) is not None


def has_low_confidence(card: Card, n_categories: int) -> bool:
    """Whether whoever made the card was not sure of its category, each on a scale of its own.

    `n_categories` is how many top categories there were to choose from.
    """
    if not card.made.is_built_in:
        return card.confidence < LOW_CONFIDENCE
    return is_small_share(card.confidence, n_categories)


def is_small_share(confidence: float, n_categories: int) -> bool:
    """Whether so sure a built-in model found little to choose between so many top categories."""
    return confidence * (n_categories - 1) < LOW_ODDS * (1 - confidence)


def fits_badly(card: Card, taxonomy: Taxonomy, n_categories: int | None = None) -> bool:
    """Whether this taxonomy may have no good place for the paper: such papers are read again when a category comes in.

    `n_categories` is how many top categories there were when the card was made, where these are not as many. A card
    that a person edited is where that person put it.
    """
    if card.is_edited:
        return False
    left_over = {one.id for one, top in taxonomy.walk() if is_residual(one) or is_residual(top)}
    n_then = len(taxonomy.categories) if n_categories is None else n_categories
    return card.category in left_over or has_low_confidence(card, n_then)
