"""A review folder: what is written is whole, what is broken is named, what a person wrote stays."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.draft import Draft, Section
from agent.errors import FolderError, ProtocolError
from agent.folder import Folder
from agent.folder.files import write_whole
from agent.papers import Author, Corpus, Duplicate, Paper, Place
from agent.question import Answer
from agent.report import Report
from agent.review import FactQuote, Made, Protocol, Source
from tests.asked import HOW_MANY, SILENT, WHICH
from tests.nouns import BEES, CORPUS, TAXONOMY, card, cards, claim, part, row

TITLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "my review")
    folder.create(Protocol(title="Bees"))
    return folder


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("failing", ["fsync", "fdopen", "replace"])
def test_a_full_disk_leaves_the_old_file(folder: Folder, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    folder.save_cards(cards().values())
    before = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    monkeypatch.setattr(os, failing, full_disk)
    with pytest.raises(FolderError) as caught:
        folder.save_cards([card("new")])
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in folder.path.iterdir()} == before
    message = str(caught.value)
    assert "cards.jsonl cannot be written: No space left on device" in message and "it is as it was" in message
    assert "\n" not in message


def test_a_full_disk_leaves_nothing_of_a_new_file(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(FolderError):
        folder.save_draft(Draft(title="Bees"))
    assert list((folder.path / "survey").iterdir()) == []


def test_an_interrupt_leaves_the_old_file(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    before = sorted(path.name for path in folder.path.iterdir())
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        folder.save_cards([card("new")])
    assert sorted(path.name for path in folder.path.iterdir()) == before


def test_a_file_with_these_bytes_already_is_not_touched(folder: Folder) -> None:
    saves: list[Callable[[], None]] = [
        lambda: folder.save_corpus(CORPUS, ()),
        lambda: folder.save_cards(cards().values()),
        lambda: folder.save_answers([HOW_MANY, WHICH]),
        lambda: folder.save_taxonomy(TAXONOMY),
        lambda: folder.save_report(Report(program="1")),
        lambda: folder.save_rendered({"survey.md": "# Bees\n"}),
    ]
    for save in saves:
        save()
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (1, 1))
    for save in saves:
        save()
    assert len(files) == 10
    assert {path.stat().st_mtime for path in files} == {1.0}


def test_the_order_in_which_things_are_given_does_not_matter(folder: Folder) -> None:
    folder.save_cards(cards().values())
    once = (folder.path / "cards.jsonl").read_bytes()
    folder.save_cards(reversed(cards().values()))
    assert (folder.path / "cards.jsonl").read_bytes() == once
    folder.save_answers([HOW_MANY, WHICH, SILENT])
    once = (folder.path / "answers.jsonl").read_bytes()
    folder.save_answers([SILENT, WHICH, HOW_MANY])
    assert (folder.path / "answers.jsonl").read_bytes() == once
    assert once.count(b"\n") == 3


def test_a_link_and_the_rights_of_a_file_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    write_whole(link, "new")
    assert link.is_symlink() and target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_folder_in_the_place_of_a_file_is_said_in_a_line(folder: Folder) -> None:
    (folder.path / "cards.jsonl").mkdir()
    with pytest.raises(FolderError, match=r"cards\.jsonl cannot be written"):
        folder.save_cards([card("new")])
    assert not list(folder.path.glob(".cards*"))


def test_a_file_in_the_place_of_the_folder_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("not a folder")
    with pytest.raises(FolderError, match="r cannot be made"):
        Folder(tmp_path / "r").create(Protocol())


@pytest.mark.parametrize("text", ["a\x00b\x1b\x7f", "\ud800 alone", "\u2028 and \x85", "ü \U0001f41d"])
def test_no_sign_breaks_a_file(tmp_path: Path, text: str) -> None:
    write_whole(tmp_path / "f", text)
    assert (tmp_path / "f").read_bytes().decode("utf-8") == text.replace("\ud800", "?")


def lines(folder: Folder) -> list[str]:
    folder.save_corpus(CORPUS, ())
    return (folder.path / "papers.jsonl").read_text().splitlines()


def why_unread(folder: Folder, data: bytes) -> str:
    (folder.path / "papers.jsonl").write_bytes(data)
    with pytest.raises(FolderError) as caught:
        folder.corpus()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_broken_line_is_named_with_its_number(folder: Folder) -> None:
    good = lines(folder)
    assert "papers.jsonl, line 2: Invalid JSON" in why_unread(folder, f"{good[0]}\n{{broken\n{good[1]}\n".encode())
    assert "line 3: colour: " in why_unread(folder, f'{good[0]}\n\n{{"key": "x", "colour": 1}}\n'.encode())
    assert "line 1: key: Field required" in why_unread(folder, b"{}")
    assert "line 1: year: " in why_unread(folder, b'{"key": "x", "year": "soon"}')
    assert "mend it, or take it back from git" in why_unread(folder, b"null\n")


def test_marks_of_a_merge_are_told(folder: Folder) -> None:
    good = lines(folder)
    merged = f"{good[0]}\n<<<<<<< HEAD\n{good[1]}\n=======\n{good[1]}\n>>>>>>> theirs\n"
    assert "papers.jsonl, line 2: a merge left both versions" in why_unread(folder, merged.encode())


def test_two_lines_with_one_key_are_told(folder: Folder) -> None:
    good = lines(folder)
    twice = why_unread(folder, "\n".join([*good, good[1]]).encode())
    assert f"papers.jsonl: lines 2 and {len(good) + 1} have one key, {CORPUS[1].key}" in twice
    (folder.path / "cards.jsonl").write_text(2 * f"{card('a').model_dump_json()}\n")
    with pytest.raises(FolderError, match=r"cards\.jsonl: lines 1 and 2 have one key, a"):
        folder.cards()


def test_a_broken_file_of_answers_is_told(folder: Folder) -> None:
    folder.save_answers([HOW_MANY, WHICH])
    file = folder.path / "answers.jsonl"
    first, second = file.read_text().splitlines()
    for text, why in (
        (
            f"{first}\n{second}\n{first}\n",
            f"lines 1 and 3 have one id, {Answer.model_validate_json(first).id}; keep one",
        ),
        (f"<<<<<<< HEAD\n{first}\n", "line 1: a merge left both versions there"),
        (f"{first}\n{second[:40]}\n", "line 2: Invalid JSON"),
        (first.replace('"fact"', '"poem"').replace('"corpus"', '"poem"'), "line 1: kind: Input should be 'fact', "),
    ):
        file.write_text(text)
        with pytest.raises(FolderError) as caught:
            folder.answers()
        assert f"answers.jsonl{':' if why.startswith('lines') else ','} {why}" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_the_file_of_answers_is_no_source(folder: Folder) -> None:
    folder.save_answers([HOW_MANY])
    assert folder.owns(folder.path / "answers.jsonl")
    assert not folder.owns(folder.path / "questions.jsonl")


def test_what_is_not_utf8_is_told(folder: Folder) -> None:
    assert "papers.jsonl is not UTF-8 (byte 21)" in why_unread(folder, '{"key":"x","title":"Müller"}'.encode("latin-1"))
    assert "is not UTF-8" in why_unread(folder, '{"key":"x"}'.encode("utf-16"))


def test_marks_that_editors_leave_are_read_over(folder: Folder) -> None:
    good = lines(folder)
    (folder.path / "papers.jsonl").write_bytes(("\ufeff" + "\r\n".join(good) + "\r\n\r\n").encode())
    assert folder.corpus().keys() == CORPUS.keys()
    folder.protocol_file.write_bytes("\ufefftitle = 'Bees'\r\n".encode())
    assert folder.protocol().title == "Bees"


def test_a_broken_survey_or_report_is_named(folder: Folder) -> None:
    folder.save_rendered({"survey.json": '{"title": 1}'})
    with pytest.raises(FolderError, match=r"survey/survey\.json: title: "):
        folder.draft()
    (folder.path / "report.json").write_text("{")
    with pytest.raises(FolderError, match=r"report\.json: Invalid JSON"):
        folder.report()


def test_no_review_is_told_with_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"holds no review\.toml; make a review with `conspectus init"):
        Folder(tmp_path).protocol()


def test_an_empty_review_has_nothing(folder: Folder) -> None:
    assert len(folder.corpus()) == 0 and folder.duplicates() == () and folder.cards() == {}
    assert folder.answers() == {}
    assert folder.taxonomy() is None and folder.draft() is None and folder.report() is None


def test_everything_reads_back_as_it_was_saved(folder: Folder) -> None:
    places = (Place(file="a.bib", position=3), Place(file="b.ris", position=1))
    paper = Paper(key="k", authors=(Author(family="Ó Brien"),), sources=places, aliases=("old",), extra={"x": "1"})
    duplicate = Duplicate(key="k", places=places, why="same doi")
    folder.save_corpus(Corpus([paper, BEES]), [duplicate])
    assert list(folder.corpus()) == [BEES, paper] and folder.duplicates() == (duplicate,)
    quote = FactQuote(field="result", where="title", text="BeeNet: Counting Bees", start=0, end=21)
    full = card("bees2021", "bees", quotes=(quote,), facets={"a": "b", "c": ("d", "e"), "f": None}, made=Made(day="d"))
    folder.save_cards([full])
    assert folder.cards() == {"bees2021": full}
    folder.save_answers([HOW_MANY, SILENT])
    assert folder.answers() == {HOW_MANY.id: HOW_MANY, SILENT.id: SILENT}
    folder.save_taxonomy(TAXONOMY)
    assert folder.taxonomy() == TAXONOMY
    written = part(claim("Bees.", ("bees2021", None)), papers=("bees2021",), rows=(row("bees2021", idea=("a", "b")),))
    section = Section(id="insects", name="I", definition="d", parts=(written,), order=("insects",))
    draft = Draft(title="Bees", sections=(section,))
    folder.save_draft(draft)
    assert folder.draft() == draft
    report = Report(program="1", papers_by_year={2020: 1}, unquoted={"k": ("name",)})
    folder.save_report(report)
    assert folder.report() == report


@given(title=TITLE, abstract=TITLE, key=TITLE.filter(str.strip))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_any_text_of_a_paper_reads_back(folder: Folder, title: str, abstract: str, key: str) -> None:
    paper = Paper(key=key, title=title, abstract=abstract, extra={"note": title})
    folder.save_corpus(Corpus([paper]), ())
    assert list(folder.corpus()) == [paper]


def test_a_second_review_does_not_take_the_place_of_the_first(folder: Folder) -> None:
    with pytest.raises(FolderError, match="already holds a review"):
        folder.create(Protocol(title="Other"))
    with pytest.raises(FolderError, match="already holds a review"):
        folder.copy_from(folder.path, ["review.toml"])
    assert folder.protocol().title == "Bees"


def test_sources_are_added_without_a_change_to_the_rest(folder: Folder) -> None:
    before = folder.protocol_file.read_text() + "# mine\n"
    folder.protocol_file.write_text(before)
    folder.add_sources([Source(path="../a.bib", name="a.bib")])
    assert folder.protocol_file.read_text().startswith(before)
    assert folder.protocol().sources == (Source(path="../a.bib", name="a.bib"),)
    assert folder.source_file(folder.protocol().sources[0]) == folder.path / "../a.bib"


def test_a_broken_protocol_is_not_overwritten(folder: Folder) -> None:
    folder.protocol_file.write_text("title = = 1\n")
    with pytest.raises(ProtocolError):
        folder.add_sources([Source(path="a", name="a")])
    assert folder.protocol_file.read_text() == "title = = 1\n"


@pytest.mark.parametrize("theirs", ["*.pdf\n", "*.pdf", ".conspectus/\n*.pdf\n"])
def test_a_gitignore_that_is_there_already_stays(tmp_path: Path, theirs: str) -> None:
    (tmp_path / ".gitignore").write_text(theirs)
    folder = Folder(tmp_path)
    folder.create(Protocol())
    ignored = (tmp_path / ".gitignore").read_text()
    assert ignored.splitlines().count("*.pdf") == ignored.splitlines().count(".conspectus/") == 1
    folder.discard()
    assert "*.pdf" in (tmp_path / ".gitignore").read_text()


def test_what_was_made_can_be_taken_back(folder: Folder) -> None:
    folder.discard()
    assert not folder.path.exists()
    folder.discard()
    kept = Folder(folder.path)
    kept.create(Protocol())
    (kept.path / "notes.txt").write_text("mine")
    kept.discard()
    assert [path.name for path in kept.path.iterdir()] == ["notes.txt"]


def test_runs_are_added_line_by_line(folder: Folder) -> None:
    folder.append_run({"calls": 1, "model": "ü"})
    folder.append_run({"calls": 2})
    assert (folder.path / "runs.jsonl").read_text() == '{"calls": 1, "model": "ü"}\n{"calls": 2}\n'
