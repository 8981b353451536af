"""The corpus as BibTeX: an entry a paper, under its own key, in ASCII."""

import re
import unicodedata
from collections.abc import Iterator

from agent.papers import Author, Corpus, Paper
from agent.render.edition import Edition
from agent.render.escape import clean, latex, web_link
from agent.render.printed import GONE

_UNSAFE = re.compile(r"[^A-Za-z0-9:./+_-]+")
_DASH = re.compile(r"(?<=\d)\s*(?:-(?:\{\}-)*|\{\\textendash\})\s*(?=\w)")
_PROCEEDINGS = re.compile(r"\b(proceedings|proc\.|conference|workshop|symposium|meeting)", re.IGNORECASE)
_PREPRINT = re.compile(r"\b(arxiv|corr|preprints?)\b", re.IGNORECASE)
_KEPT = ("volume", "number", "pages", "publisher", "series")
"""Fields of the source that a bibliography shows."""


MAX_LABEL = 420
"""Letters of an entry's authors; BibTeX cuts a label at 500, between braces or not."""
MAX_NAME = 60
"""Letters of one name."""
MAX_FIELD = 1000
"""Letters of any other field; BibTeX cuts all that it holds at 20,000 bytes."""


def to_bibtex(edition: Edition) -> str:
    """references.bib."""
    survey = edition.survey
    keys = tex_keys(survey.corpus)
    entries = (_entry(keys[paper.key], paper, str(survey.name(paper.key))) for paper in survey.corpus)
    return "\n".join(entries)


def tex_keys(corpus: Corpus) -> dict[str, str]:
    """For each paper's key the one it has in TeX: the same, but for letters that would end it and for its case.

    BibTeX takes `Smith2020` and `smith2020` for one.
    """
    keys: dict[str, str] = {}
    used: set[str] = set()
    for paper in corpus:
        plain = unicodedata.normalize("NFKD", clean(paper.key)).encode("ascii", "ignore").decode()
        stem = _UNSAFE.sub("-", plain).strip("-") or "paper"
        key, number = stem, 1
        while key.lower() in used:
            number += 1
            key = f"{stem}-{number}"
        used.add(key.lower())
        keys[paper.key] = key
    return keys


def _entry(key: str, paper: Paper, name: str) -> str:
    kind, fields = _kind(paper)
    lines = [f"  {field} = {{{value}}}," for field, value in (*_fields(paper, name), *fields)]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _fields(paper: Paper, name: str) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{latex(_cut(name, MAX_FIELD), is_ascii=True)}}}"
    if paper.authors:
        yield from _authors(paper.authors, has_more=paper.has_more_authors)
    if paper.year is not None:
        yield "year", str(paper.year)
    if paper.doi and (doi := _address(paper.doi)):
        yield "doi", doi
    if paper.arxiv:
        yield "eprint", latex(paper.arxiv, is_ascii=True)
        yield "archiveprefix", "arXiv"
    if link := web_link(paper.url or (f"https://arxiv.org/abs/{paper.arxiv}" if paper.arxiv else None)):
        yield "url", link
    if paper.gone:
        yield "note", GONE
    extra = {field.lower(): value for field, value in paper.extra.items()}
    for field in _KEPT:
        if extra.get(field, "").strip():
            value = latex(_cut(extra[field], MAX_FIELD), is_ascii=True)
            yield field, _DASH.sub("--", value) if field == "pages" else value


def _kind(paper: Paper) -> tuple[str, list[tuple[str, str]]]:
    """The type of entry, by what its venue is called, with the field that the venue goes into."""
    venue = latex(_cut(paper.venue or "", MAX_FIELD), is_ascii=True)
    if not venue:
        return "misc", [("howpublished", f"arXiv:{latex(paper.arxiv, is_ascii=True)}")] if paper.arxiv else []
    if _PREPRINT.search(venue):
        return "misc", [("howpublished", venue)]
    if _PROCEEDINGS.search(venue):
        return "inproceedings", [("booktitle", venue)]
    return "article", [("journal", venue)]


def _authors(authors: tuple[Author, ...], *, has_more: bool) -> Iterator[tuple[str, str]]:
    """All of them, or as many as BibTeX can hold in a label, with all of them in a field that no style reads."""
    names = [_author(author) for author in authors]
    n_held = len(names)
    while n_held > 1 and len(", ".join(names[:n_held])) > MAX_LABEL:
        n_held -= 1
    others = ["others"] if has_more or n_held < len(names) else []
    yield "author", " and ".join([*names[:n_held], *others])
    if n_held < len(names):
        yield "allauthors", " and ".join(names)


def _cut(text: str, n: int) -> str:
    text = clean(text)
    return text if len(text) <= n else text[: n - 1] + "…"


def _author(author: Author) -> str:
    """A name that BibTeX does not take apart at an `and` or a comma inside it."""
    family, given = (latex(_cut(name, MAX_NAME), is_ascii=True) for name in (author.family, author.given))
    if not given:
        return f"{{{family}}}"
    if re.search(r"[ ,]", family):
        family = f"{{{family}}}"
    if re.search(r",|\band\b", given):
        given = f"{{{given}}}"
    return f"{family}, {given}"


def _address(text: str) -> str:
    """For fields that a style prints as an address, as they stand."""
    return re.sub(r"[{}\\\s]", "", clean(text).encode("ascii", "ignore").decode())
