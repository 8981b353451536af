"""One run over a review after the other: the way to a model, the steps, and what they spent."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from agent.connect import Access, Connection, asks_a_server, connect, price_for
from agent.errors import Declined, FolderError, Unfinished
from agent.folder import Folder
from agent.folder.standing import remember
from agent.llm.call import Usage
from agent.llm.client import Progress
from agent.llm.prices import Price
from agent.pipeline import baseline
from agent.pipeline.estimate import Estimate, estimate
from agent.pipeline.monthly import within_month
from agent.pipeline.run import Run, Say
from agent.pipeline.sending import without
from agent.pipeline.spent import Spent, run_line
from agent.pipeline.wish import NO_WISH, Wish
from agent.report import Report
from agent.review import Protocol

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


class Running:
    """Runs over one review folder; knows the last one's connection."""

    def __init__(self, folder: Folder, access: Access, say: Say, progress: Progress | None) -> None:
        self.connection: Connection | None = None
        self._price = Price()
        self._folder = folder
        self._access = access
        self._say = say
        self._progress = progress

    @contextmanager
    def connected(self, protocol: Protocol, *, say: Say | None = None) -> Iterator[Connection]:
        """The way to the model that answers, which is this run's from now on."""
        access = within_month(self._access, protocol, self._folder)
        way = connect(protocol, self._folder.cache_folder, access, self._progress, say=say)
        with way as connection:
            self.connection, self._price = connection, price_for(protocol, self._access)
            yield connection

    def over(self, protocol: Protocol, connection: Connection, wish: Wish = NO_WISH) -> Run:
        """A run that has read nothing yet."""
        client, say = connection.client, self._say
        return Run(self._folder, protocol, client, say, aside=connection.aside, gate=connection.gate, wish=wish)

    def build(
        self,
        until: str,
        *,
        may_go_on: MayGoOn | None = None,
        n_pilot: int | None = None,
        wish: Wish = NO_WISH,
        last: Callable[[Run], None] | None = None,
    ) -> Report:
        """Bring the review up to date as far as one of STEPS; `last` is done with the run before its report is made.

        See `Review.build`.
        """
        protocol = self._folder.protocol()
        with self.connected(protocol) as connection:
            run = self.over(protocol, connection, wish)
            self._folder.ignore_cache()
            run.gather()
            if n_pilot is not None:
                run.only = frozenset(paper.key for paper in without(run.corpus, run.not_sent).drawn(n_pilot))
            was_new = not run.cards and run.draft is None
            try:
                self._take_steps(run, STEPS[until], may_go_on)
                if last and not connection.client.stopped:
                    last(run)
            finally:
                try:
                    report = run.finish()
                finally:  # what was paid is written down, whatever of the rest could not be
                    self.log(connection)
            connection.is_whole = was_new and until == "build" and not report.unanswered
        if connection.client.stopped:
            raise connection.client.stopped
        if run.taxonomy is None and run.unanswered:
            raise Unfinished(f"there is no taxonomy to go on with: {run.unanswered[0].why}")
        is_whole = until == "build" and not report.unanswered and not report.unnamed
        if is_whole and not wish.is_refresh and not baseline.is_kept(self._folder):
            baseline.keep(self._folder)
            remember(self._folder, protocol, connection.client.model)
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

    def estimate(self) -> Estimate:
        """What a build would take now."""
        protocol = self._folder.protocol()
        return estimate(self._folder, protocol, within_month(self._access, protocol, self._folder))

    @property
    def spent(self) -> Spent:
        """What the last run took so far, and what it was spared."""
        connection = self.connection
        if connection is None:
            return Spent()
        return Spent(connection.usage, connection.recalled, connection.sent, self._price)

    @property
    def usage(self) -> dict[str, Usage]:
        """What the last run paid so far, by prompt."""
        return self.connection.usage if self.connection else {}

    def log(self, connection: Connection) -> None:
        """A line in runs.jsonl for a run that asked something, be it in vain."""
        if not (connection.n_replies or self.spent.total.attempts):
            return
        report = self._folder.report()
        try:
            self._folder.append_run(run_line(connection, self.spent, report.models if report else ()))
        except FolderError as error:  # what was found is worth more than the line about it
            self._say(f"this run is not written down: {error}")
