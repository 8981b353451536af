"""Brings a review up to date as far as a command needs it, and makes the commands that do no more than that."""

from collections.abc import Callable
from pathlib import Path

from agent.cli.console import Console
from agent.cli.options import FolderArgument, JsonOption, MaxUsdOption, ModelOption, OfflineOption, access
from agent.cli.outcome import Result, end, show_what_stands
from agent.connect import Access, model_of
from agent.errors import ConspectusError
from agent.folder import Folder
from agent.pipeline import Review
from agent.report import Report
from agent.review import BUILT_IN


def command_of(step: str) -> Callable[..., None]:
    """The command that brings a review up to date as far as this step, and tells what stands then."""

    def command(
        folder: FolderArgument = Path(),
        *,
        model: ModelOption = None,
        max_usd: MaxUsdOption = None,
        offline: OfflineOption = False,
        as_json: JsonOption = False,
    ) -> None:
        review, report = bring(folder, step, access(model, max_usd, offline=offline), as_json=as_json)
        end(report, review.usage, Result.of(report), as_json=as_json)

    return command


def bring(folder: Path, step: str, way: Access, *, as_json: bool) -> tuple[Review, Report]:
    """The review in this folder, brought up to date as far as a step, with its report.

    Where something stops it, what stands and what was paid is shown before the error goes on its way.
    """
    with Console() as console:
        review = Review(Folder(folder), way, say=console.say, progress=console.progress)
        console.spent = lambda: review.usage
        if step != "papers" and not way.offline and model_of(review.folder.protocol(), way) == BUILT_IN:
            console.say(
                f"no model is named, so the built-in one ({BUILT_IN}) answers; name one in review.toml or with --model"
            )
        try:
            return review, review.build(step)
        except (ConspectusError, KeyboardInterrupt) as stop:
            console.close()
            show_what_stands(stop, review.folder, review.usage, as_json=as_json)
            raise
