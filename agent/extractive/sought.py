"""What kind of thing a question wants to be told, and whether a sentence holds one: a number, a unit, a name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from agent.extractive.thesaurus import thesaurus
from agent.extractive.tokens import Phrase, Token, is_stop, phrase_of, tokens, wording


class Sort(StrEnum):
    COUNT = "count"
    """So many of a thing that the question names."""
    SHARE = "share"
    """A share, a factor, a difference."""
    MEASURE = "measure"
    """The value of a measure that the question names."""
    SIZE = "size"
    NUMBER = "number"
    TIME = "time"
    MONEY = "money"
    YEAR = "year"
    NAME = "name"
    """One of a kind that has names: a data set, a language, a graphics card."""
    THING = "thing"
    """One of a kind that the question names."""
    OPEN = "open"
    """What, how, why, whether: nothing by which a sentence shows that it tells."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What has to stand in a sentence that answers."""

    sort: Sort
    heads: tuple[tuple[Phrase, ...], ...] = ()
    """The words for what is counted, measured or named, each with those that may stand for it; the noun comes last."""
    asked: str = ""
    """The question: a name that it gives itself is no answer."""


_NUMBER = r"\d+(?:[.,]\d+)*"
_SPELLED = (
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundreds?"
    r"|thousands?|million|billion|trillion|dozens?|single)\b"
)
_ANY_NUMBER = re.compile(rf"(?<![A-Za-z\d.-]){_NUMBER}|{_SPELLED}", re.IGNORECASE)
_NO_COUNT = re.compile(r"\s*\$?(?:\\?%|\\?(?:times|×|x)\b|×|percent|per cent)")
"""What follows a number that counts nothing."""
_SHARE = re.compile(
    rf"{_NUMBER}\s*\$?(?:\\?%|\$?\\?(?:times|×|x)\b|×|[ -]?folds?\b|percent|per cent|(?:percentage )?points?\b|db\b)"
    r"|(?<![A-Za-z\d-])\d+\.\d+|(?<![A-Za-z\d-])\d+\s*/\s*\d+|\b(?:half|thirds?|quarters?|twice|double|triple)\b"
    r"|\b(?:doubl|tripl|halv)(?:es|ed|ing)\b|\b(?:two|three|four|five|six|eight|ten|several) times\b"
    r"|\borders? of magnitude",
    re.IGNORECASE,
)
_SIZED = re.compile(
    rf"{_NUMBER}\s*\+?(?:[KMBT]\b|k\b|thousand|million|billion|trillion|[GMTK]B\b|hours?\b)|\b\d{{1,3}}(?:,\d{{3}})+\b"
    r"|(?<![\w.-])[1-9]\d{2,}\b(?![.\d])|\b(?:hundreds|thousands|millions|billions|trillions|million|billion)\b"
)
_UNIT = r"(?:h|hrs?|hours?|min|mins|minutes?|s|secs?|seconds?|ms|milliseconds?|days?|weeks?|months?|years?)\b"
_TIMED = re.compile(
    rf"(?:{_NUMBER}|{_SPELLED}|\b(?:an?|few|several)\b)\s*-?\+?(?:[A-Za-z\d]+\s+){{0,3}}?{_UNIT}|\breal[\s-]time\b",
    re.IGNORECASE,
)
_MONEY = re.compile(rf"[$€£]\s*{_NUMBER}(?!\s*\\)|{_NUMBER}\s*(?:dollars?|usd|euros?|cents?)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DIFFERENCES = (
    r"(?:share|fraction|percentage|proportion|slice|portion|margin|factor|gain|speed-?up|improvement|reduction|boost"
    r"|increase|decrease|drop|savings?|loss)"
)
_MEASURES = (
    r"(?:rate|score|accuracy|perplexity|correlation|ratio|threshold|size|length|f1|bleu|rouge|fid|psnr|auc|latency"
    r"|speed|throughput|temperature|dimension|dimensionality|resolution|bandwidth|overhead|depth|width|height|frequency"
    r"|probability|mark|value|precision|recall|window|error|budget|number of parameters|consumption|agreement|kappa)"
)
_ASKED = (
    (
        Sort.MONEY,
        r"\bhow much (?:money|did (?:it|they) (?:cost|pay))\b|\b(?:dollars?|usd|price|bill|expenses?)\b",
    ),
    (
        Sort.TIME,
        r"\bhow (?:long|quickly|soon) (?:does|do|did|is|was|were|would|will|it|can)\b"
        r"|\b(?:how many|number of|what|in|which)\s+(?:[\w-]+ ){0,2}?"
        r"(?:hours?|minutes?|(?:milli)?seconds?|days?|weeks?|months?|years)\b"
        r"|\b(?:how much|what) (?:[\w-]+ ){0,2}?time\b",
    ),
    (Sort.YEAR, r"^\W*when (?:was|were|did)\b|\b(?:what|which) year\b"),
    (
        Sort.SHARE,
        rf"\bhow many times\b|\bby (?:how much|what {_DIFFERENCES})\b"
        rf"|\b(?:what|which|the) (?:[\w-]+ ){{0,2}}?{_DIFFERENCES}\b"
        r"|\bhow much (?:\w+ )?(?:more|less|better|worse|faster|quicker|slower|smaller|larger|cheaper|higher|lower"
        r"|fewer)\b"
        r"|\bhow much [\w\s-]{0,50}?\b(?:improve|gain|increase|rise|grow|save|reduce|drop|lose|lost|cut|fall|multipl"
        r"|speed|help)"
        r"|\bhow much [\w\s-]{0,30}?\b(?:sooner|later|longer|shorter|further)\b"
        r"|\bhow (?:often|close|accurate|well|good|high|low|far)\b"
        r"|\bhow (?!exactly|precisely|actually)\w{4,}ly (?:can|do|does|did)\b"
        r"|\bgive the rate\b|\bwhat rate\b",
    ),
    (Sort.SIZE, r"\bhow (?:large|big|huge|small|extensive)\b|\bwhat (?:was|is) (?:its|their|that) (?:size|length)\b"),
    (Sort.NUMBER, r"\bhow (?:few|little|much)\b|\b(?:give|state) the (?:figure|number)\b"),
    (Sort.COUNT, r"\bhow many\b|\bnumber of\b|\bwhat (?:was|is) (?:the|their) count\b"),
    (Sort.MEASURE, rf"\b(?:what|which|give|state)\s+(?:[\w-]+ ){{0,3}}?{_MEASURES}\b"),
)
_COMPILED = tuple((sort, re.compile(pattern, re.IGNORECASE)) for sort, pattern in _ASKED)
_COUNTED = re.compile(
    r"\b(?:how many|number of)\s+(?:(?:kinds|types|sorts|pairs|sets|pieces) of\s+)?((?:[\w'’-]+[\s-]+){0,4}[\w'’-]+)",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"\b(?:what|which|give|state)\s+(?:(?:is|was|are|were)\s+)?((?:[\w-]+\s+){{0,3}}?{_MEASURES})\b", re.IGNORECASE
)
_MEASURED_OF = re.compile(
    rf"\b(?:what|which|give|state)\s+(?:(?:is|was)\s+)?(?:the\s+)?{_MEASURES}\s+of\s+((?:[\w-]+\s+){{0,3}}[\w-]+)",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"\b(?:which|what|whose)\s+(?!(?:is|are|was|were|does|do|did|has|have|had|can|could|one|ones|of|if|makes?|happens?"
    r"|it|they|we|the|each|papers?|works?|studies)\b)((?:[\w'’-]+\s+){0,3}[\w'’-]+)",
    re.IGNORECASE,
)
_KIND_OF = re.compile(
    r"\b(?:what|which) (?:kind|sort|type|branch|field|area|form|class)s? of\s+((?:[\w-]+\s+)?[\w-]+)", re.IGNORECASE
)
_ENDS_HEAD_WORDS = """
    is are was were does do did has have had can could will would should may might must that which who to for in on at
    by with from of and or but than as into per make makes made let lets decide decides used use uses
"""
_ENDS_HEAD = frozenset(_ENDS_HEAD_WORDS.split())
_PLURALS = frozenset(("people", "children", "men", "women", "criteria", "data", "media", "mice"))
_NAMES: Mapping[str, str] = {
    "gpu": r"\b(?:A100|H100|H800|A800|V100|T4|P100|L40S?|A6000|A40|A10G?|RTX\w*|GeForce|[34]090|TPU\w*|Xeon"
    r"|Snapdragon)",
    "llm": r"\b(?:(?:Chat-?)?GPT|LLaMA|Llama|Mistral|Mixtral|Qwen|Gemma|Gemini|Claude|(?:Flan-)?T5|BERT|RoBERTa|Vicuna"
    r"|Phi|PaLM|OPT|BLOOM|Falcon|Pythia|DeepSeek|InternLM|Baichuan)[\w.-]*",
    "encoder": r"\b(?:CLIP|BLIP|ViT|DINO|SigLIP|Whisper|ResNet|ConvNeXt|BERT|(?:Flan-)?T5|RoBERTa|VAE|VQ)[\w.-]*",
    "language": r"\b(?:Arabic|English|Chinese|German|French|Spanish|Portuguese|Italian|Japanese|Korean|Russian|Hindi"
    r"|Bengali|Turkish|Persian|Polish|Dutch|Czech|Greek|Vietnamese|Thai|Indonesian|Swahili|Urdu|Ukrainian|Finnish"
    r"|Python|Java|C\+\+|Rust|JavaScript)\b",
    "data": r"\b(?=\w*[A-Z\d])[A-Za-z][\w-]*(?:Bench|QA|Eval|[A-Z\d]{2,}|\d+[KkMm]?|[a-z][A-Z]\w*)\b"
    r"|\b[A-Z][\w-]+ (?:Reviews|Corpus)\b",
}
_NAMED_BY = {
    "gpu": "gpu graphics card chip accelerator hardware fpga board",
    "llm": "llm lm teacher",
    "encoder": "encoder backbone",
    "language": "language tongue",
    "data": "dataset corpus collection benchmark",
}
_PATTERNS = {
    tokens(word)[0].stem: re.compile(_NAMES[name]) for name, words in _NAMED_BY.items() for word in words.split()
}
_LANGUAGE_MODEL, _DATA_SET = phrase_of("language model"), phrase_of("data set")
_PATTERNS_OF_TWO = {_LANGUAGE_MODEL: re.compile(_NAMES["llm"]), _DATA_SET: re.compile(_NAMES["data"])}
NEAR_CHARS = 48
"""How far a number may stand from the word for what it counts."""


