"""A draft with the edits of a person taken in: sentences changed, put in and taken out, and nothing else touched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from agent.draft import Claim, Draft, Paragraph, Part, Passage, Tally
from agent.render.anchors import Place


@dataclass(frozen=True, slots=True)
class Addition:
    """A sentence that a person put in, and where."""

    claim: Claim
    place: Place
    number: int
    """Its line."""
    after: str | None = None
    """The anchor of the sentence above it."""
    before: str | None = None
    """The anchor of the one below, where it belongs to that."""
    run: int = 0
    """The line on which the paragraph begins that it is of, with the others of the same; 0 where it is in theirs."""


@dataclass(slots=True)
class Edits:
    """What a person did; sentences are known by their anchors."""

    changed: dict[str, Claim] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    additions: list[Addition] = field(default_factory=list)


def amended(draft: Draft, places: Iterable[Place], edits: Edits) -> tuple[Draft, list[Addition]]:
    """The draft with these edits, and the additions that were left out since they stand in their passage already."""
    by_id = {place.passage.id: place for place in places}
    repeated: list[Addition] = []

    def change(passage: Passage) -> Passage:
        place = by_id[passage.id]
        added = [one for one in edits.additions if one.place is place]
        new = [one for one in added if not _stands(one.claim, passage, place, edits)]
        repeated.extend(one for one in added if one not in new)
        if not new and edits.changed.keys().isdisjoint(place.claims) and edits.deleted.isdisjoint(place.claims):
            return passage
        return _signed(passage, tuple(_paragraphs(passage, place, edits, new)))

    return draft.each(change), repeated


def _stands(claim: Claim, passage: Passage, place: Place, edits: Edits) -> bool:
    """Whether the passage says it already, when all else is done."""
    named = zip(place.claims, place.passage.claims, strict=True)
    left = {edits.changed.get(name, own).id for name, own in named if name not in edits.deleted}
    unprinted = {own.id for own in passage.claims} if not place.claims else set()
    return claim.id in left | unprinted


def _paragraphs(passage: Passage, place: Place, edits: Edits, new: Sequence[Addition]) -> Iterable[Paragraph]:
    above, below = defaultdict[str | None, list[Addition]](list), defaultdict[str | None, list[Addition]](list)
    for one in new:
        (below[one.before] if one.before else above[one.after]).append(one)
    names = iter(place.claims or [""] * len(passage.claims))  # of a passage that was not printed nothing has a name
    for paragraph in passage.paragraphs:
        named = [(next(names), claim) for claim in paragraph.claims]
        standing = [name for name, _ in named if name not in edits.deleted]
        claims: list[Claim] = []
        apart: list[Addition] = []
        for name, claim in named:
            if name in edits.deleted:
                continue
            claims += [one.claim for one in below[name]]
            claims.append(edits.changed.get(name, claim))
            is_last = name == standing[-1]
            claims += [one.claim for one in above[name] if not (one.run and is_last)]
            apart += [one for one in above[name] if one.run and is_last]
        if claims:
            yield paragraph.model_copy(update={"claims": tuple(claims)})
        yield from _apart(apart)
    yield from _apart(above[None])


def _apart(additions: Iterable[Addition]) -> Iterable[Paragraph]:
    for _, own in groupby(additions, key=lambda one: one.run):
        yield Paragraph(claims=tuple(one.claim for one in own))


def _signed(passage: Passage, paragraphs: tuple[Paragraph, ...]) -> Passage:
    """The passage with these words: not edited in secret, and checked as far as it was.

    `checked` stays what it was, and so no longer names the words, where there are new ones to be looked at.
    """
    edited = passage.model_copy(update={"paragraphs": paragraphs})
    update: dict[str, object] = {}
    if isinstance(passage, Part) and passage.is_checked:  # its table is as it was
        update["rows"] = tuple(row.model_copy(update={"held": True}) for row in passage.rows)
    if passage.made.content and not passage.is_edited:
        update["made"] = passage.made.model_copy(update={"content": edited.words_digest})
    if passage.is_checked and not any(claim.by_hand and claim.verdict is None for claim in edited.claims):
        update |= {"checked": edited.words_digest, "printed": Tally.of(edited.claims)}
    return edited.model_copy(update=update)
