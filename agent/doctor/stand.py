"""Looks at what stands in a review's folder, at its sources, its disk and its cache; changes nothing there."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from agent.doctor.check import Check, fine, note, wrong
from agent.errors import FolderError
from agent.folder import Folder
from agent.llm.inventory import bytes_on_disk, take_inventory
from agent.review import Protocol
from agent.wording import count, listed_first

T = TypeVar("T")

_LITTLE_BYTES = 200_000_000
"""Free on a disk: less than a large review with its cache may come to need."""
_MOST_NAMES = 3


def look_at_review(folder: Folder, protocol: Protocol) -> Iterator[Check]:
    """What stands, and the sources that it came from."""
    broken: list[str] = []
    corpus, taxonomy, cards = (
        _read(folder.corpus, broken),
        _read(folder.taxonomy, broken),
        _read(folder.cards, broken),
    )
    draft, report = _read(folder.draft, broken), _read(folder.report, broken)
    _read(folder.answers, broken)
    if broken:
        for why in broken:
            yield wrong("review", why)
        return
    assert corpus is not None  # a file that is not there is an empty corpus
    n_cards, n_sections = len(cards or ()), len(draft.sections) if draft else 0
    n_unanswered = len(report.unanswered) if report else 0
    parts = [
        count(len(corpus), "paper"),
        count(len(taxonomy.categories), "category", "categories") if taxonomy else "no taxonomy yet",
        count(n_cards, "card"),
        count(n_sections, "section"),
    ]
    value = {"papers": len(corpus), "cards": n_cards, "sections": n_sections, "unanswered": n_unanswered}
    if n_unanswered:
        says = f"{', '.join(parts)}; {count(n_unanswered, 'call')} unanswered"
        yield note("review", says, "the next build asks them again", value)
    else:
        yield fine("review", ", ".join(parts), value)
    has_papers = {place.file for paper in corpus for place in paper.sources}
    yield _sources(folder, protocol, has_papers)


def _read(read: Callable[[], T], broken: list[str]) -> T | None:
    try:
        return read()
    except FolderError as error:
        broken.append(str(error))
    except OSError as error:
        broken.append(f"{error.filename} cannot be looked at: {error.strerror}")
    return None


def _sources(folder: Folder, protocol: Protocol, has_papers: set[str]) -> Check:
    missing = [source.name for source in protocol.sources if not _is_readable(folder.source_file(source))]
    value = {"named": len(protocol.sources), "missing": missing}
    named = f"{count(len(protocol.sources), 'source')} in review.toml"
    kept = sum(source.send == "never" for source in protocol.sources)
    if kept:
        named += f"; {count(kept, 'of them is', 'of them are')} never sent"
    if not protocol.sources and not has_papers:
        return wrong("sources", "review.toml names none", "add one with `conspectus add FILES`", value)
    if not missing:
        return fine("sources", f"{named}; all can be read", value)
    told = listed_first(missing, _MOST_NAMES)
    lost = [name for name in missing if name not in has_papers]
    if len(lost) == len(protocol.sources) and not has_papers:
        return wrong("sources", f"{named}; cannot be read: {told}", "mend their `path` in review.toml", value)
    stay = "skipped until they can be" if lost else "their papers stay"
    return note("sources", f"{named}; cannot be read: {told}; {stay}", "mend their `path` in review.toml", value)


def _is_readable(path: Path) -> bool:
    try:
        with path.open("rb"):
            return path.is_file()
    except OSError:
        return False


def look_at_disk(folder: Folder) -> Check:
    """Whether the folder can be written, tried with a file that has no name and is gone at once."""
    free_bytes = shutil.disk_usage(folder.path).free
    try:
        for place in filter(Path.is_dir, (folder.path, folder.cache_folder)):
            with tempfile.TemporaryFile(dir=place) as file:
                file.write(b"x")
    except OSError as error:
        says = f"{place} cannot be written: {error.strerror}"
        return wrong("disk", says, "make room, or give yourself the right to write there", free_bytes)
    says = f"can be written; {_size(free_bytes)} free"
    return (
        fine("disk", says, free_bytes) if free_bytes >= _LITTLE_BYTES else note("disk", says, "make room", free_bytes)
    )


def look_at_cache(folder: Folder) -> Check:
    """What answers are kept, and whether they can be read."""
    try:
        kept, n_bytes = take_inventory(folder.cache_folder), bytes_on_disk(folder.cache_folder)
    except FolderError as error:
        return wrong("cache", str(error))
    n_replies = sum(one.n_replies for one in kept)
    value = {"folder": str(folder.cache_folder), "replies": n_replies, "bytes": n_bytes}
    if not n_replies:
        return fine("cache", f"no answers yet; they will be kept in {folder.cache_folder}", value)
    return fine(
        "cache",
        f"{count(n_replies, 'reply', 'replies')}, {_size(n_bytes)} on the disk, in {folder.cache_folder}",
        value,
    )


def _size(n_bytes: int) -> str:
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if n_bytes >= size:
            return f"{n_bytes / size:,.1f} {unit}"
    return count(n_bytes, "byte")
