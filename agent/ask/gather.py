"""What each of the papers says to a question, in words that stand in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agent.answers import FollowAnswer, GatherAnswer, SayingAnswer, later
from agent.ask.find import PAPERS_PER_CALL
from agent.fields import ReadPaper
from agent.llm.client import Client
from agent.papers import Paper
from agent.question import Bearing, Kind, Plan, Saying
from agent.quotes import find_quote
from agent.review import Unanswered


@dataclass(frozen=True)
class Gathered:
    """What was read."""

    sayings: tuple[Saying, ...] = ()
    read: tuple[str, ...] = ()
    """Keys, in the order in which they were looked for."""
    unanswered: tuple[Unanswered, ...] = ()

    def __add__(self, other: "Gathered") -> "Gathered":
        return Gathered(self.sayings + other.sayings, self.read + other.read, self.unanswered + other.unanswered)


@dataclass(frozen=True)
class Task:
    """Papers to be read for a question."""

    question: str
    plan: Plan
    papers: Sequence[Paper]
    """The nearest first."""


def gather(tasks: Sequence[Task], client: Client) -> list[Gathered]:
    """Read the papers of each task, one call for each `PAPERS_PER_CALL`.

    For a question over the whole corpus, whose papers are counted, what a reply left out or misquoted is read once
    more; else a saying whose quote is not in its paper goes on without it.
    """
    first = _read(tasks, client)
    doubtful = {n: _doubtful(task, read) for n, (task, read) in enumerate(zip(tasks, first, strict=True))}
    again = {n: replace(tasks[n], papers=papers) for n, papers in doubtful.items() if papers}
    for n, second in zip(again, _read(list(again.values()), client), strict=True):
        first[n] = _mended(tasks[n], first[n], second)
    return first


def _doubtful(task: Task, read: Gathered) -> list[Paper]:
    """The papers that are worth another call."""
    if task.plan.kind is not Kind.CORPUS or read.unanswered:
        return []
    misquoted = {saying.key for saying in read.sayings if saying.quote is None}
    papers = [paper for paper in task.papers if paper.key in misquoted or paper.key not in read.read]
    # Where it is all of them it would be the same call, from which nothing new could come.
    return papers if len(papers) < len(task.papers) else []


def _mended(task: Task, first: Gathered, second: Gathered) -> Gathered:
    """What was read first, with what was read again in its place."""
    order = {paper.key: n for n, paper in enumerate(task.papers)}
    kept = [saying for saying in first.sayings if saying.key not in second.read]
    return Gathered(
        sayings=tuple(sorted([*kept, *second.sayings], key=lambda saying: order[saying.key])),
        read=tuple(sorted({*first.read, *second.read}, key=order.__getitem__)),
        unanswered=second.unanswered,
    )


def _read(tasks: Sequence[Task], client: Client) -> list[Gathered]:
    places, rows, kinds = [], [], []
    for n, task in enumerate(tasks):
        for start in range(0, len(task.papers), PAPERS_PER_CALL):
            batch = tuple(task.papers[start : start + PAPERS_PER_CALL])
            plan = task.plan
            rows.append(
                {"question": task.question, "kind": plan.kind.value, "searches": plan.searches, "papers": batch}
            )
            # Sorted: to pydantic one set in two orders is one type, whose schema has the order that came first.
            kinds.append(later(GatherAnswer, tuple(sorted(paper.key for paper in batch))))
            places.append((n, batch))
    gathered = [Gathered() for _ in tasks]
    for (n, batch), answer in zip(places, client.ask_all("ask_gather", kinds, rows), strict=True):
        gathered[n] += _gathered(tasks[n].question, batch, answer)
    return gathered


def _gathered(question: str, batch: Sequence[Paper], answer: GatherAnswer[str] | Unanswered) -> Gathered:
    """What one call found in its papers; a paper that the answer leaves out was not read."""
    if isinstance(answer, Unanswered):
        return Gathered(unanswered=(answer.about(question),))
    by_key = {paper.key: paper for paper in batch}
    named = {saying.key for saying in answer.sayings} | set(answer.nothing)
    return Gathered(
        sayings=tuple(_saying(one, by_key[one.key]) for one in answer.sayings),
        read=tuple(key for key in by_key if key in named),
    )


def _saying(answer: SayingAnswer[str], paper: Paper) -> Saying:
    quote = find_quote(paper, answer.quote)
    span = quote.model_dump(exclude={"text"}) if quote else {}
    return Saying(
        key=paper.key,
        bearing=Bearing(answer.bearing),
        says=" ".join(answer.says.split()),
        quote=quote.text if quote else None,
        **span,
    )


@dataclass(frozen=True)
class Step:
    """What is still to be found for a question of several steps."""

    question: str
    """With the names put in that were found before."""
    plan: Plan


def follow(tasks: Sequence[Task], read: Sequence[Gathered], client: Client) -> list[Step | Unanswered | None]:
    """For each question its next step, from what the papers said to the first; None where nothing is left."""
    rows = [
        {
            "question": task.question,
            "steps": task.plan.steps,
            "readings": tuple(readings_of(own.sayings, task.papers)),
        }
        for task, own in zip(tasks, read, strict=True)
    ]
    return [
        answer.about(task.question) if isinstance(answer, Unanswered) else _step(answer, task.plan)
        for task, answer in zip(tasks, client.ask_all("ask_follow", FollowAnswer, rows), strict=True)
    ]


def _step(answer: FollowAnswer, plan: Plan) -> Step | None:
    left = " ".join((answer.question or "").split())
    searches = tuple(filter(None, (" ".join(one.split()) for one in answer.searches)))
    if not left or not searches:
        return None
    return Step(left, plan.model_copy(update={"searches": (left, *searches)}))


def readings_of(sayings: Iterable[Saying], papers: Iterable[Paper]) -> list[ReadPaper]:
    """The papers that say something, in the order given, each with what it says."""
    by_key: dict[str, list[Saying]] = {}
    for saying in sayings:
        by_key.setdefault(saying.key, []).append(saying)
    return [ReadPaper(paper=paper, sayings=tuple(by_key[paper.key])) for paper in papers if paper.key in by_key]
