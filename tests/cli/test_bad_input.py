"""Bad input gets one clear line, and nothing else is lost."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.command import Conspectus
from tests.papers import PLOTS, TAXONOMY, write_jsonl


@pytest.fixture
def plots(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "plots.jsonl")


@pytest.fixture
def review(tmp_path: Path, plots: Path, conspectus: Conspectus) -> Path:
    """A review of eight papers, its papers read."""
    assert conspectus("init", tmp_path / "r", plots).code == 0
    return tmp_path / "r"


def skipped(review: Path) -> list[dict[str, object]]:
    report = json.loads((review / "report.json").read_text())
    return [one for source in report["sources"] for one in source["skipped"]]


def test_no_such_file_is_named_and_nothing_is_made(tmp_path: Path, plots: Path, conspectus: Conspectus) -> None:
    ended = conspectus("init", tmp_path / "r", plots, tmp_path / "gone.bib")
    assert ended.code == 1
    assert "gone.bib: no such file" in ended.message
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.txt", b"", "empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4, "picture"),
        ("flowers.csv", b"Colour,Height\nred,3\nblue,4\n", "Colour, Height"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_kept(
    tmp_path: Path, plots: Path, conspectus: Conspectus, name: str, data: bytes, why: str
) -> None:
    bad = tmp_path / name
    bad.write_bytes(data)
    alone = conspectus("init", tmp_path / "alone", bad)
    assert alone.code == 1
    assert name in alone.message and why in alone.message
    assert not (tmp_path / "alone").exists()

    assert conspectus("init", tmp_path / "r", plots, bad).code == 3
    among = conspectus("build", tmp_path / "r", "--offline")
    assert among.code == 3
    assert len((tmp_path / "r" / "papers.jsonl").read_text().splitlines()) == len(PLOTS)
    (whole,) = skipped(tmp_path / "r")
    assert whole["file"] == name and why in str(whole["why"])


def test_a_file_that_may_not_be_read_is_no_wrong_command_line(
    tmp_path: Path, review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = write_jsonl(tmp_path / "locked.jsonl")
    locked.chmod(0)
    look, read = os.access, Path.read_bytes

    def denied(path: Path) -> bytes:  # by hand, for to the administrator every file is open
        if path.name == locked.name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(path)

    monkeypatch.setattr(os, "access", lambda path, mode, **_: locked.name not in str(path) and look(path, mode))
    monkeypatch.setattr(Path, "read_bytes", denied)
    for words in (["init", tmp_path / "s", locked], ["add", locked, "-r", review]):
        ended = conspectus(*words)
        assert ended.code == 1
        assert ended.err.startswith("conspectus: ") and len(ended.err.splitlines()) == 1
        assert "locked.jsonl cannot be read (Permission denied)" in ended.message
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read(tmp_path: Path, conspectus: Conspectus, encoding: str) -> None:
    text = "title,abstract\nCafé gardens in Málaga,Señor Núñez measured the café gardens of Málaga for three years.\n"
    (tmp_path / "cafe.csv").write_bytes(text.encode(encoding))
    assert conspectus("init", tmp_path / "r", tmp_path / "cafe.csv").code == 0
    paper = json.loads((tmp_path / "r" / "papers.jsonl").read_text())
    assert paper["title"] == "Café gardens in Málaga"
    assert "Núñez" in paper["abstract"]


def test_an_unclosed_brace_loses_its_entry_alone(tmp_path: Path, conspectus: Conspectus) -> None:
    good = "@article{%s, title={%s}, year={2020}, author={Rose, Ann}}\n"
    broken = "@article{thorn2021, title={The {thorny garden, year={2021}, author={Thorn, Bo}\n"
    (tmp_path / "g.bib").write_text(
        good % ("rose2020", "Red roses in winter") + broken + good % ("lily2022", "Lilies under glass")
    )
    assert conspectus("init", tmp_path / "r", tmp_path / "g.bib").code == 0
    keys = [json.loads(line)["key"] for line in (tmp_path / "r" / "papers.jsonl").read_text().splitlines()]
    assert {"rose2020", "lily2022"} <= set(keys)
    if len(keys) == 2:
        assert skipped(tmp_path / "r")[0]["position"] == 2


def test_two_entries_with_one_key_are_two_papers(tmp_path: Path, conspectus: Conspectus) -> None:
    (tmp_path / "g.bib").write_text(
        "@article{rose, title={Red roses in winter}, year={2020}, author={Rose, Ann}}\n"
        "@article{rose, title={White lilies under glass}, year={2021}, author={Lily, Bo}}\n"
    )
    assert conspectus("init", tmp_path / "r", tmp_path / "g.bib").code == 0
    keys = [json.loads(line)["key"] for line in (tmp_path / "r" / "papers.jsonl").read_text().splitlines()]
    assert len(keys) == len(set(keys)) == 2
    assert any(key == "rose" for key in keys)


def test_an_abstract_of_a_megabyte_and_control_characters(tmp_path: Path, conspectus: Conspectus) -> None:
    long = " ".join(f"Bed {n} held {n % 97} seedlings in spring." for n in range(30_000))
    rows = [*PLOTS, ("A Very Long Record of Beds", long), ("Bells\x07 and\x00 Nulls in Soil", PLOTS[0][1] + "\x1b[31m")]
    write_jsonl(tmp_path / "plots.jsonl", rows)
    assert conspectus("init", tmp_path / "r", tmp_path / "plots.jsonl").code == 0
    assert conspectus("build", tmp_path / "r", "--offline").code == 0
    for name in ("survey.md", "survey.tex", "survey.html", "references.bib"):
        text = (tmp_path / "r" / "survey" / name).read_text()
        assert not set(text) & {"\x00", "\x07", "\x1b"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('colour = "red"', ("colour is not known", "title, question")),
        ("title = 3", ("title = 3", "string")),
        ("[budget]\ncalls = -1", ("budget.calls = -1",)),
        ('[model]\nmode = "telepathy"', ("model.mode", "json_schema")),
        ("title = ", ("not TOML",)),
    ],
)
def test_review_toml_says_which_and_what_is_allowed(
    review: Path, conspectus: Conspectus, line: str, said: tuple[str, ...]
) -> None:
    (review / "review.toml").write_text(line + "\n")
    ended = conspectus("build", review, "--offline")
    assert ended.code == 1
    for words in said:
        assert words in ended.message


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("id: pests", "id: water", "two categories have the id water"),
        ("    definition: keeping", "    about: keeping", "pests has no definition"),
        ("categories:", "categories: [", "not YAML"),
    ],
)
def test_taxonomy_yaml_says_what_is_wrong(
    review: Path, conspectus: Conspectus, before: str, after: str, said: str
) -> None:
    (review / "taxonomy.yaml").write_text(TAXONOMY.replace(before, after))
    ended = conspectus("build", review, "--offline")
    assert ended.code == 1
    assert said in ended.message


def test_a_category_that_is_gone_gives_its_cards_anew(review: Path, conspectus: Conspectus) -> None:
    (review / "taxonomy.yaml").write_text(TAXONOMY)
    assert conspectus("build", review, "--offline").code == 0
    text = (review / "taxonomy.yaml").read_text()
    assert "# ours, by hand" in text
    (review / "taxonomy.yaml").write_text(text.replace("id: pests", "id: animals"))
    ended = conspectus("build", review, "--offline")
    assert ended.code == 0
    assert 'its category "pests" is not in taxonomy.yaml any more' in ended.err
    cards = [json.loads(line) for line in (review / "cards.jsonl").read_text().splitlines()]
    assert {card["category"] for card in cards} == {"water", "animals"}


def test_no_key_is_said_before_anything_is_sent(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("build", review, "--model", "gpt-9")
    assert ended.code == 1
    assert "OPENAI_API_KEY" in ended.message and "--offline" in ended.message
    assert not (review / "cards.jsonl").exists()


def test_no_network_is_an_error_and_never_the_built_in_model(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr("agent.llm.retries.sleep_using_event", lambda stop: lambda seconds: None)
    ended = conspectus("build", review, "--model", "gpt-9")
    assert ended.code == 1
    assert "http://127.0.0.1:9/v1 cannot be reached" in ended.message and "--offline" in ended.message
    assert "the survey" not in ended.out
    assert "extractive" not in (review / "report.json").read_text()


def test_an_address_that_is_none_is_told_at_once(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "foo")
    monkeypatch.setenv("OPENAI_API_KEY", "some-key")
    ended = conspectus("build", review, "--model", "gpt-9")
    assert ended.code == 1
    assert ended.message == "OPENAI_BASE_URL is 'foo', which is no address; it looks like https://api.openai.com/v1"
    assert "in this run" not in ended.out


def test_nothing_paid_is_not_called_paid(review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr("agent.llm.retries.sleep_using_event", lambda stop: lambda seconds: None)
    ended = conspectus("build", review, "--model", "gpt-9")
    assert "paid" not in ended.out
    assert "sent in this run: 1 call in 6 attempts" in ended.out


def test_the_reviews_own_files_are_no_source(review: Path, conspectus: Conspectus) -> None:
    before = (review / "review.toml").read_text()
    ended = conspectus("add", review / "papers.jsonl", "-r", review)
    assert ended.code == 1
    assert ended.err.startswith("conspectus: ") and "papers.jsonl" in ended.message
    assert (review / "review.toml").read_text() == before


def test_a_full_disk_leaves_the_old_file(review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch) -> None:
    assert conspectus("build", review, "--offline").code == 0
    before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
    (review / "review.toml").write_text((review / "review.toml").read_text().replace("A survey", "Another survey"))

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    ended = conspectus("build", review, "--offline")
    assert ended.code == 1
    assert "No space left" in ended.message and "it is as it was" in ended.message
    after = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed == {"review.toml"}


def test_a_folder_that_is_no_review(tmp_path: Path, conspectus: Conspectus) -> None:
    ended = conspectus("build", tmp_path)
    assert ended.code == 1
    assert "no review.toml" in ended.message and "conspectus init" in ended.message


def test_init_twice_keeps_the_first(review: Path, plots: Path, conspectus: Conspectus) -> None:
    before = (review / "review.toml").read_text()
    ended = conspectus("init", review, plots)
    assert ended.code == 1
    assert "conspectus add" in ended.message
    assert (review / "review.toml").read_text() == before


def close(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every look at a file, as in a folder that is closed to us; to root, who runs many tests, none is."""
    stat, open_, closed = Path.stat, Path.open, path.resolve()

    def refused(asked: Path) -> None:
        if os.path.abspath(asked) == str(closed):  # noqa: PTH100  (Path.resolve would ask for the file itself)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(asked))

    def stat_or_refuse(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        refused(self)
        return stat(self, follow_symlinks=follow_symlinks)

    def open_or_refuse(self: Path, *words: Any, **named: Any) -> Any:  # noqa: ANN401  (whatever `open` gives)
        refused(self)
        return open_(self, *words, **named)

    monkeypatch.setattr(Path, "stat", stat_or_refuse)
    monkeypatch.setattr(Path, "open", open_or_refuse)


def test_a_file_in_a_closed_folder_is_told_in_a_line(
    review: Path, tmp_path: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "closed" / "other.jsonl"
    other.parent.mkdir()
    write_jsonl(other, PLOTS)
    before = (review / "review.toml").read_text()
    close(other, monkeypatch)
    ended = conspectus("add", other, "-r", review)
    assert ended.code == 1
    assert ended.err == f"conspectus: {other} cannot be looked at: Permission denied; nothing was added\n"
    assert (review / "review.toml").read_text() == before


def test_a_name_that_is_too_long_is_told_in_a_line(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("add", "x" * 300, "-r", review)
    assert ended.code == 1
    assert "cannot be looked at: File name too long; nothing was added" in ended.message


@pytest.mark.parametrize("command", ["build", "papers", "cache", "doctor"])
def test_a_review_in_a_closed_folder_is_told_in_a_line(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    close(review / "review.toml", monkeypatch)
    ended = conspectus(command, review)
    assert ended.code == 1
    assert f"{review / 'review.toml'} cannot be looked at: Permission denied" in ended.out + ended.err
    assert "Traceback" not in ended.err


def test_a_source_that_is_closed_keeps_its_papers(
    review: Path, plots: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (review / "papers.jsonl").read_text()
    close(plots, monkeypatch)
    ended = conspectus("papers", review)
    assert ended.code == 0
    assert "its papers stay" in ended.err
    assert (review / "papers.jsonl").read_text() == before
