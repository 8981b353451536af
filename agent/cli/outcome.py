"""How a run ended, told in a few lines, and its exit code; every command that runs a review ends here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import typer

from agent.cli import DONE, INCOMPLETE
from agent.cli.console import Value, show, show_aside, show_json
from agent.draft import Finding, Outcome, Tally
from agent.errors import RunStopped, Unfinished
from agent.folder import Folder
from agent.llm.call import Usage
from agent.report import Report
from agent.review import Unanswered
from agent.wording import count, share

MOST_LINES = 10
"""Of a list that could be long; the report has all of it."""
MOST_NAMES = 3
"""Of papers or passages that one line names."""


@dataclass(frozen=True)
class Result:
    """What a command found: in lines for a person, as a value for a program."""

    lines: Sequence[str]
    value: Value
    last: str | None = None
    """Where to look now, or what to do next; a person reads it after everything else."""

    @classmethod
    def of(cls, report: Report, last: str | None = None) -> "Result":
        return cls(lines(report), report, last)


def end(
    report: Report, usage: Mapping[str, Usage], result: Result, *, as_json: bool, falls_short: bool = False
) -> NoReturn:
    """Show the result, what is missing and what was paid, and leave with the exit code."""
    asides = [*missing_lines(report), *cost_lines(usage)]
    if as_json:
        show_json(result.value)
        for line in asides:
            show_aside(line)
    else:
        for line in (*result.lines, *asides, *([result.last] if result.last else [])):
            show(line)
    raise typer.Exit(INCOMPLETE if falls_short else _code(report))


def _code(report: Report) -> int:
    """The exit code of a run that came to its end."""
    return INCOMPLETE if report.unanswered or any(source.unread for source in report.sources) else DONE


def show_what_stands(stop: BaseException, folder: Folder, usage: Mapping[str, Usage], *, as_json: bool) -> None:
    """What stands of a run that was stopped, which is on disk by then; and what any run paid before it failed."""
    report = folder.report() if isinstance(stop, RunStopped | Unfinished) else None
    told = cost_lines(usage)
    if report and as_json:
        show_json(report)
    elif report:
        told = [*lines(report), *missing_lines(report), *told]
    for line in told:
        if as_json:
            show_aside(line)
        else:
            show(line)


def lines(report: Report) -> list[str]:
    """What stands, in words."""
    said = [counted_papers(report)]
    if report.n_cards:
        n_categories = len(report.papers_by_category)
        said.append(f"{count(report.n_cards, 'card')} in {count(n_categories, 'category', 'categories')}")
    if report.n_claims or report.uncited:  # a draft of which no claim is left leaves every paper uncited
        citations = f" with {count(report.n_citations, 'citation')}" if report.n_claims else ""
        of_all = f" ({share(report.n_cited, report.n_papers)})" if report.n_cited else ""
        said.append(
            f"{count(report.n_claims, 'claim')}{citations}; "
            f"{count(report.n_cited, 'paper')} cited{of_all}, {len(report.uncited):,} listed with why"
        )
    if report.drafted.claims:
        drafted, printed = _shares(report.drafted), _shares(report.printed)
        said.append(
            f"as drafted {drafted[0]} of claims hold and {drafted[1]} of citations bear on their claim; "
            f"as printed {printed[0]} and {printed[1]}"
        )
    if report.drafted.claims or report.findings:
        said += [
            f"{count(len(found), 'finding')} about {what}: {_fates(found)}"
            for what, found in findings_by_kind(report).items()
        ]
    return said


def findings_by_kind(report: Report) -> dict[str, list[Finding]]:
    """Those about claims, be there none, apart from those about the rows of comparison tables."""
    about_rows = [finding for finding in report.findings if finding.row is not None]
    kinds = {"claims": [finding for finding in report.findings if finding.row is None]}
    return kinds | ({"table rows": about_rows} if about_rows else {})


def _fates(findings: Iterable[Finding]) -> str:
    outcomes = [finding.outcome for finding in findings]
    return ", ".join(f"{outcomes.count(outcome):,} {outcome.value}" for outcome in Outcome)


def counted_papers(report: Report) -> str:
    """What came in and what is left, in PRISMA's words."""
    return (
        f"{report.n_identified:,} identified, {count(report.n_duplicates_removed, 'duplicate')} removed, "
        f"{count(report.n_papers, 'paper')}"
    )


def _shares(tally: Tally) -> tuple[str, str]:
    return share(tally.held, tally.claims), share(tally.bearing, tally.citations)


def missing_lines(report: Report) -> list[str]:
    """What could not be read and what stayed unanswered, with why."""
    said = [f"not read: {why}" for source in report.sources if (why := source.unread)]
    groups: dict[tuple[str, str], list[Unanswered]] = {}
    for one in report.unanswered:
        groups.setdefault((one.stage, one.why), []).append(one)
    for (stage, why), group in list(groups.items())[:MOST_LINES]:
        named = [one.subject for one in group[:MOST_NAMES] if one.subject]
        rest = f" and {len(group) - len(named):,} more" if named and len(group) > len(named) else ""
        because = "" if group[0].stopped else f": {why}"  # why the run was stopped is its last line
        said.append(f"unanswered: {stage}{' ' if named else ''}{', '.join(named)}{rest}{because}")
    n_more = sum(len(group) for group in list(groups.values())[MOST_LINES:])
    if n_more:
        said.append(f"unanswered: {count(n_more, 'call')} more, listed in report.json")
    return said


def cost_lines(usage: Mapping[str, Usage]) -> list[str]:
    """What was paid in this run, or sent where nothing is known to be paid; nothing where nothing was sent."""
    total = sum(usage.values(), Usage())
    if not total.attempts:
        return []
    sent = f"{count(total.calls, 'call')} in {count(total.attempts, 'attempt')}"
    if not (total.input_tokens or total.output_tokens or total.cost_usd):
        return [f"sent in this run: {sent}; the server told of no tokens"]
    cost = "price unknown" if total.cost_usd is None else f"${total.cost_usd:.4f}"
    return [
        f"paid in this run: {sent}, {count(total.input_tokens, 'token')} sent, {total.output_tokens:,} written, {cost}"
    ]
