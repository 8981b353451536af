"""Writes a source and reads it, as the tests of all formats need."""

from pathlib import Path

from agent.papers import Reading
from agent.sources import read


def read_text_as(folder: Path, name: str, text: str | bytes) -> Reading:
    """What a file of this name and content gives."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path, name)
