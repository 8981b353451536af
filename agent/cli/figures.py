"""How answers did, told to a person: the table by kind of question, each miss, and what a figure has to reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import typer

from agent.cli.columns import columns
from agent.evaluate import Figure, GoldKind, GoldQuestion, Line, Measure, Scored
from agent.wording import count

_OPTION = "--at-least"
_NOTHING = "-"


@dataclass(frozen=True)
class Floor:
    """What a figure has to reach."""

    kind: GoldKind | None
    """None: of all questions."""
    measure: Measure
    least: float

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.measure}" if self.kind else self.measure.value

    def look_at(self, gold: Sequence[GoldQuestion]) -> None:
        """A wrong command line where no question could measure it, since it would never be reached."""
        asked = [one for one in gold if self.kind in (None, one.kind)]
        is_of = {Measure.RIGHT: (True, False), Measure.REFUSED: (False,)}.get(self.measure, (True,))
        if not any(one.is_answerable in is_of for one in asked):
            raise typer.BadParameter(f"no question in the file measures {self.name}", param_hint=_OPTION)

    def why_below(self, lines: Sequence[Line]) -> str | None:
        """The figure that is too low, in words; None where it is high enough."""
        line = next((line for line in lines if line.kind is self.kind), None)
        figure = line.figures.get(self.measure) if line else None
        if figure is None:
            return f"{self.name} could not be measured"
        if figure.mean >= self.least:
            return None
        return f"{self.name} is {per_cent(figure.mean)}, and should be {self.least * 100:g}%"


def read_floors(text: str) -> tuple[Floor, ...]:
    """`right=0.9,single.found_10=90%` as what each figure has to reach."""
    return tuple(_floor(one.strip()) for one in text.split(","))


def _floor(text: str) -> Floor:
    name, _, figure = (part.strip() for part in text.partition("="))
    kind, _, measure = name.rpartition(".")
    if measure not in set(Measure) or (kind and kind not in set(GoldKind)):
        raise typer.BadParameter(
            f"{text!r} names no figure; write right=0.9, or single.right=0.9 of one kind; there are "
            f"{', '.join(Measure)}, of {', '.join(GoldKind)}",
            param_hint=_OPTION,
        )
    try:
        least = float(figure.removesuffix("%")) / (100 if figure.endswith("%") else 1)
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        raise typer.BadParameter(f"{text!r}: write a figure from 0 to 1, or 0% to 100%", param_hint=_OPTION)
    return Floor(GoldKind(kind) if kind else None, Measure(measure), least)


def per_cent(mean: float) -> str:
    """Cut and not rounded up, so that only all is 100%."""
    return f"{floor(mean * 1000 + 1e-6) / 10:.1f}%"


def summary_lines(lines: Sequence[Line], scored: Sequence[Scored]) -> list[str]:
    """The table, a column for each kind; whom it refused; and why questions stayed unanswered."""
    if not lines:
        return []
    said = table(lines)
    in_all = lines[-1]
    nobody = Figure(mean=0.0, n=0)
    should, should_not = (in_all.figures.get(name, nobody) for name in (Measure.REFUSED, Measure.ANSWERED))
    said.append(
        f"refused where it should: {round(should.mean * should.n):,} of {should.n:,}; "
        f"where it should not: {in_all.n_wrongly_refused:,} of {should_not.n:,}"
    )
    whys = [one.why for one in scored if one.answered is None]
    said += [f"unanswered: {count(whys.count(why), 'question')}: {why}" for why in dict.fromkeys(whys)]
    return said


def table(lines: Sequence[Line]) -> list[str]:
    """A line for each figure, a column for each kind of question and one for all."""
    rows = [["", *(line.kind or "in all" for line in lines)], ["questions", *(f"{line.n:,}" for line in lines)]]
    if any(line.n_unanswered for line in lines):
        rows.append(["unanswered", *(f"{line.n_unanswered:,}" for line in lines)])
    for measure in Measure:
        figures = [line.figures.get(measure) for line in lines]
        if any(figures):
            rows.append([measure, *(per_cent(figure.mean) if figure else _NOTHING for figure in figures)])
    rows.append(["calls a question", *(f"{line.calls:,.1f}" for line in lines)])
    rows.append(["tokens a question", *(f"{line.tokens:,.0f}" for line in lines)])
    rows.append(["price a question", *(_price(line.cost_usd) for line in lines)])
    return columns(rows)


def _price(usd: float | None) -> str:
    if usd is None:
        return "unknown"
    return f"${usd:.4f}" if usd < 1 else f"${usd:,.2f}"


def miss_lines(one: Scored) -> list[str]:
    """A question that is not right: what was expected, what came, and which of the papers it never saw."""
    gold = one.gold
    expected = gold.answer or ("an answer" if gold.is_answerable else "that the papers do not say")
    told = [f"{gold.kind}, {_outcome(one)}: {gold.question}", f"  expected: {expected}"]
    told += [f"  does not say: {_any_of(wanted)}" for wanted in one.lacks]
    told += [f"  says, and must not: {words}" for words in one.holds]
    if one.answered is None:
        return [*told, f"  came: nothing: {one.why}"]
    told.append(f"  came: {' '.join(one.said) or 'no words'}")
    uncited = [key for key in gold.papers if key not in (*one.cited, *one.unread)]
    told += [f"  not read: {', '.join(one.unread)}"] if one.unread else []
    told += [f"  read and not cited: {', '.join(uncited)}"] if uncited else []
    return told


def _outcome(one: Scored) -> str:
    if one.answered is None:
        return "unanswered"
    if one.gold.is_answerable:
        return "not right" if one.answered else "refused"
    return "refused, and not right" if one.answered is False else "not refused"


def _any_of(wanted: str | Sequence[str]) -> str:
    return wanted if isinstance(wanted, str) else " or ".join(wanted)
