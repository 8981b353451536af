"""Puts the paragraphs of a dump together as papers: which line is the title of which abstract, and what else."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from agent.sources.kinds import FURNITURE, Kind, count_words, kind_of
from agent.sources.paragraphs import Paragraph
from agent.sources.people import may_be_name

_SECTION = re.compile(
    r"(?:methods?|materials and methods|design|setting|results?|findings|conclusions?|discussion|significance"
    r"|interpretation|implications|data sources)\b[^.]{0,30}:",
    re.IGNORECASE,
)
"""A part of a structured abstract that is not its first."""
_PUBLISHED = re.compile(r"(?:submitted|published|accepted|posted|first published)\b", re.IGNORECASE)
_ASSERTS = re.compile(r"\b(?:we|our|this|these|was|were|has|have|it|here)\b", re.IGNORECASE)
_SHORT_ABSTRACT = 12
"""Words of a sentence that may be a whole abstract."""
_FEWEST = 3
"""Of fewer titles without abstracts, or abstracts of a sentence, nobody makes a dump."""
_META = (Kind.LABELLED, Kind.IDENTIFIER, Kind.DATE)


@dataclass(slots=True, eq=False)
class Unit:
    """A paragraph and what it was taken for."""

    paragraph: Paragraph
    kind: Kind
    is_used: bool = False

    @property
    def text(self) -> str:
        return self.paragraph.text

    def has_label(self, label: str) -> bool:
        return self.paragraph.label == label


@dataclass(slots=True, eq=False)
class Entry:
    """A paper as it comes together."""

    title: Unit | None = None
    abstract: list[Unit] = field(default_factory=list)
    authors: list[Unit] = field(default_factory=list)
    others: list[Unit] = field(default_factory=list)
    """Labelled lines, identifiers and dates."""

    @property
    def units(self) -> list[Unit]:
        title = [self.title] if self.title else []
        return [*title, *self.abstract, *self.authors, *self.others]

    @property
    def position(self) -> int:
        return min(unit.paragraph.position for unit in self.units)


def find_entries(paragraphs: Sequence[Paragraph]) -> tuple[list[Entry], list[Unit]]:
    """The papers in the order of the dump, and what belongs to none of them."""
    units = [Unit(paragraph, kind_of(paragraph)) for paragraph in paragraphs]
    _settle_sentences(units)
    entries = _with_abstracts(units) or _titles_alone(units)
    _give_meta(entries, units)
    _mark_used(entries)
    listed = [Entry(title=unit) for unit in _listed_titles(units, entries)]
    _mark_used(listed)
    entries = sorted([*entries, *listed], key=lambda entry: entry.position)
    return entries, [unit for unit in units if not unit.is_used]


def _mark_used(entries: Iterable[Entry]) -> None:
    for entry in entries:
        for unit in entry.units:
            unit.is_used = True


def _settle_sentences(units: Sequence[Unit]) -> None:
    """Decide what a sentence by itself is: a short abstract, a title with a full stop, the rest of an abstract."""
    telling = [
        unit for unit in units if unit.kind in (Kind.LINE, Kind.SENTENCE, Kind.ABSTRACT) or unit.has_label("title")
    ]
    has_titles = any(unit.kind is Kind.LINE or unit.has_label("title") for unit in telling)
    lengths = [count_words(unit.text) for unit in units if unit.kind is Kind.ABSTRACT]
    if not lengths and not has_titles:
        lengths = _lengths_of_short(telling)
    usual = median(lengths) if lengths else 0.0
    for index, unit in enumerate(telling):
        if unit.kind is not Kind.SENTENCE:
            continue
        before = telling[index - 1] if index else None
        after = telling[index + 1].kind if index + 1 < len(telling) else None
        alternates = index > 1 and telling[index - 2].kind is Kind.ABSTRACT and after in (Kind.LINE, None)
        is_long_enough = alternates or count_words(unit.text) >= max(8, 0.15 * usual)
        if has_titles:
            unit.kind = _settled(unit, before, after, is_long_enough=is_long_enough)
        elif lengths and is_long_enough:
            unit.kind = Kind.ABSTRACT


def _lengths_of_short(sentences: Sequence[Unit]) -> list[float]:
    """How long the abstracts are where each is a sentence between blank lines; nothing where too few are like it."""
    lengths = [count_words(unit.text) for unit in sentences if unit.paragraph.is_after_blank]
    long = [n_words for n_words in lengths if n_words >= _SHORT_ABSTRACT]
    return long if len(long) >= _FEWEST and len(long) > 0.5 * len(sentences) else []


def _settled(unit: Unit, before: Unit | None, after: Kind | None, *, is_long_enough: bool) -> Kind:
    """What a sentence is in a dump with titles, by the telling paragraphs before and after it."""
    is_below_title = before is not None and (before.kind is Kind.LINE or before.has_label("title"))
    if after is Kind.ABSTRACT and not (is_below_title and _ASSERTS.search(unit.text)):
        return Kind.LINE
    if is_below_title:
        return Kind.ABSTRACT if is_long_enough else Kind.SENTENCE
    is_rest = before is not None and before.kind is Kind.ABSTRACT and not unit.paragraph.is_after_blank
    return Kind.ABSTRACT if is_rest else Kind.SENTENCE


def _with_abstracts(units: Sequence[Unit]) -> list[Entry]:
    """A paper for each abstract, with what stands between it and the abstract before."""
    gaps = list(_gaps(units))
    style = _Style.of(gaps)
    entries: list[Entry] = []
    for gap, abstract in gaps:
        if entries and not gap and style.goes_on(entries[-1], abstract):
            entries[-1].abstract.append(abstract)
            continue
        title = style.title_of(gap, abstract)
        is_whole = title is not None or abstract.has_label("abstract") or count_words(abstract.text) >= 30
        if is_whole or not style.is_titled:
            entries.append(_entry(gap, title, abstract))
    return entries


def _gaps(units: Sequence[Unit]) -> Iterable[tuple[list[Unit], Unit]]:
    """Each abstract with the units between it and the one before."""
    gap: list[Unit] = []
    for unit in units:
        if unit.kind is Kind.ABSTRACT:
            yield gap, unit
            gap = []
        else:
            gap.append(unit)


def _entry(gap: Sequence[Unit], title: Unit | None, abstract: Unit) -> Entry:
    entry = Entry(title=title, abstract=[abstract])
    begin = next((index for index, unit in enumerate(gap) if unit is title), -1) + 1
    for unit in gap[begin:]:
        if unit.kind is Kind.NAMES or unit.has_label("authors") or (title and may_be_name(unit.text)):
            entry.authors.append(unit)
        elif unit.kind in _META and (title or unit.kind is not Kind.DATE):
            entry.others.append(unit)
    return entry


@dataclass(frozen=True, slots=True)
class _Style:
    """How this dump writes its papers, told from all of them."""

    is_titled: bool
    has_blank_between: bool
    marks: frozenset[str]
    """`heading`, `number`: what titles bear, if most do."""
    has_many_parts: bool
    """Abstracts of several paragraphs are usual."""
    rare: frozenset[str]
    """Stems that few paragraphs have: those that share one speak of the same work."""

    @classmethod
    def of(cls, gaps: Sequence[tuple[list[Unit], Unit]]) -> "_Style":
        titles = [[unit for unit in gap if unit.kind is Kind.LINE or unit.has_label("title")] for gap, _ in gaps]
        n_titled = sum(1 for units in titles if units)
        n_headed = sum(any(unit.paragraph.is_heading for unit in units) for units in titles)
        n_numbered = sum(any(unit.paragraph.is_numbered for unit in units) for units in titles)
        n_after_blank = sum(abstract.paragraph.is_after_blank or bool(gap) for gap, abstract in gaps)
        seen = Counter(stem for _, abstract in gaps for stem in _stems(abstract.text))
        marks = {"heading": n_headed, "number": n_numbered}
        return cls(
            is_titled=n_titled > 0.2 * len(gaps),
            has_blank_between=n_after_blank > 0.5 * len(gaps),
            marks=frozenset(mark for mark, n in marks.items() if n_titled and n >= 0.6 * n_titled),
            has_many_parts=sum(not gap for gap, _ in gaps) >= 0.2 * len(gaps),
            rare=frozenset(stem for stem, n in seen.items() if n <= max(2, len(gaps) // 100)),
        )

    def goes_on(self, entry: Entry, unit: Unit) -> bool:
        """Whether a paragraph right after an abstract is the rest of it."""
        if unit.has_label("abstract"):
            return False
        if _SECTION.match(unit.text) or (self.has_blank_between and not unit.paragraph.is_after_blank):
            return True
        if not self.is_titled:
            return False
        shared = _stems(unit.text) & _stems(" ".join(part.text for part in entry.abstract))
        return self.has_many_parts or any(stem in self.rare for stem in shared)

    def title_of(self, gap: Sequence[Unit], abstract: Unit) -> Unit | None:
        """The line that is the abstract's title: the nearest, unless an earlier one has more to do with it."""
        labelled = [unit for unit in gap if unit.has_label("title") and unit.text]
        if labelled:
            return labelled[-1]
        lines = [unit for unit in gap if unit.kind is Kind.LINE or _is_disguised(unit, abstract)]
        marked = [unit for unit in lines if self._is_marked(unit.paragraph)]
        if marked:
            return marked[-1]
        related = [unit for unit in lines if _overlap(unit.text, abstract.text) > 0]
        if not lines or not (related or self.is_titled):
            return None
        if not related or related[-1] is lines[-1]:
            return lines[-1]
        strong = [unit for unit in related if _overlap(unit.text, abstract.text) >= 0.3 and count_words(unit.text) >= 3]
        if strong:
            return strong[-1]
        return related[-1] if may_be_name(lines[-1].text) or count_words(lines[-1].text) <= 3 else lines[-1]

    def _is_marked(self, paragraph: Paragraph) -> bool:
        return ("heading" in self.marks and paragraph.is_heading) or ("number" in self.marks and paragraph.is_numbered)


