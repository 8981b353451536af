import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from agent.render.escape import clean, latex, markdown, web_link

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
TRICKY = st.text(alphabet=st.sampled_from(list("ab1 .)-+=#>*_`~|[]()<>&;:!\\$'\"\n\t{}é×中\x00\u202e")), max_size=40)


def shown(page: str) -> str:
    return html.unescape(re.sub(r"</?(?:p|span)>", "", page)).strip()


@given(TRICKY)
def test_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    assert shown(MARKDOWN.render(markdown(text))) == clean(text)


@given(TRICKY)
def test_a_cell_of_a_markdown_table_shows_the_text(text: str) -> None:
    page = MARKDOWN.render(f"| a | b |\n| --- | --- |\n| x{markdown(text)} | y |\n")
    cells = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    assert [shown(cell) for cell in cells] == [clean(f"x{clean(text)}"), "y"]


@given(st.text(max_size=60))
def test_latex_has_no_open_brace_and_in_bibtex_no_letter_beyond_ascii(text: str) -> None:
    escaped = latex(text, is_ascii=True)
    assert escaped.isascii()
    depth = 0
    for char in escaped:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"(?<!\\)[%$#&_]", escaped)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50% of R&D_1", r"50\% of R\&D\_1"),
        (r"\input{x}", r"\textbackslash{}input\textbraceleft{}x\textbraceright{}"),
        ("a--b", "a-{}-b"),
        ("Жук", "Zhuk"),
        ("Itō", r"It{\={o}}"),
        ("ễ", "e"),
        ("中", r"\conspectuschar{4E2D}"),
        ("2×α", r"2{\texttimes}{\ensuremath{\alpha}}"),
    ],
)
def test_latex_transliterates_or_names_what_it_cannot_show(text: str, expected: str) -> None:
    assert latex(text, is_ascii=True) == expected


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//e.org", "http://[::1", "", None, "e.org"]
)
def test_only_addresses_of_the_web_become_links(url: str | None) -> None:
    assert web_link(url) is None


def test_an_address_cannot_end_what_holds_it() -> None:
    assert (
        web_link('https://e.org/a b"<>)|`{}\\é?q=1&x=%20')
        == "https://e.org/a%20b%22%3C%3E%29%7C%60%7B%7D%5C%C3%A9?q=1&x=%20"
    )
