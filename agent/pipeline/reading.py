"""A source as it lies there: whether it does, its bytes, and what it gives."""

import hashlib
from pathlib import Path

from agent.errors import SourceError
from agent.folder import Folder
from agent.papers import Record, Skipped
from agent.report import SourceReport
from agent.review import Source
from agent.sources import read
from agent.wording import count


def is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # its folder is closed to us
        return True


def digest_of_source(folder: Folder, source: Source) -> str:
    """The SHA-256 of a source's bytes; empty where it is not there, or not to be had."""
    path = folder.source_file(source)
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # `read` says what is wrong with it
        return ""


def read_source(folder: Folder, source: Source, digest: str) -> tuple[tuple[Record, ...], SourceReport]:
    path = folder.source_file(source)
    try:
        reading = read(path, source.name)
    except SourceError as error:
        why = str(error).replace(str(path), source.name)  # the report is the same wherever the folder lies
        whole = Skipped(file=source.name, position=None, why=why)
        return (), SourceReport(name=source.name, sha256=digest, n_records=0, skipped=(whole,))
    given = SourceReport(name=source.name, sha256=digest, n_records=len(reading.records), skipped=reading.skipped)
    return reading.records, given


def in_words(given: SourceReport) -> str:
    """What a source gave, in a line."""
    if given.unread:
        return f"skipped: {given.unread}"
    aside = f", {count(len(given.skipped), 'entry', 'entries')} skipped" if given.skipped else ""
    return f"{given.name}: {count(given.n_records, 'record')}{aside}"
