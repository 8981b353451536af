"""Answer a question from the papers, or say that they do not.

Every sentence names the papers it rests on, and their words stand below. Nothing is answered from elsewhere. Answers
stand in answers.jsonl: the same question, put to the same papers again, asks nothing and costs nothing.
"""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from agent.cli import DONE, INCOMPLETE
from agent.cli.answer_text import Shelf, show_answer
from agent.cli.answered import as_value
from agent.cli.console import seen, show, show_aside, show_json
from agent.cli.options import (
    FolderOption,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    RecordOption,
    WithinOption,
    YearsOption,
    access,
    read_years,
)
from agent.cli.outcome import cost_lines
from agent.cli.step import check_record, work_on
from agent.folder import Folder
from agent.question import Answer, Scope, by_question
from agent.render.asked import heading, titled
from agent.report import Report
from agent.wording import count

QuestionArgument = Annotated[
    str | None, typer.Argument(help="The question, in quotation marks; - reads it from stdin.", show_default=False)
]
PaperOption = Annotated[
    list[str] | None, typer.Option("--paper", metavar="KEY", help="Only this paper; may be given several times.")
]
TableOption = Annotated[bool, typer.Option("--table", help="Compare in a table; Markdown where it is piped.")]
KeepOption = Annotated[
    bool | None, typer.Option("--keep/--no-keep", help="Print the answer with the survey, or no longer.")
]
ListOption = Annotated[bool, typer.Option("--list", help="List what was asked so far; nothing is asked.")]


def command(
    question: QuestionArgument = None,
    *,
    folder: FolderOption = Path(),
    table: TableOption = False,
    within: WithinOption = None,
    years: YearsOption = None,
    papers: PaperOption = None,
    keep: KeepOption = None,
    listed: ListOption = False,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    record: RecordOption = None,
    as_json: JsonOption = False,
) -> None:
    if listed:
        _show_asked(Folder(folder), question, as_json=as_json)
    asked = _question(question)
    scope = Scope(within=tuple(within or ()), years=read_years(years), papers=tuple(papers or ()))
    way = access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline, record=record)
    check_record(folder, way)
    review, answer = work_on(
        folder,
        way,
        lambda review, _: review.ask(asked, scope=scope, table=table, keep=keep),
        as_json=as_json,
        shows_report=False,
    )
    report = review.folder.report()
    unread = [why for source in report.sources if (why := source.unread)] if report else []
    asides = [f"not read: {why}" for why in unread]
    asides += [*cost_lines(review.spent), *_of_keeping(review.folder, answer, report, keep)]
    if as_json:
        show_json(as_value(answer, review.folder.corpus(), review.spent.total))
    else:
        shelf = Shelf(review.folder.corpus(), review.folder.cards(), review.folder.taxonomy())
        show_answer(answer, shelf, with_table=table)
    for line in asides:
        (show_aside if as_json else show)(line)
    raise typer.Exit(INCOMPLETE if unread else DONE)


def _question(given: str | None) -> str:
    """The question that was given or comes from stdin; a usage error where there is none."""
    if given == "-":
        given = sys.stdin.buffer.read().decode("utf-8", "replace").removeprefix("\ufeff") if sys.stdin else ""
    if given is None or not given.strip():
        raise typer.BadParameter('there is no question; `conspectus ask "Which papers ...?"`', param_hint="QUESTION")
    return given


def _of_keeping(folder: Folder, answer: Answer, report: Report | None, keep: bool | None) -> list[str]:
    """What became of the wish to have it printed."""
    if keep is None:
        return []
    if not keep:
        return ["not printed with the survey"]
    why = report.answers_withheld.get(titled(answer)) if report else None
    if why:
        return [f"kept, but not printed with the survey: {seen(why)}"]
    page = folder.path / "survey" / "survey.html"
    return [f"printed with the survey: {page}" if page.is_file() else "kept for the survey, which is not built yet"]


def _show_asked(folder: Folder, question: str | None, *, as_json: bool) -> NoReturn:
    """Show what was asked, answered and kept, and end."""
    if question is not None:
        raise typer.BadParameter("it lists what was asked, and asks nothing", param_hint="--list")
    folder.protocol()
    answers = sorted(folder.answers().values(), key=lambda one: (not one.kept, by_question(one)))
    report = folder.report()
    withheld = report.answers_withheld if report else {}
    if as_json:
        show_json([_as_entry(answer, withheld.get(titled(answer))) for answer in answers])
        raise typer.Exit(DONE)
    for answer in answers:
        said = count(len(answer.claims), "claim") if answer.answered else "the corpus does not say"
        day = f", {answer.made.day}" if answer.made.day else ""
        kept = ", kept" if answer.kept else ""
        why = f"; not printed: {seen(withheld[titled(answer)])}" if answer.kept and titled(answer) in withheld else ""
        show(f"{seen(heading(answer))}\n    {said}, {answer.made.model}{day}{kept}{why}")
    n_kept = sum(answer.kept for answer in answers)
    n_withheld = sum(answer.kept and titled(answer) in withheld for answer in answers)
    but = f", {n_withheld:,} of them not printed" if n_withheld else ""
    show(f"{count(len(answers), 'question')} asked, {n_kept:,} kept for the survey{but}")
    raise typer.Exit(DONE)


def _as_entry(answer: Answer, withheld: str | None) -> dict[str, object]:
    return {
        "id": answer.id,
        "question": answer.question,
        "scope": answer.scope,
        "kind": answer.kind.value,
        "answered": answer.answered,
        "kept": answer.kept,
        "withheld": withheld if answer.kept else None,
        "model": answer.made.model,
        "day": answer.made.day,
    }
