"""Say what answers are kept on this machine for a review."""

from pathlib import Path

from agent.cli.console import show, show_json
from agent.cli.options import FolderArgument, JsonOption
from agent.folder import Folder
from agent.llm.inventory import take_inventory


def command(folder: FolderArgument = Path(), *, as_json: JsonOption = False) -> None:
    review = Folder(folder)
    review.protocol()
    kept = take_inventory(review.cache_folder)
    if as_json:
        show_json([entry.model_dump(mode="json") for entry in kept])
        return
    for entry in kept:
        show(f"{entry.prompt}  {entry.model}  {entry.n_replies} replies  {entry.n_bytes:,} bytes")
    n_bytes = sum(entry.n_bytes for entry in kept)
    show(f"{sum(entry.n_replies for entry in kept)} replies, {n_bytes:,} bytes, in {review.cache_folder}")
