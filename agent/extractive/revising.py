"""Brings a text over others up to date: without what it can rest on no more, and with what says its matter plainly."""

from collections.abc import Collection, Sequence
from statistics import median
from typing import Any

from agent.draft import Claim
from agent.extractive.edits import Edits
from agent.extractive.overviews import MOST_CLAIMS, ROLES, again, plainest, plainness
from agent.extractive.roles import Role
from agent.extractive.vectors import likeness
from agent.fields import NumberedParagraph, SectionDigest

_TOLD = 0.25
"""A sentence so like a category's name and definition is most likely on a paper of it."""


def revised(
    text: str, paragraphs: Sequence[NumberedParagraph], loose: Collection[int], sections: Sequence[SectionDigest]
) -> dict[str, Any]:
    """The answer to `write_revise`: an opening gets nothing, as it has nothing of the built-in model's.

    A loose sentence gives way to what the same paper says now, where that does what the text is for. Of a section that
    was there before, another claim comes in only if it does so as plainly as what stands; it goes where the text speaks
    of that section, or to the end.
    """
    edits = Edits(paragraphs)
    fallen = [sentence for sentence in edits.staying if sentence.number in loose and not sentence.claim.by_hand]
    for sentence in fallen:
        edits.delete(sentence)
    if text not in ROLES:
        return {"edits": edits.answer()}
    fresh = [claim for section in sections for claim in section.claims]
    for sentence in fallen:
        now = [claim for claim in fresh if _keys(claim) == _keys(sentence.claim) and not edits.says(again(claim))]
        for claim in _plainest(now, *ROLES[text]):
            edits.change(sentence, again(claim))
    _insert(edits, sections, *ROLES[text])
    return {"edits": edits.answer()}


def _keys(claim: Claim) -> set[str]:
    return {citation.key for citation in claim.citations}


def _plainest(claims: Sequence[Claim], role: Role, otherwise: Role | None) -> list[Claim]:
    return plainest(claims, role, 1) or (plainest(claims, otherwise, 1) if otherwise else [])


def _insert(edits: Edits, sections: Sequence[SectionDigest], role: Role, otherwise: Role | None) -> None:
    standing = edits.staying
    least = median([plainness(one.claim, role) for one in standing]) if standing else 0.0
    picked = [(section, claim) for section in sections for claim in _picked(section, edits, role, otherwise)]
    plain = [(section, claim) for section, claim in picked if _is_new(section) or plainness(claim, role) >= least]
    plain.sort(key=lambda pair: (-plainness(pair[1], role), pair[1].id))
    chosen = {claim.id for _, claim in plain[: max(0, MOST_CLAIMS - edits.n_sentences)]}
    places = _places(edits, sections)
    for section, claim in picked:
        if claim.id in chosen:
            edits.insert(_place(edits, claim, places[section.category.id]), again(claim))


def _picked(section: SectionDigest, edits: Edits, role: Role, otherwise: Role | None) -> list[Claim]:
    """The claim of the section that does this most plainly; of one that is new, something at least."""
    fresh = [claim for claim in section.claims if not edits.says(again(claim))]
    return _plainest(fresh, role, otherwise if _is_new(section) else None)


def _is_new(section: SectionDigest) -> bool:
    """Whether all papers of a section came in, so that nothing in the text can be on it."""
    return len({key for claim in section.claims for key in _keys(claim)}) >= section.n_papers


def _places(edits: Edits, sections: Sequence[SectionDigest]) -> dict[str, int]:
    """The number of the sentence that a section's claims go after: the one most like what it is about, or the last."""
    standing = edits.staying
    named = [(section.category.name, section.category.definition) for section in sections]
    scores = likeness(named, [one.claim.text for one in standing])
    places = {}
    for section, row in zip(sections, scores, strict=True):
        alike = int(row.argmax()) if len(row) else 0
        at = standing[alike] if len(row) and row[alike] >= _TOLD else standing[-1] if standing else None
        places[section.category.id] = at.number if at else 0
    return places


def _place(edits: Edits, claim: Claim, otherwise: int) -> int:
    """The number of the last sentence on a paper that the claim cites."""
    on_it = [one for one in edits.staying if _keys(claim) & _keys(one.claim)]
    return on_it[-1].number if on_it else otherwise
