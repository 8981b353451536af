"""How a run ended, told in a few lines, and its exit code; every command that runs a review ends here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import typer

from agent.cli import DONE, INCOMPLETE
from agent.cli.console import Value, seen, show, show_aside, show_json
from agent.draft import OVERVIEWS, Finding, Outcome, Tally
from agent.errors import RunStopped, Unfinished
from agent.folder import Folder
from agent.llm.call import Usage
from agent.llm.ledger import by_stage
from agent.pipeline.spent import Spent
from agent.report import Report
from agent.review import Unanswered
from agent.wording import count, listed_first, share

MOST_LINES = 10
"""Of a list that could be long; the report has all of it."""
MOST_NAMES = 3
"""Of papers or passages that one line names."""
_LISTED = "listed in report.json"


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


def end(report: Report, spent: Spent, result: Result, *, as_json: bool, falls_short: bool = False) -> NoReturn:
    """Show the result, what is missing and what was paid, and leave with the exit code."""
    asides = [*missing_lines(report), *cost_lines(spent)]
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


def show_what_stands(stop: BaseException, folder: Folder | None, spent: Spent, *, as_json: bool) -> None:
    """What stands of a run that was stopped, which is on disk by then; and what any run paid before it failed.

    Without a folder there is no more to show than what was paid.
    """
    report = folder.report() if folder and isinstance(stop, RunStopped | Unfinished) else None
    told = cost_lines(spent)
    if report and as_json:
        show_json(report)
    elif report:
        told = [*lines(report), *missing_lines(report), *left_lines(report), *told]
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
    return [*said, *_kept_apart_lines(report), *_spoken_lines(report), *_answer_lines(report)]


def _kept_apart_lines(report: Report) -> list[str]:
    n_papers = len(report.kept_apart)
    if not n_papers:
        return []
    are, them = ("is", "it") if n_papers == 1 else ("are", "them")
    told = f'{count(n_papers, "paper")} {are} not sent to the model (send = "never")'
    return [f"{told}: the built-in model does the work on {them}"]


def _answer_lines(report: Report) -> list[str]:
    """How many kept answers are printed, and each that is not, with why."""
    said = [f"{count(report.n_answers_kept, 'question')} answered with the survey"] if report.n_answers_kept else []
    withheld = report.answers_withheld.items()
    return said + [seen(f"kept and not printed: {question}: {why}") for question, why in withheld]


def _spoken_lines(report: Report) -> list[str]:
    """Which papers, and what of the taxonomy, hold words that are meant for a model."""
    said = []
    keys = list(dict.fromkeys(found.subject for found in report.paper_findings))
    if keys:
        hold = "holds" if len(keys) == 1 else "hold"
        named = listed_first(keys, MOST_NAMES)
        said.append(f"{count(len(keys), 'paper')} {hold} text that speaks to a model: {named}; {_LISTED}")
    ids = list(dict.fromkeys(found.subject for found in report.taxonomy_findings))
    if ids:
        named = listed_first(ids, MOST_NAMES)
        said.append(f"the taxonomy holds text that speaks to a model, in {named}; read taxonomy.yaml; {_LISTED}")
    return said


def findings_by_kind(report: Report) -> dict[str, list[Finding]]:
    """Those about claims, be there none, apart from those about the rows of comparison tables."""
    about_rows = [finding for finding in report.findings if finding.row is not None]
    kinds = {"claims": [finding for finding in report.findings if finding.row is None]}
    return kinds | ({"table rows": about_rows} if about_rows else {})


def _fates(findings: Iterable[Finding]) -> str:
    outcomes = [finding.outcome for finding in findings]
    told = (Outcome.REPAIRED, Outcome.DROPPED, *((Outcome.KEPT,) if Outcome.KEPT in outcomes else ()))
    return ", ".join(f"{outcomes.count(outcome):,} {outcome.value}" for outcome in told)


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


def left_lines(report: Report) -> list[str]:
    """What a run that was stopped left unasked, counted; nothing where it left nothing."""
    stages = Counter(one.stage for one in report.unanswered if one.stopped)
    counted = {noun: sum(n for stage, n in stages.items() if stage in asked) for noun, asked in _LEFT.items()}
    left = [count(n, *noun) for noun, n in counted.items() if n]
    if not left:
        return []
    steps = {stage.split("_")[0] for stage in stages}
    after = next((then for step, then in _THEN.items() if step in steps), "")
    return [f"not asked: {', '.join(left)}{after}; the next run goes on with them"]


_LEFT: dict[tuple[str, str], tuple[str, ...]] = {
    ("taxonomy", "taxonomies"): ("induce_propose", "induce_merge", "induce_terms"),
    ("card", "cards"): ("classify_paper",),
    ("card's quotes", "cards' quotes"): ("classify_quotes",),
    ("card's new facets", "cards' new facets"): ("classify_facets",),
    ("section or part", "sections or parts"): ("write_section", "write_missing", "write_amend"),
    ("section's opening", "sections' openings"): ("write_merge",),
    ("text over all sections", "texts over all sections"): tuple(f"write_{name}" for name in OVERVIEWS),
    ("opening or text to be revised", "openings or texts to be revised"): ("write_revise",),
    ("passage to be checked", "passages to be checked"): ("check_support", "check_repair"),
}
"""What is left where a prompt was not sent: in words for one and for many."""
_THEN = {
    "induce": ", and all that rests on it",
    "classify": ", and the sections and the check that come after them",
    "write": ", and the check of what they say",
}
"""What comes after the first step that something is left of."""


def cost_lines(spent: Spent) -> list[str]:
    """What was paid in this run, by stage and at which price, and what this machine knew; nothing where nothing was."""
    return [*_fresh_lines(spent), *_cached_lines(spent)]


def _fresh_lines(spent: Spent) -> list[str]:
    total = spent.total
    if not total.attempts:
        return []
    sent = f"{count(total.calls, 'call')} in {count(total.attempts, 'attempt')}"
    if not (total.input_tokens or total.output_tokens or total.cost_usd):
        return [f"sent in this run: {sent}; the server told of no tokens"]
    cost = "price unknown" if total.cost_usd is None else f"${total.cost_usd:.4f}"
    written = f"{count(total.input_tokens, 'token')} sent, {total.output_tokens:,} written"
    said = [f"paid in this run: {sent}, {written}, {cost}"]
    stages = by_stage(spent.fresh)
    if len(stages) > 1:
        said.append(f"by stage: {', '.join(f'{stage} {_amount(one)}' for stage, one in stages.items())}")
    if total.cost_usd and spent.price.origin:
        said.append(f"at {spent.price.origin}")
    return said


def _cached_lines(spent: Spent) -> list[str]:
    total = spent.spared
    if not total.calls:
        return []
    replies = count(total.calls, "reply", "replies")
    took = "took" if total.cost_usd is None else "cost"
    then = f"that {took} {_amount(total)} when {'it was' if total.calls == 1 else 'they were'} asked"
    stages = by_stage(spent.cached)
    split = f": {', '.join(f'{stage} {one.calls:,}' for stage, one in stages.items())}" if len(stages) > 1 else ""
    return [f"from this machine: {replies} {then}{split}"]


def _amount(usage: Usage) -> str:
    """In dollars, or in tokens where the price is unknown."""
    if usage.cost_usd is None:
        return count(usage.input_tokens + usage.output_tokens, "token")
    return f"${usage.cost_usd:.4f}"
