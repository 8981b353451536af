from dataclasses import replace

from agent.draft import Outcome, Verdict
from agent.render import render
from agent.render.edition import Edition
from tests.render.example import small
from tests.render.extremes import empty


def test_what_is_missing_comes_from_the_report_alone() -> None:
    survey = small()
    why = {"kaya2024pollen": "no claim was written of it"}
    report = survey.report.model_copy(update={"uncited": why, "findings": ()})
    edition = Edition(replace(survey, report=report))
    assert edition.uncited == why
    assert edition.findings == edition.dropped == ()
    assert [finding.outcome for finding in Edition(survey).dropped] == [Outcome.DROPPED]


def test_verdicts_are_those_that_occur_in_the_order_of_the_legend() -> None:
    assert Edition(small()).verdicts == (Verdict.VERBATIM, Verdict.SUPPORTED, Verdict.PARTLY, None)
    assert Edition(empty()).verdicts == ()


def test_every_mention_of_a_paper_is_in_the_order_of_reading() -> None:
    mentions = Edition(small()).mentions
    assert [sentence.text[:14] for sentence, _ in mentions["eze2022mite"]] == [
        "Mites are coun",
        "Filming bees i",
        "Cameras serve ",
    ]
    assert "novak2024title" not in mentions


def test_the_title_is_the_protocols() -> None:
    """Another title in review.toml is printed by the next run, though nothing is written anew."""
    survey = small()
    renamed = replace(survey, protocol=survey.protocol.model_copy(update={"title": "Bees, measured", "question": None}))
    for name, text in render(renamed).items():
        assert survey.protocol.title not in text
        assert str(survey.protocol.question) not in text
        assert "Bees, measured" in text or name in ("body.tex", "references.bib")
