"""What `conspectus status` says of a review: what stands, what is out of date and why, and what to do next."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.folder import Folder
from agent.pipeline import baseline
from tests.command import Conspectus, Result
from tests.papers import PLOTS, TAXONOMY, contents, write_jsonl
from tests.terminal import at_a_terminal

CHECKOUT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review of six papers that the built-in model built."""
    folder = tmp_path / "r"
    conspectus("init", folder, write_jsonl(tmp_path / "plots.jsonl", PLOTS[:6]))
    (folder / "taxonomy.yaml").write_text(TAXONOMY)
    assert conspectus("build", folder, "--offline").code == 0
    return folder


def matters(ended: Result) -> dict[str, str]:
    """What is said about each thing, the lines of one joined."""
    said: dict[str, str] = {}
    for line in ended.out.split("\n\n")[0].splitlines()[1:]:
        about, text = line[:13].strip(), line[13:]
        said[about] = f"{said[about]}\n{text}" if about in said else text
    return said


def change(file: Path, change_line: Callable[[dict[str, Any]], object], which: int = 0) -> None:
    """Change a line of JSON lines."""
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    change_line(lines[which])
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def test_a_review_that_is_up_to_date(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("status", review)
    assert ended.code == 0
    first, _, last = ended.out.splitlines()
    assert first.startswith("stands       6 papers, 6 cards, 2 sections, ")
    assert first.endswith(" claims, 0 answers; the model is extractive")
    assert last == "all of it is up to date"
    found = json.loads(conspectus("status", review, "--json").out)
    assert (found["current"], found["n_papers"], found["matters"]) == (True, 6, [])


def test_before_the_first_build(tmp_path: Path, conspectus: Conspectus) -> None:
    conspectus("init", tmp_path / "new", write_jsonl(tmp_path / "plots.jsonl"))
    ended = conspectus("status", tmp_path / "new")
    assert ended.code == 0
    assert matters(ended) == {"taxonomy": "there is none yet; `conspectus build` makes one, or write taxonomy.yaml"}
    assert ended.out.splitlines()[-1] == f"next: conspectus build {tmp_path / 'new'}"
    assert "holds no review.toml" in conspectus("status", tmp_path).message


def test_it_asks_sends_and_writes_nothing(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    protocol = review / "review.toml"
    protocol.write_text(protocol.read_text().replace("[model]", '[model]\nname = "gpt-9"'))
    write_jsonl(review.parent / "plots.jsonl", PLOTS)
    before = {str(path): path.stat().st_mtime_ns for path in review.rglob("*")}
    files = contents(review)
    ended = conspectus("status", review)
    assert ended.code == 0 and "the model is gpt-9" in ended.out
    assert "6 papers to be asked again: the built-in model made it" in matters(ended)["cards"]
    assert contents(review) == files
    assert {str(path): path.stat().st_mtime_ns for path in review.rglob("*")} == before


def test_sources_that_are_new_other_or_not_there(review: Path, conspectus: Conspectus) -> None:
    top = review.parent
    write_jsonl(top / "plots.jsonl", PLOTS)
    text = (review / "review.toml").read_text()
    write_jsonl(top / "more.jsonl", PLOTS[:1])
    (review / "review.toml").write_text(
        f'{text}\n[[sources]]\npath = "../more.jsonl"\n\n[[sources]]\npath = "../lost.jsonl"\n'
    )
    assert matters(conspectus("status", review))["sources"].splitlines() == [
        "another content than when they were read: plots.jsonl; `conspectus refresh` reads them",
        "not read yet: more.jsonl; `conspectus refresh` reads them",
        "not to be found: lost.jsonl; mend their `path` in review.toml",
    ]
    (top / "plots.jsonl").unlink()
    said = matters(conspectus("status", review))["sources"]
    assert "not there any more; their papers stay: plots.jsonl" in said
    (review / "review.toml").write_text(text.partition("[[sources]]")[0])
    assert "review.toml does not name them any more: plots.jsonl" in matters(conspectus("status", review))["sources"]


def test_a_paper_whose_text_changed_touches_its_card_and_its_part(review: Path, conspectus: Conspectus) -> None:
    change(review / "papers.jsonl", lambda paper: paper.update(abstract=paper["abstract"] + " Indeed."))
    said = matters(conspectus("status", review))
    key = json.loads((review / "papers.jsonl").read_text().splitlines()[0])["key"]
    assert (
        said["cards"] == f"1 paper to be asked again: its text changed ({key}); `conspectus refresh` asks for the cards"
    )
    assert "sections" in said


def test_a_paper_without_a_card_and_a_gone_one(review: Path, conspectus: Conspectus) -> None:
    cards = (review / "cards.jsonl").read_text().splitlines(keepends=True)
    (review / "cards.jsonl").write_text("".join(cards[1:]))
    change(review / "papers.jsonl", lambda paper: paper.update(gone=True), 1)
    ended = conspectus("status", review)
    assert "1 paper without a card (" in matters(ended)["cards"]
    assert "1 paper that no source names any more, marked as gone: " in matters(ended)["papers"]
    assert "6 papers (1 gone)" in ended.out
    assert ended.out.splitlines()[-1] == f"next: conspectus refresh {review}"


def test_an_edit_of_the_taxonomy_says_what_it_makes_due(review: Path, conspectus: Conspectus) -> None:
    text = (review / "taxonomy.yaml").read_text()
    (review / "taxonomy.yaml").write_text(text.replace("name: Watering", "name: Water"))
    assert json.loads(conspectus("status", review, "--json").out)["current"] is True
    (review / "taxonomy.yaml").write_text(text.replace("how gardens are watered,", "watering and"))
    assert 'the definition of "water" changed' in matters(conspectus("status", review))["cards"]


def test_what_another_prompt_or_model_made_is_kept_and_said(review: Path, conspectus: Conspectus) -> None:
    change(review / "cards.jsonl", lambda card: card["made"].update(model="gpt-8", prompt="0" * 16))
    protocol = review / "review.toml"
    protocol.write_text(protocol.read_text().replace("[model]", '[model]\nname = "gpt-8"'))
    said = matters(conspectus("status", review))["cards"]
    assert "1 card by another wording of the prompt or another model; it is kept; " in said
    assert "`conspectus refresh --reask classify` asks it again" in said


def test_passages_that_are_not_checked_and_calls_unanswered(review: Path, conspectus: Conspectus) -> None:
    draft = json.loads((review / "survey" / "survey.json").read_text())
    draft["introduction"]["checked"] = None
    (review / "survey" / "survey.json").write_text(json.dumps(draft))
    report = json.loads((review / "report.json").read_text())
    report["unanswered"] = [{"stage": "check_support", "subject": "introduction", "why": "the server failed"}]
    (review / "report.json").write_text(json.dumps(report))
    said = matters(conspectus("status", review))
    assert said["check"].startswith("1 passage not checked, and so not printed: introduction; ")
    assert said["unanswered"].startswith("1 call of the last run: 1 of check_support; report.json says why; ")


def test_an_edit_of_survey_md_that_is_not_taken_in_yet(review: Path, conspectus: Conspectus) -> None:
    page = review / "survey" / "survey.md"
    text = page.read_text()
    line = next(line for line in text.splitlines() if line.startswith('<a id="c') and " ❝" in line)
    edited = line.replace("“", "“By the way: ", 1)
    assert edited != line
    page.write_text(text.replace(line, edited))
    said = matters(conspectus("status", review))["hand edits"]
    assert said.startswith("1 sentence of survey.md edited and not taken in yet: ")
    assert said.endswith("`conspectus refresh` takes them in, and has them checked")


def test_what_the_next_run_will_drop_of_survey_md_is_told_as_the_run_tells_it(
    review: Path, conspectus: Conspectus
) -> None:
    page = review / "survey" / "survey.md"
    lines = page.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith('<a id="c'))
    row = next(n for n, line in enumerate(lines) if n > at and line.startswith("| ") and "---" not in lines[n + 1])
    lines[row] = f"| mine {lines[row]}"
    lines[at + 1 : at + 1] = ["### My heading", "", "- an item", "", "Nobody said so [@nobody]."]
    page.write_text("\n".join(lines) + "\n")
    said = [line for line in conspectus("status", review).out.splitlines() if line.startswith("hand edits")]
    assert said[0].startswith("hand edits   1 sentence of survey.md edited and not taken in yet: introduction; ")
    assert said[1].startswith(f"hand edits   survey.md cites what the corpus does not have: nobody (line {at + 6}); ")
    assert "prints over" not in said[1]
    numbers = (at + 2, at + 4, row + 6)
    named = f"line {numbers[0]}, line {numbers[1]}, line {numbers[2]}"
    assert said[2].startswith(f"hand edits   3 edits of survey.md cannot be kept: {named}: only sentences can be ")
    told = conspectus("refresh", review, "--offline").err
    for number in numbers:
        assert f"survey.md, line {number}: not kept, for only sentences can be edited here" in told
    assert f"survey.md, line {at + 6}: the sentence is kept without its citation of nobody" in told
    assert "Nobody said so. ✎\n" in page.read_text()


def test_an_emptied_survey_md_is_not_up_to_date(review: Path, conspectus: Conspectus) -> None:
    (review / "survey" / "survey.md").write_text("")
    ended = conspectus("status", review)
    assert matters(ended)["hand edits"].startswith("survey.md: nothing of it is taken in, for it is empty; ")
    assert "all of it is up to date" not in ended.out


def test_a_proposal_a_minimum_and_a_refresh_that_was_cut_off(review: Path, conspectus: Conspectus) -> None:
    (review / "taxonomy.patch").write_text("--- taxonomy.yaml\n")
    baseline.begin(Folder(review))
    text = (review / "review.toml").read_text()
    (review / "review.toml").write_text(text.replace("[[sources]]", "[minimums]\nagreement = 0.9\n\n[[sources]]", 1))
    said = matters(conspectus("status", review))
    assert said["taxonomy"].startswith("a change is proposed in taxonomy.patch; read it; `conspectus refresh --accept`")
    assert said["minimums"].startswith("agreement: not measured; review.toml asks for at least 90.0 %; ")
    assert said["refresh"].startswith("one did not come to its end; `conspectus refresh` goes on with it")


def test_answers_that_were_given_to_other_papers(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("ask", "Which slugs eat lettuce?", "-r", review, "--offline", "--keep").code == 0
    ended = conspectus("status", review)
    assert "answers" not in matters(ended) and "1 answer (1 printed)" in ended.out
    write_jsonl(review.parent / "plots.jsonl", PLOTS)
    assert conspectus("papers", review).code == 0
    assert matters(conspectus("status", review))["answers"].startswith(
        "1 answer given when the papers were others: Which slugs eat lettuce?; "
    )


def test_a_broken_file_is_an_error_in_a_line(review: Path, conspectus: Conspectus) -> None:
    (review / "cards.jsonl").write_text("{}\n")
    ended = conspectus("status", review)
    assert ended.code == 1 and ended.message.startswith("cards.jsonl, line 1: ")


def test_nothing_heavy_is_loaded(review: Path) -> None:
    """The packages that speak to a server, or take a second to load."""
    heavy = {"openai", "instructor", "sklearn", "scipy", "numpy"}
    code = f"""
import sys
sys.argv = ["conspectus", "status", {str(review)!r}]
from agent.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code
print(sorted({heavy!r} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_at_a_terminal_of_80_columns_lines_go_on_below_themselves(review: Path) -> None:
    write_jsonl(review.parent / "plots.jsonl", PLOTS)
    code, seen = at_a_terminal([*COMMAND, "status", str(review)], 80)
    assert code == 0
    lines = seen.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert lines[2].startswith("sources      another content") or lines[1].startswith("sources      another content")


def test_a_sentence_by_hand_that_no_judge_has_seen_is_printed_and_told(review: Path, conspectus: Conspectus) -> None:
    file = review / "survey" / "survey.json"
    draft = json.loads(file.read_text())
    draft["introduction"]["paragraphs"][0]["claims"].append(
        {"text": "I add this.", "citations": [], "verdict": None, "by_hand": True, "made": {}}
    )
    draft["introduction"]["made"]["content"] = ""
    file.write_text(json.dumps(draft))
    ended = conspectus("status", review)
    assert matters(ended)["check"].startswith("1 passage with sentences by hand that no judge has seen: introduction; ")
    assert " claims (1 by hand)" in ended.out
