"""The options that commands share, and the way to a model that they name."""

import os
import re
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
RecordOption = Annotated[
    Path | None, typer.Option("--record", help="A cassette: replay what it holds, ask and record what it lacks.")
]
"""Of questions; a build also drops what it did not need."""
JsonOption = Annotated[bool, typer.Option("--json", help="Print for a program.")]
WithinOption = Annotated[
    list[str] | None,
    typer.Option("--within", metavar="CATEGORY", help="Only papers of this category; may be given several times."),
]
YearsOption = Annotated[
    str | None,
    typer.Option("--years", metavar="YEARS", help="Only papers of these years: 2022, 2020-2023, 2023- or -2021."),
]
_YEARS = re.compile(r"(?P<first>\d{4})?\s*(?P<dash>[-–])?\s*(?P<last>\d{4})?")


def read_years(text: str | None) -> tuple[int | None, int | None]:
    """The first and the last year, None for an end that is open; a usage error where these are no years."""
    if text is None:
        return None, None
    found = _YEARS.fullmatch(text.strip())
    first, last = (int(found[end]) if found and found[end] else None for end in ("first", "last"))
    if not found or first == last is None or (first and last and not found["dash"]):
        raise typer.BadParameter(f"{text!r} is none of 2022, 2020-2023, 2023- and -2021", param_hint="--years")
    if not found["dash"]:
        return first, first
    if first and last and first > last:
        raise typer.BadParameter(f"{text!r} ends before it begins", param_hint="--years")
    return first, last


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
