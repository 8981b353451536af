"""A review as it stood at a commit, read through git, and what is otherwise by now or at another commit."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.changes import Changes, State, compare
from agent.errors import FolderError
from agent.folder import Folder
from agent.folder.lines import MENDED
from agent.folder.versions import refuse_newer
from agent.pipeline.baseline import state_of
from agent.pipeline.finder import Finder

_FILES = ("papers.jsonl", "cards.jsonl", "answers.jsonl", "taxonomy.yaml", "report.json", "survey/survey.json")
"""What a review is compared by, and what says of which format it is."""
_CORPUS = "papers.jsonl"


def changes_since(folder: Folder, revision: str, later: str | None = None) -> Changes:
    """What changed since a commit until another one, or until now; FolderError where either cannot be read."""
    folder.protocol()  # before git is asked about a folder that holds no review
    before = state_at(folder, revision)
    after = state_at(folder, later) if later is not None else state_of(folder)
    return compare(before, after, Finder(after).find)


def state_at(folder: Folder, revision: str) -> State:
    """The review as it stood at a commit."""
    commit = _commit(folder.path, revision)
    names = _git(folder.path, "ls-tree", "-r", "-z", "--name-only", commit, "--", *_FILES).decode().split("\0")
    if _CORPUS not in names:
        raise FolderError(f"there is no review at {revision} in {folder.path}: it has no {_CORPUS} there")
    with TemporaryDirectory(prefix="conspectus-") as place:
        for name in filter(None, names):
            file = Path(place) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_git(folder.path, "cat-file", "blob", f"{commit}:./{name}"))
        try:
            refuse_newer(Path(place))
            return state_of(Folder(Path(place)))
        except FolderError as error:
            why = str(error).replace(place, "").removesuffix(f"; {MENDED}")
            raise FolderError(f"the review at {revision} cannot be read by this version: {why}") from error


def _commit(path: Path, revision: str) -> str:
    """The commit that a revision names; FolderError says why it names none here."""
    _git(path, "rev-parse", "--show-prefix")  # says whether this is a repository at all
    try:
        found = _git(path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except FolderError as error:
        is_shallow = _git(path, "rev-parse", "--is-shallow-repository").strip() == b"true"
        hint = "; the clone is shallow, and `git fetch --deepen=1` brings one commit more" if is_shallow else ""
        raise FolderError(f"git knows no commit {revision} in {path}{hint}") from error
    return found.decode().strip()


def _git(path: Path, *words: str) -> bytes:
    """What git prints; FolderError with what it says where it fails."""
    environment = os.environ | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "-C", str(path), *words]
    try:
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True
        ).stdout
    except FileNotFoundError as error:
        raise FolderError("git is not installed, or not on the PATH; an earlier state is read through it") from error
    except (OSError, ValueError) as error:  # a null byte in a revision is no word of a command line
        raise FolderError(f"git cannot be run: {error}") from error
    except subprocess.CalledProcessError as error:
        said = next(
            iter(error.stderr.decode("utf-8", "replace").strip().splitlines()), f"it ended with {error.returncode}"
        )
        if "not a git repository" in said:
            raise FolderError(f"{path} is in no git repository, so that there is no earlier state to read") from error
        raise FolderError(f"git: {said.removeprefix('fatal: ')}") from error
