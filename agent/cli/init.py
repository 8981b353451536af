"""Make a review folder from files of papers: text dumps, BibTeX, RIS, CSV, TSV or JSON lines."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli import DONE, INCOMPLETE
from agent.cli.console import Console, show, show_json
from agent.cli.options import JsonOption
from agent.pipeline import Review
from agent.review import ModelChoice, Protocol


def command(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    files: Annotated[list[Path], typer.Argument(help="Files of papers.")],
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
    n_papers = report.n_papers if report else 0
    if as_json:
        show_json({"folder": str(folder), "papers": n_papers})
    else:
        show(f"{folder} holds {n_papers} papers; next: conspectus build {folder}")
    raise typer.Exit(INCOMPLETE if report and any(source.unread for source in report.sources) else DONE)
