"""Every claim against the papers it cites: what code can tell, then a judge; repaired once, or dropped and listed."""

from agent.check.look import is_verbatim, look, stands_up
from agent.check.passages import check_passages, reopen

__all__ = ["check_passages", "is_verbatim", "look", "reopen", "stands_up"]
