"""Finds which lines of a plain text belong together: blank lines part them, a full line may go on in the next."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.sources.marks import is_heading_or_numbered, is_labelled
from agent.sources.people import is_names, may_be_name

_SMALL_WORDS = "a an and as at by for from in into of on or over the through to under using via with without"
_GOES_ON = frozenset(_SMALL_WORDS.split())
_WIDEST = 140
"""Nobody wraps lines by hand, or by program, at more columns than this."""
_SHORT = 200
"""A line of more characters is a paragraph by itself."""
_FEW = 6
"""From fewer lines no margin can be told."""
_CHAINED = 0.15
"""Of full lines so many follow another one, where paragraphs were wrapped; single ones are chance."""
_LONG_RUN = 45
"""So many lines without a blank one hold more than one paper."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank."""

    position: int
    """From 1."""
    raw: str
    """With its indent."""
    text: str
    """Without it, and with single blanks."""
    is_after_blank: bool

    @property
    def first_word(self) -> str:
        return self.text.partition(" ")[0]

    @property
    def last_word(self) -> str:
        return self.text.rpartition(" ")[2]


Lines = Sequence[Line]


def join_lines(text: str) -> Iterator[list[Line]]:
    """The lines of each paragraph, in order."""
    runs = list(_runs(text))
    width = _width([run for run in runs if len(run) > 1] or [[line for run in runs for line in run]])
    if width and all(len(run) == 1 for run in runs) and not _are_sentences(runs):
        runs = [[line for run in runs for line in run]]  # double-spaced: blank lines tell nothing
    known = frozenset(re.findall(r"\b[a-z]{2,}\b", text))
    cut: list[list[list[Line]]] = []
    for run in runs:
        wrapping = _Wrapping(width or (_width([run], 0.75) if len(run) > _FEW else None), known)
        cut.append(wrapping.cut(run, is_below_title=bool(cut) and may_be_title(cut[-1][-1])))
    over_text = [groups[0] for groups in cut if len(groups[-1]) > 2 and not is_labelled(groups[0][0].text)]
    n_titled = sum(1 for group in over_text if may_be_title(group))
    for groups in cut:
        yield from _split_title(groups) if width and n_titled > 0.6 * len(over_text) else groups


def _are_sentences(runs: Sequence[Lines]) -> bool:
    """Whether nearly every run is whole sentences, as no margin would cut them."""
    n_whole = sum(1 for run in runs if run[0].text[0].isupper() and run[-1].text[-1] in ".!?")
    return n_whole >= 0.8 * len(runs)


def is_title_case(text: str, share: float = 0.65) -> bool:
    """Whether most longer words are capitalised, as in headlines and lists of names."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", text) if len(word) > 3]
    return len(words) > 1 and sum(word[0].isupper() for word in words) >= share * len(words)


def may_be_title(lines: Lines) -> bool:
    return len(lines) <= 3 and sum(len(line.raw) for line in lines) < 250 and lines[-1].text[-1] != "."


def _runs(text: str) -> Iterator[list[Line]]:
    r"""Stretches of lines with a blank line, one of mere decoration, or the `\\` of arXiv's mails around them."""
    run: list[Line] = []
    for position, raw in enumerate(text.split("\n"), start=1):
        has_words = any(char.isalnum() for char in raw)
        if run and (not has_words or raw.startswith("\\\\")):
            yield run
            run = []
        if has_words:
            run.append(Line(position, raw.rstrip(), " ".join(raw.split()), not run))
    if run:
        yield run


def _width(runs: Sequence[Lines], share: float = 0.5) -> int | None:
    """The column at which lines were wrapped; None where they were not.

    A wrapped line ends where the next word would have passed the margin. So each pair of lines allows the margins
    from the length of the first to that with the next word, and the true one is what most pairs allow.
    """
    steps: Counter[int] = Counter()
    n_pairs = 0
    for run in runs:
        for line, after in zip(run, run[1:], strict=False):
            if is_labelled(after.text):
                continue
            if len(line.raw) <= _WIDEST:
                steps[len(line.raw)] += 1
                steps[len(line.raw) + 1 + len(after.first_word)] -= 1
            n_pairs += 1
    depth, best, width = 0, 0, None
    for column in sorted(steps):
        depth += steps[column]
        if depth > best and column >= 40:
            best, width = depth, column
    if width is None or n_pairs < 3 or best < share * n_pairs:
        return None
    n_chained = sum(
        _is_full(width, *lines[:2]) and _is_full(width, *lines[1:])
        for run in runs
        for lines in zip(run, run[1:], run[2:], strict=False)
    )
    return width if n_chained >= _CHAINED * best or best >= 0.9 * n_pairs else None


