"""One call on its way: asked until it has an answer of its type, and what that took."""

from functools import lru_cache
from threading import Event
from typing import Protocol

import instructor
from instructor.core.exceptions import InstructorRetryException
from openai.types.chat import ChatCompletion, ChatCompletionMessageFunctionToolCall
from pydantic import ValidationError

from agent.errors import BadReply, Refused, Truncated
from agent.llm import attempts
from agent.llm.attempts import Attempts
from agent.llm.budget import Reservation
from agent.llm.call import Answer, Call, Json, Usage
from agent.llm.wire import messages_of, most_input_tokens, sent_by
from agent.review import ModelChoice

MAX_REASKS = 2
"""How often a model is shown what is wrong with its answer."""

_MODES = {"json_schema": instructor.Mode.JSON_SCHEMA, "tools": instructor.Mode.TOOLS}


class Means(attempts.Means, Protocol):
    """What all exchanges of a run share."""

    choice: ModelChoice


class Exchange:
    """A call, with what it has taken so far."""

    def __init__(self, means: Means, call: Call, stop: Event) -> None:
        self.model = call.model
        self._means = means
        self._call = call
        self._attempts = Attempts(means, call, sent_by(call), stop)
        self._n_out = call.parameters.get("max_output_tokens") or means.choice.max_output_tokens
        self._first: ChatCompletion | None = None

    @property
    def usage(self) -> Usage:
        return self._attempts.usage

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
        completion = self._attempts.insist(
            Reservation(most_input_tokens(self._call, messages), self._n_out),
            lambda turn: self._means.server.request(self._call, messages, turn),
            _tokens_of,
        )
        self.model = completion.model
        _refuse_silence(self._call, completion, self._n_out)
        return completion

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


def _tokens_of(completion: ChatCompletion) -> tuple[int, int] | None:
    """What the server says that an attempt took; None where it does not say."""
    n_in = getattr(completion.usage, "prompt_tokens", None)
    n_out = getattr(completion.usage, "completion_tokens", None)
    return (n_in, n_out) if type(n_in) is int and type(n_out) is int and n_in >= 0 and n_out >= 0 else None


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
