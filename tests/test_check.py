"""Every claim against the papers it cites: what is kept, repaired, dropped, listed and counted."""

from collections.abc import Sequence

import pytest

from agent.check import check_passages, is_verbatim, look, reopen, stands_up
from agent.draft import Claim, Finding, Outcome, Paragraph, Part, Passage, Problem, Row, Tally, Verdict
from agent.errors import BudgetSpent, Refused
from agent.llm.client import Client
from agent.papers import Corpus, Paper
from agent.review import BUILT_IN, Unanswered
from tests.nouns import (
    BEES,
    CORPUS,
    claim,
    claim_answer,
    judgement,
    part,
    passage,
    repairs,
    row,
)
from tests.scripted import Line, Scripted

CAMERA = "a camera that counts bees on flowers"
FINDS = "it finds 91.5% of all bees"
LAMPS = "Moths come to lamps, and nobody knows why"
WATCHED = "We watched 2,000 moths at three lamps in a valley"
BAD = "a camera that counts moths on lamps"

GOOD = claim("BeeNet counts bees.", ("bees2021", CAMERA))
ALSO = claim("Moths like lamps.", ("moths2022", LAMPS))
BOTH = claim("Bees and moths are watched.", ("bees2021", CAMERA), ("moths2022", WATCHED))
ASTRAY = claim("BeeNet counts moths.", ("bees2021", BAD))
BETTER = claim_answer("BeeNet finds 91.5% of bees.", ("bees2021", FINDS))


def checked(one: Passage, *lines: Line, corpus: Corpus = CORPUS) -> tuple[Passage, list[Unanswered], Scripted]:
    transport = Scripted(*lines)
    (after,), unanswered = check_passages([one], corpus, Client(transport, "m"))
    return after, unanswered, transport


def texts(one: Passage) -> list[str]:
    return [claim.text for claim in one.claims]


def fates(findings: Sequence[Finding]) -> list[tuple[str, Problem, Outcome, str | None]]:
    return [(one.claim, one.problem, one.outcome, one.became) for one in findings]


@pytest.mark.parametrize(
    ("wrong", "problem", "why"),
    [
        (claim("Bees."), Problem.NO_CITATION, "cites no paper"),
        (claim("Bees.", ("bees2020", CAMERA)), Problem.UNKNOWN_KEY, "the corpus has no bees2020"),
        (claim("Bees.", ("bees2021", None)), Problem.NO_QUOTE, "do not stand in bees2021"),
        (claim("Bees.", ("bees2021", BAD)), Problem.NO_QUOTE, "do not stand in bees2021"),
        (claim("Bees.", ("bees2021", LAMPS)), Problem.NO_QUOTE, "do not stand in bees2021"),
        (claim("Bees.", ("bees2021", "counts bees on flowers")), Problem.NO_QUOTE, "do not stand in bees2021"),
        (claim("On 13 meadows.", ("bees2021", CAMERA)), Problem.NO_NUMBER, "13 stands in none"),
        (claim("It finds 1.5%.", ("bees2021", FINDS)), Problem.NO_NUMBER, "1.5 stands in none"),
        (claim("2,000 and 41.", ("bees2021", FINDS), ("moths2022", LAMPS)), Problem.NO_NUMBER, "41 stands in none"),
    ],
)
def test_code_finds_what_is_wrong(wrong: Claim, problem: Problem, why: str) -> None:
    found = look(wrong, CORPUS)
    assert found.problem is problem and why in found.why


def test_more_than_six_papers_are_too_many() -> None:
    corpus = Corpus(Paper(key=f"k{n}", abstract="One word after the other stands here.") for n in range(7))
    cited = [(paper.key, "One word after the other") for paper in corpus]
    assert look(claim("Words.", *cited), corpus).problem is Problem.TOO_MANY
    assert look(claim("Words.", *cited[:6], *cited[:6]), corpus).problem is None


def test_a_good_claim_gets_its_papers_own_words_and_place() -> None:
    found = look(claim("In 2021, on 12 meadows.", ("bees2021", f"“{CAMERA}”")), CORPUS)
    assert found.problem is None
    (citation,) = found.claim.citations
    assert (citation.quote, BEES["abstract"][citation.start : citation.end]) == (CAMERA, CAMERA)


