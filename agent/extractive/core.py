"""What a paper has to be about to be counted in answer to a question over many: the few words that make its subject."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from agent.extractive.names import abbreviations_in
from agent.extractive.questions import is_frame, is_plain, language_of, names_in, read_question
from agent.extractive.thesaurus import same
from agent.extractive.tokens import STOPS, Phrase, Token, root_of, roots_of, tokens
from agent.papers import Paper
from agent.question import Kind

NEAR_WORDS = 3
"""How far two words of a term may stand apart, words that only hold a sentence together not counted."""
_LONGEST = 5
MANY_PARTS, MOST_PLAIN_WORDS = 4, 14
_COUNTED = re.compile(r"\b(?:how many|number of|trends?|most (?:common|often|frequent)\w*)\b", re.IGNORECASE)
SUBJECT, GENERAL = 2, 1
_GENERAL_WORDS = """
    model models network networks neural ai transformer transformers chatbot learning inference
    language-model language-models large-language-model large-language-models foundation-model foundation-models
    llm llms lm lms machine-learning deep-learning neural-network neural-networks
    method methods technique techniques algorithm algorithms framework frameworks architecture architectures
    system systems pipeline pipelines task tasks application applications setting settings domain domains
    data performance quality efficiency
"""
_LEADING_WORDS = """
    train learn evaluate investigate focus deal tackle analyze address adapt interpret write concern efficient
"""
_LEADING = frozenset(roots_of(word) for word in _LEADING_WORDS.split())
"""What is done to a subject by nearly every paper on it."""
_GENERAL = _LEADING | {roots_of(word) for word in _GENERAL_WORDS.split()}
"""What nearly every paper on learning machines speaks of: it tells which are meant only beside another word."""
_MODELS = frozenset(roots_of(word) for word in ("llm", "lm"))
_STOP_STEMS = frozenset(stem for word in STOPS for stem in roots_of(word))
_TO = re.compile(
    r"\b(text|image|speech|audio|video|code|table|data)\s+to\s+(?=(?:text|image|speech|audio|video|sql)\b)",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"[,;:.?!()\[\]\"“”/–—]")
_NOUN_FOLLOWS = re.compile(r"\b(?:about|of|with|for|on|in|the|an?|from|by|into|using)\s+$", re.IGNORECASE)
_OR = re.compile(r"\s*,?\s*\bor\s+", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s*")
_USED = re.compile(r"\b(?:use|uses|using|employ|apply|adopt|rely on|based on|work with)\b", re.IGNORECASE)
_MENTIONED = re.compile(r"\b(?:mention|report|cite|evaluat|tested|compar|releas|publish)\w*\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A term: its words, each with what may stand for it, which have to stand close together."""

    words: tuple[tuple[Phrase, ...], ...]
    whole: tuple[Phrase, ...]
    """What may stand for all of them."""


@dataclass(frozen=True)
class Core:
    """All that a paper must have; of each entry one of its terms."""

    parts: tuple[tuple[Part, ...], ...]
    is_mention: bool
    """Whether it is enough that the paper speaks of it: of a name, or where that is what is asked."""
    is_use: bool = False
    """Whether it is enough that the paper makes use of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or a title by the roots of its words."""

    joined: str
    places: dict[str, tuple[int, ...]]
    """Where each root stands among the words that tell something."""

    def has(self, phrase: Phrase) -> bool:
        return phrase[0] in self.joined and f" {' '.join(phrase)} " in self.joined

    def at(self, phrase: Phrase) -> tuple[int, ...]:
        telling = next((root for root in phrase if root in self.places), None)
        return self.places[telling] if telling and self.has(phrase) else ()


@lru_cache(maxsize=16_384)
def line_of(text: str) -> Line:
    roots = roots_of(text)
    places: dict[str, list[int]] = {}
    for place, root in enumerate(root for root in roots if root not in _STOP_STEMS):
        places.setdefault(root, []).append(place)
    return Line(f" {' '.join(roots)} ", {root: tuple(found) for root, found in places.items()})


def has(part: Part, line: Line) -> bool:
    """Whether the line has the term: what stands for all of it, or each of its words near the first."""
    if any(map(line.has, part.whole)):
        return True
    found = [[place for phrase in phrases for place in line.at(phrase)] for phrases in part.words]
    if not all(found):
        return False
    reach = NEAR_WORDS * (len(found) - 1)
    return any(all(any(abs(place - one) <= reach for place in other) for other in found[1:]) for one in found[0])


def has_one(parts: Iterable[Part], line: Line) -> bool:
    return any(has(part, line) for part in parts)


@dataclass(frozen=True, slots=True)
class _Unit:
    phrase: Phrase
    start: int
    end: int
    tells: int
    """SUBJECT, GENERAL, or 0 for a word that says nothing of what is meant."""
    is_name: bool = False
    is_doing: bool = False


def core_of(question: str, papers: Sequence[Paper] = ()) -> Core:
    """The question's core, with the abbreviations that these papers give for its terms."""
    text = _TO.sub(r"\1-to-", question)
    runs = [_opened(text, run) for run in _runs(text)]
    telling = [run for run in runs if any(unit.tells == SUBJECT for unit in run)]
    general = [run for run in runs if any(unit.phrase not in _LEADING for unit in run)]
    kept = [_trimmed(run) for run in telling or general]
    parts = [(_part(run), run[0].start, run[-1].end) for run in kept]
    short = _abbreviations(papers)
    groups = tuple(tuple(_with_short(part, short) for part in group) for group in _alternatives(text, parts))
    is_named = any(unit.is_name for run in kept for unit in run)
    is_mention = is_named or _MENTIONED.search(question) is not None
    return Core(groups, is_mention, _USED.search(question) is not None)


