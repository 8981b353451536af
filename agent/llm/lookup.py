"""Looks up what a cache holds and changes nothing in it; where there is no cache none is made."""

from pathlib import Path
from types import TracebackType
from typing import Self

import diskcache
from diskcache.core import DBNAME
from pydantic import ValidationError

from agent.errors import NotKept
from agent.llm.cache import UNUSABLE, entry_of, open_store, why_unusable
from agent.llm.call import Call, Reply
from agent.llm.entries import reply_in
from agent.llm.recorded import UNREADABLE


class Lookup:
    """The replies of a cache's folder, for reading; `with` closes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: diskcache.Cache | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._store is not None:
            self._store.close()

    def recall(self, call: Call) -> Reply | None:
        """The reply that a run would take from here for this call; None where it would ask."""
        reply = self.reply(call.key)
        try:
            if reply is not None:
                call.answer.model_validate_json(reply.text)
        except ValidationError:
            return None
        return reply

    def reply(self, key: str) -> Reply | None:
        """The reply under a call's key; None where there is none, or what is there is damaged."""
        try:
            if self._store is None:
                if not (self._folder / DBNAME).is_file():
                    return None
                self._store = open_store(self._folder)
            entry = entry_of(self._store, key)
            return None if entry is None else reply_in(entry)
        except UNREADABLE:
            return None
        except UNUSABLE as error:
            raise NotKept(why_unusable(self._folder, "read", error)) from error
