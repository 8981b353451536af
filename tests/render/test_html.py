import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import product

import pytest

from agent.render import Survey, render
from tests.render.example import small
from tests.render.extremes import empty, hostile, large


class Page(HTMLParser):
    """The tags of a page with their attributes, and what is in its style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inner: dict[str, str] = {}
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._within = tag

    def handle_data(self, data: str) -> None:
        if self._within in ("style", "script"):
            self.inner.setdefault(self._within, data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def page_of(survey: Survey) -> Page:
    return Page(render(survey)["survey.html"])


@pytest.fixture(params=["small", "hostile", "empty"])
def page(request: pytest.FixtureRequest) -> Page:
    return page_of({"small": small, "hostile": hostile, "empty": empty}[request.param]())


def test_nothing_outside_is_loaded_and_nothing_runs_but_its_own(page: Page) -> None:
    assert len(page.all("script")) == len(page.all("style")) == len(page.all("link")) == 1
    for tag, attributes in page.tags:
        assert tag not in ("img", "iframe", "object", "embed", "base", "video", "audio", "font", "use", "image")
        assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in attributes)
        if tag == "a":
            assert re.match(r"#|https?://", attributes["href"] or "")
    assert page.all("link")[0]["href"] == "data:,"
    assert "url(" not in page.inner["style"]
    assert "@import" not in page.inner["style"]


def test_the_policy_names_the_style_and_the_script_by_their_hashes(page: Page) -> None:
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    for name in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.inner[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_ids_are_single_and_every_link_inside_the_page_arrives(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {(link["href"] or "")[1:] for link in page.all("a") if (link["href"] or "").startswith("#")}
    assert links <= set(ids)
    named = {one for _, attributes in page.tags for one in (attributes.get("aria-labelledby") or "").split()}
    assert named <= set(ids)


def test_landmarks_and_headings_are_in_order(page: Page) -> None:
    assert [len(page.all(name)) for name in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_words_are_reachable_without_a_script() -> None:
    text = render(small())["survey.html"]
    marks = re.findall(r'class="cite" href="#(q[^"]+)"', text)
    assert len(marks) == 25
    for anchor in set(marks):
        line = text[text.index(f'<li id="{anchor}">') :].split("</li>", 1)[0]
        assert "<mark>" in line or "†" in line


def test_a_quote_stands_in_its_sentence() -> None:
    survey = small()
    paper = survey.corpus.paper("moss2024map")
    claim = survey.draft.sections[2].parts[0].claims[2]
    quote = "score explains half of the difference"
    start = paper["abstract"].index(quote)
    cited = claim.citations[0].model_copy(update={"quote": quote, "start": start, "end": start + len(quote)})
    part = survey.draft.sections[2].parts[0]
    paragraph = part.paragraphs[0].model_copy(update={"claims": (claim.model_copy(update={"citations": (cited,)}),)})
    section = survey.draft.sections[2].model_copy(
        update={"parts": (part.model_copy(update={"paragraphs": (paragraph,)}),)}
    )
    draft = survey.draft.model_copy(update={"sections": (section,)})
    text = render(Survey(survey.protocol, draft, survey.corpus, survey.taxonomy, survey.cards, survey.report))[
        "survey.html"
    ]
    assert f"<blockquote>Its <mark>{quote}</mark> in honey between sites.</blockquote>" in text


def test_only_addresses_of_the_web_are_linked() -> None:
    assert "javascript:" not in render(small())["survey.html"]


def test_the_table_lists_every_paper_with_its_filters() -> None:
    rows = [row for row in page_of(small()).all("tr") if "data-tags" in row]
    assert len(rows) == 15
    assert sum("uncited" in (row["data-tags"] or "").split() for row in rows) == 1
    options = {option["value"] for option in page_of(small()).all("option")}
    assert {tag for row in rows for tag in (row["data-tags"] or "").split()} <= options


def test_figures_are_drawn_from_the_papers() -> None:
    text = render(small())["survey.html"]
    bars = re.findall(r'<rect class="seg s\d" x="([\d.]+)%" width="([\d.]+)%" height="12"><title>([^<]+)</title>', text)
    assert bars == [
        ("0.0", "100.0", "Sensing the hive: 6"),
        ("0.0", "16.67", "Finding mites: 1"),
        ("16.67", "50.0", "Treating mites: 3"),
        ("0.0", "83.33", "Forage: 5"),
    ]
    assert 'aria-label="2019: 1, 2020: 1, 2021: 2, 2022: 2, 2023: 3, 2024: 3, 2025: 1"' in text
    assert 'title="Sensing the hive, cheap: 4 of 6">4</a>' in text


def test_no_figure_is_drawn_of_nothing() -> None:
    text = render(empty())["survey.html"]
    assert "<figure" not in text
    assert "Nothing has been written yet." in text


def test_the_page_of_300_papers_is_whole() -> None:
    text = render(large())["survey.html"]
    assert text.count('class="ref"') == 300
    assert text.count('class="claim"') == 600


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_has_the_contrast_of_wcag_aa_in_both_themes() -> None:
    style = page_of(empty()).inner["style"]
    colours = {name: pair for name, *pair in re.findall(r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)", style)}
    pairs = [
        *product(("ink", "soft", "accent", "warn"), ("paper", "raised")),
        *product(("ink",), ("mark", "tint", "h1", "h2", "h3")),
        *product(("on-dark",), ("accent", "h4", "h5")),
        ("accent", "tint"),
    ]
    for (text, ground), theme in product(pairs, (0, 1)):
        light, dark = sorted((luminance(colours[text][theme]), luminance(colours[ground][theme])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground, theme)