@lru_cache(maxsize=64)
def sought_in(question: str) -> Sought:
    """What the question wants; of two questions in one, the one that says so more plainly."""
    for sort, pattern in _COMPILED:
        if pattern.search(question):
            heads = {Sort.COUNT: _counted, Sort.MEASURE: _measured}.get(sort)
            return Sought(sort, heads(question) if heads else (), question)
    kind = _nouns(question, _KIND_OF)
    if kind:
        return Sought(Sort.THING, _with_others(kind), question)
    named = _nouns(question, _WHICH)
    if not named:
        return Sought(Sort.OPEN)
    return Sought(Sort.NAME if _pattern_of(named) else Sort.THING, _with_others(named), question)


def _counted(question: str) -> tuple[tuple[Phrase, ...], ...]:
    """The noun that is counted, which is a plural, with what stands before it; of `how many of them`, any before."""
    heads = _with_others(_nouns(question, _COUNTED, to_plural=True))
    if heads:
        return heads
    plurals = [token for token in tokens(question) if _is_plural(token) and not is_stop(token.word)]
    others = _with_others([token.stem for token in plurals])
    return (tuple(phrase for phrases in others for phrase in phrases),) if others else ()


def _measured(question: str) -> tuple[tuple[Phrase, ...], ...]:
    return _with_others(_nouns(question, _MEASURED_OF) or _nouns(question, _MEASURED))


