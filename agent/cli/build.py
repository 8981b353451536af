"""Do all that is not done yet, from sources to the printed survey; what stands is not asked again."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import FolderArgument, JsonOption, MaxUsdOption, ModelOption, OfflineOption, access
from agent.cli.outcome import Result, end
from agent.cli.step import bring
from agent.connect import model_of
from agent.folder import Folder
from agent.review import BUILT_IN

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
    way = access(model, max_usd, offline=offline, record=record)
    if record and (offline or model_of(Folder(folder).protocol(), way) == BUILT_IN):
        why = "--offline asks no model" if offline else "no model is named"
        raise typer.BadParameter(f"there is nothing to record: {why}", param_hint="--record")
    review, report = bring(folder, "build", way, as_json=as_json)
    result = Result.of(report, last=f"the survey: {folder / 'survey' / 'survey.html'}")
    end(report, review.usage, result, as_json=as_json)
