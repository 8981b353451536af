"""Reviews of other versions: an older one is brought along with a copy kept, a newer one is refused with the way."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from agent.folder import Folder
from agent.report import FORMAT
from tests.command import Conspectus
from tests.papers import TAXONOMY, write_jsonl

NEW_FIELDS = {"gone", "prompt", "told", "by_hand", "held", "was", "residual", "format", "unnamed", "taxonomies"}
"""What the first format did not have, wherever it stands."""


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review, built."""
    conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    assert conspectus("build", tmp_path / "r", "--offline").code == 0
    return tmp_path / "r"


def older(value: Any) -> Any:  # noqa: ANN401  (JSON)
    if isinstance(value, dict):
        return {name: older(inner) for name, inner in value.items() if name not in NEW_FIELDS}
    return [older(inner) for inner in value] if isinstance(value, list) else value


def make_old(review: Path) -> dict[str, bytes]:
    """Write the review as the first format had it; its files by name."""
    for name in ("papers.jsonl", "cards.jsonl"):
        lines = [older(json.loads(line)) for line in (review / name).read_text().splitlines()]
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        (review / name).write_text(text)
    for name in ("report.json", "survey/survey.json"):
        old = older(json.loads((review / name).read_text()))
        (review / name).write_text(json.dumps(old, ensure_ascii=False, indent=1) + "\n")
    (review / ".gitattributes").unlink()
    return files(review)


def files(review: Path) -> dict[str, bytes]:
    return {
        path.relative_to(review).as_posix(): path.read_bytes()
        for path in sorted(review.rglob("*"))
        if path.is_file() and ".conspectus" not in path.parts
    }


def test_a_review_of_the_first_format_is_brought_along_and_a_copy_is_kept(review: Path, conspectus: Conspectus) -> None:
    cards = [line["facts"] for line in map(json.loads, (review / "cards.jsonl").read_text().splitlines())]
    before = make_old(review)
    ended = conspectus("build", review, "--offline")
    assert ended.code == 0
    copy = review / ".conspectus" / "format-1"
    assert f"this review is in format 1; its files are kept in {copy}" in ended.err
    kept = {name: data for name, data in before.items() if name != ".gitignore"}
    assert {path.relative_to(copy).as_posix(): path.read_bytes() for path in copy.rglob("*") if path.is_file()} == kept
    assert json.loads((review / "report.json").read_text())["format"] == FORMAT
    after = files(review)
    assert [line["facts"] for line in map(json.loads, after["cards.jsonl"].splitlines())] == cards
    for name in ("papers.jsonl", "duplicates.jsonl", "taxonomy.yaml", "review.toml", "survey/references.bib"):
        assert after[name] == before[name], name
    again = conspectus("build", review, "--offline")
    assert "format" not in again.err and files(review) == after


def test_the_copy_is_made_once(review: Path, conspectus: Conspectus) -> None:
    make_old(review)
    conspectus("build", review, "--offline")
    copy = review / ".conspectus" / "format-1" / "papers.jsonl"
    copy.write_text("mine")
    make_old(review)
    assert "its files are kept" not in conspectus("build", review, "--offline").err
    assert copy.read_text() == "mine"


def test_a_copy_that_was_cut_short_is_made_again(review: Path, conspectus: Conspectus) -> None:
    before = make_old(review)
    half = review / ".conspectus" / "format-1.new"
    half.mkdir()
    (half / "papers.jsonl").write_text("half")
    conspectus("build", review, "--offline")
    assert not half.exists()
    assert (review / ".conspectus" / "format-1" / "papers.jsonl").read_bytes() == before["papers.jsonl"]


def make_newer(review: Path) -> None:
    report = json.loads((review / "report.json").read_text())
    newer = {"program": "9.1.0", "format": 3, "colour": "blue"} | {
        name: value for name, value in report.items() if name not in ("program", "format")
    }
    (review / "report.json").write_text(json.dumps(newer, indent=1))
    lines = (review / "papers.jsonl").read_text().splitlines()
    (review / "papers.jsonl").write_text("\n".join([lines[0][:-1] + ',"colour":"blue"}', *lines[1:]]) + "\n")
    with (review / "review.toml").open("a") as protocol:
        protocol.write("\n[colours]\npage = 'blue'\n")


@pytest.mark.parametrize(
    "words",
    [("build", "--offline"), ("refresh", "--offline"), ("papers",), ("check", "--offline"), ("estimate",), ("status",)],
)
def test_a_review_of_a_newer_format_is_refused_before_anything_is_read_or_written(
    review: Path, conspectus: Conspectus, words: tuple[str, ...]
) -> None:
    make_newer(review)
    before = files(review)
    command, *options = words
    ended = conspectus(command, review, *options)
    assert ended.code == 1
    assert ended.message == (
        f"this review was written by conspectus 9.1.0 in format 3, and this program ({version('conspectus')}) knows up "
        "to 2: `pip install -U conspectus`"
    )
    assert files(review) == before and not (review / ".conspectus" / "format-3").exists()


def test_doctor_says_that_a_review_is_of_a_newer_format(review: Path, conspectus: Conspectus) -> None:
    make_newer(review)
    ended = conspectus("doctor", review, "--offline")
    assert ended.code == 1 and "`pip install -U conspectus`" in ended.out


def test_a_newer_line_in_a_review_of_this_format_is_told_as_such(review: Path, conspectus: Conspectus) -> None:
    """A newer program was killed before it wrote its report, or git kept ours."""
    lines = (review / "cards.jsonl").read_text().splitlines()
    (review / "cards.jsonl").write_text("\n".join([lines[0], lines[1][:-1] + ',"colour":"blue"}', *lines[2:]]) + "\n")
    ended = conspectus("build", review, "--offline")
    assert ended.code == 1
    assert ended.message.startswith("cards.jsonl, line 2: colour: not known to conspectus ")
    assert "`pip install -U conspectus` if a newer one wrote it" in ended.message


def test_words_of_a_paper_are_not_taken_for_the_format(review: Path, conspectus: Conspectus) -> None:
    with (review / "review.toml").open("r+") as protocol:
        text = protocol.read()
        protocol.seek(0)
        protocol.write('note = """\n"format": 9,\n"""\n' + text)
    assert conspectus("build", review, "--offline").code == 0
    assert conspectus("build", review, "--offline").code == 0
    assert Folder(review).report() is not None
