"""What is out of date from the sources to the cards."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from agent.classify import DueKind, is_stale
from agent.folder import Folder
from agent.pipeline.drifting import PATCH
from agent.pipeline.status.stand import Matter, Stand, are_kept, named, reask
from agent.review import Source
from agent.wording import count


def look_at_sources(stand: Stand) -> Iterator[Matter]:
    """Sources that are other ones than when they were read; told by their bytes, none is read."""
    before = {source.name: source for source in stand.report.sources}
    gave = {place.file for paper in stand.run.corpus for place in paper.sources}
    found: dict[str, list[str]] = defaultdict(list)
    for source in stand.protocol.sources:
        was, digest = before.get(source.name), _digest(stand.folder, source)
        if digest is None:
            found["away" if source.name in gave | before.keys() else "missing"].append(source.name)
        elif was is None:
            found["new"].append(source.name)
        elif was.sha256 != digest:
            found["changed" if was.sha256 else "back"].append(source.name)
        elif was.unread:
            found["unread"].append(source.name)
    found["unnamed"] = sorted(gave - {source.name for source in stand.protocol.sources})
    for state, (says, do) in _SOURCES.items():
        if found[state]:
            yield Matter(about="sources", says=f"{says}: {named(found[state])}", do=do, names=tuple(found[state]))


_READ = "`conspectus refresh` reads them"
_SOURCES = {
    "changed": ("another content than when they were read", _READ),
    "new": ("not read yet", _READ),
    "back": ("there again", _READ),
    "away": ("not there any more; their papers stay", "put them back, or take them out of review.toml"),
    "missing": ("not to be found", "mend their `path` in review.toml"),
    "unread": ("skipped, since they cannot be read", "`conspectus papers --skipped` says why"),
    "unnamed": ("papers come from them, and review.toml does not name them any more", ""),
}
"""By how a source stands: what is said of such, and what to do."""


def _digest(folder: Folder, source: Source) -> str | None:
    """The SHA-256 of a source's bytes; None where it is not to be had."""
    path = folder.source_file(source)
    try:
        if path.is_dir():
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def look_at_papers(stand: Stand) -> Iterator[Matter]:
    """Papers that no source names any more."""
    gone = [paper.key for paper in stand.run.corpus if paper.gone]
    if gone:
        says = f"{count(len(gone), 'paper')} that no source names any more, marked as gone: {named(gone)}"
        yield Matter(about="papers", says=f"{says}; cards and claims stay", names=tuple(gone))
    fresh = sorted(set(stand.report.unnamed).difference(gone))
    if fresh:
        says = f"{count(len(fresh), 'paper')} that no source names any more: {named(fresh)}"
        yield Matter(about="papers", says=says, do="`conspectus refresh` marks them as gone", names=tuple(fresh))
    if not len(stand.run.corpus):
        yield Matter(about="papers", says="none is read yet", do="`conspectus build` reads them")


def look_at_taxonomy(stand: Stand) -> Iterator[Matter]:
    """A change of the taxonomy that waits for a person."""
    if (stand.folder.path / PATCH).is_file():
        do = "read it; `conspectus refresh --accept` takes it, and who deletes it declines it"
        yield Matter(about="taxonomy", says=f"a change is proposed in {PATCH}", do=do)


def look_at_cards(stand: Stand) -> Iterator[Matter]:
    """Papers whose card is to be made, or was made by other words or another model."""
    run = stand.run
    if run.taxonomy is None:
        yield Matter(
            about="taxonomy", says="there is none yet", do="`conspectus build` makes one, or write taxonomy.yaml"
        )
        return
    groups: dict[tuple[DueKind, str], list[str]] = defaultdict(list)
    due = run.due()
    for key, one in due.items():
        groups[one.kind, one.why].append(key)
    for (kind, why), keys in sorted(groups.items()):
        what = "without a card" if kind is DueKind.NEW else f"to be asked again: {why}"
        says = f"{count(len(keys), 'paper')} {what} ({named(keys)})"
        yield Matter(about="cards", says=says, do="`conspectus refresh` asks for the cards", names=tuple(keys))
    stale = [key for key, card in run.cards.items() if key not in due and is_stale(card, run.readers.of(key).model)]
    if stale:
        says = f"{count(len(stale), 'card')} by another wording of the prompt or another model; {are_kept(stale)}"
        yield Matter(about="cards", says=says, do=reask("classify", stale), names=tuple(sorted(stale)))
