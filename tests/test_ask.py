"""Questions over real HTTP: what is sent for one, and that nothing is paid for twice."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Conspectus
from tests.papers import TAXONOMY, write_jsonl
from tests.stub import Stub, running_stub

HONEST = Path(__file__).parent / "honest_model.py"
QUESTION = "What is known about slugs?"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    with running_stub(latency_ms=1, hook=HONEST) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    return tmp_path / "r"


def test_indexing_asks_nothing_and_a_fact_takes_at_most_six_calls(
    review: Path, conspectus: Conspectus, stub: Stub
) -> None:
    assert conspectus("search", "slugs", "-r", review).code == 0
    assert stub.stats()["total"] == 0
    ended = conspectus("ask", QUESTION, "-r", review, "--model", "stub-model", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert told["answered"] and told["usage"]["calls"] == stub.stats()["total"] == 4
    papers = map(json.loads, (review / "papers.jsonl").read_text().splitlines())
    abstracts = {paper["key"]: paper["abstract"] for paper in papers}
    assert told["citations"]
    for citation in told["citations"]:
        assert abstracts[citation["key"]][citation["start"] : citation["end"]] == citation["quote"]


def test_a_question_asked_again_costs_nothing(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    ask = ("ask", QUESTION, "-r", review, "--model", "stub-model", "--json")
    first = json.loads(conspectus(*ask).out)
    n_asked = stub.stats()["total"]
    again = json.loads(conspectus(*ask).out)
    assert stub.stats()["total"] == n_asked
    assert again["usage"]["calls"] == 0 and again["answer"] == first["answer"]
    shutil.rmtree(review / ".conspectus")  # the folder is the state, the cache only a saving
    assert json.loads(conspectus(*ask).out)["answer"] == first["answer"]
    assert stub.stats()["total"] == n_asked
    (review / "answers.jsonl").unlink()
    conspectus(*ask)
    assert stub.stats()["total"] == 2 * n_asked
    (review / "answers.jsonl").unlink()
    assert json.loads(conspectus(*ask).out)["answer"] == first["answer"]
    assert stub.stats()["total"] == 2 * n_asked


def test_a_budget_ends_a_question_and_the_next_run_goes_on(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    ask = ("ask", QUESTION, "-r", review, "--model", "stub-model")
    ended = conspectus(*ask, "--max-calls", 2)
    assert ended.code == 3 and stub.stats()["total"] == 2
    assert not (review / "answers.jsonl").exists()
    assert conspectus(*ask).code == 0
    assert stub.stats()["total"] == 4
    runs = [json.loads(line) for line in (review / "runs.jsonl").read_text().splitlines()]
    assert [run["total"]["calls"] for run in runs] == [2, 2]


def test_vectors_are_asked_for_once_and_only_where_a_model_for_them_is_named(
    review: Path, conspectus: Conspectus, stub: Stub
) -> None:
    conspectus("ask", QUESTION, "-r", review, "--model", "stub-model")
    assert stub.stats()["total"] == 4
    named = (review / "review.toml").read_text().replace("[model]", '[model]\nembedding = "text-embedding-3-small"')
    (review / "review.toml").write_text(named)
    (review / "answers.jsonl").unlink()
    assert conspectus("ask", QUESTION, "-r", review, "--model", "stub-model").code == 0
    n_asked = stub.stats()["total"]
    assert n_asked > 4
    paid = json.loads((review / "runs.jsonl").read_text().splitlines()[-1])["paid"]
    assert paid["search_embed"]["attempts"] >= 1
    (review / "answers.jsonl").unlink()
    conspectus("ask", QUESTION, "-r", review, "--model", "stub-model")
    assert stub.stats()["total"] == n_asked


def test_a_paper_that_is_gone_is_not_found(review: Path, conspectus: Conspectus) -> None:
    ask = ("ask", "What is known about slugs?", "-r", review, "--offline", "--json")
    before = json.loads(conspectus(*ask).out)
    gone = {citation["key"] for citation in before["citations"]}
    kept = [line for line in (review / "papers.jsonl").read_text().splitlines() if json.loads(line)["key"] not in gone]
    (review / "papers.jsonl").write_text("".join(f"{line}\n" for line in kept))
    (review.parent / "plots.jsonl").unlink()  # else the sources would bring them back
    after = json.loads(conspectus(*ask).out)
    assert gone and gone.isdisjoint(after["read"])


def test_answers_of_the_same_corpus_are_the_same_on_any_machine(
    tmp_path: Path, review: Path, conspectus: Conspectus
) -> None:
    ask = ("ask", QUESTION, "--offline", "-r")
    conspectus(*ask, review)
    conspectus("init", tmp_path / "other", tmp_path / "plots.jsonl")
    (tmp_path / "other" / "taxonomy.yaml").write_text(TAXONOMY)
    conspectus(*ask, tmp_path / "other")
    assert (review / "answers.jsonl").read_bytes() == (tmp_path / "other" / "answers.jsonl").read_bytes()


def test_two_that_ask_the_same_at_once_pay_once(review: Path, stub: Stub) -> None:
    stub.config(latency_ms=300)
    ask = [sys.executable, "-c", "from agent.cli import main; main()", "ask", QUESTION, "-r", str(review)]
    both = [subprocess.Popen([*ask, "--model", "stub-model"], stdout=subprocess.PIPE) for _ in range(2)]
    told = [one.communicate(timeout=60)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert stub.stats()["total"] == 4
    assert all(b"[1]" in one for one in told)


def test_what_is_kept_can_be_taken_out_with_nothing_asked(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    ended = conspectus("ask", QUESTION, "-r", review, "--no-keep")
    assert ended.code == 1 and "no such question is kept" in ended.message
    assert conspectus("ask", QUESTION, "-r", review, "--model", "stub-model", "--keep").code == 0
    n_asked = stub.stats()["total"]
    ended = conspectus("ask", QUESTION, "-r", review, "--no-keep", "--offline")
    assert ended.code == 0, ended.err
    assert stub.stats()["total"] == n_asked
    assert '"kept":false' in (review / "answers.jsonl").read_text()


def test_a_question_that_is_not_utf_8_is_asked_all_the_same(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("ask", "\udcff slugs", "-r", review, "--offline").code == 0
    assert "slugs" in (review / "answers.jsonl").read_text()
