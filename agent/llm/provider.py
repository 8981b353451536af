"""The transport to a model's server: the only place that a paid request leaves from."""

import logging
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from json import JSONDecodeError
from threading import Event
from types import TracebackType
from typing import Self

import httpx2
import instructor
import openai
from instructor.core.exceptions import InstructorRetryException
from openai.types.chat import ChatCompletion
from pydantic import ValidationError

from agent.errors import (
    BadReply,
    CallError,
    ConspectusError,
    NotAllowed,
    Refused,
    RunStopped,
    TransportFailed,
    Truncated,
    Unreachable,
)
from agent.llm.budget import Budget
from agent.llm.call import Answer, Call, Json, Reply, Usage
from agent.llm.ledger import Ledger
from agent.llm.pool import answer_all
from agent.llm.retries import PASSING_STATUSES, Passing, Retries, persist, retry_after_s
from agent.llm.wire import form_of, messages_of, most_input_tokens, parameters_of
from agent.review import ModelChoice

MAX_REASKS = 2
"""How often a model is shown what is wrong with its answer."""

_CONNECT_TIMEOUT_S = 10.0
_MODES = {"json_schema": instructor.Mode.JSON_SCHEMA, "tools": instructor.Mode.TOOLS}
_LIKE_A_KEY = re.compile(r"\b(?:sk|pk|gsk|key)-[\w*.\-]{6,}")
_SHORTEST_SECRET = 8
"""A shorter key is a word that stands for none, and its letters are part of other words."""
_UNKNOWN = Usage(attempts=1, cost_usd=None)


class Provider:
    """Sends calls to any OpenAI-compatible server, within a budget; `with` closes its connections."""

    def __init__(
        self, base_url: str, api_key: str, choice: ModelChoice, budget: Budget, *, retries: Retries | None = None
    ) -> None:
        self.choice = choice
        self.budget = budget
        self.ledger = Ledger()
        self.retries = retries or Retries()
        self.is_reached = False
        """Whether the server has said anything yet, be it an error."""
        self.address = _checked(base_url)
        self._api_key = api_key
        n_calls = choice.concurrency
        timeout = httpx2.Timeout(choice.timeout_s, connect=min(_CONNECT_TIMEOUT_S, choice.timeout_s))
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or "none",  # a server on one's own machine often wants no key; openai always sends one
            max_retries=0,  # one attempt is one request; the next is made in `persist` alone
            timeout=timeout,
            http_client=openai.DefaultHttpxClient(
                limits=httpx2.Limits(max_connections=n_calls, max_keepalive_connections=n_calls), timeout=timeout
            ),
        )
        # Without a handler, its complaints about single calls, which are reported as CallErrors, would go to stderr.
        logging.getLogger("instructor").addHandler(logging.NullHandler())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """See `Transport.send_all`; `choice.concurrency` calls are on their way at a time."""
        return answer_all(calls, self._answer, self.choice.concurrency)

    def _answer(self, call: Call, stop: Event) -> Reply:
        exchange = _Exchange(self, call, stop)
        completion = exchange.ask(messages_of(call))
        try:
            # instructor's reading costs more than all else here, so it is given only the answers that need it.
            answer = call.answer.model_validate_json(_text_of(completion))
        except ValidationError:
            answer = exchange.ask_again(completion)
        text, day = answer.model_dump_json(by_alias=True), datetime.now(UTC).date().isoformat()
        return Reply(text, exchange.model, day, exchange.usage)

    def request(self, call: Call, messages: list[Json]) -> ChatCompletion:
        """One request, neither budgeted nor retried; raises openai's errors, or Passing for a reply that is none."""
        try:
            completion = self._client.chat.completions.create(
                model=call.model,
                messages=messages,
                **form_of(call.answer, self.choice.mode),
                extra_body=parameters_of(call, self.choice),
            )
        except JSONDecodeError:
            raise Passing("the server's reply is not JSON") from None
        if not isinstance(completion, ChatCompletion):
            raise Passing("the server sent a page where a reply should be; is its address right?")
        if not completion.choices or completion.choices[0].message is None:
            raise Passing(f"the server sent a reply without an answer{self._quoted(getattr(completion, 'error', ''))}")
        return completion

    def usage_of(self, completion: ChatCompletion) -> Usage | None:
        """What the server says that the attempt took; None where it does not say."""
        if completion.usage is None:
            return None
        n_in, n_out = completion.usage.prompt_tokens or 0, completion.usage.completion_tokens or 0
        return Usage(0, 1, n_in, n_out, self.budget.cost(n_in, n_out))

    def meaning_of(self, error: openai.APIError, call: Call) -> ConspectusError | Passing:
        """What an error of the transport or a status means for the call."""
        if isinstance(error, openai.APITimeoutError):
            return Passing(f"no reply came in {self.choice.timeout_s:g} s")
        if not isinstance(error, openai.APIStatusError):
            return Passing(f"the connection failed{self._quoted(error.__cause__ or error)}")
        status = error.status_code
        said = self._quoted(error.body.get("message") if isinstance(error.body, dict) else error.message)
        if status in (401, 403):
            return NotAllowed(f"the server did not accept the key ({status}){said}; check OPENAI_API_KEY")
        if status == 402 or error.code == "insufficient_quota":
            return NotAllowed(f"the account of this key has no credit left ({status}){said}")
        if status == 404 or error.code == "model_not_found":
            return NotAllowed(f"the server knows no model `{call.model}` at this address ({status}){said}")
        if status in PASSING_STATUSES or status >= 500:
            return Passing(f"the server failed with {status}{said}", retry_after_s(error.response.headers))
        if error.code == "content_filter":
            return Refused(f"{call.prompt}: a content filter stopped the prompt{said}")
        about_schema = "schema" in said or "response_format" in said
        hint = '; try `mode = "tools"` under [model] in review.toml' if about_schema else ""
        return TransportFailed(f"{call.prompt}: the server does not take this call ({status}){said}{hint}")

    def _quoted(self, said: object) -> str:
        """The server's own words, short, without anything like a key."""
        text = " ".join(str(said or "").split())
        if len(self._api_key) >= _SHORTEST_SECRET:
            text = text.replace(self._api_key, "***")
        text = _LIKE_A_KEY.sub("***", text)
        return f": {text[:200]}" if text else ""


