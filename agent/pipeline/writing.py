"""The writing half of a run: cards to a draft that is checked, of which what stands is left as it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from agent import write
from agent.check import check_passages, stands_up
from agent.draft import Draft, Passage, Section
from agent.papers import Corpus
from agent.pipeline.sending import Readers
from agent.review import BUILT_IN, Card, Protocol, Taxonomy, Unanswered

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

    def write(self) -> None:
        """The parts, the openings of sections, the texts over all of them."""
        sections = self._openings(self._parts())
        self._keep_draft(sections, {})
        self._keep_draft(sections, self._overview(sections))

    def _keep_draft(self, sections: Sequence[Section], texts: dict[str, Passage | None]) -> None:
        named = {"title": self.protocol.title, "question": self.protocol.question, "sections": tuple(sections)}
        self.draft = (self.draft or Draft(title=self.protocol.title)).model_copy(update=named | texts)
        self.keep(self.draft)

    def _parts(self) -> list[Section]:
        size, question = self.protocol.writing.papers_per_call, self.protocol.question
        private = self.readers.private
        plans = write.plan(
            self.corpus, self.cards, self.taxonomy, papers_per_call=size, question=question, private=private
        )
        earlier = self.draft.sections if self.draft else ()
        standing = {part.id: part for section in earlier for part in section.parts}
        for client, own in self.readers.share_out(plans, lambda plan: [entry.paper.key for entry in plan.papers]):
            due = [plan for plan in own if not write.stands(standing.get(plan.id), plan, client.model)]
            written, unanswered = write.write_parts(due, client)
            self.unanswered += unanswered
            standing |= {part.id: part for part in written}
        parts = [standing[plan.id] for plan in plans if plan.id in standing]
        return write.assemble(self._checked(parts), self.taxonomy, earlier, private)

    def _openings(self, sections: list[Section]) -> list[Section]:
        private = self.readers.private
        by_id = {section.id: section for section in sections}
        whole = [section for section in sections if all(part.is_checked for part in section.parts)]
        for client, own in self.readers.share_out(whole, lambda section: write.opening_keys(section, private)):
            due = [section for section in own if write.needs_opening(section, client.model, private)]
            for section in write.write_openings(due, self.corpus, self.taxonomy, client, private):
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

    def _overview(self, sections: Sequence[Section]) -> dict[str, Passage | None]:
        """The texts over all sections by name, written from what is checked of these; None where there is none."""
        draft = self.draft or Draft(title=self.protocol.title)
        shown = draft.model_copy(update={"sections": tuple(sections)}).only_checked().sections
        title, question, private = self.protocol.title, self.protocol.question, self.readers.private
        client = self.readers.of(*write.overview_keys(shown, private))
        inputs = write.overview_inputs(shown, title=title, question=question, private=private)
        texts: dict[str, Passage] = {name: text for name in write.OVERVIEWS if (text := getattr(draft, name))}
        due = [
            name
            for name in write.OVERVIEWS
            if name not in texts
            or texts[name].made.inputs != inputs
            or (texts[name].made.gives_way_to(client.model) and not texts[name].is_edited)
        ]
        written = write.write_overview(
            shown,
            self.corpus,
            self.cards,
            self.taxonomy,
            client,
            title=title,
            question=question,
            names=due,
            private=private,
        )
        for name in due:
            text = written.get(name)
            if isinstance(text, Unanswered):
                self.unanswered.append(text)
            elif text is None:
                texts.pop(name, None)  # no section has a claim that it could rest on
            else:
                texts[name] = text
        checked = {passage.id: passage for passage in self._checked(list(texts.values()))}
        return {name: checked.get(name) for name in write.OVERVIEWS}

    def _checked(self, passages: Sequence[P]) -> list[P]:
        """The passages, with those checked that were not, or in which code finds wrong what once held.

        The built-in judge only compares words: it does not judge what another model wrote, and what it judged is
        judged again once a model is named.
        """
        passages = [reopened(passage, self.corpus) for passage in passages]
        by_id: dict[str, P] = {}
        waiting = (passage for passage in passages if not passage.is_checked)
        for client, due in self.readers.share_out(waiting, lambda passage: passage.keys):
            left = [passage for passage in due if client.is_built_in and not _is_comparable(passage)]
            for passage in left:
                author = "a person edited it" if passage.is_edited else f"{passage.made.model} wrote it"
                judged_by = (
                    "no model is named" if self.readers.model.is_built_in else 'it is on papers with send = "never",'
                )
                why = f"{author}, and {judged_by} to judge it"
                self.unanswered.append(Unanswered(stage="check_support", subject=passage.id, why=why))
            done, unanswered = check_passages([one for one in due if one not in left], self.corpus, client)
            self.unanswered += unanswered
            by_id |= {passage.id: passage for passage in done}
        return [by_id.get(passage.id, passage) for passage in passages]


def reopened(passage: P, corpus: Corpus) -> P:
    """The passage as not checked, where its words no longer stand in the papers or its judge was none."""
    was_compared = BUILT_IN in passage.judge.split(", ") and not _is_comparable(passage)
    if passage.is_checked and (was_compared or not stands_up(passage, corpus)):
        return passage.model_copy(update={"checked": None})
    return passage


def _is_comparable(passage: Passage) -> bool:
    """Whether it holds nothing but what the built-in model wrote, so that comparing words is all there is to judge."""
    return not passage.is_edited and all(made.is_built_in for made in (passage.made, *(c.made for c in passage.claims)))
