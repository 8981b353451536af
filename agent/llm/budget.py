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
    ) -> None:
        """ProtocolError where there is a limit in dollars and no price to keep it by; `whose` names that price."""
        missing = [
            f"`{name} = ...`"
            for name, price in (
                ("usd_per_million_input", usd_per_million_input),
                ("usd_per_million_output", usd_per_million_output),
            )
            if price is None
        ]
        if limits.usd is not None and missing:
            raise ProtocolError(
                f"a limit of {limits.usd:g} dollars cannot be kept without {whose}: add "
                f"{' and '.join(missing)} under [model] in review.toml, in dollars for a million tokens"
            )
        self.limits = limits
        self._prices = (usd_per_million_input, usd_per_million_output)
        self._n_attempts = 0
        self._used = Reservation(0, 0)
        self._reserved = Reservation(0, 0)
        self._changed = Condition()

    @property
    def used(self) -> Usage:
        """What the limits were charged so far, attempts of unknown use at their worst case."""
        with self._changed:
            used = self._used
            cost = self.cost(used.input_tokens, used.output_tokens)
            return Usage(0, self._n_attempts, used.input_tokens, used.output_tokens, cost)

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """In dollars; None where the model's price is unknown."""
        price_in, price_out = self._prices
        if price_in is None or price_out is None:
            return None
        return (input_tokens * price_in + output_tokens * price_out) / 1_000_000

    def reserve(self, input_tokens: int, output_tokens: int) -> Reservation:
        """Set aside one attempt and these tokens; BudgetSpent where a limit could be passed.

        Where only attempts still under way stand in the way, it waits until they have said what they really used.
        """
        wanted = Reservation(input_tokens, output_tokens)
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
        taken = reservation if usage is None else Reservation(usage.input_tokens, usage.output_tokens)
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
        if tokens.input_tokens + tokens.output_tokens > limits.tokens:
            return "tokens"
        if limits.usd is not None and (self.cost(tokens.input_tokens, tokens.output_tokens) or 0.0) > limits.usd:
            return "usd"
        return None

    def _refuse_beyond(self, after: Reservation) -> None:
        limits, used = self.limits, self.used
        if used.attempts >= limits.calls:
            raise BudgetSpent(_why("calls", f"{limits.calls:,} calls", f"{used.attempts:,} were sent"))
        passed = self._first_passed(after)
        if passed == "tokens":
            n_used = used.input_tokens + used.output_tokens
            n_next = after.input_tokens + after.output_tokens - n_used
            state = f"{n_used:,} are used and the next attempt could take {n_next:,}"
            raise BudgetSpent(_why("tokens", f"{limits.tokens:,} tokens", state))
        if passed == "usd":
            spent = used.cost_usd or 0.0
            worst = (self.cost(after.input_tokens, after.output_tokens) or 0.0) - spent
            state = f"${spent:.4f} is spent and the next attempt could cost ${worst:.4f}"
            raise BudgetSpent(_why("usd", f"${limits.usd:g}", state))


def _sum(a: Reservation, b: Reservation, *, sign: int = 1) -> Reservation:
    return Reservation(a.input_tokens + sign * b.input_tokens, a.output_tokens + sign * b.output_tokens)


def _why(limit: str, granted: str, state: str) -> str:
    return (
        f"the budget of {granted} is spent: {state}; raise `{limit}` under [budget] in review.toml "
        f"or give a larger --max-{limit}"
    )
