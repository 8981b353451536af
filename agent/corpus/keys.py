"""Gives every paper its citation key: the user's own, else one that a person can read; and once given, for good."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.corpus.works import fold_ascii
from agent.papers import Paper, digest_of

_UNSAFE = re.compile(r"[^A-Za-z0-9_.:-]+")
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_SMALL_WORDS = """
a an the on of in for to with from by at as and or via using is are was be do does can how what why when where which who
toward towards into over under we our this that these it its their not no
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_N_TITLE_WORDS = 5
_MAX_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper without a key, and the keys that sources call it by."""

    paper: Paper
    own: tuple[str, ...] = ()


def give_keys(wanted: Sequence[Wanted], taken: Iterable[str]) -> list[Paper]:
    """The papers with keys, in the order given. None is in `taken`, and none equals another, even without case.

    Of papers that want one key, that of the smallest digest has it and the others get their digest behind it; the
    user's own keys come first.
    """
    used = {key.casefold() for key in taken}
    order = sorted(range(len(wanted)), key=lambda index: (not _own_key(wanted[index]), _identity(wanted[index].paper)))
    keyed: dict[int, Paper] = {}
    for index in order:
        one = wanted[index]
        own = _own_key(one)
        key = _free(own or readable_key(one.paper), _identity(one.paper), used)
        used.add(key.casefold())
        keyed[index] = with_key(one.paper, key, one.own)
    return [keyed[index] for index in range(len(wanted))]


def with_key(paper: Paper, key: str, own: Sequence[str]) -> Paper:
    """The paper under this key; where sources call it otherwise, `extra` says how."""
    extra = dict(paper.extra)
    others = [theirs for theirs in own if theirs != key]
    if others:
        extra["citation key in source"] = "; ".join(others)
    return paper.model_copy(update={"key": key, "extra": dict(sorted(extra.items()))})


def readable_key(paper: Paper) -> str:
    """`kong2024amphista`; without author or year `byte-latent-transformer`; without a title the abstract's words."""
    family = _plain(paper.authors[0].family) if paper.authors else ""
    if family and paper.year:
        words = _telling(paper.title or "") or _telling(paper.abstract or "")
        return f"{family}{paper.year}{words[0] if words else ''}"[:_MAX_LENGTH]
    text = paper.title or paper.abstract or ""
    if paper.title and (words := _parts(re.split(r":\s|\s[-–—]+\s", paper.title, maxsplit=1)[0])):
        short = words[1:] if len(words) > 1 and words[0] in ("a", "an", "the") else words
    else:
        short = _telling(text)
    return "-".join(short[:_N_TITLE_WORDS])[:_MAX_LENGTH].strip("-") or f"paper-{_identity(paper)[:6]}"


def _own_key(wanted: Wanted) -> str:
    """The first of the sources' keys, cleaned of what BibTeX, an address or an HTML id cannot have."""
    return next((clean for key in wanted.own if (clean := clean_key(key))), "")


def clean_key(key: str) -> str:
    return _UNSAFE.sub("-", fold_ascii(key)).strip("-.:")


def _free(key: str, identity: str, used: set[str]) -> str:
    """The key itself, or with as much of the paper's digest behind it as makes it the only one."""
    if key.casefold() not in used:
        return key
    longer = (f"{key}-{identity[:n]}" for n in range(4, len(identity) + 1))
    return next((one for one in longer if one.casefold() not in used), f"{key}-{digest_of([identity, sorted(used)])}")


def _identity(paper: Paper) -> str:
    """Names the work by what it is, wherever it stands."""
    authors = [str(author) for author in paper.authors]
    places = [[place.file, place.position] for place in paper.sources]
    content = digest_of([paper.title, paper.abstract, authors, paper.year, paper.doi, paper.arxiv])
    return content + digest_of(places)


def _telling(text: str) -> list[str]:
    words = _words(text[:1000])
    return [word for word in words if word not in _SMALL] or words


def _words(text: str) -> list[str]:
    return [plain for word in _WORD.findall(text) if (plain := _plain(word))]


def _parts(text: str) -> list[str]:
    """Words, those with a hyphen one by one."""
    return re.findall(r"[a-z0-9]+", re.sub(r"['’.]", "", fold_ascii(text)).lower())


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold_ascii(text).lower())
