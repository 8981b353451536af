"""Stacks the transports under a client: which model answers, from where, and what is kept on the way."""

import importlib
import typing
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from agent.errors import CallError, NotAllowed
from agent.llm.budget import Budget
from agent.llm.cache import Cached
from agent.llm.call import Call, Reply, Transport, Usage
from agent.llm.cassette import Cassette
from agent.llm.client import Client, Progress
from agent.llm.ledger import Ledger
from agent.review import BUILT_IN, Protocol
from agent.shipped import shipped

DEMO = "demo"
"""The model whose recorded answers travel with the program."""
DEFAULT_SERVER = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Access:
    """What a face knows of how this run may reach a model; nothing of it is ever written to a file."""

    api_key: str | None = None
    base_url: str | None = None
    model: str | None = None
    """In place of the one that review.toml names."""
    offline: bool = False
    """The built-in model, whatever is named."""
    max_usd: float | None = None
    record: Path | None = None
    """A cassette to replay from and to record into."""

    def __repr__(self) -> str:
        return f"Access(model={self.model!r}, base_url={self.base_url!r}, offline={self.offline})"


T = TypeVar("T", bound=Transport)


class Paid(Transport, typing.Protocol):
    """What is loaded by name where a server is to be asked."""

    ledger: Ledger

    def close(self) -> None: ...


class Later(Generic[T]):
    """A transport that is made when the first call is really sent, since what it needs takes long to load."""

    def __init__(self, make: Callable[[], T]) -> None:
        self.made: T | None = None
        self._make = make

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        stream = iter(calls)
        first = next(stream, None)
        if first is None:
            return
        if self.made is None:
            self.made = self._make()
        yield from self.made.send_all(chain([first], stream))


class Connection:
    """A client and what stands under it, for one run; closes what was opened."""

    def __init__(
        self,
        client: Client,
        *,
        provider: Later[Paid] | None = None,
        cached: Cached | None = None,
        cassette: Cassette | None = None,
    ) -> None:
        self.client = client
        self.is_whole = False
        """Whether the run began with nothing and left nothing unanswered, so that a recording holds all it needs."""
        self._provider = provider
        self._cached = cached
        self._cassette = cassette

    @property
    def usage(self) -> dict[str, Usage]:
        """What was paid in this run, by prompt; nothing where nothing was sent to a server."""
        made = self._provider.made if self._provider else None
        return dict(made.ledger.by_prompt) if made else {}

    @property
    def n_kept(self) -> int:
        """Replies that were on this machine already."""
        return self._cached.n_hits if self._cached else 0

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as closing:  # each is closed, whatever the closing of another raises
            if self._provider and self._provider.made:
                closing.callback(self._provider.made.close)
            if self._cached:
                closing.callback(self._cached.close)
            if self._cassette:
                closing.callback(self._cassette.close, drop_unplayed=self.is_whole)


def model_of(protocol: Protocol, access: Access) -> str:
    """The name of the model that answers: one that was named, else the built-in one; a key alone names none."""
    return BUILT_IN if access.offline else (access.model or protocol.model.name or BUILT_IN)


def connect(protocol: Protocol, cache_folder: Path, access: Access, progress: Progress | None = None) -> Connection:
    """A client for this review's model. Nothing is loaded, and no file made, before the first call is sent."""
    model = model_of(protocol, access)
    if model == BUILT_IN:
        built_in = Later[Transport](lambda: importlib.import_module("agent.extractive").Extractive())
        return Connection(Client(built_in, model, progress=progress))
    parameters: dict[str, Any] = {"max_output_tokens": protocol.model.max_output_tokens}
    if protocol.model.temperature is not None:
        parameters["temperature"] = protocol.model.temperature
    if model == DEMO and access.record is None:
        recorded = Cassette(shipped("cassettes/demo") / "calls.jsonl")
        return Connection(Client(recorded, model, parameters=parameters, progress=progress))
    provider = Later[Paid](lambda: _provider(protocol, access, model))
    cached = Cached(provider, cache_folder)
    cassette = Cassette(access.record, inner=cached) if access.record else None
    client = Client(cassette or cached, model, parameters=parameters, progress=progress)
    return Connection(client, provider=provider, cached=cached, cassette=cassette)


def _provider(protocol: Protocol, access: Access, model: str) -> Paid:
    base_url = access.base_url or DEFAULT_SERVER
    is_local = urlsplit(base_url).hostname in ("127.0.0.1", "::1", "localhost")
    if not access.api_key and not is_local:
        raise NotAllowed(
            f"no key for {model}: set OPENAI_API_KEY (and OPENAI_BASE_URL for a server other than OpenAI's), "
            "or let the built-in model answer with --offline"
        )
    choice = protocol.model.model_copy(update={"name": model})
    limits = protocol.budget
    if access.max_usd is not None:
        limits = limits.model_copy(update={"usd": access.max_usd})
    budget = Budget(limits, choice.usd_per_million_input, choice.usd_per_million_output)
    provider: Paid = importlib.import_module("agent.llm.provider").Provider(
        base_url, access.api_key or "", choice, budget
    )
    return provider
