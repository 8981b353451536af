"""Build a small review of real papers from recorded answers: no key, no network, an ordinary review folder."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import Console
from agent.cli.options import JsonOption, open_review
from agent.cli.outcome import end
from agent.pipeline import Review


def command(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")] = Path("conspectus-demo"),
    *,
    as_json: JsonOption = False,
) -> None:
    Review.copy_demo(folder)
    with Console() as console:
        review = open_review(folder, console)
        report = review.build()
    end(report, review.usage, as_json=as_json, last=f"the survey: {folder / 'survey' / 'survey.html'}")
