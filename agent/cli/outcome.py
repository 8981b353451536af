"""How a run ended, told in a few lines, and its exit code."""

from collections.abc import Mapping

import typer

from agent.cli import DONE, INCOMPLETE
from agent.cli.console import show, show_json
from agent.llm.call import Usage
from agent.report import Report

MOST_LINES = 10
"""Of a list that could be long; the report has all of it."""


def end(report: Report, usage: Mapping[str, Usage], *, as_json: bool, last: str | None = None) -> None:
    """Show the report and leave with its exit code."""
    if as_json:
        show_json(report)
    else:
        for line in (*lines(report), *cost_lines(usage)):
            show(line)
        if last:
            show(last)
    unread = [source for source in report.sources if source.unread]
    raise typer.Exit(INCOMPLETE if report.unanswered or unread else DONE)


def lines(report: Report) -> list[str]:
    """What stands, in words."""
    said = [
        f"{report.n_identified} identified, {report.n_duplicates_removed} duplicates removed, {report.n_papers} papers",
    ]
    if report.n_cards:
        said.append(f"{report.n_cards} cards in {len(report.papers_by_category)} categories")
    if report.n_claims:
        share = f" ({report.coverage:.1%})" if report.coverage is not None else ""
        said.append(
            f"{report.n_claims} claims with {report.n_citations} citations; {report.n_cited} papers cited{share}, "
            f"{len(report.uncited)} listed with why"
        )
    if report.drafted.claims:
        drafted, printed = report.drafted, report.printed
        said.append(
            f"as drafted {_share(drafted.held, drafted.claims)} of claims hold and "
            f"{_share(drafted.bearing, drafted.citations)} of citations bear on their claim; "
            f"as printed {_share(printed.held, printed.claims)} and {_share(printed.bearing, printed.citations)}"
        )
        dropped = sum(finding.outcome == "dropped" for finding in report.findings)
        said.append(f"{len(report.findings)} findings: {len(report.findings) - dropped} repaired, {dropped} dropped")
    for one in report.unanswered[:MOST_LINES]:
        said.append(f"unanswered: {one.stage} {one.subject}: {one.why}")
    if len(report.unanswered) > MOST_LINES:
        said.append(f"and {len(report.unanswered) - MOST_LINES} more unanswered; the next run asks them again")
    return said


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def cost_lines(usage: Mapping[str, Usage]) -> list[str]:
    total = sum(usage.values(), Usage())
    if not total.attempts:
        return []
    cost = "price unknown" if total.cost_usd is None else f"${total.cost_usd:.4f}"
    return [
        f"paid in this run: {total.calls} calls in {total.attempts} attempts, {total.input_tokens:,} tokens sent, "
        f"{total.output_tokens:,} written, {cost}"
    ]
