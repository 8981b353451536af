"""From the sources that review.toml names to the corpus; what has not changed is not read again."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.corpus import merge
from agent.errors import SourceError
from agent.folder import Folder
from agent.papers import Corpus, Duplicate, Record, Skipped
from agent.report import SourceReport
from agent.review import Protocol, Source
from agent.sources import read
from agent.wording import count


@dataclass(frozen=True)
class Gathered:
    """The corpus, and what each source gave."""

    corpus: Corpus
    duplicates: tuple[Duplicate, ...]
    sources: tuple[SourceReport, ...]
    is_new: bool
    """Whether a source was read, so that the corpus may differ from what stood."""


def gather(folder: Folder, protocol: Protocol, say: Callable[[str], None]) -> Gathered:
    """Read the sources that changed since the last time and make one corpus of all.

    A source that is not there any more, or that review.toml does not name any more, keeps its papers. One that cannot
    be read is skipped, with a line in the report and one said; SourceError where no source gives a paper.
    """
    earlier = folder.corpus()
    report = folder.report()
    before = {source.name: source for source in report.sources} if report else {}
    digests = {source.name: _digest(folder, source) for source in protocol.sources}
    gone = _gone(digests, before, earlier, say)
    changed = [name for name, digest in digests.items() if digest and _digest_before(before, name) != digest]
    unknown = [name for name, digest in digests.items() if not digest and name not in gone]
    if len(earlier) and not changed and not unknown and folder.has_duplicates_file:
        known = [before.get(name) or _remembered_report(name, earlier) for name in (*digests, *gone)]
        return Gathered(earlier, folder.duplicates(), tuple(dict.fromkeys(known)), is_new=False)
    records: list[Record] = []
    sources: list[SourceReport] = []
    for source in protocol.sources:
        if source.name not in gone:
            found, its_report = _read(folder, source, digests[source.name])
            records += found
            sources.append(its_report)
    for name in gone:
        records += _remembered(earlier, name)
        sources.append(before.get(name) or _remembered_report(name, earlier))
    if not records and not len(earlier):
        raise SourceError(_why_nothing(sources))
    for given in sources:
        if given.name not in gone:
            say(_in_words(given))
    merged = merge(records, earlier)
    return Gathered(merged.corpus, merged.duplicates, tuple(sources), is_new=True)


def _gone(
    digests: Mapping[str, str], before: Mapping[str, SourceReport], earlier: Corpus, say: Callable[[str], None]
) -> list[str]:
    """The sources that gave papers once and are not to be had now, each of them said."""
    gave = {place.file for paper in earlier for place in paper.sources}
    was_read = {name for name, source in before.items() if not source.unread}
    missing = [name for name, digest in digests.items() if not digest and name in gave | was_read]
    for name in missing:
        say(f"{name} is not there any more; its papers stay")
    unnamed = sorted(gave - digests.keys())
    for name in unnamed:
        say(f"review.toml does not name {name} any more; its papers stay")
    return [*missing, *unnamed]


def _digest(folder: Folder, source: Source) -> str:
    """The SHA-256 of a source's bytes; empty where it is not there."""
    path = folder.source_file(source)
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_before(before: dict[str, SourceReport], name: str) -> str | None:
    return before[name].sha256 if name in before else None


def _read(folder: Folder, source: Source, digest: str) -> tuple[tuple[Record, ...], SourceReport]:
    path = folder.source_file(source)
    try:
        reading = read(path, source.name)
    except SourceError as error:
        why = str(error).replace(str(path), source.name)  # the report is the same wherever the folder lies
        whole = Skipped(file=source.name, position=None, why=why)
        return (), SourceReport(name=source.name, sha256=digest, n_records=0, skipped=(whole,))
    given = SourceReport(name=source.name, sha256=digest, n_records=len(reading.records), skipped=reading.skipped)
    return reading.records, given


def _in_words(given: SourceReport) -> str:
    """What a source gave, in a line."""
    if given.unread:
        return f"skipped: {given.unread}"
    aside = f", {count(len(given.skipped), 'entry', 'entries')} skipped" if given.skipped else ""
    return f"{given.name}: {count(given.n_records, 'record')}{aside}"


def _remembered(earlier: Corpus, name: str) -> list[Record]:
    """The records of a source that is gone, as the corpus remembers them."""
    return [
        Record(place=place, **paper.model_dump(exclude={"key", "basis", "sources", "aliases"}))
        for paper in earlier
        for place in paper.sources
        if place.file == name
    ]


def _remembered_report(name: str, earlier: Corpus) -> SourceReport:
    return SourceReport(name=name, sha256="", n_records=len(_remembered(earlier, name)))


def _why_nothing(sources: Sequence[SourceReport]) -> str:
    skipped = [one for source in sources for one in source.skipped]
    if not sources:
        return "the review names no source; add one with `conspectus add FILES`"
    whole = next((one.why for one in skipped if one.position is None), None)
    return whole or f"no paper was found in {', '.join(source.name for source in sources)}"
