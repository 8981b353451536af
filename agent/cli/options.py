"""The options that commands share, and how a review is opened with them."""

import os
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import Console
from agent.connect import Access
from agent.folder import Folder
from agent.pipeline import Review
from agent.review import BUILT_IN

FolderArgument = Annotated[Path, typer.Argument(help="The review folder.", show_default="here")]
FolderOption = Annotated[Path, typer.Option("-r", "--review", help="The review folder.", show_default="here")]
ModelOption = Annotated[str | None, typer.Option("--model", help="The model to ask, as its server names it.")]
MaxUsdOption = Annotated[float | None, typer.Option("--max-usd", min=0, help="Never spend more in this run.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Let the built-in model answer: no key, no network.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print for a program.")]


def open_review(
    path: Path,
    console: Console,
    *,
    model: str | None = None,
    max_usd: float | None = None,
    offline: bool = False,
    record: Path | None = None,
) -> Review:
    """The review in this folder, with the key and server of the environment."""
    access = Access(
        api_key=os.environ.get("OPENAI_API_KEY") or None,
        base_url=os.environ.get("OPENAI_BASE_URL") or None,
        model=model,
        max_usd=max_usd,
        offline=offline,
        record=record,
    )
    folder = Folder(path)
    named = model or folder.protocol().model.name
    if not offline and named is None:
        console.say(
            f"no model is named, so the built-in one ({BUILT_IN}) answers; name one in review.toml or with --model"
        )
    review = Review(folder, access, say=console.say, progress=console.progress)
    console.spent = lambda: review.usage
    return review
