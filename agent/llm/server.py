"""A model's server: one request to it, and what its errors mean."""

import logging
import time
from collections.abc import Sequence
from json import JSONDecodeError
from threading import local
from typing import Any, TypeVar, get_origin

import httpx2
import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessage, ChatCompletionMessageFunctionToolCall

from agent.errors import ConspectusError, NotAllowed, NotTaken, Refused
from agent.llm.address import LIKE_A_KEY, read_address, read_key
from agent.llm.call import Call, Json
from agent.llm.limiter import Turn
from agent.llm.retries import PASSING_STATUSES, Passing, retry_after_s
from agent.llm.wire import form_of, parameters_of, sendable
from agent.review import ModelChoice

_CONNECT_TIMEOUT_S = 10.0
_SHORTEST_SECRET = 8
"""A shorter key is a word that stands for none, and its letters are part of other words."""
_NOT_IMPLEMENTED = 501
"""The one status of a failing server that the next attempt will not change."""
_FOLLOW_BY_HAND = "no call is sent to a host that you did not name: set OPENAI_BASE_URL to the right one"

T = TypeVar("T")


class Server:
    """Any OpenAI-compatible server, over as many connections as there are calls on their way."""

    def __init__(self, base_url: str, api_key: str, choice: ModelChoice) -> None:
        address = read_address(base_url)
        self.address = address.shown
        self.is_reached = False
        """Whether it has said anything yet, be it an error."""
        self._api_key = read_key(api_key)
        self._choice = choice
        self._sending = local()
        n_calls = choice.concurrency
        timeout = httpx2.Timeout(choice.timeout_s, connect=min(_CONNECT_TIMEOUT_S, choice.timeout_s))
        self._client = openai.OpenAI(
            base_url=address.url,
            api_key=self._api_key or "none",  # a server that wants no key is sent one all the same, by openai's client
            max_retries=0,  # one attempt is one request; the next is made in `persist` alone
            timeout=timeout,
            http_client=_connections(
                limits=httpx2.Limits(max_connections=n_calls, max_keepalive_connections=n_calls),
                timeout=timeout,
                # Run in the thread whose request it is; cheaper than `with_raw_response`, and errors come by as well.
                event_hooks={"request": [self._note_sent], "response": [self._note_headers]},
            ),
        )
        # Without a handler, its complaints about single calls, which are reported as CallErrors, would go to stderr.
        logging.getLogger("instructor").addHandler(logging.NullHandler())

    def close(self) -> None:
        self._client.close()

    def request(self, call: Call, messages: list[Json], turn: Turn) -> ChatCompletion:
        """One request, neither budgeted nor retried; raises openai's errors, or Passing for a reply that is none."""
        body = {
            "messages": messages,
            "model": call.model,
            **form_of(call.answer, self._choice.mode),
            **parameters_of(call, self._choice),
        }
        completion = self._post("/chat/completions", body, ChatCompletion, turn)
        if not _has_message(completion):
            raise Passing(f"the server sent a reply without an answer{self._quoted(getattr(completion, 'error', ''))}")
        _clean(completion, call.model)
        return completion

    def embed(self, model: str, texts: Sequence[str], turn: Turn) -> dict[str, Json]:
        """The same for vectors of texts; gives the reply's JSON as it is."""
        # base64 is what openai's own client asks for, so that every server knows it; some send numbers all the same.
        body = {"input": [sendable(text) for text in texts], "model": model, "encoding_format": "base64"}
        reply = self._post("/embeddings", body, dict[str, Json], turn)
        if "data" not in reply:
            raise Passing(f"the server sent a reply without vectors{self._quoted(reply.get('error'))}")
        return reply

    def _post(self, path: str, body: Json, kind: type[T], turn: Turn) -> T:
        self._sending.turn = turn
        try:
            # What openai's own methods do, but for their walk through all of the body at each call: of the schema it
            # takes as much time as all the rest.
            reply = self._client.post(path, body=body, options={"security": {"bearer_auth": True}}, cast_to=kind)
        except openai.APIError as error:
            self.is_reached |= not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
            raise
        except (JSONDecodeError, UnicodeDecodeError, RecursionError):
            self.is_reached = True
            raise Passing("the server's reply is not JSON") from None
        except UnicodeEncodeError:
            raise _bad_headers() from None
        self.is_reached = True
        if not isinstance(reply, get_origin(kind) or kind):
            raise Passing("the server sent a page where a reply should be; is its address right?")
        return reply

    def meaning_of(self, error: openai.APIError, call: Call) -> ConspectusError | Passing:
        """What an error of the transport or a status means for the call."""
        if isinstance(error, openai.APITimeoutError):
            return Passing(f"no reply came in {self._choice.timeout_s:g} s")
        if isinstance(error.__cause__, httpx2.LocalProtocolError):
            return _bad_headers()  # whose words are the header's own, which may be a secret
        if not isinstance(error, openai.APIStatusError):
            return Passing(f"the connection failed{self._quoted(error.__cause__ or error)}")
        status = error.status_code
        said = self._quoted(error.body.get("message") if isinstance(error.body, dict) else error.message)
        if 300 <= status < 400:
            elsewhere = self._quoted(error.response.headers.get("location"))
            return NotAllowed(f"the server sends calls elsewhere ({status}){elsewhere}; {_FOLLOW_BY_HAND}")
        if status in (401, 403) and not self._api_key:
            return NotAllowed(f"the server wants a key ({status}){said}; set OPENAI_API_KEY")
        if status in (401, 403):
            return NotAllowed(f"the server did not accept the key ({status}){said}; check OPENAI_API_KEY")
        if status == 402 or error.code == "insufficient_quota":
            return NotAllowed(f"the account of this key has no credit left ({status}){said}; add some, or set another")
        if status == 404 or error.code == "model_not_found":
            unknown = f"the server knows no model `{call.model}` at this address ({status}){said}"
            return NotAllowed(f"{unknown}; check the model's name and OPENAI_BASE_URL")
        if status == 429:
            return Passing(
                f"the server takes no more requests for now (429){said}", retry_after_s(error.response.headers)
            )
        if status in PASSING_STATUSES or (status >= 500 and status != _NOT_IMPLEMENTED):
            return Passing(f"the server failed with {status}{said}", retry_after_s(error.response.headers))
        if error.code == "content_filter":
            return Refused(f"{call.prompt}: a content filter stopped the prompt{said}")
        about_schema = "schema" in said or "response_format" in said
        hint = '; try `mode = "tools"` under [model] in review.toml' if about_schema else ""
        return NotTaken(f"{call.prompt}: the server does not take this call ({status}){said}{hint}")

    def _note_sent(self, _request: httpx2.Request) -> None:
        self._sending.turn.sent_s = time.monotonic()

    def _note_headers(self, response: httpx2.Response) -> None:
        self._sending.turn.headers = response.headers

    def _quoted(self, said: object) -> str:
        """The server's own words, short, without anything like a key."""
        text = sendable(" ".join(str(said or "").split()))
        if len(self._api_key) >= _SHORTEST_SECRET:
            text = text.replace(self._api_key, "***")
        text = LIKE_A_KEY.sub("***", text)
        return f": {text[:200]}" if text else ""