def kind_of_need(question: str) -> Kind:
    """The question's kind, but for one over all papers that describes at length what it means: it has no plain core.

    Which papers count could then not be said; which come nearest can.
    """
    kind = read_question(question).kind
    if kind is not Kind.CORPUS or _COUNTED.search(question):
        return kind
    is_plain = len(core_of(question).parts) < MANY_PARTS and len(tokens(question)) <= MOST_PLAIN_WORDS
    return kind if is_plain else Kind.SEVERAL


def _runs(text: str) -> Iterator[list[_Unit]]:
    """Words that follow one another with nothing between them that only holds a sentence together."""
    run: list[_Unit] = []
    for unit in _units(text):
        gap = text[run[-1].end : unit.start] if run else ""
        if run and (gap.strip(" -'’") or _BREAKS.search(gap)):
            yield run
            run = []
        run.append(unit)
    if run:
        yield run


def _units(text: str) -> Iterator[_Unit]:
    found = list(tokens(text))
    named = {start: word for word, start in names_in(text)}
    language = language_of(text)
    place = 0
    while place < len(found):
        taken, is_name = _taken(text, found, place, named)
        words = found[place : place + taken]
        end = words[-1].start + len(words[-1].word)
        phrase = tuple(map(root_of, words))
        place += taken
        if taken == 1 and not is_name and is_frame(words[0], language):
            continue
        tells = SUBJECT if is_name else _tells(words, phrase, language)
        yield _Unit(phrase, words[0].start, end, tells, is_name, words[-1].word.endswith("ing"))


def _taken(text: str, found: Sequence[Token], place: int, named: dict[int, str]) -> tuple[int, bool]:
    """How many words belong together from here on: a name, a known term, or what hyphens join."""
    start = found[place].start
    if start in named:
        return sum(start <= one.start < start + len(named[start]) for one in found[place:]), True
    for length in range(min(_LONGEST, len(found) - place), 1, -1):
        phrase = tuple(map(root_of, found[place : place + length]))
        if same(phrase) or phrase in _GENERAL:
            return length, False
    length = 1
    while place + length < len(found) and _joined(text, found[place + length - 1], found[place + length]):
        length += 1
    return length, False


def _joined(text: str, one: Token, other: Token) -> bool:
    return text[one.start + len(one.word) : other.start] in ("-", "‐", "‑")


def _tells(words: Sequence[Token], phrase: Phrase, language: str) -> int:
    if phrase in _GENERAL:
        return GENERAL
    if len(words) > 1 or same(phrase):
        return SUBJECT
    if is_plain(words[0]):
        return 0
    return SUBJECT if language == "English" else GENERAL


def _trimmed(run: Sequence[_Unit]) -> list[_Unit]:
    """The run without what says nothing, and without the general words about its term: `efficient diffusion models`."""
    if all(unit.tells < SUBJECT for unit in run):
        return list(run)
    pairs = pairwise([run[0], *run])
    kept = [replace(one, tells=SUBJECT) if _is_done_to(one, before) else one for before, one in pairs]
    while kept[-1].tells < SUBJECT:
        kept.pop()
    while not kept[0].tells or (kept[0].tells < SUBJECT and _is_about(kept[0].phrase)):
        kept.pop(0)
    return kept


def _opened(text: str, run: list[_Unit]) -> list[_Unit]:
    """The run; after a preposition its first word is no verb but belongs to the term: `about story writing`."""
    if run[0].tells or len(run) == 1 or not _NOUN_FOLLOWS.search(text[: run[0].start]):
        return run
    return [replace(run[0], tells=GENERAL), *run[1:]]


def _is_done_to(unit: _Unit, before: _Unit) -> bool:
    """Whether a word that says nothing by itself ends a term: `protein folding`."""
    return unit is not before and unit.is_doing and not unit.tells and before.tells == SUBJECT


def _is_about(phrase: Phrase) -> bool:
    """Whether a general word before a term is no part of it: `train`, `language model`; but `data selection`."""
    return len(phrase) > 1 or phrase in _LEADING | _MODELS


def _part(run: Sequence[_Unit]) -> Part:
    """Within a term a word that says nothing by itself belongs to the whole: `ground cover planting`."""
    has_subject = any(unit.tells == SUBJECT for unit in run)
    telling = [unit for unit in run if unit.tells or not has_subject]
    words = tuple((unit.phrase, *same(unit.phrase)) for unit in telling)
    whole = tuple(stem for unit in run for stem in unit.phrase)
    return Part(words, (whole, *same(whole)))


def _alternatives(text: str, parts: Sequence[tuple[Part, int, int]]) -> list[list[Part]]:
    """The parts in groups: those between which stands `or`, or a comma before one."""
    groups: list[list[Part]] = []
    for at, (part, start, _) in enumerate(parts):
        gap = text[parts[at - 1][2] : start] if at else ""
        rest = text[start : parts[at + 1][1]] if at + 1 < len(parts) else ""
        if at and (_OR.fullmatch(gap) or (_COMMA.fullmatch(gap) and _OR.search(rest))):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _abbreviations(papers: Sequence[Paper]) -> frozenset[tuple[Phrase, Phrase]]:
    return frozenset(
        (roots_of(short), roots_of(long))
        for paper in papers
        for short, long in abbreviations_in(f"{paper['title']}. {paper['abstract']}")
    )


def _with_short(part: Part, short: Iterable[tuple[Phrase, Phrase]]) -> Part:
    """The part with the short form of it, or of a kind of it, and with the long form of a short one."""
    known = set(part.whole)
    more = [abbr for abbr, long in short if any(long[-len(one) :] == one for one in known)]
    more += [long for abbr, long in short if abbr in known]
    return replace(part, whole=tuple(dict.fromkeys((*part.whole, *sorted(more))))) if more else part
