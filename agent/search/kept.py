"""The index in its folder: brought up to date paper by paper, and made anew where it is not what it should be.

The engine's files lie in `words`; beside them `papers.json` says what they hold. It is written last, with the checksum
of every file, so that an index that a run was killed over, or that anything else has changed, is seen for what it is.
"""

import errno
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError
from tantivy import Index
from tantivy import tantivy as engine

from agent.lock import hold
from agent.papers import Frozen, digest_of
from agent.search.documents import KEY, Entry, bare_index, document

Say = Callable[[str], None]
"""Tells a person a sentence."""

VERSION = 1
"""Of what is indexed and how; another one, of ours or of the engine, makes the index anew."""
MADE_BY = f"{VERSION}, {engine.__version__}"
STATE, WORDS = "papers.json", "words"
SMALL = 20_000
"""Papers, of which the index is made anew in some seconds."""
MOST_DEAD = 0.01
"""The share of papers that may be gone from a larger index before it is made anew."""
MANY = 5_000
"""Papers whose indexing takes long enough for a line."""
HEAP_BYTES = 128_000_000


class State(Frozen):
    """What the files of an index hold."""

    made_by: str
    papers: dict[str, str]
    """The digest of each paper's entry, by key."""
    n_dead: int
    """Papers that the engine still counts, though they are gone or were changed."""
    files: dict[str, int]
    """The checksum (CRC-32) of each of the engine's files."""
    check: str = ""
    """The digest of all else here."""

    def signed(self) -> "State":
        return self.model_copy(update={"check": digest_of(self.model_dump(exclude={"check"}))})


def in_memory(entries: Iterable[Entry]) -> Index:
    """An index that no file has."""
    index = bare_index(None)
    _write(index, entries)
    return index


def up_to_date(folder: Path, entries: Mapping[str, Entry], say: Say) -> Index:
    """The index in this folder, holding these entries and no other; OSError or ValueError where it cannot be kept.

    Waits for another process that is at work on it.
    """
    with hold(folder, "search", say):
        digests = {key: entry.digest for key, entry in entries.items()}
        try:
            state = _standing(folder)
            index = _brought_up(folder, state, digests, entries, say) if state else None
        except ValueError as error:
            say(f"the search index {error}; it is made anew")
            index = None
        return index or _made_anew(folder, digests, entries, say)


def _standing(folder: Path) -> State | None:
    """What stands in the folder; None where nothing does; ValueError says what is wrong with it."""
    if not (folder / STATE).is_file():
        if (folder / WORDS).exists():
            raise ValueError("was not finished")
        return None
    try:
        state = State.model_validate_json((folder / STATE).read_bytes())
    except ValidationError as error:
        raise ValueError("is damaged") from error
    if state.made_by != MADE_BY:
        raise ValueError("was made by another version")
    files = {name: _checksum(folder / WORDS / name) for name in state.files}
    if state != state.signed() or files != state.files:
        raise ValueError("is damaged")
    return state


def _brought_up(
    folder: Path, state: State, digests: Mapping[str, str], entries: Mapping[str, Entry], say: Say
) -> Index | None:
    """The index with what is new in it and without what is gone; None where it is better made anew.

    The engine's statistics count what is gone, so that an index with much of it would rank otherwise than a new one.
    """
    dead = [key for key, digest in state.papers.items() if digests.get(key) != digest]
    fresh = [entries[key] for key, digest in digests.items() if state.papers.get(key) != digest]
    n_dead = state.n_dead + len(dead)
    if n_dead and (len(entries) < SMALL or n_dead > MOST_DEAD * len(entries)):
        return None
    if not os.access(folder / WORDS, os.W_OK):  # the engine locks its folder even to read it
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder / WORDS))
    index = _engine(folder)
    if dead or fresh:
        _tell(len(fresh), say)
        _write(index, fresh, dead)
        _sign(folder, digests, n_dead)
    if index.searcher().num_docs != len(entries):
        raise ValueError("is damaged")
    return index


def _engine(folder: Path) -> Index:
    try:
        return bare_index(str(folder / WORDS))
    except ValueError as error:
        raise ValueError("is damaged") from error


def _made_anew(folder: Path, digests: Mapping[str, str], entries: Mapping[str, Entry], say: Say) -> Index:
    _tell(len(entries), say)
    (folder / STATE).unlink(missing_ok=True)
    words = folder / WORDS
    if words.is_dir():
        shutil.rmtree(words)
    else:
        words.unlink(missing_ok=True)
    words.mkdir(parents=True)
    index = bare_index(str(words))
    _write(index, entries.values())
    _sign(folder, digests, 0)
    return index


def _tell(n_papers: int, say: Say) -> None:
    if n_papers >= MANY:
        say(f"indexing {n_papers:,} papers for search")


def _write(index: Index, fresh: Iterable[Entry], dead: Iterable[str] = ()) -> None:
    """Take papers out of the index and into it; on one thread, so that the same papers give the same index."""
    writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
    for key in dead:
        writer.delete_documents_by_term(KEY, key)
    for entry in fresh:
        writer.add_document(document(entry))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()


def _sign(folder: Path, digests: Mapping[str, str], n_dead: int) -> None:
    words = folder / WORDS
    meta = json.loads((words / "meta.json").read_bytes())
    segments = {str(one["segment_id"]).replace("-", "") for one in meta["segments"]}
    names = [file.name for file in words.iterdir() if file.name.partition(".")[0] in segments]
    files = {name: _checksum(words / name) for name in sorted((*names, "meta.json"))}
    state = State(made_by=MADE_BY, papers=dict(digests), n_dead=n_dead, files=files).signed()
    draft = folder / f".{STATE}.new"
    draft.write_text(state.model_dump_json(), encoding="utf-8")
    draft.replace(folder / STATE)


def _checksum(file: Path) -> int:
    """Zero where there is no such file: no file of ours is empty."""
    try:
        return zlib.crc32(file.read_bytes())
    except FileNotFoundError:
        return 0
