"""One run over a review: each step does what does not stand yet and saves it before the next begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TypeVar

from agent import write
from agent.check import check_passages, look
from agent.classify import classify, why_stale
from agent.draft import Draft, Passage, Section
from agent.folder import Folder
from agent.induce import induce, learn_terms
from agent.llm.client import Client
from agent.papers import Corpus
from agent.pipeline.gather import gather
from agent.render import Survey, render
from agent.report import Report, SourceReport, Stock, take_stock, why_uncited
from agent.review import BUILT_IN, Card, Protocol, Taxonomy, Unanswered
from agent.taxonomy import untouched

P = TypeVar("P", bound=Passage)

Say = Callable[[str], None]
"""Told in a sentence what happens."""


@dataclass
class Run:
    """What stands of the review, and what this run may ask and say."""

    folder: Folder
    protocol: Protocol
    client: Client
    say: Say
    corpus: Corpus = field(default_factory=lambda: Corpus(()))
    sources: tuple[SourceReport, ...] = ()
    taxonomy: Taxonomy | None = None
    cards: dict[str, Card] = field(default_factory=dict)
    draft: Draft | None = None
    unanswered: list[Unanswered] = field(default_factory=list)

    def gather(self) -> None:
        """Sources to corpus."""
        gathered = gather(self.folder, self.protocol, self.say)
        self.corpus, self.sources = gathered.corpus, gathered.sources
        if gathered.is_new:
            self.folder.save_corpus(gathered.corpus, gathered.duplicates)
            n_records = sum(source.n_records for source in gathered.sources)
            self.say(f"{len(self.corpus)} papers of {n_records} records")
        self.taxonomy = self.folder.taxonomy()
        self.cards = {key: card for key, card in self.folder.cards().items() if self.corpus.has(key)}
        self.draft = self.folder.draft()

    def order(self) -> None:
        """Corpus to taxonomy; one that a person wrote or edited is only read."""
        built_in_made = self.taxonomy is not None and self.taxonomy.made.model == BUILT_IN and untouched(self.taxonomy)
        if self.taxonomy is None or (built_in_made and not self.client.is_built_in):
            self._keep_taxonomy(induce(self.corpus, self.client, question=self.protocol.question))
        elif self.client.is_built_in and not any(category.terms for category, _ in self.taxonomy.walk()):
            self._keep_taxonomy(learn_terms(self.taxonomy, self.corpus, self.client))

    def _keep_taxonomy(self, taxonomy: Taxonomy | Unanswered) -> None:
        if isinstance(taxonomy, Unanswered):
            self.unanswered.append(taxonomy)
            return
        self.taxonomy = taxonomy
        self.folder.save_taxonomy(taxonomy)
        n_children = len(taxonomy.ids) - len(taxonomy.categories)
        inner = f" with {n_children} narrower ones" if n_children else ""
        self.say(f"{len(taxonomy.categories)} categories{inner}")

    def card(self) -> None:
        """Taxonomy to cards."""
        if self.taxonomy is None:
            return
        model = self.client.model
        stale = [p for p in self.corpus if why_stale(self.cards.get(p.key), p, self.taxonomy, model)]
        if not stale:
            return
        moved = sorted(
            {c.category for p in stale if (c := self.cards.get(p.key)) and c.category not in self.taxonomy.ids}
        )
        if moved:
            self.say(f"asked again, since taxonomy.yaml has no {', '.join(moved)} any more: the cards that name it")
        for paper, card in zip(stale, classify(stale, self.taxonomy, self.client), strict=True):
            self.cards.pop(paper.key, None)
            if isinstance(card, Unanswered):
                self.unanswered.append(card)
            else:
                self.cards[paper.key] = card
        self.folder.save_cards(self.cards.values())
        self.say(f"{len(self.cards)} cards")

    def write(self) -> None:
        """Cards to a checked draft: the parts, the openings of sections, the texts over all of them."""
        if self.taxonomy is None:
            return
        sections = self._parts(self.taxonomy)
        sections = self._openings(sections, self.taxonomy)
        self._keep_draft(sections, self.draft)
        draft = self._overview(sections, self.taxonomy)
        uncited = why_uncited(self._stock(draft.only_checked()))
        self._keep_draft(draft.sections, draft.model_copy(update={"uncited": uncited}))

    def _keep_draft(self, sections: Sequence[Section], draft: Draft | None) -> None:
        named = {"title": self.protocol.title, "question": self.protocol.question, "sections": tuple(sections)}
        self.draft = draft.model_copy(update=named) if draft else Draft(**named)
        self.folder.save_draft(self.draft)

    def _parts(self, taxonomy: Taxonomy) -> list[Section]:
        plans = write.plan(self.corpus, self.cards, taxonomy, papers_per_call=self.protocol.writing.papers_per_call)
        earlier = self.draft.sections if self.draft else ()
        standing = {part.id: part for section in earlier for part in section.parts}
        due = [plan for plan in plans if not write.stands(standing.get(plan.id), plan, self.client.model)]
        written, unanswered = write.write_parts(due, self.client, question=self.protocol.question)
        self.unanswered += unanswered
        standing |= {part.id: part for part in written}
        parts = [standing[plan.id] for plan in plans if plan.id in standing]
        return write.assemble(self._checked(parts), taxonomy, earlier)

    def _openings(self, sections: list[Section], taxonomy: Taxonomy) -> list[Section]:
        due = [
            section
            for section in sections
            if all(part.is_checked for part in section.parts) and write.needs_opening(section, self.client.model)
        ]
        by_id = {section.id: section for section in sections}
        for section in write.write_openings(due, self.corpus, taxonomy, self.client):
            if isinstance(section, Unanswered):
                self.unanswered.append(section)
            else:
                by_id[section.id] = section
        openings = [section.opening for section in by_id.values() if section.opening]
        checked = {passage.id: passage for passage in self._checked(openings)}
        return [
            section.model_copy(update={"opening": checked[section.opening.id]}) if section.opening else section
            for section in by_id.values()
        ]

    def _overview(self, sections: Sequence[Section], taxonomy: Taxonomy) -> Draft:
        draft = self.draft or Draft(title=self.protocol.title)
        texts: dict[str, Passage] = {name: text for name in write.OVERVIEWS if (text := getattr(draft, name))}
        inputs = write.overview_inputs(sections, self.protocol.question)
        due = [
            name
            for name in write.OVERVIEWS
            if name not in texts
            or texts[name].made.inputs != inputs
            or texts[name].made.model == BUILT_IN != self.client.model
        ]
        shown = draft.model_copy(update={"sections": tuple(sections)}).only_checked().sections
        written = write.write_overview(
            shown,
            self.corpus,
            self.cards,
            taxonomy,
            self.client,
            title=self.protocol.title,
            question=self.protocol.question,
            names=due,
        )
        for name in due:
            text = written.get(name)
            if isinstance(text, Unanswered):
                self.unanswered.append(text)
            elif text is None:
                texts.pop(name, None)  # no section has a claim that it could rest on
            else:
                texts[name] = text.model_copy(update={"made": text.made.model_copy(update={"inputs": inputs})})
        checked = {passage.id: passage for passage in self._checked(list(texts.values()))}
        update = {name: checked.get(name) for name in write.OVERVIEWS}
        return draft.model_copy(update={"sections": tuple(sections), **update})

    def _checked(self, passages: Sequence[P]) -> list[P]:
        """The passages, with those checked that were not, or in which code finds wrong what once held."""
        due = [p for p in passages if not p.is_checked or any(look(claim, self.corpus).problem for claim in p.claims)]
        done, unanswered = check_passages(due, self.corpus, self.client)
        self.unanswered += unanswered
        by_id = {passage.id: passage for passage in done}
        return [by_id.get(passage.id, passage) for passage in passages]

    def print(self) -> Report:
        """The report, and where there is a draft the survey in every form."""
        draft = self.draft.only_checked() if self.draft else None
        report = take_stock(self._stock(draft), version("conspectus"))
        self.folder.save_report(report)
        if draft and self.taxonomy:
            survey = Survey(self.protocol, draft, self.corpus, self.taxonomy, self.cards, report)
            self.folder.save_rendered(render(survey))
        return report

    def _stock(self, draft: Draft | None) -> Stock:
        return Stock(self.protocol.note, self.sources, self.corpus, self.taxonomy, self.cards, draft, self.unanswered)
