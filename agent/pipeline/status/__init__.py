"""What stands in a review, what of it is out of date, and what to do about each; asks, sends and writes nothing."""

from collections.abc import Callable, Iterable, Iterator

from agent.connect import Access, rehearse
from agent.errors import CallError
from agent.folder import Folder
from agent.llm.call import Call, Reply
from agent.papers import Frozen
from agent.pipeline.gather import with_what_is_said
from agent.pipeline.run import Run, silent
from agent.pipeline.status import others, sources, texts
from agent.pipeline.status.stand import Matter, Stand
from agent.report import Report

__all__ = ["Matter", "Status", "status_of"]

_LOOKS: tuple[Callable[[Stand], Iterator[Matter]], ...] = (
    others.look_at_runs,
    sources.look_at_sources,
    sources.look_at_papers,
    sources.look_at_taxonomy,
    sources.look_at_cards,
    texts.look_at_hand_edits,
    texts.look_at_sections,
    texts.look_at_check,
    others.look_at_unanswered,
    others.look_at_answers,
    others.look_at_minimums,
)
"""In the order in which a run would see to what they find."""


class Status(Frozen):
    """A review as it stands."""

    model: str
    """Who would be asked now."""
    n_papers: int
    n_gone: int
    n_cards: int
    n_sections: int
    n_claims: int
    n_by_hand: int
    """Claims that a person wrote or changed."""
    n_answers: int
    n_printed: int
    """Answers that are printed with the survey."""
    matters: tuple[Matter, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether nothing is left to be done."""
        return not any(matter.do for matter in self.matters)


class _Nobody:
    """A Transport for a run that only looks: to ask it anything is a mistake of the program."""

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """Never called."""
        raise AssertionError("status asks nothing")


def status_of(folder: Folder) -> Status:
    """Look at a review; FolderError where there is none, or where a file of it cannot be read."""
    protocol = folder.protocol()
    report = folder.report() or Report(program="")
    with rehearse(protocol, Access(), _Nobody(), aside=_Nobody()) as connection:
        run = Run(folder, protocol, connection.client, silent, aside=connection.aside)
        run.corpus = folder.corpus()
        run.sources = tuple(with_what_is_said(report.sources, protocol))
        run.take_up()
        stand = Stand(folder, protocol, report, run)
        answers = folder.answers()
        claims = [claim for passage in stand.passages for claim in passage.claims]
        return Status(
            model=run.client.model,
            n_papers=len(run.corpus),
            n_gone=sum(paper.gone for paper in run.corpus),
            n_cards=len(run.cards),
            n_sections=len(run.draft.sections) if run.draft else 0,
            n_claims=len(claims),
            n_by_hand=sum(claim.by_hand for claim in claims),
            n_answers=len(answers),
            n_printed=len(run.kept.printed),
            matters=tuple(matter for look in _LOOKS for matter in look(stand)),
        )
