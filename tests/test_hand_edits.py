"""Edits of survey.md from one run to the next: taken in, said, judged where a model is there, and never lost."""

import re
from contextlib import suppress
from pathlib import Path

import pytest

from agent import Access, Review
from agent.draft import Verdict
from agent.errors import ConspectusError, FolderError
from agent.folder import Folder
from agent.pipeline.hand_edits import EDITED
from agent.review import Protocol
from tests.stub import Stub, running_stub

GARDENS = Path(__file__).parent / "data" / "gardens.jsonl"
MINE = "Gardens need a person who looks at them daily."


@pytest.fixture
def review(tmp_path: Path) -> Path:
    folder = tmp_path / "review"
    Review.create(folder, [GARDENS], Protocol(title="Gardens"))
    build(folder)
    return folder


def build(folder: Path) -> list[str]:
    """What a build says, line by line."""
    said: list[str] = []
    Review(Folder(folder), Access(offline=True), say=said.append).build()
    return said


def build_with(folder: Path, stub: Stub) -> Review:
    review = Review(Folder(folder), Access(model="stub-model", base_url=stub.url, api_key="k"))
    review.build()
    return review


def page(folder: Path) -> Path:
    return folder / "survey" / "survey.md"


def sentences(folder: Path) -> list[str]:
    return [line for line in page(folder).read_text().split("\n") if line.startswith('<a id="c')]


def edit(folder: Path, old: str, new: str) -> None:
    text = page(folder).read_text()
    assert text.count(old) == 1
    page(folder).write_text(text.replace(old, new))


def test_an_edited_sentence_stays_and_every_other_line_does(review: Path) -> None:
    before = sentences(review)
    edit(review, before[2], before[2].split("</a>")[0] + f"</a>{MINE}")
    said = build(review)
    assert any("changed by hand" in line and MINE in line for line in said)
    after = sentences(review)
    assert after[2].endswith(f"{MINE} ✎")
    assert [line for n, line in enumerate(after) if n != 2] == [line for n, line in enumerate(before) if n != 2]
    for name in ("survey.html", "body.tex"):
        assert MINE in (review / "survey" / name).read_text()
    assert not (review / "survey" / EDITED).exists()


def test_a_build_after_that_changes_nothing(review: Path) -> None:
    edit(review, sentences(review)[2], f"{sentences(review)[2]}\n{MINE}")
    build(review)
    files = {path: path.read_bytes() for path in sorted((review / "survey").iterdir())}
    assert not [line for line in build(review) if "by hand" in line]
    assert {path: path.read_bytes() for path in sorted((review / "survey").iterdir())} == files


@pytest.mark.parametrize("step", ["papers", "taxonomy", "classify", "draft"])
def test_no_step_prints_over_an_edit(review: Path, step: str) -> None:
    edit(review, sentences(review)[2], f"{sentences(review)[2]}\n{MINE}")
    Review(Folder(review), Access(offline=True)).build(until=step)
    assert f"{MINE} ✎" in page(review).read_text()
    gone = sentences(review)[0]
    edit(review, gone + "\n", "")
    build(review)
    assert gone not in sentences(review) and f"{MINE} ✎" in page(review).read_text()


def test_what_cannot_be_kept_is_said_with_its_line_and_the_file_stays_beside(review: Path) -> None:
    edit(review, "## Taxonomy", "## My taxonomy")
    left = page(review).read_text()
    number = left.split("\n").index("## My taxonomy") + 1
    said = build(review)
    assert any(line.startswith(f"survey.md, line {number}: not kept") and "My taxonomy" in line for line in said)
    assert (review / "survey" / EDITED).read_text() == left
    assert "## Taxonomy" in page(review).read_text()


def test_an_emptied_file_is_printed_again_with_one_line_said(review: Path) -> None:
    before = page(review).read_text()
    page(review).write_text("")
    said = [line for line in build(review) if line.startswith(("survey.md", "the file as you left it"))]
    assert said == ["survey.md: nothing of it is taken in, for it is empty; the claims stay, and it is printed again"]
    assert page(review).read_text() == before and not (review / "survey" / EDITED).exists()