def test_a_verdict_from_before_does_not_count() -> None:
    stale = look(GOOD, CORPUS).claim.model_copy(update={"verdict": Verdict.SUPPORTED})
    assert look(stale, CORPUS).claim.verdict is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"BeeNet: “We present BeeNet, {CAMERA}.”", True),
        (f"BeeNet: “We present BeeNet, {CAMERA}”.", True),
        (f"BeeNet: Counting Bees on Flowers: “We present BeeNet, {CAMERA}.”", True),
        (f"We present BeeNet, a camera that counts bees …: “We present BeeNet, {CAMERA}.”", True),
        (f"BeeNet: “We present MothNet, {CAMERA}.”", False),
        ("BeeNet: “counts bees on flowers”", False),
        (f"BeeNet is by far better than all the others: “We present BeeNet, {CAMERA}.”", False),
        (f"BeeNet: “We present BeeNet, {CAMERA}.” It is good.", False),
        (f"BeeNet: “{CAMERA}” and “{FINDS}”", False),
        ("BeeNet counts bees.", False),
    ],
)
def test_verbatim_is_one_papers_words_under_its_name(text: str, expected: bool) -> None:
    assert is_verbatim(claim(text, ("bees2021", CAMERA)), CORPUS) is expected


def test_words_of_two_papers_are_not_verbatim() -> None:
    text = f"BeeNet: “{CAMERA}”"
    assert not is_verbatim(claim(text, ("bees2021", CAMERA), ("moths2022", LAMPS)), CORPUS)
    assert not is_verbatim(claim(text, ("bees2020", CAMERA)), CORPUS)


def test_what_holds_is_printed_as_it_is() -> None:
    after, unanswered, transport = checked(passage(GOOD, ALSO), judgement("supported", "supported"))
    assert texts(after) == [GOOD.text, ALSO.text] and after.findings == () and unanswered == []
    assert [one.verdict for one in after.claims] == [Verdict.SUPPORTED] * 2
    assert all(citation.supports for one in after.claims for citation in one.citations)
    assert after.is_checked and transport.prompts == ["check_support"]
    assert after.drafted == after.printed == Tally(claims=2, held=2, citations=2, bearing=2)


def test_a_passage_without_claims_asks_nothing() -> None:
    after, unanswered, transport = checked(passage())
    assert after.is_checked and unanswered == [] and transport.calls == []


@pytest.mark.parametrize("verdict", ["partly", "unsupported"])
def test_what_is_not_supported_is_repaired_and_judged_again(verdict: str) -> None:
    lines = [judgement("supported", verdict), repairs(BETTER), judgement("supported")]
    after, unanswered, transport = checked(passage(ALSO, GOOD), *lines)
    assert transport.prompts == ["check_support", "check_repair", "check_support"]
    assert texts(after) == [ALSO.text, BETTER["text"]] and unanswered == []
    assert fates(after.findings) == [(GOOD.text, Problem.UNSUPPORTED, Outcome.REPAIRED, BETTER["text"])]
    assert after.findings[0].why == "So it reads." and after.findings[0].made.call == transport.calls[0].key
    assert "Not supported" in transport.calls[1].user and GOOD.text in transport.calls[1].user
    assert [one.text for one in transport.calls[2].fields["claims"]] == [BETTER["text"]]
    bearing = 2 if verdict == "partly" else 1
    assert after.drafted == Tally(claims=2, held=1, citations=2, bearing=bearing)
    assert after.printed == Tally(claims=2, held=2, citations=2, bearing=2)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([repairs(None)], "So it reads."),
        ([repairs()], "So it reads."),
        ([repairs(BETTER), judgement("partly")], "So it reads.; then: So it reads."),
        ([repairs(claim_answer("Still.", ("bees2021", BAD)))], "then: the words given do not stand in bees2021"),
        ([repairs(claim_answer("It finds 7.", ("bees2021", FINDS)))], "then: 7 stands in none"),
        ([repairs(BETTER), judgement(("supported", ["bees2021"]))], "then: no paper it cites bears on it"),
    ],
)
def test_what_is_not_put_right_is_dropped_and_listed(lines: list[Line], why: str) -> None:
    after, unanswered, transport = checked(passage(ALSO, GOOD), judgement("supported", "unsupported"), *lines)
    assert texts(after) == [ALSO.text] and unanswered == [] and after.is_checked
    assert fates(after.findings) == [(GOOD.text, Problem.UNSUPPORTED, Outcome.DROPPED, None)]
    assert why in after.findings[0].why and after.findings[0].keys == ("bees2021",)
    assert len(transport.calls) == 1 + len(lines)
    assert after.drafted == Tally(claims=2, held=1, citations=2, bearing=1)
    assert after.printed == Tally(claims=1, held=1, citations=1, bearing=1)


