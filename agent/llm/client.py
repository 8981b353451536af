"""What the stages are handed: they ask for a type and get answers in the order they asked, or Unanswered."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from agent.errors import CallError, RunStopped
from agent.llm.answered import Answers, Told
from agent.llm.call import Answer, Call, Reply, Transport
from agent.llm.prompts import render
from agent.review import BUILT_IN, Unanswered

A = TypeVar("A", bound=Answer)

Kind = type[A] | Callable[[], type[A]]
"""A class, or what makes it when its call is taken up."""

Progress = Callable[[str, int, int], None]
"""Told after each reply: the prompt, how many are done, how many there are in all."""


class Client:
    """Asks the model behind its transport, which it knows by name alone."""

    def __init__(
        self,
        transport: Transport,
        model: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.model = model
        self.stopped: RunStopped | None = None
        """Why nothing more is asked in this run; None while there is no reason. Set as well where `ask_all` raises."""
        self.n_replies = 0
        """Replies that came back so far, kept ones included."""
        self._transport = transport
        self._parameters = dict(parameters or {})
        self._progress = progress

    @property
    def is_built_in(self) -> bool:
        return self.model == BUILT_IN

    def call(self, prompt: str, answer: type[Answer], fields: Mapping[str, Any]) -> Call:
        """The call that asks for this, unsent."""
        text = render(prompt, fields)
        return Call(prompt, text.system, text.user, self.model, self._parameters, answer, dict(fields))

    def ask(self, prompt: str, answer: type[A], **fields: object) -> A:
        """One answer; raises the CallError or RunStopped that stood in its way."""
        got = self._ask_all(prompt, [answer], [fields])[0]
        if isinstance(got, CallError):
            raise got
        if got is None:
            raise self.stopped or CallError(f"{prompt}: the transport gave no reply")
        return got.read()

    def ask_all(
        self, prompt: str, answer: type[A] | Sequence[Kind[A]], rows: Sequence[Mapping[str, Any]]
    ) -> Answers[A]:
        """An answer for each row of fields, in their order; what failed for good is an Unanswered in its place.

        `answer` is one class for all rows or one for each, where each has closed sets of its own; many are better given
        as what makes them, for then no more of them are alive than there are calls on their way. A RunStopped is not
        raised: the rest is Unanswered, with why. What is raised (a Ctrl-C, a broken cassette, a bug) has let the
        transport keep what was in flight, and leaves `stopped` set.
        """
        answers = list(answer) if isinstance(answer, Sequence) else [answer] * len(rows)
        got = self._ask_all(prompt, answers, rows)
        return Answers(self._as_value(prompt, one) for one in got)

    def _as_value(self, prompt: str, got: Told[A] | CallError | None) -> Told[A] | Unanswered:
        if isinstance(got, CallError):
            return Unanswered(stage=prompt, subject="", why=str(got))
        if got is None:
            return Unanswered(stage=prompt, subject="", why=str(self.stopped or "no reply came"), stopped=True)
        return got

    def _ask_all(
        self, prompt: str, answers: Sequence[Kind[A]], rows: Sequence[Mapping[str, Any]]
    ) -> list[Told[A] | CallError | None]:
        got: list[Told[A] | CallError | None] = [None] * len(rows)
        if self.stopped or not rows:
            return got
        wanted: dict[str, list[int]] = {}
        n_done = 0

        def calls() -> Iterator[Call]:
            nonlocal n_done
            for index, (answer, fields) in enumerate(zip(answers, rows, strict=True)):
                call = self.call(prompt, answer if isinstance(answer, type) else answer(), fields)
                places = wanted.setdefault(call.key, [])
                places.append(index)
                if len(places) == 1:  # the same call twice is asked once
                    yield call
                elif got[places[0]] is not None:
                    got[index] = got[places[0]]
                    n_done += 1

        stream = self._transport.send_all(calls())
        try:
            for call, reply in stream:
                places = wanted[call.key]
                self.n_replies += 1
                for index in places:
                    kind = answers[index]
                    got[index] = _look(kind if isinstance(kind, type) else cast(type[A], call.answer), call, reply)
                n_done += len(places)
                if self._progress:
                    self._progress(prompt, n_done, len(rows))
        except RunStopped as stop:
            self.stopped = stop
        except BaseException as error:
            # Whoever writes down what there is before this ends the program shall not ask for more.
            self.stopped = _stop_by(error)
            raise
        finally:
            if isinstance(stream, Generator):
                stream.close()  # after a Ctrl-C in this loop: what is in flight is waited for and kept
        return got


def _stop_by(error: BaseException) -> RunStopped:
    if isinstance(error, KeyboardInterrupt):
        return RunStopped("the run was interrupted")
    return RunStopped(f"the run was ended by an error: {type(error).__name__}: {' '.join(str(error).split())}")


def _look(answer: type[A], call: Call, reply: Reply | CallError) -> Told[A] | CallError:
    """A reply that is valid for its class, or why it is not."""
    if isinstance(reply, CallError):
        return reply
    try:
        if reply.read_by is not answer:
            answer.model_validate_json(reply.text)
    except ValidationError as error:
        return CallError(f"{call.prompt}: a stored reply does not fit its type any more: {error.errors()[0]['msg']}")
    return Told.of(answer, call, reply)
