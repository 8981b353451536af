"""Sources that come, go, fail, or are named wrongly: nothing vanishes, and nothing is pretended."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import Conspectus
from tests.papers import PLOTS, write_jsonl


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review of two sources."""
    first = write_jsonl(tmp_path / "first.jsonl", PLOTS[:5])
    second = write_jsonl(tmp_path / "second.jsonl", PLOTS[4:])
    assert conspectus("init", tmp_path / "r", first, second).code == 0
    return tmp_path / "r"


def report(review: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((review / "report.json").read_text())
    return read


def test_a_source_that_is_not_named_any_more_keeps_its_papers_and_is_told(review: Path, conspectus: Conspectus) -> None:
    protocol = (review / "review.toml").read_text()
    head, _, _ = protocol.rpartition("[[sources]]")
    (review / "review.toml").write_text(head)
    ended = conspectus("papers", review)
    assert "second.jsonl any more; its papers stay" in ended.err
    assert report(review)["n_papers"] == len(PLOTS)
    assert [source["n_records"] for source in report(review)["sources"]] == [5, 4]


def test_a_source_that_never_was_is_told_and_ends_in_3(review: Path, conspectus: Conspectus) -> None:
    with (review / "review.toml").open("a") as protocol:
        protocol.write('\n[[sources]]\npath = "../gone.bib"\nname = "gone.bib"\n')
    for _ in range(2):
        ended = conspectus("papers", review)
        assert ended.code == 3
        assert "gone.bib is not there" in ended.err + ended.out and "its papers stay" not in ended.err
    (whole,) = [one for source in report(review)["sources"] for one in source["skipped"]]
    assert whole["file"] == "gone.bib"


def test_a_source_that_disappeared_keeps_its_papers(tmp_path: Path, review: Path, conspectus: Conspectus) -> None:
    before = (review / "papers.jsonl").read_bytes()
    (tmp_path / "second.jsonl").unlink()
    ended = conspectus("papers", review)
    assert ended.code == 0 and "second.jsonl is not there any more; its papers stay" in ended.err
    assert (review / "papers.jsonl").read_bytes() == before


def test_what_the_review_writes_is_no_source(review: Path, conspectus: Conspectus) -> None:
    before = (review / "review.toml").read_text()
    ended = conspectus("add", review / "papers.jsonl", "-r", review)
    assert ended.code == 1 and "what the review itself writes" in ended.message
    assert (review / "review.toml").read_text() == before


def test_a_file_that_cannot_be_read_is_not_added(tmp_path: Path, review: Path, conspectus: Conspectus) -> None:
    before = (review / "review.toml").read_text()
    (tmp_path / "nocols.csv").write_text("Colour,Height\nred,3\n")
    ended = conspectus("add", tmp_path / "nocols.csv", "-r", review)
    assert ended.code == 1 and "Colour, Height" in ended.message
    assert (review / "review.toml").read_text() == before


@pytest.mark.parametrize("name", ["duplicates.jsonl", ".gitignore", "report.json"])
def test_a_file_that_was_deleted_is_made_again(review: Path, conspectus: Conspectus, name: str) -> None:
    conspectus("build", review, "--offline")
    before = (review / name).read_bytes()
    (review / name).unlink()
    assert conspectus("build", review, "--offline").code == 0
    assert (review / name).read_bytes() == before
