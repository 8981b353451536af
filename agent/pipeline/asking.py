"""The order in which a question is answered: understand, find, gather, respond, check, settle."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from agent import ask as asked
from agent.check import check_passages
from agent.draft import Part
from agent.llm.client import Client
from agent.pipeline.kept import why_withheld
from agent.pipeline.run import Run
from agent.question import EVERYWHERE, Answer, Plan, Scope, id_of, inputs_of
from agent.review import Made, Unanswered
from agent.search import Index
from agent.search.vocabulary import near_words
from agent.wording import count

FIRST_HITS = 10
"""Papers that the question's own words lead to; their titles and words help to understand it."""
NO_QUESTION = "It asks for nothing that papers could say."
NOT_STOOD = "What was written in answer did not stand the check against the papers."
NO_WORDS = "The built-in model finds no word in it to look for."
NO_ABSTRACTS = "None of these papers has an abstract, so that there is nothing to quote."


@dataclass(frozen=True)
class _Answered:
    """What one model made of a question and the papers it may read."""

    passage: Part
    gathered: asked.Gathered
    answered: bool = False
    missing: str | None = None
    made: Made = Made()
    n_possible: int = 0


class Asking:
    """Puts questions to the papers of a run that lie within a scope."""

    def __init__(
        self, run: Run, index: Index, scope: Scope = EVERYWHERE, *, table: bool = False, near: asked.Near | None = None
    ) -> None:
        self._run = run
        self._index = index
        self._scope = scope
        self._table = table
        self._near = near
        self._keys = scope.keys(run.corpus, run.cards, run.taxonomy)
        self._quotable = asked.with_abstract(self._keys, run.corpus)
        self._private = self._quotable & run.readers.private

    @property
    def client(self) -> Client:
        """The model of this run, which knows what stopped it."""
        return self._run.client

    def standing(self, question: str) -> Answer | None:
        """The answer that stands in the folder to this question, if the papers it was put to are as they were."""
        answer = self._run.folder.answers().get(id_of(question, self._scope))
        if answer is None or answer.made.gives_way_to(self._run.client.model):
            return None
        if answer.made.inputs != self._inputs or (self._table and not answer.passage.rows):
            return None
        return None if why_withheld(answer, self._run.corpus) else answer

    def keep(self, answer: Answer, *, printed: bool | None) -> Answer:
        """Write the answer into answers.jsonl; `printed` says whether the survey has it from now on, None as before.

        The survey is printed again where it has lost it, or has it anew.
        """
        run = self._run
        there = run.folder.answers()
        before = there.get(answer.id)
        was_printed = before is not None and before.kept
        answer = answer.model_copy(update={"kept": was_printed if printed is None else printed})
        if answer != before:
            run.folder.save_answers((there | {answer.id: answer}).values())
            if answer.kept or was_printed:
                run.gather()  # the review may have been brought further while the question was asked
                run.finish()
        return answer

    def ask(self, question: str) -> Answer | Unanswered:
        """What the papers say to a question."""
        return self.ask_all([question])[0]

    def ask_all(self, questions: Sequence[str]) -> list[Answer | Unanswered]:
        """What the papers say to each of these questions, which are `cleaned`; each step is taken for all at once."""
        answers: dict[str, Answer | Unanswered] = {}
        plans: dict[str, Plan] = {}
        for question, plan in self._understood(list(dict.fromkeys(questions))).items():
            if isinstance(plan, Unanswered):
                answers[question] = plan
            elif not self._quotable or not plan.asks:
                answers[question] = self._refused(question, plan)
            else:
                plans[question] = plan
        readers = self._run.readers
        public = self._answered(plans, self._quotable - self._private, readers.model)
        private = self._answered(plans, self._private, readers.built_in)
        for question, plan in plans.items():
            got = _joined(public.get(question), private.get(question))
            answers[question] = got if isinstance(got, Unanswered) else self._settled(question, plan, got)
        return [answers[question] for question in questions]

    @property
    def _inputs(self) -> str:
        """Names the papers within the scope as they are."""
        return inputs_of(self._run.corpus, self._keys)

    def _understood(self, questions: Sequence[str]) -> dict[str, Plan | Unanswered]:
        if not self._quotable:
            return dict.fromkeys(questions, Plan())
        public = self._quotable - self._private
        client = self._run.readers.model if public else self._run.readers.built_in
        asks = []
        for question in questions:
            hits = self._index.search(question, most=FIRST_HITS, among=public or self._quotable)
            papers = self._run.corpus.papers(hit.key for hit in hits)
            titles = tuple(paper.called for paper in papers)
            asks.append(asked.Asked(question, titles, near_words(question, papers)))
        return dict(zip(questions, asked.understand(asks, self._run.taxonomy, client), strict=True))

    def _answered(
        self, plans: Mapping[str, Plan], keys: frozenset[str], client: Client
    ) -> dict[str, _Answered | Unanswered]:
        """What this model makes of the papers with these keys, by question; nothing where there are none."""
        if not keys or not plans:
            return {}
        found = {
            question: self._found(question, plan, keys, is_free=client.is_built_in) for question, plan in plans.items()
        }
        tasks = [asked.Task(q, plan, self._run.corpus.papers(found[q].keys)) for q, plan in plans.items()]
        if not client.is_built_in:
            self._announce(tasks, sum(one.n_possible for one in found.values()))
        read = asked.gather(tasks, client)
        tasks, read = self._with_next_steps(tasks, read, keys, client)
        got: dict[str, _Answered | Unanswered] = {}
        for task, own in zip(tasks, read, strict=True):
            n_more = len(task.papers) - len(found[task.question].keys)
            n_possible = found[task.question].n_possible + n_more
            nothing = asked.nothing_written(task.question)
            empty = _Answered(nothing, own, made=task.plan.made, n_possible=n_possible)
            got[task.question] = own.unanswered[0] if own.unanswered else empty
        told = [(task, own) for task, own in zip(tasks, read, strict=True) if own.sayings and not own.unanswered]
        return got | self._written(told, got, client)

    def _written(
        self,
        told: Sequence[tuple[asked.Task, asked.Gathered]],
        got: Mapping[str, _Answered | Unanswered],
        client: Client,
    ) -> dict[str, _Answered | Unanswered]:
        """The answers to those questions to which papers say something, checked."""
        tasks, read = [task for task, _ in told], [own for _, own in told]
        responses = asked.respond(tasks, read, client, table=self._table)
        drafts = [one.passage for one in responses if not isinstance(one, Unanswered)]
        # A reader waits: what the judge left out is not asked again, so that a fact never takes more than six calls.
        passages, unjudged = check_passages(drafts, self._run.corpus, client, asks_left_out=False)
        checked = {passage.id: passage for passage in passages}
        whys = {one.subject: one for one in unjudged}
        written: dict[str, _Answered | Unanswered] = {}
        for task, response in zip(tasks, responses, strict=True):
            if isinstance(response, Unanswered):
                written[task.question] = response
                continue
            passage = checked[response.passage.id]
            before = got[task.question]
            if not passage.is_checked or isinstance(before, Unanswered):
                written[task.question] = whys[passage.id].about(task.question)
                continue
            is_left = asked.is_answered(passage, was_answered=response.answered)
            written[task.question] = replace(
                before,
                passage=passage,
                answered=is_left,
                missing=NOT_STOOD if response.answered and not is_left else response.missing,
                made=response.made,
            )
        return written

    def _found(self, question: str, plan: Plan, keys: Collection[str], *, is_free: bool) -> asked.Found:
        return asked.find(
            question,
            plan,
            self._index,
            scope=keys,
            cards=self._run.cards,
            taxonomy=self._run.taxonomy,
            near=self._near,
            is_free=is_free,
        )

    def _announce(self, tasks: Sequence[asked.Task], n_possible: int) -> None:
        n_papers = sum(len(task.papers) for task in tasks)
        if n_papers > 2 * asked.PAPERS_PER_CALL:
            n_calls = sum(-(-len(task.papers) // asked.PAPERS_PER_CALL) for task in tasks)
            calls = count(n_calls, "call")
            self._run.say(f"reading {count(n_papers, 'paper')} in {calls}, of {n_possible:,} that could bear on it")

    def _with_next_steps(
        self, tasks: Sequence[asked.Task], read: Sequence[asked.Gathered], keys: Collection[str], client: Client
    ) -> tuple[list[asked.Task], list[asked.Gathered]]:
        """The tasks with the papers that what was found leads to, and all that was read with what these say."""
        tasks, read = list(tasks), list(read)
        several = [n for n, own in enumerate(read) if _has_next_step(tasks[n], own, keys)]
        steps = asked.follow([tasks[n] for n in several], [read[n] for n in several], client)
        further: dict[int, asked.Task] = {}
        for n, step in zip(several, steps, strict=True):
            if isinstance(step, Unanswered):
                read[n] += asked.Gathered(unanswered=(step,))
            elif step is not None:
                known = [paper.key for paper in tasks[n].papers]
                more = asked.find_more(step.plan.searches, self._index, scope=keys, known=known, near=self._near)
                further[n] = asked.Task(step.question, step.plan, self._run.corpus.papers(more))
        for n, own in zip(further, asked.gather(list(further.values()), client), strict=True):
            read[n] += own
            tasks[n] = replace(tasks[n], papers=(*tasks[n].papers, *further[n].papers))
        return tasks, read

    def _settled(self, question: str, plan: Plan, got: _Answered) -> Answer:
        n_bare = len(self._keys) - len(self._quotable)
        read = tuple(dict.fromkeys(got.gathered.read))
        n_possible = got.n_possible + n_bare
        return Answer(
            id=id_of(question, self._scope),
            question=question,
            scope=self._scope,
            kind=plan.kind,
            answered=got.answered,
            missing=got.missing,
            passage=got.passage,
            matching=asked.matching(got.gathered.sayings),
            nearest=() if got.answered else self._nearest(question, got.gathered),
            read=read,
            extent=asked.extent_of(
                got.gathered.sayings,
                n_papers=len(self._keys),
                n_possible=n_possible,
                n_without_abstract=n_bare,
                n_read=len(read),
            ),
            made=got.made.model_copy(update={"inputs": self._inputs}),
        )

    def _refused(self, question: str, plan: Plan) -> Answer:
        """The answer to what no paper needs to be read for."""
        no_question = NO_WORDS if plan.made.is_built_in else NO_QUESTION
        why = no_question if self._quotable else NO_ABSTRACTS
        nothing = _Answered(asked.nothing_written(question), asked.Gathered(), missing=why, made=plan.made)
        return self._settled(question, plan, nothing)

    def _nearest(self, question: str, gathered: asked.Gathered) -> tuple[str, ...]:
        """The papers nearest to a question that is not answered; none where no paper has a word of it."""
        hits = self._index.search(question, most=FIRST_HITS, among=self._quotable or self._keys)
        return asked.nearest(gathered.sayings, [hit.key for hit in hits])


def _has_next_step(task: asked.Task, read: asked.Gathered, keys: Collection[str]) -> bool:
    """Whether something was found that another search could start from, and papers are left to be found."""
    return bool(task.plan.steps and read.sayings and not read.unanswered and len(task.papers) < len(keys))


def _joined(main: _Answered | Unanswered | None, aside: _Answered | Unanswered | None) -> _Answered | Unanswered:
    """What the model wrote, with what the built-in one quoted of the papers that no server is sent."""
    if isinstance(main, Unanswered) or aside is None:
        assert main is not None  # some paper can be quoted
        return main
    if isinstance(aside, Unanswered) or main is None:
        return aside
    passage = asked.with_aside(main.passage, aside.passage) if aside.answered else main.passage
    return replace(
        main,
        passage=passage,
        gathered=main.gathered + aside.gathered,
        answered=main.answered or aside.answered,
        n_possible=main.n_possible + aside.n_possible,
    )
