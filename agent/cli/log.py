"""List the runs that asked something, the newest first, with what each took; and what they took month by month.

A run's line is written into runs.jsonl when it ends. With --entry the newest entry of CHANGES.md is printed as it
stands, for the text of a pull request.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from agent.changes import newest
from agent.cli.columns import columns
from agent.cli.console import seen, show, show_json
from agent.cli.options import FolderArgument, JsonOption
from agent.errors import FolderError
from agent.folder import Folder
from agent.pipeline.runs import MonthDone, RunDone, RunLog, read_log
from agent.shown import without_unseen
from agent.wording import count

MostOption = Annotated[int, typer.Option("-n", min=0, help="So many runs at the most; 0 is all of them.")]
EntryOption = Annotated[bool, typer.Option("--entry", help="Print the newest entry of CHANGES.md instead.")]
MOST = 20
_LONGEST_NAME = 24
"""Characters of a model's name."""


def command(
    folder: FolderArgument = Path(),
    *,
    most: MostOption = MOST,
    entry: EntryOption = False,
    as_json: JsonOption = False,
) -> None:
    review = Folder(folder)
    if entry:
        _show_entry(review, as_json=as_json)
        return
    log = read_log(review)
    shown = log.runs[: most or None]
    if as_json:
        show_json(log.model_copy(update={"runs": shown}).model_dump(mode="json") | {"n_runs": len(log.runs)})
        return
    for line in log_lines(log, shown):
        show(line)


def _show_entry(review: Folder, *, as_json: bool) -> None:
    review.protocol()  # says so where there is no review at all
    text = newest(review.changes_text())
    if not text:
        raise FolderError(f"{review.path / 'CHANGES.md'} has no entry yet; a refresh that changes something writes one")
    if as_json:
        show_json({"entry": text})
        return
    show((without_unseen(text) if sys.stdout.isatty() else text).rstrip("\r\n"))


def log_lines(log: RunLog, shown: Sequence[RunDone]) -> Iterator[str]:
    """The runs in columns, those left out counted, the months, and what could not be read."""
    if not log.runs:
        yield "no run has asked anything yet"
    else:
        yield from _run_lines(shown)
        n_more = len(log.runs) - len(shown)
        if n_more:
            yield f"and {count(n_more, 'earlier run')}; -n 0 shows all"
        yield ""
        yield from columns([("month", "runs", "calls", "kept", "tokens", "cost"), *map(_month, log.months)])
    if log.broken:
        are = "is" if log.broken == 1 else "are"
        yield f"{count(log.broken, 'line')} of runs.jsonl cannot be read, and {are} left out"


def _run_lines(runs: Sequence[RunDone]) -> Iterator[str]:
    """Each run with what it asked behind it; on a terminal below it, where that is too narrow for both."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    lines = _columns(runs, _LONGEST_NAME)
    if room and len(lines[0]) > room:
        lines = _columns(runs, max(len("model"), _LONGEST_NAME - len(lines[0]) + room))
    asked = [", ".join(f"{stage} {n:,}" for stage, n in run.stages.items()) for run in runs]
    together = [f"{line}  {told}".rstrip() for line, told in zip(lines, ("asked", *asked), strict=True)]
    if not room or max(map(len, together)) <= room:
        yield from together
        return
    yield lines[0]
    for line, told in zip(lines[1:], asked, strict=True):
        yield line
        yield from [f"    asked: {told}"] * bool(told)


def _columns(runs: Sequence[RunDone], longest_name: int) -> list[str]:
    names = ["model", *(_cut(seen(run.model), longest_name) for run in runs)]
    widest = max(map(len, names))
    rows = [("when (UTC)", "program", "calls", "kept", "tokens", "cost"), *map(_row, runs)]
    return columns([(*row[:2], name.ljust(widest), *row[2:]) for row, name in zip(rows, names, strict=True)])


def _cut(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def _row(run: RunDone) -> tuple[str, ...]:
    when = run.when.strftime("%Y-%m-%d %H:%M")
    return when, seen(run.program), f"{run.calls:,}", f"{run.kept:,}", _short(run.tokens), _cost(run)


def _short(n_tokens: int) -> str:
    return f"{n_tokens // 1000:,}k" if n_tokens >= 10_000 else f"{n_tokens:,}"


def _cost(run: RunDone) -> str:
    if run.cost_usd is None:
        return "unknown" if run.attempts else "-"
    return f"${run.cost_usd:,.4f}" if run.attempts else "-"


def _month(month: MonthDone) -> tuple[str, ...]:
    cost = f"${month.cost_usd:,.4f}"
    cost += f" and {count(month.unpriced, 'run')} of unknown price" if month.unpriced else ""
    cost += f" of ${month.limit_usd:,.2f}" if month.limit_usd is not None else ""
    return month.month, f"{month.runs:,}", f"{month.calls:,}", f"{month.kept:,}", _short(month.tokens), cost
