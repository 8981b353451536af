"""The whole pipeline, as its user sees it: files, counts, messages."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.command import Conspectus
from tests.papers import PLOTS, TAXONOMY, contents, write_jsonl
from tests.stub import running_stub

HONEST = Path(__file__).parent / "honest_model.py"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def paid(review: Path) -> dict[str, int]:
    """Calls by prompt of the last run that asked a server."""
    run = lines(review / "runs.jsonl")[-1]
    usage = run["paid"]
    assert isinstance(usage, dict)
    return {prompt: one["calls"] for prompt, one in usage.items()}


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review of eight papers under a taxonomy that a person wrote."""
    conspectus(
        "init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"), "--question", "How do small gardens thrive?"
    )
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    return tmp_path / "r"


def test_build_offline_writes_every_file_and_cites_every_paper(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("build", review, "--offline")
    assert ended.code == 0, ended.err
    report = json.loads((review / "report.json").read_text())
    assert report["n_papers"] == report["n_cards"] == report["n_cited"] == len(PLOTS)
    assert report["models"] == ["extractive"]
    for name in ("survey.json", "survey.md", "survey.tex", "body.tex", "references.bib", "survey.html"):
        assert (review / "survey" / name).stat().st_size > 500
    abstracts = {paper["key"]: paper["abstract"] for paper in lines(review / "papers.jsonl")}
    draft = json.loads((review / "survey" / "survey.json").read_text())
    claims = [c for s in draft["sections"] for part in s["parts"] for p in part["paragraphs"] for c in p["claims"]]
    assert len(claims) >= len(PLOTS)
    for claim in claims:
        for citation in claim["citations"]:
            quote = str(abstracts[citation["key"]])[citation["start"] : citation["end"]]
            assert quote == citation["quote"]


def test_a_second_build_asks_nothing_and_changes_no_byte(review: Path, conspectus: Conspectus) -> None:
    conspectus("build", review, "--offline")
    before = contents(review)
    assert conspectus("build", review, "--offline").code == 0
    assert contents(review) == before


def test_the_order_of_files_changes_no_byte(tmp_path: Path, conspectus: Conspectus) -> None:
    first = write_jsonl(tmp_path / "first.jsonl", PLOTS[:5])
    second = write_jsonl(tmp_path / "second.jsonl", PLOTS[3:])
    for folder, files in (("a", (first, second)), ("b", (second, first))):
        conspectus("init", tmp_path / folder, *files)
        assert conspectus("build", tmp_path / folder, "--offline").code == 0
    own = ("review.toml", "runs.jsonl")  # they name the files as they were given, and the time
    built = [{k: v for k, v in contents(tmp_path / folder).items() if k not in own} for folder in ("a", "b")]
    assert built[0] == built[1]
    assert len(lines(tmp_path / "a" / "papers.jsonl")) == len(PLOTS)


def test_a_key_alone_sends_nothing(review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_stub() as stub:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        ended = conspectus("build", review)
        assert ended.code == 0
        assert stub.stats()["total"] == 0
    assert "built-in" in ended.err and "--model" in ended.err
    assert b"sk-secret" not in b"".join(contents(review).values())


def test_what_the_built_in_model_made_is_made_again_once_a_model_is_named(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert conspectus("build", review, "--offline").code == 0
    edited = lines(review / "cards.jsonl")
    edited[0]["why"] = "because I read it"
    (review / "cards.jsonl").write_text("".join(json.dumps(card, ensure_ascii=False) + "\n" for card in edited))
    with running_stub() as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        conspectus("build", review, "--model", "stub-model")
    made = {card["key"]: card["made"]["model"] for card in lines(review / "cards.jsonl")}  # type: ignore[index]
    assert made.pop(edited[0]["key"]) == "extractive"
    assert set(made.values()) == {"stub-model"}


def test_a_clone_without_cache_and_sources_asks_nothing(
    tmp_path: Path, review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str, cwd: Path) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        return subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True, text=True).stdout

    with running_stub() as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        conspectus("build", review, "--model", "stub-model")
        assert stub.stats()["total"] > len(PLOTS)
        git("init", "-q", cwd=review)
        git("add", "-A", cwd=review)
        git("commit", "-qm", "built", cwd=review)
        git("clone", "-q", str(review), str(tmp_path / "clone"), cwd=tmp_path)
        (tmp_path / "plots.jsonl").unlink()
        assert not (tmp_path / "clone" / ".conspectus").exists()
        stub.reset()
        conspectus("build", tmp_path / "clone", "--model", "stub-model")
        assert stub.stats()["total"] == 0
    assert git("status", "--porcelain", cwd=tmp_path / "clone") == ""


def test_one_word_in_one_abstract_asks_for_what_it_touches(
    tmp_path: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card, its part with the check, the opening of a cut section, the texts over all; all else stays."""
    source = write_jsonl(tmp_path / "plots.jsonl")
    review = tmp_path / "r"
    conspectus("init", review, source)
    (review / "taxonomy.yaml").write_text(TAXONOMY)
    with (review / "review.toml").open("a") as protocol:
        protocol.write("\n[writing]\npapers_per_call = 3\n")
    with running_stub(hook=HONEST) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        assert conspectus("build", review, "--model", "stub-model").code == 0
        before = parts_of(review)
        (key,) = [paper["key"] for paper in lines(review / "papers.jsonl") if "Survey" in str(paper["title"])]
        (cut,) = [id_ for id_, part in before.items() if key in part["papers"]]
        write_jsonl(source, [(title, text.replace("is popular, yet", "is common, yet")) for title, text in PLOTS])
        stub.reset()
        assert conspectus("build", review, "--model", "stub-model").code == 0
        total = stub.stats()["total"]
    n_parts = sum(id_.split("~")[0] == cut.split("~")[0] for id_ in before)
    n_texts = 4 if n_parts > 1 else 3
    expected = {"classify_paper": 1, "write_amend": 1, "write_revise": n_texts, "check_support": 1 + n_texts}
    assert paid(review) == expected
    assert total == sum(expected.values())
    after = parts_of(review)
    assert after.keys() == before.keys()
    assert [id_ for id_ in after if after[id_] != before[id_]] == [cut]


def parts_of(review: Path) -> dict[str, dict[str, list[str]]]:
    draft = json.loads((review / "survey" / "survey.json").read_text())
    return {part["id"]: part for section in draft["sections"] for part in section["parts"]}


def test_the_demo_is_built_from_recorded_answers(tmp_path: Path, conspectus: Conspectus) -> None:
    ended = conspectus("demo", tmp_path / "d")
    assert ended.code == 0, ended.err
    report = json.loads((tmp_path / "d" / "report.json").read_text())
    assert report["n_papers"] == report["n_cited"] == 12
    assert report["models"] == ["demo"]
    assert "written for this demonstration" in (tmp_path / "d" / "survey" / "survey.html").read_text()
    before = contents(tmp_path / "d")
    assert conspectus("build", tmp_path / "d").code == 0
    assert contents(tmp_path / "d") == before


def test_every_recorded_answer_is_played_and_none_can_be_missing(
    tmp_path: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Path(__file__).resolve().parents[1] / "cassettes" / "demo"
    shutil.copytree(recorded, tmp_path / "cassettes" / "demo")
    monkeypatch.setattr("agent.connect.shipped", lambda name: tmp_path / name)
    cassette = tmp_path / "cassettes" / "demo" / "calls.jsonl"
    whole = cassette.read_text().splitlines(keepends=True)
    for number, line in enumerate(whole):
        cassette.write_text("".join(whole[:number] + whole[number + 1 :]))
        folder = tmp_path / f"without-{number}"
        ended = conspectus("demo", folder)
        assert ended.code == 1, f"line {number} is never played"
        assert json.loads(line)["prompt"] in ended.err


# What a run that could not finish leaves behind.


def test_a_run_that_may_not_ask_leaves_what_stood(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("build", review, "--offline").code == 0
    before = contents(review)
    ended = conspectus("build", review, "--model", "gpt-9")
    assert ended.code == 1 and "OPENAI_API_KEY" in ended.message
    assert contents(review)["cards.jsonl"] == before["cards.jsonl"]
    assert len(json.loads((review / "report.json").read_text())["unanswered"]) >= len(PLOTS)


def test_nothing_is_printed_that_does_not_stand_in_the_papers(
    tmp_path: Path, review: Path, conspectus: Conspectus
) -> None:
    assert conspectus("build", review, "--offline").code == 0
    words = "Only the pairing of onion and carrot"
    assert words in (review / "survey" / "survey.md").read_text()
    write_jsonl(tmp_path / "plots.jsonl", [(title, text.replace(words, "No pairing at all")) for title, text in PLOTS])
    assert conspectus("papers", review).code == 0
    assert words not in (review / "survey" / "survey.md").read_text()
    assert conspectus("build", review, "--offline").code == 0
    assert "No pairing at all" in (review / "survey" / "survey.md").read_text()


def test_a_cell_that_a_person_made_up_is_not_printed(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("build", review, "--offline").code == 0
    draft = json.loads((review / "survey" / "survey.json").read_text())
    row = draft["sections"][0]["parts"][0]["rows"][0]
    row["cells"]["idea"] = {"text": "It cures cancer", "quote": "It cures cancer in all gardens"}
    (review / "survey" / "survey.json").write_text(json.dumps(draft))
    ended = conspectus("build", review, "--offline")
    assert ended.code == 3
    assert "no model is named to judge it" in ended.out
    assert "cures cancer" not in (review / "survey" / "survey.html").read_text()


def test_what_a_budget_left_out_is_told_until_it_is_done(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = (review / "review.toml").read_text()
    (review / "review.toml").write_text(protocol.replace("calls = 10000", "calls = 5"))
    with running_stub(hook=HONEST) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        stopped = conspectus("build", review, "--model", "stub-model")
        assert stopped.code == 3 and "raise `calls`" in stopped.err
        assert stub.stats()["total"] == 5
        assert len(lines(review / "cards.jsonl")) == 5
        looked = conspectus("papers", review)
        assert looked.code == 3 and "classify_paper" in looked.out + (review / "report.json").read_text()
        (review / "review.toml").write_text(protocol)
        assert conspectus("build", review, "--model", "stub-model").code == 0
        assert stub.stats()["answered_again"] == 0
    report = json.loads((review / "report.json").read_text())
    assert report["unanswered"] == [] and report["n_cited"] == len(PLOTS)


def test_the_built_in_judge_does_not_judge_what_a_model_wrote(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = (review / "review.toml").read_text()
    n_sections = 2
    (review / "review.toml").write_text(protocol.replace("calls = 10000", f"calls = {len(PLOTS) + n_sections}"))
    with running_stub(hook=HONEST) as stub:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        assert conspectus("build", review, "--model", "stub-model").code == 3
        (review / "review.toml").write_text(protocol)
        offline = conspectus("build", review, "--offline")
        assert offline.code == 3 and "no model is named to judge it" in offline.out
        assert "One finds that" not in (review / "survey" / "survey.md").read_text()
        assert conspectus("build", review, "--model", "stub-model").code == 0
    assert "One finds that" in (review / "survey" / "survey.md").read_text()
    assert "stub-model judged" in json.loads((review / "report.json").read_text())["protocol_of_judgement"]


def test_a_given_taxonomy_is_asked_for_its_words_once(review: Path, conspectus: Conspectus) -> None:
    conspectus("build", review, "--offline")
    n_runs = len(lines(review / "runs.jsonl"))
    assert "# ours, by hand" in (review / "taxonomy.yaml").read_text()
    conspectus("build", review, "--offline")
    assert len(lines(review / "runs.jsonl")) == n_runs
