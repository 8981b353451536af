"""The answer as it may be shown: what stood the check, how much of the corpus it rests on, and what is nearest."""

from collections.abc import Sequence

from agent.draft import Claim, Paragraph, Part, Tally, Verdict
from agent.question import Bearing, Extent, Heading, Saying

MOST_NEAREST = 3


def is_answered(passage: Part, *, was_answered: bool) -> bool:
    """Whether something is left of an answer that was given; a table is none, nor is which work is which."""
    return was_answered and any(paragraph.heading != Heading.NAMES for paragraph in passage.paragraphs)


def matching(sayings: Sequence[Saying]) -> tuple[Saying, ...]:
    """What answers, with the words it rests on; a saying without them is no answer."""
    return tuple(one for one in sayings if one.bearing is Bearing.ANSWERS and one.quote is not None)


def nearest(sayings: Sequence[Saying], hits: Sequence[str]) -> tuple[str, ...]:
    """The papers nearest to a question that none answers: those that say something, else those with its words."""
    return tuple(dict.fromkeys([saying.key for saying in sayings] or hits))[:MOST_NEAREST]


def extent_of(
    sayings: Sequence[Saying], *, n_papers: int, n_possible: int, n_without_abstract: int, n_read: int
) -> Extent:
    """How much of the corpus an answer rests on; `n_possible` counts the papers without an abstract."""
    answering = {saying.key for saying in sayings if saying.bearing is Bearing.ANSWERS}
    return Extent(
        n_touching=len({saying.key for saying in sayings} - answering),
        n_papers=n_papers,
        n_possible=n_possible,
        n_read=n_read,
        n_without_abstract=n_without_abstract,
        n_unread=n_possible - n_without_abstract - n_read,
    )


def with_aside(passage: Part, aside: Part) -> Part:
    """The passage with what the built-in model quoted from papers that no server is sent; both are checked."""
    claims = tuple(claim for claim in aside.claims if claim.id not in {one.id for one in passage.claims})
    if not claims:
        return passage
    joined = passage.model_copy(
        update={
            "paragraphs": (*passage.paragraphs, Paragraph(heading=Heading.ASIDE, claims=claims)),
            "papers": tuple(sorted({*passage.papers, *aside.papers})),
            "findings": (*passage.findings, *aside.findings),
            "drafted": passage.drafted + aside.drafted,
            "printed": passage.printed + _tally(claims),
            "judge": ", ".join(filter(None, (passage.judge, aside.judge))),
        }
    )
    return joined.model_copy(update={"checked": joined.words_digest})


def _tally(claims: Sequence[Claim]) -> Tally:
    """The figures of claims that all held."""
    citations = [citation for claim in claims for citation in claim.citations]
    return Tally(
        claims=len(claims),
        held=len(claims),
        citations=len(citations),
        bearing=sum(bool(citation.supports) for citation in citations),
        verbatim=sum(claim.verdict is Verdict.VERBATIM for claim in claims),
    )
