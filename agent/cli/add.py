"""Add files of papers to a review; papers that it has already become no second one."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli import DONE, INCOMPLETE
from agent.cli.console import Console, show, show_json
from agent.cli.options import FolderOption, JsonOption, open_review


def command(
    files: Annotated[list[Path], typer.Argument(help="Files of papers.")],
    *,
    folder: FolderOption = Path(),
    as_json: JsonOption = False,
) -> None:
    with Console() as console:
        review = open_review(folder, console, offline=True)
        n_before = len(review.folder.corpus())
        added = review.add(files)
        report = review.build("papers")
    n_new = report.n_papers - n_before
    if as_json:
        show_json({"sources": [source.name for source in added], "new": n_new, "papers": report.n_papers})
    else:
        show(f"{len(added)} source{'s' if len(added) != 1 else ''} added: {n_new} new papers, {report.n_papers} in all")
    names = {source.name for source in added}
    unread = [s for s in report.sources if s.name in names and s.unread]
    raise typer.Exit(INCOMPLETE if unread else DONE)
