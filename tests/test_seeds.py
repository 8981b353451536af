"""A survey of a real corpus by the built-in model: three dumps of 289 abstracts, as they were found."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import Access, Review
from agent.review import Protocol
from tests.shared import shared_folder

Built = tuple[Path, dict[str, Any], dict[str, dict[str, Any]]]


def seeds() -> list[Path]:
    return sorted((shared_folder() / "seeds").glob("*.txt"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The review's folder, its survey and its papers by key."""
    folder = tmp_path_factory.mktemp("seeds") / "r"
    Review.create(folder, seeds(), Protocol(title="Seeds"))
    Review.open(folder, Access(offline=True)).build()
    papers = {paper["key"]: paper for paper in lines(folder / "papers.jsonl")}
    yield folder, json.loads((folder / "survey" / "survey.json").read_text()), papers


def section_claims(draft: dict[str, Any]) -> list[dict[str, Any]]:
    return [c for s in draft["sections"] for part in s["parts"] for p in part["paragraphs"] for c in p["claims"]]


def all_claims(draft: dict[str, Any]) -> list[dict[str, Any]]:
    texts = [draft[name] for name in ("introduction", "synthesis", "gaps") if draft[name]]
    texts += [section["opening"] for section in draft["sections"] if section["opening"]]
    return section_claims(draft) + [c for text in texts for p in text["paragraphs"] for c in p["claims"]]


def test_every_paper_is_kept_once(built: Built) -> None:
    folder, _, papers = built
    report = json.loads((folder / "report.json").read_text())
    assert (report["n_identified"], report["n_papers"], report["n_cards"]) == (289, 286, 286)
    assert sum((paper["title"] or "").startswith("FuseChat") for paper in papers.values()) == 2
    assert sum(len(paper["sources"]) for paper in papers.values()) == 289
    assert {card["key"] for card in lines(folder / "cards.jsonl")} == papers.keys()


def test_nearly_every_paper_is_cited_and_the_rest_is_listed(built: Built) -> None:
    folder, draft, papers = built
    cited = {citation["key"] for claim in section_claims(draft) for citation in claim["citations"]}
    report = json.loads((folder / "report.json").read_text())
    assert cited <= papers.keys()
    assert len(cited) >= 0.95 * len(papers)
    assert report["uncited"].keys() == papers.keys() - cited
    assert all(report["uncited"].values())


def test_every_claim_rests_on_a_verbatim_quote(built: Built) -> None:
    _, draft, papers = built
    claims = all_claims(draft)
    assert len(claims) > len(papers)
    for claim in claims:
        assert 1 <= len(claim["citations"]) <= 6
        for citation in claim["citations"]:
            text = papers[citation["key"]][citation["where"]]
            assert citation["quote"] == text[citation["start"] : citation["end"]]
            assert len(citation["quote"].split()) >= 5
        assert claim["verdict"] == "verbatim"


def test_every_fact_rests_on_a_verbatim_quote(built: Built) -> None:
    folder, _, papers = built
    for card in lines(folder / "cards.jsonl"):
        assert {quote["field"] for quote in card["quotes"]} == card["facts"].keys()
        for quote in card["quotes"]:
            assert quote["text"] == papers[card["key"]][quote["where"]][quote["start"] : quote["end"]]
            assert len(quote["text"].split()) >= 5


def test_the_pages_cite_nothing_that_is_not_there(built: Built) -> None:
    folder, _, papers = built
    survey = folder / "survey"
    in_tex = {key for group in re.findall(r"\\cite[a-z]*\{([^}]*)\}", (survey / "body.tex").read_text()) for key in
              group.split(",")}  # fmt: skip
    in_bib = set(re.findall(r"^@\w+\{(.+),$", (survey / "references.bib").read_text(), re.MULTILINE))
    assert {key.strip() for key in in_tex} <= in_bib == papers.keys()
    markdown = (survey / "survey.md").read_text()
    assert set(re.findall(r"\]\(#([^)]+)\)", markdown)) <= set(re.findall(r'<a id="([^"]+)"></a>', markdown))
    page = (survey / "survey.html").read_text()
    assert not re.findall(r'(?:src|href)="(?!#|https?://|data:)[^"]*"', page)
    assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="http', page)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex here")
def test_the_latex_compiles_without_an_undefined_citation(built: Built, tmp_path: Path) -> None:
    for name in ("survey.tex", "references.bib"):
        shutil.copy(built[0] / "survey" / name, tmp_path)
    tex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "survey"]
    for command in (tex, ["bibtex", "survey"], tex, tex):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "survey.log").read_text(errors="replace")
    assert "undefined" not in log.lower().replace("\n", "")
    assert (tmp_path / "survey.pdf").stat().st_size > 100_000


def test_other_places_and_orders_give_the_same_bytes(built: Built, tmp_path: Path) -> None:
    files = seeds()[::-1]
    other = tmp_path / "deeper" / "other"
    other.parent.mkdir()
    Review.create(other, files, Protocol(title="Seeds"))
    Review.open(other, Access(offline=True)).build()
    own = ("review.toml", "runs.jsonl")  # they hold the sources as they were given, and the time
    for path in sorted(built[0].rglob("*")):
        if path.is_file() and path.name not in own and ".conspectus" not in path.parts:
            assert path.read_bytes() == (other / path.relative_to(built[0])).read_bytes(), path.name
