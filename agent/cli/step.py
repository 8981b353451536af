"""Brings a review up to date as far as a command needs it, and makes the commands that do no more than that."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from agent.cli.console import Console
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
from agent.cli.outcome import Result, end, show_what_stands
from agent.connect import Access, model_of
from agent.errors import ConspectusError
from agent.folder import Folder
from agent.pipeline import Review
from agent.report import Report
from agent.review import BUILT_IN

T = TypeVar("T")


def command_of(step: str) -> Callable[..., None]:
    """The command that brings a review up to date as far as this step, and tells what stands then."""

    def command(
        folder: FolderArgument = Path(),
        *,
        model: ModelOption = None,
        max_usd: MaxUsdOption = None,
        max_calls: MaxCallsOption = None,
        max_tokens: MaxTokensOption = None,
        offline: OfflineOption = False,
        as_json: JsonOption = False,
    ) -> None:
        review, report = bring(
            folder,
            step,
            access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline),
            as_json=as_json,
        )
        end(report, review.spent, Result.of(report), as_json=as_json)

    return command


def bring(folder: Path, step: str, way: Access, *, as_json: bool) -> tuple[Review, Report]:
    """The review in this folder, brought up to date as far as a step, with its report."""
    return work_on(folder, way, lambda review, console: review.build(step), as_json=as_json, asks=step != "papers")


def check_record(folder: Path, way: Access) -> None:
    """A usage error where answers are to be recorded and no model would be asked; FolderError where into a file that
    is the review's own."""
    if way.record and (way.offline or model_of(Folder(folder).protocol(), way) == BUILT_IN):
        why = "--offline asks no model" if way.offline else "no model is named"
        raise typer.BadParameter(f"there is nothing to record: {why}", param_hint="--record")
    if way.record:
        Folder(folder).refuse_own(way.record)


def work_on(
    folder: Path,
    way: Access,
    work: Callable[[Review, Console], T],
    *,
    as_json: bool,
    asks: bool = True,
    tells_calls: bool = True,
    shows_report: bool = True,
) -> tuple[Review, T]:
    """The review in this folder, and what the work on it gave; `asks` says whether a model may be asked for it.

    With `tells_calls` each call that is answered moves a line on; without, the work tells how far it is itself.

    Where something stops it, what stands and what was paid is shown before the error goes on its way; without
    `shows_report` only what was paid.
    """
    with Console() as console:
        review = Review(Folder(folder), way, say=console.say, progress=console.progress if tells_calls else None)
        console.spent = lambda: review.usage
        if asks and not way.offline and model_of(review.folder.protocol(), way) == BUILT_IN:
            console.say(
                f"no model is named, so the built-in one ({BUILT_IN}) answers; name one in review.toml or with --model"
            )
        try:
            return review, work(review, console)
        except (ConspectusError, KeyboardInterrupt) as stop:
            console.close()
            show_what_stands(stop, review.folder if shows_report else None, review.spent, as_json=as_json)
            raise
