import json
from pathlib import Path

import pytest

from agent.cli.check import figures, look_again
from agent.draft import Finding, Outcome, Problem, Tally
from agent.folder import Folder
from agent.report import Report
from tests.command import Conspectus
from tests.papers import TAXONOMY, write_jsonl


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review that the built-in model wrote."""
    conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    assert conspectus("draft", tmp_path / "r", "--offline").code == 0
    return tmp_path / "r"


def finding(problem: Problem, outcome: Outcome, became: str | None = None) -> Finding:
    return Finding(
        passage="water", claim="Rain falls up.", keys=("rain2020",), problem=problem, why="it falls down",
        outcome=outcome, became=became,
    )  # fmt: skip


def test_it_prints_the_figures_before_repair_and_after(review: Path, conspectus: Conspectus) -> None:
    report = json.loads((review / "report.json").read_text())
    n = report["n_claims"]
    ended = conspectus("check", review, "--offline")
    assert ended.code == 0
    assert f"as drafted: {n} claims, {n} held (100.0%); {n} citations, {n} bearing (100.0%)" in ended.out
    assert f"as printed: {n} claims, {n} held (100.0%)" in ended.out
    assert f"verdicts: {n} verbatim, 0 supported" in ended.out
    assert f"looked again at {n} claims and " in ended.out
    assert "every key, quote and number stands in the papers" in ended.out
    assert ended.out != conspectus("draft", review, "--offline").out


def test_problems_are_counted_by_kind() -> None:
    findings = (
        finding(Problem.UNSUPPORTED, Outcome.DROPPED),
        finding(Problem.NO_NUMBER, Outcome.REPAIRED, "Rain falls down."),
        finding(Problem.UNSUPPORTED, Outcome.REPAIRED, "Rain falls."),
    )
    drafted = Tally(claims=2000, held=1999, citations=4, bearing=3, verbatim=0)
    printed = Tally(claims=3, held=3, citations=4, bearing=4, verbatim=1)
    report = Report(
        program="0", drafted=drafted, printed=printed, findings=findings, uncited={"rain2020": "it has no abstract"}
    )
    assert figures(report) == [
        "as drafted: 2,000 claims, 1,999 held (99.9%); 4 citations, 3 bearing (75.0%)",
        "as printed: 3 claims, 3 held (100.0%); 4 citations, 4 bearing (100.0%)",
        "verdicts: 1 verbatim, 2 supported",
        "3 findings about claims",
        "  not supported: 2 (1 repaired, 1 dropped)",
        "  number not in a cited paper: 1 (1 repaired)",
        "1 paper cited by no section; report.json says why",
    ]


def test_findings_about_table_rows_are_counted_apart() -> None:
    of_row = finding(Problem.NO_QUOTE, Outcome.DROPPED).model_copy(update={"row": "rain2020"})
    report = Report(program="0", findings=(finding(Problem.NO_NUMBER, Outcome.DROPPED), of_row, of_row))
    assert figures(report)[3:] == [
        "1 finding about claims",
        f"  {Problem.NO_NUMBER.value}: 1 (1 dropped)",
        "2 findings about table rows",
        f"  {Problem.NO_QUOTE.value}: 2 (2 dropped)",
    ]


def test_findings_are_listed_when_asked_for(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = (finding(Problem.NO_NUMBER, Outcome.REPAIRED, "Rain falls down."),)
    build = "agent.pipeline.review.Review.build"
    monkeypatch.setattr(build, lambda self, until: Report(program="0", findings=found))
    assert "Rain falls" not in conspectus("check", review, "--offline").out
    listed = conspectus("check", review, "--offline", "--findings").out
    assert listed.startswith(
        "repaired, number not in a cited paper: Rain falls up. [rain2020]\n"
        "  why: it falls down\n"
        "  became: Rain falls down.\n"
    )
    of_row = found[0].model_copy(update={"row": "rain2020"})
    monkeypatch.setattr(build, lambda self, until: Report(program="0", findings=(of_row,)))
    listed = conspectus("check", review, "--offline", "--findings").out
    assert listed.startswith("repaired, number not in a cited paper in the table row of rain2020: Rain falls up.")


def test_a_program_gets_the_figures_whole(review: Path, conspectus: Conspectus) -> None:
    value = json.loads(conspectus("check", review, "--offline", "--json").out)
    report = json.loads((review / "report.json").read_text())
    for name in ("drafted", "printed", "findings", "uncited", "unanswered"):
        assert value[name] == report[name]
    assert value["again"]["claims"] == report["n_claims"] and value["again"]["wrong"] == []


def test_a_claim_and_a_cell_that_no_longer_stand_are_told(review: Path) -> None:
    folder = Folder(review)
    draft, corpus = folder.draft(), folder.corpus()
    assert draft is not None
    part = draft.sections[0].parts[0]
    seen = look_again(draft, corpus)
    assert seen.wrong == () and seen.n_cells > 0
    claim, row = part.claims[0], part.rows[0]
    lost = claim.model_copy(update={"text": "Every garden lasts 9999 years."})
    astray = {
        name: cell.model_copy(update={"quote": "words of nobody"}) for name, cell in row.cells.items() if cell.text
    }
    forged = part.model_copy(
        update={
            "paragraphs": (part.paragraphs[0].model_copy(update={"claims": (lost,)}),),
            "rows": (row.model_copy(update={"cells": astray}),),
        }
    )
    section = draft.sections[0].model_copy(update={"parts": (forged,)})
    seen = look_again(draft.model_copy(update={"sections": (section,)}), corpus)
    assert [one.problem for one in seen.wrong] == [Problem.NO_NUMBER, *[Problem.NO_QUOTE] * len(astray)]
    assert "9999" in str(seen.wrong[0])
    assert f"{len(seen.wrong)} problems" in str(seen)