def test_what_code_finds_wrong_is_not_judged_but_repaired() -> None:
    after, _, transport = checked(passage(ASTRAY), repairs(BETTER), judgement("supported"))
    assert transport.prompts == ["check_repair", "check_support"]
    assert "these words are not in the paper" in transport.calls[0].user
    assert fates(after.findings) == [(ASTRAY.text, Problem.NO_QUOTE, Outcome.REPAIRED, BETTER["text"])]
    assert after.drafted == Tally(claims=1, held=0, citations=1, bearing=0)
    assert after.printed == Tally(claims=1, held=1, citations=1, bearing=1)


def test_claims_keep_their_places_and_empty_paragraphs_go() -> None:
    one, two = passage(ASTRAY), passage(ALSO, GOOD)
    both = one.model_copy(update={"paragraphs": (*one.paragraphs, *two.paragraphs)})
    after, _, _ = checked(both, judgement("supported", "supported"), repairs(None))
    assert [[one.text for one in paragraph.claims] for paragraph in after.paragraphs] == [[ALSO.text, GOOD.text]]


def test_a_claim_that_stands_twice_is_judged_and_printed_once() -> None:
    one, two = passage(GOOD), passage(ALSO, GOOD)
    both = one.model_copy(update={"paragraphs": (*one.paragraphs, *two.paragraphs)})
    after, _, transport = checked(both, judgement("supported", "supported"))
    assert texts(after) == [GOOD.text, ALSO.text] and len(transport.calls[0].fields["claims"]) == 2
    assert after.drafted == after.printed == Tally(claims=2, held=2, citations=2, bearing=2)


def test_a_repair_that_says_what_is_said_already_is_printed_once() -> None:
    again = claim_answer(ALSO.text, ("moths2022", LAMPS))
    parted = part(GOOD, ALSO, papers=("bees2021", "moths2022"))
    lines = [judgement("unsupported", "supported"), repairs(again), judgement("supported")]
    after, _, _ = checked(parted, *lines)
    assert texts(after) == [ALSO.text]
    assert after.printed == Tally(claims=1, held=1, citations=1, bearing=1)


def test_what_the_judge_left_out_is_judged_once_more() -> None:
    after, unanswered, transport = checked(passage(GOOD, ALSO), judgement("supported", None), judgement("supported"))
    assert texts(after) == [GOOD.text, ALSO.text] and after.findings == () and unanswered == []
    assert [one.text for one in transport.calls[1].fields["claims"]] == [ALSO.text]
    assert after.drafted == Tally(claims=2, held=2, citations=2, bearing=2)


def test_what_was_left_out_and_then_fails_is_still_repaired() -> None:
    lines = [judgement(None, "supported"), judgement("partly"), repairs(BETTER), judgement("supported")]
    after, _, transport = checked(passage(GOOD, ALSO), *lines)
    assert transport.prompts == ["check_support", "check_support", "check_repair", "check_support"]
    assert texts(after) == [BETTER["text"], ALSO.text]
    assert fates(after.findings) == [(GOOD.text, Problem.UNSUPPORTED, Outcome.REPAIRED, BETTER["text"])]
    assert after.drafted == Tally(claims=2, held=1, citations=2, bearing=2)


def test_what_is_left_out_twice_is_dropped_and_listed() -> None:
    third = claim("Bees do not come at night.", ("bees2021", "when no bee flies"), ("bees2021", CAMERA))
    third = third.model_copy(update={"citations": third.citations[1:]})
    lines = [judgement(None, None, "supported"), judgement(None, "supported")]
    after, _, _ = checked(passage(GOOD, third, ALSO), *lines)
    assert texts(after) == [third.text, ALSO.text]
    assert fates(after.findings) == [(GOOD.text, Problem.UNJUDGED, Outcome.DROPPED, None)]


