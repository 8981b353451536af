"""Looks at what a run may spend and whether its price is known."""

from collections.abc import Iterator

from agent.connect import Access, budget_of, limits_of, model_of, price_for
from agent.doctor.check import Check, fine, note, wrong
from agent.errors import ProtocolError
from agent.review import Protocol
from agent.wording import count


def look_at_money(protocol: Protocol, access: Access) -> Iterator[Check]:
    """The limits of a run, and the price that one in dollars is kept by."""
    limits, model = limits_of(protocol, access), model_of(protocol, access)
    dollars = "no limit in dollars" if limits.usd is None else f"${limits.usd:,.2f}"
    says = f"{count(limits.calls, 'call')}, {count(limits.tokens, 'token')}, {dollars} a run{_of_month(access)}"
    value = limits.model_dump(mode="json")
    try:
        budget_of(protocol, access, model)
    except ProtocolError as error:
        yield wrong("limits", str(error), value=value)
    else:
        if 0 in (limits.calls, limits.tokens, limits.usd):
            yield wrong("limits", f"{says}, so that nothing can be asked", "raise it under [budget]", value)
        else:
            yield fine("limits", says, value)
    price = price_for(protocol, access)
    if not price.is_known:
        do = "give both prices under [model] in review.toml to see dollars, and to limit them"
        yield note("price", f"unknown for {model}", do)
        return
    rate_in, rate_out = price.usd_per_million_input, price.usd_per_million_output
    rates = f"{_dollars(rate_in)} for a million tokens sent, {_dollars(rate_out)} for a million written"
    value = {"usd_per_million_input": rate_in, "usd_per_million_output": rate_out, "origin": price.origin}
    yield fine("price", f"{rates}: {price.origin}", value)


def _of_month(access: Access) -> str:
    month = access.month
    if month is None or month.spent_usd is None:
        return ""
    return f", of ${month.limit_usd:,.2f} in {month.name} of which ${month.spent_usd:,.2f} are spent"


def _dollars(usd: float | None) -> str:
    """With cents, and with smaller parts where there are any."""
    return "?" if usd is None else f"${usd:,.2f}" if round(usd, 2) == usd else f"${usd:g}"
