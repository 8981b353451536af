"""Reads a text word by word for what it is asked: letters and digits part, so that `GPT-4o`, `GPT4o` are one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from agent.extractive.words import stem
from agent.spelling import fold

Phrase = tuple[str, ...]
"""A word or several that follow one another, as stems."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
LONGEST_PHRASE = 4
_LONG = 6
"""Letters; shorter words have endings of their own: `only`, `rise`, `hour`, `call`."""
_BRITISH = re.compile(r"(?<=\w{4})is(e|ed|es|er|ers|ing|ation|ations)$")
_VERBS = """
    bring brought / build built / buy bought / choose chose chosen / deal dealt / draw drew drawn / drive drove driven
    / fall fell fallen / feed fed / feel felt / fight fought / find found / forget forgot forgotten / freeze froze
    frozen / grow grew grown / hear heard / hide hid hidden / hold held / keep kept / know knew known / lead led /
    leave left / lose lost / mean meant / meet met / overcome overcame / overtake overtook overtaken / pay paid / rise
    rose risen / run ran running / see saw seen / seek sought / sell sold / send sent / shrink shrank shrunk / speak
    spoke spoken / spend spent / split splitting / steal stole stolen / take took taken / teach taught / tell told /
    think thought / throw threw thrown / win won / write wrote written / cut cutting / put putting / set setting / hit
    hitting / get getting got / begin beginning began begun / redo redone redid
"""
_IRREGULAR = {form: verb for verb, *forms in map(str.split, _VERBS.split("/")) for form in forms}
_STOPS = """
    a about above according across after again against all almost along already also although always am among an and
    any anybody anyone anything are around as at away be became because been before behind being below beside besides
    between beyond both but by came can cannot could d did do does doing done down during each either else enough even
    ever every everybody everyone everything few for former from further get gets getting give given gives go goes got
    had has have having he hence her here herself him himself his how however i if in indeed instead into is isn it
    its itself just latter least less let ll made make makes making many may me might mine more moreover most much
    must my myself near neither never no nobody none nor not nothing now of off often on once one ones only onto or
    other others our ourselves out over own per perhaps please put puts quite rather re really s same say says seem
    seems shall she should since so some somebody someone something still such t tell than that the their them
    themselves then there thereby therefore these they thing things this those though through thus to together too
    toward towards turn two under until up upon us ve very via was we well were what whatever when where whether which
    while who whom whose why will with within without would yet you your yours yourself yourselves
"""
STOPS = frozenset(_STOPS.split())
"""Words that only hold sentences together."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number: as it is spelled, and the stem under which it is looked for."""

    word: str
    stem: str
    start: int


def tokens(text: str) -> tuple[Token, ...]:
    """The words and numbers of a text, in order, LaTeX and ligatures as they look."""
    plain = text if text.isascii() and "\\" not in text else fold(text).text
    return tuple(Token(match[0], _stem(match[0]), match.start()) for match in _TOKEN.finditer(plain))


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    if word.endswith("s") and word[:-1].isupper():  # `GPUs`
        word = word[:-1]
    word = _IRREGULAR.get(word.lower(), word.lower())
    if word.endswith("ly") and not word.endswith("ply") and len(word) > _LONG:
        word = word[:-2]
    if word.endswith("ied") and len(word) > _LONG:
        word = word[:-3] + "y"
    elif word.endswith("our") and len(word) > _LONG - 1:
        word = word[:-3] + "or"
    word = _BRITISH.sub(r"iz\1", word)
    stemmed = stem(word)
    return stemmed[:-1] if stemmed.endswith("ll") and len(stemmed) >= _LONG else stemmed


def phrase_of(text: str) -> Phrase:
    return tuple(token.stem for token in tokens(text))


_MADE = re.compile(r"(?<=\w{4})i[sz](?:e|ed|es|er|ers|ing|ations?)$")
_ROOTED = re.compile(r"(?<=\w{5})(?:at|iv|ic)$")
"""What may be left of an ending: `hallucinat` and `hallucin` are one word."""


def root_of(token: Token) -> str:
    """The stem without what is left of an ending, all forms of a verb in -ize as one, and none as its noun: `token`."""
    word = token.word.lower()
    made = _MADE.search(word)
    return word[: made.start()] + "iz" if made else _ROOTED.sub("", token.stem)


def roots_of(text: str) -> Phrase:
    return tuple(map(root_of, tokens(text)))


def is_stop(word: str) -> bool:
    return word.lower() in STOPS


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text, made ready to be looked through."""

    stems: frozenset[str]
    joined: str

    def has(self, phrase: Phrase) -> bool:
        if len(phrase) == 1:
            return phrase[0] in self.stems
        return self.stems.issuperset(phrase) and f" {' '.join(phrase)} " in self.joined

    def has_any(self, phrases: Iterable[Phrase]) -> bool:
        return any(map(self.has, phrases))


@lru_cache(maxsize=8192)
def wording(text: str) -> Wording:
    stems = [token.stem for token in tokens(text)]
    return Wording(frozenset(stems), f" {' '.join(stems)} ")
