"""A review as a program sees it: open a folder, bring it up to date."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from os.path import relpath
from pathlib import Path

from agent.connect import Access, Connection, connect
from agent.errors import FolderError, SourceError, Unfinished
from agent.folder import Folder
from agent.llm.call import Usage
from agent.llm.client import Progress
from agent.pipeline.run import Run, Say
from agent.report import Report
from agent.review import Protocol, Source
from agent.shipped import shipped
from agent.sources import read

STEPS = {
    "papers": (),
    "taxonomy": ("induce",),
    "classify": ("induce", "classify"),
    "draft": ("induce", "classify", "write"),
    "build": ("induce", "classify", "write"),
}
"""What a command brings up to date, by its name: the methods of a run, in their order."""


def _silent(sentence: str) -> None:
    return None


class Review:
    """A review folder and the way to a model."""

    def __init__(
        self, folder: Folder, access: Access | None = None, *, say: Say = _silent, progress: Progress | None = None
    ) -> None:
        self.folder = folder
        self._connection: Connection | None = None
        self._access = access or Access()
        self._say = say
        self._progress = progress

    @classmethod
    def open(cls, path: Path | str, access: Access | None = None) -> "Review":
        """The review in this folder; FolderError where there is none.

        Without an `access` the model that review.toml names is asked with no key, or else the built-in one answers.
        """
        folder = Folder(Path(path))
        folder.protocol()
        return cls(folder, access)

    @classmethod
    def create(cls, path: Path | str, files: Sequence[Path], protocol: Protocol, *, say: Say = _silent) -> "Review":
        """A new review over these files, its papers read; where no paper can be read, SourceError and nothing made."""
        folder = Folder(Path(path))
        folder.create(protocol.model_copy(update={"sources": _named(folder, files, ())}))
        review = cls(folder, say=say)
        try:
            review.build("papers")
        except (SourceError, FolderError):
            folder.discard()
            raise
        return review

    @staticmethod
    def copy_demo(path: Path) -> None:
        """Lay out the demo's corpus and protocol in this folder; FolderError where there is a review already."""
        Folder(path).copy_from(shipped("cassettes/demo"), ("review.toml", "papers.bib"))

    def add(self, files: Sequence[Path]) -> tuple[Source, ...]:
        """Name more sources in review.toml; those it has already are not named twice.

        SourceError where not one of them can be read, and then nothing is added.
        """
        with self.folder.held("add", self._say):
            return self._add(files)

    def _add(self, files: Sequence[Path]) -> tuple[Source, ...]:
        sources = _named(self.folder, files, self.folder.protocol().sources)
        readable = [source for source in sources if _is_readable(self.folder, source)]
        if sources and not readable:
            read(self.folder.source_file(sources[0]), sources[0].name)  # raises what is wrong with it
        if sources:
            self.folder.add_sources(sources)
        return sources

    def build(self, until: str = "build") -> Report:
        """Bring the review up to date, as far as one of STEPS; what stands is not asked again.

        Raises the RunStopped that ended the run early, or Unfinished where there is no taxonomy to go on with, after
        everything that was paid for is on disk and the report says what is missing. Waits for another run that is at
        work on this folder.
        """
        self.folder.protocol()  # before anything is made in a folder that holds no review
        with self.folder.held(until, self._say):
            return self._build(until)

    def _build(self, until: str) -> Report:
        protocol = self.folder.protocol()
        with connect(protocol, self.folder.cache_folder, self._access, self._progress) as connection:
            self._connection = connection
            run = Run(self.folder, protocol, connection.client, self._say)
            self.folder.ignore_cache()
            run.gather()
            was_new = not run.cards and run.draft is None
            try:
                for step in STEPS[until]:
                    if connection.client.stopped or not getattr(run, step)():
                        break
            finally:
                report = run.finish()
                self._log(connection, report)
            connection.is_whole = was_new and until == "build" and not report.unanswered
        if connection.client.stopped:
            raise connection.client.stopped
        if run.taxonomy is None and run.unanswered:
            raise Unfinished(f"there is no taxonomy to go on with: {run.unanswered[0].why}")
        return report

    @property
    def usage(self) -> dict[str, Usage]:
        """What the last run paid so far, by prompt."""
        return self._connection.usage if self._connection else {}

    def _log(self, connection: Connection, report: Report) -> None:
        """A line in runs.jsonl for a run that asked something."""
        if not connection.client.n_replies:
            return
        total = sum(self.usage.values(), Usage())
        self.folder.append_run(
            {
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
                "program": version("conspectus"),
                "model": connection.client.model,
                "models": list(report.models),
                "replies": connection.client.n_replies,
                "kept": connection.n_kept,
                "paid": {name: _as_line(usage) for name, usage in self.usage.items()},
                "total": _as_line(total),
            }
        )


def _as_line(usage: Usage) -> dict[str, object]:
    return {name: getattr(usage, name) for name in Usage.__dataclass_fields__}


def _named(folder: Folder, files: Sequence[Path], there: Sequence[Source]) -> tuple[Source, ...]:
    """These files as sources, under the shortest end of their path that no other source has, whatever their order."""
    known = {folder.source_file(source).resolve(): source for source in there}
    fresh = []
    for file in files:
        if not file.exists():
            raise SourceError(f"{file}: no such file; nothing was added")
        if folder.owns(file):
            raise SourceError(f"{file} is what the review itself writes, and no source; nothing was added")
        if file.resolve() not in known and file.resolve() not in fresh:
            fresh.append(file.resolve())
    taken = {source.name for source in there}
    sources = []
    for file in sorted(fresh):
        name = next(
            name
            for n in range(1, len(file.parts) + 1)
            if (name := "/".join(file.parts[-n:])) not in taken and not _ends_another(file, fresh, n)
        )
        path = Path(relpath(file, folder.path.resolve())).as_posix()
        sources.append(Source(path=path, name=name))
    return tuple(sources)


def _is_readable(folder: Folder, source: Source) -> bool:
    try:
        read(folder.source_file(source), source.name)
    except SourceError:
        return False
    return True


def _ends_another(file: Path, files: Sequence[Path], n_parts: int) -> bool:
    return any(other != file and other.parts[-n_parts:] == file.parts[-n_parts:] for other in files)
