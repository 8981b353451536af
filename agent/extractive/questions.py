"""What a question asks for, read from its words alone: what it is about, whom it names, and of what kind it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from agent.extractive.thesaurus import thesaurus
from agent.extractive.tokens import LONGEST_PHRASE, Phrase, Token, is_stop, tokens
from agent.question import Kind

_EVERYDAY = Path(__file__).with_name("everyday.txt")
_FRAME_WORDS = """
    paper papers work works study studies article articles publication publications collection corpus literature
    author authors research researcher researchers report reports reported tell told say said describe described
    mention mentioned name named call called kind kinds type types sort sorts way ways thing things tried try known
    know anyone use used uses using find found show shown question answer answers ask asked asks do done happen
    happened list survey surveyed present presented discuss discussed exactly actually
"""
_FRAME = frozenset(_FRAME_WORDS.split())
"""What a question says of the papers, not of what stands in them."""
EVERYDAY = 0.2
"""What an everyday word counts, which a paper may well put otherwise, beside a word of a subject."""
_PLAIN = re.compile(r"\w{3}(?:ly|fold|most|ward|wards|wise)$")
"""How words end that only say in what way."""
_PLAIN_CAPITALS_WORDS = """
    LLM LLMs LM LMs GPU GPUs CPU CPUs AI NLP ML API APIs I US USD English German French Spanish Italian Chinese Arabic
"""
_PLAIN_CAPITALS = frozenset(_PLAIN_CAPITALS_WORDS.split())
_NAMED = re.compile(r"[^\W_](?:[\w.^{}+-]*[\w}+])?")
_INNER = re.compile(r"[a-z].*[A-Z]|[A-Z].*[A-Z]|[A-Za-z]-?\d|\d-?[A-Za-z]")
_CORPUS = re.compile(
    r"\b(?:which|what|list|name|find|show(?: me)?)\s+(?:(?:of (?:these|the|all)|all|the)\s+)*"
    r"(?:(?:\w+\s+){0,2}?(?:papers|studies|articles|publications)|works)\b"
    r"|\bhow many (?:\w+ ){0,2}?(?:papers|works|studies|articles|publications)\b"
    r"|\btrends?\b|\bover the (?:years|whole)\b|\bmost (?:common|often|frequent)\w*\b|\bwho (?:has|have)\b",
    re.IGNORECASE,
)
_COMPARISON = re.compile(
    r"\b(?:compare|contrast|versus|vs\.?|differ|in contrast to|as opposed to|separates|distinguish\w*)\b"
    r"|\bdifferences? between\b|\b(?:does|do|did|is|of) (?:each|either)\b"
    r"|\btwo (?:\w+ )?(?:methods|approaches|works|papers|models|systems|ways)\b"
    r"|\bof the two\b|\b(?:who|which) does which\b|\bwhich\b.{3,80}?\band which\b"
    r"|\b(?:what|how|where) (?:\w+ ){0,3}?each\b|\bhow (?:do|does|did)\b.{15,}?\beach\b"
    r"|\bone\b.{15,}?\b(?:another|the other)\b|\bbetween the\b.{10,}?\band\b|,\s*which one\b|:\s*which one\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"^\W*(?:what (?:is|has been|have been) (?:known|tried|said|done)|how (?:have|has|are|do|can)\b"
    r"|tell me (?:about|the)|what (?:ways|methods|approaches|techniques|kinds|options)\b"
    r"|what does the (?:collection|corpus|literature))",
    re.IGNORECASE,
)
_LITTLE_WORDS = {
    "English": "the of and is are what which how does do in to for with that by it was were can on",
    "German": "der die das und ist wie welche welcher welches was mit für von den dem ein eine nicht wird",
    "French": "le la les des et est quel quelle quels quelles que comment dans pour avec une sur par du",
    "Spanish": "el la los las de y es qué cuál cuáles cómo en para con una por del que se",
    "Italian": "il lo la gli di e è quale quali che come nel per con una della sono si dei",
    "Portuguese": "o os as de e é qual quais que como em para com uma por do da não são no",
}
_LANGUAGES: Mapping[str, frozenset[str]] = {name: frozenset(words.split()) for name, words in _LITTLE_WORDS.items()}
_GREETING = re.compile(
    r"^\W*(?:hello|hi|hey|good (?:morning|evening|afternoon|day)|thanks?(?: you)?|how are you)\b[\w\s,]{0,12}\W*$",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"^\W*(?:(?:please|now|then|and)\s+)*(?:(?:ignore|disregard|forget|override)\s+"
    r"(?:all|any|your|my|the|these|every\w*|what|previous)\b"
    r"|(?:write|compose|sing|print|repeat|pretend|act as|role-?play|translate)\b)"
    r"|\b(?:your|the) system prompt\b|\byou are now\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing that a question is about: its own words, and those that may stand for them."""

    spelled: str
    phrase: Phrase
    others: tuple[Phrase, ...]
    weight: float
    """What it would tell if all words were equally rare: 1, or EVERYDAY."""
    is_name: bool = False

    @property
    def is_telling(self) -> bool:
        """Whether a paper that answers should have it."""
        return self.weight > EVERYDAY


