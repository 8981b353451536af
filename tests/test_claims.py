"""From a model's claims to nouns."""

from agent.answers import PassageAnswer, with_keys
from agent.claims import cited_keys, claims_of
from agent.draft import Claim
from agent.review import Made
from tests.nouns import BEES, MOTHS, claim_answer

PAPERS = {paper.key: paper for paper in (BEES, MOTHS)}
MADE = Made(call="k1-0", model="m")


def claims(*answers: dict[str, object]) -> tuple[Claim, ...]:
    kind = with_keys(PassageAnswer, tuple(PAPERS))
    return claims_of(kind.model_validate({"claims": answers}).claims, PAPERS, MADE)


def test_a_quote_becomes_the_papers_own_words() -> None:
    (claim,) = claims(claim_answer(" Bees\n are counted. ", ("bees2021", "“a camera  that counts bees on”")))
    (citation,) = claim.citations
    assert claim.text == "Bees are counted." and claim.made == MADE and claim.verdict is None
    assert citation.quote == "a camera that counts bees on" and citation.where == "abstract"
    assert BEES["abstract"][citation.start : citation.end] == citation.quote


def test_words_that_are_not_the_papers_leave_a_citation_without_a_quote() -> None:
    (claim,) = claims(claim_answer("Bees.", ("bees2021", "a camera that counts moths on lamps"), ("moths2022", "few")))
    assert [(one.key, one.quote, one.start) for one in claim.citations] == [
        ("bees2021", None, None),
        ("moths2022", None, None),
    ]


def test_words_of_another_paper_are_not_a_papers_own() -> None:
    (claim,) = claims(claim_answer("Moths.", ("bees2021", "Moths come to lamps, and nobody knows")))
    assert claim.citations[0].quote is None


def test_a_paper_that_is_gone_is_cited_without_a_quote() -> None:
    kind = with_keys(PassageAnswer, ("gone1999",))
    answer = kind.model_validate({"claims": [claim_answer("Gone.", ("gone1999", "words that stood there once"))]})
    (claim,) = claims_of(answer.claims, PAPERS, MADE)
    assert [(one.key, one.quote) for one in claim.citations] == [("gone1999", None)]


def test_what_is_said_twice_is_kept_once() -> None:
    words = ("bees2021", "a camera that counts bees")
    same = claims(claim_answer("Bees.", words, words), claim_answer(" Bees. ", words))
    assert [len(one.citations) for one in same] == [1]
    assert (
        len(claims(claim_answer("Bees.", words), claim_answer("Bees.", ("moths2022", "Moths come to lamps, and")))) == 2
    )
    assert claims(claim_answer("  ", words)) == ()


def test_the_keys_of_claims_are_each_named_once() -> None:
    both = ("moths2022", "Moths come to lamps, and"), ("bees2021", "a camera that counts bees")
    assert cited_keys(claims(claim_answer("A.", *both), claim_answer("B.", *both))) == ("bees2021", "moths2022")