def test_a_judge_that_says_nothing_leaves_the_passage_unchecked() -> None:
    after, unanswered, _ = checked(passage(GOOD), judgement())
    assert after == passage(GOOD) and not after.is_checked
    assert [(one.stage, one.subject) for one in unanswered] == [("check_support", "introduction")]


def test_of_two_verdicts_the_stricter_one_counts() -> None:
    two = judgement("unsupported")
    two["verdicts"] += judgement("supported")["verdicts"]
    after, _, _ = checked(passage(GOOD), two, repairs(None))
    assert texts(after) == [] and len(after.findings) == 1


def test_the_judges_verbatim_is_not_believed() -> None:
    after, _, _ = checked(passage(GOOD), judgement("verbatim"), repairs(None))
    assert texts(after) == []
    assert "not the paper's own words" in after.findings[0].why
    own = claim(f"BeeNet: “We present BeeNet, {CAMERA}.”", ("bees2021", CAMERA))
    after, _, _ = checked(passage(own), judgement("verbatim"))
    assert texts(after) == [own.text]
    assert after.printed == Tally(claims=1, held=1, citations=1, bearing=1, verbatim=1)


def test_a_paper_that_does_not_bear_on_a_claim_loses_its_citation() -> None:
    after, _, transport = checked(passage(BOTH), judgement(("supported", ["moths2022"])))
    assert transport.prompts == ["check_support"]
    (kept,) = after.claims
    assert [citation.key for citation in kept.citations] == ["bees2021"]
    assert fates(after.findings) == [(BOTH.text, Problem.NOT_BEARING, Outcome.REPAIRED, BOTH.text)]
    assert after.findings[0].why == "moths2022: So it reads." and after.findings[0].keys == ("bees2021", "moths2022")
    assert after.drafted == Tally(claims=1, held=1, citations=2, bearing=1)
    assert after.printed == Tally(claims=1, held=1, citations=1, bearing=1)


def test_a_claim_on_which_no_paper_bears_does_not_hold() -> None:
    after, _, _ = checked(passage(BOTH), judgement(("supported", ["bees2021", "moths2022"])), repairs(None))
    assert texts(after) == []
    assert "no paper it cites bears on it" in after.findings[0].why
    assert after.drafted == Tally(claims=1, held=0, citations=2, bearing=0)


def test_a_number_does_not_outlive_the_paper_that_gave_it() -> None:
    counted = claim("2,000 moths and all bees were seen.", ("bees2021", CAMERA), ("moths2022", WATCHED))
    after, _, transport = checked(passage(counted), judgement(("supported", ["moths2022"])), repairs(None))
    assert texts(after) == [] and transport.prompts == ["check_support", "check_repair"]
    assert fates(after.findings) == [(counted.text, Problem.NO_NUMBER, Outcome.DROPPED, None)]


def test_of_a_claim_that_holds_partly_only_the_bearing_citations_count() -> None:
    after, _, _ = checked(passage(BOTH), judgement(("partly", ["moths2022"])), repairs(None))
    assert after.drafted == Tally(claims=1, held=0, citations=2, bearing=1)
    assert after.printed == Tally()


def test_a_repair_that_loses_a_citation_is_listed_as_one_repair() -> None:
    better = claim_answer("Both are watched.", ("bees2021", CAMERA), ("moths2022", LAMPS))
    lines = [judgement("unsupported"), repairs(better), judgement(("supported", ["moths2022"]))]
    after, _, _ = checked(passage(BOTH), *lines)
    assert fates(after.findings) == [(BOTH.text, Problem.UNSUPPORTED, Outcome.REPAIRED, "Both are watched.")]
    assert after.drafted == Tally(claims=1, held=0, citations=2, bearing=0)
    assert after.printed == Tally(claims=1, held=1, citations=1, bearing=1)


def test_a_part_may_cite_its_own_papers_and_another_text_only_those_that_failed() -> None:
    moths = claim_answer("Moths come.", ("moths2022", LAMPS))
    insects = part(ASTRAY, papers=("bees2021", "moths2022", "gone1999"))
    after, _, _ = checked(insects, repairs(moths), judgement("supported"))
    assert texts(after) == ["Moths come."]
    after, unanswered, _ = checked(passage(ASTRAY), repairs(moths))
    assert not after.is_checked and [one.stage for one in unanswered] == ["check_repair"]


