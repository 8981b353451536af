"""What a run may spend, and what it has spent: the worst case of an attempt is set aside before it is sent."""

from dataclasses import dataclass
from threading import Condition

from agent.errors import BudgetSpent, ProtocolError
from agent.llm.call import Usage
from agent.review import Limits


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one attempt may take at the most."""

    input_tokens: int
    output_tokens: int
    embedded_tokens: int = 0
    """Of texts to be made vectors, which have a price of their own."""


@dataclass(frozen=True, slots=True)
class Month:
    """A limit in dollars on all runs of a month together, and what those before this one took of it."""

    name: str
    """`2026-11`, in UTC."""
    limit_usd: float
    spent_usd: float | None
    """None where that of one run is not known."""
    whose: str = ""
    """Which run that is."""
    broken_line: int | None = None
    """Of runs.jsonl, where one cannot be read: what its run cost is not known either."""

    @property
    def left_usd(self) -> float:
        return max(0.0, self.limit_usd - (self.spent_usd or 0.0))

    def within(self, limits: Limits) -> Limits:
        """The limits of a run, that in dollars no higher than what is left of the month."""
        usd = self.left_usd if limits.usd is None else min(limits.usd, self.left_usd)
        return limits.model_copy(update={"usd": usd})


class Budget:
    """Keeps attempts within the limits of a run, however many threads send them.

    An attempt counts as soon as it is reserved. Its tokens are set aside at their worst case, so no limit can be
    passed, and what it did not use comes free again once it is settled.
    """

    def __init__(
        self,
        limits: Limits,
        usd_per_million_input: float | None = None,
        usd_per_million_output: float | None = None,
        *,
        whose: str = "the model's price",
        usd_per_million_embedded: float | None = None,
        month: Month | None = None,
    ) -> None:
        """ProtocolError where there is a limit in dollars and no price to keep it by; `whose` names that price.

        With a `month`, `limits` are within it already; ProtocolError where nobody knows what it took so far.
        The price of embeddings may be missing as long as nothing is embedded: see `allow_embedding`.
        """
        missing = [
            f"`{name} = ...`"
            for name, price in (
                ("usd_per_million_input", usd_per_million_input),
                ("usd_per_million_output", usd_per_million_output),
            )
            if price is None
        ]
        is_months = month is not None and limits.usd == month.left_usd
        self._month = month if is_months else None
        if limits.usd is not None and missing:
            limit = f"{month.limit_usd:g} dollars a month" if month and is_months else f"{limits.usd:g} dollars"
            raise ProtocolError(
                f"a limit of {limit} cannot be kept without {whose}: add "
                f"{' and '.join(missing)} under [model] in review.toml, in dollars for a million tokens"
            )
        if month and month.spent_usd is None:
            raise ProtocolError(_why_unknown(month))
        self.limits = limits
        self._prices = (usd_per_million_input, usd_per_million_output)
        self._price_embedded = usd_per_million_embedded
        self._n_attempts = 0
        self._used = Reservation(0, 0)
        self._reserved = Reservation(0, 0)
        self._changed = Condition()

    @property
    def used(self) -> Usage:
        """What the limits were charged so far, attempts of unknown use at their worst case."""
        with self._changed:
            used = self._used
            n_in = used.input_tokens + used.embedded_tokens
            return Usage(0, self._n_attempts, n_in, used.output_tokens, self._cost(used))

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """In dollars; None where the model's price is unknown."""
        price_in, price_out = self._prices
        if price_in is None or price_out is None:
            return None
        return (input_tokens * price_in + output_tokens * price_out) / 1_000_000

    def attempt(self, reserved: Reservation, input_tokens: int, output_tokens: int) -> Usage:
        """What one attempt took for which this was set aside."""
        is_embedded = bool(reserved.embedded_tokens)
        cost = self._cost_embedded(input_tokens) if is_embedded else self.cost(input_tokens, output_tokens)
        return Usage(0, 1, input_tokens, output_tokens, cost)

    def allow_embedding(self) -> None:
        """ProtocolError where there is a limit in dollars and no price of embeddings to keep it by."""
        if self.limits.usd is not None and self._price_embedded is None:
            raise ProtocolError(
                f"a limit of {self.limits.usd:g} dollars cannot be kept without the price of the embedding model: add "
                "`usd_per_million_embedding = ...` under [model] in review.toml, in dollars for a million tokens"
            )

    def reserve(self, input_tokens: int, output_tokens: int, embedded_tokens: int = 0) -> Reservation:
        """Set aside one attempt and these tokens; BudgetSpent where a limit could be passed.

        Where only attempts still under way stand in the way, it waits until they have said what they really used.
        """
        wanted = Reservation(input_tokens, output_tokens, embedded_tokens)
        with self._changed:
            while True:
                self._refuse_beyond(_sum(self._used, wanted))
                everything = _sum(_sum(self._used, self._reserved), wanted)
                if self._first_passed(everything) is None:
                    break
                self._changed.wait()
            self._n_attempts += 1
            self._reserved = _sum(self._reserved, wanted)
        return wanted

    def settle(self, reservation: Reservation, usage: Usage | None) -> None:
        """Say what the attempt used; None, where nobody knows, keeps its worst case."""
        taken = reservation if usage is None else _taken(reservation, usage)
        with self._changed:
            self._reserved = _sum(self._reserved, reservation, sign=-1)
            self._used = _sum(self._used, taken)
            self._changed.notify_all()

    def release(self, reservation: Reservation) -> None:
        """Give back an attempt that was never sent."""
        with self._changed:
            self._n_attempts -= 1
        self.settle(reservation, Usage())

    def _first_passed(self, tokens: Reservation) -> str | None:
        """The first limit in tokens or dollars that this many tokens would pass."""
        limits = self.limits
        if _n_tokens(tokens) > limits.tokens:
            return "tokens"
        if limits.usd is not None and (self._cost(tokens) or 0.0) > limits.usd:
            return "usd"
        return None

    def _cost(self, tokens: Reservation) -> float | None:
        cost = self.cost(tokens.input_tokens, tokens.output_tokens)
        if not tokens.embedded_tokens:
            return cost
        embedded = self._cost_embedded(tokens.embedded_tokens)
        return None if cost is None or embedded is None else cost + embedded

    def _cost_embedded(self, n_tokens: int) -> float | None:
        return None if self._price_embedded is None else n_tokens * self._price_embedded / 1_000_000

    def _refuse_beyond(self, after: Reservation) -> None:
        limits, used = self.limits, self.used
        if used.attempts >= limits.calls:
            raise BudgetSpent(_why("calls", f"{limits.calls:,} calls", f"{used.attempts:,} were sent"))
        passed = self._first_passed(after)
        if passed == "tokens":
            n_used = used.input_tokens + used.output_tokens
            n_next = _n_tokens(after) - n_used
            state = f"{n_used:,} are used and the next attempt could take {n_next:,}"
            raise BudgetSpent(_why("tokens", f"{limits.tokens:,} tokens", state))
        if passed == "usd":
            spent = used.cost_usd or 0.0
            worst = (self._cost(after) or 0.0) - spent
            if self._month:
                raise BudgetSpent(_why_month(self._month, spent, worst))
            state = f"${spent:.4f} is spent and the next attempt could cost ${worst:.4f}"
            raise BudgetSpent(_why("usd", f"${limits.usd:g}", state))