def _is_disguised(unit: Unit, abstract: Unit) -> bool:
    """Whether what looks like names or an invitation speaks of the same as the abstract: a title after all."""
    if unit.kind not in (Kind.CALL, Kind.NAMES, Kind.SENTENCE, Kind.NOTICE) or count_words(unit.text) < 3:
        return False
    return _overlap(unit.text, abstract.text) >= 0.4


def _overlap(text: str, other: str) -> float:
    """The share of a text's longer words that another has, too, in any form: titles share words with abstracts."""
    stems = _stems(text)
    return len(stems & _stems(other)) / len(stems) if stems else 0.0


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[^\W\d_]{4,}", text.lower())}


def _give_meta(entries: Sequence[Entry], units: Sequence[Unit]) -> None:
    """Give labelled lines and identifiers outside of title and abstract to the paper they go with.

    Where a dump begins with such a line, each paper begins with one like it; else they follow their paper.
    """
    owner = {unit: entry for entry in entries for unit in entry.units}
    first = _first_shape(owner, units)
    before: Entry | None = None
    waiting: list[Unit] = []
    for unit in units:
        if unit in owner:
            before = owner[unit]
            before.others += waiting
            waiting = []
        elif unit.kind not in _META or unit.has_label("title"):
            continue
        elif unit.kind is not Kind.DATE and (waiting or _shape(unit) == first):
            waiting.append(unit)
        elif before and not waiting and (unit.kind is not Kind.DATE or _PUBLISHED.match(unit.text)):
            before.others.append(unit)


