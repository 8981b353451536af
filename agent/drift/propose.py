"""Papers that fit nowhere, put together by what they have in common, as categories that a taxonomy might take in."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from agent.answers import CategoryAnswer, TaxonomyAnswer, card_answer, with_keys
from agent.fit import fits_badly, is_residual, is_small_share
from agent.llm.client import Client
from agent.papers import Corpus, Frozen, Paper
from agent.review import Card, Category, Taxonomy, Unanswered
from agent.shown import in_one_line
from agent.taxonomy import ids_from_names

LEAST_MISFITS = 5
"""Fewer papers that are alike make no category."""
MOST_READ = 500
"""Of more misfits than this a sample is read, by the hash of their keys."""
BESIDE = 2
"""Papers that do fit, read beside each misfit: what is particular to the misfits shows only against them."""
LEAST_BESIDE = 16
MOST_TERMS = 12
SHARED = 0.3
"""A word is one of a category's where this part of its papers has it."""
MARKING = 0.4
"""It marks the category where this part has it ..."""
RATHER = 3.0
"""... and of the papers that do fit so many times less."""
LEAST_MARKS = 2
"""Papers that fewer words mark have nothing in common but that they fit nowhere."""
MOST_DEFINING = 6
MOST_EXAMPLES = 5
CLEARLY = 0.6
"""The part of a group that has to stand in one category to be a narrower one of it."""
_ROOT = 5
"""So many letters tell a word in all its endings."""


@dataclass(frozen=True)
class Pile:
    """What stands of a review: the papers, where each was put, and which of them no prompt may tell of."""

    corpus: Corpus
    cards: Mapping[str, Card]
    taxonomy: Taxonomy
    private: Collection[str] = field(default=frozenset())

    def is_public(self, key: str) -> bool:
        return key not in self.private


class Addition(Frozen):
    """A category that the taxonomy may take in."""

    category: Category
    within: str | None = None
    """The id of the top category that it is a part of; None where it stands beside them."""
    papers: tuple[str, ...]
    """The misfits that it is for, by key."""


class Proposal(Frozen):
    """Categories for papers that fit nowhere."""

    additions: tuple[Addition, ...]

    @property
    def papers(self) -> tuple[str, ...]:
        return tuple(sorted({key for addition in self.additions for key in addition.papers}))


def misfits(cards: Mapping[str, Card], corpus: Corpus, taxonomy: Taxonomy) -> tuple[str, ...]:
    """The papers that this taxonomy may have no good place for, by key; those that no source names are left alone."""
    standing = (card for key, card in cards.items() if corpus.has(key) and not corpus.paper(key).gone)
    return tuple(sorted(card.key for card in standing if fits_badly(card, taxonomy)))


def propose(
    keys: Sequence[str], pile: Pile, client: Client, *, question: str | None = None
) -> Proposal | None | Unanswered:
    """Categories for those of these papers that are alike; None where fewer than LEAST_MISFITS are.

    Names, terms and examples come from papers that may be sent, since a taxonomy stands in prompts. Every misfit is
    then tried under the taxonomy as it would be, and a category stands where enough of them would be in it.
    """
    read = Corpus(pile.corpus.papers(keys)).drawn(MOST_READ)
    public = [paper for paper in read if pile.is_public(paper.key)]
    if len(public) < LEAST_MISFITS:
        return None
    beside = _beside(public, pile)
    found = _suggested(public, beside, client, question)
    if isinstance(found, Unanswered):
        return found
    scale = _Scale(pile, beside)
    groups = _settled(found, read, scale, client)
    if not groups and len(found) > 1:
        groups = _settled([_joined(found)], read, scale, client)
    if isinstance(groups, Unanswered):
        return groups
    if not groups:
        return None
    within = _places([group.category for group in groups], pile, client)
    if isinstance(within, Unanswered):
        return within
    name_id = ids_from_names([*pile.taxonomy.ids, *(old for one, _ in pile.taxonomy.walk() for old in one.was)])
    return Proposal(
        additions=tuple(_addition(group, name_id, pile, place) for group, place in zip(groups, within, strict=True))
    )


