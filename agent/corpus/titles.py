"""Decides how alike two titles are, given as folded words: in their signs, their words of content, their numbers."""

import re
from collections.abc import Sequence
from os.path import commonprefix

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

LIKE_TITLE = 88.0
"""Titles at least this alike may be one title in two spellings."""
_GENERIC_WORDS = """
a an the of and s to for from in on by editorial editors editor guest introduction introductory foreword preface
special issue volume book books review reviews column report reports letter letters message chair chairman president
treasurer news notes note announcement announcements correction erratum errata corrigendum retraction index contents
table abstracts abstract panel tutorial keynote invited talk comment comments reply response discussion obituary
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_SMALL_WORDS = "a an the of and or s to for from in into on by with via using at as is are its over under"
_SMALL = frozenset(_SMALL_WORDS.split())


def likeness(title: str, other: str) -> float | None:
    """From 0 to 100, by signs; None where one has no title."""
    if not title or not other:
        return None
    return 100.0 if title == other else fuzz.ratio(title, other)


def fit(one: str, other: str, similarity: float) -> bool:
    """By the same authors: nearly one title, or one that goes on where the other ends."""
    if similarity >= LIKE_TITLE:
        return True
    shorter, longer = sorted((one, other), key=len)
    n_words, n_more = len(shorter.split()), len(longer.split()) - len(shorter.split())
    return n_words >= 4 and (longer.startswith(shorter + " ") or (n_more <= 4 and longer.endswith(" " + shorter)))


def differ_in_words(title: str, other: str) -> bool:
    """Whether each has a word of content that the other has in no form: `The red garden` and `The white garden`."""
    mine, theirs = title.split(), other.split()
    only_mine = [word for word in mine if word not in theirs and word not in _SMALL]
    only_theirs = [word for word in theirs if word not in mine and word not in _SMALL]
    if not only_mine or not only_theirs or _are_one_word("".join(only_mine), "".join(only_theirs)):
        return False
    return any(_is_missing(word, only_theirs, other) for word in only_mine) and any(
        _is_missing(word, only_mine, title) for word in only_theirs
    )


def _is_missing(word: str, words: Sequence[str], title: str) -> bool:
    """Whether a title, of which these words may be it, has a word in no form, nor parted or joined."""
    return word not in title.replace(" ", "") and not any(_are_one_word(word, theirs) for theirs in words)


def _are_one_word(word: str, other: str) -> bool:
    """Two spellings or forms, or an abbreviation: `modelling` and `models`, but not `increase` and `decrease`."""
    shorter, longer = sorted((word, other), key=len)
    if shorter[0] != longer[0]:
        return False
    n_alike = len(commonprefix([shorter, longer]))
    n_edits = 2 if len(longer) >= 8 else 1
    return (
        n_alike == len(shorter) > 2
        or (n_alike >= 4 and 2 * n_alike >= len(longer))
        or OSA.distance(shorter, longer) <= n_edits
    )


def is_generic(title: str) -> bool:
    """Whether a title names a kind of text and not its subject, as every issue of a journal has some."""
    return all(word in _GENERIC for word in title.split())


def differ_in_numbers(title: str, other: str) -> bool:
    """`Part 1` and `Part 2` are two works, however alike, and so are `GPT` and `GPT 2`; a year may be left out."""
    mine, theirs = _numbers(title), _numbers(other)
    only_mine, only_theirs = mine - theirs, theirs - mine
    return bool(only_mine and only_theirs) or any(
        len(number) == 1 or number.isalpha() for number in only_mine | only_theirs
    )


def _numbers(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+|\b(?:i|ii|iii|iv|v|vi)\b", title))
