"""What a refresh would ask, counted before anything is sent: it is rehearsed on a copy of the review."""

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.classify import Due
from agent.connect import Access, asks_a_server, built_in, model_of, price_for, rehearse, server_of
from agent.draft import OVERVIEWS, Draft, Passage
from agent.errors import Unfinished
from agent.folder import Folder
from agent.llm.lookup import Lookup
from agent.papers import Corpus, Frozen
from agent.pipeline import baseline
from agent.pipeline.estimate import StageEstimate, habits_here, run_on_copy, stages_of, total_of
from agent.pipeline.run import Run
from agent.pipeline.standin import Expected, StandIn
from agent.pipeline.wish import Wish, look_over
from agent.review import Protocol


class Reason(Frozen):
    """Why papers are asked about."""

    kind: str
    why: str
    n_papers: int
    calls: int
    """One a paper: for its card, or for its new facets alone."""


class Touched(Frozen):
    """A stretch of the survey that would be written."""

    id: str
    is_new: bool
    """Written whole; else amended, sentence by sentence."""


class Plan(Frozen):
    """What a refresh would ask, if every claim that is written stands the check."""

    model: str
    server: str = ""
    """The host that would be asked; empty where none would, and nothing costs."""
    n_papers: int
    new: tuple[str, ...] = ()
    """Papers that would come in, by key."""
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    """Papers that were gone, and that a source names again."""
    n_hand_edits: int = 0
    """Sentences of survey.md that a person wrote, changed or took out, and that would be taken in."""
    reasons: tuple[Reason, ...] = ()
    touched: tuple[Touched, ...] = ()
    prompts: dict[str, int]
    """Calls that would be sent, by prompt; those whose answer is on this machine are not among them."""
    stages: tuple[StageEstimate, ...] = ()
    total: StageEstimate
    price: str | None = None
    """Where the price is from, in words; None where it is unknown."""

    @property
    def n_calls(self) -> int:
        """What would be sent."""
        return sum(self.prompts.values())


def plan(folder: Folder, protocol: Protocol, access: Access, wish: Wish) -> Plan:
    """Rehearse a refresh; nothing is sent, and nothing of the review is written.

    Cards and facets are counted exactly. Which parts of the survey they touch is known when the cards are: here the
    built-in model says where a new paper would fall, and one that has a card stays where it is.
    """
    look_over(wish, folder)
    with ExitStack() as closing:
        place = Path(closing.enter_context(TemporaryDirectory(prefix="conspectus-")))
        kept = closing.enter_context(Lookup(folder.cache_folder))
        habits = habits_here(folder, model_of(protocol, access))
        placed = {key: card.category for key, card in folder.cards().items()}
        stand_in = StandIn(built_in(), habits, kept.recall, exact=True, placed=placed)
        connection = closing.enter_context(rehearse(protocol, access, stand_in))
        here = replace(wish, is_clone=not baseline.is_kept(folder))
        run = run_on_copy(folder, protocol, place, connection, here)
        earlier = baseline.before(folder).corpus
        run.gather()
        before = run.draft
        if not run.induce():
            raise Unfinished(f"the rehearsal came to no taxonomy: {run.unanswered[0].why}")
        due = run.due()
        run.classify()
        run.write()
        if run.client.stopped:  # the cache cannot be read; what was counted until then is no plan
            raise run.client.stopped
        price = price_for(protocol, access)
        stages = stages_of(stand_in.expected, price)
        return Plan(
            model=run.client.model,
            server=server_of(access) if asks_a_server(protocol, access) else "",
            n_papers=len(run.corpus),
            **_papers(earlier, run.corpus),
            n_hand_edits=len(run.readback.edits) if run.readback else 0,
            reasons=_reasons(due),
            touched=_touched(before, run),
            prompts=_sent(stand_in.expected),
            stages=stages,
            total=total_of(stages),
            price=price.origin if price.is_known else None,
        )


def _sent(expected: Mapping[str, Expected]) -> dict[str, int]:
    return {name: n for name, one in sorted(expected.items()) if (n := round(one.calls - one.kept))}


def _papers(earlier: Corpus, now: Corpus) -> dict[str, tuple[str, ...]]:
    """What comes in, is another text, or is not named any more."""
    there = {paper.key: paper for paper in earlier}
    known = {key for paper in earlier for key in (paper.key, *paper.aliases)}
    return {
        "new": tuple(paper.key for paper in now if not known & {paper.key, *paper.aliases}),
        "changed": tuple(p.key for p in now if p.key in there and p.digest != there[p.key].digest),
        "gone": tuple(p.key for p in now if p.gone and p.key in there and not there[p.key].gone),
        "back": tuple(p.key for p in now if not p.gone and p.key in there and there[p.key].gone),
    }


def _reasons(due: Mapping[str, Due]) -> tuple[Reason, ...]:
    groups = Counter((one.kind.value, one.why) for one in due.values())
    return tuple(Reason(kind=kind, why=why, n_papers=n, calls=n) for (kind, why), n in sorted(groups.items()))


def _touched(before: Draft | None, run: Run) -> tuple[Touched, ...]:
    there = _passages(before)
    now = _passages(run.draft)
    return tuple(
        Touched(id=id_, is_new=id_ not in there)
        for id_, passage in now.items()
        if id_ not in there or passage.words_digest != there[id_].words_digest
    )


def _passages(draft: Draft | None) -> dict[str, Passage]:
    """Every stretch by its id; those over all sections last."""
    found = {passage.id: passage for passage in draft.passages} if draft else {}
    return {id_: found[id_] for id_ in sorted(found, key=lambda id_: id_ in OVERVIEWS)}
