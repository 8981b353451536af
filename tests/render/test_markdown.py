import re

from markdown_it import MarkdownIt

from agent.render import render
from tests.render.example import small
from tests.render.extremes import empty, hostile

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def test_every_link_inside_the_page_has_its_anchor_once() -> None:
    for survey in (small(), hostile(), empty()):
        text = render(survey)["survey.md"]
        anchors = re.findall(r'<a id="([A-Za-z0-9._:+-]+)"></a>', text)
        assert len(anchors) == len(set(anchors))
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= set(anchors)


def test_a_citation_leads_to_its_reference_and_back() -> None:
    text = render(small())["survey.md"]
    line = next(line for line in text.splitlines() if "A scale under the hive" in line)
    anchor = re.match(
        r'<a id="(\w+)"></a>A scale under the hive shows a nectar flow within a day\. \[\[(\w+)\]\]\(#ref-\2\) ✓$', line
    )
    assert anchor is not None
    start = text.index(f'<a id="ref-{anchor.group(2)}"></a>')
    reference = text[start : text.index('<a id="ref-', start + 1)]
    assert f"[↩](#{anchor.group(1)})" in reference
    assert "“The curves show the start of a nectar flow within one day”" in reference


def test_each_sentence_has_a_line_of_its_own() -> None:
    survey = small()
    lines = render(survey)["survey.md"].splitlines()
    for passage in survey.draft.passages:
        for claim in passage.claims:
            assert sum(f"</a>{claim.text} " in line for line in lines) == 1


def test_marks_say_what_could_not_be_verified() -> None:
    text = render(small())["survey.md"]
    assert re.search(r"humidity probes do not last\. \[\[\w+\]\]\S+\[\[\w+†\]\]\S+\[\[\w+‡\]\]\S+ ◐", text)
    assert "| a figure† |" in text


def test_tables_keep_their_columns() -> None:
    tokens = MARKDOWN.parse(render(hostile())["survey.md"])
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            end = next(at for at in range(index, len(tokens)) if tokens[at].type == "tr_close")
            cells = [one.content for one in tokens[index:end] if one.type == "inline"]
            assert len(cells) in (2, 3, 6)
            assert all(cells[1:]) or not any(cells)


def test_hostile_words_bring_no_markup() -> None:
    allowed = re.compile(r'</?span>|<a id="[A-Za-z0-9._:+-]+">|</a>')
    for token in MARKDOWN.parse(render(hostile())["survey.md"]):
        assert token.type not in ("html_block", "code_block", "fence", "hr")
        for child in token.children or ():
            assert child.type not in ("image",)
            if child.type == "html_inline":
                assert allowed.fullmatch(child.content)
            if child.type == "link_open":
                assert re.match(r"#|https://(doi\.org|arxiv\.org|example\.org)/", str(child.attrs["href"]))


def test_a_paper_without_a_title_is_shown_by_what_its_card_found() -> None:
    assert "**the dyed-water study (untitled)**" in render(small())["survey.md"]
