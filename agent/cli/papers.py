"""Read the sources; list the papers and what was skipped."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import Console, show, show_json
from agent.cli.options import FolderArgument, JsonOption, open_review


def command(
    folder: FolderArgument = Path(),
    *,
    skipped: Annotated[bool, typer.Option("--skipped", help="List what was skipped, and why.")] = False,
    duplicates: Annotated[bool, typer.Option("--duplicates", help="List what was merged, and why.")] = False,
    as_json: JsonOption = False,
) -> None:
    with Console() as console:
        review = open_review(folder, console, offline=True)
        report = review.build("papers")
    corpus, merged = review.folder.corpus(), review.folder.duplicates()
    left_out = [one for source in report.sources for one in source.skipped]
    if as_json:
        chosen = left_out if skipped else merged if duplicates else corpus
        show_json([one.model_dump(mode="json") for one in chosen])
        return
    if skipped:
        for one in left_out:
            show(f"{one.file}{f':{one.position}' if one.position else ''}: {one.why}: {one.text}".rstrip(": "))
    elif duplicates:
        for pair in merged:
            show(f"{pair.key}: {', '.join(f'{p.file}:{p.position}' for p in pair.places)}: {pair.why}")
    else:
        for paper in corpus:
            show(f"{paper.key}  {paper.title or paper.first_words}")
    show(
        f"{report.n_identified} identified, {report.n_duplicates_removed} duplicates removed, "
        f"{report.n_papers} papers, {len(left_out)} entries skipped"
    )
