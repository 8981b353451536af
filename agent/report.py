"""The state of a review in figures: a function of its files and sources, with no clock and no cost in it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import Field

from agent.draft import Draft, Finding, Part, Passage, Tally
from agent.papers import Corpus, Frozen, Skipped, is_nothing
from agent.question import Answer
from agent.review import BUILT_IN, Card, Send, Shape, Taxonomy, Unanswered
from agent.suspicion import TextFinding, suspicions, suspicions_in

FORMAT = 2
"""Of the files of a review, as this version writes them."""


class SourceReport(Frozen):
    """What one source gave."""

    name: str
    sha256: str
    """Of the file as it was read; the same file is not read again. Empty where it was not there any more, or not named,
    when its papers were listed as unnamed: it is read again when it comes back."""
    n_records: int
    send: Send = "full"
    """What review.toml says of it, or said last where it does not name it any more."""
    skipped: tuple[Skipped, ...] = ()

    @property
    def unread(self) -> str | None:
        """Why the whole file was skipped; None where it was read."""
        return next((one.why for one in self.skipped if one.position is None), None)


class Report(Frozen):
    """What stands, what is missing and why, and how the citations stood up."""

    program: str
    """The version of conspectus that wrote it."""
    format: int = 1
    """Of the files of the review: see FORMAT. Those of the first one do not say it."""
    models: tuple[str, ...] = ()
    """Every model that made something of what stands, as the servers named them."""
    note: str | None = None
    sources: tuple[SourceReport, ...] = ()
    n_identified: int = 0
    """Records behind the papers, those of sources that are gone included."""
    n_duplicates_removed: int = 0
    n_papers: int = 0
    n_without_abstract: int = 0
    not_sent: tuple[str, ...] = ()
    """Papers of which no model's server is sent a word, by key: a source of theirs says `send = "never"`."""
    papers_by_year: dict[int, int] = Field(default_factory=dict)
    papers_by_category: dict[str, int] = Field(default_factory=dict)
    """By the id of the top category."""
    n_cards: int = 0
    n_facts: int = 0
    unquoted: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Facts whose quote is not in the paper, by key."""
    n_claims: int = 0
    n_citations: int = 0
    n_by_hand: int = Field(default=0, exclude_if=is_nothing)
    """Claims that a person wrote or changed."""
    n_cited: int = 0
    """Papers that a printed claim cites."""
    uncited: dict[str, str] = Field(default_factory=dict)
    """The others, each with why."""
    drafted: Tally = Tally()
    printed: Tally = Tally()
    findings: tuple[Finding, ...] = ()
    paper_findings: tuple[TextFinding, ...] = ()
    """Text of papers that speaks to a model; no paper is left out for it."""
    taxonomy_findings: tuple[TextFinding, ...] = ()
    """The same of the taxonomy, which stands among the instructions of later calls."""
    n_answers_kept: int = Field(default=0, exclude_if=is_nothing)
    """Answers that are printed with the survey."""
    answers_withheld: dict[str, str] = Field(default_factory=dict, exclude_if=is_nothing)
    """Kept ones that are not printed, by question, each with why."""
    unnamed: tuple[str, ...] = Field(default=(), exclude_if=is_nothing)
    """Papers that no source names any more, by key; a refresh marks them."""
    taxonomies: dict[str, Shape] = Field(default_factory=dict, exclude_if=is_nothing)
    """What each taxonomy was like under which a card that stands was made, by the digest that the card has of it; and,
    as `last`, what that of the last run was like."""
    proposed: tuple[str, ...] = Field(default=(), exclude_if=is_nothing)
    """Papers that fit nowhere, and for which a change of the taxonomy was proposed; that it was declined is told by
    taxonomy.patch, which does not name them any more."""
    unanswered: tuple[Unanswered, ...] = ()
    protocol_of_judgement: str = ""
    """Who judged what, in a sentence."""

    @property
    def kept_apart(self) -> tuple[str, ...]:
        """The papers not sent, where a server's model made something of the others; else nothing tells them apart."""
        return self.not_sent if any(model != BUILT_IN for model in self.models) else ()

    @property
    def coverage(self) -> float | None:
        """The share of papers that a claim cites; None without papers."""
        return self.n_cited / self.n_papers if self.n_papers else None


@dataclass(frozen=True)
class Kept:
    """The answers that are kept, parted into those that may be printed and the others."""

    printed: tuple[Answer, ...] = ()
    """In the order of their questions."""
    withheld: Mapping[str, str] = field(default_factory=dict)
    """By question, each with why."""

    @property
    def passages(self) -> tuple[Part, ...]:
        """Those that are printed."""
        return tuple(answer.passage for answer in self.printed)


NOTHING_KEPT = Kept()


@dataclass(frozen=True)
class Stock:
    """All that stands in a review, from which its report is made."""

    note: str | None
    sources: Sequence[SourceReport]
    corpus: Corpus
    taxonomy: Taxonomy | None
    cards: Mapping[str, Card]
    draft: Draft | None
    unanswered: Sequence[Unanswered]
    not_sent: Collection[str] = ()
    kept: Kept = NOTHING_KEPT
    taxonomies: Mapping[str, Shape] = field(default_factory=dict)
    unnamed: Collection[str] = ()
    proposed: Collection[str] = ()


