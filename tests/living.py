"""A living review over real papers: some are held back and come in later, and a server files each where it belongs."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent import Access, Review
from agent.papers import Paper
from agent.pipeline.wish import REFRESH
from agent.review import Card, ModelChoice, Protocol
from tests.stub import Stub, running_stub

MODEL = ModelChoice(name="stub-model", usd_per_million_input=1.0, usd_per_million_output=4.0)
_CHAPTER = re.compile(r'^<a id="(?P<name>[^"]+)"></a>\n## ', re.MULTILINE)


@dataclass(frozen=True)
class Corpus:
    """Real papers, with the taxonomy that the built-in model makes of them all, and where it files each."""

    papers: tuple[Paper, ...]
    taxonomy: str
    cards: dict[str, Card]

    @classmethod
    def of(cls, sources: Sequence[Path], scratch: Path) -> "Corpus":
        review = Review.create(scratch, sources, Protocol(title="All"))
        review.build("classify")
        folder = review.folder
        given = folder.taxonomy_file.read_text().partition("\nmade:")[0] + "\n"  # a person's, which stays
        return cls(tuple(folder.corpus().drawn(10_000)), given, folder.cards())

    def write(self, path: Path, papers: Sequence[Paper]) -> None:
        """The papers as a source; those that stand before them keep their lines."""
        lines = [json.dumps({"key": p.key, "title": p.title, "abstract": p.abstract}) for p in papers]
        path.write_text("".join(f"{line}\n" for line in lines))

    @contextmanager
    def server(self, scratch: Path) -> Iterator[Stub]:
        """A server that files every paper where the built-in model does, and writes a sentence of each."""
        places = scratch / "places.json"
        places.write_text(json.dumps({key: card.category for key, card in self.cards.items()}))
        os.environ["PLACES"] = str(places)
        with running_stub(hook=Path(__file__).with_name("placed_model.py")) as stub:
            yield stub


@dataclass
class Living:
    """A review of some of the papers, which is refreshed as more come in."""

    corpus: Corpus
    path: Path
    stub: Stub

    @classmethod
    def begin(cls, corpus: Corpus, path: Path, stub: Stub, n_held_back: int) -> "Living":
        """Built with all but so many papers, under the given taxonomy."""
        living = cls(corpus, path, stub)
        path.mkdir()
        living.show(len(corpus.papers) - n_held_back)
        Review.create(path / "r", [path / "papers.jsonl"], Protocol(title="Living", model=MODEL))
        (path / "r" / "taxonomy.yaml").write_text(corpus.taxonomy)
        living.review.build()
        return living

    @property
    def review(self) -> Review:
        return Review.open(self.path / "r", Access(base_url=self.stub.url))

    def show(self, n_papers: int) -> None:
        """Let the source hold so many papers."""
        self.corpus.write(self.path / "papers.jsonl", self.corpus.papers[:n_papers])

    def planned_and_asked(self) -> tuple[dict[str, int], dict[str, int], int]:
        """What a refresh plans to ask, by prompt; what it says it asked; and how many requests the server saw."""
        planned = self.review.plan(REFRESH).prompts
        before = self.stub.stats()["total"]
        review = self.review
        review.refresh(REFRESH)
        asked = {prompt: usage.attempts for prompt, usage in review.usage.items()}
        return planned, asked, self.stub.stats()["total"] - before

    def sections(self) -> dict[str, str]:
        """survey.md by section, each under its anchor."""
        text = (self.path / "r" / "survey" / "survey.md").read_text()
        marks = [found for found in _CHAPTER.finditer(text)]
        ends = [*(found.start() for found in marks[1:]), len(text)]
        chapters = {found["name"]: text[found.start() : end] for found, end in zip(marks, ends, strict=True)}
        return {name: chapter for name, chapter in chapters.items() if name.startswith("section-")}
