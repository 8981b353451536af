"""Say what answers are kept on this machine for a review."""

from pathlib import Path

from agent.cli.console import show, show_json
from agent.cli.options import FolderArgument, JsonOption
from agent.folder import Folder
from agent.llm.inventory import take_inventory
from agent.wording import count


def command(folder: FolderArgument = Path(), *, as_json: JsonOption = False) -> None:
    review = Folder(folder)
    review.protocol()
    kept = take_inventory(review.cache_folder)
    if as_json:
        show_json([entry.model_dump(mode="json") for entry in kept])
        return
    for entry in kept:
        replies, size = count(entry.n_replies, "reply", "replies"), count(entry.n_bytes, "byte")
        show(f"{entry.prompt}  {entry.model}  {replies}  {size}")
    n_replies, n_bytes = (sum(getattr(entry, name) for entry in kept) for name in ("n_replies", "n_bytes"))
    show(f"{count(n_replies, 'reply', 'replies')}, {count(n_bytes, 'byte')}, in {review.cache_folder}")
