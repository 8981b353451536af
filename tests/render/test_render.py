import pytest

from agent.render import Survey, render
from tests.render.example import small
from tests.render.extremes import empty, hostile, large

FILES = ["survey.md", "survey.tex", "body.tex", "references.bib", "survey.html"]
WHOLE = ["survey.md", "survey.tex", "body.tex", "survey.html"]


@pytest.mark.parametrize("make", [small, empty, hostile])
def test_every_file_is_written_and_the_same_again(make: object) -> None:
    assert callable(make)
    files = render(make())
    assert list(files) == FILES
    assert files == render(make())
    for text in files.values():
        text.encode("utf-8")


@pytest.mark.parametrize("name", WHOLE)
def test_every_claim_and_every_paper_is_there(name: str) -> None:
    survey = small()
    text = render(survey)[name].replace("\\%", "%")
    for passage in survey.draft.passages:
        for claim in passage.claims:
            assert claim.text.replace("'", "&#39;") in text or claim.text in text
    for paper in survey.corpus:
        assert paper.key in text


@pytest.mark.parametrize("name", WHOLE)
def test_counted_sentences_say_how_much_is_cited(name: str) -> None:
    text = render(small())[name]
    assert "This survey covers 15 papers in 3 categories; 14 of them are cited by a section." in text
    assert "This section covers 6 papers; 5 of them are cited." in text


@pytest.mark.parametrize("name", ["survey.md", "survey.tex", "survey.html"])
def test_what_is_left_out_is_listed_with_why(name: str) -> None:
    text = render(small())[name]
    assert "only its title is known, which supports no claim" in text
    assert "Bees prefer still water to running water." in text
    assert "The paper measures how much water is carried, not from where." in text


def test_a_survey_of_300_papers_stays_light() -> None:
    files = render(large())
    assert len(files["survey.html"].encode()) < 3_000_000
    assert len(files["survey.md"].encode()) < 500_000  # GitHub shows no more of a page
    assert files["references.bib"].count("\n@") == 299


def test_nothing_of_this_machine_is_in_a_file() -> None:
    for text in render(small()).values():
        for word in ("/home/", "/tmp/", "/work/", "/usr/", "file://"):
            assert word not in text


def test_a_part_that_the_order_forgets_is_printed_last() -> None:
    survey = small()
    section = survey.draft.sections[1].model_copy(update={"order": ("treating",), "headings": {}})
    draft = survey.draft.model_copy(update={"sections": (section,)})
    text = render(Survey(survey.protocol, draft, survey.corpus, survey.taxonomy, survey.cards, survey.report))[
        "survey.md"
    ]
    assert text.index("### Treating mites") < text.index("### Finding mites")


def test_without_cards_papers_keep_their_place_in_the_list() -> None:
    survey = small()
    bare = Survey(survey.protocol, survey.draft, survey.corpus, survey.taxonomy, {}, survey.report)
    for text in render(bare).values():
        assert "Scales under the hive" in text
    assert "In hot weeks bees bring more water than …” (untitled)" in render(bare)["survey.md"]


def test_an_unknown_key_is_shown_as_lost_and_never_as_another_paper() -> None:
    survey = small()
    passage = survey.draft.gaps
    assert passage is not None
    claim = passage.claims[0]
    lost = claim.model_copy(update={"citations": (claim.citations[0].model_copy(update={"key": "nobody1900"}),)})
    paragraph = passage.paragraphs[0].model_copy(update={"claims": (lost,)})
    draft = survey.draft.model_copy(update={"gaps": passage.model_copy(update={"paragraphs": (paragraph,)})})
    files = render(Survey(survey.protocol, draft, survey.corpus, survey.taxonomy, survey.cards, survey.report))
    assert "[?nobody1900]" in files["survey.md"]
    assert "[?nobody1900]" in files["body.tex"]
    assert "?nobody1900</span>" in files["survey.html"]
    assert "nobody1900" not in files["references.bib"]
