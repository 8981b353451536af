"""Say what a build would take, stage by stage: calls, tokens and dollars. Nothing is sent, and no key is needed.

The build is rehearsed on a copy of the review, so that the number of calls comes from the code that will make them;
what they read and write is taken from what this model took here before, and else from the demo's recorded answers.
"""

from math import floor, log10
from pathlib import Path
from shutil import get_terminal_size
from textwrap import shorten

from agent.cli.columns import columns
from agent.cli.console import Console, show, show_json
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
from agent.connect import asks_a_server
from agent.folder import Folder
from agent.pipeline import Review
from agent.pipeline.estimate import Estimate, StageEstimate
from agent.review import BUILT_IN, Limits
from agent.wording import count

_HEAD = ("", "calls", "kept here", "tokens sent", "written", "price")
_SHORTEST_TITLE = 20


def command(
    folder: FolderArgument = Path(),
    *,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    way = access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline)
    review = Review(Folder(folder), way)
    protocol = review.folder.protocol()
    if asks_a_server(protocol, way):
        with Console() as console:
            console.say("rehearsing the build; nothing is sent")
    found = review.estimate()
    if as_json:
        show_json(found.model_dump(mode="json"))
        return
    for line in told(found):
        show(line)
    if not found.is_free and found.total.calls > found.total.kept:
        show(f"next: {build_line(folder, way)}")


def told(found: Estimate) -> list[str]:
    """The whole estimate, for a person."""
    if found.is_free:
        who = "the built-in model answers" if found.model == BUILT_IN else "recorded answers are played"
        return [f"{who}: nothing is sent, and nothing costs"]
    if not found.stages:
        return ["nothing is left to ask: all of it stands"]
    return [
        f"{found.model} at {found.server} would be asked, about:",
        *table(found),
        *_repair_lines(found),
        f"this rests on {found.rests_on}",
        _price_line(found),
        *_limit_lines(found),
    ]


def in_a_line(found: Estimate) -> str:
    """The same in a line."""
    asked = found.total.calls - found.total.kept
    price = f", ${about(found.total.cost_usd)}" if found.total.cost_usd is not None else ", price unknown"
    n_in, n_out = about(found.total.input_tokens), about(found.total.output_tokens)
    return (
        f"from here this takes about {count(asked, 'call')}, {n_in} tokens sent and {n_out} written{price}, "
        f"by {found.model} at {found.server}; this rests on {found.rests_on}"
    )


def category_lines(found: Estimate) -> list[str]:
    """The categories, and under each a few titles that may fall into it, each cut so that it fits its line."""
    room = max(_SHORTEST_TITLE, get_terminal_size().columns - 8)
    lines = []
    for category in found.categories:
        titles = [shorten(title, room, placeholder=" …") for title in category.titles]
        lines += [f"  {category.name}", *(f"      {title}" for title in titles or ["no paper yet"])]
    return lines


def table(found: Estimate) -> list[str]:
    """Stage by stage, in columns; the last line is the sum."""
    rows = [_HEAD, *(_row(stage) for stage in (*found.stages, found.total))]
    hidden = {
        column
        for column, name in enumerate(_HEAD)
        if (name == "kept here" and not found.total.kept) or (name == "price" and found.total.cost_usd is None)
    }
    kept = [[cell for column, cell in enumerate(row) if column not in hidden] for row in rows]
    return columns(kept)


def about(figure: float) -> str:
    """A figure to two digits, for nobody knows more: `1,200,000`, `0.52`, `0`."""
    if figure <= 0:
        return "0"
    n_digits = 1 - floor(log10(figure))
    rounded = round(figure, n_digits)
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:.{max(0, n_digits)}f}"


def _row(stage: StageEstimate) -> tuple[str, ...]:
    price = "unknown" if stage.cost_usd is None else f"${about(stage.cost_usd)}"
    return (
        stage.stage,
        f"{stage.calls:,}",
        f"{stage.kept:,}",
        about(stage.input_tokens),
        about(stage.output_tokens),
        price,
    )


def _repair_lines(found: Estimate) -> list[str]:
    """The part of it that is the least certain."""
    if not found.repair_tokens:
        return []
    return [
        f"about {about(found.repair_tokens)} of these tokens are for repairs, and not needed where every claim holds"
    ]


def _price_line(found: Estimate) -> str:
    if found.price:
        return f"priced at {found.price}"
    lines_to_add = "`usd_per_million_input = ...` and `usd_per_million_output = ...` under [model] in review.toml"
    refused = "" if found.limits.usd is None else "; until then a build with a limit in dollars is refused"
    return f"the price of {found.model} is unknown: add {lines_to_add}{refused}"


def _limit_lines(found: Estimate) -> list[str]:
    limits, total = found.limits, found.total
    most = [f"{limits.calls:,} calls", f"{limits.tokens:,} tokens"]
    most += [f"${limits.usd:g}"] if limits.usd is not None else []
    lines = [f"at the most: {', '.join(most)}; the run ends before it passes one of these, and the next goes on"]
    passed = _passed(limits, total)
    return [*lines, f"that is more than the limit in {passed} allows, so one run will not do"] if passed else lines


def _passed(limits: Limits, total: StageEstimate) -> str | None:
    """The first limit that an estimate is beyond."""
    if total.calls - total.kept > limits.calls:
        return "calls"
    if total.input_tokens + total.output_tokens > limits.tokens:
        return "tokens"
    if limits.usd is not None and total.cost_usd is not None and total.cost_usd > limits.usd:
        return "dollars"
    return None