def test_where_nothing_may_be_cited_nothing_is_repaired() -> None:
    unknown = claim("Bees.", ("bees2020", CAMERA))
    after, unanswered, transport = checked(passage(unknown, claim("Moths.")))
    assert transport.calls == [] and unanswered == [] and texts(after) == []
    assert [one.problem for one in after.findings] == [Problem.UNKNOWN_KEY, Problem.NO_CITATION]


@pytest.mark.parametrize(
    ("lines", "stage"),
    [
        ([Refused("no")], "check_support"),
        ([BudgetSpent("spent")], "check_support"),
        ([judgement("unsupported", "supported"), Refused("no")], "check_repair"),
        ([judgement(None, "supported"), Refused("no")], "check_support"),
        ([judgement("unsupported", "supported"), repairs(BETTER), Refused("no")], "check_support"),
        ([judgement("unsupported", "supported"), repairs(BETTER), BudgetSpent("spent")], "check_support"),
    ],
)
def test_a_check_that_stays_unanswered_leaves_the_passage_as_it_was(lines: list[Line], stage: str) -> None:
    before = passage(GOOD, ALSO)
    after, unanswered, _ = checked(before, *lines)
    assert after == before and not after.is_checked
    assert [(one.stage, one.subject) for one in unanswered] == [(stage, "introduction")]


def test_one_passage_that_stays_unanswered_takes_no_other_with_it() -> None:
    transport = Scripted(Refused("no"), judgement("supported"))
    before = [passage(GOOD, id_="gaps"), passage(ALSO, id_="synthesis")]
    after, unanswered = check_passages(before, CORPUS, Client(transport, "m"))
    assert [one.is_checked for one in after] == [False, True]
    assert [one.subject for one in unanswered] == ["gaps"]


def test_each_passage_is_judged_by_one_call_of_its_own_papers() -> None:
    transport = Scripted(judgement("supported"), judgement("supported"))
    check_passages([passage(GOOD, id_="gaps"), passage(ALSO, id_="synthesis")], CORPUS, Client(transport, "m"))
    assert [[paper.key for paper in call.fields["papers"]] for call in transport.calls] == [["bees2021"], ["moths2022"]]


def test_a_passage_checked_again_keeps_what_was_found_before() -> None:
    first, _, _ = checked(passage(GOOD, ALSO, ASTRAY), judgement("supported", "supported"), repairs(None))
    moved = Corpus(paper if paper is not BEES else Paper(key=BEES.key, abstract="Other words.") for paper in CORPUS)
    second, _, again = checked(first, repairs(None), corpus=moved)
    assert again.prompts == ["check_repair"]  # what came through before is not judged again
    assert texts(second) == [ALSO.text]
    assert [one.claim for one in second.findings] == [ASTRAY.text, GOOD.text]
    assert second.drafted == first.drafted == Tally(claims=3, held=2, citations=3, bearing=2)
    assert second.printed == Tally(claims=1, held=1, citations=1, bearing=1)
    third, _, _ = checked(second, corpus=moved)
    assert third.findings == second.findings


def table(*rows: Row, lines: Sequence[Line] = (), papers: tuple[str, ...] = ("bees2021",)) -> tuple[Part, Scripted]:
    after, _, transport = checked(part(papers=papers, rows=rows), *lines)
    assert isinstance(after, Part)
    return after, transport


def test_a_cell_whose_words_or_numbers_are_not_in_the_paper_is_emptied_and_listed() -> None:
    given = row("bees2021", setting=("moths", BAD), idea=("on 13 meadows", CAMERA), evidence=("it finds 91.5%", FINDS))
    after, transport = table(given)
    assert transport.calls == []
    cells = after.rows[0].cells
    assert [cells[name].text for name in ("setting", "idea", "evidence")] == [None, None, "it finds 91.5%"]
    assert fates(after.findings) == [
        ("setting: moths", Problem.NO_QUOTE, Outcome.DROPPED, None),
        ("idea: on 13 meadows", Problem.NO_NUMBER, Outcome.DROPPED, None),
    ]
    assert {one.passage for one in after.findings} == {"insects"}
    assert after.drafted == after.printed == Tally()


