"""A refresh: what is new comes in, what it touches is brought up to date, and CHANGES.md says what changed and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from agent.changes import Changes, compare, entry_of, prepended
from agent.errors import RunStopped, Unfinished
from agent.folder import Folder
from agent.folder.standing import remember
from agent.pipeline import baseline
from agent.pipeline.drifting import accept_changes, propose_changes
from agent.pipeline.minimums import shortfalls
from agent.pipeline.run import Run, Say
from agent.pipeline.running import Running
from agent.pipeline.wish import Wish
from agent.report import Report
from agent.search import Index


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did."""

    report: Report
    changes: Changes
    entry: str | None
    """What CHANGES.md says of it; None where nothing changed, and CHANGES.md has its bytes."""
    shortfalls: tuple[str, ...] = ()
    """What does not reach the minimums of review.toml, a sentence each."""


def today() -> date:
    """The day by the clock, in UTC, as everywhere in a review."""
    return datetime.now(UTC).date()


def refresh(folder: Folder, running: Running, wish: Wish, say: Say, day: Callable[[], date] = today) -> Refreshed:
    """Bring the review up to date, and write down what changed since the last refresh that came to its end.

    Raises what ended the run early, after what was done until then is written down.
    """
    baseline.begin(folder)
    if wish.accept:
        accept_changes(folder, say)
    runs: list[Run] = []
    stopped: RunStopped | Unfinished | None = None

    def last(run: Run) -> None:
        runs.append(run)
        propose_changes(run)

    try:
        report = running.build("build", wish=wish, last=last)
    except (RunStopped, Unfinished) as error:
        stopped = error
        report = folder.report() or Report(program="")
    changes = _changes(folder, runs, say)
    entry = _write_down(folder, changes, running, report, day()) if not changes.is_empty else None
    baseline.end(folder)
    if stopped:
        raise stopped
    protocol = folder.protocol()
    below = shortfalls(report, protocol.minimums)
    if running.connection and not (below or report.unanswered):
        remember(folder, protocol, running.connection.client.model)
    return Refreshed(report, changes, entry, tuple(below))