def _nouns(question: str, pattern: re.Pattern[str], *, to_plural: bool = False) -> list[str]:
    """The words that follow, up to one that ends a noun; up to the first plural where that is asked for."""
    match = pattern.search(question)
    if match is None:
        return []
    found: list[str] = []
    for token in tokens(match[1]):
        follows = match[1][token.start + len(token.word) :]
        if token.word.lower() in _ENDS_HEAD and not match[1][: token.start].endswith("-"):
            break
        if not is_stop(token.word) and not follows.startswith("-"):
            found.append(token.stem)
        if to_plural and _is_plural(token) and not follows.startswith(("'", "’", "-")):
            break
    return found


def _is_plural(token: Token) -> bool:
    word = token.word.lower()
    return word in _PLURALS or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")))


def _with_others(stems: list[str]) -> tuple[tuple[Phrase, ...], ...]:
    known = thesaurus()
    if len(stems) > 1 and known.of(tuple(stems[-2:])):
        whole = tuple(stems[-2:])
        return (*(((one,), *known.of((one,))) for one in stems[:-2]), (whole, *known.of(whole)))
    return tuple(((one,), *known.of((one,))) for one in stems)


def _pattern_of(stems: list[str]) -> re.Pattern[str] | None:
    """How the names look of what these words call for."""
    two = _PATTERNS_OF_TWO.get(tuple(stems[-2:]))
    return two or next((_PATTERNS[one] for one in reversed(stems) if one in _PATTERNS), None)


