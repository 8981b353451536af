"""Read the sources; list the papers and what was skipped."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import (
    FolderArgument,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    access,
)
from agent.cli.outcome import Result, counted_papers, end
from agent.cli.step import bring
from agent.folder import Folder
from agent.papers import Skipped
from agent.report import Report
from agent.wording import count


def command(
    folder: FolderArgument = Path(),
    *,
    skipped: Annotated[bool, typer.Option("--skipped", help="List what was skipped, and why.")] = False,
    duplicates: Annotated[bool, typer.Option("--duplicates", help="List what was merged, and why.")] = False,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    review, report = bring(
        folder,
        "papers",
        access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline),
        as_json=as_json,
    )
    if skipped:
        result = _skipped(report)
    elif duplicates:
        result = _duplicates(review.folder, report)
    else:
        result = _papers(review.folder, report)
    end(report, review.spent, result, as_json=as_json)


def _papers(folder: Folder, report: Report) -> Result:
    corpus = folder.corpus()
    marks = dict.fromkeys(report.not_sent, "  [not sent to a model]")
    listed = [f"{paper.key}  {paper.called}{marks.get(paper.key, '')}" for paper in corpus]
    return Result([*listed, _in_all(report)], list(corpus))


def _skipped(report: Report) -> Result:
    left_out = _left_out(report)
    listed = [
        f"{one.file}{f':{one.position}' if one.position else ''}: {one.why}{f': {one.text}' if one.text else ''}"
        for one in left_out
    ]
    return Result([*listed, _in_all(report)], left_out)


def _duplicates(folder: Folder, report: Report) -> Result:
    merged = folder.duplicates()
    listed = [
        f"{pair.key}: {', '.join(f'{place.file}:{place.position}' for place in pair.places)}: {pair.why}"
        for pair in merged
    ]
    return Result([*listed, _in_all(report)], list(merged))


def _left_out(report: Report) -> list[Skipped]:
    return [one for source in report.sources for one in source.skipped]


def _in_all(report: Report) -> str:
    n_entries = sum(one.position is not None for one in _left_out(report))
    not_sent = f", {len(report.not_sent):,} not sent to a model" if report.not_sent else ""
    return f"{counted_papers(report)}, {count(n_entries, 'entry', 'entries')} skipped{not_sent}"
