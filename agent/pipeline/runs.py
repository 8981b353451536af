"""The runs of a review as runs.jsonl has them, and what they took month by month."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.folder import Folder
from agent.llm.call import Usage
from agent.llm.ledger import by_stage
from agent.papers import Frozen


class RunDone(Frozen):
    """One run that asked something."""

    when: datetime
    """In UTC, to the second."""
    program: str
    model: str
    calls: int
    """Answers that were paid for; the next ones are of the same calls."""
    attempts: int
    kept: int
    """Answers that were on this machine already."""
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    """None where the price is unknown."""
    stages: dict[str, int] = Field(default_factory=dict)
    """The calls that were paid for, by stage."""

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


class MonthDone(Frozen):
    """What the runs of a calendar month took together."""

    month: str
    """`2026-11`, in UTC."""
    runs: int
    calls: int
    kept: int
    tokens: int
    cost_usd: float
    """Of those runs whose price is known."""
    unpriced: int
    """The others, as far as they paid for anything."""
    limit_usd: float | None = None
    """What review.toml allows a month."""


class RunLog(Frozen):
    """All runs, the newest first."""

    runs: tuple[RunDone, ...]
    months: tuple[MonthDone, ...]
    """The newest first."""
    broken: int
    """Lines of runs.jsonl that tell of no run."""


class _Usage(BaseModel):
    """What a line says of calls; more than this may stand there."""

    model_config = ConfigDict(extra="ignore")

    calls: int = 0
    attempts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    when: datetime
    program: str = "?"
    model: str = "?"
    kept: int = 0
    total: _Usage = _Usage(cost_usd=0.0)
    paid: dict[str, _Usage] = Field(default_factory=dict)


def read_log(folder: Folder) -> RunLog:
    """The runs of a review; a line that cannot be read is counted and left where it is."""
    limit = folder.protocol().budget.usd_per_month
    read = [_run(line) for line in folder.runs()]
    runs = sorted((run for run in read if run), key=lambda run: run.when, reverse=True)
    return RunLog(runs=tuple(runs), months=tuple(_months(runs, limit)), broken=_n_lines(folder) - len(runs))


def _n_lines(folder: Folder) -> int:
    file = folder.path / "runs.jsonl"
    return sum(bool(line.strip()) for line in file.read_bytes().split(b"\n")) if file.is_file() else 0


def _run(line: Mapping[str, object]) -> RunDone | None:
    try:
        found = _Line.model_validate(line)
    except ValidationError:
        return None
    when = found.when if found.when.tzinfo else found.when.replace(tzinfo=UTC)
    stages = by_stage({name: Usage(calls=one.calls) for name, one in found.paid.items()})
    return RunDone(
        when=when.astimezone(UTC),
        program=found.program,
        model=found.model,
        kept=found.kept,
        stages={stage: usage.calls for stage, usage in stages.items() if usage.calls},
        **found.total.model_dump(),
    )


def _months(runs: Iterable[RunDone], limit: float | None) -> list[MonthDone]:
    by_month: dict[str, list[RunDone]] = {}
    for run in runs:
        by_month.setdefault(run.when.strftime("%Y-%m"), []).append(run)
    return [
        MonthDone(
            month=month,
            runs=len(own),
            calls=sum(run.calls for run in own),
            kept=sum(run.kept for run in own),
            tokens=sum(run.tokens for run in own),
            cost_usd=sum(run.cost_usd or 0.0 for run in own),
            unpriced=sum(run.cost_usd is None and run.attempts > 0 for run in own),
            limit_usd=limit,
        )
        for month, own in by_month.items()
    ]