def _beside(public: Sequence[Paper], pile: Pile) -> tuple[Paper, ...]:
    """A fair sample of the papers that do fit, and may be sent."""
    own = {paper.key for paper in public}
    others = (paper for paper in pile.corpus if paper.key in pile.cards and pile.is_public(paper.key))
    fitting = Corpus(one for one in others if one.key not in own and not fits_badly(pile.cards[one.key], pile.taxonomy))
    return fitting.drawn(max(LEAST_BESIDE, BESIDE * len(public)))


def _suggested(
    public: Sequence[Paper], beside: Sequence[Paper], client: Client, question: str | None
) -> list[Category] | Unanswered:
    """What might be a category: those that are suggested for the misfits, not for the papers beside them."""
    papers = tuple(sorted((*public, *beside), key=lambda paper: paper.key))
    kind: type[TaxonomyAnswer[str]] = with_keys(TaxonomyAnswer, tuple(paper.key for paper in papers))
    answer = client.ask_all("induce_propose", kind, [{"question": question, "papers": papers}])[0]
    if isinstance(answer, Unanswered):
        return answer.about("taxonomy.patch")
    own = {paper.key for paper in public}
    suggested = [one for one in answer.categories if 2 * len(own.intersection(one.papers)) > len(one.papers)]
    return [_as_category(one, number) for number, one in enumerate(suggested, start=1)]


def _as_category(answer: CategoryAnswer[str], number: int) -> Category:
    # The id only tells it from the others while papers are tried; no id that is made from a name begins like this.
    terms = tuple(dict.fromkeys(in_one_line(term) for term in answer.terms))
    name, definition = in_one_line(answer.name), in_one_line(answer.definition)
    return Category(id=f"?{number}", name=name, definition=definition, terms=terms)


def _joined(found: Sequence[Category]) -> Category:
    """All of them as one: a few papers on one subject may have been parted too finely."""
    in_turn = (term for terms in zip_longest(*(one.terms for one in found)) for term in terms if term)
    return found[0].model_copy(update={"terms": tuple(dict.fromkeys(in_turn))})


@dataclass(frozen=True)
class _Group:
    """A category with the papers that would be in it."""

    category: Category
    members: tuple[Paper, ...]
    public: tuple[Paper, ...]
    marks: tuple[str, ...]
    """The words that tell these papers from those that fit elsewhere."""


@dataclass(frozen=True)
class _Scale:
    """What a group of papers is measured by."""

    pile: Pile
    beside: Sequence[Paper]

    def group(self, category: Category, members: Sequence[Paper]) -> _Group:
        public = tuple(paper for paper in members if self.pile.is_public(paper.key))
        marks = [term for term in category.terms if self._marks(term, public)]
        return _Group(category, tuple(members), public, tuple(marks))

    def _marks(self, term: str, public: Sequence[Paper]) -> bool:
        share = _share(term, public)
        return share >= MARKING and share >= RATHER * _share(term, self.beside)

    def holds(self, group: _Group) -> bool:
        """Whether these are enough papers that are alike, under a name that no category has."""
        names = {category.name.casefold() for category, _ in self.pile.taxonomy.walk()}
        is_new = group.category.name.casefold() not in names
        return is_new and len(group.public) >= LEAST_MISFITS and len(group.marks) >= LEAST_MARKS


def _settled(
    found: Sequence[Category], papers: Sequence[Paper], scale: _Scale, client: Client
) -> list[_Group] | Unanswered:
    """The categories that enough papers would be in; the weakest is given up, and its papers are tried again."""
    left = list(found)
    while left:
        members = _tried(left, papers, scale.pile, client)
        if isinstance(members, Unanswered):
            return members
        groups = [scale.group(one, members[one.id]) for one in left]
        weak = [group for group in groups if not scale.holds(group)]
        if not weak:
            return groups
        left.remove(min(weak, key=lambda group: (len(group.public), group.category.id)).category)
    return []


