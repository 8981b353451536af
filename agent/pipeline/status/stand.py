"""All that stands in a review, as a run would find it; and the noun for what is out of date in it, with its words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from agent.draft import Draft, Passage
from agent.folder import Folder
from agent.papers import Frozen
from agent.pipeline.run import Run
from agent.report import Report
from agent.review import Protocol
from agent.wording import listed_first

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

    @property
    def draft(self) -> Draft:
        """What is written; nothing before the first build."""
        return self.run.draft or Draft(title=self.protocol.title)


def named(names: Sequence[str]) -> str:
    """The first of what a matter is about."""
    return listed_first(names, _MOST_NAMES)


def are_kept(things: Collection[str]) -> str:
    """That what is stale stands until somebody wants it otherwise."""
    return "it is kept" if len(things) == 1 else "they are kept"


def reask(stage: str, things: Collection[str]) -> str:
    """What to do about stale records of a stage."""
    return f"`conspectus refresh --reask {stage}` asks {'it' if len(things) == 1 else 'them'} again"
