"""A refresh: what is new comes in, what it touches is brought up to date, and CHANGES.md says what changed and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from agent.changes import Changes, compare, entry_of, newest, prepended
from agent.errors import RunStopped, Unfinished
from agent.folder import Folder
from agent.folder.standing import remember
from agent.pipeline import baseline
from agent.pipeline.drifting import PATCH, accept_changes, propose_changes
from agent.pipeline.finder import Finder
from agent.pipeline.minimums import shortfalls
from agent.pipeline.run import Run, Say
from agent.pipeline.running import Running
from agent.pipeline.spent import Spent
from agent.pipeline.wish import Wish, look_over
from agent.report import Report
from agent.wording import count


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


def _day_of(folder: Folder, clock: date) -> str:
    """The day of an entry: never before the last run, should the clock run backwards."""
    last = max((str(line.get("when", ""))[:10] for line in folder.runs()), default="")
    return max(clock.isoformat(), last)


def refresh(folder: Folder, running: Running, wish: Wish, say: Say, day: Callable[[], date] = today) -> Refreshed:
    """Bring the review up to date, and write down what changed since the last refresh that came to its end.

    Raises what ended the run early, after what was done until then is written down.
    """
    look_over(wish, folder)
    wish = replace(wish, is_clone=not baseline.is_kept(folder))
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
    changes = _changes(folder)
    entry = None
    if not changes.is_empty:
        lost = [str(line) for run in runs if run.readback for line in run.readback.lost]
        entry = _write_down(folder, changes, running.spent, report, day=_day_of(folder, day()), lost=lost)
    baseline.end(folder)
    if stopped:
        raise stopped
    protocol = folder.protocol()
    below = shortfalls(report, protocol.minimums)
    if running.connection and not (below or report.unanswered):
        remember(folder, protocol, running.connection.client.model)
    return Refreshed(report, changes, entry, tuple(below))


def _write_down(
    folder: Folder, changes: Changes, spent: Spent, report: Report, *, day: str, lost: Sequence[str]
) -> str:
    """Put the entry into CHANGES.md, and give it as it stands there."""
    entry = entry_of(
        changes,
        day=day,
        cost=cost_in_words(spent),
        unanswered=report.unanswered,
        lost=lost,
        proposal=PATCH if folder.proposal_text() else None,
    )
    folder.save_changes(prepended(folder.changes_text(), entry, day))
    return newest(folder.changes_text())


def _changes(folder: Folder) -> Changes:
    """What is otherwise than before; a new paper that is among the first for a question may change its answer."""
    after = baseline.state_of(folder)
    return compare(baseline.before(folder), after, Finder(after, folder.index_folder).find)


def cost_in_words(spent: Spent) -> str:
    """What a run took, for its entry: `5 calls, $0.0312`."""
    total = spent.total
    if not total.attempts:
        return "no calls"
    n_tokens = total.input_tokens + total.output_tokens
    cost = f"{n_tokens:,} tokens, price unknown" if total.cost_usd is None else f"${total.cost_usd:.4f}"
    return f"{count(total.calls, 'call')}, {cost}"
