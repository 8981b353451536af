"""From the sources that review.toml names to the corpus; what has not changed is not read again."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from agent.corpus import merge
from agent.errors import SourceError
from agent.folder import Folder
from agent.papers import Corpus, Duplicate, Paper, Record, Skipped
from agent.report import SourceReport
from agent.review import Protocol, Send, Source
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
    before = _before(folder)
    digests = {source.name: _digest(folder, source) for source in protocol.sources}
    gone = _gone(digests, before, earlier, say)
    changed = [name for name, digest in digests.items() if digest and _digest_before(before, name) != digest]
    unknown = [name for name, digest in digests.items() if not digest and name not in gone]
    _say_released(protocol, before, say)
    if len(earlier) and not changed and not unknown and folder.has_duplicates_file:
        known = [before.get(name) or _remembered_report(name, earlier) for name in (*digests, *gone)]
        known = _with_what_is_said(known, protocol)
        return Gathered(earlier, folder.duplicates(), tuple(dict.fromkeys(known)), is_new=False)
    readings = [_read(folder, one, digests[one.name]) for one in protocol.sources if one.name not in gone]
    records = [record for found, _ in readings for record in found]
    sources = [given for _, given in readings]
    fresh = {record.place.file for record in records}
    for name in gone:
        records += _remembered(earlier, name)
        sources.append(before.get(name) or _remembered_report(name, earlier))
    if not records and not len(earlier):
        raise SourceError(_why_nothing(sources))
    for _, given in readings:
        say(_in_words(given))
    sources = _with_what_is_said(sources, protocol)
    merged = merge(records, earlier)
    corpus = _still_private(merged.corpus, earlier, fresh, {one.name for one in sources if one.send == "never"})
    return Gathered(corpus, merged.duplicates, tuple(sources), is_new=True)


def _before(folder: Folder) -> dict[str, SourceReport]:
    """What each source gave when it was last read, by name."""
    report = folder.report()
    return {source.name: source for source in report.sources} if report else {}


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
        kept_back = ", and are still sent to no model" if _remembered_send(name, before) == "never" else ""
        say(f"review.toml does not name {name} any more; its papers stay{kept_back}")
    return [*missing, *unnamed]


def _remembered_send(name: str, before: Mapping[str, SourceReport]) -> Send:
    """What was said last of a source; nothing is sent of one of which nothing is known any more."""
    return before[name].send if name in before else "never"


def send_before(folder: Folder, name: str) -> Send:
    """What was said last of a source that review.toml is to name; a new one may be sent."""
    before = _before(folder)
    is_known = name in before or any(place.file == name for paper in folder.corpus() for place in paper.sources)
    return _remembered_send(name, before) if is_known else "full"


def _say_released(protocol: Protocol, before: Mapping[str, SourceReport], say: Callable[[str], None]) -> None:
    for source in protocol.sources:
        if source.send != "never" and source.name in before and before[source.name].send == "never":
            say(f'{source.name} may be sent to a model now: review.toml says send = "{source.send}" of it')


def _with_what_is_said(sources: Sequence[SourceReport], protocol: Protocol) -> list[SourceReport]:
    """The sources with what review.toml says of them now; of one that it does not name the last word stands."""
    said = {source.name: source.send for source in protocol.sources}
    return [source.model_copy(update={"send": said.get(source.name, source.send)}) for source in sources]


def _still_private(corpus: Corpus, earlier: Corpus, fresh: Collection[str], never: Collection[str]) -> Corpus:
    """The corpus, where a paper that is remembered, and not known from fresh sources alone, stays in private ones.

    What is remembered of it was merged from all of its records, and the private one may have left its source since.
    """
    owed = {
        place: [other for other in paper.sources if other.file in never]
        for paper in earlier
        for place in paper.sources
        if place.file not in fresh
    }

    def marked(paper: Paper) -> Paper:
        places = {*paper.sources, *(other for place in paper.sources for other in owed.get(place, ()))}
        if len(places) == len(paper.sources):
            return paper
        return paper.model_copy(update={"sources": tuple(sorted(places, key=lambda one: (one.file, one.position)))})

    return Corpus(map(marked, corpus)) if any(owed.values()) else corpus


def _digest(folder: Folder, source: Source) -> str:
    """The SHA-256 of a source's bytes; empty where it is not there, or not to be had."""
    path = folder.source_file(source)
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # `read` says what is wrong with it
        return ""


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
    return SourceReport(name=name, sha256="", n_records=len(_remembered(earlier, name)), send="never")


def _why_nothing(sources: Sequence[SourceReport]) -> str:
    skipped = [one for source in sources for one in source.skipped]
    if not sources:
        return "the review names no source; add one with `conspectus add FILES`"
    whole = next((one.why for one in skipped if one.position is None), None)
    return whole or f"no paper was found in {', '.join(source.name for source in sources)}"
