"""The writing half of a run: cards to a draft that is checked, of which what stands is left as it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from agent import write
from agent.check import check_passages, reopen, stands_up
from agent.draft import OVERVIEWS, Claim, Draft, Outcome, Part, Passage, Section, judged_of
from agent.llm.client import Client
from agent.llm.prompts import wording_of
from agent.papers import Corpus
from agent.pipeline.sending import Readers
from agent.review import BUILT_IN, Card, Protocol, Taxonomy, Unanswered
from agent.write import Plan, Revision, Survey

P = TypeVar("P", bound=Passage)


@dataclass
class Writing:
    """What the draft is written from, and what it was."""

    protocol: Protocol
    corpus: Corpus
    cards: Mapping[str, Card]
    """Those that may be written from."""
    taxonomy: Taxonomy
    readers: Readers
    draft: Draft | None
    keep: Callable[[Draft], None]
    """Told of the draft whenever something of it was done."""
    unanswered: list[Unanswered] = field(default_factory=list)
    rewrite: frozenset[str] = frozenset()
    """Sections and parts by their ids, and texts over all sections by their names, that are to be written anew."""
    reask: frozenset[str] = frozenset()
    """`write`: what other words asked for, or another model wrote, is written anew; `check`: all is judged again."""

    def write(self) -> None:
        """The parts, the openings of sections, the texts over all of them."""
        if self.draft:
            self.draft = self.draft.each(_disbelieved)
        sections = self._openings(self._parts())
        self._keep_draft(sections, {})
        self._keep_draft(sections, self._overview(sections))

    def _keep_draft(self, sections: Sequence[Section], texts: Mapping[str, Passage | None]) -> None:
        named = {"title": self.protocol.title, "question": self.protocol.question, "sections": tuple(sections)}
        draft = (self.draft or Draft(title=self.protocol.title)).model_copy(update={**named, **texts})
        if draft != self.draft:
            self.draft = draft
            self.keep(draft)

    def _is_to_be_whole(self, passage: Passage | None, client: Client, prompt: str, *ids: str) -> bool:
        """Whether it is to be written anew, whatever its inputs are."""
        if passage is None or self.rewrite.intersection(ids) or write.gives_way(passage, client.model):
            return True
        is_asked = "write" in self.reask and not passage.is_edited
        return is_asked and passage.made.is_stale(client.model, wording_of(prompt))

    def _parts(self) -> list[Section]:
        earlier = self.draft.sections if self.draft else ()
        before = {part.id: part for section in earlier for part in section.parts}
        private = self.readers.private
        plans = write.plan(
            self.corpus,
            self.cards,
            self.taxonomy,
            papers_per_call=self.protocol.writing.papers_per_call,
            question=self.protocol.question,
            private=private,
            standing=before,
        )
        standing = {plan.id: _under(before[plan.id], plan) for plan in plans if plan.id in before}
        for client, own in self.readers.share_out(plans, lambda plan: [entry.paper.key for entry in plan.papers]):
            standing |= {part.id: part for part in self._written(own, standing, client)}
        parts = [standing[plan.id] for plan in plans if plan.id in standing]
        tops = {plan.top.id for plan in plans}
        lost = [section.opening for section in earlier if section.opening and section.id not in tops]
        parts = write.with_sentences_by_hand([*before.values(), *lost], parts)
        return write.assemble(self._checked(parts), self.taxonomy, earlier, private)

    def _written(self, plans: Sequence[Plan], standing: Mapping[str, Part], client: Client) -> list[Part]:
        """The parts that are new or brought up to date."""
        whole, touched = [], []
        for plan in plans:
            part = standing.get(plan.id)
            if part is None or self._is_to_be_whole(part, client, "write_section", plan.id, plan.top.id):
                whole.append(plan)
            elif not write.stands(part, plan, client.model):
                amendment = write.amendment_of(part, plan, self.readers.private)
                whole += [plan] if amendment is None else []
                touched += [amendment] if amendment else []
        amended = write.amend_parts(touched, client)
        written, unanswered = write.write_parts([*whole, *amended.anew], client)
        self.unanswered += [*amended.unanswered, *unanswered]
        return [*amended.parts, *written]

    def _openings(self, sections: list[Section]) -> list[Section]:
        private = self.readers.private
        earlier = {section.id: section.opening for section in sections if section.opening}
        by_id = {section.id: section for section in sections}
        whole = [section for section in sections if all(part.is_checked for part in section.parts)]
        for client, own in self.readers.share_out(whole, lambda section: write.opening_keys(section, private)):
            by_id |= {section.id: section for section in self._opened(own, client)}
        openings = [section.opening for section in by_id.values() if section.opening]
        openings = [write.with_sentences_by_hand(_known(earlier, opening), [opening])[0] for opening in openings]
        checked = {passage.id: passage for passage in self._checked(openings)}
        return [
            section.model_copy(update={"opening": checked[section.opening.id]}) if section.opening else section
            for section in by_id.values()
        ]

    def _opened(self, sections: Sequence[Section], client: Client) -> list[Section]:
        """Those of these sections whose opening is new or brought up to date."""
        whole, touched = [], []
        for section in sections:
            opening = section.opening
            is_asked = opening and self._is_to_be_whole(opening, client, "write_merge", section.id, opening.id)
            if is_asked:
                whole.append(section)
            elif write.needs_opening(section, client.model, self.readers.private):
                revision = write.opening_revision(section, self.taxonomy, self._survey, self.readers.private)
                whole += [section] if revision is None else []
                touched += [(section, revision)] if revision else []
        opened = []
        revised = write.revise_texts([revision for _, revision in touched], self.corpus, client)
        for (section, _), text in zip(touched, revised, strict=True):
            if isinstance(text, Unanswered):
                self.unanswered.append(text)
            elif text is None:
                whole.append(section)
            else:
                opened.append(section.model_copy(update={"opening": text}))
        for one in write.write_openings(whole, self.corpus, self.taxonomy, client, self.readers.private):
            if isinstance(one, Unanswered):
                self.unanswered.append(one)
            else:
                opened.append(one)
        return opened

    @property
    def _survey(self) -> Survey:
        return Survey(self.protocol.title, self.protocol.question)

    def _overview(self, sections: Sequence[Section]) -> dict[str, Passage | None]:
        """The texts over all sections by name, written from what is checked of these; None where there is none."""
        draft = self.draft or Draft(title=self.protocol.title)
        shown = draft.model_copy(update={"sections": tuple(sections)}).only_checked().sections
        private = self.readers.private
        client = self.readers.of(*write.overview_keys(shown, private))
        before: dict[str, Passage] = {name: text for name in OVERVIEWS if (text := getattr(draft, name))}
        texts = dict(before)
        for name, text in self._over(shown, before, client).items():
            if isinstance(text, Unanswered):
                self.unanswered.append(text)
            elif text is None:
                texts.pop(name, None)  # no section has a claim that it could rest on
            else:
                texts[name] = write.with_sentences_by_hand(_known(before, text), [text])[0]
        checked = {passage.id: passage for passage in self._checked(list(texts.values()))}
        return {name: checked.get(name) for name in OVERVIEWS}

    def _over(
        self, sections: Sequence[Section], texts: Mapping[str, Passage], client: Client
    ) -> dict[str, Passage | Unanswered | None]:
        """Those of the texts over these sections that are new or brought up to date."""
        private = self.readers.private
        inputs = write.overview_inputs(sections, self._survey, private)
        whole: list[str] = []
        touched: dict[str, Revision] = {}
        for name in OVERVIEWS:
            text = texts.get(name)
            if text is None or self._is_to_be_whole(text, client, f"write_{name}", name):
                whole.append(name)
            elif text.made.inputs != inputs:
                revision = write.overview_revision(name, text, sections, self.taxonomy, self._survey, private=private)
                whole += [name] if revision is None else []
                touched |= {name: revision} if revision else {}
        revised = write.revise_texts(list(touched.values()), self.corpus, client)
        done: dict[str, Passage | Unanswered | None] = dict(zip(touched, revised, strict=True))
        whole += [name for name, text in done.items() if text is None]
        written = write.write_overview(
            sections, self.corpus, self.cards, self.taxonomy, client, survey=self._survey, names=whole, private=private
        )
        return done | {name: written.get(name) for name in whole}

    def _checked(self, passages: Sequence[P]) -> list[P]:
        """The passages, with what is due in them checked: what nobody judged, or in which code finds wrong what held.

        The built-in judge only compares words: it does not judge what another model wrote, and what it judged is
        judged again once a model is named. A person's sentence waits for a model, and its passage does not.
        """
        # What is judged anew only because it was wished for stands as it did where no answer comes.
        by_id = {passage.id: passage for passage in passages if "check" in self.reask and passage.is_checked}
        passages = [self._due(passage) for passage in passages]
        waiting = (passage for passage in passages if not passage.is_checked)
        for client, due in self.readers.share_out(waiting, lambda passage: passage.keys):
            left = [passage for passage in due if client.is_built_in and not _is_comparable(passage)]
            for passage in left:
                author = "a person edited it" if passage.is_edited else f"{_author(passage)} wrote it"
                is_alone = self.readers.model.is_built_in
                kept_back = 'no model may judge it: it is on papers with send = "never"'
                why = f"{author}, and {'no model is named to judge it' if is_alone else kept_back}"
                self.unanswered.append(Unanswered(stage="check_support", subject=passage.id, why=why))
            done, unanswered = check_passages([one for one in due if one not in left], self.corpus, client)
            self.unanswered += unanswered
            by_id |= {passage.id: passage for passage in done}
        return [by_id.get(passage.id, passage) for passage in passages]

    def _due(self, passage: P) -> P:
        """The passage as not checked, where something of it is to be judged in this run."""
        passage = reopened(passage, self.corpus)
        client = self.readers.of(*passage.keys)
        if "check" in self.reask and not (client.is_built_in and not _is_comparable(reopen(passage))):
            return reopen(passage)
        if passage.is_checked and not client.is_built_in and _waits_for_judge(passage):
            return passage.model_copy(update={"checked": None})
        return passage


def _under(part: Part, plan: Plan) -> Part:
    """The part under the present name of its category."""
    category = (plan.child or plan.top).id
    return part if part.category == category else part.model_copy(update={"category": category})


def _known(earlier: Mapping[str, Passage], passage: Passage) -> list[Passage]:
    """What stood in the place of a passage."""
    return [one for one in earlier.values() if one.id == passage.id]


def reopened(passage: P, corpus: Corpus) -> P:
    """The passage as never judged, where its words no longer stand in the papers, or are not those that were judged, or
    its judge was none."""
    passage = _disbelieved(passage)
    was_compared = passage.judge == BUILT_IN and not _is_built_in(passage, passage.claims)
    seen = passage if passage.checked is not None else judged_of(passage)
    is_fallen = seen.checked is not None and (was_compared or not stands_up(seen, corpus))
    return reopen(passage) if is_fallen else passage


def _disbelieved(passage: P) -> P:
    """The passage as never judged, where a person changed it in survey.json: the verdicts there are on other words.

    What was changed in survey.md bears no verdict, and is known by that.
    """
    return passage if passage.checked is None or passage.is_printed else reopen(passage)


def _waits_for_judge(passage: Passage) -> bool:
    """Whether a person wrote a sentence of it of which nobody has said anything yet."""
    said = {finding.claim for finding in passage.findings if finding.outcome is Outcome.KEPT}
    return any(claim.by_hand and claim.verdict is None and claim.text not in said for claim in passage.claims)


def _is_comparable(passage: Passage) -> bool:
    """Whether the built-in model wrote all that is to be judged, so that comparing words is all there is to do."""
    return _is_built_in(passage, [claim for claim in passage.claims if claim.verdict is None])


def _author(passage: Passage) -> str:
    """The model that wrote what the built-in one does not judge."""
    own = (claim.made for claim in passage.claims if not claim.by_hand)
    return next((made.model for made in own if not made.is_built_in), passage.made.model)


def _is_built_in(passage: Passage, claims: Iterable[Claim]) -> bool:
    own = [claim for claim in claims if not claim.by_hand]
    return not passage.is_edited and all(claim.made.is_built_in for claim in own)
