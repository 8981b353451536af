"""The answer as it is written, before it is checked: claims under their headings, and the table of a comparison."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.answers import RespondAnswer, later
from agent.ask.gather import Gathered, Task, readings_of
from agent.claims import claims_of
from agent.draft import Cell, Claim, Paragraph, Part, Row
from agent.fields import ReadPaper
from agent.llm.client import Client
from agent.numbers import numbers
from agent.question import Bearing, Heading, Kind, id_of
from agent.review import Made, Unanswered

MOST_TOUCHING = 8
"""Papers that only touch the question, which an answer is told of beside those that answer."""
MOST_SHOWN = 100
"""Papers that one answer can be written from."""
MOST_WHOLE = 25
"""Up to so many are shown with their whole text, more with what a reader found there."""


@dataclass(frozen=True)
class Response:
    """What was written; the check has still to say what of it holds."""

    passage: Part
    answered: bool
    missing: str | None = None
    made: Made = Made()


def respond(
    tasks: Sequence[Task], read: Sequence[Gathered], client: Client, *, table: bool
) -> list[Response | Unanswered]:
    """An answer to each question from what its papers say, which is not nothing: one call a question."""
    shown = [_shown(readings_of(own.sayings, task.papers)) for task, own in zip(tasks, read, strict=True)]
    rows, kinds = [], []
    for task, readings in zip(tasks, shown, strict=True):
        is_whole = len(readings) <= MOST_WHOLE
        is_asked = table and task.plan.kind is not Kind.COMPARISON  # which has a table in any case
        told = {"question": task.question, "language": task.plan.language, "table": is_asked}
        rows.append(told | {"whole": is_whole, "readings": readings})
        kinds.append(later(RespondAnswer, _keys(readings)))
    answers = client.ask_all("ask_respond", kinds, rows)
    return [
        answer.about(task.question) if isinstance(answer, Unanswered) else _response(answer, task.question, readings)
        for task, readings, answer in zip(tasks, shown, answers, strict=True)
    ]


def _keys(readings: Iterable[ReadPaper]) -> tuple[str, ...]:
    return tuple(sorted(entry.paper.key for entry in readings))


def _response(answer: RespondAnswer[str], question: str, readings: Sequence[ReadPaper]) -> Response:
    passage = Part(
        id=id_of(question),
        category="",
        papers=_keys(readings),
        paragraphs=tuple(_paragraphs(answer, readings)),
        rows=_rows(answer),
        made=answer.made,
    )
    return Response(passage, answer.answered != "no", _missing(answer.missing, question), answer.made)


def nothing_written(question: str) -> Part:
    """The passage of a question to which no paper says anything."""
    nothing = Part(id=id_of(question), category="", papers=())
    return nothing.model_copy(update={"checked": nothing.words_digest})


def _shown(readings: Sequence[ReadPaper]) -> tuple[ReadPaper, ...]:
    """Those that answer, and some of those that touch, in their order."""
    n_touching = 0
    shown = []
    for entry in readings:
        is_answer = any(saying.bearing is Bearing.ANSWERS for saying in entry.sayings)
        n_touching += not is_answer
        if is_answer or n_touching <= MOST_TOUCHING:
            shown.append(entry)
    if len(shown) <= MOST_WHOLE:
        return tuple(shown)
    # Without its whole text a paper is known by its quotes alone; where there are none, the nearest are shown whole.
    quoted = (
        entry.model_copy(update={"sayings": tuple(saying for saying in entry.sayings if saying.quote)})
        for entry in shown
    )
    return tuple(entry for entry in quoted if entry.sayings)[:MOST_SHOWN] or tuple(shown[:MOST_WHOLE])


def _paragraphs(answer: RespondAnswer[str], shown: Iterable[ReadPaper]) -> list[Paragraph]:
    papers = {entry.paper.key: entry.paper for entry in shown}
    main = None if answer.answered != "no" else Heading.NEAREST
    groups = (
        (Heading.PREMISE, [answer.premise] if answer.premise else []),
        (main, answer.claims),
        (Heading.DIFFERENCE, answer.differences),
        (Heading.NAMES, answer.names),
    )
    paragraphs, seen = [], set[str]()
    for heading, group in groups:
        claims: list[Claim] = []
        for claim in claims_of(group, papers, answer.made):
            if claim.id not in seen:
                seen.add(claim.id)
                claims.append(claim)
        if claims:
            paragraphs.append(Paragraph(heading=heading, claims=tuple(claims)))
    return paragraphs


def _rows(answer: RespondAnswer[str]) -> tuple[Row, ...]:
    """The table with every column in every row; a paper that has two rows keeps what both say."""
    columns = {" ".join(name.split()).casefold(): " ".join(name.split()) for name in answer.columns}
    cells: dict[str, dict[str, Cell]] = {}
    for row in answer.rows:
        own = cells.setdefault(row.key, {})
        for entry in row.cells:
            name = " ".join(entry.column.split())
            own.setdefault(columns.setdefault(name.casefold(), name), Cell(text=entry.text, quote=entry.quote))
    return tuple(
        Row(key=key, cells={name: own.get(name, Cell()) for name in columns.values()}) for key, own in cells.items()
    )


def _missing(sentence: str | None, question: str) -> str | None:
    """What the papers do not say; a sentence that names numbers of its own tells more than that, and is left out."""
    text = " ".join((sentence or "").split())
    return text if text and numbers(text) <= numbers(question) else None
