"""Say what answers are kept on this machine for a review; hand them on, take some in, or take some out.

Without one of the words below it is about a review folder (default: here), and only says what is kept. A folder that is
called like one of the words can be given as ./export.
"""

import re
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from agent.cli.console import show, show_aside, show_json
from agent.cli.options import FolderArgument, FolderOption, JsonOption
from agent.errors import FolderError
from agent.folder import Folder
from agent.folder.attributes import let_merge
from agent.llm.inventory import bytes_on_disk, take_inventory
from agent.llm.ledger import EMBED
from agent.llm.prompts import known_prompts
from agent.llm.pruning import Pruning, choose, prune
from agent.llm.sharing import Exported, export, take_in
from agent.wording import count

_SHOW = "[FOLDER]"
"""The command that is meant where none is named."""
_DAYS = {"d": 1, "w": 7}


class Words(TyperGroup):
    """Takes what is none of its words for a review folder."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  (typer's own context class is private)
        words = self.commands.keys() - {_SHOW}
        named = args if args and args[0] in {*words, "--help"} else [_SHOW, *args]
        parsed: list[str] = super().parse_args(ctx, named)
        return parsed


command = typer.Typer(cls=Words, add_completion=False, rich_markup_mode=None, subcommand_metavar="[WORD] [ARGS]...")


@command.command(_SHOW)
def show_kept(folder: FolderArgument = Path(), *, as_json: JsonOption = False) -> None:
    """Say what answers are kept, by prompt and model."""
    place = _cache_of(folder)
    kept = take_inventory(place)
    if as_json:
        show_json([entry.model_dump(mode="json") for entry in kept])
        return
    for entry in kept:
        show(f"{entry.prompt}  {entry.model}  {_replies(entry.n_replies)}  {count(entry.n_bytes, 'byte')}")
    n_replies = sum(entry.n_replies for entry in kept)
    show(f"{_replies(n_replies)}, {count(bytes_on_disk(place), 'byte')} on the disk, in {place}")


@command.command("export", short_help="Write the answers into a file of JSON lines.")
def export_kept(
    file: Annotated[Path, typer.Argument(help="The file to write, or to add to.", readable=False)],
    *,
    folder: FolderOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write the answers into a file of JSON lines, for git or for a colleague; what it holds already stays."""
    place = _cache_of(folder)
    Folder(folder).refuse_own(file)
    done = export(place, file)
    if as_json:
        show_json(asdict(done))
    elif done == Exported():
        show("no reply is kept here yet; nothing was written")
    else:
        show(f"{_replies(done.n_new)} written to {file}, {done.n_known:,} there already")
        for line in _why_not_exported(done, file):
            show(line)
    said = let_merge(folder, file) if file.is_file() else None
    if said:
        (show_aside if as_json else show)(said)


def _why_not_exported(done: Exported, file: Path) -> list[str]:
    said = []
    if done.n_merged:
        beside = "stood beside another to the same call, as a merge leaves them; the first answer stays"
        said.append(f"{count(done.n_merged, 'line')} of {file} {beside}")
    if done.n_different:
        said.append(f"{_replies(done.n_different)} not written, since {file} has another to the same call")
    if done.n_without_call:
        kept = "was" if done.n_without_call == 1 else "were"
        said.append(
            f"{_replies(done.n_without_call)} {kept} kept before calls were kept with them; a run that uses them "
            "again completes them"
        )
    if done.n_damaged:
        said.append(f"{_replies(done.n_damaged)} damaged or without all of the call, and asked again when needed")
    return said


@command.command("import", short_help="Keep the answers of such a file.")
def import_kept(
    file: Annotated[Path, typer.Argument(help="A file that export or --record wrote.", readable=False)],
    *,
    folder: FolderOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Keep the answers of such a file as if they had been given here; an answer that is kept already stays."""
    place = _cache_of(folder)
    if Folder(folder).owns(file):
        raise FolderError(f"{file} is the review's own; name a file that `cache export` or --record wrote")
    with Folder(folder).held("cache import", show_aside):
        done = take_in(file, place)
    if as_json:
        show_json(asdict(done))
        return
    show(f"{_replies(done.n_new)} new, {done.n_known:,} known, {done.n_different:,} different")
    if done.n_different:
        show(f"{_replies(done.n_different)} not taken, since another to the same call is kept here")


@command.command("prune", short_help="Take answers out, by age or by prompt.")
def prune_kept(
    *,
    older_than: Annotated[
        str | None, typer.Option("--older-than", metavar="AGE", help="Given longer ago than 90d, or 12w.")
    ] = None,
    gone_prompts: Annotated[
        bool, typer.Option("--gone-prompts", help="To a prompt that this version does not have.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken out.")] = False,
    folder: FolderOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Take answers out for good: those of an age, those to prompts that are gone, or both kinds."""
    if older_than is None and not gone_prompts:
        raise typer.BadParameter("say which: --older-than 90d, --gone-prompts, or both", param_hint="prune")
    today = datetime.now(UTC).date()
    before = None if older_than is None else _day_before(older_than, today)
    place = _cache_of(folder)
    prompts = known_prompts() | {EMBED} if gone_prompts else None
    chosen = choose(place, before=before, today=today, prompts=prompts)
    if dry_run or not chosen.n_replies:
        _show_pruning(chosen, None if dry_run else 0, as_json=as_json)
        return
    with Folder(folder).held("cache prune", show_aside):
        chosen = choose(place, before=before, today=today, prompts=prompts)  # a run may have ended meanwhile
        if not as_json:
            _show_chosen(chosen)
        n_freed = prune(place, chosen.keys) if chosen.keys else 0
    _show_pruning(chosen, n_freed, as_json=as_json)


def _day_before(age: str, today: date) -> date:
    found = re.fullmatch(r"(\d{1,5})\s*([dw])", age.strip().lower())
    try:
        if found:
            return today - timedelta(days=int(found[1]) * _DAYS[found[2]])
    except OverflowError:
        pass
    raise typer.BadParameter(f"{age!r} is no age; it looks like 90d (days) or 12w (weeks)", param_hint="--older-than")


def _show_chosen(chosen: Pruning) -> None:
    for prompt, model, n in chosen.by_prompt:
        show(f"to go: {prompt}  {model}  {_replies(n)}")


def _show_pruning(chosen: Pruning, n_freed: int | None, *, as_json: bool) -> None:
    """What was taken out, or would be where nothing was."""
    n_chosen = len(chosen.keys)
    if as_json:
        told = asdict(chosen) | {"n_chosen": n_chosen, "n_bytes_freed": n_freed}
        del told["keys"]
        show_json(told)
        return
    if n_freed is None:
        _show_chosen(chosen)
        show(f"{n_chosen:,} of {_replies(chosen.n_replies)} would be taken out; nothing was")
    else:
        show(f"{n_chosen:,} of {_replies(chosen.n_replies)} taken out, {count(n_freed, 'byte')} of the disk freed")
        if n_chosen and not n_freed:
            show("the disk is given back at a later prune: another process has the cache open, or there is no room")
    if chosen.n_without_day or chosen.n_in_future:
        show(
            f"whose age nobody can tell: {_replies(chosen.n_without_day)} without a day, "
            f"{chosen.n_in_future:,} of a day to come"
        )


def _cache_of(folder: Path) -> Path:
    review = Folder(folder)
    review.protocol()
    return review.cache_folder


def _replies(n: int) -> str:
    return count(n, "reply", "replies")
