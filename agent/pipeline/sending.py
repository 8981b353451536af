"""What leaves the machine: of which papers no server is sent a word, and what a prompt may still say of them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from agent.classify import AskedFacets, Edits, Shaped, ask_facets, classify
from agent.induce import learn_terms
from agent.llm.client import Client
from agent.llm.gate import words_of
from agent.papers import Corpus, Paper
from agent.report import SourceReport
from agent.review import Card, Category, Made, Taxonomy, Unanswered

T = TypeVar("T")

LEAST_WORDS = 3
"""An example with fewer words names a paper only if it is all of its title."""


def keys_not_sent(corpus: Corpus, sources: Iterable[SourceReport]) -> frozenset[str]:
    """The papers that a source of theirs keeps back; the strictest decides, since texts of several were merged.

    A source that is not among these, of which so nothing is known, keeps its papers back.
    """
    sending = {source.name for source in sources if source.send != "never"}
    return frozenset(paper.key for paper in corpus if any(place.file not in sending for place in paper.sources))


def still_private(corpus: Corpus, earlier: Corpus, fresh: Collection[str], never: Collection[str]) -> Corpus:
    """The corpus, where a paper that is remembered, and not known from fresh sources alone, stays in private ones.

    What is remembered of it was merged from all of its records, and the private one may have left its source since.
    """
    owed = {
        place: [other for other in paper.sources if other.file in never]
        for paper in earlier
        for place in paper.sources
        if place.file not in fresh
    }

    def with_owed(paper: Paper) -> Paper:
        places = {*paper.sources, *(other for place in paper.sources for other in owed.get(place, ()))}
        if len(places) == len(paper.sources):
            return paper
        return paper.model_copy(update={"sources": tuple(sorted(places, key=lambda one: (one.file, one.position)))})

    return Corpus(map(with_owed, corpus)) if any(owed.values()) else corpus


def without(corpus: Corpus, private: Collection[str]) -> Corpus:
    """The papers that may be sent."""
    return Corpus(paper for paper in corpus if paper.key not in private) if private else corpus


def to_be_sent(taxonomy: Taxonomy, corpus: Corpus, private: Collection[str]) -> Taxonomy:
    """The taxonomy as a prompt may show it: without examples that name a private paper, and without its own words.

    A marking word that no other paper has tells nothing of those that are sent.
    """
    if not private:
        return taxonomy
    kept_back = corpus.papers(sorted(private))
    others = without(corpus, private)
    own = _all_words(kept_back) - _all_words(others)
    public = {paper.key.casefold() for paper in others}

    def shown(category: Category) -> Category:
        examples = (one for one in category.examples if one.casefold() in public or not _names(one, kept_back))
        terms = (term for term in category.terms if own.isdisjoint(words_of(term)))
        children = tuple(map(shown, category.children))
        return category.model_copy(
            update={"examples": tuple(examples), "terms": tuple(terms), "children": children},
        )

    return taxonomy.model_copy(update={"categories": tuple(map(shown, taxonomy.categories))})


def _names(example: str, papers: Iterable[Paper]) -> bool:
    """Whether an example is one of these papers, by its key or by its title, whole or in part."""
    words = words_of(example)
    for paper in papers:
        keys = (paper.key, *paper.aliases, *paper.extra.get("citation key in source", "").split("; "))
        title = words_of(paper["title"])
        if example.casefold() in map(str.casefold, keys) or (words and words == title):
            return True
        if min(len(words), len(title)) >= LEAST_WORDS and (_within(words, title) or _within(title, words)):
            return True
    return False


def _within(inner: list[str], outer: list[str]) -> bool:
    return f" {' '.join(inner)} " in f" {' '.join(outer)} "


def _all_words(papers: Iterable[Paper]) -> set[str]:
    return {word for paper in papers for word in (*words_of(paper["title"]), *words_of(paper["abstract"]))}


@dataclass(frozen=True)
class Readers:
    """Who is asked about which papers."""

    model: Client
    """The model of this run."""
    built_in: Client
    """Asked of private papers in its place; the same one where no server is asked."""
    private: frozenset[str] = frozenset()
    """The papers that are kept apart, and of which the model is told nothing."""

    def of(self, *keys: str) -> Client:
        """Whom to ask about these papers together."""
        return self.model if self.private.isdisjoint(keys) else self.built_in

    def share_out(self, things: Iterable[T], keys: Callable[[T], Iterable[str]]) -> list[tuple[Client, list[T]]]:
        """What the model is asked, and the built-in one in its place, by the papers that each is about."""
        shares: dict[bool, list[T]] = {True: [], False: []}
        for one in things:
            shares[self.private.isdisjoint(keys(one))].append(one)
        return [(client, share) for client, share in zip((self.model, self.built_in), shares.values(), strict=True)]

    def cards(self, papers: Iterable[Paper], corpus: Corpus, taxonomy: Taxonomy) -> tuple[list[Card], list[Unanswered]]:
        """Cards for these papers of the corpus, each by the model that may read it."""
        (model, sent), (built_in, kept_back) = self.share_out(papers, lambda paper: [paper.key])
        shown = taxonomy if model.is_built_in else to_be_sent(taxonomy, corpus, self.private)
        cards, unanswered = classify(sent, taxonomy, model, shown=shown)
        if kept_back:
            # Without marking words the built-in model has little to go by. Learnt for itself, they are in no prompt.
            marked = taxonomy if has_terms(taxonomy) else learn_terms(taxonomy, corpus, built_in)
            shown = taxonomy if isinstance(marked, Unanswered) else marked
            more_cards, more_unanswered = classify(kept_back, taxonomy, built_in, shown=shown)
            cards, unanswered = [*cards, *more_cards], [*unanswered, *more_unanswered]
        return cards, unanswered

    def facets(self, asked: Iterable[AskedFacets], edits: Edits) -> tuple[list[Shaped], list[Unanswered]]:
        """The cards with the codes that they are asked for, each by the model that may read its paper."""
        cards, unanswered = [], []
        for client, own in self.share_out(asked, lambda one: [one.paper.key]):
            coded, uncoded = ask_facets(own, edits, client)
            cards += coded
            unanswered += uncoded
        return cards, unanswered


def readers_of(
    model: Client, built_in: Client, corpus: Corpus, not_sent: frozenset[str], made: Iterable[Made]
) -> Readers:
    """The readers of a corpus in which these papers are not sent; `made` is how what stands of the review was made.

    Nothing is kept apart where no server's model has a hand in the review. What one made stands offline as well, and
    so must its papers stay apart from the others then.
    """
    if not_sent and len(not_sent) == len(corpus):
        model = built_in
    is_shared = not model.is_built_in or any(one.model and not one.is_built_in for one in made)
    return Readers(model, built_in, not_sent if is_shared else frozenset())


def has_terms(taxonomy: Taxonomy) -> bool:
    """Whether its marking words are there, or were asked for and none found."""
    return bool(taxonomy.made.call) or any(category.terms for category, _ in taxonomy.walk())
