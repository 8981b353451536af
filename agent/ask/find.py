"""Which papers are read for a question: the nearest, or all that could bear on a question over the whole corpus."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.papers import Corpus
from agent.question import Kind, Plan
from agent.review import Card, Taxonomy
from agent.search import Index, fused

PAPERS_PER_CALL = 25
MOST_READ: Mapping[Kind, int] = {
    Kind.FACT: PAPERS_PER_CALL,
    Kind.SEVERAL: 2 * PAPERS_PER_CALL,
    Kind.COMPARISON: 2 * PAPERS_PER_CALL,
    Kind.CORPUS: 12 * PAPERS_PER_CALL,
}
"""Papers read for one question, so that none costs more than a known number of calls."""
READ_WHOLE = 60
"""A corpus of so many papers is read whole where a question is put to all of it."""
HITS_PER_SEARCH = 60
"""What each search leaves possible of a larger one."""

Near = Callable[[Sequence[str], Collection[str], int], Sequence[Sequence[str]]]
"""Rankings of papers by embeddings, one for each search: searches, the papers to rank, and how many of them."""


@dataclass(frozen=True)
class Found:
    """The papers to be read."""

    keys: tuple[str, ...]
    """The nearest first."""
    n_possible: int
    """Those that could bear on the question, as far as its categories and searches tell."""


def find(
    question: str,
    plan: Plan,
    index: Index,
    *,
    scope: Collection[str],
    cards: Mapping[str, Card],
    taxonomy: Taxonomy | None,
    near: Near | None = None,
    is_free: bool = False,
) -> Found:
    """The papers within the scope to read for this question: `MOST_READ` of its kind at the most.

    Where reading is free, as many are read for a fact as for anything else.
    """
    most_read = MOST_READ[Kind.SEVERAL if is_free and plan.kind is Kind.FACT else plan.kind]
    named = _named(plan, scope, cards, taxonomy)
    searches = (question, *plan.searches)
    most = HITS_PER_SEARCH
    rankings = [[hit.key for hit in index.search(words, most=most, among=scope)] for words in searches]
    if named:
        rankings.append([hit.key for hit in index.search(" ".join(searches), most=most, among=named)])
    if near:
        rankings += map(list, near(searches, scope, most))
    ranked = fused(rankings, most=len(scope))
    if plan.kind is Kind.CORPUS:
        is_open = not named and not plan.searches
        possible = set(scope) if is_open or len(scope) <= READ_WHOLE else {*ranked, *named}
        ranked = [*ranked, *sorted(possible.difference(ranked))]
        return Found(tuple(ranked[:most_read]), len(possible))
    if len(scope) <= PAPERS_PER_CALL:  # then one call reads them all
        ranked = [*ranked, *sorted(set(scope).difference(ranked))]
    keys = tuple(ranked[:most_read])
    return Found(keys, len(keys))


def find_more(
    searches: Sequence[str], index: Index, *, scope: Collection[str], known: Collection[str], near: Near | None = None
) -> tuple[str, ...]:
    """Papers for the next step of a question, of those not read yet: as many as one call reads."""
    left = set(scope).difference(known)
    rankings = [[hit.key for hit in index.search(words, most=HITS_PER_SEARCH, among=left)] for words in searches]
    if near and left:
        rankings += map(list, near(searches, left, HITS_PER_SEARCH))
    return tuple(fused(rankings, most=PAPERS_PER_CALL))


def with_abstract(keys: Iterable[str], corpus: Corpus) -> frozenset[str]:
    """Those papers that there is something to quote from."""
    return frozenset(key for key in keys if corpus.paper(key).basis == "abstract")


def _named(plan: Plan, scope: Collection[str], cards: Mapping[str, Card], taxonomy: Taxonomy | None) -> frozenset[str]:
    """The papers of the categories, or with the codes, that bear on the question."""
    ids = {id_ for id_ in plan.categories if taxonomy and id_ in taxonomy.ids}
    ids |= {child.id for id_ in ids if taxonomy for child in taxonomy.category(id_).children}
    in_scope = (cards[key] for key in scope if key in cards)
    return frozenset(card.key for card in in_scope if ids & {card.category, *card.also} or _has_code(card, plan))


def _has_code(card: Card, plan: Plan) -> bool:
    for name, code in plan.codes:
        value = card.facets.get(name)
        if code == value or (isinstance(value, tuple) and code in value):
            return True
    return False
