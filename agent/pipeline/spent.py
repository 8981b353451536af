"""What a run spent, and what it was spared: by prompt and by stage, asked now or known from before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

from agent.connect import Connection
from agent.llm.call import Usage
from agent.llm.ledger import Sent, by_stage
from agent.llm.prices import Price


@dataclass(frozen=True)
class Spent:
    """The account of one run."""

    fresh: Mapping[str, Usage] = field(default_factory=dict)
    """What was asked of a server, by prompt, every attempt."""
    cached: Mapping[str, Usage] = field(default_factory=dict)
    """What replies that were on this machine already had taken when they were asked, by prompt."""
    sent: Mapping[str, Sent] = field(default_factory=dict)
    """How large the calls were that a server was asked, by prompt."""
    price: Price = Price()

    @property
    def total(self) -> Usage:
        return sum(self.fresh.values(), Usage())

    @property
    def spared(self) -> Usage:
        """What all the kept replies had taken."""
        return sum(self.cached.values(), Usage())

    def as_line(self) -> dict[str, object]:
        """What runs.jsonl says of it."""
        sizes = {name: asdict(sent) for name, sent in self.sent.items()}
        kinds = {"fresh": by_stage(self.fresh), "cached": by_stage(self.cached)}
        stages = dict.fromkeys(stage for found in kinds.values() for stage in found)
        return {
            "price": self.price.origin if self.fresh else None,
            "paid": {name: asdict(usage) | sizes.get(name, {}) for name, usage in self.fresh.items()},
            "total": asdict(self.total),
            "stages": {
                stage: {kind: asdict(found[stage]) for kind, found in kinds.items() if stage in found}
                for stage in stages
            },
        }


def run_line(connection: Connection, spent: Spent, models: Sequence[str]) -> dict[str, object]:
    """A line of runs.jsonl; `models` are all that made something of what stands in the review."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": version("conspectus"),
        "model": connection.client.model,
        "models": list(models),
        "replies": connection.n_replies,
        "kept": connection.n_kept,
    } | spent.as_line()
