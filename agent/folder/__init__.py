"""Reads and writes a review folder: which file holds what, and who may work on it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from agent.draft import Draft
from agent.errors import FolderError
from agent.folder.files import guarded, is_file, make_folder, read_text, sweep, write_whole
from agent.lock import LOCK, hold
from agent.papers import Corpus, Duplicate, Frozen, Paper
from agent.protocol import new_protocol, read_protocol, with_sources
from agent.question import Answer
from agent.report import Report
from agent.review import Card, Protocol, Source, Taxonomy
from agent.taxonomy import dump_taxonomy, read_taxonomy, untouched

N = TypeVar("N", bound=Frozen)

_IGNORED = ".conspectus/"
_OWN = frozenset(
    ("papers.jsonl", "duplicates.jsonl", "cards.jsonl", "answers.jsonl", "runs.jsonl", "report.json", "review.toml")
    + ("taxonomy.yaml", "survey", ".conspectus")
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
        """Keep the cache out of git; what a .gitignore says already stays."""
        file = self.path / ".gitignore"
        before = read_text(file) if file.is_file() else ""
        if _IGNORED not in before.splitlines():
            gap = "\n" if before and not before.endswith("\n") else ""
            write_whole(file, f"{before}{gap}{_IGNORED}\n")

    def discard(self) -> None:
        """Take back what `create` made, and the folder where nothing else is in it."""
        self.protocol_file.unlink(missing_ok=True)
        (self._own_folder / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            self._own_folder.rmdir()  # kept where there is a cache in it
        ignored = self.path / ".gitignore"
        if ignored.is_file() and read_text(ignored) == f"{_IGNORED}\n":
            ignored.unlink()
        if self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()

    def protocol(self) -> Protocol:
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

    def corpus(self) -> Corpus:
        return Corpus(self._read_by_name("papers.jsonl", Paper, "key").values())

    def save_corpus(self, corpus: Corpus, duplicates: Iterable[Duplicate]) -> None:
        self._write_lines("papers.jsonl", corpus)
        in_order = sorted(duplicates, key=lambda one: (one.key, [(p.file, p.position) for p in one.places]))
        self._write_lines("duplicates.jsonl", in_order)

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
        return inside.parts[0] in _OWN

    def duplicates(self) -> tuple[Duplicate, ...]:
        return tuple(self._read_lines("duplicates.jsonl", Duplicate))

    def cards(self) -> dict[str, Card]:
        return self._read_by_name("cards.jsonl", Card, "key")

    def save_cards(self, cards: Iterable[Card]) -> None:
        in_order = sorted(cards, key=lambda card: card.key)
        self._write_lines("cards.jsonl", in_order)

    def answers(self) -> dict[str, Answer]:
        """What was asked and answered, by id."""
        return self._read_by_name("answers.jsonl", Answer, "id")

    def save_answers(self, answers: Iterable[Answer]) -> None:
        in_order = sorted(answers, key=lambda answer: answer.id)
        self._write_lines("answers.jsonl", in_order)

    def draft(self) -> Draft | None:
        return self._read_whole("survey/survey.json", Draft)

    def save_draft(self, draft: Draft) -> None:
        self._write("survey/survey.json", _pretty(draft))

    def save_rendered(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            self._write(f"survey/{name}", text)

    def report(self) -> Report | None:
        return self._read_whole("report.json", Report)

    def save_report(self, report: Report) -> None:
        self._write("report.json", _pretty(report))

    def append_run(self, run: dict[str, object]) -> None:
        """Add a line to runs.jsonl, the one file that is appended to."""
        with guarded(self.path / "runs.jsonl"), (self.path / "runs.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(run, ensure_ascii=False) + "\n")

    def runs(self) -> list[dict[str, object]]:
        """The lines of runs.jsonl; one that was cut off when a run was killed is left out."""
        path = self.path / "runs.jsonl"
        lines = []
        for line in read_text(path).splitlines() if path.is_file() else ():
            with suppress(ValueError):
                lines.append(json.loads(line))
        return [line for line in lines if isinstance(line, dict)]

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

        What a run that was killed had half written is swept away.
        """
        with hold(self._own_folder, doing, say):
            for place in (self.path, self.path / "survey"):
                sweep(place)
            yield

    def _write(self, name: str, text: str) -> None:
        target = self.path / name
        make_folder(target.parent)
        write_whole(target, text)

    def _write_lines(self, name: str, nouns: Iterable[Frozen]) -> None:
        self._write(name, "".join(f"{noun.model_dump_json()}\n" for noun in nouns))

    def _read_lines(self, name: str, noun: type[N]) -> list[N]:
        return [one for _, one in self._read_numbered(name, noun)]

    def _read_by_name(self, name: str, noun: type[N], field: str) -> dict[str, N]:
        """The lines by the field that names them; no two may have one name."""
        found: dict[str, tuple[int, N]] = {}
        for number, one in self._read_numbered(name, noun):
            own = getattr(one, field)
            if own in found:
                first = found[own][0]
                raise FolderError(f"{name}: lines {first} and {number} have one {field}, {own}; keep one of them")
            found[own] = (number, one)
        return {own: one for own, (_, one) in found.items()}

    def _read_numbered(self, name: str, noun: type[N]) -> Iterator[tuple[int, N]]:
        path = self.path / name
        for number, line in enumerate(read_text(path).split("\n") if path.is_file() else [], 1):
            if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
                raise FolderError(f"{name}, line {number}: a merge left both versions there; keep one of them")
            if line.strip():
                yield number, _parsed(noun, line, f"{name}, line {number}")

    def _read_whole(self, name: str, noun: type[N]) -> N | None:
        path = self.path / name
        return _parsed(noun, read_text(path), name) if path.is_file() else None


def _parsed(noun: type[N], text: str, where: str) -> N:
    try:
        return noun.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        mended = "mend it, or take it back from git"
        raise FolderError(f"{where}: {field + ': ' if field else ''}{first['msg']}; {mended}") from error


def _pretty(noun: Frozen) -> str:
    return noun.model_dump_json(indent=1) + "\n"
