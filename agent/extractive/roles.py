"""What each sentence of an abstract does: states a problem, says what was done, reports a result, admits a limit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from agent.extractive.words import features
from agent.papers import Paper
from agent.quotes import MIN_QUOTE_WORDS
from agent.sentences import sentences


class Role(StrEnum):
    PROBLEM = "problem"
    APPROACH = "approach"
    RESULT = "result"
    SETTING = "setting"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a paper, word for word, with what it does there."""

    text: str
    position: float
    """0 for the abstract's first sentence, 1 for its last."""
    scores: Mapping[Role, float]
    """How plainly it does each; 0 where nothing in it says so."""


@dataclass(frozen=True, slots=True)
class _Cue:
    role: Role
    weight: float
    pattern: re.Pattern[str]


def _cue(role: Role, weight: float, pattern: str, flags: int = re.IGNORECASE) -> _Cue:
    return _Cue(role, weight, re.compile(pattern, flags))


_WE = (
    r"(?:\b(?:we|I|authors)\b|\b(?:this|our|the present) (?:paper|work|study|article|research|report|survey|review)\b)"
)
_CUES = (
    _cue(Role.PROBLEM, 2, r"^(?:however|yet|but|unfortunately|nevertheless|nonetheless|despite|while|although)\b"),
    _cue(Role.PROBLEM, 1, r"\b(?:however|yet|nevertheless|despite)\b"),
    _cue(
        Role.PROBLEM,
        2,
        r"\b(?:challeng\w+|problem|bottleneck|limitations?|difficult\w*|lacks?|lacking|suffers?|fails?|struggles?|unclear"
        r"|unknown|hinder\w*|costly|expensive|prohibitive\w*|under-?explored|unexplored|overlook\w*|neglect\w*|gap"
        r"|insufficient|inefficien\w+|little is known|remains? (?:a |an |largely |still )*(?:challeng|unclear|unknown"
        r"|open|difficult|under|unexplored|limited|elusive|complex)\w*)\b",
    ),
    _cue(Role.PROBLEM, -2, rf"{_WE}.{{0,40}}\b(?:propos|introduc|present|develop|outperform|demonstrat|show)\w*"),
    _cue(
        Role.APPROACH,
        4,
        rf"{_WE}\W(?:[\w,-]+\W+){{0,5}}?(?:propos\w+|introduc\w+|present\w*|develop\w*|design\w*|describ\w+|releas\w+"
        r"|build\w*|built|construct\w*|devis\w+|formulat\w+|creat\w+|contribut\w+|offer\w*)\b",
    ),
    _cue(
        Role.APPROACH,
        3,
        rf"{_WE}\W(?:[\w,-]+\W+){{0,5}}?(?:investigat\w+|stud(?:y|ies)|explor\w+|analy[sz]\w+|examin\w+|review\w*|survey\w*"
        r"|compar\w+|evaluat\w+|conduct\w*|address\w*|tackle\w*|revisit\w*|provid\w+|adopt\w*|leverag\w+|focus\w*|use"
        r"|apply|applies|aims?|seeks?|attempts?|argues?|consider\w*|perform|measur\w+|test|ask|collect\w*|train\w*)\b",
    ),
    _cue(
        Role.APPROACH,
        2,
        r"^(?:to (?:this end|address|tackle|overcome|solve|bridge|fill|mitigate)|in this (?:paper|work))\b",
    ),
    _cue(
        Role.APPROACH,
        2,
        r",\s(?:an?|the first)\s(?:\w+[\s-]){0,4}?(?:method|framework|approach|model|system|algorithm)\b",
    ),
    _cue(
        Role.APPROACH,
        -2,
        r"^(?:then|finally|furthermore|further|moreover|additionally|also|besides|lastly|specifically"
        r"|second|in addition|this paper thus|thus|hence|therefore)\b",
    ),
    _cue(Role.APPROACH, 1, r"\b(?:novel|new|first|called|named|termed|dubbed|namely)\b"),
    _cue(
        Role.RESULT,
        3,
        r"\b(?:outperform\w*|surpass\w*|exceed\w*|achiev\w+|improv(?:es|ed|ing|ements?)|state-of-the-art)\b",
    ),
    _cue(
        Role.RESULT,
        2,
        r"\b(?:experiment\w*|evaluations?|results?|empirical\w*|demonstrat\w+|shows?|showed|findings?"
        r"|f(?:i|ou)nd that)\b",
    ),
    _cue(
        Role.RESULT,
        2,
        r"\b(?:reduc\w+|speed-?ups?|gains?|faster|accuracy|comparable|superior|competitive|up to"
        r"|compared (?:to|with))\b",
    ),
    _cue(Role.RESULT, 3, r"\d(?:[\d.,]*\d)?\s?(?:\\?%|\$?\\times|×|x\b|points?\b|times\b|fold\b)"),
    _cue(Role.RESULT, 1, r"(?<![\w.-])\d+\.\d+"),
    _cue(
        Role.RESULT,
        1,
        r"\b(?:less|more|fewer|better|worse|higher|lower|larger|smaller)\b|\b(?:fell|rose|saved|cut|doubled|halved)\b",
    ),
    _cue(Role.RESULT, -3, r"\b(?:code|data|models?|project page|demo)\b.{0,60}\b(?:available|released?|http)"),
    _cue(
        Role.SETTING, 3, r"\b(?:data ?sets?|benchmarks?|corpora|corpus|tasks|participants|patients|samples|languages)\b"
    ),
    _cue(
        Role.SETTING,
        2,
        r"\b(?:experiments?|evaluat\w+|trained|tested|conduct\w*|across|on (?:both|several|multiple|various))\b",
    ),
    _cue(Role.SETTING, 1, r"\d"),
    _cue(
        Role.LIMIT,
        3,
        r"\b(?:future (?:work|research|directions?)|open (?:problems?|questions?|challenges?)"
        r"|remains? (?:a |an |largely |still )*(?:challeng|unclear|unknown|open|difficult|under|unexplored|limited)\w*"
        r"|limitations?|far from|under-?explored|unexplored|little (?:is known|attention)"
        r"|not (?:yet|well) (?:been )?(?:understood|studied|explored|known))",
    ),
    _cue(
        Role.LIMIT, 2, r"\b(?:still|struggles?|fails? to|falls? short|shortcomings?|lacks?|unclear|overlook\w*|gap)\b"
    ),
    _cue(Role.LIMIT, -3, r"\b(?:outperform\w*|surpass\w*|state-of-the-art|we (?:propose|introduce|present|develop))\b"),
)
MOST_READ = 20_000
"""Characters of an abstract that are read for sentences; what is longer is a whole text, or none at all."""
LONGEST_SENTENCE = 1_000
_ADVERT = re.compile(
    r"https?://|github\.com|\b(?:code|source code|models?|data|project page)\b[^.]{0,60}\bavailable\b", re.IGNORECASE
)
_ADVERT_COSTS = 3.0
_TITLE_WORDS_ADD = 2.0
"""What a sentence gains as an approach that says all that the title says."""
_PLACES: Mapping[Role, tuple[float, float]] = {
    # How much the first and the last sentence of an abstract are worth for each role.
    Role.PROBLEM: (1.5, -1.5),
    Role.APPROACH: (0.5, -0.5),
    Role.RESULT: (-2.5, 2.5),
    Role.SETTING: (0.0, 0.5),
    Role.LIMIT: (0.0, 0.0),
}
_NUMBER = re.compile(
    r"\W*(?:\d(?:[\d.,–-]*\d)?[kKMBT]?\$?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion)",
    re.IGNORECASE,
)
"""A number, in digits or words, that the word after it belongs to: `70` `billion` `parameters`."""


