"""The survey as it is to be read, the same for every format: every claim, table and paper in its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from agent.draft import (
    COLUMNS,
    Cell,
    Citation,
    Claim,
    Finding,
    Outcome,
    Paragraph,
    Part,
    Passage,
    Row,
    Section,
    Verdict,
)
from agent.papers import digest_of
from agent.question import Answer
from agent.render.anchors import (
    ACROSS,
    INTRODUCTION,
    MISSING,
    QUESTIONS,
    Anchors,
    claim_anchor,
    part_anchor,
    section_anchor,
)
from agent.render.asked import NOT_SAID, extent_sentence, heading, limits, titled
from agent.render.printed import NOT_SENT, SIGNS, Chapter, Mark, Prose, Sentence, Stretch, Table, TableCell, TableRow
from agent.render.survey import Survey
from agent.review import BUILT_IN
from agent.suspicion import TextFinding
from agent.wording import count

_ABOUT_QUESTIONS = "Questions put to these papers, answered from them and nothing else."
_QUOTE = "its words"


class Edition:
    """A survey with everything in its place and nothing yet in a format."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._anchors = Anchors()
        self.chapters = tuple(chapter for chapter in self._chapters() if not chapter.is_empty)

    @cached_property
    def mentions(self) -> dict[str, list[tuple[Sentence, Mark]]]:
        """By key, every claim that names the paper, in the order of reading; those over all sections among them."""
        found: dict[str, list[tuple[Sentence, Mark]]] = {}
        for sentence in self.sentences:
            for mark in sentence.marks:
                found.setdefault(mark.key, []).append((sentence, mark))
        return found

    @property
    def sentences(self) -> Iterator[Sentence]:
        for chapter in self.chapters:
            yield from chapter.sentences

    @property
    def uncited(self) -> Mapping[str, str]:
        """Papers that no claim of a section cites, each with why; every other paper counts as cited."""
        return self.survey.report.uncited

    @cached_property
    def not_sent(self) -> frozenset[str]:
        """The papers of which the model that made the rest is told nothing."""
        return frozenset(self.survey.report.kept_apart)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.survey.report.findings

    @property
    def spoken(self) -> tuple[TextFinding, ...]:
        """Words that are meant for a model and not for a reader, in papers and in the taxonomy."""
        return (*self.survey.report.paper_findings, *self.survey.report.taxonomy_findings)

    @property
    def dropped(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.DROPPED)

    @cached_property
    def verdicts(self) -> tuple[Verdict | None, ...]:
        """Those that a sentence shows, in the order of the legend."""
        given = {sentence.verdict for sentence in self.sentences if sentence.shows_verdict}
        return tuple(verdict for verdict in SIGNS if verdict in given)

    @cached_property
    def has_by_hand(self) -> bool:
        """Whether a person wrote or changed a sentence."""
        return any(sentence.by_hand for sentence in self.sentences)

    @cached_property
    def has_unverified(self) -> bool:
        """Whether words are given somewhere that are not in their paper."""
        marks = (mark for sentence in self.sentences for mark in sentence.marks)
        tables = (stretch.table for chapter in self.chapters for stretch in chapter.stretches if stretch.table)
        cells = (cell for table in tables for row in table.rows for cell in row.cells)
        return any(not mark.quote for mark in marks) or any(cell.is_unverified for cell in cells)

    @cached_property
    def has_idle(self) -> bool:
        """Whether a paper is cited that does not bear on its claim."""
        return any(mark.bears is False for sentence in self.sentences for mark in sentence.marks)

    @cached_property
    def section_anchors(self) -> dict[str, str]:
        """Where each top category is written about."""
        return {chapter.category: chapter.anchor for chapter in self.chapters if chapter.category is not None}

    def _chapters(self) -> Iterator[Chapter]:
        draft = self.survey.draft
        yield from self._chapter(INTRODUCTION, draft.introduction)
        for section in draft.sections:
            yield self._section(section)
        yield from self._chapter(ACROSS, draft.synthesis)
        yield from self._chapter(MISSING, draft.gaps)
        if self.survey.answers:
            anchor = self._anchors.name(QUESTIONS)
            stretches = tuple(stretch for answer in self.survey.answers for stretch in self._answer(answer))
            yield Chapter(anchor, QUESTIONS, stretches, _ABOUT_QUESTIONS, is_appendix=True)

    def _chapter(self, title: str, passage: Passage | None) -> Iterator[Chapter]:
        if passage is not None:
            anchor = self._anchors.name(title)
            yield Chapter(anchor, title, (self._stretch(anchor, None, passage),))

    def _answer(self, answer: Answer) -> Iterator[Stretch]:
        """The answer under its question, then all papers that a question over the whole corpus found."""
        anchor, over = self._anchors.name(f"question-{answer.id}"), heading(answer)
        written = self._stretch(anchor, None, answer.passage)
        yield replace(
            written,
            heading=over,
            table=self._table(answer.passage.rows, answer.columns) if answer.columns else None,
            counted=tuple(_of_answer(answer)),
            since=_since(answer, len(self.survey.corpus)),
            left_open=answer.missing or "",
        )
        if answer.listed:
            rows = [Row(key=key, cells={_QUOTE: Cell(text=quote, quote=quote)}) for key, quote in answer.listed.items()]
            table = replace(self._table(rows, (_QUOTE,)), title="The papers that say so")
            yield Stretch(self._anchors.name(f"papers-{answer.id}"), None, (), table)

    def _section(self, section: Section) -> Chapter:
        anchor = self._anchors.name(section_anchor(section.id))
        parts = section.in_order
        stretches = [self._stretch(anchor, None, section.opening)] if section.opening else []
        stretches += [self._stretch(self._anchors.name(part_anchor(p.id)), self._heading(section, p), p) for p in parts]
        papers = dict.fromkeys(key for part in parts for key in (*part.papers, *(row.key for row in part.rows)))
        known = tuple(key for key in papers if self.survey.corpus.has(key))
        return Chapter(anchor, section.name, tuple(stretches), section.definition, section.id, known)

    def _heading(self, section: Section, part: Part) -> str | None:
        """What stands over a part, with a mark where its papers are not sent to a model."""
        heading = self._own_heading(section, part)
        if not self._is_kept_apart(part):
            return heading
        alike = [one.id for one in section.in_order if self._is_kept_apart(one)]
        alike = [id_ for id_ in alike if section.headings.get(id_) == heading]
        mark = f"{NOT_SENT}, {alike.index(part.id) + 1} of {len(alike)}" if len(alike) > 1 else NOT_SENT
        return f"{heading} ({mark})" if heading else mark.capitalize()

    def _is_kept_apart(self, part: Part) -> bool:
        return part.made.is_built_in and not self.not_sent.isdisjoint(part.papers)

    def _own_heading(self, section: Section, part: Part) -> str | None:
        if part.id in section.headings:
            return section.headings[part.id]
        if len(section.parts) == 1:
            return None
        names = {category.id: category.name for category, _ in self.survey.taxonomy.walk()}
        return names.get(part.category, part.category) if part.category != section.id else None

    def _stretch(self, anchor: str, heading: str | None, passage: Passage) -> Stretch:
        paragraphs = tuple(self._prose(paragraph, passage) for paragraph in passage.paragraphs if paragraph.claims)
        rows = passage.rows if isinstance(passage, Part) else ()
        given = {column for row in rows for column in row.cells}
        columns = (*(column for column in COLUMNS if column in given), *sorted(given.difference(COLUMNS)))
        table = self._table(rows, columns) if rows else None
        return Stretch(anchor, heading, paragraphs, table)

    def _prose(self, paragraph: Paragraph, passage: Passage) -> Prose:
        return Prose(paragraph.heading, tuple(self._sentence(claim, passage) for claim in paragraph.claims))

    def _sentence(self, claim: Claim, passage: Passage) -> Sentence:
        anchor = self._anchors.name(claim_anchor(claim, passage))
        marks = tuple(self._mark(citation) for citation in claim.citations)
        return Sentence(anchor, claim.text, marks, claim.verdict, by_hand=claim.by_hand)

    def _mark(self, citation: Citation) -> Mark:
        number = self.survey.numbers.get(citation.key)
        return Mark(
            key=citation.key,
            number=number,
            anchor=f"q{number}-{digest_of(citation.quote)[:8]}",
            quote=citation.quote,
            where=citation.where,
            start=citation.start,
            bears=citation.supports,
        )

    def _table(self, given: Iterable[Row], columns: tuple[str, ...]) -> Table:
        rows = []
        for row in given:
            paper = self.survey.corpus.paper(row.key) if self.survey.corpus.has(row.key) else None
            cells = (row.cells.get(column, Cell()) for column in columns)
            rows.append(
                TableRow(
                    key=row.key,
                    number=self.survey.numbers.get(row.key),
                    name=self.survey.name(row.key) if paper else None,
                    year=paper.year if paper else None,
                    cells=tuple(TableCell(cell.text or "", cell.quote) for cell in cells),
                )
            )
        return Table(columns, tuple(rows), has_years=any(row.year is not None for row in rows))


def _of_answer(answer: Answer) -> Iterator[str]:
    """What the program says of an answer, in sentences."""
    if not answer.answered:
        yield NOT_SAID
    if titled(answer) != heading(answer):
        yield f"The whole question: {titled(answer)}"
    yield f"{extent_sentence(answer)}."
    if answer.made.model:
        model = f"the built-in model ({BUILT_IN})" if answer.made.is_built_in else answer.made.model
        yield f"Answered by {model}{f' on {answer.made.day}' if answer.made.day else ''}."


def _since(answer: Answer, n_papers: int) -> str:
    """How many papers there were when it was answered, where that is not how many there are; else nothing."""
    is_of_all = not limits(answer.scope)
    return (
        f"The corpus had {count(answer.extent.n_papers, 'paper')} then."
        if is_of_all and answer.extent.n_papers != n_papers
        else ""
    )
