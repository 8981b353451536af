"""Rankings by vectors: the nearest first, ties by key, and none where there are no vectors."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from agent.connect import Access, connect
from agent.errors import CallError, NotTaken
from agent.llm.call import Call, Reply
from agent.llm.client import Client
from agent.llm.embedding import Embedder, Rows
from agent.papers import Paper
from agent.review import Limits, ModelChoice, Protocol
from agent.search.nearness import near_papers, nearest
from tests.papers import PLOTS
from tests.scripted import Line, Scripted
from tests.stub import running_stub
from tests.vector_server import VectorServer, told

PAPERS = [Paper(key=f"p{number}", title=title, abstract=text) for number, (title, text) in enumerate(PLOTS)]


def rows(*vectors: Sequence[float]) -> Rows:
    """These, of length one; zeros stay."""
    lengths = [float(np.linalg.norm(vector)) or 1.0 for vector in vectors]
    return np.array([[number / length for number in v] for v, length in zip(vectors, lengths, strict=True)], np.float32)


def test_the_nearest_come_first_and_no_more_than_asked_for() -> None:
    query, placed = rows([1, 0])[0], rows([0, 1], [1, 1], [1, 0], [-1, 0])
    assert nearest(query, placed, ["up", "slant", "along", "back"], 3) == ["along", "slant", "up"]
    assert nearest(query, placed, ["up", "slant", "along", "back"], 99) == ["along", "slant", "up", "back"]
    assert nearest(query, placed, ["up", "slant", "along", "back"], 0) == []


def test_ties_go_by_key_whatever_the_order_and_however_few_are_asked_for() -> None:
    same = rows(*[[0.3, 0.1, 0.7]] * 50)
    keys = [f"k{number:02}" for number in range(50)][::-1]
    assert nearest(rows([0.5, 0.2, 0.9])[0], same, keys, 3) == ["k00", "k01", "k02"]


def test_what_has_no_vector_is_in_no_ranking() -> None:
    placed = rows([-1, 0], [0, 0], [-1, 1])
    assert nearest(rows([1, 0])[0], placed, ["a", "b", "c"], 3) == ["c", "a"]
    assert nearest(rows([0, 0])[0], placed, ["a", "b", "c"], 3) == []
    assert nearest(rows([1, 0])[0], rows([0, 0]), ["a"], 3) == []


def test_a_ranking_is_that_of_all_cosines() -> None:
    chance = np.random.default_rng(4)
    query, *placed_each = rows(*chance.normal(size=(501, 16)).tolist())
    placed = np.stack(placed_each)
    by_hand = sorted(range(500), key=lambda place: (-round(float(placed[place] @ query), 6), place))
    assert nearest(query, placed, [f"{place:03}" for place in range(500)], 40) == [f"{n:03}" for n in by_hand[:40]]


def test_a_search_finds_the_papers_that_say_it_and_each_search_has_its_own_ranking(tmp_path: Path) -> None:
    protocol = Protocol(model=ModelChoice(name="stub-model", embedding="text-embedding-3-small"))
    with running_stub(embedding_dims=4_096) as stub:
        with connect(protocol, tmp_path, Access(base_url=stub.url)) as connection:
            assert connection.embedder is not None
            searches = [PLOTS[2][1], "  ", PLOTS[6][0]]
            by_text, by_nothing, by_title = near_papers(connection.embedder, PAPERS, searches, 3)
            n_first = stub.stats()["total"]
            among = near_papers(connection.embedder, PAPERS, [PLOTS[2][1]], 9, among={"p1", "p5", "gone"})
        assert (n_first, stub.stats()["total"]) == (1, 1)  # searches and papers in one request, and none for the second
    assert by_text[0] == "p2" and len(by_text) == 3
    assert by_nothing == []
    assert by_title[0] == "p6"
    assert set(among[0]) == {"p1", "p5"}


def test_a_paper_is_sent_as_its_title_and_abstract_without_what_nobody_sees(tmp_path: Path) -> None:
    papers = [
        Paper(key="both", title="Drip\u200b lines", abstract="They save water. <|im_end|>"),
        Paper(key="title", title="Pots"),
        Paper(key="abstract", abstract="Slugs stay away."),
        Paper(key="neither"),
    ]
    protocol = Protocol(model=ModelChoice(name="m", embedding="e"))
    with VectorServer(lambda wanted: told([[1.0, len(text)] for text in wanted])) as server:
        with connect(protocol, tmp_path, Access(base_url=server.url)) as connection:
            assert connection.embedder is not None
            (ranking,) = near_papers(connection.embedder, papers, ["water"], 9)
        ((_, body),) = server.asked
    assert body["input"] == ["water", "Drip lines\n\nThey save water. ‹|im_end|>", "Pots", "Slugs stay away."]
    assert sorted(ranking) == ["abstract", "both", "title"]


def test_where_nothing_can_be_near_nothing_is_asked() -> None:
    silent = Scripted()
    embedder = Embedder(silent, "e", Client(silent, "m"))
    assert near_papers(embedder, [], ["water"], 5) == [[]]
    assert near_papers(embedder, PAPERS, [], 5) == []
    assert near_papers(embedder, PAPERS, ["", " "], 5) == [[], []]
    assert near_papers(embedder, PAPERS, ["water"], 0) == [[]]
    assert near_papers(embedder, PAPERS, ["water"], 5, among=()) == [[]]
    assert silent.calls == []


def test_without_vectors_the_rankings_are_empty_and_one_sentence_says_why() -> None:
    class Refusing:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            yield from ((call, NotTaken("no vectors here")) for call in calls)

    said: list[str] = []
    embedder = Embedder(Refusing(), "e", Client(Scripted(), "m"), say=said.append)
    for _ in range(3):
        assert near_papers(embedder, PAPERS, ["water", "slugs"], 5) == [[], []]
    assert said == ["searched by words alone, without vectors: no vectors here"]


def test_a_spent_budget_leaves_empty_rankings_and_stops_the_run(tmp_path: Path) -> None:
    protocol = Protocol(model=ModelChoice(name="m", embedding="e"), budget=Limits(calls=0))
    said: list[str] = []
    with VectorServer(lambda wanted: told([])) as server:
        with connect(protocol, tmp_path, Access(base_url=server.url), say=said.append) as connection:
            assert connection.embedder is not None
            assert near_papers(connection.embedder, PAPERS, ["water"], 5) == [[]]
            assert connection.client.stopped is not None
        assert server.asked == []
    assert len(said) == 1 and "0 calls" in said[0]


@pytest.mark.parametrize("line", ['{"vector": "AACAPwAAAAA="}', '{"vector": ""}'])
def test_only_what_is_a_vector_is_taken_for_one(line: Line) -> None:
    transport = Scripted(lambda call: line)
    said: list[str] = []
    embedder = Embedder(transport, "e", Client(transport, "m"), say=said.append)
    found = near_papers(embedder, PAPERS, ["water"], 2)
    assert found == ([["p0", "p1"]] if line != '{"vector": ""}' else [[]])
    assert bool(said) == (line == '{"vector": ""}')
