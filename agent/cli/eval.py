"""Put questions whose answers you know to the papers, and print how good the answers are, by kind of question.

A file has a question a line: {"kind": "single", "question": "...", "papers": ["a key or a title"], "answer": "...",
"must_contain": ["15", ["two", "2"]], "must_not": ["16"]}. Kinds are single, multi, compare, trap and unanswerable.

What is measured, of the questions that got an answer: found_10 and found, a paper of yours is among the first ten, or
all, that were read; read, the share of your papers that was read; right, the answer says all of must_contain (of an
inner list, any) and none of must_not; precision, the share of the papers it cites that are yours; recall, the share of
your papers that it cites; answered, of the answerable ones; refused, of the unanswerable ones, which is right of them.
No answer is kept in answers.jsonl.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from agent.cli.console import Console, show, show_aside, show_json
from agent.cli.figures import Floor, miss_lines, read_floors, summary_lines
from agent.cli.options import (
    FolderOption,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    RecordOption,
    access,
)
from agent.cli.outcome import Result, cost_lines, end
from agent.cli.step import check_record, work_on
from agent.connect import model_of
from agent.errors import ConspectusError, RunStopped, Unfinished
from agent.evaluate import GoldKind, GoldQuestion, Scored, failed, read_questions, score, summary
from agent.folder import Folder
from agent.llm.call import Usage
from agent.papers import Corpus
from agent.pipeline import Review
from agent.question import Answer
from agent.report import Report
from agent.review import Unanswered

_QuestionsArgument = Annotated[
    Path, typer.Argument(help="A file of questions with what is known of their answers.", readable=False)
]
_MissesOption = Annotated[
    bool, typer.Option("--misses", help="List each question that is not right: what was expected, and what came.")
]
_AtLeastOption = Annotated[
    str | None,
    typer.Option(
        "--at-least", metavar="FIGURES", help="End with 3 below these: right=0.9,refused=0.75,single.found_10=0.9."
    ),
]


@dataclass
class _Asked:
    """What came of the questions so far."""

    report: Report
    gold: Sequence[GoldQuestion]
    took: dict[GoldKind, Usage] = field(default_factory=dict)
    """By kind, since the questions of a kind are put all at once."""
    came: dict[str, Scored] = field(default_factory=dict)
    """By question; without those that were never asked."""
    stop: ConspectusError | KeyboardInterrupt | None = None
    """What ended the run before the last question."""

    @property
    def scored(self) -> list[Scored]:
        """In the order of the file."""
        return [self.came[one.question] for one in self.gold if one.question in self.came]


def command(
    questions: _QuestionsArgument,
    *,
    folder: FolderOption = Path(),
    misses: _MissesOption = False,
    at_least: _AtLeastOption = None,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    record: RecordOption = None,
    as_json: JsonOption = False,
) -> None:
    floors = () if at_least is None else read_floors(at_least)
    way = access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline, record=record)
    name = model_of(Folder(folder).protocol(), way)
    check_record(folder, way)
    review, asked = work_on(
        folder,
        way,
        lambda review, console: _ask(review, console, questions, floors),
        as_json=as_json,
        tells_calls=False,
    )
    result, falls_short = _result(asked, floors, name, misses=misses)
    if asked.stop:
        _end_early(asked.stop, result, cost_lines(review.spent), as_json=as_json)
    end(asked.report, review.spent, result, as_json=as_json, falls_short=falls_short)


def _ask(review: Review, console: Console, questions: Path, floors: Sequence[Floor]) -> _Asked:
    """Every question, after it is clear that all of them can be put and measured."""
    report = review.build("papers")
    corpus = review.folder.corpus()
    asked = _Asked(report, read_questions(questions, corpus))
    for floor in floors:
        floor.look_at(asked.gold)
    try:
        _put(asked, review, console, corpus)
    except (RunStopped, Unfinished, KeyboardInterrupt) as stop:
        asked.stop = stop
    return asked


def _put(asked: _Asked, review: Review, console: Console, corpus: Corpus) -> None:
    """Put the questions, those of a kind at once, and take in what comes of them."""
    n_all = len(asked.gold)
    console.progress("eval", 0, n_all)
    groups = [group for kind in GoldKind if (group := [one for one in asked.gold if one.kind is kind])]
    with closing(review.ask_groups([one.question for one in group] for group in groups)) as came:
        for group, (answers, took) in zip(groups, came, strict=True):
            asked.took[group[0].kind] = took
            for gold, answer in zip(group, answers, strict=True):
                _take_in(asked, gold, answer, corpus)
            console.progress("eval", len(asked.came), n_all)


def _take_in(asked: _Asked, gold: GoldQuestion, answer: Answer | Unanswered, corpus: Corpus) -> None:
    if not isinstance(answer, Unanswered):
        asked.came[gold.question] = score(gold, answer, corpus)
    elif not answer.stopped:
        asked.came[gold.question] = failed(gold, answer)


def _result(asked: _Asked, floors: Sequence[Floor], model: str, *, misses: bool) -> tuple[Result, bool]:
    """What is shown, and whether something is below what was asked for or stayed unanswered."""
    found = summary(asked.scored, asked.took)
    below = [why for floor in floors if (why := floor.why_below(found))]
    lines = [line for one in asked.scored if misses and not one.is_right for line in miss_lines(one)]
    lines += summary_lines(found, asked.scored)
    n_left = len(asked.gold) - len(asked.scored)
    if n_left:
        lines.append(f"not asked to the end: {n_left:,} of {len(asked.gold):,} questions")
    value = {"model": model, "summary": found, "questions": asked.scored, "not_asked": n_left, "below": below}
    is_short = bool(below or n_left or any(one.answered is None for one in asked.scored))
    return Result([*lines, *(f"below what was asked for: {why}" for why in below)], value), is_short


def _end_early(stop: BaseException, result: Result, asides: Sequence[str], *, as_json: bool) -> NoReturn:
    """Show what came before the run was stopped, and let why it was be told."""
    if as_json:
        show_json(result.value)
    for line in asides if as_json else (*result.lines, *asides):
        (show_aside if as_json else show)(line)
    raise stop
