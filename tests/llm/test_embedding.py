"""Vectors of texts over real HTTP: paid for once, within the limits, and search goes on without them."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.connect import Access, Connection, connect
from agent.llm.budget import Budget
from agent.llm.cache import Cached
from agent.llm.call import Call
from agent.llm.client import Client
from agent.llm.embedding import MOST_BYTES, Embedder, Rows, Vector
from agent.llm.gate import Gate
from agent.llm.inventory import take_inventory
from agent.llm.ledger import EMBED
from agent.llm.provider import Provider
from agent.llm.pruning import choose, prune
from agent.llm.retries import Retries
from agent.llm.sharing import Exported, export, take_in
from agent.papers import Paper
from agent.review import Limits, ModelChoice, Protocol, Unanswered
from tests.contacts import watch
from tests.llm.sample import calls, tamper
from tests.one_status import OneStatus
from tests.stub import Stub, running_stub
from tests.vector_server import VectorServer, refused, told

MODEL = "text-embedding-3-small"
PATH = "/v1/embeddings"
QUICK = Retries(first_wait_s=0.01, longest_wait_s=0.05)
HASTY = Retries(attempts=2, first_wait_s=0.001, longest_wait_s=0.002)


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    with running_stub(retry_after=0.02, embedding_dims=64) as stub:
        yield stub


@pytest.fixture
def stub(server: Stub) -> Stub:
    server.config(fault="", latency_ms=0, max_concurrency=0, rpm=0, tpm=0, seed=0, api_key="", embedding_dims=64)
    server.reset()
    return server


def texts(n: int) -> list[str]:
    return [f"Text {number} on watering beds of {'lettuce ' * (number % 7)}and number {number}" for number in range(n)]


def for_vectors(wanted: Sequence[str]) -> Iterator[Call]:
    return (Call(EMBED, "", text, MODEL, answer=Vector) for text in wanted)


def protocol(**choice: object) -> Protocol:
    limits = choice.pop("budget", Limits())
    return Protocol(model=ModelChoice(name="stub-model", **{"embedding": MODEL, **choice}), budget=limits)


def connected(folder: Path, url: str, say: Callable[[str], None], **choice: object) -> Connection:
    return connect(protocol(**choice), folder / "cache", Access(base_url=url), say=say)


class Setup:
    """An embedder on a provider that is quick to ask again, with all that a test looks at."""

    def __init__(self, folder: Path, url: str, limits: Limits | None = None, **more: Any) -> None:  # noqa: ANN401
        retries = more.pop("retries", QUICK)
        price = more.pop("price", 0.02)
        choice = ModelChoice(name="stub-model", embedding=MODEL, **{"timeout_s": 10, **more})
        self.budget = Budget(limits or Limits(), 1.0, 2.0, usd_per_million_embedded=price)
        self.provider = Provider(url, "", choice, self.budget, retries=retries)
        self.cached = Cached(self.provider, folder)
        self.client = Client(self.cached, "stub-model")
        self.said: list[str] = []
        self.embedder = Embedder(self.cached, MODEL, self.client, say=self.said.append)

    def __enter__(self) -> "Setup":
        return self

    def __exit__(self, *_: object) -> None:
        self.cached.close()
        self.provider.close()

    def vectors(self, wanted: Sequence[str]) -> Rows:
        rows = self.embedder.vectors(wanted)
        assert not isinstance(rows, Unanswered), rows.why
        return rows

    def why(self, wanted: Sequence[str]) -> str:
        """Why there are no vectors, which was said as well."""
        got = self.embedder.vectors(wanted)
        assert isinstance(got, Unanswered)
        assert got.stage == EMBED
        assert self.said == [f"searched by words alone, without vectors: {got.why}"]
        return got.why


def test_286_texts_are_paid_for_once(stub: Stub, tmp_path: Path) -> None:
    said: list[str] = []
    with connected(tmp_path, stub.url, said.append) as first:
        assert first.embedder is not None
        rows = first.embedder.vectors(texts(286))
        assert not isinstance(first.embedder.vectors(texts(286)[5:9]), Unanswered)
        stats = stub.stats()
        assert stats["requests"] == {PATH: 9}
        usage = first.usage[EMBED]
        assert (usage.calls, usage.attempts) == (9, 9)
        assert usage.input_tokens == stats["embedding_tokens"] > 0
        assert usage.cost_usd == pytest.approx(stats["embedding_tokens"] * 0.02 / 1e6)
        assert (first.n_replies, first.n_kept) == (286, 0)
        assert first.sent[EMBED].text_bytes == sum(map(len, texts(286)))
    stub.reset()
    with connected(tmp_path, stub.url, said.append) as second:
        assert second.embedder is not None
        again = second.embedder.vectors(texts(286))
        assert second.usage == {} and (second.n_replies, second.n_kept) == (286, 286)
        assert second.recalled[EMBED].input_tokens == usage.input_tokens
        assert second.recalled[EMBED].cost_usd == pytest.approx(usage.cost_usd)
    assert stub.stats()["total"] == 0
    assert isinstance(rows, np.ndarray) and isinstance(again, np.ndarray)
    assert rows.shape == (286, 64) and rows.dtype == np.float32
    assert np.array_equal(rows, again)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert said == []


def test_only_a_new_text_is_asked_for(stub: Stub, tmp_path: Path) -> None:
    with Setup(tmp_path, stub.url) as one:
        one.vectors(texts(40))
    stub.reset()
    with Setup(tmp_path, stub.url) as one:
        rows = one.vectors([*texts(41), *texts(41)])
        assert np.array_equal(rows[:41], rows[41:])
    assert stub.stats()["total"] == 1


def test_rows_are_in_the_order_of_the_texts_whatever_order_they_come_in(tmp_path: Path) -> None:
    def backwards(wanted: Sequence[str]) -> tuple[int, Any]:
        status, reply = told([[float(len(text)), 1.0] for text in wanted])
        reply["data"].reverse()
        return status, reply

    wanted = ["a" * n for n in range(1, 60)]
    with VectorServer(backwards) as server, Setup(tmp_path, server.url) as one:
        rows = one.vectors(wanted)
    assert [round(float(row[0] / row[1])) for row in rows] == list(range(1, 60))


def test_numbers_and_base64_are_the_same_vectors(stub: Stub, tmp_path: Path) -> None:
    numbers = [[0.25, -0.5, 0.125], [3.0, 0.0, -4.0]]
    with VectorServer(lambda wanted: told(numbers)) as server, Setup(tmp_path / "floats", server.url) as one:
        rows = one.vectors(["one", "two"])
        assert server.asked[0][1] == {"model": MODEL, "input": ["one", "two"], "encoding_format": "base64"}
    expected = np.array(numbers) / np.linalg.norm(numbers, axis=1, keepdims=True)
    assert np.allclose(rows, expected, atol=1e-6)


@pytest.mark.parametrize("fault", ["429", "500", "503", "disconnect", "halfbody", "html"])
def test_what_passes_is_tried_again(stub: Stub, tmp_path: Path, fault: str) -> None:
    stub.config(fault=f"{fault}:0.4")
    with Setup(tmp_path, stub.url) as one:
        rows = one.vectors(texts(200))
        attempts = one.provider.ledger.by_prompt[EMBED].attempts
    stats = stub.stats()
    assert rows.any(axis=1).all() and one.said == []
    assert attempts == stats["total"] == one.budget.used.attempts > 7
    assert stats["answered_again"] == 0 or fault == "html"  # a page is an answer to the stub


def test_a_server_that_takes_few_requests_a_minute_is_not_pressed(stub: Stub, tmp_path: Path) -> None:
    stub.config(rpm=1_200, burst_s=0.2)
    with Setup(tmp_path, stub.url) as one:
        assert one.vectors(texts(400)).any(axis=1).all()
    assert stub.stats()["status"].get("429", 0) <= 4


@pytest.mark.parametrize("n_tokens", [0, 3_000, 6_000, 14_000])
def test_a_budget_of_tokens_is_never_passed_and_ends_the_run(stub: Stub, tmp_path: Path, n_tokens: int) -> None:
    stub.config(latency_ms=5, fault="429:0.1,500:0.1,disconnect:0.1")
    with Setup(tmp_path, stub.url, Limits(tokens=n_tokens)) as one:
        assert f"the budget of {n_tokens:,} tokens is spent" in one.why(texts(1_000))
        assert one.client.stopped is not None
        n_kept = sum(kept.n_replies for kept in take_inventory(tmp_path))
        before = stub.stats()
        assert before["embedding_tokens"] <= n_tokens
        assert n_tokens < 10_000 or before["embedding_tokens"] > 0  # a lost connection counts at its worst
        assert isinstance(one.embedder.vectors(["another"]), Unanswered)
        assert stub.stats()["total"] == before["total"]
    with Setup(tmp_path, stub.url) as one:  # what was paid for is not asked again
        assert one.vectors(texts(1_000)).any(axis=1).all()
    assert n_kept == 32 * before["answered"]
    assert stub.stats()["answered_again"] == 0


@pytest.mark.parametrize(("limits", "words"), [(Limits(calls=3), "3 calls"), (Limits(usd=0.0001), "$0.0001")])
def test_so_are_calls_and_dollars(stub: Stub, tmp_path: Path, limits: Limits, words: str) -> None:
    stub.config(fault="500:0.3")
    with Setup(tmp_path, stub.url, limits) as one:
        assert words in one.why(texts(1_000))
    stats = stub.stats()
    assert stats["total"] <= limits.calls
    assert limits.usd is None or 0 < stats["embedding_tokens"] * 0.02 / 1e6 <= limits.usd


def test_answers_and_vectors_share_one_budget_at_two_prices() -> None:
    budget = Budget(Limits(usd=1.0), 10.0, 20.0, usd_per_million_embedded=0.1)
    vector = budget.reserve(0, 0, 1_000_000)
    budget.settle(vector, budget.attempt(vector, 600_000, 0))
    answer = budget.reserve(50_000, 10_000)
    budget.settle(answer, budget.attempt(answer, 40_000, 10_000))
    used = budget.used
    assert (used.attempts, used.input_tokens, used.output_tokens) == (2, 640_000, 10_000)
    assert used.cost_usd == pytest.approx(0.06 + 0.4 + 0.2)
    unpriced = Budget(Limits(), 10.0, 20.0)
    unpriced.settle(unpriced.reserve(0, 0, 10), None)
    assert unpriced.used.cost_usd is None


def test_a_limit_in_dollars_without_the_price_of_embeddings_is_not_risked(stub: Stub, tmp_path: Path) -> None:
    with Setup(tmp_path, stub.url, Limits(usd=5.0), price=None) as one:
        assert "`usd_per_million_embedding = ...` under [model]" in one.why(texts(3))
        assert one.client.stopped is None
    assert stub.stats()["total"] == 0


@pytest.mark.parametrize("status", [400, 404, 405, 422, 501])
def test_a_server_without_vectors_is_said_in_one_sentence_and_not_pressed(tmp_path: Path, status: int) -> None:
    with VectorServer(lambda wanted: refused(status)) as server, Setup(tmp_path, server.url) as one:
        why = one.why(texts(286))
        n_asked = len(server.asked)
        assert one.why(texts(286)) == why  # and said once
        assert len(server.asked) == n_asked <= 32
        assert str(status) in why
        assert one.client.stopped is None  # its answers are another matter


def test_a_wrong_key_is_said_and_a_server_that_is_not_there_stops_the_run(stub: Stub, tmp_path: Path) -> None:
    stub.config(api_key="sk-another-0123456789")
    with Setup(tmp_path, stub.url) as one:
        assert "set OPENAI_API_KEY" in one.why(texts(3))
    with VectorServer(lambda wanted: told([])) as server:
        gone = server.url
    with Setup(tmp_path, gone, retries=HASTY) as one:
        assert "cannot be reached" in one.why(texts(3))
        assert one.client.stopped is not None


@pytest.mark.parametrize("most", [10, 1])
def test_a_server_that_takes_few_texts_at_once_is_sent_fewer(tmp_path: Path, most: int) -> None:
    def strict(wanted: Sequence[str]) -> tuple[int, Any]:
        if len(wanted) > most:
            return refused(400, f"batch size is invalid, it should not be larger than {most}")
        return told([[float(len(text)), 1.0] for text in wanted])

    with VectorServer(strict) as server, Setup(tmp_path, server.url) as one:
        assert one.vectors(texts(100)).any(axis=1).all()
        assert sum(size for size in server.sizes if size <= most) == 100  # none was paid for twice
    assert one.said == []


def test_a_text_that_is_not_taken_leaves_the_others_their_vectors(tmp_path: Path) -> None:
    def picky(wanted: Sequence[str]) -> tuple[int, Any]:
        if any("number 17" in text for text in wanted):
            return refused(400, "the input was flagged")
        return told([[1.0, float(len(text))] for text in wanted])

    with VectorServer(picky) as server, Setup(tmp_path, server.url) as one:
        rows = one.vectors(texts(64))
    assert np.flatnonzero(~rows.any(axis=1)).tolist() == [17]
    (said,) = one.said
    assert said.startswith("1 text of 64 has no vector and is found by words alone") and "flagged" in said


@pytest.mark.parametrize(
    "vector", [[math.nan, 1.0], [math.inf, 1.0], [0.0, 0.0], [], ["x"], "AAAA", "not base64!", "", None, 7]
)
def test_a_vector_that_is_none_is_left_out_and_not_kept(tmp_path: Path, vector: object) -> None:
    def spoilt(wanted: Sequence[str]) -> tuple[int, Any]:
        return told([vector if text == "bad" else [1.0, 2.0] for text in wanted])

    with VectorServer(spoilt) as server, Setup(tmp_path, server.url) as one:
        rows = one.vectors(["good", "bad", "fine"])
        assert rows.any(axis=1).tolist() == [True, False, True]
        assert "the server's vector cannot be used" in one.said[0]
    assert [kept.n_replies for kept in take_inventory(tmp_path)] == [2]


@pytest.mark.parametrize("n_given", [0, 1, 33])
def test_too_few_or_too_many_vectors_are_none(tmp_path: Path, n_given: int) -> None:
    with VectorServer(lambda wanted: told([[1.0, 2.0]] * n_given)) as server, Setup(tmp_path, server.url) as one:
        got = one.embedder.vectors(texts(32))
        if n_given == 1:  # it reads one text of a request, so that each is sent alone
            assert isinstance(got, np.ndarray) and got.any(axis=1).all()
        else:
            assert isinstance(got, Unanswered) and f"{n_given} vectors for 1 texts" in got.why
            assert len(server.asked) < 32


def test_vectors_of_two_lengths_are_not_compared(stub: Stub, tmp_path: Path) -> None:
    with Setup(tmp_path, stub.url) as one:
        one.vectors(texts(3))
    stub.config(embedding_dims=32)
    with Setup(tmp_path, stub.url) as one:
        assert "of 32 and of 64 numbers" in one.why(texts(5))


def test_a_damaged_vector_is_asked_for_anew(stub: Stub, tmp_path: Path) -> None:
    with Setup(tmp_path, stub.url) as one:
        before = one.vectors(texts(3))
    tamper(tmp_path, "UPDATE Cache SET value = replace(value, 'vector', 'vectr') WHERE key LIKE 'k1-%'")
    stub.reset()
    with Setup(tmp_path, stub.url) as one:
        assert np.array_equal(before, one.vectors(texts(3)))
    assert stub.stats()["total"] == 1


def test_a_long_text_is_cut_and_a_hidden_one_left_out(tmp_path: Path) -> None:
    with VectorServer(lambda wanted: told([[1.0, 2.0]] * len(wanted))) as server, Setup(tmp_path, server.url) as one:
        rows = one.vectors(["é" * 50_000, "plain\u200b text", " ", "\u200b"])
        ((_, body),) = server.asked
    assert [len(text.encode()) for text in body["input"]] == [MOST_BYTES, len("plain text")]
    assert rows.any(axis=1).tolist() == [True, True, False, False]


def test_eight_words_of_a_private_paper_leave_in_no_text(stub: Stub, tmp_path: Path) -> None:
    private = Paper(key="secret", title="One two three four five six seven eight nine", abstract="Other words.")
    with VectorServer(lambda wanted: told([[1.0, 2.0]] * len(wanted))) as server, Setup(tmp_path, server.url) as one:
        gate = Gate(one.cached)
        gate.keep_back([private], [])
        said: list[str] = []
        embedder = Embedder(gate, MODEL, one.client, say=said.append)
        rows = embedder.vectors(["What of two THREE four five six, seven eight nine?", "What of drip lines?"])
        assert not isinstance(rows, Unanswered)
        assert rows.any(axis=1).tolist() == [False, True]
        assert "seven" not in json.dumps(server.asked)
        assert 'send = "never"' in said[0]


def test_the_cache_shows_hands_on_and_takes_out_vectors_like_answers(stub: Stub, tmp_path: Path) -> None:
    with Setup(tmp_path / "a", stub.url) as one:
        before = one.vectors(texts(50))
        list(one.cached.send_all(calls(2)))
    assert [(kept.prompt, kept.model, kept.n_replies) for kept in take_inventory(tmp_path / "a")] == [
        ("classify_kind", "stub-model", 2),
        (EMBED, MODEL, 50),
    ]
    assert export(tmp_path / "a", tmp_path / "kept.jsonl") == Exported(n_new=52)
    assert take_in(tmp_path / "kept.jsonl", tmp_path / "b").n_new == 52
    stub.reset()
    with Setup(tmp_path / "b", stub.url) as one:
        assert np.array_equal(before, one.vectors(texts(50)))
    assert stub.stats()["total"] == 0
    chosen = choose(tmp_path / "b", before=None, today=date(2026, 1, 1), prompts={"classify_kind"})
    assert chosen.by_prompt == ((EMBED, MODEL, 50),)
    assert prune(tmp_path / "b", chosen.keys) > 0
    assert [kept.prompt for kept in take_inventory(tmp_path / "b")] == ["classify_kind"]


def test_left_half_way_all_that_was_paid_for_is_kept(stub: Stub, tmp_path: Path) -> None:
    stub.config(latency_ms=20)
    with Setup(tmp_path, stub.url, concurrency=4) as one:
        stream = one.cached.send_all(for_vectors(texts(1_000)))
        next(stream)
        stream.close()  # type: ignore[attr-defined]
        n_answered = stub.stats()["answered"]
    assert 1 <= n_answered <= 5 and stub.stats()["abandoned"] == 0
    assert [kept.n_replies for kept in take_inventory(tmp_path)] == [32 * n_answered]


def test_vectors_are_recorded_and_replayed_like_answers(stub: Stub, tmp_path: Path) -> None:
    found: list[Rows] = []
    for cache in ("first", "second"):
        access = Access(base_url=stub.url, record=tmp_path / "calls.jsonl")
        with connect(protocol(), tmp_path / cache, access) as connection:
            assert connection.embedder is not None
            rows = connection.embedder.vectors(texts(5))
            assert not isinstance(rows, Unanswered)
            found.append(rows)
    assert np.array_equal(found[0], found[1])
    assert stub.stats()["total"] == 1
    assert len((tmp_path / "calls.jsonl").read_text().splitlines()) == 5


def test_answers_and_vectors_in_one_stream_each_get_their_own(stub: Stub, tmp_path: Path) -> None:
    with Setup(tmp_path, stub.url) as one:
        vectors = list(for_vectors(texts(40)))
        mixed = [*vectors[:20], *calls(3), *vectors[20:]]
        replies = {call.key: reply for call, reply in one.provider.send_all(mixed)}
    assert replies.keys() == {call.key for call in mixed}
    assert stub.stats()["requests"] == {PATH: 2, "/v1/chat/completions": 3}


@pytest.mark.parametrize("is_offline", [True, False])
def test_unless_it_is_named_and_a_server_is_asked_there_are_no_vectors(
    stub: Stub, tmp_path: Path, is_offline: bool
) -> None:
    access = Access(base_url=stub.url, api_key="sk-0123456789abcdef", offline=is_offline)
    named = protocol(**({} if is_offline else {"embedding": None}))
    for one in (named, Protocol(model=ModelChoice(name="demo", embedding=MODEL))):
        with connect(one, tmp_path, access) as connection:
            assert connection.embedder is None
    with connect(Protocol(model=ModelChoice(embedding=MODEL)), tmp_path, access) as connection:
        assert connection.embedder is None  # no model is named, so the built-in one answers
    assert stub.stats()["total"] == 0


def test_without_a_key_openais_server_is_not_asked(tmp_path: Path) -> None:
    said: list[str] = []
    with connect(protocol(), tmp_path, Access(), say=said.append) as connection:
        assert connection.embedder is not None
        got = connection.embedder.vectors(["text"])
    assert isinstance(got, Unanswered) and "set OPENAI_API_KEY" in got.why
    assert said == [f"searched by words alone, without vectors: {got.why}"]


def test_only_the_named_server_is_contacted_and_no_redirect_followed(stub: Stub, tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from agent.connect import Access, connect
from agent.review import ModelChoice, Protocol
import sys
one = Protocol(model=ModelChoice(name="stub-model", embedding={MODEL!r}))
with connect(one, Path({str(tmp_path / "cache")!r}), Access(base_url=sys.argv[1], api_key="sk-0123456789abcdef")) as c:
    print(len(c.embedder.vectors(["one", "two"])))
"""
    told_of = watch(tmp_path, stub.url, code=code)
    assert told_of.out == "2\n", told_of.err
    assert told_of.places == {("127.0.0.1", int(stub.url.removesuffix("/v1").rsplit(":", 1)[1]))}


def test_no_redirect_is_followed(tmp_path: Path) -> None:
    with OneStatus(200) as other, OneStatus(307, location=other.url) as first, Setup(tmp_path, first.url) as one:
        assert "the server sends calls elsewhere (307)" in one.why(["text"])
    assert other.headers == [] and len(first.headers) == 1
