"""What is told while a command works: a moving line on a terminal, plain lines elsewhere, and all of it on stderr."""

import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from rich.console import Console as RichConsole
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from agent.errors import FolderError
from agent.llm.call import Usage
from agent.papers import Frozen
from agent.shown import without_unseen
from agent.wording import count

WHAT = {
    "induce_propose": "proposing categories",
    "induce_merge": "merging categories",
    "induce_terms": "learning marking words",
    "classify_paper": "reading papers",
    "classify_quotes": "asking again for quotes",
    "classify_facets": "answering new facets",
    "write_section": "writing sections",
    "write_amend": "amending sections",
    "write_revise": "revising texts over them",
    "write_missing": "writing on missed papers",
    "write_merge": "ordering sections",
    "write_introduction": "writing the introduction",
    "write_synthesis": "writing the synthesis",
    "write_gaps": "writing on gaps",
    "search_embed": "placing papers by meaning",
    "ask_understand": "understanding the question",
    "ask_gather": "reading for the question",
    "ask_follow": "taking the next step",
    "ask_respond": "writing the answer",
    "check_support": "checking claims",
    "check_repair": "repairing claims",
    "eval": "asking questions",
}
"""What each prompt is doing, in the user's words."""
SECONDS_BETWEEN_LINES = 10.0
BESIDE_BAR = 68
"""Columns that words and figures take at the most, with room for the `^C` that a terminal echoes behind them."""
NARROWEST_BAR, WIDEST_BAR = 8, 40
NARROW = 70
"""Below so many columns a line has neither bar nor rate, for what is left to do and its cost say more."""

_CONTROL = re.compile("[\x7f-\x9f]")
"""What a terminal may obey and JSON does not escape by itself."""

Value = Frozen | Mapping[str, object] | Sequence[object]
"""What a command gives to a program."""


class Console:
    """Speaks on stderr, so that stdout is the command's result alone."""

    def __init__(self, *, is_terminal: bool | None = None) -> None:
        self.spent: Callable[[], Mapping[str, Usage]] = dict
        self._rich = RichConsole(stderr=True, highlight=False, force_terminal=is_terminal)
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._began: dict[str, float] = {}
        self._last_line = 0.0

    def say(self, sentence: str) -> None:
        self._rich.print(sentence, markup=False, soft_wrap=not self._rich.is_terminal)

    def progress(self, prompt: str, n_done: int, n_all: int) -> None:
        """Count, rate, time left and cost so far of what is being asked."""
        now = time.monotonic()
        is_first = prompt not in self._began
        began = self._began.setdefault(prompt, now)
        rate = n_done / (now - began) if now > began else 0.0
        if self._rich.is_terminal:
            self._move(prompt, n_done, n_all, rate, is_first=is_first)
        elif n_done == n_all or now - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = now
            left = f", {(n_all - n_done) / rate:.0f} s left" if rate and n_done < n_all else ""
            speed = f", {rate:.1f} a second" if rate and n_done > 1 else ""
            cost = f", {self._cost()}" if self._cost() else ""
            self.say(f"{WHAT.get(prompt, prompt)}: {n_done} of {n_all}{speed}{left}{cost}")
        if n_done == n_all:
            del self._began[prompt]

    def _move(self, prompt: str, n_done: int, n_all: int, rate: float, *, is_first: bool) -> None:
        if self._bar is None:
            self._bar = _new_bar(self._rich)
            self._bar.start()
        if prompt not in self._tasks:
            self._tasks[prompt] = self._bar.add_task(WHAT.get(prompt, prompt), total=n_all, rate="", cost="")
        elif is_first:  # the same prompt is asked again later in a run, of other passages
            self._bar.reset(self._tasks[prompt], total=n_all)
        speed = f"{rate:.{0 if rate >= 100 else 1}f}/s" if rate and n_done > 1 else ""
        self._bar.update(self._tasks[prompt], completed=n_done, total=n_all, rate=speed, cost=self._cost())

    def _cost(self) -> str:
        total = sum(self.spent().values(), Usage())
        if not total.attempts:
            return ""
        n_tokens = total.input_tokens + total.output_tokens
        told = f"{n_tokens // 1000:,}k tokens" if n_tokens >= 1000 else count(n_tokens, "token")
        return told if total.cost_usd is None else f"${total.cost_usd:.4f}"

    @property
    def can_ask(self) -> bool:
        """Whether a person is at both ends: reads what is asked, and can answer."""
        return self._rich.is_terminal and sys.stdin.isatty()

    def ask(self, question: str) -> bool:
        """Whether the person says yes; no answer, or another, is no."""
        self.close()
        answer = ""
        try:
            sys.stderr.write(f"{question} [y/N] ")
            sys.stderr.flush()
            answer = sys.stdin.readline()
        finally:
            if not answer.endswith("\n"):  # the input ended, or Ctrl-C was the answer
                sys.stderr.write("\n")
        return answer.strip().lower() in ("y", "yes")

    def close(self) -> None:
        """Let the bar stand as it is; what is shown from now on comes below it."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
            self._tasks.clear()

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class _Words(ProgressColumn):
    """What a line is about; where the line is too long, these words are cut and no figure."""

    def __init__(self) -> None:
        super().__init__(table_column=Column(no_wrap=False))  # rich takes from such a column first

    def render(self, task: Task) -> Text:
        return Text(task.description, no_wrap=True, overflow="ellipsis")


def _new_bar(console: RichConsole) -> Progress:
    """Lines that fit the terminal: words and figures keep their width, the bar has what is left."""
    is_narrow = console.width < NARROW
    bar_width = min(WIDEST_BAR, max(NARROWEST_BAR, console.width - BESIDE_BAR))
    return Progress(
        _Words(),
        *(() if is_narrow else (BarColumn(bar_width=bar_width),)),
        MofNCompleteColumn(),
        *(() if is_narrow else (TextColumn("{task.fields[rate]}"),)),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        TextColumn("{task.fields[cost]}"),
        console=console,
    )


def show(text: str) -> None:
    """A line of the command's result, on stdout; FolderError where there is no room for it."""
    try:
        sys.stdout.write(f"{text}\n")
    except BrokenPipeError:  # whoever read it has seen enough
        raise
    except OSError as error:
        raise FolderError(f"the output cannot be written: {error.strerror}") from error


def show_aside(text: str) -> None:
    """A line beside a result that a program reads, on stderr."""
    sys.stderr.write(f"{text}\n")


def seen(text: str) -> str:
    """The text in one line, without what a terminal would obey or nobody sees."""
    return " ".join(without_unseen(text).split())


def show_json(value: Value) -> None:
    """The command's result for a program; nouns in it are written as their fields."""
    is_unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    text = json.dumps(value, ensure_ascii=not is_unicode, indent=1, default=_fields)
    show(_CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text))


def _fields(value: object) -> object:
    if isinstance(value, Frozen):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no place in JSON")
