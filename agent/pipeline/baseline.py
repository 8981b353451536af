"""What a review was like before a refresh began, kept until its entry in CHANGES.md is written.

A refresh that is killed half way has changed files already. The next one compares with what was before the first, so
that nothing is missing from the entry.
"""

from pathlib import Path
from shutil import copyfile, rmtree

from agent.changes import State
from agent.errors import FolderError
from agent.folder import Folder
from agent.papers import Corpus

_COPIED = ("papers.jsonl", "cards.jsonl", "answers.jsonl", "taxonomy.yaml", "survey/survey.json")
_WHOLE = "whole"
"""Made when all of it is copied: without it the copy is of no use."""


def begin(folder: Folder) -> None:
    """Keep what stands, unless an earlier refresh that did not come to its end kept it."""
    place = _place(folder)
    if (place / _WHOLE).exists():
        return
    try:
        rmtree(place, ignore_errors=True)
        for name in _COPIED:
            if (folder.path / name).is_file():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                copyfile(folder.path / name, place / name)
        place.mkdir(parents=True, exist_ok=True)
        (place / _WHOLE).touch()
    except OSError as error:
        raise FolderError(f"{place} cannot be written: {error.strerror}") from error


def is_open(folder: Folder) -> bool:
    """Whether a refresh began that did not come to its end."""
    return (_place(folder) / _WHOLE).exists()


def before(folder: Folder) -> State:
    """The review as it was."""
    return state_of(Folder(_place(folder)))


def end(folder: Folder) -> None:
    """Forget it, for what came of it is written down."""
    rmtree(_place(folder), ignore_errors=True)


def state_of(folder: Folder) -> State:
    """What stands, as it is printed."""
    draft = folder.draft()
    return State(
        corpus=Corpus(folder.corpus()),
        cards=folder.cards(),
        taxonomy=folder.taxonomy(),
        draft=draft.only_checked() if draft else None,
        answers=folder.answers(),
    )


def _place(folder: Folder) -> Path:
    return folder.cache_folder.with_name("before")
