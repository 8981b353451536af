"""Vectors of texts: asked of the embedding model that review.toml names, kept like every answer, and read here."""

import json
import logging
from base64 import b64decode
from collections.abc import Callable, Generator, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError, field_validator

from agent.errors import CallError, NotAllowed, ProtocolError, RunStopped
from agent.llm.call import Answer, Call, Reply, Transport
from agent.llm.client import Client, Progress
from agent.llm.ledger import EMBED
from agent.llm.wire import sendable
from agent.review import Unanswered
from agent.shown import shown
from agent.wording import count

log = logging.getLogger(__name__)

MOST_BYTES = 8_000
"""Of a text; what is beyond is cut. No tokenizer makes more tokens than there are bytes, and 8,191 tokens is what the
usual models take. An abstract has some 1,500 bytes."""

Rows = NDArray[np.float32]
"""Vectors, a row each, of shape (n, d); or one of them alone, of shape (d,)."""
Say = Callable[[str], None]


class Vector(Answer):
    """Where a text stands among all texts."""

    vector: str
    """Little-endian float32, in base64."""

    @field_validator("vector")
    @classmethod
    def _has_a_direction(cls, text: str) -> str:
        decoded(text)
        return text


def decoded(text: str) -> Rows:
    """The vector, of shape (d,) and length one; ValueError where the text is no base64 of one, or it has no length."""
    numbers = np.frombuffer(b64decode(text, validate=True), dtype="<f4").astype(np.float64)
    length = float(np.linalg.norm(numbers))
    if not (np.isfinite(length) and length > 0):
        raise ValueError("it is empty or all zeros, or holds what is no number")
    return (numbers / length).astype(np.float32)


class Embedder:
    """Makes vectors of texts; where it cannot it says so once, and whoever searches goes on with words alone."""

    def __init__(
        self,
        transport: Transport,
        model: str,
        client: Client,
        *,
        say: Say = log.warning,
        progress: Progress | None = None,
    ) -> None:
        """`client` asks the same server for answers: what stops the one stops the other.

        `say` is told in a sentence what has to go without vectors, and why; each only once.
        """
        self.model = model
        self.n_replies = 0
        """Vectors that came back so far, kept ones included."""
        self._transport = transport
        self._client = client
        self._say = say
        self._progress = progress
        self._known: dict[str, Rows] = {}
        self._said: set[str] = set()
        self._why_never: str | None = None
        """Why nothing more is asked of it in this run."""

    def vectors(self, texts: Sequence[str]) -> Rows | Unanswered:
        """Rows of length one in the order of the texts, of shape (n, d); a row of zeros for a text without a vector.

        An Unanswered where there are none, be it that the server gives none or that the run was stopped. What was paid
        for is kept, and the next run asks for the rest alone.
        """
        cut = [_cut(text) for text in texts]
        asked = dict.fromkeys(text for text in cut if text and text not in self._known)
        why = self._ask(list(asked)) if asked else None
        sizes = sorted({self._known[text].size for text in cut if text in self._known})
        if len(sizes) > 1:
            why = (
                f"under the name {self.model} came vectors of {sizes[0]:,} and of {sizes[-1]:,} numbers, which no one "
                "model gives; set `embedding` under [model] in review.toml to the name of one model"
            )
        if why or not sizes:
            return self._go_without(why or "there is nothing to make vectors of")
        rows = np.zeros((len(cut), sizes[0]), np.float32)
        for row, text in zip(rows, cut, strict=True):
            if text in self._known:
                row[:] = self._known[text]
        return rows

    def _ask(self, texts: Sequence[str]) -> str | None:
        """Get these vectors; why there are none to search by, or None."""
        why = self._why_never or (str(self._client.stopped) if self._client.stopped else None)
        if why:
            return why
        refused: list[CallError] = []
        try:
            self._take(texts, refused)
        except (NotAllowed, ProtocolError) as error:
            # It may be wrong for this model alone; if not, the first question to the other one will tell.
            self._why_never = str(error)
        except RunStopped as stop:
            self._client.stopped = stop
            return str(stop)
        if self._why_never or len(refused) == len(texts):
            return self._why_never or str(refused[0])
        if refused:
            have, are = ("has", "is") if len(refused) == 1 else ("have", "are")
            self._say_once(
                f"{count(len(refused), 'text')} of {len(texts):,} {have} no vector and {are} found by words alone: "
                f"{refused[0]}"
            )
        return None

    def _take(self, texts: Sequence[str], refused: list[CallError]) -> None:
        stream = self._transport.send_all(self._calls(texts))
        try:
            for n_done, (call, reply) in enumerate(stream, start=1):
                got = _read(reply)
                if isinstance(got, CallError):
                    refused.append(got)
                else:
                    self.n_replies += 1
                    self._known[call.user] = got
                if self._progress:
                    self._progress(EMBED, n_done, len(texts))
        finally:
            if isinstance(stream, Generator):
                stream.close()  # after a Ctrl-C in this loop: what is in flight is waited for and kept

    def _calls(self, texts: Sequence[str]) -> Iterator[Call]:
        return (Call(EMBED, "", text, self.model, answer=Vector) for text in texts)

    def _go_without(self, why: str) -> Unanswered:
        self._say_once(f"searched by words alone, without vectors: {why}")
        return Unanswered(stage=EMBED, subject="", why=why, stopped=self._client.stopped is not None)

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._say(sentence)


def _read(reply: Reply | CallError) -> Rows | CallError:
    if isinstance(reply, CallError):
        return reply
    try:
        if reply.read_by is Vector:  # the cache has looked at it
            return decoded(json.loads(reply.text)["vector"])
        return decoded(Vector.model_validate_json(reply.text).vector)
    except ValidationError as error:
        return CallError(f"{EMBED}: a stored vector cannot be used: {error.errors()[0]['msg']}")


def _cut(text: str) -> str:
    """The text as it is sent: without what no reader sees, and no longer than is sane."""
    seen = sendable(shown(text).strip())
    return seen.encode()[:MOST_BYTES].decode("utf-8", "ignore").strip()
