"""The figures of a run of questions: by kind of question, and in all."""

from collections.abc import Mapping, Sequence
from math import fsum

from agent.evaluate.gold import GoldKind
from agent.evaluate.scores import Measure, Scored
from agent.llm.call import Usage
from agent.papers import Frozen


class Figure(Frozen):
    """A measure over several questions."""

    mean: float
    n: int
    """Questions that it was measured on."""


class Line(Frozen):
    """The figures of the questions of one kind."""

    kind: GoldKind | None
    """None: of all questions."""
    n: int
    """Questions, those that stayed unanswered included."""
    n_unanswered: int
    n_wrongly_refused: int
    """Answerable questions to which the answer was that the papers do not say."""
    figures: dict[Measure, Figure]
    """Without those that could be measured on none of them."""
    calls: float
    """A question, in this run; replies that were kept from before are no calls."""
    tokens: float
    """A question, in this run, sent and written."""
    cost_usd: float | None
    """A question, in this run; None where the price is unknown."""


def summary(scored: Sequence[Scored], took: Mapping[GoldKind, Usage]) -> tuple[Line, ...]:
    """A line for each kind that was asked, in the order of the kinds, and one for all; none of no questions.

    `took` is what the questions of each kind took in this run.
    """
    by_kind = {kind: [one for one in scored if one.gold.kind is kind] for kind in GoldKind}
    lines = [_line(kind, ones, took.get(kind, Usage())) for kind, ones in by_kind.items() if ones]
    return (*lines, _line(None, scored, sum(took.values(), Usage()))) if scored else ()


def _line(kind: GoldKind | None, scored: Sequence[Scored], took: Usage) -> Line:
    n = len(scored)
    return Line(
        kind=kind,
        n=n,
        n_unanswered=sum(one.answered is None for one in scored),
        n_wrongly_refused=sum(one.gold.is_answerable and one.answered is False for one in scored),
        figures={measure: figure for measure in Measure if (figure := _figure(measure, scored))},
        calls=took.calls / n,
        tokens=(took.input_tokens + took.output_tokens) / n,
        cost_usd=None if took.cost_usd is None else took.cost_usd / n,
    )


def _figure(measure: Measure, scored: Sequence[Scored]) -> Figure | None:
    values = [one.figures[measure] for one in scored if measure in one.figures]
    return Figure(mean=fsum(values) / len(values), n=len(values)) if values else None
