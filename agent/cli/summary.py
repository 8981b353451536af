"""What a job shows of itself: Markdown that is added to the file which a CI server shows."""

from pathlib import Path

from agent.changes.entry import plain
from agent.errors import FolderError
from agent.pipeline.locked import Locked
from agent.pipeline.minimums import Reached
from agent.pipeline.refresh import Refreshed
from agent.report import Report
from agent.wording import count, share


def write_summary(path: Path, text: str) -> None:
    """Add to the file; FolderError where it cannot be written."""
    try:
        with path.open("a", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise FolderError(f"{path} cannot be written: {error.strerror}") from error


def of_refresh(done: Refreshed) -> str:
    """What a refresh did: the entry of CHANGES.md as it stands there, and the figures."""
    said = done.entry or "Nothing is new; no byte changed.\n"
    below = "".join(f"- ✗ {one}\n" for one in done.shortfalls)
    return "\n".join(["# Conspectus: refresh\n", f"{said.rstrip()}\n", _figures(done.report), below])


def of_locked(found: Locked) -> str:
    """Whether what is committed is what a refresh would make, and the figures with their bounds."""
    if found.is_current:
        said = ["✓ The committed survey is what a refresh would make.\n"]
    else:
        said = ["✗ The committed survey is not what a refresh would make.\n"]
        said += [f"- {plain(one)}" for one in found.said]
        said += [f"- a refresh would ask {one}" for one in found.waiting]
        said += [f"- a refresh would write `{name}` otherwise" for name in found.differing]
        said.append("")
    return "\n".join(["# Conspectus: the committed survey\n", *said, _figures(found.report), _bounds(found.minimums)])


def _figures(report: Report) -> str:
    rows = [
        ("papers", f"{report.n_papers:,}"),
        ("cited by a section", share(report.n_cited, report.n_papers)),
        ("claims that hold, as printed", share(report.printed.held, report.printed.claims)),
        ("citations that bear, as printed", share(report.printed.bearing, report.printed.citations)),
        ("unanswered", count(len(report.unanswered), "call")),
    ]
    return "\n".join(["| | |", "| --- | ---: |", *(f"| {name} | {figure} |" for name, figure in rows), ""])


def _bounds(minimums: tuple[Reached, ...]) -> str:
    return "".join(f"- {'✓' if one.is_met else '✗'} {one}\n" for one in minimums)
