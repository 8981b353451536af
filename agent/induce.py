"""From papers to a taxonomy; or, for a given taxonomy, the words that mark its categories."""

from collections.abc import Iterable, Sequence

from agent.answers import CategoryAnswer, ChildAnswer, FacetAnswer, TaxonomyAnswer, TermsAnswer, with_keys
from agent.llm.client import Client
from agent.papers import Corpus, Paper
from agent.review import Category, Facet, Taxonomy, Unanswered
from agent.shown import in_one_line
from agent.taxonomy import ids_from_names, signed

PAPERS_PER_BATCH = 100
"""What a model is shown at once; some 35,000 tokens of abstracts."""
MOST_PAPERS = 1_000
"""A larger corpus is sampled by the hash of its keys: more papers add no category, only cost."""
BUILT_IN_BATCH = 2_000
"""The built-in model reads fast, and its clusters are better than what merging makes of several."""


def induce(
    corpus: Corpus, client: Client, *, question: str | None, papers_per_batch: int = PAPERS_PER_BATCH
) -> Taxonomy | Unanswered:
    """A two-level taxonomy of these papers, proposed in batches and merged.

    The batches follow the hash of the keys, never the order of a file. One batch that stays unanswered leaves no
    taxonomy, for a share of the papers would have had no say in it.
    """
    papers = corpus.drawn(MOST_PAPERS)
    if not papers:
        return Unanswered(stage="induce_propose", subject="taxonomy", why="there is no paper to order")
    n_batches = -(-len(papers) // papers_per_batch)
    batches = [_in_order(papers[number::n_batches]) for number in range(n_batches)]
    kinds: list[type[TaxonomyAnswer[str]]] = [with_keys(TaxonomyAnswer, _keys(batch)) for batch in batches]
    rows = [{"question": question, "papers": batch} for batch in batches]
    proposals = []
    for answer in client.ask_all("induce_propose", kinds, rows):
        if isinstance(answer, Unanswered):
            return answer.about("taxonomy")
        proposals.append(answer)
    merged = proposals[0] if len(proposals) == 1 else _merge(proposals, corpus, client, question)
    return merged if isinstance(merged, Unanswered) else _taxonomy(merged)


def _merge(
    proposals: Sequence[TaxonomyAnswer[str]], corpus: Corpus, client: Client, question: str | None
) -> TaxonomyAnswer[str] | Unanswered:
    named = {key for one in proposals for top in one.categories for key in _examples(top)}
    papers = corpus.papers(sorted(named)) or corpus[:1]
    kind: type[TaxonomyAnswer[str]] = with_keys(TaxonomyAnswer, _keys(papers))
    row = {"question": question, "papers": tuple(papers), "proposals": tuple(proposals)}
    answer = client.ask_all("induce_merge", kind, [row])[0]
    return answer.about("taxonomy") if isinstance(answer, Unanswered) else answer


def learn_terms(taxonomy: Taxonomy, corpus: Corpus, client: Client) -> Taxonomy | Unanswered:
    """The taxonomy with the words that mark each category in this corpus, which the built-in model reads.

    Asked once: a category with terms keeps them, and a taxonomy that is signed was asked before.
    """
    kind: type[TermsAnswer[str]] = with_keys(TermsAnswer, taxonomy.ids)
    papers = _in_order(corpus.drawn(BUILT_IN_BATCH))
    answer = client.ask_all("induce_terms", kind, [{"taxonomy": taxonomy, "papers": papers}])[0]
    if isinstance(answer, Unanswered):
        return answer.about("taxonomy")
    terms = {entry.category: _lines(entry.terms) for entry in answer.categories}

    def marked(category: Category) -> Category:
        own = category.terms or terms.get(category.id, ())
        return category.model_copy(update={"terms": own, "children": tuple(map(marked, category.children))})

    # Signed without a digest of its content: what a person gave is not the program's to make again.
    return taxonomy.model_copy(update={"categories": tuple(map(marked, taxonomy.categories)), "made": answer.made})


def _in_order(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    return tuple(sorted(papers, key=lambda paper: paper.key))


def _keys(papers: Iterable[Paper]) -> tuple[str, ...]:
    return tuple(paper.key for paper in papers)


def _examples(top: CategoryAnswer[str]) -> list[str]:
    inner = [key for child in top.children for key in child.papers]
    return [*top.papers, *inner]


def _taxonomy(answer: TaxonomyAnswer[str]) -> Taxonomy:
    """The nouns of an answer, under ids made from the names it gives."""
    name_id = ids_from_names()
    categories = []
    for top in answer.categories:
        id_ = name_id(top.name)
        children = tuple(_category(child, name_id(child.name)) for child in top.children)
        # A single child would hold what its parent holds.
        categories.append(_category(top, id_, children if len(children) > 1 else ()))
    name_facet, facets = ids_from_names(), {}
    for facet in answer.facets:
        facets[name_facet(facet.name)] = _facet(facet)
    taxonomy = Taxonomy(categories=tuple(categories), facets=facets)
    return signed(taxonomy, answer.made)


def _category(answer: ChildAnswer[str], id_: str, children: tuple[Category, ...] = ()) -> Category:
    return Category(
        id=id_,
        name=in_one_line(answer.name),
        definition=in_one_line(answer.definition),
        terms=_lines(answer.terms),
        examples=tuple(dict.fromkeys(answer.papers)),
        children=children,
    )


def _facet(answer: FacetAnswer) -> Facet:
    name_code = ids_from_names()
    return Facet(many=answer.many, codes={name_code(code.code): in_one_line(code.definition) for code in answer.codes})


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := in_one_line(text))))
