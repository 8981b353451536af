"""All that stands in a review, as a run would find it; and the noun for what is out of date in it, with its words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from agent import write
from agent.classify import is_usable
from agent.draft import Draft, Passage
from agent.folder import Folder
from agent.papers import Frozen
from agent.pipeline.run import Run
from agent.report import Report
from agent.review import Card, Protocol

_MOST_NAMES = 3
REFRESH = "`conspectus refresh` brings it up to date"


class Matter(Frozen):
    """Something that is not as it should be, or that a person should know."""

    about: str
    """In a word: sources, papers, cards, sections, check, answers, ..."""
    says: str
    do: str = ""
    """What to do next; empty where nothing has to be done."""
    names: tuple[str, ...] = ()
    """The sources, papers, passages or questions that it is about, each once."""


@dataclass(frozen=True, eq=False)
class Stand:
    """All that stands, as a run would find it."""

    folder: Folder
    protocol: Protocol
    report: Report
    run: Run

    @property
    def model(self) -> str:
        return self.run.client.model

    def model_for(self, passage: Passage) -> str:
        """Who would be asked about its papers."""
        return self.run.readers.of(*passage.keys).model

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.run.draft.passages if self.run.draft else ()

    @cached_property
    def usable(self) -> Mapping[str, Card]:
        """The cards that may be written from."""
        run, taxonomy = self.run, self.run.taxonomy
        return {
            key: card
            for key, card in run.cards.items()
            if taxonomy and is_usable(card, run.corpus.paper(key), taxonomy, run.readers.of(key).model)
        }

    @cached_property
    def draft(self) -> Draft:
        """What is written, with what is known of its papers; nothing before the first build."""
        draft = self.run.draft or Draft(title=self.protocol.title)
        return write.remembered(draft, self.run.corpus, self.usable)


def listed(names: Collection[str]) -> str:
    first = list(names)[:_MOST_NAMES]
    return ", ".join(first) + (f" and {len(names) - len(first):,} more" if len(names) > len(first) else "")


def are_kept(things: Collection[str]) -> str:
    return "it is kept" if len(things) == 1 else "they are kept"


def reask(stage: str, things: Collection[str]) -> str:
    return f"`conspectus refresh --reask {stage}` asks {'it' if len(things) == 1 else 'them'} again"
