"""From a model's claims to nouns: every quote becomes the paper's own words, or is known not to be there."""

from collections.abc import Iterable, Mapping

from agent.answers import ClaimAnswer
from agent.draft import Citation, Claim
from agent.papers import Paper
from agent.quotes import find_quote
from agent.review import Made


def claims_of(answers: Iterable[ClaimAnswer[str]], papers: Mapping[str, Paper], made: Made) -> tuple[Claim, ...]:
    """The nouns of claims; a quote becomes the paper's own words, or None where it is not among them."""
    claims: dict[str, Claim] = {}
    for answer in answers:
        cited = {}
        for citation in answer.citations:
            # A text over a part that could not be written again may cite a paper that is gone; the check names it.
            paper = papers.get(citation.key)
            quote = find_quote(paper, citation.quote) if paper else None
            span = quote.model_dump(exclude={"text"}) if quote else {}
            cited[citation.key, quote.text if quote else None] = Citation(
                key=citation.key, quote=quote.text if quote else None, **span
            )
        claim = Claim(text=" ".join(answer.text.split()), citations=tuple(cited.values()), made=made)
        claims.setdefault(claim.id, claim)
    return tuple(claim for claim in claims.values() if claim.text)


def cited_keys(claims: Iterable[Claim]) -> tuple[str, ...]:
    return tuple(sorted({citation.key for claim in claims for citation in claim.citations}))
