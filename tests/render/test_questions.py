"""Questions with their answers, printed at the end of the survey in every format."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from agent.draft import Cell, Citation, Claim, Paragraph, Part, Row, Verdict
from agent.papers import Corpus
from agent.question import Answer, Extent, Heading, Kind, Scope
from agent.render import Survey, render
from agent.render.edition import Edition
from agent.review import Made
from tests.asked import answer, checked, cited, passage, saying
from tests.render.example import PAPERS, sentence_of, small
from tests.render.extremes import HOSTILE, empty, hostile
from tests.render.test_html import Page
from tests.render.test_latex import needs_tex, typeset

CORPUS = Corpus(PAPERS)
WHOLE = ["survey.md", "survey.tex", "body.tex", "survey.html"]


def words(key: str, index: int = -1) -> str:
    return sentence_of(CORPUS.paper(key), index)


def told(text: str, *keys: str) -> Claim:
    return cited(text, *((key, words(key)) for key in keys), corpus=CORPUS)


def which() -> Answer:
    keys = ("eze2022mite", "heat-without-chemicals", "gruber2023drift")
    found = tuple(saying(key, words(key), CORPUS) for key in keys)
    given = answer("Which papers are about mites?", passage(told("Three are.", *keys)), *found, kind=Kind.CORPUS)
    extent = Extent(n_papers=15, n_possible=9, n_read=6, n_without_abstract=1, n_unread=2)
    return given.model_copy(update={"extent": extent, "kept": True})


def compared() -> Answer:
    row = Row(
        key="ito2023dance",
        cells={"way": Cell(text="two cameras", quote=words("ito2023dance", 1)), "cost": Cell()},
    )
    other = Row(
        key="moss2024map", cells={"way": Cell(text="land cover", quote=words("moss2024map", 1)), "cost": Cell()}
    )
    part = passage(told("One decodes dances, the other reads maps.", "ito2023dance", "moss2024map"), rows=(row, other))
    given = answer("How do they find forage?", part, kind=Kind.COMPARISON, scope=Scope(years=(2023, None)))
    return given.model_copy(update={"missing": "What either of them costs.", "made": Made(model="extractive")})


def silent() -> Answer:
    part = passage(told("One colony carried 0.9 litres of water.", "lund2024water"), heading=Heading.NEAREST)
    extent = Extent(n_papers=15, n_possible=9, n_read=9)
    given = answer("Do bees drink tea?", part)
    return given.model_copy(update={"answered": False, "nearest": ("lund2024water",), "extent": extent})


def asked() -> Survey:
    survey = small()
    report = survey.report.model_copy(update={"n_answers_kept": 3})
    return replace(survey, answers=(silent(), compared(), which()), report=report)


def hostile_questions() -> Survey:
    survey, bad = hostile(), HOSTILE
    keys = [paper.key for paper in survey.corpus]
    claim = Claim(text=bad, citations=tuple(Citation(key=key, quote=bad) for key in keys), verdict=Verdict.SUPPORTED)
    row = Row(key=keys[0], cells={bad: Cell(text=bad, quote=bad)})
    part = checked(
        Part(id="answer", category="", papers=(), paragraphs=(Paragraph(heading=bad, claims=(claim,)),), rows=(row,))
    )
    given = which().model_copy(
        update={
            "question": bad * 9,
            "scope": Scope(within=(bad,), papers=(bad,)),
            "passage": part,
            "missing": bad,
            "matching": tuple(
                one.model_copy(update={"key": key, "quote": bad})
                for one, key in zip(which().matching, keys, strict=True)
            ),
            "made": Made(model=bad, day=bad),
        }
    )
    short = given.model_copy(update={"question": bad, "id": "q2", "kind": Kind.FACT, "answered": False})
    return replace(survey, answers=(given, short))


@pytest.mark.parametrize("make", [small, hostile, empty])
def test_a_survey_without_kept_answers_says_nothing_of_questions(make: object) -> None:
    assert callable(make)
    for name in WHOLE:
        text = render(make())[name]
        assert "questions answered" not in text and "put to the papers" not in text


@pytest.mark.parametrize("name", WHOLE)
def test_each_question_stands_over_its_answer_after_the_survey_and_before_the_references(name: str) -> None:
    text = render(asked())[name].replace("\\%", "%")
    ends = {
        "survey.md": "## References",
        "survey.html": '<h2 id="references-h">',
        "body.tex": r"\section{The taxonomy}",
    }
    places = [text.rindex("What is missing")]
    for given in (silent(), compared(), which()):
        over = {
            "survey.md": "### ",
            "survey.html": "<h3 id=",
            "survey.tex": r"\subsection{",
            "body.tex": r"\subsection{",
        }
        line = next(line for line in text.splitlines() if over[name] in line and given.question in line)
        places.append(text.index(line))
        for claim in given.claims:
            assert claim.text in text
    places.append(text.rindex(ends.get(name, r"\section{The taxonomy}")))
    assert places == sorted(places) and len(set(places)) == len(places)


@pytest.mark.parametrize("name", WHOLE)
def test_it_says_who_answered_from_how_much_and_what_stays_open(name: str) -> None:
    text = render(asked())[name]
    assert "The corpus does not say." in text
    assert "Answered by some-model on 2026-11-20." in text
    assert "Answered by the built-in model (extractive)." in text
    assert "(from 2023)" in text
    assert "At least 3 papers of the 6 read say so; 2 more could bear on it and were not read" in text
    assert "6 of 15 papers were left out by the question" in text and "1 has no abstract." in text
    assert "in words that nobody checked: What either of them costs." in text
    assert "3 questions were put to the papers, and their answers stand at the end." in text.replace("\n", " ").replace(
        "* *", " "
    )


@pytest.mark.parametrize("name", WHOLE)
def test_what_a_question_over_the_whole_corpus_found_is_listed_with_its_words(name: str) -> None:
    text = render(asked())[name]
    start = text.index("Which papers are about mites?", text.index("Do bees drink tea?"))
    for key in which().matching_keys:
        assert text.count(words(key), start) >= 1
    assert re.search(r"land cover.*\n?.*–", text)


def test_figures_of_the_survey_leave_questions_out() -> None:
    plain, with_questions = Edition(small()), Edition(asked())
    abstracts = [render(one.survey)["survey.md"] for one in (plain, with_questions)]
    claims = [re.findall(r"It makes \d+ claims with \d+ citations", text) for text in abstracts]
    assert claims[0] == claims[1] and claims[0]
    assert with_questions.uncited == plain.uncited


def test_a_citation_shows_its_words_and_the_way_back() -> None:
    text = render(asked())["survey.html"]
    number = CORPUS.keys().index("lund2024water") + 1
    found = re.search(rf'id="([\w-]+)">One colony carried 0\.9 litres.*?href="#(q{number}-\w+)"', text)
    assert found is not None
    claim, anchor = found.groups()
    listed = text[text.index(f'<li id="{anchor}">') :]
    assert f'href="#{claim}"' in listed[:400] and words("lund2024water") in listed[:800]


def test_every_anchor_stands_once_and_every_link_leads_somewhere() -> None:
    for survey in (asked(), hostile_questions()):
        files = render(survey)
        page = Page(files["survey.html"])
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        links = {str(one["href"])[1:] for one in page.all("a") if str(one["href"]).startswith("#")}
        assert links <= set(ids)
        anchors = re.findall(r'<a id="([A-Za-z0-9._:+-]+)"></a>', files["survey.md"])
        assert len(anchors) == len(set(anchors))
        assert set(re.findall(r"\]\(#([^)]+)\)", files["survey.md"])) <= set(anchors)


def test_a_question_brings_no_markup() -> None:
    files = render(hostile_questions())
    assert len(Page(files["survey.html"]).all("script")) == 1
    assert "<script>alert" not in files["survey.html"]
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(files["survey.md"]):
        assert token.type not in ("html_block", "code_block", "fence", "hr")
        for child in token.children or ():
            assert child.type != "html_inline" or re.match(r"</?span>|</?a\b", child.content)
    assert r"\input" not in re.sub(r"(?m)^%.*$|\\textbackslash\{\}input", "", files["body.tex"])
    assert not re.search("[\x00\x07\x1b\u202e]", "".join(files.values()))


def test_a_long_question_is_cut_in_its_heading_and_stands_whole_below() -> None:
    long = answer("Why " + "oh " * 300 + "why?", passage())
    text = render(replace(small(), answers=(long,)))["survey.md"]
    (over,) = re.findall(r"(?m)^### Why oh.*$", text)
    assert len(over) < 180 and over.endswith("…")
    assert f"The whole question: {long.question}" in text


def test_papers_that_came_later_are_told() -> None:
    given = which().model_copy(update={"extent": Extent(n_papers=12, n_possible=12, n_read=12)})
    files = render(replace(small(), answers=(given,)))
    text = files["survey.md"]
    for name in ("survey.html", "body.tex"):
        assert "The corpus had 12 papers then." in files[name]
    # There it stands in the line of all figures, so that a new paper changes no line of an answer.
    assert "The corpus had another number of papers when 1 of the questions was answered." in text
    assert "3 of 12 papers say so, and all were read." in text.replace("\n", " ")
    assert "The corpus had" not in render(asked())["survey.md"]


@needs_tex
@pytest.mark.parametrize("make", [asked, hostile_questions])
def test_the_questions_compile(make: object, tmp_path: Path) -> None:
    assert callable(make)
    for name, text in render(make()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert "undefined" not in typeset(tmp_path)
