"""The transport to a model's server: a budget, a ledger and a limiter around everything that is asked of it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from threading import Event
from types import TracebackType
from typing import Self

from agent.errors import CallError
from agent.llm.batches import Batches
from agent.llm.budget import Budget
from agent.llm.call import Call, Reply
from agent.llm.exchange import Exchange
from agent.llm.ledger import EMBED, Ledger
from agent.llm.limiter import Limiter
from agent.llm.pool import answer_all
from agent.llm.retries import Retries
from agent.llm.server import Server
from agent.review import ModelChoice


class Provider:
    """Sends calls to any OpenAI-compatible server, within a budget; `with` closes its connections."""

    def __init__(
        self, base_url: str, api_key: str, choice: ModelChoice, budget: Budget, *, retries: Retries | None = None
    ) -> None:
        self.choice = choice
        self.budget = budget
        self.ledger = Ledger()
        self.retries = retries or Retries()
        self.limiter = Limiter(
            choice.concurrency,
            requests_per_minute=choice.requests_per_minute,
            tokens_per_minute=choice.tokens_per_minute,
            patience_s=self.retries.patience_s,
        )
        self.server = Server(base_url, api_key, choice)
        self._batches = Batches(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.server.close()

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """See `Transport.send_all`; up to `choice.concurrency` calls are on their way at a time.

        Calls for vectors that follow each other share their requests.
        """
        for embedding_model, alike in groupby(calls, key=lambda call: call.model if call.prompt == EMBED else None):
            if embedding_model is None:
                yield from answer_all(alike, self._answer, self.choice.concurrency)
            else:
                yield from self._batches.send_all(alike)

    def _answer(self, call: Call, stop: Event) -> Reply:
        exchange = Exchange(self, call, stop)
        text, day = exchange.answer().model_dump_json(by_alias=True), datetime.now(UTC).date().isoformat()
        return Reply(text, exchange.model, day, exchange.usage)
