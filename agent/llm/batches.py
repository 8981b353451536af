"""The way to a server's vectors: many texts in one request, cut in two where the server does not take so many."""

import sys
from array import array
from base64 import b64encode
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from threading import Event, Lock
from typing import Protocol

from pydantic import ValidationError

from agent.errors import BadReply, CallError, NotAllowed, NotTaken, Refused
from agent.llm.attempts import Attempts
from agent.llm.budget import Budget, Reservation
from agent.llm.call import Call, Json, Reply, Usage
from agent.llm.ledger import Ledger, Sent
from agent.llm.limiter import Limiter
from agent.llm.pool import answer_all
from agent.llm.retries import Retries
from agent.llm.server import Server
from agent.llm.wire import n_bytes, sendable
from agent.review import ModelChoice

MOST_TEXTS = 32
"""In one request. Some servers take no more, and some fewer: those say so, and are sent halves."""
MOST_BYTES = 48_000
"""Of the texts of one request; some 12,000 tokens."""
_TOKENS_AROUND_A_TEXT = 8
"""More than a model puts before and after one."""
_ENOUGH_REFUSED = 3
"""So many texts, each alone in its request, and none that was taken: it is not the texts that are wrong."""

Batch = tuple[Call, ...]
Outcome = Reply | CallError


class Means(Protocol):
    """What the calls for answers and those for vectors share."""

    choice: ModelChoice
    budget: Budget
    ledger: Ledger
    retries: Retries
    server: Server


