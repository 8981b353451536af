"""One run over a review: each step does what does not stand yet and saves it before the next begins."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from agent.classify import LAST, AskedFacets, Due, Edits, due, is_usable, shapes_of
from agent.draft import Draft
from agent.folder import Folder
from agent.induce import BUILT_IN_BATCH, PAPERS_PER_BATCH, induce, learn_terms
from agent.llm.client import Client
from agent.llm.gate import Gate
from agent.papers import Corpus
from agent.pipeline.gather import gather
from agent.pipeline.hand_edits import take_in_edits
from agent.pipeline.kept import kept_answers
from agent.pipeline.sending import Readers, has_terms, keys_not_sent, readers_of, without
from agent.pipeline.wish import NO_WISH, Wish
from agent.pipeline.writing import Writing, reopened
from agent.render import Survey, render
from agent.render.readback import Readback
from agent.report import Kept, Report, SourceReport, Stock, take_stock
from agent.review import Card, Protocol, Shape, Taxonomy, Unanswered
from agent.wording import count
from agent.write import remembered

Say = Callable[[str], None]
"""Told in a sentence what happens."""


def silent(sentence: str) -> None:
    """Keeps it to itself."""


@dataclass
class Run:
    """What stands of the review, and what this run may ask and say."""

    folder: Folder
    protocol: Protocol
    client: Client
    say: Say
    aside: Client | None = None
    """The built-in model beside a named one, for papers that are not sent."""
    gate: Gate | None = None
    """What keeps them from the server; None where none is asked."""
    not_sent: frozenset[str] = frozenset()
    """The papers that a source says `send = "never"` of."""
    corpus: Corpus = field(default_factory=lambda: Corpus(()))
    sources: tuple[SourceReport, ...] = ()
    taxonomy: Taxonomy | None = None
    cards: dict[str, Card] = field(default_factory=dict)
    """All that are on disk, those that are to be made again included, under the ids that categories have now."""
    shapes: dict[str, Shape] = field(default_factory=dict)
    """What the taxonomies were like under which they were made, by digest."""
    proposed: tuple[str, ...] = ()
    """Papers for which a change of the taxonomy was proposed."""
    n_moved: int = 0
    """Cards that are not on disk yet as they are here, since their categories were renamed, merged or taken out."""
    draft: Draft | None = None
    kept: Kept = Kept()
    unanswered: list[Unanswered] = field(default_factory=list)
    only: frozenset[str] | None = None
    """The papers that this run gives cards; None for all."""
    reached: set[str] = field(default_factory=set)
    """The steps that this run came to: what an earlier run left unanswered in others is still so."""
    unnamed: frozenset[str] = frozenset()
    """Papers that no source names any more, by key."""
    is_new: bool = False
    """Whether the sources gave another corpus than the one on disk."""
    readback: Readback | None = None
    """What a person edited in survey.md since the last run; None where nothing was."""
    wish: Wish = NO_WISH
    """What a refresh is asked to do beside."""
    readers: Readers = field(init=False)

    def __post_init__(self) -> None:
        self.readers = Readers(self.client, self.aside or self.client)

    def gather(self) -> None:
        """Sources to corpus, once what a person edited in survey.md is taken in."""
        self.readback = take_in_edits(self.folder, self.protocol, self.say)
        gathered = gather(
            self.folder,
            self.protocol,
            self.say,
            marks_gone=self.wish.is_refresh,
            is_clone=self.wish.is_clone,
            max_new=self._max_new(),
        )
        self.corpus, self.sources = gathered.corpus, gathered.sources
        self.unnamed = gathered.unnamed
        self.is_new = gathered.is_new
        if gathered.is_new:
            self.folder.save_corpus(gathered.corpus, gathered.duplicates)
            n_records = sum(source.n_records for source in gathered.sources)
            self.say(f"{count(len(self.corpus), 'paper')} of {count(n_records, 'record')}")
        self.take_up()

    def take_up(self) -> None:
        """What stands in the folder beside the papers; only read."""
        self.taxonomy = self.folder.taxonomy()
        self.cards = {key: card for key, card in self.folder.cards().items() if self.corpus.has(key)}
        draft = self.folder.draft()
        self.draft = remembered(draft, self.corpus, self.cards) if draft else None
        self.kept = kept_answers(self.folder.answers().values(), self.corpus)
        report = self.folder.report()
        self.shapes = dict(report.taxonomies) if report else {}
        self.proposed = report.proposed if report else ()
        self._keep_back()
        self._bring_along()

    def _max_new(self) -> int | None:
        """How many new papers may come in: what the user says, else review.toml; any number but in a refresh."""
        if not self.wish.is_refresh:
            return None
        return self.protocol.refresh.max_new if self.wish.max_new is None else self.wish.max_new

    def _keep_back(self) -> None:
        """Settle which papers the model of this run reads, and which the built-in one."""
        self.not_sent = keys_not_sent(self.corpus, self.sources)
        if self.gate:
            self.gate.keep_back(self.corpus.papers(sorted(self.not_sent)), without(self.corpus, self.not_sent))
        made = [card.made for card in self.cards.values()]
        made += [passage.made for passage in self.draft.passages] if self.draft else []
        self.readers = readers_of(self.client, self.aside or self.client, self.corpus, self.not_sent, made)
        if self.readers.model is not self.client:
            self.say('no paper may be sent to a model (send = "never"), so the built-in one does everything')
            self.client = self.readers.model

    # Each of the following is a step of its own name; False ends the run, since what follows would rest on nothing.

    def induce(self) -> bool:
        """Corpus to taxonomy; one that a person wrote or edited is only read."""
        self.reached.add("induce")
        model = self.client.model
        if self.taxonomy is None or (self.taxonomy.made.gives_way_to(model) and self.folder.is_taxonomy_ours()):
            size = BUILT_IN_BATCH if self.client.is_built_in else PAPERS_PER_BATCH
            papers = self.corpus if self.client.is_built_in else without(self.corpus, self.not_sent)
            made = induce(papers, self.client, question=self.protocol.question, papers_per_batch=size)
        elif self.client.is_built_in and not has_terms(self.taxonomy):
            made = learn_terms(self.taxonomy, self.corpus, self.client)
        else:
            return True
        if isinstance(made, Unanswered):
            self.unanswered.append(made)
            return False
        self.taxonomy = made
        self.folder.save_taxonomy(made)
        n_inner = len(made.ids) - len(made.categories)
        inner = f" with {count(n_inner, 'narrower one')}" if n_inner else ""
        self.say(f"{count(len(made.categories), 'category', 'categories')}{inner}")
        return True

    def classify(self) -> bool:
        """Taxonomy to cards; a card is replaced when its new one is there."""
        self.reached.add("classify")
        assert self.taxonomy is not None  # `induce` comes first
        self._bring_along()
        whys = self.due()
        if self.n_moved:
            self.say(f"{count(self.n_moved, 'card')} brought in line with taxonomy.yaml; nothing is asked for that")
            self._save_cards()
        if not whys:
            return True
        self._say_why(whys)
        edits = Edits(self.taxonomy, self.shapes)
        whole = self.corpus.papers(key for key, why in whys.items() if not why.facets)
        cards, unanswered = self.readers.cards(whole, self.corpus, self.taxonomy)
        asked = [AskedFacets(self.corpus.paper(k), self.cards[k], why.facets) for k, why in whys.items() if why.facets]
        coded, uncoded = self.readers.facets(asked, edits)
        self.unanswered += [*unanswered, *uncoded]
        self.shapes |= {one.card.made.taxonomy: one.shape for one in coded}
        self.cards |= {card.key: card for card in (*cards, *(one.card for one in coded))}
        self._save_cards()
        self.say(count(len(self.usable()), "card"))
        return True

    def _say_why(self, whys: Mapping[str, Due]) -> None:
        again = Counter((bool(one.facets), one.why) for key, one in whys.items() if key in self.cards)
        for (is_part, why), n_cards in sorted(again.items()):
            self.say(f"{count(n_cards, 'card')} to be {'asked for more' if is_part else 'made again'}: {why}")
        edited = [
            key for key, one in whys.items() if not one.facets and key in self.cards and self.cards[key].is_edited
        ]
        if edited:
            self.say(f"edited by hand, and to be made again all the same: {', '.join(edited)}")

    def _bring_along(self) -> None:
        """Let cards follow their categories, as a person renamed, merged or took them out; nobody is asked."""
        if self.taxonomy is None:
            return
        edits = Edits(self.taxonomy, self.shapes)
        moved = {key: edits.moved(card) for key, card in self.cards.items()}
        changed = [key for key, one in moved.items() if one.card is not self.cards[key] and one.card != self.cards[key]]
        self.n_moved += len(changed)
        self.shapes |= {one.card.made.taxonomy: one.shape for one in moved.values()}
        self.cards = {key: one.card for key, one in moved.items()}

    def _save_cards(self) -> None:
        """What taxonomies were like is on disk before the cards that name them: a run may end between the two."""
        assert self.taxonomy is not None
        shapes = shapes_of(self.cards.values(), self.shapes, self.taxonomy)
        self.shapes |= {digest: shape for digest, shape in shapes.items() if digest != LAST}
        report = self.folder.report() or Report(program=version("conspectus"))
        self.folder.save_report(report.model_copy(update={"taxonomies": report.taxonomies | self.shapes}))
        self.folder.save_cards(self.cards.values())
        self.n_moved = 0

    def due(self) -> dict[str, Due]:
        """The papers whose cards are to be made, or asked for facets alone, by key, each with why."""
        assert self.taxonomy is not None  # `induce` comes first
        edits, reask = Edits(self.taxonomy, self.shapes), "classify" in self.wish.reask
        found = {
            paper.key: due(self.cards.get(paper.key), paper, edits, self.readers.of(paper.key).model, reask=reask)
            for paper in self.corpus
            if self.only is None or paper.key in self.only
        }
        return {key: why for key, why in found.items() if why}

    def usable(self) -> dict[str, Card]:
        """The cards that may be written from."""
        if self.taxonomy is None:
            return {}
        return {
            key: card
            for key, card in self.cards.items()
            if is_usable(card, self.corpus.paper(key), self.taxonomy, self.readers.of(key).model)
        }

    def write(self) -> bool:
        """Cards to a checked draft: the parts, the openings of sections, the texts over all of them."""
        self.reached |= {"write", "check"}
        assert self.taxonomy is not None  # `induce` comes first
        Writing(
            protocol=self.protocol,
            corpus=self.corpus,
            cards=self.usable(),
            taxonomy=self.taxonomy,
            readers=self.readers,
            draft=self.draft,
            keep=self._keep_draft,
            unanswered=self.unanswered,
            rewrite=self.wish.rewrite,
            reask=self.wish.reask,
        ).write()
        return True

    def _keep_draft(self, draft: Draft) -> None:
        self.draft = draft
        self.folder.save_draft(draft)

    def _came_to(self, earlier: Unanswered) -> bool:
        """Whether this run asked again for what an earlier one left unanswered."""
        step = earlier.stage.split("_")[0]
        is_left = step == "classify" and self.only is not None and earlier.subject not in self.only
        return step in self.reached and not is_left

    def finish(self) -> Report:
        """Save the report and, where there is a draft, the survey in every form.

        Nothing is printed that does not stand in the papers as they are now, whichever steps this run came to.
        """
        if self.draft and "write" not in self.reached:  # which has looked at every passage
            self.draft = self.draft.each(lambda passage: reopened(passage, self.corpus))
        draft = self.draft.only_checked() if self.draft else None
        earlier = self.folder.report()
        carried = [one for one in earlier.unanswered if not self._came_to(one)] if earlier else []
        unanswered = [*carried, *self.unanswered]
        corpus, usable = self.corpus, self.usable()
        if self.n_moved:
            self._save_cards()
        stock = Stock(
            note=self.protocol.note,
            sources=self.sources,
            corpus=corpus,
            taxonomy=self.taxonomy,
            cards=usable,
            draft=draft,
            unanswered=unanswered,
            not_sent=self.not_sent,
            kept=self.kept,
            taxonomies=shapes_of(self.cards.values(), self.shapes, self.taxonomy),
            unnamed=self.unnamed,
            proposed=self.proposed,
        )
        report = take_stock(stock, version("conspectus"))
        self.folder.save_report(report)
        if draft and self.taxonomy:
            survey = Survey(self.protocol, draft, corpus, self.taxonomy, usable, report, self.kept.printed)
            self.folder.save_rendered(render(survey))
        return report
