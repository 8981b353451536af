"""What `conspectus refresh` does where there may be something to do; loaded when that is known."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import typer

from agent.cli import DONE, INCOMPLETE
from agent.cli.columns import columns
from agent.cli.console import Console, Value, show, show_json
from agent.cli.diff import diff_lines
from agent.cli.estimate import about
from agent.cli.outcome import Result, end
from agent.cli.step import check_record, work_on
from agent.cli.summary import of_locked, of_refresh, write_summary
from agent.connect import Access
from agent.folder import Folder
from agent.pipeline import Review
from agent.pipeline.locked import Locked
from agent.pipeline.plan import Plan
from agent.pipeline.refresh import Refreshed
from agent.pipeline.wish import Wish
from agent.review import BUILT_IN
from agent.wording import count, listed_first

MOST_NAMES = 5
_STAGES: Mapping[str, tuple[str, ...]] = {
    "taxonomy": ("induce_propose", "induce_merge", "induce_terms"),
    "cards": ("classify_paper", "classify_quotes"),
    "facets alone": ("classify_facets",),
    "parts of sections": ("write_section", "write_missing", "write_amend"),
    "their openings": ("write_merge",),
    "openings and texts over all sections": ("write_revise", "write_introduction", "write_synthesis", "write_gaps"),
    "checks": ("check_support", "check_repair"),
}
"""What a plan's calls are for, in the order of a run."""


def run(
    folder: Path,
    way: Access,
    wanted: Mapping[str, Any],
    *,
    plan: bool,
    locked: bool,
    summary: Path | None,
    as_json: bool,
) -> None:
    """Plan, compare or refresh, and leave with the exit code."""
    check_record(folder, way)
    wish = Wish(is_refresh=True, **wanted)
    if plan:
        _plan(folder, way, wish, as_json=as_json)
    elif locked:
        _locked(folder, way, summary, as_json=as_json)
    else:
        _refresh(folder, way, wish, summary, as_json=as_json)


def _plan(folder: Path, way: Access, wish: Wish, *, as_json: bool) -> None:
    with Console() as console:
        console.say("rehearsing the refresh; nothing is sent")
        found = Review(Folder(folder), way).plan(wish)
    if as_json:
        show_json(found.model_dump(mode="json") | {"calls": found.n_calls})
        return
    for line in plan_lines(found):
        show(line)


def plan_lines(found: Plan) -> list[str]:
    """The plan, for a person."""
    news = [("new", found.new), ("changed", found.changed), ("gone", found.gone), ("back again", found.back)]
    told = [f"{count(len(keys), 'paper')} {what}: {listed_first(keys, MOST_NAMES)}" for what, keys in news if keys]
    told += ["no paper is new, changed or gone"] if not told else []
    if found.n_hand_edits:
        told.append(f"{count(found.n_hand_edits, 'sentence')} of survey.md edited by hand, to be taken in and judged")
    if not found.n_calls and not found.touched:
        return [*told, "nothing would be asked: all of it stands"]
    if found.reasons:
        whys = [(one.why, f"{one.n_papers:,}", f"{one.calls:,}") for one in found.reasons]
        told += ["", *columns([("why", "papers", "calls"), *whys])]
    told += ["", *columns([("asked", "calls"), *_asked(found), ("in all", f"{found.n_calls:,}")]), ""]
    return [*told, *_touched_lines(found), _price_line(found), *_caution(found)]


def _asked(found: Plan) -> list[tuple[str, str]]:
    """How many calls are for what, in the order of a run."""
    known = {name for names in _STAGES.values() for name in names}
    stages = {**_STAGES, **{name: (name,) for name in found.prompts if name not in known}}
    calls = {stage: sum(found.prompts.get(name, 0) for name in names) for stage, names in stages.items()}
    return [(stage, f"{n:,}") for stage, n in calls.items() if n]


def _touched_lines(found: Plan) -> list[str]:
    told = []
    for what, is_new in (("amended", False), ("written anew", True)):
        ids = [one.id for one in found.touched if one.is_new is is_new]
        told += [f"{what}: {listed_first(ids, MOST_NAMES)}"] if ids else []
    return told


def _price_line(found: Plan) -> str:
    if not found.server:
        who = "the built-in model answers" if found.model == BUILT_IN else "recorded answers are played"
        return f"{who}: nothing is sent, and nothing costs"
    tokens = f"{about(found.total.input_tokens)} tokens sent and {about(found.total.output_tokens)} written"
    cost = "price unknown" if found.total.cost_usd is None else f"${about(found.total.cost_usd)}"
    return f"about {tokens}, {cost}, by {found.model} at {found.server}"


def _caution(found: Plan) -> list[str]:
    if not found.n_calls:
        return []
    return [
        "cards and facets are counted exactly, and the rest as papers fall by the built-in model; a passage with a "
        "claim that fails the check takes up to two calls more"
    ]


def _locked(folder: Path, way: Access, summary: Path | None, *, as_json: bool) -> NoReturn:
    found = Review(Folder(folder), way).look_locked()
    if summary:
        write_summary(summary, of_locked(found))
    if as_json:
        value = {"current": found.is_current, "holds": found.holds, "waiting": found.waiting}
        show_json(value | {"differing": found.differing, "minimums": found.minimums})
    else:
        for line in locked_lines(found):
            show(line)
    raise typer.Exit(DONE if found.holds else INCOMPLETE)


def locked_lines(found: Locked) -> list[str]:
    """How what is committed compares, for a person."""
    told = ["what stands is what a refresh would make"] if found.is_current else []
    told += [] if found.is_current else list(found.said)
    told += [f"a refresh would ask {one}" for one in found.waiting]
    told += [f"a refresh would write {name} otherwise" for name in found.differing]
    told += [str(one) for one in found.minimums]
    return told if found.is_current else [*told, "run `conspectus refresh`, and commit what it writes"]


def _refresh(folder: Path, way: Access, wish: Wish, summary: Path | None, *, as_json: bool) -> NoReturn:
    review, done = work_on(folder, way, lambda review, console: review.refresh(wish), as_json=as_json)
    if summary:
        write_summary(summary, of_refresh(done))
    end(done.report, review.spent, _result(review, done), as_json=as_json, falls_short=bool(done.shortfalls))


def _result(review: Review, done: Refreshed) -> Result:
    n_calls = review.spent.total.calls
    value: Value = {
        "changed": done.entry is not None,
        "calls": n_calls,
        "entry": done.entry,
        "changes": done.changes,
        "report": done.report,
    }
    if done.entry is None:
        lines = [f"nothing is new: {count(done.report.n_papers, 'paper')} stand as they did"]
        return Result([*lines, *done.shortfalls], value)
    lines = list(diff_lines(done.changes))
    return Result([*lines, *done.shortfalls], value, last="written down in CHANGES.md")
