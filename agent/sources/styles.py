"""Tells how a dump writes its papers: with titles or without, how titles are marked, how abstracts are cut."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent.sources.kinds import Kind, count_words
from agent.sources.people import may_be_name
from agent.sources.units import Unit, has_label, overlap, stems

_SECTION = re.compile(
    r"(?:background|introduction|objectives?|aims?|purpose|methods?|materials and methods|design|setting|results?"
    r"|findings|conclusions?|discussion|significance|interpretation|implications|data sources|importance)"
    r"\b[^.]{0,30}[:.\n]",
    re.IGNORECASE,
)
_SECTION_OPENS = re.compile(r"background|introduction|objective|aim|purpose|importance", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
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
    def of(cls, gaps: Sequence[tuple[list[Unit], Unit]]) -> "Style":
        lines = [[unit for unit in gap if unit.kind is Kind.LINE] for gap, _ in gaps]
        labelled = [any(has_label(unit, "title") for unit in gap) for gap, _ in gaps]
        n_titled = sum(1 for gap_lines, is_labelled in zip(lines, labelled, strict=True) if gap_lines or is_labelled)
        n_headed = sum(any(unit.paragraph.is_heading for unit in gap) for gap in lines)
        n_numbered = sum(any(unit.paragraph.is_numbered for unit in gap) for gap in lines)
        n_after_blank = sum(abstract.paragraph.is_after_blank or bool(gap) for gap, abstract in gaps)
        seen = Counter(stem for _, abstract in gaps for stem in stems(abstract.text))
        marks = {"heading": n_headed, "number": n_numbered}
        return cls(
            is_titled=n_titled > 0.2 * len(gaps),
            has_blank_between=n_after_blank > 0.5 * len(gaps),
            has_many_parts=sum(not gap for gap, _ in gaps) >= 0.2 * len(gaps),
            rare=frozenset(stem for stem, n in seen.items() if n <= max(2, len(gaps) // 100)),
            marks=frozenset(mark for mark, n in marks.items() if n_titled and n >= 0.6 * n_titled),
        )

    def goes_on(self, parts: Sequence[Unit], unit: Unit) -> bool:
        """Whether a paragraph right after these of an abstract is the rest of it."""
        if has_label(unit, "abstract"):
            return False
        if _SECTION.match(unit.text) and not _SECTION_OPENS.match(unit.text):
            return True
        if self.has_blank_between and not unit.paragraph.is_after_blank:
            return True
        if not self.is_titled:
            return False
        shared = stems(unit.text) & stems(" ".join(part.text for part in parts))
        return self.has_many_parts or any(stem in self.rare for stem in shared)

    def title_of(self, gap: Sequence[Unit], abstract: Unit) -> Unit | None:
        """The line that is the abstract's title: the nearest, unless it has nothing to do with the abstract."""
        labelled = [unit for unit in gap if has_label(unit, "title") and unit.text]
        if labelled:
            return labelled[-1]
        lines = [unit for unit in gap if unit.kind is Kind.LINE or _is_disguised(unit, abstract)]
        marked = [unit for unit in lines if self._is_marked(unit)]
        if marked:
            return marked[-1]
        related = [unit for unit in lines if overlap(unit.text, abstract.text) > 0]
        if not lines or not (related or self.is_titled):
            return None
        nearest = lines[-1]
        if not related or related[-1] is nearest:
            return nearest
        is_doubtful = may_be_name(nearest.text) or count_words(nearest.text) <= 3
        strong = [unit for unit in related if overlap(unit.text, abstract.text) >= 0.3 and count_words(unit.text) >= 3]
        return (strong or related)[-1] if is_doubtful else nearest if not strong else strong[-1]

    def _is_marked(self, unit: Unit) -> bool:
        paragraph = unit.paragraph
        return ("heading" in self.marks and paragraph.is_heading) or ("number" in self.marks and paragraph.is_numbered)


def _is_disguised(unit: Unit, abstract: Unit) -> bool:
    """Whether a line like names or an invitation speaks of the same as the abstract: a title after all."""
    if unit.kind not in (Kind.CALL, Kind.NAMES, Kind.SENTENCE) or count_words(unit.text) < 3:
        return False
    return overlap(unit.text, abstract.text) >= 0.4
