"""Looks through the texts of a paper that go into a call."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from agent.papers import Paper, Where
from agent.shown import places_seen, without_unseen
from agent.suspicion.encoded import decoded
from agent.suspicion.kinds import Kind, TextFinding
from agent.suspicion.letters import alike, as_latin, hidden, plain
from agent.suspicion.markup import MARKUP
from agent.suspicion.orders import ORDERS

MOST_OF_A_KIND = 3
"""In one text; who repeats himself a thousand times is found out by the first."""
MOST_WORDS = 160
"""Characters of what was found that are told."""
_TEXTS: tuple[Where, ...] = ("title", "abstract")
_RULES = (*ORDERS, *MARKUP)
_WORDS = tuple({word: None for rule in _RULES for word in rule.words})
_SPACES = re.compile(r"\s{2,}|\u00ad")

_Found = tuple[Kind, int, int, str]
"""What, from where to where in the text, and the words."""


def suspicions(paper: Paper) -> tuple[TextFinding, ...]:
    """What in the paper's title and abstract speaks to a model, in the order in which it stands there."""
    return tuple(one for where in _TEXTS for one in suspicions_in(paper[where], paper.key, where))


def suspicions_in(text: str, subject: str, where: str) -> tuple[TextFinding, ...]:
    """What in this text, which is a field of the subject, speaks to a model."""
    found = sorted({*_hidden(text), *_said(text), *_encoded(text)}, key=lambda one: (one[1], -one[2], one[0]))
    kept: dict[Kind, list[TextFinding]] = {}
    for kind, start, end, words in found:
        own = kept.setdefault(kind, [])
        if len(own) < MOST_OF_A_KIND and not (own and start < own[-1].end):
            own.append(TextFinding(subject=subject, where=where, kind=kind, start=start, end=end, words=_told(words)))
    return tuple(sorted((one for own in kept.values() for one in own), key=lambda one: (one.start, one.end, one.kind)))


def _hidden(text: str) -> Iterator[_Found]:
    for start, end, words in hidden(text):
        yield Kind.UNSEEN, start, end, words


def _said(text: str) -> Iterator[_Found]:
    """Orders, turns, tags and answers, and words in letters that only look like others."""
    read, places = _as_read(text)
    found = [(kind, *span) for kind, span in _matches(read)]
    for start, end in alike(read):
        found.append((Kind.LETTERS, start, end))
    if not read.isascii() and (latin := as_latin(read)) != read:
        found += [(kind, *span) for kind, span in _matches(latin)]
    for kind, begin, end in found:
        start, stop = (begin, end) if places is None else (places[begin], places[end - 1] + 1)
        yield kind, start, stop, text[start:stop]


def _matches(text: str) -> Iterator[tuple[Kind, tuple[int, int]]]:
    lower = text.lower()
    if len(lower) != len(text):  # `İ` becomes two signs
        lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    words = {word for word in _WORDS if word in lower}
    for rule in _RULES:
        if words.isdisjoint(rule.words):
            continue
        for span in islice(rule.matches(lower), MOST_OF_A_KIND):
            yield rule.kind, span


def _as_read(text: str) -> tuple[str, Sequence[int] | None]:
    """The text as it is seen, in plain letters and single blanks; with where each stands, unless in its own place."""
    seen = without_unseen(text)
    if len(seen) == len(text) and not _SPACES.search(text):
        return plain(text), None
    places = places_seen(text)
    pieces, kept, begin = [], [], 0
    for match in _SPACES.finditer(seen):
        pieces.append(seen[begin : match.start()])
        kept += places[begin : match.start()]
        begin = match.end()
        if match.group() != "\u00ad":
            pieces.append("\n" if "\n" in match.group() else " ")
            kept.append(places[match.start()])
    pieces.append(seen[begin:])
    kept += places[begin:]
    return plain("".join(pieces)), kept


def _encoded(text: str) -> Iterator[_Found]:
    """Runs that decode to words which speak to a model; a hash or a sequence does not."""
    for start, end, words in decoded(text):
        if any(True for _ in _matches(_as_read(words)[0])):
            yield Kind.ENCODED, start, end, words


def _told(words: str) -> str:
    """The words on one line, with what is not seen spelled out: `ig⟨U+200B⟩nore`."""
    line = " ".join(words[:MOST_WORDS].split())
    seen = set(without_unseen(line))
    told = "".join(char if char in seen and char.isprintable() else f"⟨U+{ord(char):04X}⟩" for char in line)
    return told[:MOST_WORDS] + " …" if len(told) > MOST_WORDS or len(words) > MOST_WORDS else told
