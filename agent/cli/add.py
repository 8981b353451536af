"""Add files of papers to a review; papers that it has already become no second one."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import (
    FilesArgument,
    FolderOption,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    access,
)
from agent.cli.outcome import Result, end
from agent.cli.step import bring
from agent.folder import Folder
from agent.pipeline import Review
from agent.review import Send
from agent.wording import count


def command(
    files: FilesArgument,
    *,
    folder: FolderOption = Path(),
    send: Annotated[
        Send | None, typer.Option("--send", help="How much of them a model's server may be sent.", show_default="full")
    ] = None,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    before = Folder(folder)
    n_before = len(before.corpus())
    added = Review(before).add(files, send)
    review, report = bring(
        folder,
        "papers",
        access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline),
        as_json=as_json,
    )
    n_new = report.n_papers - n_before
    line = f"{count(len(added), 'source')} added: {count(n_new, 'new paper')}, {report.n_papers:,} in all"
    value = {"sources": [source.name for source in added], "new": n_new, "papers": report.n_papers}
    end(report, review.spent, Result([line], value), as_json=as_json)
