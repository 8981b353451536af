"""The index in its folder: only what is new is touched, and what is damaged is made anew, without a traceback."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.papers import Corpus, Paper
from agent.search import Index, documents, kept
from tests.nouns import BEES, CORPUS, MOTHS, SLUGS, TAXONOMY, card, cards

WORDS = "kettle stove rope lantern garden bee moth slug lamp copper lettuce meadow valley dawn tea bread".split()  # noqa: SIM905
QUERIES = [*WORDS, " ".join(WORDS[:3]), " ".join(WORDS), "rope-lantern", "kettle stove rope copper bread"]


def hits(index: Index, words: str) -> list[str]:
    return [hit.key for hit in index.search(words)]


def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the papers that go into an index from now on."""
    keys: list[str] = []

    def noted(entry: documents.Entry) -> object:
        keys.append(entry.key)
        return documents.document(entry)

    monkeypatch.setattr(kept, "document", noted)
    return keys


def some_papers(n: int, seed: int) -> list[Paper]:
    chance = random.Random(seed)
    return [
        Paper(
            key=f"p{seed}-{number:04}",
            title=" ".join(chance.choices(WORDS, k=4)),
            abstract=" ".join(chance.choices(WORDS, k=chance.randint(5, 60))),
        )
        for number in range(n)
    ]


def assert_ranks_like_new(index: Index, papers: list[Paper]) -> None:
    new = Index.open(None, Corpus(papers))
    for words in QUERIES:
        assert index.search(words, most=50) == new.search(words, most=50), words


def test_what_stands_is_not_indexed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Index.open(tmp_path, Corpus((BEES, MOTHS)), say=pytest.fail)
    went_in = written(monkeypatch)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert hits(Index.open(tmp_path, Corpus((BEES, MOTHS)), say=pytest.fail), "bees") == ["bees2021"]
    assert went_in == []
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_only_what_is_new_goes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Index.open(tmp_path, Corpus((BEES, MOTHS)))
    went_in = written(monkeypatch)
    index = Index.open(tmp_path, Corpus((BEES, MOTHS, SLUGS)), say=pytest.fail)
    assert went_in == ["slugs2023"]
    assert hits(index, "slugs") == ["slugs2023"] and hits(index, "bees") == ["bees2021"]


def test_a_paper_that_is_gone_or_changed_is_not_found_as_it_was(tmp_path: Path) -> None:
    Index.open(tmp_path, CORPUS)
    changed = MOTHS.model_copy(update={"abstract": "Moths sleep."})
    index = Index.open(tmp_path, Corpus((changed, SLUGS)), say=pytest.fail)
    assert hits(index, "bees lamps valley") == ["moths2022"], "its title has lamps"
    assert hits(index, "valley") == [] and hits(index, "sleeping") == ["moths2022"]


def test_a_new_card_is_searched(tmp_path: Path) -> None:
    Index.open(tmp_path, CORPUS, cards(), TAXONOMY)
    new = cards() | {"bees2021": card("bees2021", "bees", facts={"result": "a trumpet"})}
    assert hits(Index.open(tmp_path, CORPUS, new, TAXONOMY), "trumpet") == ["bees2021"]


def test_it_ranks_after_additions_as_one_made_anew(tmp_path: Path) -> None:
    papers: list[Paper] = []
    for seed in range(12):  # the engine merges its parts on the way
        papers += some_papers(40 + seed, seed)
        index = Index.open(tmp_path, Corpus(papers), say=pytest.fail)
    assert_ranks_like_new(index, papers)


def test_it_ranks_after_removals_as_one_made_anew(tmp_path: Path) -> None:
    papers = some_papers(200, 1)
    Index.open(tmp_path, Corpus(papers))
    left = papers[:50] + papers[120:]
    assert_ranks_like_new(Index.open(tmp_path, Corpus(left), say=pytest.fail), left)


def test_of_a_large_index_a_few_papers_are_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SMALL", 100)
    papers = some_papers(500, 1)
    Index.open(tmp_path, Corpus(papers))
    went_in = written(monkeypatch)
    changed = papers[3].model_copy(update={"abstract": "A quokka."})
    now = [changed, *papers[4:]]
    index = Index.open(tmp_path, Corpus(now), say=pytest.fail)
    assert went_in == [changed.key]
    assert hits(index, "quokka") == [changed.key]
    assert {hit.key for words in WORDS for hit in index.search(words, most=500)} == {paper.key for paper in now}
    more_gone = now[3:]  # with those before more than one of a hundred
    assert_ranks_like_new(Index.open(tmp_path, Corpus(more_gone), say=pytest.fail), more_gone)
    assert {paper.key for paper in more_gone} <= set(went_in)


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scrambled(file: Path) -> None:
    file.write_bytes(random.Random(3).randbytes(file.stat().st_size))


