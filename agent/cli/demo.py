"""Build a small review of real papers from recorded answers: no key, no network, an ordinary review folder."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import JsonOption, access
from agent.cli.outcome import Result, end
from agent.cli.step import bring
from agent.errors import FolderError
from agent.folder import Folder
from agent.pipeline import Review


def command(
    folder: Annotated[Path, typer.Argument(help="The folder to make.", readable=False)] = Path("conspectus-demo"),
    *,
    as_json: JsonOption = False,
) -> None:
    if Folder(folder).protocol_file.exists():
        raise FolderError(
            f"{folder} already holds a review; `conspectus build {shlex.quote(str(folder))}` goes on with it, "
            "or name another folder"
        )
    Review.copy_demo(folder)
    review, report = bring(folder, "build", access(), as_json=as_json)
    result = Result.of(report, last=f"the survey: {folder / 'survey' / 'survey.html'}")
    end(report, review.spent, result, as_json=as_json)
