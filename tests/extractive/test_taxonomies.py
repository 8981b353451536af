import pytest

from agent.answers import TaxonomyAnswer, with_keys
from agent.extractive.phrases import phrases_of
from agent.papers import Paper
from tests.extractive.gardens import PAPERS, PESTS, WATERING, ask

KEYS = tuple(paper.key for paper in PAPERS)


def _proposed(papers: tuple[Paper, ...]) -> TaxonomyAnswer[str]:
    kind: type[TaxonomyAnswer[str]] = with_keys(TaxonomyAnswer, KEYS)
    return ask("induce_propose", kind, question=None, papers=papers)


def test_papers_on_the_same_matter_come_together() -> None:
    answer = _proposed(PAPERS)
    groups = [set(top.papers) for top in answer.categories]
    assert 2 <= len(groups) <= 4
    together = next(group for group in groups if WATERING[1].key in group)
    assert PESTS[1].key not in together


@pytest.mark.parametrize(("n_papers", "most"), [(1, 1), (2, 2), (5, 3), (8, 4)])
def test_few_papers_make_few_categories(n_papers: int, most: int) -> None:
    answer = _proposed(PAPERS[:n_papers])
    assert 1 <= len(answer.categories) <= most


def test_a_category_is_named_defined_and_shown() -> None:
    answer = _proposed(PAPERS)
    names = [top.name for top in answer.categories]
    assert len(set(names)) == len(names)
    for top in answer.categories:
        assert top.name[0].isupper()
        assert top.terms[0] in top.definition
        assert 1 <= len(top.papers) <= 5
        assert len(top.terms) <= 30
    if len(names) > 1:
        assert all(any(f"not those on {name}" in top.definition for name in names) for top in answer.categories)


def test_it_asks_what_kind_of_contribution_a_paper_makes() -> None:
    (facet,) = _proposed(PAPERS).facets
    assert facet.name == "contribution"
    assert {"method", "survey", "analysis"} <= {code.code for code in facet.codes}


def test_a_phrase_is_spelled_as_the_papers_spell_it() -> None:
    papers = [
        Paper(key=key, title=title, abstract="A KV cache is used in drip-line irrigation systems here.")
        for key, title in (("a", "KV Cache Pruning"), ("b", "A KV cache for KoboNet"))
    ]
    phrases = phrases_of(papers)
    assert phrases.spelled(("kv", "cach")) == "KV cache"
