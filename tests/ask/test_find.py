"""Which papers are read for a question."""

from agent.ask import Found, find, find_more, with_abstract
from agent.ask.find import MOST_READ
from agent.papers import Corpus, Paper
from agent.question import Kind, Plan
from agent.search import Index
from tests.nouns import CORPUS, TAXONOMY, card, cards

KEYS = frozenset(CORPUS.keys())


def found(plan: Plan, question: str = "Where do moths fly?", scope: frozenset[str] = KEYS) -> Found:
    index = Index.open(None, CORPUS)
    return find(question, plan, index, scope=scope, cards=cards(), taxonomy=TAXONOMY)


def test_the_nearest_paper_comes_first() -> None:
    assert found(Plan(searches=("lamps in a valley",))).keys[0] == "moths2022"


def test_a_search_finds_what_the_question_does_not_name() -> None:
    got = found(Plan(searches=("copper ring lettuce",)), question="What repels gastropods?")
    assert got.keys[0] == "slugs2023"


def test_nothing_outside_the_scope_is_read() -> None:
    assert found(Plan(kind=Kind.CORPUS), scope=frozenset({"bees2021"})).keys == ("bees2021",)


def test_what_one_call_can_read_is_read() -> None:
    assert set(found(Plan(searches=("zzz",)), question="yyy?").keys) == KEYS


def test_a_small_corpus_is_read_whole_for_a_question_over_all_of_it() -> None:
    got = found(Plan(kind=Kind.CORPUS, searches=("moths",)))
    assert set(got.keys) == KEYS and got.n_possible == len(KEYS)


def many(n_papers: int) -> Corpus:
    return Corpus(
        Paper(key=f"p{n:04}", title=f"Paper {n}", abstract="It is about moths." if n % 2 else "It is about soil.")
        for n in range(n_papers)
    )


def test_of_a_larger_one_categories_and_searches_leave_papers_out() -> None:
    corpus = many(200)
    filed = {f"p{n:04}": card(f"p{n:04}", "molluscs") for n in range(10)}
    plan = Plan(kind=Kind.CORPUS, searches=("moths",), categories=("molluscs",))
    got = find("moths?", plan, Index.open(None, corpus), scope=corpus.keys(), cards=filed, taxonomy=TAXONOMY)
    assert set(filed) <= set(got.keys)
    assert got.n_possible == len(got.keys) == 65  # 60 hits of the search, and 5 of the category that it did not hit


def test_a_question_that_leaves_all_possible_reads_so_many_and_knows_of_the_rest() -> None:
    corpus = many(400)
    plan = Plan(kind=Kind.CORPUS)
    got = find("What trends?", plan, Index.open(None, corpus), scope=corpus.keys(), cards={}, taxonomy=None)
    assert len(got.keys) == MOST_READ[Kind.CORPUS] and got.n_possible == 400


def test_a_facet_code_makes_its_papers_possible() -> None:
    corpus = many(200)
    filed = {
        "p0000": card("p0000", facets={"topics": ("light", "food")}),
        "p0002": card("p0002", facets={"kind": "3d"}),
    }
    plan = Plan(kind=Kind.CORPUS, searches=("moths",), codes=(("topics", "food"), ("kind", "3d")))
    got = find("moths?", plan, Index.open(None, corpus), scope=corpus.keys(), cards=filed, taxonomy=TAXONOMY)
    assert {"p0000", "p0002"} <= set(got.keys)


def test_embeddings_bring_in_what_words_do_not() -> None:
    plan = Plan(searches=("zzz",))
    near = lambda searches, keys, most: [["slugs2023"]]  # noqa: E731
    got = find("yyy?", plan, Index.open(None, CORPUS), scope=KEYS, cards={}, taxonomy=None, near=near)
    assert got.keys[0] == "slugs2023"


def test_the_next_step_reads_only_what_was_not_read() -> None:
    index = Index.open(None, CORPUS)
    searches = ("moths at lamps", "bees on flowers")
    assert find_more(searches, index, scope=KEYS, known=["bees2021"])[0] == "moths2022"
    assert find_more(searches, index, scope=KEYS, known=["moths2022"])[0] == "bees2021"
    assert not {"bees2021", "moths2022"} & set(find_more(searches, index, scope=KEYS, known=["bees2021", "moths2022"]))


def test_a_title_alone_is_nothing_to_quote_from() -> None:
    assert with_abstract(KEYS, CORPUS) == KEYS - {"bare2020"}
