"""Stacks the transports under a client: which model answers, from where, and what is kept on the way."""

import importlib
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

from agent.errors import CallError, NotAllowed
from agent.llm.address import Address, read_address, read_key
from agent.llm.budget import Budget, Month
from agent.llm.cache import Cached
from agent.llm.call import Call, Reply, Transport, Usage
from agent.llm.cassette import Cassette
from agent.llm.client import Client, Progress
from agent.llm.gate import Gate
from agent.llm.ledger import Ledger, Sent
from agent.llm.prices import Price, embedding_price_of, price_of
from agent.papers import Paper
from agent.review import BUILT_IN, Limits, Protocol
from agent.shipped import shipped

if typing.TYPE_CHECKING:
    from agent.ask import Near
    from agent.llm.embedding import Embedder
    from agent.llm.retries import Retries

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
    """In place of the limit in review.toml, as the next two."""
    max_calls: int | None = None
    max_tokens: int | None = None
    month: Month | None = None
    """What is left of the month, where review.toml limits one; no option raises it."""
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
        aside: Client | None = None,
        gate: Gate | None = None,
        provider: Later[Paid] | None = None,
        cached: Cached | None = None,
        cassette: Cassette | None = None,
        embedder: "Embedder | None" = None,
    ) -> None:
        self.client = client
        self.aside = aside or client
        """Asked of papers that are not sent; the client itself where that is the built-in model."""
        self.gate = gate
        """Keeps such papers from the server; None where none is asked."""
        self.embedder = embedder
        """Makes vectors for search, through that gate; None where review.toml names no model that does."""
        self.is_whole = False
        """Whether the run began with nothing and left nothing unanswered, so that a recording holds all it needs."""
        self._provider = provider
        self._cached = cached
        self._cassette = cassette

    def near(self, papers: Sequence[Paper]) -> "Near | None":
        """Rankings by meaning of these papers, which are those that may be sent; None where no model makes vectors."""
        if self.embedder is None:
            return None
        rank, embedder = importlib.import_module("agent.search.nearness").near_papers, self.embedder
        return lambda searches, keys, most: rank(embedder, papers, searches, most, among=keys)

    @property
    def n_replies(self) -> int:
        """Replies of any model in this run."""
        n_vectors = self.embedder.n_replies if self.embedder else 0
        return n_vectors + sum(client.n_replies for client in {self.client, self.aside})

    @property
    def usage(self) -> dict[str, Usage]:
        """What was paid in this run, by prompt; nothing where nothing was sent to a server."""
        made = self._provider.made if self._provider else None
        return dict(made.ledger.by_prompt) if made else {}

    @property
    def sent(self) -> dict[str, Sent]:
        """How large the calls were that a server was asked, by prompt."""
        made = self._provider.made if self._provider else None
        return dict(made.ledger.sent) if made else {}

    @property
    def n_kept(self) -> int:
        """Replies that were on this machine already."""
        return self._cached.n_hits if self._cached else 0

    @property
    def recalled(self) -> dict[str, Usage]:
        """What these took when they were asked, by prompt."""
        return dict(self._cached.recalled.by_prompt) if self._cached else {}

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


def asks_a_server(protocol: Protocol, access: Access) -> bool:
    """Whether what is not known yet is asked of a server, and may cost something."""
    model = model_of(protocol, access)
    return model != BUILT_IN and (model != DEMO or access.record is not None)


def address_of(access: Access) -> Address:
    """Where requests would go; NotAllowed where OPENAI_BASE_URL holds no address."""
    return read_address(access.base_url or DEFAULT_SERVER)


def server_of(access: Access) -> str:
    """The host that would be asked; empty where OPENAI_BASE_URL names none, which `reach` complains of."""
    try:
        return address_of(access).host
    except NotAllowed:
        return ""


def limits_of(protocol: Protocol, access: Access) -> Limits:
    """What a run may use: review.toml's limits, each replaced by the option that was given in its place."""
    given = {"usd": access.max_usd, "calls": access.max_calls, "tokens": access.max_tokens}
    limits = protocol.budget.model_copy(update={name: limit for name, limit in given.items() if limit is not None})
    return access.month.within(limits) if access.month else limits


def price_for(protocol: Protocol, access: Access) -> Price:
    """What the model that answers costs at the server that would be asked."""
    return price_of(model_of(protocol, access), protocol.model, server_of(access))


