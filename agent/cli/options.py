"""The options that commands share, and the way to a model that they name."""

import os
from pathlib import Path
from typing import Annotated

import typer

from agent.connect import Access

# Whether a file can be read is found in reading it: typer's own look would call it a wrong command line.
FolderArgument = Annotated[Path, typer.Argument(help="The review folder.", show_default="here", readable=False)]
FolderOption = Annotated[
    Path, typer.Option("-r", "--review", help="The review folder.", show_default="here", readable=False)
]
FilesArgument = Annotated[list[Path], typer.Argument(help="Files of papers.", readable=False)]
ModelOption = Annotated[str | None, typer.Option("--model", help="The model to ask, as its server names it.")]
MaxUsdOption = Annotated[float | None, typer.Option("--max-usd", min=0, help="Never spend more in this run.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Let the built-in model answer: no key, no network.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print for a program.")]


def access(
    model: str | None = None, max_usd: float | None = None, *, offline: bool = False, record: Path | None = None
) -> Access:
    """How a run may reach a model, with the key and server of the environment."""
    return Access(
        api_key=os.environ.get("OPENAI_API_KEY") or None,
        base_url=os.environ.get("OPENAI_BASE_URL") or None,
        model=model,
        max_usd=max_usd,
        offline=offline,
        record=record,
    )