def one_byte_off(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x01
    file.write_bytes(bytes(data))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


DAMAGES = [cut_off, scrambled, one_byte_off, emptied, Path.unlink]
FILES = ["papers.json", "meta.json", ".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term"]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("end", FILES)
def test_a_damaged_index_is_made_anew(tmp_path: Path, end: str, damage: Callable[[Path], object]) -> None:
    Index.open(tmp_path, CORPUS)
    (file,) = [file for file in tmp_path.rglob("*") if file.name.endswith(end) and not file.name.startswith(".")]
    damage(file)
    said: list[str] = []
    index = Index.open(tmp_path, CORPUS, say=said.append)
    assert hits(index, "bees") == ["bees2021"] and hits(index, "slugs") == ["slugs2023"]
    assert len(said) == 1 and said[0].startswith("the search index ") and said[0].endswith("; it is made anew")
    assert hits(Index.open(tmp_path, CORPUS, say=pytest.fail), "bees") == ["bees2021"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_engines_own_list_of_files_may_be_damaged(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    Index.open(tmp_path, CORPUS)
    damage(tmp_path / "words" / ".managed.json")
    more = Corpus((*CORPUS, Paper(key="new", abstract="A quokka.")))
    said: list[str] = []
    assert hits(Index.open(tmp_path, more, say=said.append), "quokka") == ["new"]
    assert all(line.endswith("it is made anew") for line in said)
    assert hits(Index.open(tmp_path, more, say=pytest.fail), "bees") == ["bees2021"]


def test_an_index_of_another_version_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(kept, "MADE_BY", "0, tantivy v0.1.0, index_format v1")
        Index.open(tmp_path, CORPUS)
    said: list[str] = []
    assert hits(Index.open(tmp_path, CORPUS, say=said.append), "bees") == ["bees2021"]
    assert said == ["the search index was made by another version; it is made anew"]


def test_a_paper_that_the_index_still_holds_unknown_to_us_is_not_found(tmp_path: Path) -> None:
    Index.open(tmp_path, CORPUS)
    engine = documents.bare_index(str(tmp_path / "words"))
    writer = engine.writer(num_threads=1)
    writer.add_document(documents.document(documents.Entry("ghost2000", "Bees Again", "Bees, bees.", "")))
    writer.commit()
    writer.wait_merging_threads()
    said: list[str] = []
    assert hits(Index.open(tmp_path, CORPUS, say=said.append), "bees") == ["bees2021"]
    assert len(said) == 1


def test_an_index_that_a_killed_run_left_is_made_anew(tmp_path: Path) -> None:
    Index.open(tmp_path, CORPUS)
    state = (tmp_path / "papers.json").read_bytes()
    Index.open(tmp_path, Corpus((*CORPUS, Paper(key="new", abstract="A quokka."))))
    (tmp_path / "papers.json").write_bytes(state)  # as it is between the engine's files and ours
    said: list[str] = []
    assert hits(Index.open(tmp_path, CORPUS, say=said.append), "quokka bees") == ["bees2021"]
    assert said == ["the search index is damaged; it is made anew"]


def test_rubbish_in_the_place_of_the_engines_folder_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("rubbish")
    said: list[str] = []
    assert hits(Index.open(tmp_path, CORPUS, say=said.append), "bees") == ["bees2021"]
    assert len(said) == 1


def test_where_no_folder_can_be_made_the_index_is_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said: list[str] = []
    index = Index.open(tmp_path / "file" / "index", CORPUS, say=said.append)
    assert hits(index, "bees") == ["bees2021"]
    assert len(said) == 1 and "it is made in memory for this run" in said[0]


def test_where_the_disk_is_full_the_index_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    said: list[str] = []
    assert hits(Index.open(tmp_path, CORPUS, say=said.append), "bees") == ["bees2021"]
    assert "No space left on device" in said[-1]
    monkeypatch.undo()
    assert hits(Index.open(tmp_path, CORPUS), "bees") == ["bees2021"]


def test_an_open_index_goes_on_where_another_run_makes_it_anew(tmp_path: Path) -> None:
    before = Index.open(tmp_path, CORPUS)
    after = Index.open(tmp_path, Corpus((SLUGS,)))
    assert hits(before, "bees") == ["bees2021"]
    assert hits(after, "bees") == []


SEARCH = """
import sys
from pathlib import Path
from agent.papers import Corpus
from agent.search import Index
from tests.search.test_kept import some_papers
papers = some_papers(300, 1) + some_papers(50, int(sys.argv[2]))
index = Index.open(Path(sys.argv[1]), Corpus(papers), say=print)
found = {hit.key for word in ("kettle", "stove", "rope", "dawn", "tea") for hit in index.search(word, most=1_000)}
print(len(found), len({paper.key for paper in papers} & found), len(found - {paper.key for paper in papers}))
"""


def test_several_processes_at_once_all_find_their_papers(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SEARCH, str(tmp_path), str(seed)],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        for seed in (2, 3, 2, 3)
    ]
    for process in running:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        n_found, n_own, n_others = map(int, out.splitlines()[-1].split())
        assert n_found == n_own and n_own > 300 and n_others == 0
        assert not [line for line in out.splitlines() if "made anew" in line or "in memory" in line]


def test_what_is_kept_beside_the_engines_files_is_small_and_plain(tmp_path: Path) -> None:
    Index.open(tmp_path, CORPUS)
    state = json.loads((tmp_path / "papers.json").read_text())
    assert set(state["papers"]) == set(CORPUS.keys())
    assert {file.name for file in tmp_path.iterdir()} == {"lock", "papers.json", "words"}