def _tried(
    added: Sequence[Category], papers: Sequence[Paper], pile: Pile, client: Client
) -> dict[str, list[Paper]] | Unanswered:
    """The papers that would be in each of these, and surely so, were they in the taxonomy."""
    trial = Taxonomy(categories=(*_standing(pile), *added))
    members: dict[str, list[Paper]] = {one.id: [] for one in added}
    chosen = _chosen(papers, trial, client)
    if isinstance(chosen, Unanswered):
        return chosen
    for paper, category in zip(papers, chosen, strict=True):
        if category in members:
            members[category].append(paper)
    return members


def _standing(pile: Pile) -> tuple[Category, ...]:
    """The top categories as papers are tried under them: without what they name, for the others are to decide."""
    tops = (top for top in pile.taxonomy.categories if not is_residual(top))
    return tuple(top.model_copy(update={"children": (), "examples": ()}) for top in tops)


def _chosen(papers: Sequence[Paper], trial: Taxonomy, client: Client) -> list[str | None] | Unanswered:
    """The category of each paper; None where none is surely its own."""
    rows: list[dict[str, Any]] = [{"taxonomy": trial, "paper": paper} for paper in papers]
    chosen: list[str | None] = []
    for paper, answer in zip(papers, client.ask_all("classify_paper", card_answer(trial), rows), strict=True):
        if isinstance(answer, Unanswered):
            return answer.about(paper.key)
        is_unsure = is_small_share(answer.confidence, len(trial.categories))
        chosen.append(None if is_unsure else answer.category)
    return chosen


def _places(categories: Sequence[Category], pile: Pile, client: Client) -> list[str | None] | Unanswered:
    """The top category whose words each one shares, read as if it were a paper; None where it shares those of none."""
    standing = _standing(pile)
    if not any(top.children for top in pile.taxonomy.categories):
        return [None] * len(categories)
    papers = [Paper(key=one.id, title=one.name, abstract=", ".join(one.terms)) for one in categories]
    return _chosen(papers, Taxonomy(categories=standing), client)


def _addition(group: _Group, name_id: Callable[[str], str], pile: Pile, place: str | None) -> Addition:
    name = _name(group)
    terms = [term for term in group.category.terms if _share(term, group.public) >= SHARED]
    category = Category(
        id=name_id(name),
        name=name,
        definition=_definition(group.marks),
        terms=tuple(terms[:MOST_TERMS]),
        examples=_examples(group),
    )
    keys = tuple(sorted(paper.key for paper in group.members))
    return Addition(category=category, within=place if _stands_in(place, keys, pile) else None, papers=keys)


def _stands_in(place: str | None, keys: Sequence[str], pile: Pile) -> bool:
    """Whether a top category has narrower ones, and these papers too.

    One that has none would fall apart by a first narrower one, and all of its papers be read again.
    """
    if place is None or not pile.taxonomy.category(place).children:
        return False
    tops = {category.id: top.id for category, top in pile.taxonomy.walk()}
    return sum(tops.get(pile.cards[key].category) == place for key in keys) >= CLEARLY * len(keys)


def _name(group: _Group) -> str:
    """As suggested, where its papers bear that name out; else by the words that mark them."""
    words = group.category.name.split(" and ")[0].split()
    n_bearing = sum(all(_has(word[:_ROOT], paper) for word in words) for paper in group.public)
    if n_bearing >= SHARED * len(group.public):
        return group.category.name
    first, second = group.marks[:2]
    return f"{first if first != first.lower() else first.capitalize()} and {second}"


def _definition(marks: Sequence[str]) -> str:
    *others, last = marks[:MOST_DEFINING]
    return f"Papers marked by the words {', '.join(others)} and {last}."


def _examples(group: _Group) -> tuple[str, ...]:
    """The keys of those that have most of the marking words."""
    n_marks = {paper.key: sum(_has(mark, paper) for mark in group.marks) for paper in group.public}
    return tuple(sorted(n_marks, key=lambda key: (-n_marks[key], key))[:MOST_EXAMPLES])


def _share(term: str, papers: Sequence[Paper]) -> float:
    return sum(_has(term, paper) for paper in papers) / len(papers) if papers else 0.0


def _has(term: str, paper: Paper) -> bool:
    """Whether a word of the paper begins so."""
    text = f"{paper['title']}\n{paper['abstract']}".casefold()
    return re.search(rf"\b{re.escape(term.casefold())}", text) is not None
