"""What a run took, prompt by prompt, with every attempt in it; and stage by stage, as a person asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from agent.llm.call import Usage

STAGES = {
    "taxonomy": "induce_",
    "cards": "classify_",
    "sections": "write_",
    "search": "search_",
    "questions": "ask_",
    "check": "check_",
}
"""What a prompt is part of, by how its name begins; in the order of a run."""
EMBED = "search_embed"
"""The name under which vectors of texts are asked for: a stage of its own, without a template, since all that is sent
is the text."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How large calls were, each counted once, however many attempts it took."""

    text_bytes: int = 0
    """Of instructions and papers."""
    schema_bytes: int = 0
    """Of the form the answer must have; some servers count it as input and some do not."""

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(self.text_bytes + other.text_bytes, self.schema_bytes + other.schema_bytes)


class Ledger:
    """Adds up usage under the names of prompts, from any thread."""

    def __init__(self) -> None:
        self._by_prompt: dict[str, Usage] = {}
        self._sent: dict[str, Sent] = {}
        self._lock = Lock()

    def add(self, prompt: str, usage: Usage, sent: Sent | None = None) -> None:
        """`sent` is given with the first attempt of a call."""
        with self._lock:
            self._by_prompt[prompt] = self._by_prompt.get(prompt, Usage()) + usage
            if sent is not None:
                self._sent[prompt] = self._sent.get(prompt, Sent()) + sent

    @property
    def by_prompt(self) -> Mapping[str, Usage]:
        """A copy, in the order of the names."""
        with self._lock:
            return dict(sorted(self._by_prompt.items()))

    @property
    def sent(self) -> Mapping[str, Sent]:
        """A copy, in the order of the names."""
        with self._lock:
            return dict(sorted(self._sent.items()))


def stage_of(prompt: str) -> str:
    """The stage that a prompt is part of; one that is of none is a stage of its own."""
    return next((stage for stage, beginning in STAGES.items() if prompt.startswith(beginning)), prompt)


def by_stage(usage: Mapping[str, Usage]) -> dict[str, Usage]:
    """Usage by prompt, summed up by stage; only stages that took something."""
    found: dict[str, Usage] = {}
    for prompt, one in usage.items():
        stage = stage_of(prompt)
        found[stage] = found.get(stage, Usage()) + one
    order = list(STAGES)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))
