"""Decides whether two descriptions are of one work, by identifiers, title, authors, year, venue and abstract."""

import re
import unicodedata
from dataclasses import dataclass
from sys import intern

from rapidfuzz import fuzz

from agent.corpus import titles
from agent.papers import Author, Paper, Record

SAME_ABSTRACT = 75.0
"""Under one title, abstracts at least this similar (0 to 100, by words) are of one work; others are of two."""
EQUAL_ABSTRACT = 90.0
"""Without a title to go by, abstracts must be this similar."""
_EDITED = 60.0
_EQUAL_TITLE = 97.0
_MAX_WORDS = 600
_MIN_WORDS = 15
"""A shorter abstract could stand over several works."""
_PREPRINT_DOI = re.compile(
    r"10\.(?:48550/|1101/|21203/|2139/ssrn|31234/|31219/|31235/|26434/|20944/|5281/zenodo|36227/|22541/|14293/|33774/)"
)
_SERIAL = re.compile(
    r"\b(?:journal|j|trans|transactions|letters|record|rec|magazine|review|bulletin|annals|tods|tois)\b"
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_PREPRINT = re.compile(r"\b(?:arxiv|corr|biorxiv|medrxiv|ssrn|preprints?|openreview|hal)\b")
_SPECIAL = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
    }
)


def fold_ascii(text: str) -> str:
    """Letters without their marks, where they have an ASCII letter beneath: `Müller` is `Muller`."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold_words(text: str | None) -> str:
    """Lower-case words with single blanks between, no marks and no punctuation; where no blanks part words, signs."""
    folded = fold_ascii(text or "").lower()
    return " ".join(re.findall(r"[^\W_]+", _CJK.sub(r" \g<0> ", folded)))


@dataclass(frozen=True, slots=True)
class Features:
    """What of a record, or a paper, decides which work it is."""

    title: str
    families: frozenset[str]
    year: int | None
    venue: str
    words: tuple[str, ...]
    """The abstract's first words."""
    doi: str | None
    arxiv: str | None

    @classmethod
    def of(cls, one: Record | Paper) -> "Features":
        return cls(
            title=fold_words(one.title),
            families=frozenset(filter(None, (_family(author) for author in one.authors))),
            year=one.year,
            venue=fold_words(one.venue),
            # Interned, since a hundred thousand abstracts share most of their words.
            words=tuple(map(intern, fold_words((one.abstract or "")[: 20 * _MAX_WORDS]).split()[:_MAX_WORDS])),
            doi=one.doi,
            arxiv=one.arxiv,
        )


def is_preprint(record: Record) -> bool:
    """Whether a record is of a version before publication: by its DOI or venue, or an arXiv id with neither."""
    if record.doi or record.venue:
        return bool(_PREPRINT_DOI.match(record.doi or "") or _PREPRINT.search(fold_words(record.venue)))
    return record.arxiv is not None


def _family(author: Author) -> str:
    return fold_words(author.family).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Match:
    """That two descriptions are of one work."""

    why: str
    """In words for a person."""
    strength: float
    """Identifiers above texts above facts; decides which of two matches comes first, never whether one holds."""


def match(one: Features, other: Features) -> Match | None:
    """Why these two are one work; None where they are two, or nothing tells that they are not."""
    if one.arxiv and other.arxiv and one.arxiv != other.arxiv:
        return None
    title, abstract = titles.likeness(one.title, other.title), abstract_similarity(one, other)
    if (one.doi and one.doi == other.doi) or (one.arxiv and one.arxiv == other.arxiv):
        # A proceedings' DOI may stand on each of its papers.
        if title is not None and title < 50 and (abstract or 0) < SAME_ABSTRACT:
            return None
        return Match("same doi" if one.doi and one.doi == other.doi else "same arXiv id", 300)
    if one.doi and other.doi and not _are_versions(one, other, title, abstract):
        return None
    if abstract is not None:
        why = _why_by_abstract(one, other, title, abstract)
        return Match(why, 200 + abstract / 2) if why else None
    why = None if title is None else _why_by_facts(one, other, title)
    return Match(why, 100 + (title or 0) / 2) if why else None


def are_apart(one: Features, other: Features) -> bool:
    """Whether these are certainly two works, so that no third one that is like both may join them."""
    if match(one, other):
        return False
    abstract = abstract_similarity(one, other)
    differ = (one.doi and other.doi and one.doi != other.doi) or (
        one.arxiv and other.arxiv and one.arxiv != other.arxiv
    )
    return bool(differ) or (abstract is not None and abstract < SAME_ABSTRACT)


