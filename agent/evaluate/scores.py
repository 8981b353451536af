"""Holds an answer against what is known of its question."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from agent.evaluate.gold import GoldQuestion
from agent.numbers import plain
from agent.papers import Corpus, Frozen
from agent.question import Answer
from agent.review import Unanswered

FIRST = 10
"""Papers read, among which the nearest should be; `FOUND_10` is named after it."""
_GROUPED = re.compile(r"(?<![\d.,'])\d{1,3}(?:[,']\d{3})+(?!\d)")
_LONG = re.compile(r"(?<![\d.])\d{4,}")
_POINT_FIRST = re.compile(r"(?<![\w.])\.(?=\d)")
_NO_NUMBER_BEFORE = r"(?<!\d)(?<!\d[.,'])"
_NO_NUMBER_AFTER = r"(?!\d)(?![.,']\d)"


class Measure(StrEnum):
    """A figure from 0 to 1; of several questions, the mean over those that it can be measured on.

    None can be measured on a question that stayed unanswered, since a call for it failed or was never sent.
    """

    FOUND_10 = "found_10"
    """Whether a gold paper is among the first ten that were read."""
    FOUND = "found"
    """Whether a gold paper is among all that were read."""
    READ = "read"
    """The share of the gold papers that was read."""
    RIGHT = "right"
    """Whether the answer says all that it must and nothing that it must not; an answerable question has to be
    answered for it, and an unanswerable one refused."""
    PRECISION = "precision"
    """Of the papers that an answer cites, the share that is gold; of an answerable question that was answered with a
    citation."""
    RECALL = "recall"
    """Of the gold papers, the share that is cited; of an answerable question that was answered."""
    ANSWERED = "answered"
    """Whether an answerable question was answered; what is left is what was refused and should not have been."""
    REFUSED = "refused"
    """Whether an unanswerable question was refused, as it should be."""


class Scored(Frozen):
    """A question, what came, and how good it is."""

    gold: GoldQuestion
    answered: bool | None
    """False where the answer is that the papers do not say; None where the question stayed unanswered."""
    why: str = ""
    """Why it stayed unanswered."""
    said: tuple[str, ...] = ()
    """What is printed as the answer: see `said_by`."""
    cited: tuple[str, ...] = ()
    """Keys of the papers that it cites, each once."""
    unread: tuple[str, ...] = ()
    """Keys of the gold papers that were not read."""
    lacks: tuple[str | tuple[str, ...], ...] = ()
    """What of `must_contain` it does not say."""
    holds: tuple[str, ...] = ()
    """What of `must_not` it says."""
    figures: dict[Measure, float] = {}
    """Without those that cannot be measured on this question."""

    @property
    def is_right(self) -> bool:
        return self.figures.get(Measure.RIGHT) == 1.0


def failed(gold: GoldQuestion, unanswered: Unanswered) -> Scored:
    """A question that has no answer, for a call failed or was never sent; it counts as neither wrong nor refused."""
    return Scored(gold=gold, answered=None, why=unanswered.why, unread=gold.papers)


def score(gold: GoldQuestion, answer: Answer, corpus: Corpus) -> Scored:
    """The answer held against what is known; `gold` names its papers by key."""
    said = said_by(answer, corpus)
    cited = cited_by(answer)
    lacks = tuple(one for one in gold.must_contain if not _is_said((one,) if isinstance(one, str) else one, said))
    holds = tuple(words for words in gold.must_not if _is_said((words,), said))
    if gold.is_answerable:
        is_right = answer.answered and not lacks and not holds
        figures = _found(gold.papers, answer.read) | {Measure.ANSWERED: float(answer.answered)}
        figures |= _citing(gold.papers, cited) if answer.answered else {}
    else:
        lacks = ()
        is_right = not answer.answered and not holds
        figures = {Measure.REFUSED: float(not answer.answered)}
    return Scored(
        gold=gold,
        answered=answer.answered,
        said=said,
        cited=cited,
        unread=tuple(key for key in gold.papers if key not in answer.read),
        lacks=lacks,
        holds=holds,
        figures=figures | {Measure.RIGHT: float(is_right)},
    )


def said_by(answer: Answer, corpus: Corpus) -> tuple[str, ...]:
    """What an answer asserts in print: its claims, a false premise put right among them, and its table's cells.

    A table counts whether or not `ask` is told to show it. The title of a paper counts where it stands for the paper
    in the table, or in the list of papers that a question over the whole corpus asks for. Quotes under citations do
    not count, nor does what is said to be missing. The built-in model's claims are quotations, and count.
    """
    tabled = [row.key for row in answer.passage.rows]
    cells = (cell.text for row in answer.passage.rows for cell in row.cells.values())
    titles = (corpus.paper(key).called for key in dict.fromkeys([*tabled, *answer.listed]) if corpus.has(key))
    return tuple(filter(None, (*(claim.text for claim in answer.claims), *cells, *titles)))


def cited_by(answer: Answer) -> tuple[str, ...]:
    """The papers that it cites: under claims, by a line of its table, or in the list of those that were asked for."""
    under_claims = [citation.key for claim in answer.claims for citation in claim.citations]
    tabled = [row.key for row in answer.passage.rows if row.says]
    return tuple(dict.fromkeys([*under_claims, *tabled, *answer.listed]))


def says(text: str, wanted: str) -> bool:
    """Whether the text has these words; case, Unicode spelling, LaTeX and the commas of thousands make no difference.

    Where they begin or end in a digit, no other number may go on there: `15` stands in `15%` and in `15.`, and neither
    in `2015` nor in `15.3`.
    """
    return bool(_pattern(wanted).search(_comparable(text)))


def _is_said(any_of: Iterable[str], said: Sequence[str]) -> bool:
    return any(says(text, wanted) for wanted in any_of for text in said)


@lru_cache(maxsize=1024)
def _comparable(text: str) -> str:
    """The text as it is compared, with `.5` as `0.5`."""
    return _POINT_FIRST.sub("0.", plain(text)).casefold()


@lru_cache(maxsize=1024)
def _pattern(wanted: str) -> re.Pattern[str]:
    words = _GROUPED.sub(lambda grouped: re.sub("[,']", "", grouped[0]), _comparable(wanted.strip()))
    pieces, end = [], 0
    for number in _LONG.finditer(words):
        pieces += [re.escape(words[end : number.start()]), _in_thousands(number[0])]
        end = number.end()
    pieces.append(re.escape(words[end:]))
    before = _NO_NUMBER_BEFORE if words[:1].isdigit() else ""
    after = _NO_NUMBER_AFTER if words[-1:].isdigit() else ""
    return re.compile(before + "".join(pieces) + after)


def _in_thousands(digits: str) -> str:
    """A pattern for a whole number, with or without something between its thousands."""
    first = len(digits) % 3 or 3
    groups = [digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))]
    return "[,' ]?".join(groups)


def _found(gold: Sequence[str], read: Sequence[str]) -> dict[Measure, float]:
    return {
        Measure.FOUND_10: float(any(key in read[:FIRST] for key in gold)),
        Measure.FOUND: float(any(key in read for key in gold)),
        Measure.READ: sum(key in read for key in gold) / len(gold),
    }


def _citing(gold: Sequence[str], cited: Sequence[str]) -> dict[Measure, float]:
    n_right = sum(key in gold for key in cited)
    precision = {Measure.PRECISION: n_right / len(cited)} if cited else {}
    return precision | {Measure.RECALL: n_right / len(gold)}
