"""From papers to a taxonomy."""

from typing import Any

import pytest

from agent.errors import BudgetSpent, Refused
from agent.induce import BUILT_IN_BATCH, PAPERS_PER_BATCH, induce, learn_terms
from agent.llm.call import Call
from agent.llm.client import Client
from agent.papers import Corpus, Paper
from agent.review import BUILT_IN, Taxonomy, Unanswered
from agent.taxonomy import dump_taxonomy, read_taxonomy, untouched
from tests.nouns import CORPUS, TAXONOMY
from tests.scripted import Scripted


def child(name: str, *papers: str, terms: tuple[str, ...] = ("a",)) -> dict[str, Any]:
    return {"name": name, "definition": f" What is \n {name}. ", "terms": list(terms), "papers": list(papers)}


def category(name: str, *papers: str, children: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return child(name, *papers) | {"children": list(children)}


def proposal(*categories: dict[str, Any], facets: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"categories": list(categories), "facets": list(facets)}


def many(n: int) -> Corpus:
    return Corpus(Paper(key=f"paper{number}", abstract=f"Paper number {number}.") for number in range(n))


def example(call: Call) -> str:
    return str(call.fields["papers"][0].key)


def induced(corpus: Corpus, transport: Scripted, model: str = "m") -> Taxonomy | Unanswered:
    return induce(corpus, Client(transport, model), question="Why?")


def test_a_small_corpus_is_asked_about_once() -> None:
    facet = {
        "name": "Kind of work",
        "many": True,
        "codes": [{"code": "A trial", "definition": " x "}, {"code": "a trial!", "definition": "y"}],
    }
    transport = Scripted(proposal(category("Bees & Moths", "bees2021", "bees2021"), facets=(facet,)))
    taxonomy = induced(CORPUS, transport)
    assert isinstance(taxonomy, Taxonomy)
    (top,) = taxonomy.categories
    assert (top.id, top.name, top.definition) == ("bees-moths", "Bees & Moths", "What is Bees & Moths.")
    assert top.examples == ("bees2021",)
    assert taxonomy.facets["kind-of-work"].codes == {"a-trial": "x", "a-trial-2": "y"}
    assert taxonomy.made.model == "scripted" and taxonomy.made.call.startswith("k1-") and untouched(taxonomy)
    assert transport.prompts == ["induce_propose"]
    assert "Why?" in transport.calls[0].user and "BeeNet" in transport.calls[0].user


def test_ids_are_each_given_once_and_read_back() -> None:
    names = ("Bees", "bees!", "BEES", "蜂", "蝶", "3D", "Yes", "1")
    tops = [category(name) for name in names[:-1]]
    tops.append(category("1", children=(child("Bees"), child("Über die Bienen und ihre Völker im Mai"))))
    taxonomy = induced(CORPUS, Scripted(proposal(*tops)))
    assert isinstance(taxonomy, Taxonomy)
    assert taxonomy.ids == (
        *("bees", "bees-2", "bees-3", "category", "category-2", "3d", "yes", "1"),
        *("bees-4", "uber-die-bienen-und-ihre"),
    )
    assert read_taxonomy(dump_taxonomy(taxonomy)) == taxonomy


def test_an_only_child_is_its_parent() -> None:
    taxonomy = induced(CORPUS, Scripted(proposal(category("Insects", children=(child("Bees"),)))))
    assert isinstance(taxonomy, Taxonomy)
    assert taxonomy.ids == ("insects",)


def test_a_large_corpus_is_asked_about_in_batches_and_merged() -> None:
    corpus = many(2 * PAPERS_PER_BATCH + 1)
    seen: list[set[str]] = []

    def answer(call: Call) -> dict[str, Any]:
        if call.prompt == "induce_propose":
            seen.append({paper.key for paper in call.fields["papers"]})
        return proposal(category("Bees", example(call)))

    transport = Scripted(answer)
    taxonomy = induced(corpus, transport)
    assert isinstance(taxonomy, Taxonomy) and taxonomy.ids == ("bees",)
    assert transport.prompts == ["induce_propose"] * 3 + ["induce_merge"]
    assert set.union(*seen) == set(corpus.keys()) and sum(map(len, seen)) == len(corpus)
    assert max(map(len, seen)) - min(map(len, seen)) <= 1
    assert len(transport.calls[-1].fields["proposals"]) == 3
    named = {paper.key for paper in transport.calls[-1].fields["papers"]}
    assert len(named) == 3 and named <= set(corpus.keys())


def test_batches_do_not_follow_the_order_of_a_file() -> None:
    first, second = (Scripted(lambda call: proposal(category("Bees", example(call)))) for _ in range(2))
    corpus = many(150)
    induced(corpus, first)
    induced(Corpus(reversed(list(corpus))), second)
    assert [call.key for call in first.calls] == [call.key for call in second.calls]
    assert {paper.key for paper in first.calls[0].fields["papers"]} != set(corpus.keys()[:75])


def test_a_larger_batch_takes_all_at_once() -> None:
    transport = Scripted(proposal(category("Bees")))
    made = induce(many(150), Client(transport, "m"), question=None, papers_per_batch=BUILT_IN_BATCH)
    assert isinstance(made, Taxonomy)
    assert len(transport.calls[0].fields["papers"]) == 150


@pytest.mark.parametrize("failing", ["induce_propose", "induce_merge"])
def test_a_call_that_fails_leaves_no_taxonomy(failing: str) -> None:
    def answer(call: Call) -> dict[str, Any] | Refused:
        return Refused("I would rather not") if call.prompt == failing else proposal(category("Bees"))

    got = induced(many(150), Scripted(answer))
    assert got == Unanswered(stage=failing, subject="taxonomy", why="I would rather not")


def test_an_example_that_was_not_shown_is_no_answer() -> None:
    got = induced(CORPUS, Scripted(proposal(category("Bees", "invented1999"))))
    assert isinstance(got, Unanswered) and got.subject == "taxonomy"


def test_without_papers_nothing_is_asked() -> None:
    for model in ("m", BUILT_IN):
        got = induced(Corpus(()), Scripted(), model)
        assert isinstance(got, Unanswered) and "no paper" in got.why


def test_marking_words_are_added_where_there_are_none() -> None:
    top, other = TAXONOMY.categories
    given = TAXONOMY.model_copy(update={"categories": (top.model_copy(update={"terms": ("legs",)}), other)})
    words = [{"category": "insects", "terms": ["six"]}, {"category": "bees", "terms": ["honey", "hive"]}]
    transport = Scripted({"categories": words})
    learned = learn_terms(given, CORPUS, Client(transport, BUILT_IN))
    assert isinstance(learned, Taxonomy)
    assert {c.id: c.terms for c, _ in learned.walk()} == {
        "insects": ("legs",),
        "bees": ("honey", "hive"),
        "moths": (),
        "molluscs": (),
    }
    assert learned.made.call == transport.calls[0].key
    assert not untouched(learned)  # it is still what a person gave


def test_marking_words_that_were_not_learned_leave_the_taxonomy_as_it_is() -> None:
    got = learn_terms(TAXONOMY, CORPUS, Client(Scripted(BudgetSpent("the budget is spent")), BUILT_IN))
    assert got == Unanswered(stage="induce_terms", subject="taxonomy", why="the budget is spent", stopped=True)
