"""Which files become sources of a review, and under which names."""

from collections.abc import Sequence
from os.path import relpath
from pathlib import Path

from agent.errors import SourceError
from agent.folder import Folder
from agent.pipeline.gather import send_before
from agent.review import Send, Source
from agent.sources import read


def named(
    folder: Folder, files: Sequence[Path], there: Sequence[Source], send: Send | None = None
) -> tuple[Source, ...]:
    """These files as sources, under the shortest end of their path that no other source has, whatever their order."""
    known = {folder.source_file(source).resolve(): source for source in there}
    fresh = []
    for file in files:
        if not _exists(file):
            raise SourceError(f"{file}: no such file; nothing was added")
        if folder.owns(file):
            raise SourceError(f"{file} is what the review itself writes, and no source; nothing was added")
        if file.resolve() not in known and file.resolve() not in fresh:
            fresh.append(file.resolve())
    taken = {source.name for source in there}
    sources = []
    for file in sorted(fresh):
        name = next(
            name
            for n in range(1, len(file.parts) + 1)
            if (name := "/".join(file.parts[-n:])) not in taken and not _ends_another(file, fresh, n)
        )
        path = Path(relpath(file, folder.path.resolve())).as_posix()
        sources.append(Source(path=path, name=name, send=send or send_before(folder, name)))
    return tuple(sources)


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError as error:  # it lies in a folder that is closed to us, or its name is longer than a name may be
        raise SourceError(f"{file} cannot be looked at: {error.strerror}; nothing was added") from error


def is_readable(folder: Folder, source: Source) -> bool:
    try:
        read(folder.source_file(source), source.name)
    except SourceError:
        return False
    return True


def _ends_another(file: Path, files: Sequence[Path], n_parts: int) -> bool:
    return any(other != file and other.parts[-n_parts:] == file.parts[-n_parts:] for other in files)
