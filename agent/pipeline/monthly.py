"""What runs.jsonl says was spent in this month, which lowers what a run may spend where review.toml limits a month."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from typing import Any

from agent.connect import Access, asks_a_server, model_of, price_for, server_of
from agent.folder import Folder
from agent.llm.budget import Month
from agent.llm.ledger import EMBED
from agent.llm.prices import Price, embedding_price_of
from agent.review import Protocol


def within_month(access: Access, protocol: Protocol, folder: Folder, now: datetime | None = None) -> Access:
    """The access with what is left of this month, where review.toml limits one and a server may be asked."""
    limit = protocol.budget.usd_per_month
    if limit is None or not asks_a_server(protocol, access):
        return access
    prices = {
        "": price_for(protocol, access),
        EMBED: embedding_price_of(protocol.model, server_of(access)),
    }
    clock = _month(now or datetime.now(UTC))
    broken = folder.broken_run()
    if broken is not None:
        return replace(access, month=Month(clock, limit, None, broken_line=broken))
    return replace(access, month=_month_of(folder.runs(), limit, clock, model_of(protocol, access), prices))


def _month_of(
    runs: Iterable[Mapping[str, Any]], limit: float, clock: str, model: str, prices: Mapping[str, Price]
) -> Month:
    """This month is the later one of the clock's and the last run's, since a clock may run backwards.

    A run that does not say when it was counts in it.
    """
    dated = [(_month_in(run) or "", run) for run in runs]
    name = max([clock, *(month for month, _ in dated)])
    spent = 0.0
    for month, run in dated:
        if month not in ("", name):
            continue
        cost = _cost(run, model, prices)
        if cost is None:
            return Month(name, limit, None, whose=f"the run of {run.get('when', 'a day unknown')} ({run.get('model')})")
        spent += cost
    return Month(name, limit, spent)


def _month(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m")


def _month_in(run: Mapping[str, Any]) -> str | None:
    try:
        time = datetime.fromisoformat(run["when"])
    except (KeyError, TypeError, ValueError):
        return None
    return _month(time if time.tzinfo else time.replace(tzinfo=UTC))


def _cost(run: Mapping[str, Any], model: str, prices: Mapping[str, Price]) -> float | None:
    """What a run cost, by the price that is known now where none was then and the model is the same."""
    total = run.get("total")
    if not isinstance(total, dict):
        return None
    cost = total.get("cost_usd")
    if isinstance(cost, int | float) and not isinstance(cost, bool) and 0 <= cost < inf:
        return float(cost)
    if total.get("attempts") == 0:
        return 0.0
    paid = run.get("paid")
    if run.get("model") != model or not isinstance(paid, dict) or not paid:
        return None
    costs = [_by_price(usage, prices[EMBED if name == EMBED else ""]) for name, usage in paid.items()]
    known = [one for one in costs if one is not None]
    return sum(known) if len(known) == len(costs) else None


def _by_price(usage: Mapping[str, Any], price: Price) -> float | None:
    try:
        return price.cost(usage["input_tokens"], usage["output_tokens"])
    except (KeyError, TypeError):
        return None
