"""A review as a program sees it: open a folder, bring it up to date."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.ask import cleaned
from agent.connect import DEMO, Access
from agent.errors import ConspectusError, FolderError, NotRecorded, QuestionError, SourceError, Unfinished
from agent.folder import Folder
from agent.llm.call import Usage
from agent.llm.client import Client, Progress
from agent.llm.lookup import Lookup
from agent.lock import hold
from agent.papers import Paper
from agent.pipeline.asking import Asking
from agent.pipeline.estimate import Estimate
from agent.pipeline.locked import Locked, look_locked
from agent.pipeline.naming import is_readable, named
from agent.pipeline.plan import Plan, plan
from agent.pipeline.refresh import Refreshed, refresh
from agent.pipeline.run import Say, silent
from agent.pipeline.running import MayGoOn, Running
from agent.pipeline.sending import without
from agent.pipeline.spent import Spent
from agent.pipeline.wish import REFRESH, Wish
from agent.question import EVERYWHERE, Answer, Scope, id_of
from agent.report import Report
from agent.review import Card, Protocol, Send, Source, Unanswered
from agent.search import Index
from agent.shipped import shipped
from agent.sources import read


@dataclass(frozen=True)
class Piloted:
    """A paper of a pilot, with its card."""

    paper: Paper
    card: Card
    usage: Usage | None
    """What its card took when it was asked; None where this machine does not know."""


class Review:
    """A review folder and the way to a model."""

    def __init__(
        self, folder: Folder, access: Access | None = None, *, say: Say = silent, progress: Progress | None = None
    ) -> None:
        self.folder = folder
        self._access = access or Access()
        self._running = Running(folder, self._access, say, progress)
        self._say = say

    @classmethod
    def open(cls, path: Path | str, access: Access | None = None) -> "Review":
        """The review in this folder; FolderError where there is none.

        Without an `access` the model that review.toml names is asked with no key, or else the built-in one answers.
        """
        folder = Folder(Path(path))
        folder.protocol()
        return cls(folder, access)

    @classmethod
    def create(cls, path: Path | str, files: Sequence[Path], protocol: Protocol, *, say: Say = silent) -> "Review":
        """A new review over these files, its papers read; where no paper can be read, SourceError and nothing made."""
        folder = Folder(Path(path))
        folder.create(protocol.model_copy(update={"sources": named(folder, files, ())}))
        review = cls(folder, say=say)
        try:
            review.build("papers")
        except (SourceError, FolderError):
            folder.discard()
            raise
        return review

    @staticmethod
    def copy_demo(path: Path) -> None:
        """Lay out the demo's corpus and protocol in this folder; FolderError where there is a review already."""
        Folder(path).copy_from(shipped("cassettes/demo"), ("review.toml", "papers.bib", "later.bib", "questions.jsonl"))

    def add(self, files: Sequence[Path], send: Send | None = None) -> tuple[Source, ...]:
        """Name more sources in review.toml; those it has already are not named twice.

        How much of them may be sent is what was said of a source that was named before, unless `send` says it.
        SourceError where not one of them can be read, and then nothing is added.
        """
        with self.folder.held("add", self._say):
            return self._add(files, send)

    def _add(self, files: Sequence[Path], send: Send | None) -> tuple[Source, ...]:
        there = self.folder.protocol().sources
        resolved = {file.resolve() for file in files}
        for source in there:
            if send not in (None, source.send) and self.folder.source_file(source).resolve() in resolved:
                raise SourceError(f'review.toml names {source.name} already; write send = "{send}" under it there')
        sources = named(self.folder, files, there, send)
        readable = [source for source in sources if is_readable(self.folder, source)]
        if sources and not readable:
            read(self.folder.source_file(sources[0]), sources[0].name)  # raises what is wrong with it
        if sources:
            self.folder.add_sources(sources)
        return sources

    def build(self, until: str = "build", *, may_go_on: MayGoOn | None = None) -> Report:
        """Bring the review up to date, as far as one of STEPS; what stands is not asked again.

        Raises the RunStopped that ended the run early, which is Declined where `may_go_on` said no, or Unfinished
        where there is no taxonomy to go on with, after everything that was paid for is on disk and the report says
        what is missing. Waits for another run that is at work on this folder.
        """
        self.folder.protocol()  # before anything is made in a folder that holds no review
        with self.folder.held(until, self._say):
            return self._running.build(until, may_go_on=may_go_on)

    def pilot(self, n_papers: int) -> tuple[Report, tuple[Piloted, ...]]:
        """Cards for so many papers, drawn by the hash of their keys, and the taxonomy where there is none.

        The same papers are drawn the next time, and are not asked again.
        """
        self.folder.protocol()
        with self.folder.held("pilot", self._say):
            report = self._running.build("classify", n_pilot=n_papers)
            cards, corpus = self.folder.cards(), self.folder.corpus()
            papers = without(corpus, frozenset(report.not_sent)).drawn(n_papers)
            with Lookup(self.folder.cache_folder) as kept:
                return report, tuple(
                    Piloted(paper, card, reply.usage if (reply := kept.reply(card.made.call)) else None)
                    for paper in papers
                    if (card := cards.get(paper.key))
                )

    def ask(self, question: str, *, scope: Scope = EVERYWHERE, table: bool = False, keep: bool | None = None) -> Answer:
        """What the papers within this scope say to a question, each claim checked; or that they do not say.

        The same question put to the same papers is answered from answers.jsonl, where every answer is kept. `keep` says
        whether it is printed with the survey from now on, None leaves that as it is. Raises QuestionError for one that
        cannot be put, the RunStopped that ended the run, and Unfinished where a call it needs stayed unanswered.
        """
        text = cleaned(question)
        if keep is False:
            return self._take_out(text, scope)
        with self._questions(scope, table=table) as asking, self._alone_with(text, scope):
            answer = asking.standing(text) or asking.ask(text)
            if isinstance(answer, Unanswered):
                raise _why_not(answer, asking.client)
            try:
                with self.folder.held("ask", self._say):
                    return asking.keep(answer, printed=keep)
            except FolderError as error:
                self._say(f"the answer is not kept: {error}")
                return answer

    def _take_out(self, question: str, scope: Scope) -> Answer:
        """The answer that was kept, from now on no more; asks nothing."""
        with self.folder.held("ask", self._say):
            there = self.folder.answers()
            kept = there.get(id_of(question, scope))
            if kept is None or not kept.kept:
                raise QuestionError("no such question is kept; `conspectus ask --list` shows those that are")
            answer = kept.model_copy(update={"kept": False})
            self.folder.save_answers((there | {answer.id: answer}).values())
        self.build("papers")  # prints the survey without it
        return answer

    def _alone_with(self, question: str, scope: Scope) -> AbstractContextManager[None]:
        """Keeps another run that asks the same waiting, so that it finds the answer and does not pay too."""
        return hold(self.folder.asking_folder / id_of(question, scope), "ask", self._say)

    def ask_groups(
        self, groups: Iterable[Sequence[str]]
    ) -> Generator[tuple[list[Answer | Unanswered], Usage], None, None]:
        """An answer to each question, one group after the other within one budget, with what it took now.

        Within a group each step is taken for all questions at once. No answer is kept in a file.

        Where something ends the run, raises it after the group in which it did.
        """
        cleaned_groups = [[cleaned(question) for question in group] for group in groups]
        with self._questions(EVERYWHERE, table=False) as asking:
            for texts in cleaned_groups:
                before = self.spent.total
                answers = asking.ask_all(texts)
                yield answers, self.spent.total.since(before)
                lost = [one for one in answers if isinstance(one, Unanswered)]
                if lost and asking.client.stopped:
                    raise _why_not(lost[0], asking.client)

    @contextmanager
    def _questions(self, scope: Scope, *, table: bool) -> Iterator[Asking]:
        """What questions are put to: the papers, read anew, their index, and the way to a model."""
        protocol = self.folder.protocol()
        with self._running.connected(protocol, say=self._say) as connection:
            run = self._running.over(protocol, connection)
            with self.folder.held("ask", self._say):
                self.folder.ignore_cache()
                run.gather()
                if run.is_new:
                    run.finish()
            try:
                index = Index.open(self.folder.index_folder, run.corpus, run.cards, run.taxonomy, self._say)
                near = connection.near(without(run.corpus, run.not_sent))
                yield Asking(run, index, scope, table=table, near=near)
            finally:
                self._running.log(connection)

    def estimate(self) -> Estimate:
        """What a build would take now; nothing is sent, and nothing of the review is written."""
        return self._running.estimate()

    def plan(self, wish: Wish = REFRESH) -> Plan:
        """What a refresh would ask, counted; nothing is sent, and nothing of the review is written."""
        return plan(self.folder, self.folder.protocol(), self._access, wish)

    def look_locked(self) -> Locked:
        """Whether what stands is what a refresh would make; nothing is asked or written."""
        return look_locked(self.folder, self.folder.protocol(), self._access)

    def refresh(self, wish: Wish = REFRESH) -> Refreshed:
        """Bring in what is new, and write down in CHANGES.md what changed; see `agent.pipeline.refresh`."""
        self.folder.protocol()
        with self.folder.held("refresh", self._say):
            return refresh(self.folder, self._running, wish, self._say)

    @property
    def spent(self) -> Spent:
        """What the last run took so far, and what it was spared."""
        return self._running.spent

    @property
    def usage(self) -> dict[str, Usage]:
        """What the last run paid so far, by prompt."""
        return self._running.usage


def _why_not(unanswered: Unanswered, client: Client) -> ConspectusError:
    """What ended the run, or why a question stayed unanswered."""
    if isinstance(client.stopped, NotRecorded) and client.model == DEMO:
        told = "the demo holds answers to the questions in its questions.jsonl, and none to this one"
        return NotRecorded(f"{told}; ask it with --offline, or of a model with --model")
    told = f"the question stayed unanswered: {unanswered.why}; ask again to go on from there"
    return client.stopped or Unfinished(told)
