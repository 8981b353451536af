"""One call on its way: attempts within budget and limits until it has an answer, and what they took."""

from functools import lru_cache
from threading import Event
from typing import Protocol

import instructor
import openai
from instructor.core.exceptions import InstructorRetryException
from openai.types.chat import ChatCompletion, ChatCompletionMessageFunctionToolCall
from pydantic import ValidationError

from agent.errors import BadReply, ConspectusError, Refused, RunStopped, TransportFailed, Truncated, Unreachable
from agent.llm.budget import Budget, Reservation
from agent.llm.call import Answer, Call, Json, Usage
from agent.llm.ledger import Ledger
from agent.llm.limiter import Limiter, Turn
from agent.llm.retries import Passing, Retries, persist
from agent.llm.server import Server, is_unbilled
from agent.llm.wire import messages_of, most_input_tokens, sent_by
from agent.review import ModelChoice

MAX_REASKS = 2
"""How often a model is shown what is wrong with its answer."""

_MODES = {"json_schema": instructor.Mode.JSON_SCHEMA, "tools": instructor.Mode.TOOLS}
_BYTES_A_TOKEN = 4
"""By which servers guess, before they have read a request, what to count against a limit of tokens a minute."""
_UNKNOWN = Usage(attempts=1, cost_usd=None)


class Means(Protocol):
    """What all exchanges of a run share."""

    choice: ModelChoice
    budget: Budget
    ledger: Ledger
    limiter: Limiter
    retries: Retries
    server: Server


