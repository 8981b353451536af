"""Sentence by sentence: how a text that stands is shown with numbers, and what the edits of it leave."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from agent.answers import EditAnswer
from agent.claims import claims_of
from agent.draft import Claim, Paragraph, Part, Passage
from agent.fields import NumberedParagraph, NumberedSentence
from agent.papers import Paper
from agent.review import Made

P = TypeVar("P", bound=Passage)


def numbered(paragraphs: Iterable[Paragraph]) -> tuple[NumberedParagraph, ...]:
    """The paragraphs with their sentences numbered from 1 throughout."""
    shown, number = [], 0
    for paragraph in paragraphs:
        sentences = []
        for claim in paragraph.claims:
            number += 1
            sentences.append(NumberedSentence(number=number, claim=claim))
        shown.append(NumberedParagraph(heading=paragraph.heading, sentences=tuple(sentences)))
    return tuple(shown)


def edited(
    paragraphs: Sequence[Paragraph], edits: Iterable[EditAnswer[int, str]], papers: Mapping[str, Paper], made: Made
) -> tuple[Paragraph, ...]:
    """The paragraphs as the edits leave them: a claim that is kept is the same object, and every other is new.

    Of two edits of one sentence the first change or deletion counts. One that brings no claim is none, nor is one
    that would touch a person's sentence, beside which others may be put.
    """
    edits, standing = list(edits), {n: one for n, one in enumerate(_claims(paragraphs), 1)}
    changed: dict[int, Claim | None] = {}
    for edit in edits:
        claim = _new(edit, papers, made)
        if edit.action == "delete" or (edit.action == "change" and claim):
            changed.setdefault(edit.sentence, claim if edit.action == "change" else None)
    stands = {n: _instead(claim, changed.get(n, claim)) for n, claim in standing.items()}
    said = {claim.id for claims in stands.values() for claim in claims}
    moved = {claim.id: claim for claim in standing.values() if claim.id not in said}
    for edit in edits:
        claim = _new(edit, papers, made)
        if edit.action == "insert" and claim and claim.id not in said:
            said.add(claim.id)
            stands.setdefault(edit.sentence, []).append(moved.get(claim.id, claim))
    return _put(paragraphs, stands)


def _claims(paragraphs: Iterable[Paragraph]) -> list[Claim]:
    return [claim for paragraph in paragraphs for claim in paragraph.claims]


def _put(paragraphs: Sequence[Paragraph], stands: Mapping[int, Sequence[Claim]]) -> tuple[Paragraph, ...]:
    """The paragraphs with what stands now in each sentence's place; an empty one goes with its heading."""
    left, number = [], 0
    before = tuple(stands.get(0, ()))
    for paragraph in paragraphs or (Paragraph(claims=()),):
        numbers = range(number + 1, number + 1 + len(paragraph.claims))
        claims = before + tuple(claim for n in numbers for claim in stands[n])
        number, before = number + len(paragraph.claims), ()
        if claims:
            left.append(paragraph.model_copy(update={"claims": claims}))
    return tuple(left)


def _new(edit: EditAnswer[int, str], papers: Mapping[str, Paper], made: Made) -> Claim | None:
    claims = claims_of([edit.claim], papers, made) if edit.claim else ()
    return claims[0] if claims else None


def _instead(claim: Claim, given: Claim | None) -> list[Claim]:
    """What stands in a claim's place."""
    if claim.by_hand or (given is not None and given.id == claim.id):
        return [claim]
    return [given] if given else []


def with_sentences_by_hand(before: Iterable[Passage], after: Sequence[P]) -> list[P]:
    """The passages with every sentence that a person wrote in those before: one whose passage was written anew, or is
    there no more, comes last in the one that has its place, or else in the one about the first paper that it cites.
    """
    there = {claim.id for passage in after for claim in passage.claims}
    orphans: dict[str, list[Claim]] = {}
    for passage in before:
        for claim in passage.claims:
            if claim.by_hand and claim.id not in there and after:
                orphans.setdefault(_home(passage, claim, after), []).append(claim)
    return [_with(passage, orphans.get(passage.id, ())) for passage in after]


def _home(passage: Passage, claim: Claim, after: Sequence[Passage]) -> str:
    first = claim.citations[0].key if claim.citations else ""
    about = (one.id for one in after if first in (one.papers if isinstance(one, Part) else one.keys))
    same = (one.id for one in after if one.id == passage.id)
    return next(same, None) or next(about, None) or after[0].id


def _with(passage: P, claims: Iterable[Claim]) -> P:
    more = tuple(claims)
    if not more:
        return passage
    return passage.model_copy(update={"paragraphs": (*passage.paragraphs, Paragraph(claims=more)), "checked": None})
