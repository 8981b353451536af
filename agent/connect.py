"""Stacks the transports under a client: which model answers, from where, and what is kept on the way."""

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from agent.errors import CallError, NotAllowed
from agent.llm.budget import Budget
from agent.llm.cache import Cached
from agent.llm.call import Call, Reply, Transport, Usage
from agent.llm.cassette import Cassette
from agent.llm.client import Client, Progress
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


class Later:
    """A transport that is made when the first call is really sent, since what it needs takes long to load."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.made: Any = None
        self._make = make

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        stream = iter(calls)
        first = next(stream, None)
        if first is None:
            return
        if self.made is None:
            self.made = self._make()
        yield from self.made.send_all(_again(first, stream))

    def close(self) -> None:
        if hasattr(self.made, "close"):
            self.made.close()


def _again(first: Call, rest: Iterator[Call]) -> Iterator[Call]:
    yield first
    yield from rest


class Connection:
    """A client and what stands under it, for one run; closes what was opened."""

    def __init__(self, client: Client, below: list[Any], provider: Later | None) -> None:
        self.client = client
        self._below = below
        self._provider = provider

    @property
    def usage(self) -> dict[str, Usage]:
        """What was paid in this run, by prompt; nothing where nothing was sent to a server."""
        made = self._provider.made if self._provider else None
        return dict(made.ledger.by_prompt) if made else {}

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for transport in self._below:
            transport.close()


def model_of(protocol: Protocol, access: Access) -> str:
    """The name of the model that answers: one that was named, else the built-in one; a key alone names none."""
    return BUILT_IN if access.offline else (access.model or protocol.model.name or BUILT_IN)


def connect(protocol: Protocol, cache_folder: Path, access: Access, progress: Progress | None = None) -> Connection:
    """A client for this review's model. Nothing is loaded, and no file made, before the first call is sent."""
    model = model_of(protocol, access)
    if model == BUILT_IN:
        built_in = Later(lambda: importlib.import_module("agent.extractive").Extractive())
        return Connection(Client(built_in, model, progress=progress), [built_in], None)
    parameters: dict[str, Any] = {"max_output_tokens": protocol.model.max_output_tokens}
    if protocol.model.temperature is not None:
        parameters["temperature"] = protocol.model.temperature
    if model == DEMO and access.record is None:
        cassette = Cassette(shipped("cassettes/demo") / "calls.jsonl")
        return Connection(Client(cassette, model, parameters=parameters, progress=progress), [cassette], None)
    provider = Later(lambda: _provider(protocol, access, model))
    cached = Cached(provider, cache_folder)
    below: list[Any] = [cached, provider]
    top: Transport = cached
    if access.record is not None:
        top = Cassette(access.record, inner=cached)
        below.insert(0, top)
    return Connection(Client(top, model, parameters=parameters, progress=progress), below, provider)


def _provider(protocol: Protocol, access: Access, model: str) -> Any:  # noqa: ANN401  (loaded by name)
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
    provider = importlib.import_module("agent.llm.provider")
    return provider.Provider(base_url, access.api_key or "none", choice, budget)
