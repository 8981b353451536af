"""Check the survey against the papers again, and print the figures before repair and after.

The review is brought up to date first, which asks a model only about what is new. Then code looks at every printed
claim and table cell once more: whether its keys exist, its quotes are the papers' own words, and its numbers stand in
what it cites.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from agent.check import look
from agent.check.look import check_rows
from agent.cli.options import (
    FolderArgument,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    access,
)
from agent.cli.outcome import Result, end, findings_by_kind
from agent.cli.step import bring
from agent.draft import Draft, Finding, Outcome, Part, Problem, Tally
from agent.papers import Corpus
from agent.pipeline.minimums import shortfalls
from agent.report import Report
from agent.wording import count, share


@dataclass(frozen=True)
class Wrong:
    """A printed claim or table cell that no longer stands in the papers."""

    passage: str
    text: str
    problem: Problem
    why: str

    def __str__(self) -> str:
        return f"{self.problem.value}: {self.text}\n  in {self.passage}: {self.why}"


@dataclass(frozen=True)
class Look:
    """What code saw of all that is printed."""

    n_claims: int
    n_cells: int
    wrong: tuple[Wrong, ...]

    def __str__(self) -> str:
        looked_at = f"{count(self.n_claims, 'claim')} and {count(self.n_cells, 'table cell')}"
        if not self.wrong:
            return f"looked again at {looked_at}: every key, quote and number stands in the papers"
        return f"looked again at {looked_at}: {count(len(self.wrong), 'problem')}; `conspectus draft` checks them anew"


def command(
    folder: FolderArgument = Path(),
    *,
    findings: Annotated[bool, typer.Option("--findings", help="List every finding: what, why, what became.")] = False,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    review, report = bring(
        folder,
        "draft",
        access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline),
        as_json=as_json,
    )
    seen = look_again((review.folder.draft() or Draft(title="")).only_checked(), review.folder.corpus())
    lines = [*(_told(finding) for finding in report.findings if findings), *figures(report), str(seen)]
    below = shortfalls(report, review.folder.protocol().minimums)
    result = Result([*lines, *map(str, seen.wrong), *below], _value(report, seen))
    end(report, review.spent, result, as_json=as_json, falls_short=bool(seen.wrong or below))


def look_again(draft: Draft, corpus: Corpus) -> Look:
    """Every claim and cell of the draft held against the papers as they are now."""
    n_claims = n_cells = 0
    wrong: list[Wrong] = []
    for passage in draft.passages:
        for claim in passage.claims:
            n_claims += 1
            seen = look(claim, corpus)
            if seen.problem:
                wrong.append(Wrong(passage.id, claim.text, seen.problem, seen.why))
        if isinstance(passage, Part):
            n_cells += sum(bool(cell.text) for row in passage.rows for cell in row.cells.values())
            _, found = check_rows(passage, corpus)
            wrong += [Wrong(f"{passage.id}, table", one.claim, one.problem, one.why) for one in found]
    return Look(n_claims, n_cells, tuple(wrong))


def figures(report: Report) -> list[str]:
    """How claims and citations stood up to the check, and what was wrong with those that did not."""
    drafted, printed = report.drafted, report.printed
    said = [f"as drafted: {_tally(drafted)}", f"as printed: {_tally(printed)}"]
    said.append(f"verdicts: {printed.verbatim:,} verbatim, {printed.held - printed.verbatim:,} supported")
    for what, found in findings_by_kind(report).items():
        said += [f"{count(len(found), 'finding')} about {what}", *_problems(found)]
    if report.uncited:
        said.append(f"{count(len(report.uncited), 'paper')} cited by no section; report.json says why")
    return said


def _problems(findings: Iterable[Finding]) -> Iterator[str]:
    """How often each thing was wrong, and what became of it."""
    by_problem: dict[Problem, Counter[Outcome]] = {}
    for finding in findings:
        by_problem.setdefault(finding.problem, Counter())[finding.outcome] += 1
    for problem, outcomes in sorted(by_problem.items(), key=lambda one: (-one[1].total(), one[0].value)):
        became = ", ".join(f"{n:,} {outcome.value}" for outcome in Outcome if (n := outcomes[outcome]))
        yield f"  {problem.value}: {outcomes.total():,} ({became})"


def _tally(tally: Tally) -> str:
    return (
        f"{count(tally.claims, 'claim')}, {tally.held:,} held ({share(tally.held, tally.claims)}); "
        f"{count(tally.citations, 'citation')}, {tally.bearing:,} bearing ({share(tally.bearing, tally.citations)})"
    )


def _told(finding: Finding) -> str:
    became = f"\n  became: {finding.became}" if finding.became else ""
    cited = f" [{', '.join(finding.keys)}]" if finding.keys else ""
    where = "" if finding.row is None else f" in the table row of {finding.row}"
    return (
        f"{finding.outcome.value}, {finding.problem.value}{where}: {finding.claim}{cited}\n  why: {finding.why}{became}"
    )


def _value(report: Report, seen: Look) -> dict[str, object]:
    again = {"claims": seen.n_claims, "cells": seen.n_cells, "wrong": [str(one) for one in seen.wrong]}
    return {
        "drafted": report.drafted,
        "printed": report.printed,
        "findings": report.findings,
        "uncited": report.uncited,
        "unanswered": report.unanswered,
        "again": again,
    }
