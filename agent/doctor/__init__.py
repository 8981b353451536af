"""Says whether a build could run: with which model, at which server, through which hosts, at what price, on what."""

from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from platform import python_version

from agent.connect import Access, asks_a_server
from agent.doctor.asking import ask
from agent.doctor.check import Check, Checkup, State, fine, note, wrong
from agent.doctor.money import look_at_money
from agent.doctor.stand import look_at_cache, look_at_disk, look_at_review
from agent.doctor.way import look_at_model, look_at_pace, look_at_way
from agent.errors import FolderError
from agent.folder import Folder
from agent.pipeline.monthly import within_month
from agent.review import Protocol

__all__ = ["Check", "Checkup", "State", "examine"]

_PACKAGES = ("conspectus", "openai", "instructor", "pydantic")

Ask = Callable[[str], None] | None
"""Told before each question to the server; None: nothing is sent."""


def examine(folder: Folder, access: Access, environ: Mapping[str, str], ask_and_say: Ask = None) -> Checkup:
    """Look at a review and the way to its model, or at that way alone where the folder holds no review.

    Nothing is written that stays, and nothing sent without `ask_and_say`.
    """
    return Checkup(checks=tuple(_checks(folder, access, environ, ask_and_say)))


def _checks(folder: Folder, access: Access, environ: Mapping[str, str], ask_and_say: Ask) -> Iterator[Check]:
    protocol, complaint = _protocol(folder)
    if protocol is not None:
        access, unread = _month(protocol, access, folder)
        yield from unread
    if protocol is None and complaint and complaint.state is State.WRONG and access.model is None:
        yield complaint  # which model it names is not known
    else:
        yield from _way(protocol or Protocol(), access, environ, ask_and_say)
        if complaint:
            yield complaint
    if protocol is not None:
        yield from look_at_review(folder, protocol)
        yield look_at_disk(folder)
        yield look_at_cache(folder)
    numbers = {"Python": python_version(), **{name: version(name) for name in _PACKAGES}}
    yield fine("versions", ", ".join(f"{name} {number}" for name, number in numbers.items()), numbers)


def _way(protocol: Protocol, access: Access, environ: Mapping[str, str], ask_and_say: Ask) -> Iterator[Check]:
    yield look_at_model(protocol, access)
    way = list(look_at_way(protocol, access, environ))
    yield from way
    if not asks_a_server(protocol, access):
        if ask_and_say is not None:
            yield note("asked", "nothing was sent, since no server is asked for this model", "name one with --model")
        return
    if ask_and_say is None:
        mode = protocol.model.mode
        yield fine("mode", f"{mode}; whether the server keeps to it, --ask finds out with two tiny calls", mode)
    elif any(check.state is State.WRONG for check in way):
        yield note("asked", "nothing was sent, since something is wrong with the way to the server")
    else:
        yield from ask(protocol, access, ask_and_say)
    yield look_at_pace(protocol)
    yield from look_at_money(protocol, access)


def _month(protocol: Protocol, access: Access, folder: Folder) -> tuple[Access, list[Check]]:
    """The access with what is left of the month, or what keeps that from being known."""
    try:
        return within_month(access, protocol, folder), []
    except FolderError as error:
        return access, [wrong("limits", str(error))]


def _protocol(folder: Folder) -> tuple[Protocol | None, Check | None]:
    """What review.toml says, or why there is nothing that it says."""
    try:
        if not folder.path.is_dir():
            return None, wrong("review", f"there is no folder {folder.path}", "look at how its name is written")
        if not folder.protocol_file.is_file():
            says = f"{folder.path.resolve()} holds none, so that only the way to a model is looked at"
            return None, note("review", says, "`conspectus init FOLDER FILES` makes one")
        return folder.protocol(), None
    except FolderError as error:
        return None, wrong("review", str(error))
    except OSError as error:
        return None, wrong("review", f"{error.filename} cannot be looked at: {error.strerror}")
