"""Asks a model's server one tiny question in each mode, to see which of them it keeps to."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import get_args

from agent.answers import PingAnswer
from agent.connect import Access, limits_of, model_of, reach
from agent.doctor.check import Check, fine, note, wrong
from agent.errors import BudgetSpent, CallError, ConspectusError, NotAllowed, NotTaken, Truncated
from agent.llm.call import Reply, Usage
from agent.llm.client import Client
from agent.llm.retries import Retries
from agent.llm.wire import Mode
from agent.review import Protocol
from agent.wording import count

MODES: tuple[Mode, ...] = get_args(Mode)
_PROMPT = "doctor_ping"
_MOST_TOKENS = 512
"""Of an answer of ten; a model that thinks before it speaks needs some for that."""
_ONCE = Retries(attempts=1, patience_s=0.0)


class Kept(StrEnum):
    """Whether a server keeps to a mode."""

    YES = "works"
    NO = "does not work"
    LIKELY = "is taken"
    """No answer to tell it by, for the model was still thinking; but the server did not refuse the call."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Trial:
    """What came of the question in one mode."""

    mode: Mode
    kept: Kept
    usage: Usage
    why: str = ""
    model: str | None = None
    """As the server named it."""

    def __str__(self) -> str:
        return f"{self.kept}: {self.why}" if self.why else str(self.kept)


def ask(protocol: Protocol, access: Access, say: Callable[[str], None]) -> Iterator[Check]:
    """Which mode to name, how the server keeps to each, how it calls the model, and what asking took.

    A single check says why where nothing can be asked: a wrong key, an unknown model, a server that is not reached.
    """
    trials: list[Trial] = []
    for mode in MODES:
        say(f"asking {model_of(protocol, access)} for one tiny answer in mode {mode}")
        try:
            trials.append(_try(mode, protocol, access))
        except ConspectusError as error:
            if not trials:
                yield wrong("asked", str(error))
                return
            # Some servers say of a form that they do not know what others say of a model.
            kept = Kept.NO if isinstance(error, NotAllowed) else Kept.UNKNOWN
            trials.append(Trial(mode, kept, Usage(calls=1, attempts=1, cost_usd=None), str(error)))
    yield _advice(protocol.model.mode, trials)
    yield from (fine(trial.mode, str(trial), trial.kept.value) for trial in trials)
    yield _took(trials)


def _try(mode: Mode, protocol: Protocol, access: Access) -> Trial:
    """One call in this mode, sent once; raises what lets no call through."""
    choice = protocol.model.model_copy(update={"mode": mode, "concurrency": 1, "max_output_tokens": _MOST_TOKENS})
    once = replace(access, max_calls=min(1, limits_of(protocol, access).calls))
    model = model_of(protocol, access)
    with closing(reach(protocol.model_copy(update={"model": choice}), once, model, _ONCE)) as provider:
        call = Client(provider, model).call(_PROMPT, PingAnswer, {})
        got: Reply | CallError | BudgetSpent
        try:
            ((_, got),) = provider.send_all([call])
        except BudgetSpent as error:
            if not provider.ledger.by_prompt:
                raise
            got = error
        usage = provider.ledger.by_prompt[_PROMPT]
    if isinstance(got, Reply):
        return Trial(mode, Kept.YES, usage, model=got.model)
    if isinstance(got, BudgetSpent):  # the one call is spent, and its answer would have to be asked for again
        return Trial(mode, Kept.NO, usage, "an answer came in another form, as if no schema had been sent")
    if isinstance(got, Truncated):
        return Trial(mode, Kept.LIKELY, usage, f"the model thought for {_MOST_TOKENS} tokens and had no answer yet")
    why = str(got).removeprefix(f"{_PROMPT}: ")
    return Trial(mode, Kept.NO if isinstance(got, NotTaken) else Kept.UNKNOWN, usage, why)


def _advice(named: Mode, trials: Sequence[Trial]) -> Check:
    """What the trials say of the mode that review.toml names, or that stands where it names none."""
    kept = {trial.mode: trial.kept for trial in trials}
    if kept[named] is Kept.YES:
        return fine("mode", f"{named}, to which the server keeps", named)
    if kept[named] is Kept.LIKELY:
        return note("mode", f"{named}, which the server takes", value=named)
    others = [mode for mode in MODES if kept[mode] is Kept.YES]
    if kept[named] is Kept.UNKNOWN:
        return wrong("mode", f"{named}, and no answer came to tell whether it works", "ask again later", named)
    if not others:
        says = f"the server keeps neither to {' nor to '.join(MODES)}"
        return wrong("mode", says, "mend what it complains of below, or name another model or server", named)
    do = f'write `mode = "{others[0]}"` under [model] in review.toml'
    return wrong("mode", f"{named}, to which the server does not keep; {others[0]} works", do, named)


def _took(trials: Sequence[Trial]) -> Check:
    total = sum((trial.usage for trial in trials), Usage())
    cost = "price unknown" if total.cost_usd is None else f"${total.cost_usd:.6f}"
    name = next((trial.model for trial in trials if trial.model), None)
    answered = f"{name} answered; " if name else ""
    tokens = f"took {count(total.input_tokens, 'token')} sent, {total.output_tokens:,} written, {cost}"
    if not (total.input_tokens or total.output_tokens):
        tokens = "were sent; the server told of no tokens"
    value = {
        "model": name,
        "attempts": total.attempts,
        "input_tokens": total.input_tokens,
        "output_tokens": total.output_tokens,
        "cost_usd": total.cost_usd,
    }
    return fine("asked", f"{answered}{count(total.attempts, 'call')} {tokens}", value)
