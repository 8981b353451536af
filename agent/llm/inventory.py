"""What a cache holds, by prompt and model."""

import json
from collections import defaultdict
from pathlib import Path

from agent.llm.cache import open_store
from agent.papers import Frozen


class Kept(Frozen):
    """The replies to one prompt by one model."""

    prompt: str
    model: str
    n_replies: int
    n_bytes: int
    """Of their text, in UTF-8."""


def take_inventory(folder: Path) -> list[Kept]:
    """What is kept in this folder, by prompt and model; nothing where there is no cache. Nothing is made."""
    if not folder.is_dir():
        return []
    sizes: dict[tuple[str, str], list[int]] = defaultdict(list)
    with open_store(folder) as store:
        for key in store:
            entry = store.get(key)
            about = json.loads(entry)
            sizes[about["prompt"], about["model"]].append(len(entry.encode()))
    return [
        Kept(prompt=prompt, model=model, n_replies=len(own), n_bytes=sum(own))
        for (prompt, model), own in sorted(sizes.items())
    ]
