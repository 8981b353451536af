"""Do all that is not done yet, from sources to the printed survey; what stands is not asked again.

On a terminal, a build that costs something asks once, after the categories and before the papers are sent for their
cards: it shows the categories, and what the rest would take.
"""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from agent.cli.console import Console
from agent.cli.estimate import about, category_lines, in_a_line, told
from agent.cli.options import (
    FolderArgument,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    access,
    build_line,
)
from agent.cli.outcome import Result, end, lines
from agent.cli.step import check_record, work_on
from agent.connect import Access
from agent.llm.call import Usage
from agent.pipeline import Review
from agent.pipeline.estimate import Estimate
from agent.pipeline.minimums import shortfalls
from agent.pipeline.review import Piloted
from agent.report import Report
from agent.review import FACTS
from agent.wording import count

RecordOption = Annotated[
    Path | None,
    typer.Option("--record", help="A cassette: replay what it holds, ask and record what it lacks, drop the rest."),
]
PilotOption = Annotated[
    int | None,
    typer.Option("--pilot", min=1, help="Card so many papers, show them and what the rest would cost, and stop."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask before the papers are sent.")]


def command(
    folder: FolderArgument = Path(),
    *,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    record: RecordOption = None,
    pilot: PilotOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    way = access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline, record=record)
    check_record(folder, way)
    if pilot is not None:
        _pilot(folder, way, pilot, as_json=as_json)
    review, report = work_on(
        folder,
        way,
        lambda review, console: review.build(may_go_on=lambda found: may_go_on(found, console, yes=yes)),
        as_json=as_json,
    )
    below = shortfalls(report, review.folder.protocol().minimums)
    result = Result([*lines(report), *below], report, last=f"the survey: {folder / 'survey' / 'survey.html'}")
    end(report, review.spent, result, as_json=as_json, falls_short=bool(below))


def may_go_on(found: Estimate, console: Console, *, yes: bool) -> bool:
    """Say what the rest would take and, where a person can answer who did not say yes beforehand, ask."""
    if yes or not console.can_ask:
        console.say(in_a_line(found))
        return True
    console.close()
    for line in (
        f"the categories of {count(found.n_papers, 'paper')}, with titles that may fall there:",
        *category_lines(found),
        f"{count(found.n_cards_due, 'paper')} would now be sent to {found.server} for a card each, and then:",
        *told(found)[1:],
    ):
        console.say(line)
    return console.ask("go on?")


def _pilot(folder: Path, way: Access, n_papers: int, *, as_json: bool) -> NoReturn:
    """Card a sample, show it and what the rest would take, and end."""

    def work(review: Review, console: Console) -> tuple[Report, tuple[Piloted, ...], Estimate]:
        report, cards = review.pilot(n_papers)
        return report, cards, review.estimate()

    review, (report, cards, rest) = work_on(folder, way, work, as_json=as_json)
    shown = [line for one in cards for line in _card_lines(one)]
    known = [one.usage for one in cards if one.usage]
    if known:
        took = sum(known, Usage())
        cost = "" if took.cost_usd is None else f", ${about(took.cost_usd)}"
        n_tokens = took.input_tokens + took.output_tokens
        shown.append(f"{count(len(known), 'card')} took {count(n_tokens, 'token')}{cost}")
    shown += ["the rest:", *told(rest)] if rest.stages or rest.is_free else told(rest)
    value = {"cards": [_as_value(one) for one in cards], "rest": rest, "report": report}
    last = f"next: {build_line(folder, way)}"
    end(report, review.spent, Result(shown, value, last), as_json=as_json)


def _card_lines(one: Piloted) -> list[str]:
    tokens = "" if one.usage is None else f", {count(one.usage.input_tokens + one.usage.output_tokens, 'token')}"
    facts = [f"    {name}: {one.card.facts[name]}" for name in FACTS if name in one.card.facts]
    return [f"{one.card.key}  {one.paper.called}", f"    {one.card.category}{tokens}", *facts]


def _as_value(one: Piloted) -> dict[str, object]:
    return {
        "key": one.card.key,
        "title": one.paper.title,
        "category": one.card.category,
        "facts": one.card.facts,
        "input_tokens": one.usage.input_tokens if one.usage else None,
        "output_tokens": one.usage.output_tokens if one.usage else None,
    }
