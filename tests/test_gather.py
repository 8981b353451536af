"""Sources that come, go, fail, or are named wrongly: nothing vanishes, and nothing is pretended."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.errors import TooManyNew
from agent.folder import Folder
from agent.pipeline.gather import Gathered, gather
from agent.pipeline.sending import keys_not_sent
from agent.report import FORMAT, Report
from tests.command import Conspectus
from tests.papers import PLOTS, contents, write_jsonl


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


# What no source names any more. `gather` is asked as a build asks it, and as a refresh does, over one folder.


def gathered(review: Path, *, marks_gone: bool = False, max_new: int | None = None) -> tuple[Gathered, list[str]]:
    """What a run finds in the sources, saved as a run saves it, and what it says."""
    folder, said = Folder(review), list[str]()
    found = gather(folder, folder.protocol(), said.append, marks_gone=marks_gone, max_new=max_new)
    if found.is_new:
        folder.save_corpus(found.corpus, found.duplicates)
    folder.save_report(Report(program="1", format=FORMAT, sources=found.sources, unnamed=tuple(sorted(found.unnamed))))
    return found, said


def gone(review: Path) -> set[str]:
    """The titles of the papers that are marked."""
    return {str(paper.title) for paper in Folder(review).corpus() if paper.gone}


def unnamed(found: Gathered) -> set[str]:
    return {str(paper.title) for paper in found.corpus.papers(found.unnamed)}


TITLES = [title for title, _ in PLOTS]


def test_a_record_that_left_its_source_is_listed_by_a_build_and_marked_by_a_refresh(
    tmp_path: Path, review: Path
) -> None:
    gathered(review)
    write_jsonl(tmp_path / "first.jsonl", PLOTS[1:5])
    found, _ = gathered(review)
    assert unnamed(found) == {TITLES[0]} and gone(review) == set()
    before = (review / "papers.jsonl").read_bytes()
    again, _ = gathered(review)
    assert not again.is_new and unnamed(again) == {TITLES[0]}
    assert (review / "papers.jsonl").read_bytes() == before
    refreshed, _ = gathered(review, marks_gone=True)  # nothing changed since the build, and no source is read
    assert unnamed(refreshed) == gone(review) == {TITLES[0]}
    built, _ = gathered(review)
    assert not built.is_new and unnamed(built) == gone(review) == {TITLES[0]}
    write_jsonl(tmp_path / "first.jsonl", PLOTS[:5])
    back, _ = gathered(review)
    assert unnamed(back) == gone(review) == set()
    assert len(back.corpus) == len(PLOTS)


def test_a_paper_that_another_source_still_names_is_not_gone(tmp_path: Path, review: Path) -> None:
    gathered(review)
    write_jsonl(tmp_path / "first.jsonl", PLOTS[:4])  # the fifth stands in the second as well
    found, _ = gathered(review, marks_gone=True)
    assert unnamed(found) == gone(review) == set()
    write_jsonl(tmp_path / "second.jsonl", PLOTS[5:])
    assert unnamed(gathered(review, marks_gone=True)[0]) == gone(review) == {TITLES[4]}


def test_a_mark_changes_no_digest_and_stands_in_no_line_of_the_others(tmp_path: Path, review: Path) -> None:
    gathered(review)
    digests = {paper.key: paper.digest for paper in Folder(review).corpus()}
    lines = (review / "papers.jsonl").read_text().splitlines()
    (tmp_path / "second.jsonl").unlink()
    gathered(review, marks_gone=True)
    assert gone(review) == set(TITLES[5:])
    assert {paper.key: paper.digest for paper in Folder(review).corpus()} == digests
    after = (review / "papers.jsonl").read_text().splitlines()
    assert [line for line in after if '"gone":' not in line] == [line for line in lines if line in after]
    assert sum(one != other for one, other in zip(lines, after, strict=True)) == len(TITLES[5:])


def test_a_source_that_disappears_and_comes_back_gives_and_takes_the_marks(tmp_path: Path, review: Path) -> None:
    gathered(review)
    data = (tmp_path / "second.jsonl").read_bytes()
    (tmp_path / "second.jsonl").unlink()
    built, said = gathered(review)
    assert "second.jsonl is not there any more; its papers stay" in said
    assert unnamed(built) == set(TITLES[5:]) and gone(review) == set()
    assert gathered(review, marks_gone=True)[0].is_new and gone(review) == set(TITLES[5:])
    assert not gathered(review, marks_gone=True)[0].is_new
    (tmp_path / "second.jsonl").write_bytes(data)  # the same bytes as it had when it was last read
    found, _ = gathered(review)
    assert unnamed(found) == gone(review) == set() and len(found.corpus) == len(PLOTS)


def test_who_left_a_source_is_still_known_when_it_comes_back(tmp_path: Path, review: Path) -> None:
    gathered(review)
    write_jsonl(tmp_path / "second.jsonl", PLOTS[5:])
    data = (tmp_path / "second.jsonl").read_bytes()
    write_jsonl(tmp_path / "first.jsonl", PLOTS[:4])
    assert unnamed(gathered(review)[0]) == {TITLES[4]}
    (tmp_path / "second.jsonl").unlink()
    assert unnamed(gathered(review)[0]) == set(TITLES[4:])
    (tmp_path / "second.jsonl").write_bytes(data)
    assert unnamed(gathered(review, marks_gone=True)[0]) == gone(review) == {TITLES[4]}


def test_a_source_that_review_toml_does_not_name_any_more_leaves_papers_unnamed(review: Path) -> None:
    gathered(review)
    protocol = (review / "review.toml").read_text()
    (review / "review.toml").write_text(protocol.rpartition("[[sources]]")[0])
    assert unnamed(gathered(review)[0]) == set(TITLES[5:]) and gone(review) == set()
    gathered(review, marks_gone=True)
    assert gone(review) == set(TITLES[5:])
    (review / "review.toml").write_text(protocol)
    assert unnamed(gathered(review)[0]) == gone(review) == set()


@pytest.mark.parametrize("damage", ["", "\x00\x01\x02" * 50])
def test_a_source_that_cannot_be_read_marks_nothing(tmp_path: Path, review: Path, damage: str) -> None:
    gathered(review)
    (tmp_path / "second.jsonl").write_text(damage)
    for _ in range(2):  # the second time its bytes are known
        found, _ = gathered(review, marks_gone=True)
        assert unnamed(found) == gone(review) == set()
        assert len(found.corpus) == len(PLOTS)
        (whole,) = [one.unread for one in found.sources if one.unread]
        assert "second.jsonl is" in whole
    write_jsonl(tmp_path / "second.jsonl", PLOTS[6:])
    assert unnamed(gathered(review, marks_gone=True)[0]) == gone(review) == {TITLES[5]}


def test_a_source_that_is_a_folder_now_is_there_and_marks_nothing(tmp_path: Path, review: Path) -> None:
    gathered(review)
    (tmp_path / "second.jsonl").unlink()
    (tmp_path / "second.jsonl").mkdir()
    found, said = gathered(review, marks_gone=True)
    assert unnamed(found) == gone(review) == set()
    assert "second.jsonl cannot be read now; its papers stay" in said


def test_what_was_marked_stays_so_while_its_source_cannot_be_read(tmp_path: Path, review: Path) -> None:
    gathered(review)
    write_jsonl(tmp_path / "second.jsonl", PLOTS[6:])
    gathered(review, marks_gone=True)
    (tmp_path / "second.jsonl").write_text("")
    assert unnamed(gathered(review, marks_gone=True)[0]) == gone(review) == {TITLES[5]}


def test_a_folder_without_any_of_its_sources_stands_as_it_is_until_a_refresh(tmp_path: Path, review: Path) -> None:
    """So that a clone of the folder alone builds without a change."""
    gathered(review)
    write_jsonl(tmp_path / "first.jsonl", PLOTS[1:5])
    gathered(review)
    before = {name: (review / name).read_bytes() for name in ("papers.jsonl", "report.json")}
    for name in ("first.jsonl", "second.jsonl"):
        (tmp_path / name).unlink()
    found, _ = gathered(review)
    assert not found.is_new and unnamed(found) == {TITLES[0]}
    assert {name: (review / name).read_bytes() for name in before} == before
    gathered(review, marks_gone=True)
    assert gone(review) == set(TITLES)


def test_a_paper_that_was_only_reworded_or_moved_is_not_gone(tmp_path: Path, review: Path) -> None:
    gathered(review)
    reworded = [(title, text.replace("the", "every")) for title, text in PLOTS[:5]]
    write_jsonl(tmp_path / "first.jsonl", reworded[::-1])
    found, _ = gathered(review, marks_gone=True)
    assert unnamed(found) == gone(review) == set() and len(found.corpus) == len(PLOTS)


def test_a_paper_whose_line_another_took_is_told_from_it(tmp_path: Path, review: Path) -> None:
    gathered(review)
    write_jsonl(tmp_path / "first.jsonl", PLOTS[1:5])  # each moves up to the line of the one before it
    assert unnamed(gathered(review, marks_gone=True)[0]) == gone(review) == {TITLES[0]}
    write_jsonl(tmp_path / "first.jsonl", [*PLOTS[1:5], PLOTS[0]])
    assert unnamed(gathered(review)[0]) == gone(review) == set()


def test_a_review_of_the_first_format_reads_its_sources_once_more(tmp_path: Path, review: Path) -> None:
    gathered(review)
    write_jsonl(tmp_path / "first.jsonl", PLOTS[1:5])
    found, _ = gathered(review)
    Folder(review).save_report(Report(program="0", sources=found.sources))  # it knows of none that is unnamed
    again, _ = gathered(review)
    assert again.is_new and unnamed(again) == {TITLES[0]}
    assert not gathered(review)[0].is_new


def test_more_new_papers_than_may_come_in_are_refused_before_anything_is_written(tmp_path: Path, review: Path) -> None:
    gathered(review)
    with (review / "review.toml").open("a") as protocol:
        protocol.write("\n[refresh]\nmax_new = 2\n")
    new = [(f"Frogs in pond {n}", f"Pond number {n} {'holds frogs of the kind ' * n}") for n in range(1, 4)]
    write_jsonl(tmp_path / "second.jsonl", [*PLOTS[4:], *new])
    before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
    with pytest.raises(TooManyNew) as refused:
        gathered(review, marks_gone=True, max_new=2)
    assert str(refused.value) == (
        "3 new papers, and review.toml lets in 2 at once (max_new under [refresh]): look at second.jsonl, which brings "
        "all of them, or let them in with --max-new 3; nothing was written"
    )
    assert {path: path.read_bytes() for path in review.rglob("*") if path.is_file()} == before
    with pytest.raises(TooManyNew, match="and --max-new lets in 1 at once: look at"):
        gathered(review, max_new=1)
    assert len(gathered(review, max_new=3)[0].corpus) == len(PLOTS) + 3
    gathered(review, max_new=0)  # none is new any more


def test_the_source_that_brings_most_is_named(tmp_path: Path, review: Path) -> None:
    gathered(review)
    new = [(f"Frogs in pond {n}", f"Pond number {n} {'holds frogs of the kind ' * n}") for n in range(1, 4)]
    write_jsonl(tmp_path / "first.jsonl", [*PLOTS[:5], new[0]])
    write_jsonl(tmp_path / "second.jsonl", [*PLOTS[4:], *new[1:]])
    with pytest.raises(TooManyNew, match=r"look at second\.jsonl, which brings 2 of them"):
        gathered(review, max_new=2)


def test_an_empty_corpus_is_filled_whatever_may_come_in(tmp_path: Path, review: Path) -> None:
    for name in ("papers.jsonl", "duplicates.jsonl", "report.json"):
        (review / name).unlink()
    assert len(gathered(review, max_new=1)[0].corpus) == len(PLOTS)


def test_a_paper_that_was_gone_and_comes_back_is_not_new(tmp_path: Path, review: Path) -> None:
    gathered(review)
    (tmp_path / "second.jsonl").unlink()
    gathered(review, marks_gone=True)
    write_jsonl(tmp_path / "second.jsonl", PLOTS[4:])
    assert gathered(review, marks_gone=True, max_new=0)[0].unnamed == frozenset()


def test_every_command_lists_what_is_unnamed(tmp_path: Path, review: Path, conspectus: Conspectus) -> None:
    write_jsonl(tmp_path / "first.jsonl", PLOTS[1:5])
    conspectus("papers", review)
    (key,) = report(review)["unnamed"]
    assert Folder(review).corpus().paper(key).title == TITLES[0]
    conspectus("build", review, "--offline")
    assert report(review)["unnamed"] == [key] and gone(review) == set()


# The same papers under another name.


def rename(review: Path, old: str, new: str, *, said: str = "") -> None:
    """What a person does: the file has another name, and review.toml has it too; `said` goes before it there."""
    (review.parent / old).rename(review.parent / new)
    text = (review / "review.toml").read_text()
    assert old in text
    (review / "review.toml").write_text(text.replace(old, new).replace(f'name = "{new}"', f'name = "{new}"\n{said}'))


def sources_of(review: Path) -> set[str]:
    return {place.file for paper in Folder(review).corpus() for place in paper.sources}


def test_a_source_that_was_only_renamed_is_the_one_it_was(tmp_path: Path, review: Path, conspectus: Conspectus) -> None:
    assert conspectus("build", review, "--offline").code == 0
    before = contents(review)
    rename(review, "second.jsonl", "renamed.jsonl")
    ended = conspectus("refresh", review, "--offline")
    assert ended.code == 0, ended.err
    assert "renamed.jsonl is what second.jsonl was\n" in ended.err and "its papers stay" not in ended.err
    after = contents(review)
    names = {name for name in before if after[name] != before[name]}
    assert names <= {
        "review.toml",
        "papers.jsonl",
        "duplicates.jsonl",
        "report.json",
        "runs.jsonl",
        "survey/survey.html",
    }
    for name in ("papers.jsonl", "duplicates.jsonl", "survey/survey.html"):
        assert after[name].replace(b"renamed.jsonl", b"second.jsonl") == before[name]
    told = report(review)
    assert [(one["name"], one["n_records"]) for one in told["sources"]] == [("first.jsonl", 5), ("renamed.jsonl", 4)]
    assert told["n_identified"] == 9 and told["n_duplicates_removed"] == 1
    assert "second.jsonl" not in (review / "report.json").read_text() + conspectus("status", review).out
    assert "renamed.jsonl" not in conspectus("refresh", review, "--offline").err


def test_a_renamed_source_of_which_review_toml_names_both_is_counted_once(tmp_path: Path, review: Path) -> None:
    gathered(review)
    (tmp_path / "second.jsonl").rename(tmp_path / "renamed.jsonl")
    with (review / "review.toml").open("a") as protocol:
        protocol.write('\n[[sources]]\npath = "../renamed.jsonl"\nname = "renamed.jsonl"\n')
    found, said = gathered(review)
    assert "renamed.jsonl is what second.jsonl was" in said
    assert sources_of(review) == {"first.jsonl", "renamed.jsonl"}
    assert {one.name: one.n_records for one in found.sources} == {
        "first.jsonl": 5,
        "second.jsonl": 0,
        "renamed.jsonl": 4,
    }
    again, said = gathered(review, marks_gone=True)
    assert said == ["second.jsonl is not there any more; review.toml still names it"]
    assert not again.is_new and not again.unnamed and gone(review) == set()


def test_two_new_sources_of_the_same_bytes_are_no_new_name(tmp_path: Path, review: Path) -> None:
    gathered(review)
    rename(review, "second.jsonl", "one.jsonl")
    (tmp_path / "two.jsonl").write_bytes((tmp_path / "one.jsonl").read_bytes())
    with (review / "review.toml").open("a") as protocol:
        protocol.write('\n[[sources]]\npath = "../two.jsonl"\nname = "two.jsonl"\n')
    _, said = gathered(review)
    assert not [line for line in said if "is what" in line]
    assert sources_of(review) == {"first.jsonl", "one.jsonl", "two.jsonl"}  # each paper of the old one is named


@pytest.mark.parametrize("is_grown", [False, True])
def test_a_new_name_releases_nothing_that_was_kept_back(tmp_path: Path, review: Path, *, is_grown: bool) -> None:
    text = (review / "review.toml").read_text()
    private = text.replace('name = "second.jsonl"', 'name = "second.jsonl"\nsend = "never"')
    (review / "review.toml").write_text(private)
    gathered(review)
    rename(review, "second.jsonl", "renamed.jsonl")
    if is_grown:
        write_jsonl(tmp_path / "renamed.jsonl", [*PLOTS[4:], ("Of moles", "Moles dig in the garden at night.")])
    opened = (review / "review.toml").read_text().replace('send = "never"', 'send = "full"')
    (review / "review.toml").write_text(opened)
    found, said = gathered(review)
    assert not [line for line in said if "is what" in line or "not remembered" in line]
    kept_back = keys_not_sent(found.corpus, found.sources)
    assert {str(paper.title) for paper in found.corpus.papers(kept_back)} == set(TITLES[4:])


def test_a_source_that_is_kept_back_is_so_under_its_new_name(review: Path) -> None:
    text = (review / "review.toml").read_text()
    private = text.replace('name = "second.jsonl"', 'name = "second.jsonl"\nsend = "never"')
    (review / "review.toml").write_text(private)
    gathered(review)
    rename(review, "second.jsonl", "renamed.jsonl")
    found, said = gathered(review)
    assert "renamed.jsonl is what second.jsonl was" in said
    assert sources_of(review) == {"first.jsonl", "renamed.jsonl"}
    assert len(keys_not_sent(found.corpus, found.sources)) == 4


def test_what_was_renamed_and_grew_is_not_remembered_beside_itself(tmp_path: Path, review: Path) -> None:
    gathered(review)
    keys = Folder(review).corpus().keys()
    rename(review, "second.jsonl", "renamed.jsonl")
    write_jsonl(tmp_path / "renamed.jsonl", [("Of moles", "Moles dig in the garden at night."), *PLOTS[4:]])
    found, said = gathered(review, marks_gone=True)
    assert "second.jsonl is not remembered any more: other sources name each of its papers" in said
    assert sources_of(review) == {"first.jsonl", "renamed.jsonl"}
    assert [(one.name, one.n_records) for one in found.sources] == [("first.jsonl", 5), ("renamed.jsonl", 5)]
    assert set(keys) < set(found.corpus.keys()) and len(found.corpus) == len(keys) + 1
    assert gone(review) == set() and not gathered(review)[0].is_new


def test_what_was_renamed_a_refresh_after_it_went_is_not_remembered_beside_itself(tmp_path: Path, review: Path) -> None:
    gathered(review)
    before = (review / "papers.jsonl").read_text()
    (tmp_path / "second.jsonl").rename(tmp_path / "aside.jsonl")
    gathered(review, marks_gone=True)
    (tmp_path / "aside.jsonl").rename(tmp_path / "second.jsonl")
    rename(review, "second.jsonl", "renamed.jsonl")
    gathered(review, marks_gone=True)
    assert (review / "papers.jsonl").read_text().replace("renamed.jsonl", "second.jsonl") == before


def test_a_source_that_left_and_knew_more_is_remembered(tmp_path: Path, review: Path) -> None:
    write_jsonl(tmp_path / "first.jsonl", PLOTS[:-1])
    with (tmp_path / "first.jsonl").open("a") as first:
        first.write(json.dumps({"title": TITLES[-1]}) + "\n")
    gathered(review)
    assert len(Folder(review).corpus()) == len(PLOTS)
    before = (review / "papers.jsonl").read_bytes()
    text = (review / "review.toml").read_text()
    (review / "review.toml").write_text(text.rpartition("[[sources]]")[0])
    for is_new in (True, False):
        found, said = gathered(review)
        assert found.is_new is is_new and said[0].endswith("second.jsonl any more; its papers stay")
        assert (review / "papers.jsonl").read_bytes() == before
    write_jsonl(tmp_path / "first.jsonl")  # now it tells as much
    gathered(review)
    assert sources_of(review) == {"first.jsonl"}
