"""The parts of sections: what comes of each call that writes one whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agent.answers import PassageAnswer, RowAnswer, SectionAnswer, later
from agent.claims import claims_of
from agent.draft import COLUMNS, Cell, Paragraph, Part, Passage, Row
from agent.fields import CardedPaper
from agent.llm.client import Client
from agent.papers import Paper
from agent.review import Card, Unanswered
from agent.write.cut import Plan


def stands(part: Part | None, wanted: Plan, model: str) -> bool:
    """Whether a part need not be touched; what a person changed of the built-in model's stays."""
    return part is not None and part.made.inputs == wanted.inputs and not gives_way(part, model)


def gives_way(passage: Passage, model: str) -> bool:
    """Whether it is to be written anew by this model, since the built-in one wrote it and no person changed it."""
    return passage.made.gives_way_to(model) and not passage.is_edited and not passage.is_by_hand


def write_parts(plans: Sequence[Plan], client: Client) -> tuple[list[Part], list[Unanswered]]:
    """The parts of these plans, in their order; a paper that a part forgot is asked for once more.

    A part whose forgotten papers stay unanswered is there, but does not stand: the next run asks again.
    """
    rows = [{"question": p.question, "category": p.top, "child": p.child, "papers": p.papers} for p in plans]
    kinds = [later(SectionAnswer, _keys(p.papers)) for p in plans]
    parts: dict[str, Part] = {}
    unanswered, forgetful = [], []
    for wanted, answer in zip(plans, client.ask_all("write_section", kinds, rows), strict=True):
        if isinstance(answer, Unanswered):
            unanswered.append(answer.about(wanted.id))
            continue
        parts[wanted.id] = part = _part(wanted, answer)
        if forgotten := uncited(wanted.papers, part):
            forgetful.append(Forgetful(part, wanted, forgotten))
    for one, whole in zip(forgetful, with_missing(forgetful, client), strict=True):
        if isinstance(whole, Unanswered):
            unanswered.append(whole)
            made = one.part.made.model_copy(update={"inputs": ""})
            parts[one.part.id] = one.part.model_copy(update={"made": made})
        else:
            parts[one.part.id] = whole
    return list(parts.values()), unanswered


@dataclass(frozen=True)
class Forgetful:
    """A part that does not cite all that it should."""

    part: Part
    wanted: Plan
    forgotten: tuple[CardedPaper, ...]


def uncited(entries: Iterable[CardedPaper], part: Part) -> tuple[CardedPaper, ...]:
    """Those papers that no claim of a part cites with words of theirs."""
    cited = {citation.key for claim in part.claims for citation in claim.citations if citation.quote}
    return tuple(entry for entry in entries if entry.paper.key not in cited)


def with_missing(parts: Sequence[Forgetful], client: Client) -> list[Part | Unanswered]:
    """Each part with claims on the papers it forgot."""
    rows = [{"category": one.wanted.top, "papers": one.forgotten} for one in parts]
    kinds = [later(PassageAnswer, _keys(one.forgotten)) for one in parts]
    whole: list[Part | Unanswered] = []
    for one, answer in zip(parts, client.ask_all("write_missing", kinds, rows), strict=True):
        if isinstance(answer, Unanswered):
            whole.append(answer.about(one.wanted.id))
            continue
        claims = claims_of(answer.claims, _by_key(one.wanted.papers), answer.made)
        more = (Paragraph(claims=claims),) if claims else ()
        whole.append(one.part.model_copy(update={"paragraphs": (*one.part.paragraphs, *more)}))
    return whole


def _part(wanted: Plan, answer: SectionAnswer[str]) -> Part:
    papers = _by_key(wanted.papers)
    paragraphs = []
    for paragraph in answer.paragraphs:
        claims = claims_of(paragraph.claims, papers, answer.made)
        if claims:
            heading = " ".join((paragraph.heading or "").split()) or None
            paragraphs.append(Paragraph(heading=heading, claims=claims))
    return Part(
        id=wanted.id,
        category=(wanted.child or wanted.top).id,
        papers=tuple(papers),
        paragraphs=tuple(paragraphs),
        rows=rows_of(wanted.papers, answer.rows),
        told=wanted.told,
        made=answer.made.model_copy(update={"inputs": wanted.inputs}),
    )


def rows_of(entries: Iterable[CardedPaper], answers: Iterable[RowAnswer[str]]) -> tuple[Row, ...]:
    """A row for each paper; what the answer left out is taken from the card, whose quotes are known to stand."""
    given = {row.key: row for row in reversed(list(answers))}
    rows = []
    for entry in entries:
        row = given.get(entry.paper.key)
        cells = _card_cells(entry.card) if row is None else {name: _cell(getattr(row, name)) for name in COLUMNS}
        rows.append(Row(key=entry.paper.key, cells=cells))
    return tuple(rows)


def _cell(answer: Any) -> Cell:  # noqa: ANN401  (read by name, one of COLUMNS)
    return Cell(text=" ".join(answer.text.split()), quote=answer.quote) if answer else Cell()


def _card_cells(card: Card) -> dict[str, Cell]:
    quotes = {quote.field: quote.text for quote in card.quotes}
    source = {"setting": "problem", "idea": "approach", "evidence": "result"}
    return {
        column: Cell(text=card.facts[fact], quote=quotes[fact]) if fact in quotes else Cell()
        for column, fact in source.items()
    }


def _keys(entries: Iterable[CardedPaper]) -> tuple[str, ...]:
    return tuple(entry.paper.key for entry in entries)


def _by_key(entries: Iterable[CardedPaper]) -> dict[str, Paper]:
    return {entry.paper.key: entry.paper for entry in entries}
