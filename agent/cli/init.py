"""Make a review folder from files of papers: text dumps, BibTeX, RIS, CSV, TSV or JSON lines."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import Console
from agent.cli.options import FilesArgument, JsonOption
from agent.cli.outcome import Result, end
from agent.pipeline import Review
from agent.review import ModelChoice, Protocol
from agent.wording import count


def _folder_to_make(word: str) -> Path:
    if not word.strip():
        raise typer.BadParameter("the folder to make has no name; `.` is this one")
    if Path(word).is_file():
        raise typer.BadParameter(f"{word} is a file; the folder to make comes first, then the files of papers")
    return Path(word)


def command(
    folder: Annotated[Path, typer.Argument(help="The folder to make.", parser=_folder_to_make, metavar="FOLDER")],
    files: FilesArgument,
    *,
    question: Annotated[str | None, typer.Option("--question", help="What the survey is to answer.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="The survey's title.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="The model to name in review.toml.")] = None,
    as_json: JsonOption = False,
) -> None:
    protocol = Protocol(title=title or question or "A survey", question=question, model=ModelChoice(name=model))
    with Console() as console:
        review = Review.create(folder, files, protocol, say=console.say)
    report = review.folder.report()
    assert report is not None  # `create` has read the papers
    line = f"{folder} holds {count(report.n_papers, 'paper')}; next: conspectus build {shlex.quote(str(folder))}"
    value = {"folder": str(folder), "papers": report.n_papers}
    end(report, review.spent, Result([line], value), as_json=as_json)
