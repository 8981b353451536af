"""Which of two lines for one thing stands after a merge: the same whoever's came first."""

import re
from collections.abc import Iterable, Sequence

from agent.papers import Duplicate, Paper, Place, digest_of
from agent.question import Answer
from agent.review import Card


def papers_of(papers: Sequence[Paper], taken: Iterable[str]) -> list[Paper]:
    """What lines under one key are: a paper, or several works that two people came to call the same.

    The first of the result has the key, the others have some of their digest behind it; none is in `taken`.
    """
    works: list[list[Paper]] = []
    for paper in sorted(papers, key=_digest):
        own = next((work for work in works if any(_is_same_work(paper, other) for other in work)), None)
        if own is None:
            works.append([paper])
        else:
            own.append(paper)
    one, *others = [_united(work) for work in works]
    used = {key.casefold() for key in taken}
    found = [one]
    for other in others:
        identity = digest_of([other.digest, other.doi, other.arxiv, [str(author) for author in other.authors]])
        keys = (f"{one.key}-{identity[:n]}" for n in range(4, len(identity) + 1))
        key = next((key for key in keys if key.casefold() not in used), f"{one.key}-{identity}-{len(used)}")
        used.add(key.casefold())
        found.append(other.model_copy(update={"key": key}))
    return found


def _is_same_work(one: Paper, other: Paper) -> bool:
    """Whether two papers of one key are certainly one work; where it is not certain, reading the sources tells."""
    same_id = (one.doi and one.doi == other.doi) or (one.arxiv and one.arxiv == other.arxiv)
    same_text = (one.title and _folded(one.title) == _folded(other.title)) or (
        one.abstract and one.abstract == other.abstract
    )
    return bool(same_id or same_text or one.digest == other.digest)


def _folded(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", (text or "").casefold()))


def _united(papers: Sequence[Paper]) -> Paper:
    """The one with the most places, and the places and former keys of all; gone only if all say so."""
    first, *others = sorted(papers, key=lambda paper: (-len(paper.sources), _digest(paper)))
    places: dict[str, tuple[Place, ...]] = {}
    for paper in (first, *others):  # two readings of one file may have found it on different lines
        for file in dict.fromkeys(place.file for place in paper.sources):
            places.setdefault(file, tuple(place for place in paper.sources if place.file == file))
    sources = sorted((place for own in places.values() for place in own), key=lambda one: (one.file, one.position))
    aliases = {alias for paper in papers for alias in paper.aliases} - {first.key}
    is_gone = all(paper.gone for paper in papers)
    united = {"sources": tuple(sources), "aliases": tuple(sorted(aliases)), "gone": is_gone}
    return first.model_copy(update=united)


def cards_of(cards: Sequence[Card], papers: Sequence[Paper]) -> list[Card]:
    """The cards of the papers that lines under one key became; of several for one the first by `_rank`."""
    if not papers:
        return [_best(cards, "")]
    found: list[Card] = []
    left = list(cards)
    for paper in papers[1:]:
        own = [card for card in left if card.made.inputs == paper.digest]
        left = [card for card in left if card not in own]
        if own:
            found.append(_under(_best(own, paper.digest), paper.key))
    return [*([_best(left, papers[0].digest)] if left else []), *found]


def _best(cards: Sequence[Card], digest: str) -> Card:
    """One that a person edited, else one made from this text of the paper, else the later, else the smaller digest."""
    ranked = sorted(cards, key=_digest)
    return max(ranked, key=lambda card: (card.is_edited, card.made.inputs == digest, card.made.day or ""))


def _under(card: Card, key: str) -> Card:
    """The card under another key, which is no edit of it."""
    moved = card.model_copy(update={"key": key})
    if card.is_edited or not card.made.content:
        return moved
    return moved.model_copy(update={"made": card.made.model_copy(update={"content": moved.digest})})


def answer_of(answers: Sequence[Answer]) -> Answer:
    """The later one; of one day the one that is kept, else the smaller digest."""
    ranked = sorted(answers, key=_digest)
    return max(ranked, key=lambda answer: (answer.made.day or "", answer.kept))


def duplicate_of(duplicates: Sequence[Duplicate]) -> Duplicate:
    """The places and the reasons of all."""
    places = {place for one in duplicates for place in one.places}
    whys = sorted({why for one in duplicates for why in one.why.split("; ")})
    in_order = tuple(sorted(places, key=lambda one: (one.file, one.position)))
    return duplicates[0].model_copy(update={"places": in_order, "why": "; ".join(whys)})


def _digest(noun: Paper | Card | Answer) -> str:
    return digest_of(noun.model_dump(mode="json"))
