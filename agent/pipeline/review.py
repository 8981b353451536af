"""A review as a program sees it: open a folder, bring it up to date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from os.path import relpath
from pathlib import Path

from agent.connect import Access, Connection, asks_a_server, connect, price_for
from agent.errors import Declined, FolderError, SourceError, Unfinished
from agent.folder import Folder
from agent.llm.call import Usage
from agent.llm.client import Progress
from agent.llm.lookup import Lookup
from agent.llm.prices import Price
from agent.papers import Paper
from agent.pipeline.estimate import Estimate, estimate
from agent.pipeline.gather import send_before
from agent.pipeline.run import Run, Say, silent
from agent.pipeline.sending import without
from agent.pipeline.spent import Spent
from agent.report import Report
from agent.review import Card, Protocol, Send, Source
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


MayGoOn = Callable[[Estimate], bool]
"""Asked once in a run that may cost something, when the categories stand and before the first paper is sent for its
card, with what the rest would take."""


@dataclass(frozen=True)
class Piloted:
    """A paper of a pilot, with its card."""

    paper: Paper
    card: Card
    usage: Usage | None
    """What its card took when it was asked; None where this machine does not know."""


class Review:
    """A review folder and the way to a model."""

    def __init__(
        self, folder: Folder, access: Access | None = None, *, say: Say = silent, progress: Progress | None = None
    ) -> None:
        self.folder = folder
        self._connection: Connection | None = None
        self._price = Price()
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
    def create(cls, path: Path | str, files: Sequence[Path], protocol: Protocol, *, say: Say = silent) -> "Review":
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

    def add(self, files: Sequence[Path], send: Send | None = None) -> tuple[Source, ...]:
        """Name more sources in review.toml; those it has already are not named twice.

        How much of them may be sent is what was said of a source that was named before, unless `send` says it.
        SourceError where not one of them can be read, and then nothing is added.
        """
        with self.folder.held("add", self._say):
            return self._add(files, send)

    def _add(self, files: Sequence[Path], send: Send | None) -> tuple[Source, ...]:
        there = self.folder.protocol().sources
        resolved = {file.resolve() for file in files}
        for source in there:
            if send not in (None, source.send) and self.folder.source_file(source).resolve() in resolved:
                raise SourceError(f'review.toml names {source.name} already; write send = "{send}" under it there')
        sources = _named(self.folder, files, there, send)
        readable = [source for source in sources if _is_readable(self.folder, source)]
        if sources and not readable:
            read(self.folder.source_file(sources[0]), sources[0].name)  # raises what is wrong with it
        if sources:
            self.folder.add_sources(sources)
        return sources

    def build(self, until: str = "build", *, may_go_on: MayGoOn | None = None) -> Report:
        """Bring the review up to date, as far as one of STEPS; what stands is not asked again.

        Raises the RunStopped that ended the run early, which is Declined where `may_go_on` said no, or Unfinished
        where there is no taxonomy to go on with, after everything that was paid for is on disk and the report says
        what is missing. Waits for another run that is at work on this folder.
        """
        self.folder.protocol()  # before anything is made in a folder that holds no review
        with self.folder.held(until, self._say):
            return self._build(until, may_go_on=may_go_on)

    def pilot(self, n_papers: int) -> tuple[Report, tuple[Piloted, ...]]:
        """Cards for so many papers, drawn by the hash of their keys, and the taxonomy where there is none.

        The same papers are drawn the next time, and are not asked again.
        """
        self.folder.protocol()
        with self.folder.held("pilot", self._say):
            report = self._build("classify", n_pilot=n_papers)
            cards, corpus = self.folder.cards(), self.folder.corpus()
            papers = without(corpus, frozenset(report.not_sent)).drawn(n_papers)
            with Lookup(self.folder.cache_folder) as kept:
                return report, tuple(
                    Piloted(paper, card, reply.usage if (reply := kept.reply(card.made.call)) else None)
                    for paper in papers
                    if (card := cards.get(paper.key))
                )

    def estimate(self) -> Estimate:
        """What a build would take now; nothing is sent, and nothing of the review is written."""
        return estimate(self.folder, self.folder.protocol(), self._access)

    def _build(self, until: str, *, may_go_on: MayGoOn | None = None, n_pilot: int | None = None) -> Report:
        protocol = self.folder.protocol()
        with connect(protocol, self.folder.cache_folder, self._access, self._progress) as connection:
            self._connection, self._price = connection, price_for(protocol, self._access)
            run = Run(self.folder, protocol, connection.client, self._say, aside=connection.aside, gate=connection.gate)
            self.folder.ignore_cache()
            run.gather()
            if n_pilot is not None:
                run.only = frozenset(paper.key for paper in without(run.corpus, run.not_sent).drawn(n_pilot))
            was_new = not run.cards and run.draft is None
            try:
                self._take_steps(run, STEPS[until], may_go_on)
            finally:
                try:
                    report = run.finish()
                finally:  # what was paid is written down, whatever of the rest could not be
                    self._log(connection)
            connection.is_whole = was_new and until == "build" and not report.unanswered
        if connection.client.stopped:
            raise connection.client.stopped
        if run.taxonomy is None and run.unanswered:
            raise Unfinished(f"there is no taxonomy to go on with: {run.unanswered[0].why}")
        return report

    def _take_steps(self, run: Run, steps: Sequence[str], may_go_on: MayGoOn | None) -> None:
        for step in steps:
            if step == "classify" and may_go_on:
                self._ask_whether(run, may_go_on)
            if run.client.stopped or not getattr(run, step)():
                return

    def _ask_whether(self, run: Run, may_go_on: MayGoOn) -> None:
        """Let it be decided whether papers are sent for their cards, where any are due that a server would read."""
        if run.client.stopped or not asks_a_server(run.protocol, self._access):
            return
        if not run.due().keys() - run.not_sent:
            return
        self._say("rehearsing the rest, to say what it would take")
        if not may_go_on(self.estimate()):
            run.client.stopped = Declined(
                "nothing more was sent; the same command goes on from here, and asks no more with `--yes`"
            )

    @property
    def spent(self) -> Spent:
        """What the last run took so far, and what it was spared."""
        connection = self._connection
        if connection is None:
            return Spent()
        return Spent(connection.usage, connection.recalled, connection.sent, self._price)

    @property
    def usage(self) -> dict[str, Usage]:
        """What the last run paid so far, by prompt."""
        return self._connection.usage if self._connection else {}

    def _log(self, connection: Connection) -> None:
        """A line in runs.jsonl for a run that asked something, be it in vain."""
        if not (connection.n_replies or self.spent.total.attempts):
            return
        report = self.folder.report()
        self.folder.append_run(
            {
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
                "program": version("conspectus"),
                "model": connection.client.model,
                "models": list(report.models) if report else [],
                "replies": connection.n_replies,
                "kept": connection.n_kept,
            }
            | self.spent.as_line()
        )


def _named(
    folder: Folder, files: Sequence[Path], there: Sequence[Source], send: Send | None = None
) -> tuple[Source, ...]:
    """These files as sources, under the shortest end of their path that no other source has, whatever their order."""
    known = {folder.source_file(source).resolve(): source for source in there}
    fresh = []
    for file in files:
        if not _exists(file):
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
        sources.append(Source(path=path, name=name, send=send or send_before(folder, name)))
    return tuple(sources)


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError as error:  # it lies in a folder that is closed to us, or its name is longer than a name may be
        raise SourceError(f"{file} cannot be looked at: {error.strerror}; nothing was added") from error


def _is_readable(folder: Folder, source: Source) -> bool:
    try:
        read(folder.source_file(source), source.name)
    except SourceError:
        return False
    return True


def _ends_another(file: Path, files: Sequence[Path], n_parts: int) -> bool:
    return any(other != file and other.parts[-n_parts:] == file.parts[-n_parts:] for other in files)
