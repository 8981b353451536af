"""The parts of sections: how the corpus is cut into calls, and what comes of each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.answers import PassageAnswer, RowAnswer, SectionAnswer, later
from agent.claims import claims_of
from agent.draft import COLUMNS, Cell, Paragraph, Part, Row
from agent.fields import CardedPaper
from agent.llm.client import Client
from agent.papers import Corpus, Paper, digest_of
from agent.review import Card, Category, Taxonomy, Unanswered

NOT_SENT = "!not-sent"
"""Ends the id of a part whose papers are sent to no server."""


@dataclass(frozen=True)
class Plan:
    """What one call is to write: a section, or the part of one that its papers belong to."""

    id: str
    top: Category
    child: Category | None
    papers: tuple[CardedPaper, ...]
    question: str | None

    @property
    def inputs(self) -> str:
        """Names the papers' texts and cards, and the question; a part made from the same is not written again.

        The category's name and definition are left out: a rename rewrites nothing.
        """
        papers = [[entry.paper.key, entry.paper.digest, entry.card.digest] for entry in self.papers]
        return digest_of([self.question, papers])


def plan(
    corpus: Corpus,
    cards: Mapping[str, Card],
    taxonomy: Taxonomy,
    *,
    papers_per_call: int,
    question: str | None = None,
    private: Collection[str] = (),
) -> list[Plan]:
    """Cut the corpus into calls, in the order of the taxonomy.

    A category with more papers than a call should carry is cut by child, and a child by the bits of the hash of the
    keys: one paper more changes the part it falls in, and no other. Papers known by title alone are left out. Private
    papers are cut the same way among themselves, and the others as if these were not there.
    """
    plans = []
    for top in taxonomy.categories:
        ids = {top.id, *(child.id for child in top.children)}
        entries = [
            CardedPaper(paper=paper, card=cards[paper.key])
            for paper in corpus
            if paper.key in cards and cards[paper.key].category in ids and paper.basis == "abstract"
        ]
        kept_back = [entry for entry in entries if entry.paper.key in private]
        sent = [entry for entry in entries if entry.paper.key not in private] if kept_back else entries
        for id_, child, share in _cut(top, sent, papers_per_call):
            plans.append(Plan(id_, top, child, share, question))
        for id_, child, share in _cut(top, kept_back, papers_per_call):
            plans.append(Plan(f"{id_}{NOT_SENT}", top, child, share, question))
    return plans


_Share = tuple[str, Category | None, tuple[CardedPaper, ...]]
"""The id of a part, the child whose papers it holds, and these."""


def _cut(top: Category, entries: Sequence[CardedPaper], size: int) -> list[_Share]:
    """These papers of a top category in shares of at most so many."""
    if len(entries) <= size:
        return [(top.id, None, tuple(entries))] if entries else []
    shares: list[_Share] = []
    for category in (top, *top.children):
        own = [entry for entry in entries if entry.card.category == category.id]
        child = category if category is not top else None
        id_ = f"{top.id}/{category.id}" if child or top.children else top.id
        shares += [(f"{id_}{bits}", child, share) for bits, share in _halved(own, size)]
    return shares


def _halved(entries: Sequence[CardedPaper], size: int, bits: str = "") -> list[tuple[str, tuple[CardedPaper, ...]]]:
    """Shares of at most `size` by the leading bits of the key's hash; each under a name like `~01`."""
    if not entries:
        return []
    if len(entries) <= size or len(bits) == 63:
        return [(f"~{bits}" if bits else "", tuple(entries))]
    sides: dict[str, list[CardedPaper]] = {"0": [], "1": []}
    for entry in entries:
        sides[f"{int(digest_of(entry.paper.key), 16):064b}"[len(bits)]].append(entry)
    return [share for bit, side in sides.items() for share in _halved(side, size, bits + bit)]


def stands(part: Part | None, wanted: Plan, model: str) -> bool:
    """Whether a part need not be written again; what a person edited of the built-in model's stays."""
    if part is None or part.made.inputs != wanted.inputs:
        return False
    return part.is_edited or not part.made.gives_way_to(model)


def write_parts(plans: Sequence[Plan], client: Client) -> tuple[list[Part], list[Unanswered]]:
    """The parts of these plans, in their order; a paper that a part forgot is asked for once more.

    A part whose forgotten papers stay unanswered is there, but does not stand: the next run asks again.
    """
    rows = [{"question": p.question, "category": p.top, "child": p.child, "papers": p.papers} for p in plans]
    kinds = [later(SectionAnswer, _keys(p.papers)) for p in plans]
    parts, unanswered = [], []
    for wanted, answer in zip(plans, client.ask_all("write_section", kinds, rows), strict=True):
        if isinstance(answer, Unanswered):
            unanswered.append(answer.about(wanted.id))
        else:
            parts.append(_part(wanted, answer))
    by_id = {wanted.id: wanted for wanted in plans}
    forgetful = [part for part in parts if _forgotten(by_id[part.id], part)]
    whole = _with_forgotten([by_id[part.id] for part in forgetful], forgetful, client, unanswered)
    return [whole.get(part.id, part) for part in parts], unanswered


def _with_forgotten(
    plans: Sequence[Plan], parts: Sequence[Part], client: Client, unanswered: list[Unanswered]
) -> dict[str, Part]:
    """The parts with claims on the papers they forgot, by id."""
    forgotten = [_forgotten(wanted, part) for wanted, part in zip(plans, parts, strict=True)]
    rows = [{"category": wanted.top, "papers": entries} for wanted, entries in zip(plans, forgotten, strict=True)]
    kinds = [later(PassageAnswer, _keys(entries)) for entries in forgotten]
    whole = {}
    answers = client.ask_all("write_missing", kinds, rows)
    for wanted, part, answer in zip(plans, parts, answers, strict=True):
        if isinstance(answer, Unanswered):
            unanswered.append(answer.about(wanted.id))
            made = part.made.model_copy(update={"inputs": ""})
            whole[part.id] = part.model_copy(update={"made": made})
            continue
        claims = claims_of(answer.claims, _by_key(wanted.papers), answer.made)
        more = (Paragraph(claims=claims),) if claims else ()
        whole[part.id] = part.model_copy(update={"paragraphs": (*part.paragraphs, *more)})
    return whole


def _forgotten(wanted: Plan, part: Part) -> tuple[CardedPaper, ...]:
    cited = {citation.key for claim in part.claims for citation in claim.citations if citation.quote}
    return tuple(entry for entry in wanted.papers if entry.paper.key not in cited)


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
        rows=tuple(_rows(wanted, answer.rows)),
        made=answer.made.model_copy(update={"inputs": wanted.inputs}),
    )


def _rows(wanted: Plan, answers: Iterable[RowAnswer[str]]) -> list[Row]:
    """A row for each paper; what the answer left out is taken from the card, whose quotes are known to stand."""
    given = {row.key: row for row in reversed(list(answers))}
    rows = []
    for entry in wanted.papers:
        row = given.get(entry.paper.key)
        cells = _card_cells(entry.card) if row is None else {name: _cell(getattr(row, name)) for name in COLUMNS}
        rows.append(Row(key=entry.paper.key, cells=cells))
    return rows


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