def are_alike(one: Features, other: Features) -> bool:
    """Whether one text may be the other after somebody edited it; asked only of what stands in the same place."""
    title, abstract = titles.likeness(one.title, other.title), abstract_similarity(one, other)
    if abstract is not None:
        return abstract >= _EDITED
    return title is not None and title >= titles.LIKE_TITLE and not titles.differ_in_numbers(one.title, other.title)


def _are_versions(one: Features, other: Features, title: float | None, abstract: float | None) -> bool:
    """Whether two DOIs are those of a preprint and its publication, or of a work registered twice."""
    if title is None or title < _EQUAL_TITLE or _author_share(one, other) != 1.0:
        return False
    has_preprint = any(_PREPRINT_DOI.match(doi) for doi in (one.doi, other.doi) if doi)
    if abstract is None:
        return has_preprint and len(one.title.split()) > 3
    return abstract >= (SAME_ABSTRACT if has_preprint else EQUAL_ABSTRACT)


def _why_by_abstract(one: Features, other: Features, title: float | None, abstract: float) -> str | None:
    if title is None:
        return f"abstract {abstract:.0f} % the same" if abstract >= EQUAL_ABSTRACT else None
    if titles.differ_in_numbers(one.title, other.title):
        return None
    if title >= _EQUAL_TITLE and abstract >= SAME_ABSTRACT:
        return f"same title, abstract {abstract:.0f} % the same"
    if title >= _EDITED and abstract >= EQUAL_ABSTRACT and _author_share(one, other) != 0.0:
        return f"title {title:.0f} %, abstract {abstract:.0f} % the same"
    return None


def _why_by_facts(one: Features, other: Features, title: float) -> str | None:
    """Without two abstracts: titles, authors, years and venues must fit together, the more the shorter the title."""
    if _differ_in_time(one, other) or titles.differ_in_numbers(one.title, other.title):
        return None
    authors = _author_share(one, other)
    if titles.differ_in_words(one.title, other.title):
        return None
    n_words = min(len(one.title.split()), len(other.title.split()))
    is_same_year = one.year is not None and one.year == other.year
    is_telling = n_words >= (4 if is_same_year else 5) and not titles.is_generic(one.title)
    if authors is None:
        is_same = title >= _EQUAL_TITLE and is_telling
    else:
        is_same = authors >= 0.5 and titles.fit(one.title, other.title, title)
        is_same = is_same and (
            is_telling or (title >= _EQUAL_TITLE and (is_same_year or None in (one.year, other.year)))
        )
    if not is_same:
        return None
    return (
        f"title {title:.0f} % the same"
        + (", same authors" if authors else "")
        + (", same year" if is_same_year else "")
    )


def _differ_in_time(one: Features, other: Features) -> bool:
    """Years that one work does not have: more than one apart, or of a meeting's paper and its journal version."""
    if one.year is None or other.year is None or one.year == other.year:
        return False
    if _PREPRINT.search(one.venue) or _PREPRINT.search(other.venue):
        return abs(one.year - other.year) > 3
    is_serial, is_other_serial = bool(_SERIAL.search(one.venue)), bool(_SERIAL.search(other.venue))
    return abs(one.year - other.year) > 1 or bool(one.venue and other.venue and is_serial != is_other_serial)


def abstract_similarity(one: Features, other: Features) -> float | None:
    """By words, in order; of an abstract that an export cut off, only the part that both have."""
    if min(len(one.words), len(other.words)) < _MIN_WORDS:
        return None
    if one.words == other.words:
        return 100.0
    whole = fuzz.ratio(one.words, other.words)
    shorter = min(len(one.words), len(other.words))
    if shorter < 40:
        return whole
    return max(whole, fuzz.ratio(one.words[:shorter], other.words[:shorter]))


def _author_share(one: Features, other: Features) -> float | None:
    """How many of the shorter list's family names the other list has, too; None where a list is missing."""
    shorter, longer = sorted((one.families, other.families), key=lambda names: (len(names), sorted(names)))
    if not shorter:
        return None
    found = sum(1 for name in shorter if name in longer or any(_are_one_name(name, theirs) for theirs in longer))
    return found / len(shorter)


def _are_one_name(name: str, other: str) -> bool:
    """Spelled alike, or the rest of the other after letters were lost."""
    if min(len(name), len(other)) < 3:
        return False
    return fuzz.ratio(name, other) >= 75 or name.endswith(other) or other.endswith(name)