def _connections(**options: Any) -> httpx2.Client:  # noqa: ANN401  (what httpx2's own client takes)
    """A pool that stays with the host it is given: openai's own follows the server's word, papers and all, to any."""
    try:
        return openai.DefaultHttpxClient(follow_redirects=False, **options)
    except (ValueError, ImportError, OSError, httpx2.InvalidURL):  # whose words may hold a proxy's password
        raise NotAllowed(
            "no connection can be made as the environment says: look at HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, "
            "SSL_CERT_FILE and SSL_CERT_DIR"
        ) from None


def _bad_headers() -> NotAllowed:
    return NotAllowed(
        "the environment adds a header that cannot be sent: look at OPENAI_CUSTOM_HEADERS, OPENAI_ORG_ID and "
        "OPENAI_PROJECT_ID"
    )


def _has_message(completion: ChatCompletion) -> bool:
    """Whether it is as documented where it is read: openai's client lets any JSON pass for a completion."""
    choices: object = completion.choices
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    return (
        isinstance(message, ChatCompletionMessage)
        and isinstance(message.content, str | None)
        and isinstance(message.refusal, str | None)
        and isinstance(message.tool_calls, list | None)
        and all(_is_function(tool_call) for tool_call in message.tool_calls or ())
    )


def _is_function(tool_call: object) -> bool:
    function = getattr(tool_call, "function", None)
    return isinstance(tool_call, ChatCompletionMessageFunctionToolCall) and isinstance(
        getattr(function, "arguments", None), str
    )


def _clean(completion: ChatCompletion, model: str) -> None:
    """Leave no text in it that cannot be sent again or stored; where it names no model, it is the one asked for."""
    named: object = completion.model
    completion.model = sendable(named) if isinstance(named, str) and named else model
    message = completion.choices[0].message
    message.content = message.content and sendable(message.content)
    message.refusal = message.refusal and sendable(message.refusal)
    for tool_call in message.tool_calls or ():
        if isinstance(tool_call, ChatCompletionMessageFunctionToolCall):
            tool_call.function.arguments = sendable(tool_call.function.arguments)


def is_unbilled(error: openai.APIError) -> bool:
    """Whether no server did any work for it: it was not reached, or says itself that it failed.

    A gateway's 502 or 504 says nothing of the server behind it.
    """
    if isinstance(error, openai.APIStatusError):
        return error.status_code not in (502, 504)
    return isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
