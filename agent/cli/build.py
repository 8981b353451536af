"""Do all that is not done yet, from sources to the printed survey; what stands is not asked again."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import Console
from agent.cli.options import FolderArgument, JsonOption, MaxUsdOption, ModelOption, OfflineOption, open_review
from agent.cli.outcome import end

RecordOption = Annotated[
    Path | None,
    typer.Option("--record", help="A cassette: replay what it holds, ask and record what it lacks, drop the rest."),
]


def command(
    folder: FolderArgument = Path(),
    *,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    offline: OfflineOption = False,
    record: RecordOption = None,
    as_json: JsonOption = False,
) -> None:
    with Console() as console:
        review = open_review(folder, console, model=model, max_usd=max_usd, offline=offline, record=record)
        report = review.build()
    end(report, review.usage, as_json=as_json, last=f"the survey: {folder / 'survey' / 'survey.html'}")
