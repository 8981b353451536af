"""What a run took, prompt by prompt, with every attempt in it."""

from collections.abc import Mapping
from threading import Lock

from agent.llm.call import Usage


class Ledger:
    """Adds up usage under the names of prompts, from any thread."""

    def __init__(self) -> None:
        self._by_prompt: dict[str, Usage] = {}
        self._lock = Lock()

    def add(self, prompt: str, usage: Usage) -> None:
        with self._lock:
            self._by_prompt[prompt] = self._by_prompt.get(prompt, Usage()) + usage

    @property
    def by_prompt(self) -> Mapping[str, Usage]:
        """A copy, in the order of the names."""
        with self._lock:
            return dict(sorted(self._by_prompt.items()))