def test_a_file_cut_in_half_takes_nothing_out_and_stays_beside(review: Path) -> None:
    before = page(review).read_text()
    cut = before[: before.index(sentences(review)[len(sentences(review)) // 3])]
    page(review).write_text(cut)
    said = [line for line in build(review) if "survey." in line or "by hand" in line]
    assert len(said) == 2 and "sentences are not there" in said[0]
    assert page(review).read_text() == before and (review / "survey" / EDITED).read_text() == cut


def test_edits_are_on_disk_before_anything_else_can_fail(review: Path) -> None:
    edit(review, sentences(review)[2], f"{sentences(review)[2]}\n{MINE}")
    (review / "cards.jsonl").write_text("{torn\n")
    with pytest.raises(FolderError):
        build(review)
    assert MINE in page(review).read_text()


def test_a_merge_left_in_survey_md_stops_the_run_and_changes_nothing(review: Path) -> None:
    line = sentences(review)[0]
    edit(review, line, f"<<<<<<< HEAD\n{line}\n=======\n{line} x\n>>>>>>> other")
    left = page(review).read_text()
    with pytest.raises(FolderError, match="a merge left both versions there"):
        build(review)
    assert page(review).read_text() == left


def test_a_report_counts_what_is_by_hand(review: Path) -> None:
    report = Folder(review).report()
    assert report is not None and "n_by_hand" not in report.model_dump_json()
    edit(review, sentences(review)[2], f"{sentences(review)[2]}\n{MINE}")
    build(review)
    report = Folder(review).report()
    draft = Folder(review).draft()
    assert report is not None and report.n_by_hand == 1 and draft is not None
    others = [claim for one in draft.passages for claim in one.claims if not claim.by_hand]
    assert {claim.verdict for claim in others} == {Verdict.VERBATIM}


def test_with_a_model_only_the_edited_sentences_are_judged_and_keep_their_words(review: Path) -> None:
    with running_stub(hook=Path(__file__).with_name("honest_model.py")) as stub:
        build_with(review, stub)
        at = next(n for n, line in enumerate(sentences(review)) if re.match(r'<a id="c[0-9a-f]{10}">', line))
        changed, key = sentences(review)[at], re.findall(r"#ref-([^)]+)", sentences(review)[at])[0]
        own = f"One of them finds much.{changed[changed.index(' [[') :]}"
        edit(review, changed, f"{changed.split('</a>')[0]}</a>{own}\n{MINE} [@{key}]\nNobody says why.")
        before = sentences(review)
        stub.reset()
        again = build_with(review, stub)
    after = page(review).read_text()
    assert again.usage["check_support"].attempts >= 1 and "write_section" not in again.usage
    assert re.search(r"</a>One of them finds much\. \[\[\S+\]\]\(#ref-\S+\) ✓ ✎\n", after)
    assert f"</a>{MINE} [[{key}†]](#ref-{key}) ✓ ✎\n" in after
    assert "</a>Nobody says why. ✎\n" in after
    of_sections = [line for line in before if re.match(r'<a id="c[0-9a-f]{10}">', line)]
    assert all(line in after for line in of_sections if "finds much" not in line)
    with running_stub(hook=Path(__file__).with_name("honest_model.py")) as stub:
        build_with(review, stub)
        assert stub.stats()["total"] == 0
    assert page(review).read_text() == after


def test_a_judge_that_does_not_answer_leaves_the_edit_printed(review: Path) -> None:
    with running_stub(hook=Path(__file__).with_name("honest_model.py")) as stub:
        build_with(review, stub)
        line = next(line for line in sentences(review) if re.match(r'<a id="c[0-9a-f]{10}">', line))
        edit(review, line, f"{line.split('</a>')[0]}</a>One of them finds much.{line[line.index(' [[') :]}")
        stub.config(fault="400:1.0")
        with suppress(ConspectusError):
            build_with(review, stub)
        assert "One of them finds much." in page(review).read_text()
        stub.config(fault="")
        build_with(review, stub)
    assert re.search(r"One of them finds much\. .* ✓ ✎", page(review).read_text())
