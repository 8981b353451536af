"""The options that commands share, and the way to a model that they name."""

import os
import shlex
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

from agent.connect import Access


def _finite(usd: float | None) -> float | None:
    if usd is not None and not isfinite(usd):
        raise typer.BadParameter("it has to be a number of dollars; without the option there is no limit")
    return usd


# Whether a file can be read is found in reading it: typer's own look would call it a wrong command line.
FolderArgument = Annotated[Path, typer.Argument(help="The review folder.", show_default="here", readable=False)]
FolderOption = Annotated[
    Path, typer.Option("-r", "--review", help="The review folder.", show_default="here", readable=False)
]
FilesArgument = Annotated[list[Path], typer.Argument(help="Files of papers.", readable=False)]
ModelOption = Annotated[str | None, typer.Option("--model", help="The model to ask, as its server names it.")]
MaxUsdOption = Annotated[
    float | None,
    typer.Option(
        "--max-usd", min=0, callback=_finite, help="Never spend more in this run, whatever review.toml allows."
    ),
]
MaxCallsOption = Annotated[
    int | None, typer.Option("--max-calls", min=0, help="Never send more requests in this run, failed ones included.")
]
MaxTokensOption = Annotated[
    int | None, typer.Option("--max-tokens", min=0, help="Never use more tokens in this run, sent and written.")
]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Let the built-in model answer: no key, no network.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print for a program.")]


def access(
    model: str | None = None,
    max_usd: float | None = None,
    *,
    max_calls: int | None = None,
    max_tokens: int | None = None,
    offline: bool = False,
    record: Path | None = None,
) -> Access:
    """How a run may reach a model, with the key and server of the environment.

    A limit that is given takes the place of the one in review.toml.
    """
    return Access(
        api_key=os.environ.get("OPENAI_API_KEY") or None,
        base_url=os.environ.get("OPENAI_BASE_URL") or None,
        model=model,
        max_usd=max_usd,
        max_calls=max_calls,
        max_tokens=max_tokens,
        offline=offline,
        record=record,
    )


def build_line(folder: Path, way: Access) -> str:
    """The command that builds what was just looked at, with the same model and limits."""
    given = {
        "--model": way.model,
        "--max-usd": way.max_usd,
        "--max-calls": way.max_calls,
        "--max-tokens": way.max_tokens,
    }
    words = [word for name, value in given.items() if value is not None for word in (name, f"{value}")]
    offline = ["--offline"] if way.offline else []
    return shlex.join(["conspectus", "build", str(folder), *words, *offline])