@dataclass(frozen=True)
class Question:
    """A question as the built-in model reads it."""

    text: str
    concepts: tuple[Concept, ...]
    kind: Kind
    language: str
    asks: bool

    @property
    def names(self) -> tuple[Concept, ...]:
        return tuple(concept for concept in self.concepts if concept.is_name)


@lru_cache(maxsize=1)
def everyday() -> frozenset[str]:
    """The stems of words that tell little of what a question is about."""
    lines = _EVERYDAY.read_text(encoding="utf-8").splitlines()
    return frozenset(token.stem for line in lines if not line.startswith("#") for token in tokens(line))


def is_frame(token: Token, language: str) -> bool:
    """Whether the word only puts the question, in whatever language."""
    word = token.word.lower()
    is_little = word in _LANGUAGES[language]
    return is_little or is_stop(word) or word in _FRAME or (len(word) < 2 and not word.isdigit())


def is_plain(token: Token) -> bool:
    """Whether the word tells little of a subject."""
    return token.stem in everyday() or _PLAIN.search(token.word.lower()) is not None


@lru_cache(maxsize=64)
def read_question(text: str) -> Question:
    language = language_of(text)
    concepts = _concepts(text, language)
    return Question(text, concepts, kind_of(text), language, bool(concepts) and _asks(text))


def kind_of(text: str) -> Kind:
    """By how such questions begin and what they set side by side."""
    if _CORPUS.search(text):
        return Kind.CORPUS
    if _COMPARISON.search(text):
        return Kind.COMPARISON
    return Kind.SEVERAL if _SEVERAL.search(text) else Kind.FACT


def language_of(text: str) -> str:
    """The language whose little words it has most of; English where none stands out."""
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
    found = {name: sum(word in little for word in words) for name, little in _LANGUAGES.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] > found["English"] else "English"


def _asks(text: str) -> bool:
    """Whether some sentence of it is neither a greeting nor an order."""
    said = [one for one in _SENTENCE_END.split(text) if any(map(str.isalnum, one))]
    return any(not _GREETING.search(one) and not _ORDER.search(one) for one in said)


def names_in(text: str) -> list[tuple[str, int]]:
    """The names of a question, each with its place: what has inner capitals or digits, or a capital of its own."""
    found = []
    begins = {match.end() for match in re.finditer(r"^\W*|[.!?:;]\W+", text)}
    for match in _NAMED.finditer(text):
        word = match[0].rstrip(".").removesuffix("'s").removesuffix("’s")
        if word in _PLAIN_CAPITALS or len(word) < 2 or word[0].isdigit() and word[-1].isdigit():
            continue
        is_capital = word[0].isupper() and match.start() not in begins
        if _INNER.search(word) or is_capital:
            found.append((word, match.start()))
    return found


def _concepts(text: str, language: str) -> tuple[Concept, ...]:
    """Of a question in another language the names count, for the papers are not expected to have its words."""
    found = list(tokens(text))
    named = {start: word for word, start in names_in(text)}
    concepts: dict[Phrase, Concept] = {}
    place = 0
    while place < len(found):
        concept, taken = _concept_at(found, place, named)
        if concept is not None and concept.spelled.lower() not in _LANGUAGES[language]:
            foreign = language != "English" and not concept.is_name
            concepts.setdefault(concept.phrase, replace(concept, weight=EVERYDAY) if foreign else concept)
        place += taken
    return tuple(concepts.values())


def _concept_at(found: list[Token], place: int, named: Mapping[int, str]) -> tuple[Concept | None, int]:
    """What begins with this word, and how many words it takes."""
    token = found[place]
    if token.start in named:
        word = named[token.start]
        stems = tuple(one.stem for one in found[place:] if one.start < token.start + len(word))
        return Concept(word, stems, (), 1.0, is_name=True), len(stems)
    known = thesaurus()
    for length in range(min(LONGEST_PHRASE, len(found) - place), 1, -1):
        phrase = tuple(one.stem for one in found[place : place + length])
        if others := known.of(phrase):
            spelled = " ".join(one.word for one in found[place : place + length])
            return Concept(spelled, phrase, others, 1.0), length
    word = token.word.lower()
    if is_stop(word) or word in _FRAME or (len(word) < 2 and not word.isdigit()):
        return None, 1
    weight = EVERYDAY if is_plain(token) else 1.0
    return Concept(token.word, (token.stem,), known.of((token.stem,)), weight), 1
