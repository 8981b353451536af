"""A refresh: what is new comes in, what it touches is brought up to date, and CHANGES.md says what changed and why."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

from agent.changes import Changes, Find, compare, entry_of, newest, prepended
from agent.errors import RunStopped, Unfinished
from agent.folder import Folder
from agent.folder.standing import remember
from agent.pipeline import baseline
from agent.pipeline.drifting import accept_changes, propose_changes
from agent.pipeline.minimums import shortfalls
from agent.pipeline.run import Run, Say
from agent.pipeline.running import Running
from agent.pipeline.spent import Spent
from agent.pipeline.wish import Wish, look_over
from agent.report import Report
from agent.search import Index
from agent.wording import count

FOUND = 25
"""Papers that a question is read for: a new one among them may change its answer."""


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
    look_over(wish, folder)
    baseline.begin(folder)
    if wish.accept:
        accept_changes(folder, say)
    runs: list[Run] = []
    proposals: list[str] = []
    stopped: RunStopped | Unfinished | None = None

    def last(run: Run) -> None:
        runs.append(run)
        proposal = propose_changes(run)
        proposals.extend(["taxonomy.patch"] if proposal else [])

    try:
        report = running.build("build", wish=wish, last=last)
    except (RunStopped, Unfinished) as error:
        stopped = error
        report = folder.report() or Report(program="")
    changes = _changes(folder, say)
    entry = None
    if not changes.is_empty:
        written = entry_of(
            changes,
            day=day().isoformat(),
            cost=cost_in_words(running.spent),
            unanswered=report.unanswered,
            lost=[str(line) for run in runs if run.readback for line in run.readback.lost],
            proposal=next(iter(proposals), None),
        )
        folder.save_changes(prepended(folder.changes_text(), written, day().isoformat()))
        entry = newest(folder.changes_text())
    baseline.end(folder)
    if stopped:
        raise stopped
    protocol = folder.protocol()
    below = shortfalls(report, protocol.minimums)
    if running.connection and not (below or report.unanswered):
        remember(folder, protocol, running.connection.client.model)
    return Refreshed(report, changes, entry, tuple(below))


def _changes(folder: Folder, say: Say) -> Changes:
    """What is otherwise than before; a new paper that is among the first for a question may change its answer."""
    before, after = baseline.before(folder), baseline.state_of(folder)
    find: Find | None = None
    if after.answers and any(not before.corpus.has(paper.key) for paper in after.corpus):
        index = Index.open(folder.index_folder, after.corpus, dict(after.cards), after.taxonomy, say)

        def found(question: str, keys: Collection[str]) -> list[str]:
            return [hit.key for hit in index.search(question, most=FOUND, among=frozenset(keys))]

        find = found
    return compare(before, after, find)


def cost_in_words(spent: Spent) -> str:
    """What a run took, for its entry: `5 calls, $0.0312`."""
    total = spent.total
    if not total.attempts:
        return "no calls"
    n_tokens = total.input_tokens + total.output_tokens
    cost = f"{n_tokens:,} tokens, price unknown" if total.cost_usd is None else f"${total.cost_usd:.4f}"
    return f"{count(total.calls, 'call')}, {cost}"