class Batches:
    """Sends calls for vectors, each of which is a text and a model, all of one model.

    It is the `Means` of its own attempts: what it shares with the calls for answers, and a limiter apart.
    """

    def __init__(self, means: Means) -> None:
        choice = means.choice
        self.budget, self.ledger, self.retries, self.server = means.budget, means.ledger, means.retries, means.server
        # Of its own: a server counts what an embedding model takes apart from all else, and says so in its headers.
        self.limiter = Limiter(
            choice.concurrency,
            requests_per_minute=choice.requests_per_minute,
            tokens_per_minute=choice.tokens_per_minute,
            patience_s=means.retries.patience_s,
        )
        self._concurrency = choice.concurrency
        self._is_taken = False
        """Whether the server made a vector of anything yet."""
        self._n_refused = 0
        """Texts that it did not take, each alone in its request."""
        self._lock = Lock()

    def send_all(self, calls: Iterable[Call]) -> Generator[tuple[Call, Outcome], None, None]:
        """See `Transport.send_all`; ProtocolError where a limit in dollars lacks the price to keep it by."""
        self.budget.allow_embedding()
        queue = _Queue(calls)
        thrown: BaseException | None = None
        with closing(answer_all(queue, self._answer, self._concurrency)) as stream:
            while True:
                done = next(stream, None) if thrown is None else stream.throw(thrown)
                if done is None:
                    return
                thrown = yield from _hand_back(self._pairs(*done, queue))

    def _pairs(
        self, batch: Batch, outcome: Sequence[Outcome] | CallError, queue: "_Queue"
    ) -> Iterable[tuple[Call, Outcome]]:
        """Each call with what came of it; none where the batch is to be sent again in two parts."""
        if not isinstance(outcome, CallError):
            return zip(batch, outcome, strict=True)
        if len(batch) > 1 and isinstance(outcome, NotTaken | BadReply | Refused):
            # Before anything was taken a text alone tells whether any will be, at the price of one more request.
            queue.put_back(batch, len(batch) // 2 if self._is_taken else 1)
            return ()
        return ((call, outcome) for call in batch)

    def _answer(self, batch: Batch, stop: Event) -> Sequence[Outcome]:
        first, texts = batch[0], [call.user for call in batch]
        n_sent = sum(map(n_bytes, texts))
        attempts = Attempts(self, first, Sent(text_bytes=n_sent), stop)
        most = Reservation(0, 0, n_sent + _TOKENS_AROUND_A_TEXT * len(batch))
        try:
            told = attempts.insist(most, lambda turn: self.server.embed(first.model, texts, turn), _tokens_of)
            replies = _replies(batch, told, attempts.usage)
        except (NotTaken, BadReply, Refused) as error:
            if len(batch) == 1:
                self._count_refused(error)
            raise
        self._is_taken = True
        return replies

    def _count_refused(self, error: CallError) -> None:
        with self._lock:
            self._n_refused += 1
            if self._n_refused >= _ENOUGH_REFUSED and not self._is_taken:
                raise NotAllowed(str(error)) from None


def _hand_back(
    pairs: Iterable[tuple[Call, Outcome]],
) -> Generator[tuple[Call, Outcome], None, BaseException | None]:
    """Each of them, whatever is thrown in meanwhile; then the last of what was, for the stream they came from."""
    thrown: BaseException | None = None
    for pair in pairs:
        try:
            yield pair
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001  (goes on to the stream, once all of these are handed back)
            thrown = error
    return thrown


class _Queue:
    """The calls in batches, and before those that were not sent yet the parts of those that were not taken."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._calls = iter(calls)
        self._next: Call | None = None
        self._parts: deque[Batch] = deque()

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        if self._parts:
            return self._parts.popleft()
        batch: list[Call] = []
        n_room = MOST_BYTES
        while len(batch) < MOST_TEXTS:
            call = self._next or next(self._calls, None)
            self._next = call
            n_room -= n_bytes(call.user) if call else 0
            if call is None or (batch and n_room < 0):
                break
            batch.append(call)
            self._next = None
        if not batch:
            raise StopIteration
        return tuple(batch)

    def put_back(self, batch: Batch, n_first: int) -> None:
        self._parts += (batch[:n_first], batch[n_first:])


def _tokens_of(told: Json) -> tuple[int, int] | None:
    """What the server says that it read, and 0 written; None where it does not say."""
    usage = told.get("usage")
    named = [usage.get(name) for name in ("prompt_tokens", "total_tokens")] if isinstance(usage, dict) else []
    return next(((n, 0) for n in named if type(n) is int and n >= 0), None)


def _replies(batch: Batch, told: Json, usage: Usage) -> list[Outcome]:
    """A reply to each call, or what is wrong with it alone; BadReply where none can be told from another."""
    model = told.get("model")
    named = sendable(model) if isinstance(model, str) and model else batch[0].model
    day = datetime.now(UTC).date().isoformat()
    vectors = _in_order(told["data"], len(batch), batch[0].prompt)
    shares = _shares(usage, [n_bytes(call.user) for call in batch])
    replies: list[Outcome] = []
    for call, vector, share in zip(batch, vectors, shares, strict=True):
        try:
            answer = call.answer.model_validate({"vector": _as_text(vector)})
            replies.append(Reply(answer.model_dump_json(by_alias=True), named, day, share))
        except ValidationError as error:
            why = error.errors(include_url=False, include_input=False)[0]["msg"]
            replies.append(BadReply(f"{call.prompt}: the server's vector cannot be used: {why}"))
    return replies


def _in_order(data: Json, n: int, prompt: str) -> list[Json]:
    """The vectors in the order of their texts; BadReply where there are not so many."""
    items = [item for item in data if isinstance(item, dict) and "embedding" in item] if isinstance(data, list) else []
    if len(items) != n:
        raise BadReply(f"{prompt}: the server gave {len(items):,} vectors for {n:,} texts")
    by_index = {index: item for item in items if type(index := item.get("index")) is int}
    ordered = [by_index[index] for index in range(n)] if by_index.keys() == set(range(n)) else items
    return [item["embedding"] for item in ordered]


def _as_text(vector: Json) -> Json:
    """Numbers as the text that they would have come as; anything else is left as it is, to be found wrong."""
    try:
        numbers = array("f", vector) if isinstance(vector, list) else None
    except (TypeError, OverflowError):
        return vector
    if numbers is None:
        return vector
    if sys.byteorder == "big":
        numbers.byteswap()
    return b64encode(numbers.tobytes()).decode("ascii")


def _shares(usage: Usage, sizes: Sequence[int]) -> list[Usage]:
    """What a request took, split by the size of its texts so that the parts add up to it; the call is the first's."""
    n_all = max(sum(sizes), 1)
    shares = []
    n_before = n_size = 0
    for number, size in enumerate(sizes):
        n_size += size
        n_upto = usage.input_tokens * n_size // n_all
        cost = None if usage.cost_usd is None else usage.cost_usd * size / n_all
        calls, attempts = (usage.calls, usage.attempts) if number == 0 else (0, 0)
        shares.append(Usage(calls, attempts, n_upto - n_before, 0, cost))
        n_before = n_upto
    return shares