class Exchange:
    """A call, with what it has taken so far."""

    def __init__(self, means: Means, call: Call, stop: Event) -> None:
        self.usage = Usage()
        self.model = call.model
        self._means = means
        self._call = call
        self._stop = stop
        self._n_out = call.parameters.get("max_output_tokens") or means.choice.max_output_tokens
        self._n_answered = means.limiter.n_answered
        self._first: ChatCompletion | None = None

    def answer(self) -> Answer:
        """The typed answer; raises a CallError where there is none, or a RunStopped."""
        completion = self._ask(messages_of(self._call))
        try:
            # instructor's reading costs more than all else here, so it is given only the answers that need it.
            return self._call.answer.model_validate_json(_text_of(completion))
        except ValidationError:
            return self._ask_again(completion)

    def _ask(self, messages: list[Json]) -> ChatCompletion:
        """A completion that answers, after as many attempts as it takes."""
        server = self._means.server
        try:
            return persist(lambda: self._attempt(messages), self._means.retries, self._stop)
        except TransportFailed as error:
            if server.is_reached:
                raise
            advice = "check OPENAI_BASE_URL and the network, or let the built-in model answer with --offline"
            raise Unreachable(f"{server.address} cannot be reached: {error}; {advice}") from None

    def _ask_again(self, first: ChatCompletion) -> Answer:
        """Let instructor read the first completion, and show the model what is wrong until it has it right."""
        self._first = first
        create = instructor.patch(create=self._create, mode=_MODES[self._means.choice.mode])
        try:
            return create(
                response_model=_for_instructor(self._call.answer),
                messages=messages_of(self._call),
                max_retries=MAX_REASKS,
                strict=False,  # no stricter than the first reading
            )
        except InstructorRetryException as error:
            cause = error.__cause__
            if cause is not None and not isinstance(cause, ValueError):
                raise cause from None  # ours: it came through `_create`
            raise BadReply(
                f"{self._call.prompt}: no valid answer in {error.n_attempts} tries: {_brief(cause)}"
            ) from None

    def _create(self, *, messages: list[Json], **_form: Json) -> ChatCompletion:
        """The server, to instructor; the first completion, which is paid for, is given once more."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        # Not every server takes the message that an empty answer becomes.
        return self._ask([message for message in messages if message.get("content") or message.get("tool_calls")])

    def _attempt(self, messages: list[Json]) -> ChatCompletion:
        """One request within the budget and its turn, in the ledger however it ends."""
        means, call = self._means, self._call
        n_in = most_input_tokens(call, messages)
        turn = means.limiter.wait_turn(n_in // _BYTES_A_TOKEN + self._n_out, self._stop)
        reservation = self._reserve(n_in, turn)
        usage: Usage | None = None
        is_answer = False
        try:
            completion = means.server.request(call, messages, turn)
            usage, is_answer = self._usage_of(completion), True
        except openai.APIError as error:
            usage = Usage(attempts=1, cost_usd=means.budget.cost(0, 0)) if is_unbilled(error) else None
            raise self._failure(error, turn) from None  # openai's own words could hold the key
        finally:
            means.budget.settle(reservation, usage)
            n_used = None if usage is None else usage.input_tokens + usage.output_tokens
            means.limiter.give_back(turn, n_used, is_answer=is_answer)
            self._record(usage or _UNKNOWN)
        self.model = completion.model
        _refuse_silence(call, completion, self._n_out)
        return completion

    def _reserve(self, n_in: int, turn: Turn) -> Reservation:
        """The budget's leave, asked when it is the call's turn: who only waits in line sets nothing aside."""
        budget = self._means.budget
        try:
            reservation = budget.reserve(n_in, self._n_out)
            if self._stop.is_set():
                budget.release(reservation)
                raise RunStopped("the run was stopped before the call was sent")
        except RunStopped:
            self._means.limiter.give_back(turn, 0, is_answer=False)
            raise
        return reservation

    def _failure(self, error: openai.APIError, turn: Turn) -> ConspectusError | Passing:
        """What to raise for it; the limiter is told of a 429."""
        limiter, meaning = self._means.limiter, self._means.server.meaning_of(error, self._call)
        if isinstance(error, openai.RateLimitError) and isinstance(meaning, Passing):
            meaning.is_no_failure = limiter.refuse(turn, meaning.retry_after_s, self._n_answered)
            self._n_answered = limiter.n_answered
        return meaning

    def _usage_of(self, completion: ChatCompletion) -> Usage | None:
        """What the server says that the attempt took; None where it does not say."""
        n_in = getattr(completion.usage, "prompt_tokens", None)
        n_out = getattr(completion.usage, "completion_tokens", None)
        if not (type(n_in) is int and type(n_out) is int and n_in >= 0 and n_out >= 0):
            return None
        return Usage(0, 1, n_in, n_out, self._means.budget.cost(n_in, n_out))

    def _record(self, usage: Usage) -> None:
        is_first = not self.usage.attempts
        if is_first:
            usage += Usage(calls=1)
        self.usage += usage
        self._means.ledger.add(self._call.prompt, usage, sent_by(self._call) if is_first else None)


def _text_of(completion: ChatCompletion) -> str:
    message = completion.choices[0].message
    for tool_call in message.tool_calls or ():
        if isinstance(tool_call, ChatCompletionMessageFunctionToolCall):
            return tool_call.function.arguments
    return message.content or ""


def _refuse_silence(call: Call, completion: ChatCompletion, max_output_tokens: int) -> None:
    """Raise what a completion says in place of an answer; no second asking changes it."""
    choice = completion.choices[0]
    if choice.message.refusal:
        raise Refused(f"{call.prompt}: the model refused: {choice.message.refusal[:200]}")
    if choice.finish_reason == "content_filter":
        raise Refused(f"{call.prompt}: a content filter stopped the answer")
    if choice.finish_reason == "length":
        raise Truncated(
            f"{call.prompt}: the answer did not end within {max_output_tokens:,} tokens; "
            "raise `max_output_tokens` under [model] in review.toml"
        )


@lru_cache(maxsize=256)
def _for_instructor(answer: type[Answer]) -> type[Answer]:
    """The class as instructor would make it anew, and keep, at each call."""
    return instructor.response_schema(answer)


def _brief(error: BaseException | None) -> str:
    """The first thing that was wrong with an answer."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}" if where else first["msg"]
    return str(error or "it was empty").split("\n", 1)[0][:200]
