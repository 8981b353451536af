"""Whether what is committed is what a refresh would make: it is made again on a copy, and nothing is asked for it."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.connect import Access, rehearse
from agent.errors import CallError
from agent.folder import Folder
from agent.llm.call import Call, Reply
from agent.papers import Frozen
from agent.pipeline import baseline
from agent.pipeline.estimate import run_on_copy
from agent.pipeline.minimums import Reached, reached
from agent.pipeline.wish import Wish
from agent.report import Report
from agent.review import Protocol


class Locked(Frozen):
    """How the committed review compares with what a refresh would make of it."""

    report: Report
    """Of the copy."""
    waiting: tuple[str, ...] = ()
    """What a refresh would have to ask first, a sentence each."""
    differing: tuple[str, ...] = ()
    """Files that would be others, by name."""
    said: tuple[str, ...] = ()
    """What a refresh would say on the way, which tells why."""
    minimums: tuple[Reached, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether a refresh would ask nothing and change no byte."""
        return not self.waiting and not self.differing

    @property
    def holds(self) -> bool:
        """Whether it is current, and no figure is below what review.toml asks for."""
        return self.is_current and all(one.is_met for one in self.minimums)


class _Counting:
    """A Transport that answers nothing, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """See `Transport.send_all`."""
        for call in calls:
            self.asked[call.prompt] = self.asked.get(call.prompt, 0) + 1
            yield call, CallError("nothing is asked with --locked")


def look_locked(folder: Folder, protocol: Protocol, access: Access) -> Locked:
    """Compare the review with what a refresh would make; nothing is asked, and nothing of it is written."""
    with ExitStack() as closing:
        place = Path(closing.enter_context(TemporaryDirectory(prefix="conspectus-")))
        counting = _Counting()
        connection = closing.enter_context(rehearse(protocol, access, counting, aside=counting))
        run = run_on_copy(
            folder, protocol, place, connection, Wish(is_refresh=True, is_clone=not baseline.is_kept(folder))
        )
        said: list[str] = []
        run.say = said.append
        run.gather()
        for step in ("induce", "classify", "write"):
            if not getattr(run, step)():
                break
        report = run.finish()
        waiting = tuple(f"{prompt}: {n}" for prompt, n in counting.asked.items())
        differing = () if waiting else tuple(_differing(folder.path, place))
        return Locked(
            report=report,
            waiting=waiting,
            differing=differing,
            said=tuple(said),
            minimums=reached(report, protocol.minimums),
        )


def _differing(here: Path, copy: Path) -> Iterator[str]:
    """The files of the copy that stand otherwise here, or not at all."""
    for path in sorted(path for path in copy.rglob("*") if path.is_file()):
        name = path.relative_to(copy).as_posix()
        if name.startswith((".conspectus/", ".git")):
            continue
        other = here / name
        if not other.is_file() or other.read_bytes() != path.read_bytes():
            yield name
