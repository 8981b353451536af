"""What a minute allows of one unit, requests or tokens: as review.toml states it, and as the server tells it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_STATED_BURST_S = 0.5
"""Of a limit that is only stated, so much may go at once: less than any server is known to refuse."""
_LATENESS_S = 0.2
"""What flows in counts from so much later than a request was sent: it may arrive late, and the next one early."""
_MOST_OF_A_BUCKET = 0.2
"""But no later than in such a share of the time in which the bucket fills, or a small one would never be used up."""
_NEXT_TO_ALL = 0.9
_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd]?)")
_SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What the headers of one reply say of a unit."""

    limit: float
    remaining: float
    reset_s: float | None
    """Until all of it is there again; None where that is not said."""

    @property
    def rate_per_s(self) -> float:
        """A limit is one of a minute, but for servers that count by the day: there the reset tells how slow it is."""
        used, by_minute = self.limit - self.remaining, self.limit / 60
        return min(by_minute, used / self.reset_s) if self.reset_s and used > 0 else by_minute

    @property
    def most_at_once(self) -> float:
        """What is there after a rest. Some servers never let a whole minute's worth come at once."""
        if self.reset_s is None:
            return self.limit
        return max(1.0, min(self.limit, self.remaining + self.rate_per_s * self.reset_s))


def rate_limit_in(headers: Mapping[str, str], unit: str) -> RateLimit | None:
    """What these headers say of `requests` or `tokens`, in OpenAI's form; None where they say nothing of use."""
    limit = headers.get(f"x-ratelimit-limit-{unit}")
    if limit is None:
        return None
    try:
        told = RateLimit(
            float(limit),
            float(headers[f"x-ratelimit-remaining-{unit}"]),
            seconds_of(headers.get(f"x-ratelimit-reset-{unit}", "")),
        )
    except (KeyError, ValueError):
        return None
    return told if 0 < told.limit < float("inf") and 0 <= told.remaining < float("inf") else None


def seconds_of(text: str) -> float | None:
    """A duration as servers write it: `350ms`, `12.3s`, `1m30s`, `6h0m0s`, `20`; None where it is none."""
    text = text.strip()
    parts = _PARTS.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


class Bucket:
    """Units flow in at a rate until it is full, and calls take them out; it may owe what a call took too much."""

    def __init__(self, rate_per_s: float, capacity: float, level: float, *, at_s: float) -> None:
        self.rate_per_s = rate_per_s
        self.capacity = capacity
        self.level = level
        self._at_s = at_s

    def wait_s(self, amount: float, now_s: float) -> float:
        """How long until so much is there; for more than it ever holds, until it is full."""
        if now_s > self._at_s:
            self.level = min(self.capacity, self.level + (now_s - self._at_s) * self.rate_per_s)
            self._at_s = now_s
        missing = min(amount, self.capacity) - self.level
        return max(0.0, self._at_s - now_s + missing / self.rate_per_s) if missing > 0 else 0.0

    def take(self, amount: float) -> None:
        self.level -= amount

    def give_back(self, amount: float) -> None:
        self.level = min(self.capacity, self.level + amount)


class Quota:
    """One unit's allowance: the stricter of the rate that is stated and the one that the server tells."""

    def __init__(self, unit: str, per_minute: int | None, now_s: float) -> None:
        self.n_taken = 0.0
        """In all, so that it is known what was taken after some request."""
        self.told: Bucket | None = None
        self._unit = unit
        self._told_of = -1
        self._stated: Bucket | None = None
        if per_minute is not None:
            rate_per_s = per_minute / 60
            capacity = 1 + rate_per_s * _STATED_BURST_S
            self._stated = Bucket(rate_per_s, capacity, capacity, at_s=now_s)

    @property
    def is_known(self) -> bool:
        return self._stated is not None or self.told is not None

    def wait_s(self, amount: float, now_s: float) -> float:
        """How long until a call may take so much."""
        stated_s = self._stated.wait_s(amount, now_s) if self._stated else 0.0
        told_s = self.told.wait_s(amount, now_s) if self.told else 0.0
        return max(stated_s, told_s)

    def refill_s(self, amount: float) -> float:
        """How long the server takes to let so much through once nothing is left; no time where it does not tell."""
        return min(amount, self.told.capacity) / self.told.rate_per_s if self.told else 0.0

    def take(self, amount: float) -> None:
        self.n_taken += amount
        for bucket in (self._stated, self.told):
            if bucket:
                bucket.take(amount)

    def give_back(self, amount: float) -> None:
        """What was taken too much; a server that tells its limit gives nothing back."""
        if self._stated:
            self._stated.give_back(amount)

    def hear(self, headers: Mapping[str, str], number: int, n_taken: float, *, sent_s: float) -> None:
        """Learn from a reply to the request of this number, with which `n_taken` had been taken.

        Of two replies the one to the later request is right: what remained then, less what was taken since, plus
        what has flowed in since.
        """
        told = rate_limit_in(headers, self._unit) if number > self._told_of else None
        if told is not None:
            self._told_of = number
            level = told.remaining - (self.n_taken - n_taken)
            lateness_s = min(_LATENESS_S, _MOST_OF_A_BUCKET * told.most_at_once / told.rate_per_s)
            self.told = Bucket(told.rate_per_s, told.most_at_once, level, at_s=sent_s + lateness_s)

    def remaining(self, headers: Mapping[str, str]) -> float | None:
        """What these headers say is left; None where they say nothing."""
        told = rate_limit_in(headers, self._unit)
        return told.remaining if told else None

    def is_beyond(self, amount: float, headers: Mapping[str, str]) -> bool:
        """Whether so much is more than a server allows that has next to all of it left."""
        told = rate_limit_in(headers, self._unit)
        return told is not None and amount > told.limit and told.remaining > _NEXT_TO_ALL * told.limit