def _is_full(width: int, line: Line, after: Line) -> bool:
    """Whether the next word would have passed the margin."""
    return len(line.raw) <= width + 2 and len(line.raw) + 1 + len(after.first_word) > width


def _split_title(groups: list[list[Line]]) -> Iterator[list[Line]]:
    """Where titles stand right above their abstracts, one that fills its line is parted from its abstract, too."""
    whole = groups[0]
    if len(groups) == 1 and len(whole) > 3 and not is_labelled(whole[0].text):
        end = next((index for index in (1, 2) if whole[index].text[0].isupper()), 0)
        groups = [whole[:end], whole[end:]] if end else groups
    yield from groups


@dataclass(frozen=True, slots=True)
class _Wrapping:
    """How the lines of a run were wrapped."""

    width: int | None
    known: frozenset[str]
    """Words that the text has in lower case; names are rarely among them."""

    def cut(self, run: Lines, *, is_below_title: bool) -> list[list[Line]]:
        """The run at the ends of its paragraphs."""
        groups: list[list[Line]] = []
        begin = 0
        for index in range(1, len(run) + 1):
            if index < len(run) and self._goes_on(run, begin, index, is_below_title=is_below_title):
                continue
            groups.append(list(run[begin:index]))
            begin, is_below_title = index, may_be_title(groups[-1])
        return groups

    def _goes_on(self, run: Lines, begin: int, index: int, *, is_below_title: bool) -> bool:
        """Whether a line belongs to the paragraph that began before it."""
        before, after = run[index - 1], run[index]
        is_open = before.last_word.lower() in _GOES_ON or before.text[-1] in ":,"
        is_full = self.width is not None and _is_full(self.width, before, after)
        ends_sentence = before.text[-1] in ".!?"
        if before.text.startswith("#") or (
            is_labelled(after.text) and not (is_full and after.text[0].islower() and not ends_sentence)
        ):
            return False
        if is_heading_or_numbered(after.text) and not (is_full and (not ends_sentence or after.text[0] == "(")):
            return False
        if is_labelled(run[begin].text) and after.raw[0].isspace() and not run[begin].raw[0].isspace():
            return True
        if self.width is None or len(before.raw) > self.width + 2:
            return max(len(before.raw), len(after.raw)) < _SHORT and (is_open or after.first_word in _GOES_ON)
        if not is_full or is_open:
            return is_full
        if ends_sentence and index - begin > 2 and len(run) > _LONG_RUN and self._begins_title(run, index):
            return False
        if index - begin > _LONG_RUN:
            return True
        return not self._is_new(run[begin:index], after, is_below_title=is_below_title)

    def _begins_title(self, run: Lines, index: int) -> bool:
        line = run[index]
        if is_title_case(line.text, 0.8):
            return True
        is_last = index + 1 < len(run) and self.width is not None and not _is_full(self.width, line, run[index + 1])
        return is_last and line.text[0].isupper() and line.text[-1] not in ".,;:)"

    def _is_new(self, lines: Lines, after: Line, *, is_below_title: bool) -> bool:
        """Whether a line after a full one is something else than it: people under a title, text under either."""
        is_long = self.width is not None and len(after.raw) > 0.7 * self.width
        if is_names(" ".join(line.text for line in lines)) and not is_names(after.text):
            return is_long
        if is_below_title or len(lines) > 2:
            return False
        if is_names(after.text) and not self._is_known(after.text):
            return True
        if not all(is_title_case(line.text) for line in lines):
            return False
        if may_be_name(after.text):
            return not self._is_known(after.text)
        return after.text[0].isupper() and is_long and not is_title_case(after.text)

    def _is_known(self, text: str) -> bool:
        """Whether most words stand elsewhere in lower case, and so name no person."""
        words = [word for word in re.findall(r"[^\W\d_]{2,}", text.lower()) if word not in _GOES_ON]
        return sum(word in self.known for word in words) > 0.5 * len(words)
