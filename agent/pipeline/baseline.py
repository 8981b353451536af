"""What a review was like when its last refresh came to its end, with which the next one compares what it made.

So nothing is missing from an entry in CHANGES.md: neither what a refresh changed that was killed half way, nor what
`add` and `build` brought in since. It is this machine's alone; in a fresh clone a refresh begins from what stands.
"""

from pathlib import Path
from shutil import copyfile, rmtree

from agent.changes import State
from agent.errors import FolderError
from agent.folder import Folder
from agent.folder.files import guarded
from agent.papers import digest_of

_COPIED = ("papers.jsonl", "cards.jsonl", "answers.jsonl", "taxonomy.yaml", "survey/survey.json")
_WHOLE = "whole"
"""Made when all of it is copied: without it the copy is of no use."""
_BEGUN = "begun"
_PAGE = "changes"
"""The digest of CHANGES.md at that time. Another one now means that git brought another state of the review, or that
a refresh was killed when its entry was written: either way there is nothing left to compare."""


def is_kept(folder: Folder) -> bool:
    """Whether there is something to compare with, of which what stands came."""
    place = _place(folder)
    try:
        return (place / _WHOLE).exists() and (place / _PAGE).read_text("utf-8") == digest_of(_page(folder))
    except OSError:
        return False


def _page(folder: Folder) -> str:
    """CHANGES.md as it lies there, with a merge's marks in it or without."""
    path = folder.path / "CHANGES.md"
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def keep(folder: Folder) -> None:
    """Keep what stands now, in place of what was kept."""
    place = _place(folder)
    try:
        rmtree(place, ignore_errors=True)
        for name in _COPIED:
            if (folder.path / name).is_file():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                copyfile(folder.path / name, place / name)
        place.mkdir(parents=True, exist_ok=True)
        (place / _PAGE).write_text(digest_of(_page(folder)), "utf-8")
        (place / _WHOLE).touch()
    except OSError as error:
        raise FolderError(f"{place} cannot be written: {error.strerror}") from error


def begin(folder: Folder) -> None:
    """A refresh begins; what stands is kept where nothing is."""
    if not is_kept(folder):
        keep(folder)
    with guarded(_place(folder)):
        (_place(folder) / _BEGUN).touch()


def is_open(folder: Folder) -> bool:
    """Whether a refresh began that did not come to its end."""
    return (_place(folder) / _BEGUN).exists()


def before(folder: Folder) -> State:
    """The review as it was; as it is where nothing is kept."""
    return state_of(Folder(_place(folder)) if is_kept(folder) else folder)


def end(folder: Folder) -> None:
    """The refresh is written down: from now on it is what stands now that is compared with."""
    keep(folder)


def state_of(folder: Folder) -> State:
    """What stands, as it is printed."""
    draft = folder.draft()
    return State(
        corpus=folder.corpus(),
        cards=folder.cards(),
        taxonomy=folder.taxonomy(),
        draft=draft.only_checked() if draft else None,
        answers=folder.answers(),
    )


def _place(folder: Folder) -> Path:
    return folder.cache_folder.with_name("before")
