"""From the sources that review.toml names to the corpus; what has not changed is not read again."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.corpus import merge
from agent.errors import SourceError, TooManyNew
from agent.folder import Folder
from agent.papers import Corpus, Duplicate, Record
from agent.pipeline.reading import digest_of_source, in_words, is_there, read_source
from agent.pipeline.renamed import find_renamed, forgotten, named_elsewhere, under_new_names
from agent.pipeline.sending import still_private
from agent.pipeline.unnamed import Reach, find_unnamed, marked
from agent.report import Report, SourceReport
from agent.review import Protocol, Send
from agent.wording import count


@dataclass(frozen=True)
class Gathered:
    """The corpus, and what each source gave."""

    corpus: Corpus
    duplicates: tuple[Duplicate, ...]
    sources: tuple[SourceReport, ...]
    is_new: bool
    """Whether the corpus may differ from what stood: a source was read, or a mark came or went."""
    unnamed: frozenset[str] = frozenset()
    """Papers that no source names any more, by key."""


@dataclass(frozen=True)
class _Look:
    """The sources as they are now, beside what is known of them."""

    folder: Folder
    protocol: Protocol
    earlier: Corpus
    before: Mapping[str, SourceReport]
    """What each gave when it was last read, by name."""
    still: frozenset[str]
    """Papers that none of them named before, by key."""
    digests: Mapping[str, str]
    """Of the bytes of each that review.toml names; empty where they are not to be had."""
    lost: tuple[str, ...]
    """Those that gave papers once, and are not to be had now or not named."""
    closed: frozenset[str]
    """Of these the ones that are there and closed to us, so that nobody knows whom they name."""
    marks_gone: bool
    renamed: Mapping[str, str]
    """The new names of sources whose bytes have another one now, by the old."""

    @property
    def away(self) -> frozenset[str]:
        return (frozenset(self.lost) & self.digests.keys()) - self.closed

    @property
    def is_nothing_new(self) -> bool:
        """Whether every source is as it was, so that none has to be read."""
        unknown = any(not digest and name not in self.lost for name, digest in self.digests.items())
        changed = any(digest and _digest_before(self.before, name) != digest for name, digest in self.digests.items())
        there = {name for name, digest in self.digests.items() if digest}
        spare = named_elsewhere(self.earlier, self.left, there)
        left = any(_digest_before(self.before, name) for name in spare)  # they have none once this was looked into
        return len(self.earlier) > 0 and not (unknown or changed or left) and self.folder.has_duplicates_file

    @property
    def left(self) -> list[str]:
        """The lost sources that are not named any more, and were not kept back."""
        unnamed = (name for name in self.lost if name not in self.digests)
        return [name for name in unnamed if _remembered_send(name, self.before) != "never"]

    def report_of(self, name: str) -> SourceReport:
        return self.before.get(name) or _remembered_report(name, self.earlier)

    def listed(self, known: Iterable[SourceReport], reach: Reach) -> tuple[SourceReport, ...]:
        """The reports of the sources with what review.toml says of them now, each once.

        One whose papers are listed as unnamed is read again when it comes back, since who else was is not known then.
        """
        sources = with_what_is_said(known, self.protocol)
        if not reach.is_bare or self.marks_gone:
            listed = frozenset(self.lost) - self.closed
            sources = [one.model_copy(update={"sha256": ""}) if one.name in listed else one for one in sources]
        return tuple(dict.fromkeys(sources))


def gather(
    folder: Folder,
    protocol: Protocol,
    say: Callable[[str], None],
    *,
    marks_gone: bool = False,
    is_clone: bool = False,
    max_new: int | None = None,
) -> Gathered:
    """Read the sources that changed since the last time and make one corpus of all.

    A source that is not there any more, or that review.toml does not name any more, keeps its papers. One that cannot
    be read is skipped, with a line in the report and one said; SourceError where no source gives a paper.

    What no source names any more is kept and listed, and marked as gone where `marks_gone`; the mark goes in any run
    in which it is named again. In a clone, which never had them, it tells nothing that no source is there. TooManyNew
    where more than `max_new` papers come into a corpus that has some.
    """
    look = _look(folder, protocol, marks_gone=marks_gone)
    if is_clone and not any(look.digests.values()) and not look.closed:
        look = replace(look, marks_gone=False)
    for old, new in look.renamed.items():
        say(f"{new} is what {old} was")
    for name in look.lost:
        if name not in look.renamed:
            say(_why_lost(name, look))
    _say_released(protocol, look.before, say)
    return _as_it_stood(look) if look.is_nothing_new else _read_anew(look, say, max_new)


def _look(folder: Folder, protocol: Protocol, *, marks_gone: bool) -> _Look:
    earlier, report = folder.corpus(), folder.report()
    before = _before(report)
    digests = {source.name: digest_of_source(folder, source) for source in protocol.sources}
    still = {*(report.unnamed if report else ()), *(paper.key for paper in earlier if paper.gone)}
    unread = [source for source in protocol.sources if not digests[source.name]]
    closed = frozenset(source.name for source in unread if is_there(folder.source_file(source)))
    renamed = find_renamed(protocol, digests, before, earlier, closed)
    earlier = under_new_names(earlier, renamed)
    # One that is named still stays known as a source that gives nothing now, so that it is no new one that fails.
    before = {name: _emptied(one) if name in renamed else one for name, one in before.items()}
    lost = _lost(digests, before, earlier)
    closed = closed.intersection(lost)
    return _Look(folder, protocol, earlier, before, frozenset(still), digests, lost, closed, marks_gone, renamed)


def _as_it_stood(look: _Look) -> Gathered:
    known = [look.report_of(name) for name in dict.fromkeys((*look.digests, *look.lost))]
    there = frozenset(look.digests) - look.away
    unread = look.closed | (frozenset(one.name for one in known if one.unread) & there)
    reach = Reach(there - unread, unread, look.away)
    # Of a paper that was named by none before, no source that is as it was can say more now.
    unnamed = find_unnamed(look.earlier, reach, unspoken=look.still, still=look.still, is_strict=look.marks_gone)
    corpus = marked(look.earlier, look.earlier, unnamed, reach, marks_gone=look.marks_gone)
    is_marked = corpus is not look.earlier
    return Gathered(corpus, look.folder.duplicates(), look.listed(known, reach), is_marked, unnamed)


def _read_anew(look: _Look, say: Callable[[str], None], max_new: int | None) -> Gathered:
    readings = [
        read_source(look.folder, one, look.digests[one.name])
        for one in look.protocol.sources
        if one.name not in look.lost
    ]
    records = [record for found, _ in readings for record in found]
    given = [one for _, one in readings]
    unread = frozenset(one.name for one in given if one.unread)
    reach = Reach(frozenset(one.name for one in given) - unread, unread | look.closed, look.away)
    fresh = {record.place.file for record in records}
    records += [record for name in look.lost for record in _remembered(look.earlier, name)]
    sources = look.listed([*given, *map(look.report_of, look.lost)], reach)
    if not records and not len(look.earlier):
        raise SourceError(_why_nothing(sources))
    merged = merge(records, look.earlier)
    merged, left = forgotten(merged, records, look.earlier, lost=look.left, read=reach.read)
    sources = tuple(one for one in sources if one.name not in left)
    _refuse_too_many(merged.corpus, look, max_new)
    for one in given:
        say(in_words(one))
    for name in sorted(left):
        say(f"{name} is not remembered any more: other sources name each of its papers")
    never = {one.name for one in sources if one.send == "never"}
    spoken = {"unspoken": merged.unspoken, "still": look.still}
    unnamed = find_unnamed(merged.corpus, reach, **spoken, is_strict=look.marks_gone)
    corpus = still_private(merged.corpus, look.earlier, fresh, never)
    corpus = marked(corpus, look.earlier, unnamed, reach, marks_gone=look.marks_gone)
    return Gathered(corpus, merged.duplicates, sources, is_new=True, unnamed=unnamed)


def _refuse_too_many(corpus: Corpus, look: _Look, max_new: int | None) -> None:
    new = [paper for paper in corpus if not look.earlier.has(paper.key)]
    if max_new is None or not len(look.earlier) or len(new) <= max_new:
        return
    n_new = Counter(name for paper in new for name in {place.file for place in paper.sources})
    most, n_most = min(n_new.items(), key=lambda one: (-one[1], one[0]))
    is_protocols = max_new == look.protocol.refresh.max_new
    granted = "review.toml lets in" if is_protocols else "--max-new lets in"
    where = " (max_new under [refresh])" if is_protocols else ""
    brings = "all of them" if n_most == len(new) else f"{n_most:,} of them"
    raise TooManyNew(
        f"{count(len(new), 'new paper')}, and {granted} {max_new:,} at once{where}: look at {most}, which brings "
        f"{brings}, or let them in with --max-new {len(new)}; nothing was written"
    )


def _before(report: Report | None) -> dict[str, SourceReport]:
    """What each source gave when it was last read, by name.

    The first format does not say which papers no source names any more, so that all sources are read again.
    """
    known = {source.name: source for source in report.sources} if report else {}
    if report and report.format < 2:
        return {name: source.model_copy(update={"sha256": ""}) for name, source in known.items()}
    return known


def _lost(digests: Mapping[str, str], before: Mapping[str, SourceReport], earlier: Corpus) -> tuple[str, ...]:
    """The sources that gave papers once and are not to be had now."""
    gave = {place.file for paper in earlier for place in paper.sources}
    was_read = {name for name, source in before.items() if not source.unread}
    away = [name for name, digest in digests.items() if not digest and name in gave | was_read]
    return (*away, *sorted(gave - digests.keys()))


def _emptied(source: SourceReport) -> SourceReport:
    return source.model_copy(update={"n_records": 0, "sha256": "", "skipped": ()})


def _why_lost(name: str, look: _Look) -> str:
    if name in look.closed:
        return f"{name} cannot be read now; its papers stay"
    if name in look.digests:
        stay = "its papers stay" if look.report_of(name).n_records else "review.toml still names it"
        return f"{name} is not there any more; {stay}"
    kept_back = ", and are still sent to no model" if _remembered_send(name, look.before) == "never" else ""
    return f"review.toml does not name {name} any more; its papers stay{kept_back}"


def _remembered_send(name: str, before: Mapping[str, SourceReport]) -> Send:
    """What was said last of a source; nothing is sent of one of which nothing is known any more."""
    return before[name].send if name in before else "never"


def send_before(folder: Folder, name: str) -> Send:
    """What was said last of a source that review.toml is to name; a new one may be sent."""
    before = _before(folder.report())
    is_known = name in before or any(place.file == name for paper in folder.corpus() for place in paper.sources)
    return _remembered_send(name, before) if is_known else "full"


def _say_released(protocol: Protocol, before: Mapping[str, SourceReport], say: Callable[[str], None]) -> None:
    for source in protocol.sources:
        if source.send != "never" and source.name in before and before[source.name].send == "never":
            say(f'{source.name} may be sent to a model now: review.toml says send = "{source.send}" of it')


def with_what_is_said(sources: Iterable[SourceReport], protocol: Protocol) -> list[SourceReport]:
    """The sources with what review.toml says of them now; of one that it does not name the last word stands."""
    said = {source.name: source.send for source in protocol.sources}
    return [source.model_copy(update={"send": said.get(source.name, source.send)}) for source in sources]


def _digest_before(before: Mapping[str, SourceReport], name: str) -> str | None:
    return before[name].sha256 if name in before else None


def _remembered(earlier: Corpus, name: str) -> list[Record]:
    """The records of a source that is gone, as the corpus remembers them."""
    return [
        Record(place=place, **paper.model_dump(exclude={"key", "basis", "sources", "aliases", "gone"}))
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