def holds(sought: Sought, sentence: str) -> bool:
    """Whether such a thing stands in the sentence."""
    match sought.sort:
        case Sort.MONEY:
            return _MONEY.search(sentence) is not None
        case Sort.TIME:
            return _TIMED.search(sentence) is not None
        case Sort.YEAR:
            return _YEAR.search(sentence) is not None
        case Sort.SHARE:
            return _SHARE.search(sentence) is not None
        case Sort.SIZE:
            return _SIZED.search(sentence) is not None
        case Sort.NUMBER:
            return _ANY_NUMBER.search(sentence) is not None
        case Sort.COUNT:
            return _holds_count(sought, sentence)
        case Sort.MEASURE:
            return _ANY_NUMBER.search(sentence) is not None and _has_all(sought, sentence)
        case Sort.NAME:
            return _holds_name(sought, sentence)
        case Sort.THING:
            return not sought.heads or wording(sentence).has_any(sought.heads[-1])
        case Sort.OPEN:
            return True


def _has_all(sought: Sought, sentence: str) -> bool:
    said = wording(sentence)
    return all(said.has_any(phrases) for phrases in sought.heads)


def _holds_count(sought: Sought, sentence: str) -> bool:
    """A number with the word for what is counted close behind it."""
    if not sought.heads:
        return _ANY_NUMBER.search(sentence) is not None
    for match in _ANY_NUMBER.finditer(sentence):
        if _NO_COUNT.match(sentence, match.end()):
            continue
        near = re.split(r"[,;:]\s|\.\s", sentence[match.end() : match.end() + NEAR_CHARS])[0]
        if wording(near).has_any(sought.heads[-1]):
            return True
    return False


def _holds_name(sought: Sought, sentence: str) -> bool:
    """A name of this kind that the question does not give."""
    pattern = _pattern_of([stem for phrases in sought.heads for stem in phrases[0]])
    if pattern is None:
        return False
    asked = sought.asked.casefold()
    return any(match[0].casefold() not in asked for match in pattern.finditer(sentence))
