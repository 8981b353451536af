"""When papers do not fit: what the taxonomy would need for them, as a patch that a person may take."""

from agent.drift.inserted import inserted
from agent.drift.patch import Patch, applied, is_applied, written
from agent.drift.propose import LEAST_MISFITS, Addition, Pile, Proposal, misfits, propose

__all__ = [
    "Addition",
    "LEAST_MISFITS",
    "Patch",
    "Pile",
    "Proposal",
    "applied",
    "inserted",
    "is_applied",
    "misfits",
    "propose",
    "written",
]