def test_a_row_in_words_of_its_own_is_judged_with_the_claims() -> None:
    given = row("bees2021", idea=("a lens for insects", f"“{CAMERA}”"), evidence=("it finds 91.5%", FINDS))
    after, unanswered, transport = checked(
        part(GOOD, papers=("bees2021",), rows=(given,)), judgement("supported", "supported")
    )
    assert isinstance(after, Part) and unanswered == [] and after.findings == ()
    asked = [one.text for one in transport.calls[0].fields["claims"]]
    assert asked == [GOOD.text, "In the table, of this paper: idea: a lens for insects"]
    assert after.rows[0].cells["idea"].text == "a lens for insects" and after.rows[0].cells["idea"].quote == CAMERA
    assert after.printed == Tally(claims=1, held=1, citations=1, bearing=1)


@pytest.mark.parametrize("verdict", ["partly", "unsupported", "verbatim", ("supported", ["bees2021"])])
def test_a_row_that_is_not_supported_says_the_papers_own_words_and_is_listed(
    verdict: str | tuple[str, list[str]],
) -> None:
    given = row("bees2021", idea=("a lens for insects", CAMERA), evidence=("it finds 91.5%", FINDS))
    after, transport = table(given, lines=[judgement(verdict)])
    assert transport.prompts == ["check_support"]
    cells = after.rows[0].cells
    assert (cells["idea"].text, cells["evidence"].text) == (f"“{CAMERA}”", "it finds 91.5%")
    (finding,) = after.findings
    assert "a lens for insects" in finding.claim and finding.outcome is Outcome.REPAIRED
    assert CAMERA in str(finding.became) and finding.passage == "insects"
    assert after.is_checked


def test_a_row_that_the_judge_left_out_is_judged_once_more() -> None:
    given = row("bees2021", idea=("a lens for insects", CAMERA))
    lines = [judgement("supported", None), judgement("supported")]
    after, _, _ = checked(part(GOOD, papers=("bees2021",), rows=(given,)), *lines)
    assert isinstance(after, Part) and after.rows[0].cells["idea"].text == "a lens for insects"
    assert after.findings == ()


def test_a_piece_of_a_word_or_number_is_not_the_papers_own() -> None:
    transport = table(row("bees2021", idea=("On 12", "On 12 meadows it finds 91.5%")))[1]
    assert transport.calls == []
    inside = row("bees2021", idea=("era that counts", CAMERA))
    assert table(inside, lines=[judgement("supported")])[1].prompts == ["check_support"]


def test_a_row_of_a_paper_that_is_gone_is_dropped_and_listed() -> None:
    after, _ = table(row("gone1999", idea=("lost", CAMERA)), row("bees2021"), papers=("gone1999", "bees2021"))
    assert [one.key for one in after.rows] == ["bees2021"]
    assert fates(after.findings) == [("idea: lost", Problem.UNKNOWN_KEY, Outcome.DROPPED, None)]


def test_a_table_checked_again_stays_as_it_is() -> None:
    given = row("bees2021", idea=("a lens for insects", CAMERA), setting=("moths", BAD))
    first, _ = table(given, lines=[judgement("unsupported")])
    again, _, transport = checked(first)
    assert again == first and transport.calls == []


# What came through before, and what a person wrote.


def due(*claims: Claim, **fields: object) -> Passage:
    """A passage as it stands once it was amended: not checked, with some claims that came through before."""
    return passage(*claims).model_copy(update=fields)


HELD = GOOD.model_copy(update={"verdict": Verdict.SUPPORTED})
MINE = claim("Bees are nice.", ("bees2021", CAMERA)).model_copy(update={"by_hand": True})


def test_only_what_is_new_is_judged_and_what_held_is_left_as_it_is() -> None:
    after, _, transport = checked(due(HELD, ALSO, judge="old"), judgement("supported"))
    assert [one.text for one in transport.calls[0].fields["claims"]] == [ALSO.text]
    assert after.claims[0] == HELD and after.is_checked and after.judge == "old, scripted"


