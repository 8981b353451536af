"""What a review has to reach, by its own review.toml, and what of it it does not."""

from agent.draft import Tally
from agent.papers import Frozen
from agent.report import Report
from agent.review import Minimums


class Reached(Frozen):
    """A figure that review.toml sets a bound for."""

    name: str
    figure: float | None
    """A share, or a number of calls; None where it cannot be told."""
    bound: float
    is_most: bool = False
    """Whether the bound is the most that is allowed, and not the least."""

    @property
    def is_met(self) -> bool:
        """Whether it keeps to its bound; what cannot be told does not."""
        if self.figure is None:
            return False
        return self.figure <= self.bound if self.is_most else self.figure >= self.bound

    def __str__(self) -> str:
        asked = f"review.toml asks for {'at most' if self.is_most else 'at least'} {_shown(self.bound, self.is_most)}"
        told = "not measured" if self.figure is None else _shown(self.figure, self.is_most)
        return f"{self.name}: {told}; {asked}"


def reached(report: Report, minimums: Minimums) -> tuple[Reached, ...]:
    """Each figure that has a bound, in the order of review.toml's table.

    Recall and precision are those of the print; where nothing is printed there is nothing to tell. Nothing measures
    agreement yet, so that a bound for it is never met: better than to pass unmeasured.
    """
    figures = {
        "coverage": report.coverage,
        "recall": _share(report.printed, "held", "claims"),
        "precision": _share(report.printed, "bearing", "citations"),
        "unanswered": float(len(report.unanswered)),
        "agreement": None,
    }
    bounds = {name: getattr(minimums, name) for name in figures}
    return tuple(
        Reached(name=name, figure=figures[name], bound=bound, is_most=name == "unanswered")
        for name, bound in bounds.items()
        if bound is not None
    )


def shortfalls(report: Report, minimums: Minimums) -> list[str]:
    """What does not keep to its bound, a sentence each."""
    return [str(one) for one in reached(report, minimums) if not one.is_met]


def _share(tally: Tally, part: str, whole: str) -> float | None:
    n_all: int = getattr(tally, whole)
    n_part: int = getattr(tally, part)
    return n_part / n_all if n_all else None


def _shown(figure: float, is_count: bool) -> str:
    return f"{figure:,.0f}" if is_count else f"{100 * figure:.1f} %"
