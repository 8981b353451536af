"""What a run would take, found by rehearsing it on a copy of the review: nothing is sent, and nothing written there."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from agent.connect import (
    Access,
    Connection,
    asks_a_server,
    built_in,
    limits_of,
    model_of,
    price_for,
    rehearse,
    server_of,
)
from agent.errors import Unfinished
from agent.folder import Folder
from agent.llm.ledger import STAGES, stage_of
from agent.llm.lookup import Lookup
from agent.llm.prices import Price
from agent.papers import Corpus, Frozen, Paper
from agent.pipeline.habits import LEAST_CALLS, Habits, habits_of, taken_of
from agent.pipeline.run import Run, silent
from agent.pipeline.standin import Expected, StandIn
from agent.pipeline.wish import NO_WISH, Wish
from agent.review import BUILT_IN, Limits, Protocol
from agent.wording import count

MOST_PAPERS = 600
"""So many are rehearsed; a larger corpus is sampled by the hash of its keys, and what is asked of each paper scaled."""
TITLES = 3
"""That are shown of a category."""
_RECORDS = ("papers.jsonl", "duplicates.jsonl", "cards.jsonl", "answers.jsonl")
_COPIED = (*_RECORDS, "taxonomy.yaml", "taxonomy.patch", "report.json", "survey/survey.json", "survey/survey.md")


class StageEstimate(Frozen):
    """What a stage would take, about."""

    stage: str
    calls: int
    """With those that are kept."""
    kept: int
    """Calls whose answer is on this machine already: they take nothing."""
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    """None where the model's price is unknown."""


class Shown(Frozen):
    """A category, with a few of the papers that may fall into it."""

    name: str
    titles: tuple[str, ...]


