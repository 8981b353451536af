"""Papers come, change and go, runs are killed: what stands in the end is what one build of the last sources gives."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent import Access, Review
from agent.papers import Paper
from agent.review import Card, Protocol
from tests.papers import PLOTS, TAXONOMY

TERMS = {"water": ["water", "irrigation", "drip", "moisture"], "pests": ["pest", "aphid", "slug", "butterfl"]}
OFFLINE = Access(offline=True)
N_SEEDS, N_SEEDS_LONG = 2, 40
N_STEPS = 8


class Killed(BaseException):
    """Nothing more is written from now on."""


@contextmanager
def killed_after(n_writes: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process dies at a write, and at every later one, so that no clean-up mends anything."""
    left = [n_writes]
    replace = Path.replace

    def dying(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dying)
        yield


class Sources:
    """Two files of papers that change."""

    def __init__(self, place: Path, luck: random.Random) -> None:
        self.luck = luck
        self.paths = (place / "one.jsonl", place / "two.jsonl")
        self.waiting = [{"title": title, "abstract": text} for title, text in PLOTS]
        luck.shuffle(self.waiting)
        self.held: list[list[dict[str, str]]] = [[self.waiting.pop(), self.waiting.pop()], [self.waiting.pop()]]
        self.write()

    def write(self) -> None:
        for path, records in zip(self.paths, self.held, strict=True):
            path.write_text("".join(f"{json.dumps(record)}\n" for record in records))

    def change(self) -> None:
        """Something comes in, changes, moves to another line or file, or goes.

        No file is left empty: that is what an export that failed looks like, and its papers stay as they were.
        """
        records = self.luck.choice(self.held)
        doing = self.luck.choice(["add", "add", "change", "remove", "move", "copy"])
        if doing == "add" and self.waiting:
            records.insert(self.luck.randrange(len(records) + 1), self.waiting.pop())
        elif doing == "change":
            one = self.luck.choice(records)
            one["abstract"] = f"{one['abstract']} It was tried again in year {self.luck.randrange(1990, 2020)}."
        elif doing == "remove" and len(records) > 1:
            self.waiting.append(records.pop(self.luck.randrange(len(records))))
        elif doing == "move" and len(records) > 1:
            self.luck.choice(self.held).append(records.pop())
        elif doing == "copy":
            self.luck.choice(self.held).append(dict(self.luck.choice(records)))
        self.luck.shuffle(records)
        self.write()


def with_terms() -> str:
    """The taxonomy with its marking words, so that they are not learnt from what happens to be there."""
    text = TAXONOMY
    for name, terms in TERMS.items():
        text = text.replace(f"  - id: {name}\n", f"  - id: {name}\n    terms: [{', '.join(terms)}]\n")
    return text


def begin(place: Path, sources: Sources) -> Review:
    Review.create(place, sources.paths, Protocol(title="Gardens"))
    (place / "taxonomy.yaml").write_text(with_terms())
    return Review.open(place, OFFLINE)


def standing(review: Review) -> tuple[list[str], list[str]]:
    """The papers and their cards, but for those that are gone, without the names they have here."""
    papers = {paper.key: paper for paper in review.folder.corpus() if not paper.gone}
    cards = review.folder.cards()
    return sorted(map(_paper, papers.values())), sorted(_card(papers[key], cards[key]) for key in papers)


def _paper(paper: Paper) -> str:
    return json.dumps(paper.model_dump(mode="json", exclude={"key", "aliases"}), sort_keys=True)


def _card(paper: Paper, card: Card) -> str:
    return _paper(paper) + json.dumps(card.model_dump(mode="json", exclude={"key", "made"}), sort_keys=True)


def run_through(seed: int, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    luck = random.Random(seed)
    sources = Sources(place, luck)
    review = begin(place / "living", sources)
    review.build()
    for _ in range(N_STEPS):
        for _ in range(luck.randrange(3)):
            sources.change()
        if luck.random() < 0.4:
            with killed_after(luck.randrange(12), monkeypatch), pytest.raises(Killed):
                review.refresh()
                raise Killed  # it had less to write
        elif luck.random() < 0.6:
            review.refresh()
    review.refresh()
    once = begin(place / "once", sources)
    once.build()
    for living, fresh in zip(standing(review), standing(once), strict=True):
        assert [one for one in living if one not in fresh] == [one for one in fresh if one not in living]
        assert len(living) == len(fresh)
    before = {path: path.read_bytes() for path in (place / "living").rglob("*") if path.is_file()}
    assert review.refresh().entry is None
    assert before == {path: path.read_bytes() for path in (place / "living").rglob("*") if path.is_file()}


@pytest.mark.parametrize("seed", range(N_SEEDS))
def test_it_ends_as_one_build_of_the_last_sources(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_through(seed, tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(N_SEEDS, N_SEEDS_LONG))
def test_it_ends_so_whatever_happens(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_through(seed, tmp_path, monkeypatch)
