"""Lets no call through in which eight words in a row stand that are not to leave this machine."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from agent.errors import CallError
from agent.llm.call import Call, Reply, Transport
from agent.papers import Paper
from agent.shown import without_unseen

RUN_OF_WORDS = 8
"""So many in a row are a paper's own; fewer are the language's."""


class Gate:
    """A Transport that hands on every call but those, which come back with why.

    Whoever asks leaves such papers out of the prompt; this is for what nobody thought of: a title in the question, a
    definition that a person copied from an abstract.
    """

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._kept: dict[int, str] = {}

    def keep_back(self, private: Iterable[Paper], others: Iterable[Paper]) -> None:
        """Let the words of private papers pass no more, but for those that others say too, which may be sent."""
        self._kept = {run: paper.key for paper in private for run in _runs_of(paper)}
        for paper in others if self._kept else ():
            for run in _runs_of(paper):
                self._kept.pop(run, None)

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """See `Transport.send_all`."""
        return self._guarded(calls) if self._kept else self._inner.send_all(calls)

    def _guarded(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        refused: list[tuple[Call, CallError]] = []
        yield from self._inner.send_all(self._allowed(calls, refused))
        yield from refused

    def _allowed(self, calls: Iterable[Call], refused: list[tuple[Call, CallError]]) -> Iterator[Call]:
        for call in calls:
            key = self._first_kept(call)
            if key is None:
                yield call
                continue
            held = f"{RUN_OF_WORDS} words in a row of {key}, of which review.toml has nothing sent"
            mend = "take them out of the question, the title or taxonomy.yaml, wherever they stand"
            refused.append((call, CallError(f'not sent: it holds {held} (send = "never"); {mend}')))

    def _first_kept(self, call: Call) -> str | None:
        """The paper whose words stand in this call; None where none do."""
        for text in (call.system, call.user):
            if not self._kept.keys().isdisjoint(runs(text)):
                return next(self._kept[run] for run in runs(text) if run in self._kept)
        return None


def words_of(text: str) -> list[str]:
    """The words of a text; case, signs and white space make no difference."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", without_unseen(text)).casefold())


def runs(text: str) -> Iterator[int]:
    """Every eight words in a row, each as a number."""
    words = words_of(text)
    return map(hash, zip(*(words[start:] for start in range(RUN_OF_WORDS)), strict=False))


def _runs_of(paper: Paper) -> Iterator[int]:
    yield from runs(paper["title"])
    yield from runs(paper["abstract"])