class Estimate(Frozen):
    """What bringing a review up to date would take."""

    model: str
    server: str = ""
    """The host that would be asked; empty where none would."""
    n_papers: int
    n_cards_due: int = 0
    stages: tuple[StageEstimate, ...] = ()
    total: StageEstimate
    repair_tokens: int = 0
    """Of the total, what claims that fail take, which nobody can foresee: as many fail as in the demo, or did here."""
    rests_on: str = ""
    """What was measured, in words."""
    price: str | None = None
    """Where the price is from, in words; None where it is unknown."""
    limits: Limits = Limits()
    """What the run may use at the most."""
    categories: tuple[Shown, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether no server is asked at all."""
        return not self.server


def estimate(folder: Folder, protocol: Protocol, access: Access) -> Estimate:
    """What a build would take now, stage by stage.

    The run itself is rehearsed, so the number of calls comes from the code that will make them. What they will read is
    what they would be sent; what will be written, and what will fail, is as in the demo or as was measured here.
    """
    model = model_of(protocol, access)
    if not asks_a_server(protocol, access):
        return Estimate(model=model, n_papers=len(folder.corpus()), total=total_of(()))
    habits = habits_here(folder, model)
    with ExitStack() as closing:
        place = Path(closing.enter_context(TemporaryDirectory(prefix="conspectus-")))
        kept = closing.enter_context(Lookup(folder.cache_folder))
        stand_in = StandIn(built_in(), habits, kept.recall)
        connection = closing.enter_context(rehearse(protocol, access, stand_in))
        run = run_on_copy(folder, protocol, place, connection)
        n_papers, n_due = _rehearse(run, stand_in)
        price = price_for(protocol, access)
        stages = stages_of(stand_in.expected, price)
        repairs = stand_in.expected.get("check_repair", Expected())
        return Estimate(
            model=model,
            server=server_of(access),
            n_papers=n_papers,
            n_cards_due=n_due,
            stages=stages,
            total=total_of(stages),
            repair_tokens=round(repairs.input_tokens + repairs.output_tokens),
            rests_on=_rests_on(habits),
            price=price.origin if price.is_known else None,
            limits=limits_of(protocol, access),
            categories=_categories(run),
        )


def habits_here(folder: Folder, model: str) -> Habits:
    """What is known of this model from what it did in this review."""
    report = folder.report()
    is_measured = report is not None and any(name != BUILT_IN for name in report.models)
    drafted = (report.drafted.claims, report.drafted.held) if report and is_measured else (0, 0)
    cards = [card for card in folder.cards().values() if not card.made.is_built_in]
    return habits_of(taken_of(folder.runs(), model), cards, drafted)


def run_on_copy(folder: Folder, protocol: Protocol, place: Path, connection: Connection, wish: Wish = NO_WISH) -> Run:
    """A run over a copy of what stands, which reads the same sources."""
    for name in _COPIED:
        if (folder.path / name).is_file():
            (place / name).parent.mkdir(exist_ok=True)
            copyfile(folder.path / name, place / name)
    sources = tuple(
        source.model_copy(update={"path": str(folder.source_file(source).resolve())}) for source in protocol.sources
    )
    here = protocol.model_copy(update={"sources": sources})
    client, aside = connection.client, connection.aside
    return Run(Folder(place), here, client, silent, aside=aside, gate=connection.gate, wish=wish)


def _rehearse(run: Run, stand_in: StandIn) -> tuple[int, int]:
    """Go through a build; how many papers there are, and how many of them would be sent for their cards."""
    run.gather()
    n_papers = len(run.corpus)
    has_taxonomy = run.induce()
    if run.client.stopped:
        raise run.client.stopped
    if not has_taxonomy:
        raise Unfinished(f"the rehearsal came to no taxonomy: {run.unanswered[0].why}")
    n_due = len(run.due().keys() - run.not_sent)
    if n_due > MOST_PAPERS:
        run.corpus = Corpus(run.corpus.drawn(MOST_PAPERS))
        run.cards = {key: card for key, card in run.cards.items() if run.corpus.has(key)}
        run.draft = None
        stand_in.weight = n_due / max(1, len(run.due().keys() - run.not_sent))
    run.classify()
    run.write()
    if run.client.stopped:  # the cache cannot be read; what was counted until then is no estimate
        raise run.client.stopped
    return n_papers, n_due


def stages_of(expected: Mapping[str, Expected], price: Price) -> tuple[StageEstimate, ...]:
    """What is expected by prompt, summed up by stage."""
    sums: dict[str, Expected] = {stage: Expected() for stage in STAGES}
    for prompt, one in expected.items():
        so_far = sums.setdefault(stage_of(prompt), Expected())
        so_far.calls += one.calls
        so_far.kept += one.kept
        so_far.input_tokens += one.input_tokens
        so_far.output_tokens += one.output_tokens
    return tuple(
        StageEstimate(
            stage=stage,
            calls=round(one.calls),
            kept=round(one.kept),
            input_tokens=round(one.input_tokens),
            output_tokens=round(one.output_tokens),
            cost_usd=price.cost(one.input_tokens, one.output_tokens),
        )
        for stage, one in sums.items()
        if one.calls
    )


def total_of(stages: Sequence[StageEstimate]) -> StageEstimate:
    """The sum over all stages."""
    costs = [stage.cost_usd for stage in stages]
    known = [cost for cost in costs if cost is not None]
    return StageEstimate(
        stage="all",
        calls=sum(stage.calls for stage in stages),
        kept=sum(stage.kept for stage in stages),
        input_tokens=sum(stage.input_tokens for stage in stages),
        output_tokens=sum(stage.output_tokens for stage in stages),
        cost_usd=sum(known) if len(known) == len(costs) else None,
    )


def _rests_on(habits: Habits) -> str:
    if habits.n_cards_measured:
        others = len(habits.taken) - 1
        more = f" and what {count(others, 'other prompt')} took" if others else ""
        made = f"{count(habits.n_cards_measured, 'card')} that this model made here{more}"
        return f"{made}; what it did not do yet, on the demo, scaled by that"
    if habits.taken:
        return f"what {count(len(habits.taken), 'prompt')} took here with this model, and on the demo for all else"
    few = f"the demo alone, for this model made fewer than {LEAST_CALLS} cards here"
    return f"{few}; `conspectus build --pilot 20` measures it"


def _categories(run: Run) -> tuple[Shown, ...]:
    """The top categories, with papers that the rehearsal put there, or those that the taxonomy names."""
    if run.taxonomy is None:
        return ()
    shown = []
    for top in run.taxonomy.categories:
        ids = {top.id, *(child.id for child in top.children)}
        papers = [paper for paper in run.corpus.drawn(len(run.corpus)) if _category(run, paper) in ids]
        titles = tuple(paper.called for paper in papers[:TITLES])
        shown.append(Shown(name=top.name, titles=titles or tuple(_named(run.corpus, top.examples))[:TITLES]))
    return tuple(shown)


def _category(run: Run, paper: Paper) -> str:
    return run.cards[paper.key].category if paper.key in run.cards else ""


def _named(corpus: Corpus, examples: Sequence[str]) -> list[str]:
    """What examples are called, which are keys or titles."""
    return [corpus.paper(one).called if corpus.has(one) else one for one in examples]
