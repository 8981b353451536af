"""Kept answers: printed while their words stand in the papers, withheld with why once they do not."""

import json
from pathlib import Path

import pytest

from agent.draft import Citation
from agent.folder import Folder
from agent.papers import Corpus
from agent.pipeline.kept import kept_answers
from agent.question import Answer, Kind
from tests.asked import COMPARED, HOW_MANY, SILENT, WHICH, answer, cited, passage, saying
from tests.command import Conspectus
from tests.nouns import BEES, CORPUS, MOTHS, SLUGS
from tests.papers import PLOTS, TAXONOMY, write_jsonl


def keep(given: Answer) -> Answer:
    return given.model_copy(update={"kept": True})


def why(given: Answer, corpus: Corpus = CORPUS) -> str:
    """Why it is withheld; empty where it is printed."""
    kept = kept_answers([keep(given)], corpus)
    assert len(kept.printed) + len(kept.withheld) == 1
    return "".join(kept.withheld.values())


def changed(*, bees: str | None = None, moths: str | None = None) -> Corpus:
    """The corpus with another abstract of one paper."""
    return Corpus(
        (
            BEES.model_copy(update={"abstract": bees or BEES.abstract}),
            MOTHS.model_copy(update={"abstract": moths or MOTHS.abstract}),
            SLUGS,
        )
    )


def test_only_what_is_kept_is_printed_in_the_order_of_the_questions() -> None:
    kept = kept_answers([keep(WHICH), HOW_MANY, keep(SILENT), keep(COMPARED)], CORPUS)
    assert [one.question for one in kept.printed] == [COMPARED.question, SILENT.question, WHICH.question]
    assert kept.withheld == {}


def test_an_answer_is_withheld_when_its_words_are_gone() -> None:
    gone = changed(bees="We present BeeNet, a camera that counts bees on flowers. It rains.")
    assert why(HOW_MANY) == why(HOW_MANY, changed(moths=f"{MOTHS.abstract} It rained.")) == ""
    assert "“A camera finds 91.5% of all bees.” does not stand any more" in why(HOW_MANY, gone)
    assert "ask it again" in why(HOW_MANY, gone)
    assert "the corpus has no moths2022" in why(HOW_MANY, Corpus((BEES,)))


def test_a_table_whose_words_are_gone_is_withheld() -> None:
    assert why(COMPARED) == ""
    assert "its table does not stand" in why(
        COMPARED, changed(bees=str(BEES.abstract).replace("12 meadows", "3 fields"))
    )


def test_a_list_whose_words_are_gone_is_withheld() -> None:
    found = answer(
        "Which papers?",
        passage(cited("Slugs are kept away.", ("slugs2023", "A ring of copper keeps two slugs of three away"))),
        saying("moths2022", "Most of them left again within 40 minutes."),
        kind=Kind.CORPUS,
    )
    assert why(found) == ""
    assert "what it quotes does not stand in moths2022" in why(
        found, changed(moths="They stayed for all of the night.")
    )
    as_fact = found.model_copy(update={"kind": Kind.FACT})
    assert why(as_fact, changed(moths="They stayed for all of the night.")) == ""  # its list is not printed


def test_an_answer_that_was_edited_is_withheld() -> None:
    paragraph = HOW_MANY.passage.paragraphs[0]
    claim = paragraph.claims[0].model_copy(update={"text": "A camera finds nearly all bees."})
    edited = HOW_MANY.passage.model_copy(
        update={"paragraphs": (paragraph.model_copy(update={"claims": (claim, *paragraph.claims[1:])}),)}
    )
    assert "it was changed after it was checked" in why(HOW_MANY.model_copy(update={"passage": edited}))
    lost = claim.model_copy(update={"citations": (Citation(key="bees2021"),)})
    unquoted = edited.paragraphs[0].model_copy(update={"claims": (lost,)})
    part = edited.model_copy(update={"paragraphs": (unquoted,)})
    assert why(HOW_MANY.model_copy(update={"passage": part}))


def test_nothing_said_of_nothing_is_printed() -> None:
    empty = answer("Hello?", passage().model_copy(update={"checked": None})).model_copy(update={"answered": False})
    assert why(empty) == ""


WATER, PEST = PLOTS[0], PLOTS[4]


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A built review of eight papers, in which one answer is kept."""
    source = write_jsonl(tmp_path / "plots.jsonl")
    assert conspectus("init", tmp_path / "r", source).code == 0
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    folder = Folder(tmp_path / "r")
    (paper,) = [one for one in folder.corpus() if one.title == WATER[0]]
    words = paper["abstract"].split(". ")[0]
    part = passage(cited("It is about watering.", (paper.key, words), corpus=folder.corpus()))
    folder.save_answers([keep(answer("What <b>is</b> it?", part))])
    assert conspectus("build", tmp_path / "r", "--offline").code == 0
    return tmp_path / "r"


def report_of(review: Path) -> dict[str, object]:
    read: dict[str, object] = json.loads((review / "report.json").read_text())
    return read


def test_a_build_prints_what_is_kept(review: Path, conspectus: Conspectus) -> None:
    page = (review / "survey" / "survey.html").read_text()
    assert "What &lt;b&gt;is&lt;/b&gt; it?" in page and "It is about watering." in page
    assert "### What &lt;b&gt;is&lt;/b&gt; it?" in (review / "survey" / "survey.md").read_text()
    report = report_of(review)
    assert report["n_answers_kept"] == 1 and "answers_withheld" not in report
    assert "some-model" in str(report["models"])
    before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
    again = conspectus("build", review, "--offline")
    assert "1 question answered with the survey" in again.out
    assert {path: path.read_bytes() for path in review.rglob("*") if path.is_file()} == before


def test_a_build_withholds_what_no_longer_stands_and_says_so(
    tmp_path: Path, review: Path, conspectus: Conspectus
) -> None:
    others = [
        (title, "It was rewritten. Nothing of it is as it was." if title == WATER[0] else text) for title, text in PLOTS
    ]
    write_jsonl(tmp_path / "plots.jsonl", others)
    ended = conspectus("build", review, "--offline")
    assert "It is about watering." not in (review / "survey" / "survey.html").read_text()
    report = report_of(review)
    assert "n_answers_kept" not in report
    assert "does not stand any more" in str(report["answers_withheld"])
    assert "kept and not printed: What <b>is</b> it?: " in ended.out


def test_a_review_without_kept_answers_has_no_word_of_them(review: Path, conspectus: Conspectus) -> None:
    (review / "answers.jsonl").unlink()
    assert conspectus("build", review, "--offline").code == 0
    assert "answers" not in "".join(report_of(review))
    assert "Questions" not in (review / "survey" / "survey.md").read_text()


def test_a_broken_file_of_answers_is_told_before_anything_is_asked(review: Path, conspectus: Conspectus) -> None:
    (review / "answers.jsonl").write_text("{\n")
    before = (review / "runs.jsonl").read_bytes() if (review / "runs.jsonl").exists() else b""
    ended = conspectus("build", review, "--offline")
    assert ended.code == 1 and ended.message.startswith("answers.jsonl, line 1: Invalid JSON")
    assert ((review / "runs.jsonl").read_bytes() if (review / "runs.jsonl").exists() else b"") == before