def _sum(a: Reservation, b: Reservation, *, sign: int = 1) -> Reservation:
    return Reservation(
        a.input_tokens + sign * b.input_tokens,
        a.output_tokens + sign * b.output_tokens,
        a.embedded_tokens + sign * b.embedded_tokens,
    )


def _n_tokens(tokens: Reservation) -> int:
    return tokens.input_tokens + tokens.output_tokens + tokens.embedded_tokens


def _taken(reserved: Reservation, usage: Usage) -> Reservation:
    if reserved.embedded_tokens:
        return Reservation(0, 0, usage.input_tokens)
    return Reservation(usage.input_tokens, usage.output_tokens)


def _why_unknown(month: Month) -> str:
    if month.broken_line is not None:
        return (
            f"a limit of {month.limit_usd:g} dollars a month cannot be kept: runs.jsonl, line {month.broken_line}, "
            "cannot be read, so that nobody knows what that run cost; mend the line, take the file back from git, "
            "or take the line out"
        )
    return (
        f"a limit of {month.limit_usd:g} dollars a month cannot be kept: nobody knows what {month.whose} cost; "
        "give the price of its model under [model] in review.toml, write `cost_usd` under `total` of its line "
        "in runs.jsonl, or take `usd_per_month` out"
    )


def _why_month(month: Month, spent: float, worst: float) -> str:
    return (
        f"the budget of ${month.limit_usd:g} a month is spent: ${month.spent_usd or 0.0:.4f} went in {month.name} "
        f"before this run and ${spent:.4f} in it, and the next attempt could cost ${worst:.4f}; raise "
        "`usd_per_month` under [budget] in review.toml, or go on next month"
    )


def _why(limit: str, granted: str, state: str) -> str:
    return (
        f"the budget of {granted} is spent: {state}; raise `{limit}` under [budget] in review.toml "
        f"or give a larger --max-{limit}"
    )
