"""What is told while a command works: a moving line on a terminal, plain lines elsewhere, and all of it on stderr."""

import json
import sys
import time
from collections.abc import Callable, Mapping

from rich.console import Console as RichConsole
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from agent.llm.call import Usage
from agent.papers import Frozen

WHAT = {
    "induce_propose": "proposing categories",
    "induce_merge": "merging categories",
    "induce_terms": "learning marking words",
    "classify_paper": "reading papers",
    "classify_quotes": "asking again for quotes",
    "write_section": "writing sections",
    "write_missing": "writing on forgotten papers",
    "write_merge": "ordering sections",
    "write_introduction": "writing the introduction",
    "write_synthesis": "writing the synthesis",
    "write_gaps": "writing on gaps",
    "check_support": "checking claims",
    "check_repair": "repairing claims",
}
"""What each prompt is doing, in the user's words."""
SECONDS_BETWEEN_LINES = 10.0


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
        self._rich.print(sentence, markup=False, soft_wrap=True)

    def progress(self, prompt: str, n_done: int, n_all: int) -> None:
        """Count, rate, time left and cost so far of what is being asked."""
        now = time.monotonic()
        began = self._began.setdefault(prompt, now)
        rate = n_done / (now - began) if now > began else 0.0
        if self._rich.is_terminal:
            self._move(prompt, n_done, n_all, rate)
        elif n_done == n_all or now - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = now
            left = f", {(n_all - n_done) / rate:.0f} s left" if rate and n_done < n_all else ""
            speed = f", {rate:.1f} a second" if rate and n_done > 1 else ""
            self.say(f"{WHAT.get(prompt, prompt)}: {n_done} of {n_all}{speed}{left}{self._cost()}")
        if n_done == n_all:
            del self._began[prompt]

    def _move(self, prompt: str, n_done: int, n_all: int, rate: float) -> None:
        if self._bar is None:
            self._bar = Progress(
                TextColumn("{task.description:<26}"),
                BarColumn(bar_width=28),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[cost]}"),
                console=self._rich,
            )
            self._bar.start()
        speed = f"{rate:.1f}/s" if rate and n_done > 1 else ""
        if prompt not in self._tasks:
            self._tasks[prompt] = self._bar.add_task(WHAT.get(prompt, prompt), total=n_all, rate="", cost="")
        # The same prompt may be asked again later in a run, of other passages.
        cost = self._cost().removeprefix(", ")
        self._bar.update(self._tasks[prompt], completed=n_done, total=n_all, rate=speed, cost=cost)

    def _cost(self) -> str:
        total = sum(self.spent().values(), Usage())
        if not total.attempts:
            return ""
        tokens = f"{total.input_tokens + total.output_tokens:,} tokens"
        return f", {tokens}" if total.cost_usd is None else f", {tokens}, ${total.cost_usd:.4f}"

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def show(text: str) -> None:
    """A line of the command's result, on stdout."""
    sys.stdout.write(f"{text}\n")


def show_json(value: Frozen | Mapping[str, object] | list[object]) -> None:
    """The command's result for a program."""
    plain = value.model_dump(mode="json") if isinstance(value, Frozen) else value
    show(json.dumps(plain, ensure_ascii=False, indent=1))
