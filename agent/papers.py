"""What was found: a Record is what one place of a source says of a paper, a Paper is one work, once."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, overload

from pydantic import BaseModel, ConfigDict, Field

Where = Literal["title", "abstract"]


class Frozen(BaseModel):
    """A noun: it cannot be changed once made, and knows no field but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def is_nothing(value: object) -> bool:
    """Whether a field that few records have is left out of a file, so that the lines of the others stay as they are."""
    return not value


class Author(Frozen):
    """A person or a group, as the source spells them, LaTeX decoded."""

    family: str
    given: str = ""
    """Given names or initials; empty for a group or where the source has none."""

    def __str__(self) -> str:
        return f"{self.given} {self.family}".strip()


class Place(Frozen):
    """Where in which source a record stands."""

    file: str
    """The name that review.toml gives the source."""
    position: int
    """The line on which the record begins, counted from 1."""


class Record(Frozen):
    """What one place of a source says of one paper: cleaned, not yet compared with others."""

    place: Place
    title: str | None = None
    abstract: str | None = None
    authors: tuple[Author, ...] = ()
    year: int | None = None
    venue: str | None = None
    doi: str | None = None
    """Lower case, without the resolver's address: `10.1145/3534678`."""
    arxiv: str | None = None
    """Without a version: `2401.01234` or `cs/0112017`."""
    url: str | None = None
    citation_key: str | None = None
    """The user's own key, where the source's format has one."""
    extra: dict[str, str] = Field(default_factory=dict)
    """Every other field of the record, under the name the source gives it."""


class Skipped(Frozen):
    """Something in a source that was not taken as a paper, and why; nothing is left out in silence."""

    file: str
    position: int | None
    """The line, counted from 1; None where the whole file was skipped."""
    why: str
    text: str = ""
    """The first 120 characters of what was skipped."""


class Reading(Frozen):
    """All that one source gave: its records in the order of the file, and what was skipped."""

    records: tuple[Record, ...]
    skipped: tuple[Skipped, ...] = ()


class Quote(Frozen):
    """A verbatim span: `text` is `paper[where][start:end]` itself."""

    where: Where
    text: str
    start: int
    end: int


class Paper(Frozen):
    """One work of the corpus."""

    key: str
    """The citation key; once given it stays."""
    title: str | None = None
    authors: tuple[Author, ...] = ()
    year: int | None = None
    venue: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    url: str | None = None
    abstract: str | None = None
    basis: Literal["abstract", "title"] = "abstract"
    """What is known of its content; on `title` alone it gets a category, no facts, and supports no claim."""
    sources: tuple[Place, ...] = ()
    aliases: tuple[str, ...] = ()
    """Keys that this paper had before."""
    extra: dict[str, str] = Field(default_factory=dict)
    gone: bool = Field(default=False, exclude_if=is_nothing)
    """Whether no source names it any more, as a refresh found; it keeps its card and its place in the survey."""

    def __getitem__(self, where: Where) -> str:
        return (self.title if where == "title" else self.abstract) or ""

    @property
    def digest(self) -> str:
        """Names this text of the paper: 16 hex digits of a SHA-256 over title and abstract."""
        return digest_of([self.title, self.abstract])

    @property
    def has_more_authors(self) -> bool:
        """Whether the source's list of authors ends in `and others`."""
        return "more authors" in self.extra

    @property
    def called(self) -> str:
        """Its title, else its first words."""
        return self.title or self.first_words

    @property
    def first_words(self) -> str:
        """What to call it where there is neither a title nor a card: the abstract's first eight words."""
        words = (self.abstract or self.key).split()
        return " ".join(words[:8]) + (" …" if len(words) > 8 else "")


class Duplicate(Frozen):
    """Places that were taken for one work, and why."""

    key: str
    """The paper they became."""
    places: tuple[Place, ...]
    why: str
    """`same doi`, `same title and abstract`, ... with the similarity where one decided."""


class Corpus(Sequence[Paper]):
    """The papers in the order of their keys, each once."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        self._papers = tuple(sorted(papers, key=lambda paper: paper.key))
        self._by_key = {paper.key: paper for paper in self._papers}
        if len(self._by_key) != len(self._papers):
            raise ValueError("two papers of a corpus have one key")

    @overload
    def __getitem__(self, index: int) -> Paper: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Paper]: ...
    def __getitem__(self, index: int | slice) -> Paper | Sequence[Paper]:
        return self._papers[index]

    def __len__(self) -> int:
        return len(self._papers)

    def __iter__(self) -> Iterator[Paper]:
        return iter(self._papers)

    def has(self, key: str) -> bool:
        return key in self._by_key

    def paper(self, key: str) -> Paper:
        """The paper of this key; KeyError where there is none, never the nearest one."""
        return self._by_key[key]

    def keys(self) -> tuple[str, ...]:
        return tuple(self._by_key)

    def papers(self, keys: Iterable[str]) -> tuple[Paper, ...]:
        return tuple(self._by_key[key] for key in keys)

    def drawn(self, n_papers: int) -> tuple[Paper, ...]:
        """At most so many, by the hash of their keys: a fair sample, always the same, and part of any larger one."""
        return tuple(sorted(self, key=lambda paper: (digest_of(paper.key), paper.key))[:n_papers])


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(value: object) -> str:
    """16 hex digits that name a JSON value: SHA-256 of its canonical form."""
    return hashlib.sha256(_CANONICAL.encode(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]
