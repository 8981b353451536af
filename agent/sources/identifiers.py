"""Finds what names a work for certain: DOI and arXiv id, in the forms that people paste; and its year."""

import re
from urllib.parse import unquote

_DOI = re.compile(r"(?<![\w.])10\.\d{4,9}(?:\.\d+)*/[^\s\"<>|]+", re.IGNORECASE)
_DOI_IN_URL = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>|?#&]+", re.IGNORECASE)
_ARXIV_ID = r"(?P<id>\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?!\d)"
_ARXIV_BARE = re.compile(rf"\s*(?:arxiv\s*:\s*)?{_ARXIV_ID}\s*(?:\[[\w.-]+\])?\s*", re.IGNORECASE)
_ARXIV_NAMED = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html|format)/|huggingface\.co/papers/|alphaxiv\.org/abs/|ar5iv[\w.]*/(?:abs|html)/"
    rf"|10\.48550/arxiv\.|arxiv\s*:\s*){_ARXIV_ID}",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}


def find_doi(text: str | None) -> str | None:
    """The first DOI in the text, lower case, without an address before it or punctuation after it."""
    if not text:
        return None
    is_address = "://" in text
    match = (_DOI_IN_URL if is_address else _DOI).search(unquote(text))
    if match is None:
        return None
    doi = match.group()
    while doi[-1] in ".,;:'\"’”/" or (doi[-1] in _CLOSING and doi.count(doi[-1]) > doi.count(_CLOSING[doi[-1]])):
        doi = doi[:-1]
    if is_address:
        doi = re.sub(r"/(?:full|abstract|pdf|epdf|fulltext|meta)$|\.pdf$", "", doi)
    return doi.lower()


def find_arxiv(text: str | None, *, bare: bool = False) -> str | None:
    """The first arXiv id that is named as one, or, if `bare`, that is the whole text; without its version."""
    if not text:
        return None
    match = _ARXIV_NAMED.search(text) or (_ARXIV_BARE.fullmatch(text) if bare else None)
    if match is None:
        return None
    archive, slash, number = match["id"].lower().rpartition("/")
    # Subject classes (`math.GT/0309136`) are not part of an old id.
    return f"{archive.partition('.')[0]}{slash}{number}"


def find_year(text: str | None) -> int | None:
    """The first year from 1500 on that the text names."""
    match = _YEAR.search(text or "")
    return int(match.group()) if match else None