def _first_shape(owner: dict[Unit, Entry], units: Sequence[Unit]) -> tuple[str | None, bool, str] | None:
    """What the line looks like that stands before the first paper; None where none does."""
    for unit in units:
        if unit in owner and unit not in owner[unit].others:
            return None
        if unit.kind in (Kind.LABELLED, Kind.IDENTIFIER):
            return _shape(unit)
    return None


def _shape(unit: Unit) -> tuple[str | None, bool, str]:
    head = re.match(r"[^\W\d_]*", unit.text)
    return unit.paragraph.label, unit.paragraph.is_numbered, "" if unit.paragraph.label or not head else head.group()


def _titles_alone(units: Sequence[Unit]) -> list[Entry]:
    """A list of titles without any abstract: papers all the same, of which only the title is known."""
    titles = [
        unit for unit in units if unit.has_label("title") or (unit.kind is Kind.LINE and count_words(unit.text) >= 4)
    ]
    if len(titles) < _FEWEST or len(titles) * 2 < sum(1 for unit in units if unit.kind not in FURNITURE):
        return []
    # A title may be two words long; where most lines are titles, one that is marked as they are is one, too.
    marks = {_mark(unit) for unit in titles}
    short = [unit for unit in units if unit.kind is Kind.LINE and unit not in titles and unit.text[-1] != ":"]
    return [Entry(title=unit) for unit in (*titles, *(unit for unit in short if _mark(unit) in marks))]


def _mark(unit: Unit) -> tuple[str | None, bool, bool]:
    return unit.paragraph.label, unit.paragraph.is_numbered, unit.paragraph.is_heading


def _listed_titles(units: Sequence[Unit], entries: Sequence[Entry]) -> list[Unit]:
    """Titles without an abstract that are marked as such: by a label, or numbered as other papers' titles are."""
    are_numbered = any(entry.title and entry.title.paragraph.is_numbered for entry in entries)
    found = []
    for unit in units:
        is_numbered = are_numbered and unit.paragraph.is_numbered and unit.kind is Kind.LINE
        if not unit.is_used and unit.text and (unit.has_label("title") or (is_numbered and count_words(unit.text) > 2)):
            found.append(unit)
    return found
