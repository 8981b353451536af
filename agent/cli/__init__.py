"""The command line: names its commands and loads the one that is called."""

import importlib
import io
import signal
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from agent.errors import BudgetSpent, ConspectusError, Declined, Unfinished

COMMANDS = {
    "init": "Make a review folder from files of papers.",
    "add": "Add files of papers to a review.",
    "papers": "Read the sources; list the papers and what was skipped.",
    "taxonomy": "Make the taxonomy, or show the one you gave.",
    "classify": "Give every paper its card.",
    "draft": "Write the survey from the cards, each claim checked.",
    "check": "Check the survey against the papers and print the figures.",
    "build": "Do all that is not done yet, and print the survey.",
    "refresh": "Bring in what is new, touch only that, and say what changed.",
    "status": "Say what stands and what is out of date; nothing is asked.",
    "diff": "Say what changed since a commit: papers, claims, answers.",
    "log": "List the runs with what each took, and what a month cost.",
    "search": "Find papers by words; nothing is asked of a model.",
    "ask": "Answer a question from the papers, or say that they do not.",
    "eval": "Measure answers against questions whose answers you know.",
    "estimate": "Say what a build would take, in calls, tokens and dollars.",
    "demo": "Build a small review from recorded answers: no key, no network.",
    "doctor": "Say whether a build could run, and what stands in its way.",
    "cache": "Say what answers are kept; export, import or prune them.",
}

DONE, FAILED, INCOMPLETE, INTERRUPTED = 0, 1, 3, 130
"""Exit codes: done; an error the user can mend; done, but not all was answered or could be read; stopped by Ctrl-C."""


class Commands(TyperGroup):
    """Loads a command's module when the command is called; until then its name and line are all that is known."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401  (typer's own context class is private)
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"agent.cli.{cmd_name}")
        if isinstance(module.command, typer.Typer):  # a command with words of its own
            module.command.info.name, module.command.info.help = cmd_name, module.__doc__
            return typer.main.get_command(module.command)
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(cmd_name, help=module.__doc__)(module.command)
        return typer.main.get_command(app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        """Run the command; a Ctrl-C is told here, for typer ends on it without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _end("stopped; what was answered is kept, and the next run goes on from there", INTERRUPTED)


app = typer.Typer(
    cls=Commands, add_completion=False, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False
)


def _say_version(is_asked: bool) -> None:
    if is_asked:
        importlib.import_module("agent.cli.version").say_version()
        raise typer.Exit


@app.callback()
def conspectus(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Turn a pile of papers into a survey whose every citation is checked.

    Start with `conspectus init my-review FILES...`, then `conspectus build my-review`.
    """


def main() -> None:
    """Run the command line; an error becomes one line and an exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a title may hold what the terminal cannot show; stderr escapes it
    _end_as_by_ctrl_c()
    try:
        app()
    except (BudgetSpent, Declined, Unfinished) as error:
        _end(str(error), INCOMPLETE)
    except ConspectusError as error:
        _end(str(error), FAILED)


def _end_as_by_ctrl_c() -> None:
    """Let a run that is ended from outside, or with its terminal, still tell and write down what it paid."""
    for name in ("SIGTERM", "SIGHUP"):  # there is no SIGHUP on Windows, and nohup asks not to hear it
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _end(sentence: str, code: int) -> NoReturn:
    sys.stdout.flush()  # what was shown comes before why it ended, also where both go to one file
    sys.stderr.write(f"conspectus: {sentence}\n")
    sys.exit(code)