@lru_cache(maxsize=2048)
def read_text(title: str, abstract: str) -> tuple[Sentence, ...]:
    """The sentences of a text under this title."""
    told = abstract[:MOST_READ]
    texts = [_cut(told[start:end]) for start, end in sentences(told)]
    # A sentence alone stands nowhere in particular.
    places = [index / (len(texts) - 1) for index in range(len(texts))] if len(texts) > 1 else [0.5]
    titled = set(features(title))
    return tuple(
        Sentence(text, place, _scores(text, place, titled))
        for text, place in zip(texts, places, strict=False)
        if len(text.split()) >= MIN_QUOTE_WORDS
    )


def _cut(sentence: str) -> str:
    """The sentence, or its first words where it is too long to be one."""
    return sentence if len(sentence) <= LONGEST_SENTENCE else sentence[:LONGEST_SENTENCE].rpartition(" ")[0].rstrip()


def read(paper: Paper) -> tuple[Sentence, ...]:
    """The sentences of the abstract that are long enough to be quoted; none where there is no abstract."""
    return read_text(paper.title or "", paper.abstract or "") if paper.basis == "abstract" else ()


def _scores(text: str, position: float, titled: set[str]) -> dict[Role, float]:
    found = dict.fromkeys(Role, 0.0)
    for cue in _CUES:
        if cue.pattern.search(text):
            found[cue.role] += cue.weight
    advert = _ADVERT_COSTS if _ADVERT.search(text) else 0.0
    shared = len(titled & set(features(text))) / len(titled) if titled else 0.0
    for role, score in found.items():
        first, last = _PLACES[role]
        placed = score - advert + first + (last - first) * position
        placed += _TITLE_WORDS_ADD * shared if role is Role.APPROACH else 0.0
        found[role] = round(max(0.0, placed), 3) if score > 0 else 0.0
    return found


def best(told: tuple[Sentence, ...], role: Role, without: tuple[Sentence | None, ...] = ()) -> Sentence | None:
    """The sentence that does this most plainly, the earlier of two; None where none does."""
    fit = [one for one in told if one.scores[role] > 0 and one not in without]
    return max(fit, key=lambda one: (one.scores[role], -one.position), default=None)


def shortened(text: str, words: int) -> str:
    """The sentence itself, or its first words and an ellipsis.

    A number keeps the word after it, and brackets that can be left out are not cut.
    """
    parts = text.split()
    if len(parts) <= words:
        return " ".join(parts)
    return " ".join(parts[: _end_of(parts, words - 1)]).rstrip(" ,;:(–—-") + " …"


def _end_of(parts: Sequence[str], most: int) -> int:
    """How many of these words, `most` or fewer, can stand alone."""
    whole = [end for end in range(most, 0, -1) if not _NUMBER.fullmatch(parts[end - 1])]
    long = (end for end in whole if 2 * end > most and not _is_open(parts[:end]))
    return next(long, whole[0] if whole else most)


def _is_open(parts: Sequence[str]) -> bool:
    """Whether brackets are open after these words."""
    depth = 0
    for char in "".join(parts):
        depth = depth + 1 if char in "([{" else max(0, depth - 1) if char in ")]}" else depth
    return depth > 0
