from dataclasses import replace

import pytest

from agent.draft import Citation, Claim, Draft, Paragraph, Passage, Verdict
from agent.render import Survey, render
from agent.render.counted import of_making
from agent.render.edition import Edition
from agent.review import BUILT_IN
from agent.wording import count, share
from tests.render.example import small

PROSE = ["survey.md", "body.tex", "survey.html"]


def only_verbatim() -> Survey:
    """The small survey with one sentence, which is a paper's own, and no table."""
    survey = small()
    section = survey.draft.sections[0]
    part = section.parts[0]
    verbatim = next(claim for claim in part.claims if claim.verdict is Verdict.VERBATIM)
    alone = part.model_copy(update={"paragraphs": (Paragraph(claims=(verbatim,)),), "rows": ()})
    draft = Draft(title="", sections=(section.model_copy(update={"parts": (alone,)}),))
    return replace(survey, draft=draft, cards={})


def legend(name: str, text: str) -> str:
    """What a reader is told about the signs."""
    begin, end = {
        "survey.md": ("## How to read this", "## References"),
        "body.tex": (r"\textit{Sentences in italics}", r"\begin{center}"),
        "survey.html": ('<div class="legend"', "</div>"),
    }[name]
    return text[text.index(begin) :].split(end)[0]


def test_a_number_with_its_noun() -> None:
    assert [count(n, "claim") for n in (0, 1, 2, 1286)] == ["0 claims", "1 claim", "2 claims", "1,286 claims"]
    assert count(1, "category", "categories") == "1 category"
    assert [share(9999, 10000), share(5, 5), share(0, 0)] == ["99.9%", "100.0%", "none"]


def test_a_built_in_review_is_the_papers_own_words_and_nobody_judged() -> None:
    survey = small()
    judgement = "Code checked that every quote stands in its paper."
    report = survey.report.model_copy(update={"models": (BUILT_IN,), "protocol_of_judgement": judgement})
    said = of_making(Edition(replace(survey, report=report)))
    assert said == [
        "Made with conspectus 0.1.0.",
        "Categories, cards and sentences come from the built-in model (extractive).",
        "What the built-in model writes are the papers’ own sentences, in quotation marks; nobody judged them.",
        judgement,
    ]


def test_a_named_model_is_said_to_have_written_and_the_report_says_who_judged() -> None:
    survey = small()
    assert of_making(Edition(survey))[1:] == [
        "Categories, cards and sentences come from example-model.",
        survey.report.protocol_of_judgement,
    ]


@pytest.mark.parametrize("name", PROSE)
def test_the_legend_has_every_sign_that_occurs(name: str) -> None:
    told = legend(name, render(small())[name])
    for word in ("verbatim", "supported", "partly supported", "not judged"):
        assert word in told
    assert "not supported" not in told
    for mark in (r"\textdagger{}", r"\textdaggerdbl{}") if name == "body.tex" else ("†", "‡"):
        assert mark in told


@pytest.mark.parametrize("name", PROSE)
def test_the_legend_has_no_sign_that_does_not_occur(name: str) -> None:
    told = legend(name, render(only_verbatim())[name])
    assert "verbatim" in told and "counted" in told
    for word in ("supported", "not judged", "†", "‡", "textdagger"):
        assert word not in told


def test_a_paper_that_only_the_introduction_names_is_not_cited() -> None:
    """By a section's claims alone a paper counts as cited, in every place that counts."""
    survey = small()
    key = "novak2024title"
    named = Claim(text="Records could be common.", citations=(Citation(key=key),), verdict=Verdict.SUPPORTED)
    introduction = Passage(id="introduction", paragraphs=(Paragraph(claims=(named,)),))
    draft = survey.draft.model_copy(update={"introduction": introduction})
    files = render(replace(survey, draft=draft))
    why = survey.report.uncited[key]
    for name in PROSE:
        assert "14 of them are cited by a section." in files[name]
        assert why in files[name]
    page = files["survey.html"]
    reference = page[page.index(f"<code>{key}</code>") :].split('<li class="ref"')[0]
    assert "cited by 1 claim" in reference
    assert f"cited by no section: {why}" in reference
    row = page[: page.index(f"<cite>{survey.corpus.paper(key).title}")]
    assert row.count('<span class="uncited"><b>cited by no section</b>') == 1
