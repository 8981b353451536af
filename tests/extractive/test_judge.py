from agent.answers import JudgementAnswer, RepairAnswer, with_keys
from agent.draft import Citation, Claim, Verdict
from agent.extractive.quotations import quotation_in
from agent.fields import FailedClaim
from tests.extractive.gardens import PAPERS, ask

KEYS = tuple(paper.key for paper in PAPERS)
SENTENCE = "Across 12 terraces it used 40% less water than hoses while yields stayed the same."


def _claim(text: str, *keys: str) -> Claim:
    return Claim(text=text, citations=tuple(Citation(key=key) for key in keys))


def _judged(*claims: Claim) -> JudgementAnswer[int, str]:
    kind: type[JudgementAnswer[int, str]] = with_keys(JudgementAnswer, tuple(range(1, len(claims) + 1)), KEYS)
    return ask("check_support", kind, claims=claims, papers=PAPERS)


def test_a_sentence_of_the_cited_paper_is_verbatim() -> None:
    (verdict,) = _judged(_claim(f"StepDrip: “{SENTENCE}”", "plot1")).verdicts
    assert (verdict.claim, verdict.verdict, verdict.not_bearing) == (1, Verdict.VERBATIM, [])


def test_a_sentence_of_another_paper_is_not() -> None:
    (verdict,) = _judged(_claim(f"MulchNet: “{SENTENCE}”", "plot0")).verdicts
    assert verdict.verdict in (Verdict.PARTLY, Verdict.UNSUPPORTED)


def test_it_never_says_supported_and_says_that_it_only_compares_words() -> None:
    answer = _judged(
        _claim("StepDrip used 40% less water than hoses across 12 terraces.", "plot1"),
        _claim("Quasars glow at redshift seven.", "plot1"),
    )
    assert [verdict.verdict for verdict in answer.verdicts] == [Verdict.PARTLY, Verdict.UNSUPPORTED]
    assert all("only compares words" in verdict.why for verdict in answer.verdicts)


def test_a_cited_paper_that_shares_no_word_does_not_bear_on_the_claim() -> None:
    (verdict,) = _judged(_claim("StepDrip is a drip line that used less water than hoses.", "plot1", "plot6")).verdicts
    assert verdict.not_bearing == ["plot6"]


def test_a_repair_is_the_papers_own_sentence_or_nothing() -> None:
    failures = (
        FailedClaim(
            number=3,
            claim=_claim("StepDrip used half the water of hoses while yields stayed the same.", "plot1"),
            problem="not supported",
            why="",
        ),
        FailedClaim(number=7, claim=_claim("Quasars glow.", "plot1"), problem="not supported", why=""),
    )
    kind: type[RepairAnswer[int, str]] = with_keys(RepairAnswer, (3, 7), KEYS)
    repairs = {
        one.claim: one.replacement for one in ask("check_repair", kind, failures=failures, papers=PAPERS).repairs
    }
    assert repairs[3] is not None
    assert quotation_in(repairs[3].text) == SENTENCE == repairs[3].citations[0].quote
    assert repairs[7] is None
