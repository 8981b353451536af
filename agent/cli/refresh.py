"""Bring in what is new, touch only what it touches, and write down in CHANGES.md what changed.

The sources are read again. New and changed papers get their cards, the sections they fall in are amended sentence by
sentence, and every other byte stays. With --plan nothing is sent or written, and what would be asked is counted; with
--locked nothing is asked or written either, and the exit code is 3 where a refresh would change something.
"""

import importlib
import os
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import show, show_json
from agent.cli.options import (
    FolderArgument,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    RecordOption,
    access,
)
from agent.connect import Access, model_of
from agent.folder import Folder
from agent.folder.standing import stands
from agent.wording import count

STAGES = ("classify", "write", "check")

PlanOption = Annotated[bool, typer.Option("--plan", help="Say what would be asked, and what for; send nothing.")]
LockedOption = Annotated[
    bool, typer.Option("--locked", help="Write and ask nothing; exit 3 where a refresh would, or a minimum is not met.")
]
AcceptOption = Annotated[bool, typer.Option("--accept", help="First take the change proposed in taxonomy.patch.")]
RewriteOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rewrite", metavar="SECTION", help="Write this section anew, by its id; may be given several times."
    ),
]
ReaskOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reask",
        metavar="STAGE",
        help="Ask again what another prompt or model answered, of classify, write or check; several times for several.",
    ),
]
MaxNewOption = Annotated[
    int | None,
    typer.Option("--max-new", min=0, help="Stop before anything is sent where more papers than this come in."),
]
SummaryOption = Annotated[
    Path | None,
    typer.Option("--summary", help="Add a summary in Markdown to this file.", show_default="$GITHUB_STEP_SUMMARY"),
]


def command(
    folder: FolderArgument = Path(),
    *,
    plan: PlanOption = False,
    locked: LockedOption = False,
    accept: AcceptOption = False,
    rewrite: RewriteOption = None,
    reask: ReaskOption = None,
    max_new: MaxNewOption = None,
    summary: SummaryOption = None,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    record: RecordOption = None,
    as_json: JsonOption = False,
) -> None:
    way = access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline, record=record)
    wrong = [stage for stage in reask or () if stage not in STAGES]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is none of {', '.join(STAGES)}", param_hint="--reask")
    if plan and locked:
        raise typer.BadParameter("--plan and --locked are two questions; ask one at a time", param_hint="--plan")
    if accept and (plan or locked):
        raise typer.BadParameter("nothing is accepted where nothing is written", param_hint="--accept")
    wanted = {"rewrite": frozenset(rewrite or ()), "reask": frozenset(reask or ()), "accept": accept}
    summary = summary or (Path(told) if (told := os.environ.get("GITHUB_STEP_SUMMARY")) else None)
    # What works on a review takes a second to load, which a night without news does not need.
    if not (plan or locked or any(wanted.values()) or summary or record) and _stands(folder, way):
        _tell_that_nothing_changed(folder, as_json=as_json)
        return
    importlib.import_module("agent.cli.refreshing").run(
        folder, way, wanted | {"max_new": max_new}, plan=plan, locked=locked, summary=summary, as_json=as_json
    )


def _stands(folder: Path, way: Access) -> bool:
    review = Folder(folder)
    protocol = review.protocol()
    return stands(review, protocol, model_of(protocol, way))


def _tell_that_nothing_changed(folder: Path, *, as_json: bool) -> None:
    review = Folder(folder)
    if as_json:
        show_json({"changed": False, "calls": 0, "entry": None, "changes": None, "report": review.report()})
    else:
        show(f"nothing is new: {count(len(review.corpus()), 'paper')} stand as they did, and nothing was asked")