def take_stock(stock: Stock, program: str) -> Report:
    """The report of a review; the same files give the same bytes on any day."""
    corpus, cards, draft = stock.corpus, stock.cards, stock.draft
    passages = draft.passages if draft else ()
    kept = stock.kept
    claims = [claim for passage in passages for claim in passage.claims]
    n_identified = sum(len(paper.sources) for paper in corpus)
    categories = Counter(
        stock.taxonomy.top(card.category).id
        for card in cards.values()
        if stock.taxonomy and card.category in stock.taxonomy.ids
    )
    years = Counter(paper.year for paper in corpus if paper.year is not None)
    uncited = why_uncited(stock) if draft else {}
    return Report(
        program=program,
        format=FORMAT,
        models=_models(stock),
        note=stock.note,
        sources=tuple(sorted(stock.sources, key=lambda source: source.name)),
        n_identified=n_identified,
        n_duplicates_removed=n_identified - len(corpus),
        n_papers=len(corpus),
        n_without_abstract=sum(paper.basis == "title" for paper in corpus),
        not_sent=tuple(sorted(stock.not_sent)),
        papers_by_year=dict(sorted(years.items())),
        papers_by_category=dict(sorted(categories.items())),
        n_cards=len(cards),
        n_facts=sum(len(card.facts) for card in cards.values()),
        unquoted={key: card.unquoted for key, card in sorted(cards.items()) if card.unquoted},
        n_claims=len(claims),
        n_citations=sum(len(claim.citations) for claim in claims),
        n_by_hand=sum(claim.by_hand for claim in claims),
        n_cited=len(corpus) - len(uncited) if draft else 0,
        uncited=uncited,
        drafted=sum((passage.drafted for passage in passages), Tally()),
        printed=sum((passage.printed for passage in passages), Tally()),
        findings=tuple(finding for passage in passages for finding in passage.findings),
        paper_findings=tuple(found for paper in corpus for found in suspicions(paper)),
        taxonomy_findings=_taxonomy_findings(stock.taxonomy) if stock.taxonomy else (),
        n_answers_kept=len(kept.printed),
        answers_withheld=dict(sorted(kept.withheld.items())),
        unnamed=tuple(sorted(stock.unnamed)),
        taxonomies=dict(sorted(stock.taxonomies.items())),
        proposed=tuple(sorted(stock.proposed)),
        unanswered=tuple(sorted(stock.unanswered, key=lambda one: (one.stage, one.subject, one.why))),
        protocol_of_judgement=_protocol_of_judgement([*passages, *kept.passages]) if draft else "",
    )


def _taxonomy_findings(taxonomy: Taxonomy) -> tuple[TextFinding, ...]:
    """What in the taxonomy's own words speaks to a model: the model that induced them read papers."""
    texts = [(category.id, "name", category.name) for category, _ in taxonomy.walk()]
    texts += [(category.id, "definition", category.definition) for category, _ in taxonomy.walk()]
    texts += [(category.id, "terms", term) for category, _ in taxonomy.walk() for term in category.terms]
    texts += [(name, code, text) for name, facet in taxonomy.facets.items() for code, text in facet.codes.items()]
    return tuple(found for subject, where, text in sorted(texts) for found in suspicions_in(text, subject, where))


def why_uncited(stock: Stock) -> dict[str, str]:
    """The papers that no claim of a section cites, by key, each with why."""
    parts = [part for section in (stock.draft.sections if stock.draft else ()) for part in section.parts]
    cited = {citation.key for part in parts for claim in part.claims for citation in claim.citations}
    placed = {key: part for part in parts for key in part.papers}
    failed = {one.subject: one.why for one in stock.unanswered}
    reasons = {}
    for paper in stock.corpus:
        if paper.key in cited:
            continue
        part = placed.get(paper.key)
        if paper.basis == "title":
            why = "it has no abstract, so that nothing can be quoted from it"
        elif paper.key not in stock.cards:
            why = f"it has no card yet: {failed.get(paper.key, 'it was not asked for')}"
        elif part is None:
            why = "the part of the survey that it belongs to is not written yet"
        elif not part.is_checked:
            why = f"its part of the survey is not checked yet: {failed.get(part.id, 'it was not asked for')}"
        else:
            why = _why_dropped(paper.key, part) or failed.get(part.id) or "no claim was written of it"
        reasons[paper.key] = why
    return reasons


def _why_dropped(key: str, part: Part) -> str | None:
    for finding in part.findings:
        if key in finding.keys and finding.row is None:
            return f"what was written of it did not stand the check: {finding.problem}"
    return None


def _models(stock: Stock) -> tuple[str, ...]:
    """Every model that made something of what stands; the program and people are not models."""
    made = [card.made.model for card in stock.cards.values()]
    made += [stock.taxonomy.made.model] if stock.taxonomy else []
    made += [answer.made.model for answer in stock.kept.printed]
    for passage in (*(stock.draft.passages if stock.draft else ()), *stock.kept.passages):
        made += [passage.made.model, *(claim.made.model for claim in passage.claims)]
    return tuple(sorted({model for model in made if model}))


def _protocol_of_judgement(passages: Sequence[Passage]) -> str:
    """Who judged what, in a sentence; a judge that compares words alone is not to be taken for one that reads."""
    judges = sorted({passage.judge for passage in passages if passage.judge})
    sentence = (
        "Code checked that every key is in the corpus, every quote in its paper and every number in a paper cited"
    )
    if BUILT_IN in judges:
        sentence += "; the built-in judge only compares words, and calls a claim verbatim, never supported"
    others = [judge for judge in judges if judge != BUILT_IN]
    if others:
        sentence += (
            f"; {' and '.join(others)} judged whether the cited papers support each claim, in a call of its own for "
            "each passage; a claim that failed was repaired once and judged again, or dropped"
        )
    return f"{sentence}."