class _Exchange:
    """One call on its way, with what it has taken so far."""

    def __init__(self, provider: Provider, call: Call, stop: Event) -> None:
        self.usage = Usage()
        self.model = call.model
        self._provider = provider
        self._call = call
        self._stop = stop
        self._first: ChatCompletion | None = None

    def ask(self, messages: list[Json]) -> ChatCompletion:
        """A completion that answers, after as many attempts as it takes."""
        provider = self._provider
        try:
            return persist(lambda: self._attempt(messages), provider.retries, self._stop)
        except TransportFailed as error:
            if provider.is_reached:
                raise
            advice = "check OPENAI_BASE_URL and the network, or let the built-in model answer with --offline"
            raise Unreachable(f"{provider.address} cannot be reached: {error}; {advice}") from None

    def ask_again(self, first: ChatCompletion) -> Answer:
        """Let instructor read the first completion, and show the model what is wrong until it has it right."""
        self._first = first
        create = instructor.patch(create=self._create, mode=_MODES[self._provider.choice.mode])
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
        return self.ask([message for message in messages if message.get("content") or message.get("tool_calls")])

    def _attempt(self, messages: list[Json]) -> ChatCompletion:
        """One request within the budget, in the ledger however it ends."""
        provider, call = self._provider, self._call
        n_out = call.parameters.get("max_output_tokens") or provider.choice.max_output_tokens
        reservation = provider.budget.reserve(most_input_tokens(call, messages), n_out)
        if self._stop.is_set():
            provider.budget.release(reservation)
            raise RunStopped("the run was stopped before the call was sent")
        usage: Usage | None = None
        try:
            completion = provider.request(call, messages)
            provider.is_reached = True
            usage = provider.usage_of(completion)
        except Passing:
            provider.is_reached = True
            raise
        except openai.APIError as error:
            provider.is_reached |= not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
            usage = Usage(attempts=1, cost_usd=provider.budget.cost(0, 0)) if _is_unbilled(error) else None
            raise provider.meaning_of(error, call) from None  # openai's own words could hold the key
        finally:
            provider.budget.settle(reservation, usage)
            self._record(usage or _UNKNOWN)
        self.model = completion.model or call.model
        _refuse_silence(call, completion, n_out)
        return completion

    def _record(self, usage: Usage) -> None:
        if not self.usage.attempts:
            usage += Usage(calls=1)
        self.usage += usage
        self._provider.ledger.add(self._call.prompt, usage)


def _checked(address: str) -> str:
    """This address, where a request can be sent to it; else NotAllowed."""
    try:
        url = httpx2.URL(address)
        is_whole = url.scheme in ("http", "https") and bool(url.host) and not re.search(r"\s", address)
    except httpx2.InvalidURL:
        is_whole = False
    if is_whole:
        return address
    shown = _LIKE_A_KEY.sub("***", address)
    raise NotAllowed(f"OPENAI_BASE_URL is {shown!r}, which is no address; it looks like https://api.openai.com/v1")


def _text_of(completion: ChatCompletion) -> str:
    message = completion.choices[0].message
    for tool_call in message.tool_calls or ():
        if tool_call.type == "function":
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


def _is_unbilled(error: openai.APIError) -> bool:
    """Whether no server did any work for it: it was not reached, or says itself that it failed.

    A gateway's 502 or 504 says nothing of the server behind it.
    """
    if isinstance(error, openai.APIStatusError):
        return error.status_code not in (502, 504)
    return isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)


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
