"""Say what changed in a review since a commit: papers, categories, cards, claims, answers. Nothing is asked.

The review is compared as it stood at REV, read through git, with its files as they are now, or with REV2. All of it is
shown: `+` is a sentence that came, `−` one that went, `±` one that reads otherwise in the same place.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as RichConsole
from rich.padding import Padding
from rich.text import Text

from agent.changes import Changes
from agent.changes.told import CAME, OTHERWISE, WENT, Group, Line, Name, groups_of, sentence_of
from agent.cli.console import seen, show, show_json
from agent.cli.options import FolderOption, JsonOption
from agent.folder import Folder
from agent.pipeline.revisions import changes_since

RevArgument = Annotated[str, typer.Argument(metavar="REV", help="A commit, as git names it: HEAD~1, a tag, a hash.")]
LaterArgument = Annotated[
    str | None, typer.Argument(metavar="REV2", help="A later one; the files as they are now where it is left out.")
]
_STYLES: dict[str, str] = {CAME: "bold green", WENT: "bold red", OTHERWISE: "bold"}
"""By the sign that a line begins with: colours that can be read on a dark and on a light ground."""


def command(
    rev: RevArgument,
    later: LaterArgument = None,
    *,
    folder: FolderOption = Path(),
    as_json: JsonOption = False,
) -> None:
    changes = changes_since(Folder(folder), rev, later)
    if as_json:
        show_json(changes)
        return
    if changes.is_empty:
        show(f"nothing changed from {seen(rev)} to {seen(later) if later else 'now'}")
        return
    terminal = RichConsole(highlight=False)
    if terminal.is_terminal:
        _show_at(terminal, changes)
    else:
        for line in diff_lines(changes):
            show(line)


def diff_lines(changes: Changes) -> Iterator[str]:
    """The changes as plain lines: each group with its title, and its lines set in."""
    yield _first(changes)
    for group in groups_of(changes, whole=True):
        yield ""
        yield _plain(group.title)
        yield from (f"  {_plain(line)}" for line in group.lines)


def _first(changes: Changes) -> str:
    said = sentence_of(changes)
    return f"{said[0].upper()}{said[1:]}."


def _plain(line: Line) -> str:
    return seen("".join(line))


def _show_at(terminal: RichConsole, changes: Changes) -> None:
    terminal.print(_first(changes), markup=False)
    for group in groups_of(changes, whole=True):
        terminal.print()
        _show_group(terminal, group)


def _show_group(terminal: RichConsole, group: Group) -> None:
    terminal.print(Text(_plain(group.title), style="bold"))
    for line in group.lines:
        text = Text()
        for piece in line:
            text.append(_kept_ends(piece), style=_STYLES.get(piece, "") if isinstance(piece, Name) else "")
        terminal.print(Padding(text, (0, 0, 0, 2)))


def _kept_ends(piece: str) -> str:
    """A piece as it may be shown, with the spaces at its ends that part it from others."""
    before, behind = " " * piece.startswith(" "), " " * (piece.endswith(" ") and bool(piece.strip()))
    return f"{before}{seen(piece)}{behind}"
