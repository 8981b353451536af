"""Say what stands in a review, what of it is out of date and why, and what to do about each.

Nothing is asked, sent or written, and no source is read: that one changed is told by its bytes. The exit code is 0,
whatever is found.
"""

import shlex
from collections.abc import Iterator
from pathlib import Path

from agent.cli.columns import hanging
from agent.cli.console import seen, show, show_json
from agent.cli.options import FolderArgument, JsonOption
from agent.folder import Folder
from agent.pipeline.status import Status, status_of
from agent.wording import count

_ABOUT = 13
"""Columns for what a line is about."""


def command(folder: FolderArgument = Path(), *, as_json: JsonOption = False) -> None:
    found = status_of(Folder(folder))
    if as_json:
        show_json({"current": found.is_current} | found.model_dump(mode="json"))
        return
    for line in status_lines(found, folder):
        show(line)


def status_lines(found: Status, folder: Path) -> Iterator[str]:
    """What stands, each matter with what to do about it, and the next step."""
    yield from hanging(f"{'stands':<{_ABOUT}}", _standing(found))
    for matter in found.matters:
        text = f"{matter.says}; {matter.do}" if matter.do else matter.says
        yield from hanging(f"{matter.about:<{_ABOUT}}", seen(text))
    yield ""
    verb = "refresh" if found.n_claims else "build"
    next_step = shlex.join(["conspectus", verb, str(folder)])
    yield "all of it is up to date" if found.is_current else f"next: {next_step}"


def _standing(found: Status) -> str:
    gone = f" ({found.n_gone:,} gone)" if found.n_gone else ""
    by_hand = f" ({found.n_by_hand:,} by hand)" if found.n_by_hand else ""
    printed = f" ({found.n_printed:,} printed)" if found.n_printed else ""
    stands = [
        f"{count(found.n_papers, 'paper')}{gone}",
        count(found.n_cards, "card"),
        count(found.n_sections, "section"),
        f"{count(found.n_claims, 'claim')}{by_hand}",
        f"{count(found.n_answers, 'answer')}{printed}",
    ]
    return f"{', '.join(stands)}; the model is {found.model}"
