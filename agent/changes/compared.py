"""Two states of a review, and what is otherwise in the later one."""

from typing import Any

from agent.changes.answers import Outdating, answer_changes
from agent.changes.claims import text_changes
from agent.changes.nouns import Changes, Find, State
from agent.changes.papers import card_changes, category_changes, facet_changes, paper_changes, went


def compare(before: State, after: State, find: Find | None = None) -> Changes:
    """What changed; the same whatever the order in which anything was read or answered.

    `find` says which papers a question's own words find. Without it an answer on a single matter is not told of papers
    that came in.
    """
    same = went(before, after)
    lists: dict[str, Any] = paper_changes(before, after, same.papers)
    outdating = Outdating(before, after, same.papers, lists["changed"])
    return Changes(
        **lists,
        **card_changes(before, after, same),
        **answer_changes(before, after),
        categories=tuple(category_changes(before.taxonomy, after.taxonomy, same.categories)),
        facets=tuple(facet_changes(before.taxonomy, after.taxonomy)),
        touched=tuple(text_changes(before.draft, after.draft, same)),
        outdated=outdating.outdated(find),
    )
