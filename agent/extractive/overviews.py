"""Puts together openings and the texts over all sections, from claims that stand in the sections already."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from agent.draft import Claim
from agent.extractive.phrases import phrases_of
from agent.extractive.quotations import quotation_in
from agent.extractive.roles import Role, Sentence, read_text
from agent.extractive.words import features
from agent.fields import PartDigest, SectionDigest
from agent.papers import Paper

MOST_CLAIMS = 20
ROLES: Mapping[str, tuple[Role, Role | None]] = {
    "introduction": (Role.PROBLEM, Role.APPROACH),
    "synthesis": (Role.RESULT, None),
    "gaps": (Role.LIMIT, None),
}
"""What claims of each text do, and what does instead where a section has none such."""
_LEAST_SCORE = {Role.PROBLEM: 2.0, Role.RESULT: 4.0, Role.LIMIT: 3.0}
"""How plainly a claim must do what the text is for."""


def introduction(sections: Sequence[SectionDigest]) -> dict[str, Any]:
    """The answer to `write_introduction`: why there is work to do, or else what was done, section by section."""
    return _picked(sections, *ROLES["introduction"])


def synthesis(sections: Sequence[SectionDigest]) -> dict[str, Any]:
    """The answer to `write_synthesis`: the headline results across the sections."""
    return _picked(sections, *ROLES["synthesis"])


def gaps(sections: Sequence[SectionDigest]) -> dict[str, Any]:
    """The answer to `write_gaps`: what the papers say is missing; nothing where none says so."""
    return _picked(sections, *ROLES["gaps"])


def merged(parts: Sequence[PartDigest]) -> dict[str, Any]:
    """The answer to `write_merge`: the parts by size, each under its name and what it is marked by."""
    ordered = sorted(parts, key=lambda part: (-part.n_papers, part.id))
    headings = _headings(ordered)
    return {"opening": [], "threads": [{"part": part.id, "heading": headings[part.id]} for part in ordered]}


def _headings(parts: Sequence[PartDigest]) -> dict[str, str]:
    """The parts' names; where several bear one, with a phrase that the claims of this part share and others do not."""
    quotes = [
        (part.id, citation.quote or "") for part in parts for claim in part.claims for citation in claim.citations
    ]
    phrases = phrases_of([Paper(key=str(number), abstract=quote) for number, (_, quote) in enumerate(quotes)])
    often = Counter(part.name for part in parts)
    taken: set[str] = set()
    headings = {}
    for part in parts:
        group = [number for number, (id_, _) in enumerate(quotes) if id_ == part.id]
        headings[part.id] = part.name
        if often[part.name] > 1 and group:
            phrase, used = phrases.common_to(group, taken | set(features(part.name)), set())
            headings[part.id] = f"{part.name}: {phrase}" if phrase else part.name
            taken |= used
    return headings


def _picked(sections: Sequence[SectionDigest], role: Role, otherwise: Role | None = None) -> dict[str, Any]:
    """The claims of each section that do this most plainly; more of a larger section, one of each at least."""
    share = max(1, MOST_CLAIMS // max(len(sections), 1))
    n_papers = sum(section.n_papers for section in sections) or 1
    claims: list[dict[str, Any]] = []
    for section in sections:
        most = max(1, min(share, math.ceil(MOST_CLAIMS * section.n_papers / n_papers)))
        best = plainest(section.claims, role, most)
        if not best and otherwise:
            best = plainest(section.claims, otherwise, 1)
        claims += [again(claim) for claim in best]
    return {"claims": claims[:MOST_CLAIMS]}


def plainest(claims: Sequence[Claim], role: Role, most: int) -> list[Claim]:
    """Those that do this most plainly, at most so many; none that does it hardly at all."""
    scored = [(plainness(claim, role), claim) for claim in claims if _is_complete(claim)]
    fit = [(score, claim) for score, claim in scored if score >= _LEAST_SCORE.get(role, 1.0)]
    return [claim for _, claim in sorted(fit, key=lambda pair: (-pair[0], pair[1].id))[:most]]


def _is_complete(claim: Claim) -> bool:
    return bool(claim.citations) and all(citation.quote for citation in claim.citations)


def plainness(claim: Claim, role: Role) -> float:
    """How plainly a claim does this; 0 where nothing in it says so."""
    quoted = quotation_in(claim.text)
    told: tuple[Sentence, ...] = read_text("", quoted or claim.text)
    return max((one.scores[role] for one in told), default=0.0)


def again(claim: Claim) -> dict[str, Any]:
    """The claim word for word, with its citations."""
    citations = [{"key": citation.key, "quote": citation.quote} for citation in claim.citations]
    return {"text": claim.text, "citations": citations}