def test_where_nothing_is_new_nothing_is_asked() -> None:
    after, unanswered, transport = checked(due(HELD))
    assert transport.calls == [] and unanswered == [] and after.is_checked and after.claims == (HELD,)


def test_what_held_and_no_longer_stands_is_judged_like_any_other() -> None:
    moved = Corpus(paper if paper is not BEES else Paper(key=BEES.key, abstract="Other words.") for paper in CORPUS)
    after, _, transport = checked(due(HELD), repairs(None), corpus=moved)
    assert transport.prompts == ["check_repair"] and after.claims == ()


def test_what_is_judged_again_is_not_counted_as_drafted_again() -> None:
    first, _, _ = checked(passage(GOOD), judgement("supported"))
    again = reopen(first).model_copy(update={"made": first.made.model_copy(update={"content": ""})})
    more = again.model_copy(update={"paragraphs": (*again.paragraphs, Paragraph(claims=(ALSO,)))})
    after, _, transport = checked(more, judgement("supported", "unsupported"), repairs(None))
    assert len(transport.calls[0].fields["claims"]) == 2
    assert after.drafted == Tally(claims=2, held=1, citations=2, bearing=1)
    assert after.printed == Tally(claims=1, held=1, citations=1, bearing=1)


def test_a_row_that_held_is_not_judged_again() -> None:
    held = row("bees2021", idea=("a lens for insects", CAMERA)).model_copy(update={"held": True})
    new = row("moths2022", idea=("lamps draw them", LAMPS))
    lines = [judgement("unsupported")]
    after, transport = table(held, new, papers=("bees2021", "moths2022"), lines=lines)
    assert [one.text for one in transport.calls[0].fields["claims"]] == [
        "In the table, of this paper: idea: lamps draw them"
    ]
    assert after.rows[0] == held and after.rows[1].cells["idea"].text == f"“{LAMPS}”" and after.rows[1].held


@pytest.mark.parametrize(
    ("verdict", "problem", "bearing"),
    [
        ("unsupported", Problem.UNSUPPORTED, True),
        ("partly", Problem.UNSUPPORTED, True),
        (("supported", ["bees2021"]), Problem.NOT_BEARING, False),
    ],
)
def test_a_sentence_by_hand_is_printed_whatever_the_judge_says(
    verdict: str | tuple[str, list[str]], problem: Problem, bearing: bool
) -> None:
    after, _, transport = checked(due(MINE), judgement(verdict))
    assert transport.prompts == ["check_support"] and after.is_checked
    (mine,) = after.claims
    assert (mine.text, [one.key for one in mine.citations]) == (MINE.text, ["bees2021"])
    assert mine.citations[0].supports is bearing and mine.id == MINE.id
    assert fates(after.findings) == [(MINE.text, problem, Outcome.KEPT, None)]
    assert after.drafted == Tally() and after.printed.claims == 1
    again, _, second = checked(after.model_copy(update={"checked": None}))
    assert second.calls == [] and again.findings == after.findings and again.claims == after.claims


def test_a_sentence_by_hand_that_cites_nothing_is_named_and_printed() -> None:
    bare = MINE.model_copy(update={"citations": ()})
    after, _, transport = checked(due(bare, HELD))
    assert transport.calls == [] and [one.text for one in after.claims] == [bare.text, HELD.text]
    assert fates(after.findings) == [(bare.text, Problem.NO_CITATION, Outcome.KEPT, None)]
    assert after.printed == Tally(claims=2, held=1, citations=1, bearing=0)
    assert stands_up(after, CORPUS)


def test_a_sentence_by_hand_that_the_judge_left_out_twice_is_named_and_printed() -> None:
    lines = [judgement(None, None, "supported"), judgement(None, "supported")]
    after, _, transport = checked(due(MINE, ALSO, BOTH), *lines)
    assert transport.prompts == ["check_support"] * 2
    assert after.claims[0].verdict is None
    assert fates(after.findings) == [(MINE.text, Problem.UNJUDGED, Outcome.KEPT, None)]


def test_comparing_words_does_not_judge_a_sentence_by_hand() -> None:
    transport = Scripted()
    (after,), unanswered = check_passages([due(MINE, HELD)], CORPUS, Client(transport, BUILT_IN))
    assert unanswered == [] and after.is_checked and after.claims == (MINE, HELD) and after.findings == ()
