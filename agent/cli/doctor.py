"""Say whether a build could run, and what stands in its way: model, server, hosts, key, price, folder, cache.

Nothing is sent, unless --ask asks the model's server for two tiny answers. No key is ever shown. The exit code is 0
where a build could run, and 1 where something is marked WRONG.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from agent.cli import DONE, FAILED
from agent.cli.columns import hanging
from agent.cli.console import Console, show, show_json
from agent.cli.options import (
    FolderArgument,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    access,
    build_line,
)
from agent.connect import Access
from agent.doctor import Check, Checkup, State, examine
from agent.folder import Folder
from agent.wording import count

MARKS = {State.FINE: "", State.NOTE: "note", State.WRONG: "WRONG"}
_MARK, _ABOUT = 7, 13
"""Columns for the mark and for what a line is about."""
AskOption = Annotated[bool, typer.Option("--ask", help="Ask the server: two tiny calls, which cost next to nothing.")]


def command(
    folder: FolderArgument = Path(),
    *,
    ask: AskOption = False,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    if ask and offline:
        raise typer.BadParameter("--offline asks no server", param_hint="--ask")
    with Console() as console:
        way = access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline)
        checkup = examine(Folder(folder), way, os.environ, console.say if ask else None)
    if as_json:
        show_json(_value(checkup))
    else:
        for check in checkup.checks:
            for line in in_lines(check):
                show(line)
        show("")
        show(_verdict(checkup, folder, way))
    raise typer.Exit(DONE if checkup.can_build else FAILED)


def in_lines(check: Check) -> Iterator[str]:
    """A check as a person reads it: a mark in words, what it is about, how it stands, what to do."""
    text = f"{check.says}; {check.do}" if check.do else check.says
    yield from hanging(f"{MARKS[check.state]:<{_MARK}}{check.about:<{_ABOUT}}", text)


def _verdict(checkup: Checkup, folder: Path, way: Access) -> str:
    if not checkup.can_build:
        return f"a build cannot run: {count(len(checkup.wrong), 'line')} above marked WRONG"
    if any(check.about == "review" and check.value is None for check in checkup.checks):
        return "nothing here stands in the way of a build"
    return f"a build can run: {build_line(folder, way)}"


def _value(checkup: Checkup) -> dict[str, object]:
    return {"can_build": checkup.can_build, "checks": checkup.checks}
