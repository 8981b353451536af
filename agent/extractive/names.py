"""Finds what a work calls itself: the name before a title's colon, or the one that its abstract introduces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.extractive.roles import Role, Sentence, best, read
from agent.extractive.words import is_filler, is_stop
from agent.papers import Paper
from agent.quotes import MIN_QUOTE_WORDS

_NAME = r"[^\W_][\w+.@^-]*[\w+*]|[A-Z]"
_COINED = re.compile(r"(?=.*[A-Z])(?:.+[A-Z0-9+]|[A-Z].*\d).*$")
"""Inner capitals or digits: `LoRA`, `CodeT5+`, `GEB-1.3B`; a plain word with a capital is no sign of a name."""
_MOST_NAME_WORDS = 3
_BEFORE_COLON = re.compile(r"^([^:]{2,60}?)\s*(?::\s+\S|,\s+an?\s)")
_CALLED = re.compile(
    rf"\b(?:called|named|dubbed|termed|namely|coined|denoted as|referred to as|abbreviated as)\s+[\"“'‘]?((?>{_NAME}))"
    r"(?!\s+[A-Z])"
)
_PROPOSED = re.compile(
    r"\b(?:propos\w+|introduc\w+|present\w*|develop\w*|releas\w+|describ\w+|build|design\w*)\s+(?:the\s+)?"
    rf"[\"“'‘]?({_NAME})[\"”'’]?(?=\s*(?:,|\(|:|\.|$)|\s+(?:an?|the|which|that|to|as|for|is)\b)"
)
_IN_BRACKETS = re.compile(r"((?:[\w^-]+\s+){1,9}?[\w^-]+)\s*\(\s*([A-Z^]?[\w^+-]*[A-Z][\w^+-]*)\s*\)")
_SHORT = re.compile(r"\(\s*([A-Z][\w+-]*[A-Z][\w+-]*)\s*\)")
_LONG_FORM_CHARS = 90
_OPENED = re.compile(r"(?:propos|introduc|present|develop|releas|design|build|describ|contribut)\w*\b(.*)$", re.DOTALL)
_GOVERNED = re.compile(r"\b(?:for|of|in|with|on|to|using|by|from|that|which)\b")
_SUBJECT = re.compile(rf"^({_NAME})\s+(?:is|consists|uses|combines|employs|introduces|leverages|achieves|enables)\b")


@dataclass(frozen=True, slots=True)
class Name:
    """A short name, with the words of the paper in which it stands."""

    text: str
    quote: str


def name_of(paper: Paper) -> Name | None:
    """The work's short name with a quote that holds it; None where it gives itself none."""
    told = read(paper)
    approach = best(told, Role.APPROACH)
    for name in (_before_colon(paper), _introduced(approach), _in_title(paper), _of_any(told)):
        quote = _quote(paper, name, told) if name else None
        if name and quote:
            return Name(name, quote)
    return None


def _before_colon(paper: Paper) -> str | None:
    match = _BEFORE_COLON.match(paper.title or "")
    name = match[1].strip() if match else ""
    words = name.split()
    if not words or len(words) > _MOST_NAME_WORDS or re.search(r"[?!,;]", name):
        return None
    # `Deep learning: a review` names a subject; a name is coined, one word, or used again in the abstract as it is.
    if len(words) == 1 or any(_COINED.match(word) for word in words) or name in (paper.abstract or ""):
        return name
    return None


def _introduced(sentence: Sentence | None) -> str | None:
    """The name that the sentence of the approach gives: `called X`, `propose X,`, `Long Name (LN)`."""
    if sentence is None:
        return None
    for match in _CALLED.finditer(sentence.text):
        if match[1][0].isupper() or _COINED.match(match[1]):
            return match[1].rstrip(".")
    for match in _PROPOSED.finditer(sentence.text):
        appositive = re.match(r",\s+(?:an?|the)\s", sentence.text[match.end(1) :])
        if (_COINED.match(match[1]) or (match[1][0].isupper() and appositive)) and not is_stop(match[1]):
            return match[1].rstrip(".")
    for match in _IN_BRACKETS.finditer(sentence.text):
        if _stands_for(match[2], match[1]) and not _is_plural(match[2]) and _is_object(sentence.text, match):
            return match[2]
    return None


def abbreviations_in(text: str) -> Iterator[tuple[str, str]]:
    """Each short form that the text gives in brackets, with the words before it that its letters begin."""
    for match in _SHORT.finditer(text):
        words = re.findall(r"[\w-]+", text[max(0, match.start() - _LONG_FORM_CHARS) : match.start()])
        letters = match[1].rstrip("s")
        longs = (" ".join(words[-n_words:]) for n_words in range(1, min(len(words), 2 * len(letters)) + 1))
        long = next((one for one in longs if one[0].lower() == letters[0].lower() and _stands_for(letters, one)), None)
        if long:
            yield match[1], long


def _is_plural(acronym: str) -> bool:
    """`LLMs` names a kind of thing, not a work."""
    return acronym.endswith("s") and acronym[:-1].isupper()


def _is_object(sentence: str, match: re.Match[str]) -> bool:
    """Whether the long name is what is proposed, not what the proposal is for."""
    n_letters = len(re.findall(r"[A-Za-z0-9]", match[2]))
    long_name = match[1].split()[-n_letters:]
    before = sentence[: match.start(2)].rsplit(" ".join(long_name), 1)[0]
    opened = _OPENED.search(before)
    return opened is not None and not _GOVERNED.search(opened[1])


def _stands_for(acronym: str, words: str) -> bool:
    """Whether the letters of the acronym appear in this order among the words, beginning with a word's initial."""
    letters = [char.lower() for char in acronym if char.isalnum()]
    text = words.lower()
    initials = {word[0] for word in re.split(r"[\s-]+", text) if word}
    if len(letters) < 2 or letters[0] not in initials:
        return False
    place = -1
    for letter in letters:
        place = text.find(letter, place + 1)
        if place < 0:
            return False
    return True


def _in_title(paper: Paper) -> str | None:
    """A coined word of the title that begins a sentence of the abstract with a verb: `RouterBench is ...`."""
    titled = set(re.findall(_NAME, paper.title or ""))
    for sentence in read(paper):
        match = _SUBJECT.match(sentence.text)
        if match and match[1] in titled and _COINED.match(match[1]):
            return match[1]
    return None


def _of_any(told: tuple[Sentence, ...]) -> str | None:
    """The name that another sentence gives, if it speaks of what the authors made."""
    for sentence in sorted(told, key=lambda one: -one.scores[Role.APPROACH])[:3]:
        if sentence.scores[Role.APPROACH] >= 3 and (name := _introduced(sentence)) and not is_filler(name):
            return name
    return None


def _quote(paper: Paper, name: str, told: tuple[Sentence, ...]) -> str | None:
    holding = [one for one in told if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", one.text)]
    said = max(holding, key=lambda one: (one.scores[Role.APPROACH], -one.position), default=None)
    if said:
        return said.text
    title = paper.title or ""
    return title if name in title and len(title.split()) >= MIN_QUOTE_WORDS else None