def parameters_of(protocol: Protocol) -> dict[str, Any]:
    """What is part of every call beside its text."""
    parameters: dict[str, Any] = {"max_output_tokens": protocol.model.max_output_tokens}
    if protocol.model.temperature is not None:
        parameters["temperature"] = protocol.model.temperature
    return parameters


def built_in() -> Transport:
    """The built-in model, loaded at its first call."""
    return Later[Transport](lambda: importlib.import_module("agent.extractive").Extractive())


def connect(
    protocol: Protocol,
    cache_folder: Path,
    access: Access,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> Connection:
    """A client for this review's model. Nothing that sends is loaded, and no file made, before the first call is sent.

    `say` is told in a sentence where search has to do without vectors.
    """
    model = model_of(protocol, access)
    if model == BUILT_IN:
        return Connection(Client(built_in(), model, progress=progress))
    aside = Client(built_in(), BUILT_IN, progress=progress)
    parameters = parameters_of(protocol)
    if not asks_a_server(protocol, access):
        demo = shipped("cassettes/demo")
        gate = Gate(Cassette(demo / "calls.jsonl", beside=(demo / "asked.jsonl", demo / "later.jsonl")))
        return Connection(Client(gate, model, parameters=parameters, progress=progress), aside=aside, gate=gate)
    provider = Later[Paid](lambda: reach(protocol, access, model))
    cached = Cached(provider, cache_folder)
    cassette = Cassette(access.record, inner=cached) if access.record else None
    gate = Gate(cassette or cached)
    client = Client(gate, model, parameters=parameters, progress=progress)
    embedder = _embedder(protocol, gate, client, say, progress)
    return Connection(
        client, aside=aside, gate=gate, provider=provider, cached=cached, cassette=cassette, embedder=embedder
    )


def _embedder(
    protocol: Protocol, gate: Gate, client: Client, say: Callable[[str], None] | None, progress: Progress | None
) -> "Embedder | None":
    """What makes vectors, on the same way as the calls; numpy, which it needs, is loaded only where it is named."""
    if not protocol.model.embedding:
        return None
    options: dict[str, Any] = {"progress": progress} | ({"say": say} if say else {})
    embedder: Embedder = importlib.import_module("agent.llm.embedding").Embedder(
        gate, protocol.model.embedding, client, **options
    )
    return embedder


def rehearse(protocol: Protocol, access: Access, stand_in: Transport, *, aside: Transport | None = None) -> Connection:
    """What `connect` gives for a server's model, with a stand-in for all that would answer: nothing is sent or kept."""
    gate = Gate(stand_in)
    client = Client(gate, model_of(protocol, access), parameters=parameters_of(protocol))
    return Connection(client, aside=Client(aside or built_in(), BUILT_IN), gate=gate)


def reach(protocol: Protocol, access: Access, model: str, retries: "Retries | None" = None) -> Paid:
    """The way to this model's server, within the budget; NotAllowed where it is known to lead nowhere.

    What speaks to a server takes a second to load, and is loaded here.
    """
    address = address_of(access)
    key = read_key(access.api_key)
    if address.needs_key and not key:
        raise NotAllowed(
            f"no key for {model}: set OPENAI_API_KEY (and OPENAI_BASE_URL for a server other than OpenAI's), "
            "or let the built-in model answer with --offline"
        )
    choice = protocol.model.model_copy(update={"name": model})
    provider: Paid = importlib.import_module("agent.llm.provider").Provider(
        address.url, key, choice, budget_of(protocol, access, model), retries=retries
    )
    return provider


def budget_of(protocol: Protocol, access: Access, model: str) -> Budget:
    """A run's budget, nothing of it used; ProtocolError where a limit in dollars lacks the price to keep it by."""
    price = price_for(protocol, access)
    other = protocol.model.usd_per_million_input is not None and protocol.model.name not in (None, model)
    whose = f"the price of {model}" + (f" (review.toml gives that of {protocol.model.name})" if other else "")
    return Budget(
        limits_of(protocol, access),
        price.usd_per_million_input,
        price.usd_per_million_output,
        whose=whose,
        usd_per_million_embedded=embedding_price_of(protocol.model, server_of(access)).usd_per_million_input,
        month=access.month,
    )
