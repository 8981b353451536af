"""Reads and writes a review folder: which file holds what, and who may work on it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.draft import Draft
from agent.errors import FolderError
from agent.folder.attributes import take_back, tell_git
from agent.folder.files import guarded, is_file, make_folder, read_text, sweep, write_whole
from agent.folder.lines import MENDED, N, in_lines, numbered, parsed, pretty, read_by_name, read_nouns
from agent.folder.settle import HOW_TO_TAKE_A_SIDE, settle
from agent.folder.versions import keep_older, refuse_newer
from agent.lock import LOCK, hold
from agent.papers import Corpus, Duplicate, Paper
from agent.protocol import new_protocol, read_protocol, with_sources
from agent.question import Answer
from agent.report import Report
from agent.review import Card, Protocol, Source, Taxonomy
from agent.taxonomy import dump_taxonomy, read_taxonomy, untouched

_OWN = frozenset(
    ("papers.jsonl", "duplicates.jsonl", "cards.jsonl", "answers.jsonl", "runs.jsonl", "report.json", "review.toml")
    + ("taxonomy.yaml", "taxonomy.patch", "survey", "CHANGES.md", ".conspectus")
)
"""What the program keeps in a review folder, and so never is a source."""


class Folder:
    """A review on disk. Reading a file that is not there gives what an empty review has."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def protocol_file(self) -> Path:
        return self.path / "review.toml"

    def create(self, protocol: Protocol) -> None:
        """Make a new review; FolderError where there is one already."""
        if is_file(self.protocol_file):
            raise FolderError(f"{self.path} already holds a review; add papers to it with `conspectus add`")
        make_folder(self.path)
        self.ignore_cache()
        write_whole(self.protocol_file, new_protocol(protocol))

    def copy_from(self, place: Path, names: Iterable[str]) -> None:
        """Make a review of files that lie elsewhere; FolderError where there is one already."""
        if is_file(self.protocol_file):
            raise FolderError(f"{self.path} already holds a review; name another folder")
        make_folder(self.path)
        self.ignore_cache()
        # review.toml last: until it is there, the same command can be given again.
        for name in sorted(names, key=lambda name: name == self.protocol_file.name):
            self._write(name, read_text(place / name))

    def ignore_cache(self) -> None:
        """Keep the cache out of git, and let git merge two people's work; see `tell_git`."""
        tell_git(self.path)

    def discard(self) -> None:
        """Take back what `create` made, and the folder where nothing else is in it."""
        self.protocol_file.unlink(missing_ok=True)
        (self._own_folder / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            self._own_folder.rmdir()  # kept where there is a cache in it
        take_back(self.path)
        if self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()

    def protocol(self) -> Protocol:
        """What review.toml says; FolderError where a newer program wrote the review, whatever else stands there."""
        refuse_newer(self.path)
        if not is_file(self.protocol_file):
            raise FolderError(
                f"{self.path} holds no review.toml; make a review with `conspectus init {self.path} FILES`"
            )
        return read_protocol(read_text(self.protocol_file))

    def add_sources(self, sources: Sequence[Source]) -> None:
        """Write sources into review.toml; every other byte of it stays."""
        write_whole(self.protocol_file, with_sources(read_text(self.protocol_file), sources))

    def source_file(self, source: Source) -> Path:
        return self.path / source.path

    @property
    def taxonomy_file(self) -> Path:
        return self.path / "taxonomy.yaml"

    def taxonomy(self) -> Taxonomy | None:
        return read_taxonomy(read_text(self.taxonomy_file)) if self.taxonomy_file.is_file() else None

    def is_taxonomy_ours(self) -> bool:
        """Whether taxonomy.yaml stands as the program made it: no word changed, no comment added."""
        if not self.taxonomy_file.is_file():
            return False
        text = read_text(self.taxonomy_file)
        return untouched(read_taxonomy(text)) and not re.search(r"(?m)^\s*#|\s#\s", text)

    def save_taxonomy(self, taxonomy: Taxonomy) -> None:
        """Write taxonomy.yaml; comments and the order of what a person wrote stay."""
        before = read_text(self.taxonomy_file) if self.taxonomy_file.is_file() else None
        write_whole(self.taxonomy_file, dump_taxonomy(taxonomy, before))

    def taxonomy_text(self) -> str:
        """taxonomy.yaml as it is written; empty where there is none."""
        return read_text(self.taxonomy_file) if self.taxonomy_file.is_file() else ""

    def save_taxonomy_text(self, text: str) -> None:
        write_whole(self.taxonomy_file, text)

    def proposal_text(self) -> str | None:
        """taxonomy.patch, the change of taxonomy.yaml that is proposed; None where there is none."""
        path = self.path / "taxonomy.patch"
        return read_text(path) if path.is_file() else None

    def save_proposal(self, text: str | None) -> None:
        """Write taxonomy.patch, or take it away."""
        if text is not None:
            self._write("taxonomy.patch", text)
            return
        with guarded(self.path / "taxonomy.patch"):
            (self.path / "taxonomy.patch").unlink(missing_ok=True)

    def corpus(self) -> Corpus:
        return Corpus(read_by_name(self.path / "papers.jsonl", Paper, "key").values())

    def save_corpus(self, corpus: Corpus, duplicates: Iterable[Duplicate]) -> None:
        self._write("papers.jsonl", in_lines(corpus))
        in_order = sorted(duplicates, key=lambda one: (one.key, [(p.file, p.position) for p in one.places]))
        self._write("duplicates.jsonl", in_lines(in_order))

    @property
    def has_duplicates_file(self) -> bool:
        return (self.path / "duplicates.jsonl").is_file()

    @property
    def own_names(self) -> frozenset[str]:
        """What the program keeps in the folder, by name."""
        return _OWN

    def owns(self, file: Path) -> bool:
        """Whether a file is one that the program writes into this review."""
        try:
            inside = file.resolve().relative_to(self.path.resolve())
        except ValueError:
            return False
        return bool(inside.parts) and inside.parts[0] in _OWN

    def refuse_own(self, file: Path) -> None:
        """FolderError where recorded calls would be written into a file that is the review's own."""
        if self.owns(file):
            other = self.path / "shared-answers.jsonl"
            raise FolderError(f"{file} is the review's own, and nothing was written; name another file, e.g. {other}")

    def duplicates(self) -> tuple[Duplicate, ...]:
        return tuple(one for _, one in read_nouns(self.path / "duplicates.jsonl", Duplicate))

    def cards(self) -> dict[str, Card]:
        return read_by_name(self.path / "cards.jsonl", Card, "key")

    def save_cards(self, cards: Iterable[Card]) -> None:
        in_order = sorted(cards, key=lambda card: card.key)
        self._write("cards.jsonl", in_lines(in_order))

    def answers(self) -> dict[str, Answer]:
        """What was asked and answered, by id."""
        return read_by_name(self.path / "answers.jsonl", Answer, "id")

    def save_answers(self, answers: Iterable[Answer]) -> None:
        in_order = sorted(answers, key=lambda answer: answer.id)
        self._write("answers.jsonl", in_lines(in_order))

    def draft(self) -> Draft | None:
        return self._read_whole("survey/survey.json", Draft, f"mend it, or {HOW_TO_TAKE_A_SIDE}")

    def save_draft(self, draft: Draft) -> None:
        self._write("survey/survey.json", pretty(draft))

    def save_rendered(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            self._write(f"survey/{name}", text)

    def survey_text(self) -> str | None:
        """survey.md as it lies there, edited or not; None where there is none."""
        path = self.path / "survey" / "survey.md"
        return read_text(path) if is_file(path) else None

    def report(self) -> Report | None:
        return self._read_whole("report.json", Report, "the next `conspectus build` makes it anew")

    def save_report(self, report: Report) -> None:
        self._write("report.json", pretty(report))

    def changes_text(self) -> str:
        """CHANGES.md, its ends of lines included; empty where there is none.

        FolderError where a merge left both versions of a line there, between which a new entry would be lost.
        """
        path = self.path / "CHANGES.md"
        text = read_text(path) if is_file(path) else ""
        for number, line in enumerate(text.split("\n"), 1):
            if line.startswith(("<<<<<<< ", ">>>>>>> ")):
                raise FolderError(f"CHANGES.md, line {number}: a merge left both versions there; keep what you want")
        return text

    def save_changes(self, text: str) -> None:
        self._write("CHANGES.md", text)

    def append_run(self, run: dict[str, object]) -> None:
        """Add a line to runs.jsonl, the one file that is appended to; its time never runs backwards."""
        path = self.path / "runs.jsonl"
        times = [when for line in (*self.runs(), run) if isinstance(when := line.get("when"), str)]
        timed = run | {"when": max(times)} if times else run
        before = read_text(path) if path.is_file() else ""
        is_cut = bool(before) and not before.endswith("\n")
        with guarded(path), path.open("a", encoding="utf-8") as out:
            out.write("\n" * is_cut + json.dumps(timed, ensure_ascii=False) + "\n")

    def runs(self) -> list[dict[str, object]]:
        """The lines of runs.jsonl; one that was cut off when a run was killed is left out."""
        return [run for _, run in self._numbered_runs() if run is not None]

    def broken_run(self) -> int | None:
        """The number of the first line of runs.jsonl that cannot be read, be it one that was cut off."""
        return next((number for number, run in self._numbered_runs() if run is None), None)

    def _numbered_runs(self) -> Iterator[tuple[int, dict[str, object] | None]]:
        for number, line in numbered(self.path / "runs.jsonl"):
            if not line.strip():
                continue
            run = None
            with suppress(ValueError, RecursionError):
                run = json.loads(line)
            yield number, run if isinstance(run, dict) else None

    @property
    def _own_folder(self) -> Path:
        """What is this machine's alone, and not in git."""
        return self.path / ".conspectus"

    @property
    def cache_folder(self) -> Path:
        return self._own_folder / "cache"

    @property
    def asking_folder(self) -> Path:
        """A folder for each question that is being asked."""
        return self._own_folder / "asking"

    @property
    def index_folder(self) -> Path:
        return self._own_folder / "index"

    @contextmanager
    def held(self, doing: str, say: Callable[[str], None]) -> Iterator[None]:
        """Keep other runs out until the block ends, having waited for one that is at work; see `hold`.

        What a run that was killed had half written is swept away, and what a merge left is settled.
        """
        with hold(self._own_folder, doing, say):
            for place in (self.path, self.path / "survey"):
                sweep(place)
            keep_older(self.path, self._own_folder, _OWN - {self._own_folder.name}, say)
            self.settle(say)
            yield

    def settle(self, say: Callable[[str], None]) -> None:
        """Make one of what a merge of two people's work left twice in the review, and say so; see `settle`."""
        settle(self.path, say)

    def _write(self, name: str, text: str) -> None:
        target = self.path / name
        make_folder(target.parent)
        write_whole(target, text)

    def _read_whole(self, name: str, noun: type[N], mended: str = MENDED) -> N | None:
        path = self.path / name
        return parsed(noun, read_text(path), name, mended=mended) if path.is_file() else None
