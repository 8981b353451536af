"""Recorded calls with their replies as lines of a file: read with care, written whole or not at all."""

import filecmp
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from math import inf
from pathlib import Path

from agent.errors import NotKept
from agent.llm.call import Call, Json, Reply, Usage

Line = dict[str, Json]
"""A call with its reply: key, prompt, model, parameters, schema, system, user, reply."""
UNREADABLE = (ValueError, KeyError, TypeError, RecursionError)
"""What is raised where a line, or what a cache holds, is none that was recorded."""

_TWICE = "take one of them out, or let `conspectus cache export` to this file do it"


def line_of(call: Call, reply: Reply | None = None) -> Line:
    """All of a call that decides its answer, and its reply where there is one."""
    line = {
        "key": call.key,
        "prompt": call.prompt,
        "model": call.model,
        "parameters": dict(sorted(call.parameters.items())),
        "schema": call.schema,
        "system": call.system,
        "user": call.user,
    }
    return line if reply is None else {**line, "reply": fields_of(reply)}


def fields_of(reply: Reply) -> dict[str, Json]:
    """A reply as JSON."""
    usage = reply.usage
    taken = {
        "calls": usage.calls,
        "attempts": usage.attempts,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_usd": usage.cost_usd,
    }
    return {"text": reply.text, "model": reply.model, "day": reply.day, "usage": taken}


def reply_of(line: Line) -> Reply:
    """The reply of a line; KeyError, TypeError or ValueError where it is none."""
    fields = line["reply"]
    if not all(value is None or 0 <= value < inf for value in fields["usage"].values()):
        raise ValueError("a reply that took less than nothing, or more than there is")
    return Reply(**{**fields, "usage": Usage(**fields["usage"])})


def encoded(line: Line) -> bytes:
    try:
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair can only be written as an escape
        return json.dumps(line).encode() + b"\n"


def read_lines(path: Path, *, is_growing: bool = False) -> dict[str, Line]:
    """The lines by key; NotKept with the number of the first that is broken.

    A file that is growing need not be there yet, and a last line that a kill cut short is taken out of it.
    """
    lines: dict[str, Line] = {}
    if is_growing and not is_there(path):
        return lines
    for number, text in numbered(path, is_growing=is_growing):
        line = parsed(text)
        if line is None and is_growing and not text.endswith("\n"):
            break
        if line is None:
            raise broken(path, number, "not a recorded call with its reply")
        if line["key"] in lines:
            raise NotKept(f"{path}, line {number}: a second reply to the call {line['key']}; {_TWICE}")
        lines[line["key"]] = line
    if is_growing and not _ends_a_line(path):
        write_lines(path, map(encoded, lines.values()))  # or the next line would be glued to the last
    return lines


def numbered(path: Path, *, is_growing: bool = False) -> Iterator[tuple[int, str]]:
    """The file's lines that say something, each with its number; NotKept where it cannot be read."""
    try:
        with path.open("rb") as file:
            for number, data in enumerate(file, start=1):
                is_cut = is_growing and not data.endswith(b"\n")  # perhaps in the middle of a character
                text = data.decode("utf-8", "replace" if is_cut else "strict")
                if text.strip():
                    yield number, text
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise NotKept(f"{path} cannot be read: it is not UTF-8 text; restore it, or name another file") from error


def is_there(path: Path) -> bool:
    """Whether there is such a file; NotKept where its folder is closed to us."""
    try:
        return path.exists()
    except OSError as error:
        raise _unreadable(path, error) from error


def parsed(text: str) -> Line | None:
    """A line as it was recorded; None where this is none."""
    try:
        line: Line = json.loads(text)
        reply = reply_of(line)
    except UNREADABLE:
        return None
    needed = ("key", "prompt", "model", "system", "user")
    is_whole = all(isinstance(line.get(name), str) for name in needed) and isinstance(reply.text, str)
    return line if is_whole else None


def broken(path: Path, number: int, what: str) -> NotKept:
    return NotKept(f"{path}, line {number}: {what}; take the line out or restore it")


def append(path: Path, data: bytes) -> None:
    """Add all of it to the file or nothing: half a line would spoil the next."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
        n_before = file.tell()
        try:
            with file:
                file.write(data)
        except OSError:
            os.truncate(path, n_before)
            raise
    except OSError as error:
        raise _unwritable(path, error) from error


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write the whole file or nothing: the old one stays where the disk is full, and where it has these bytes."""
    draft = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        if not (path.exists() and filecmp.cmp(draft, path, shallow=False)):
            draft.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        n_bytes = file.seek(0, os.SEEK_END)
        file.seek(max(0, n_bytes - 1))
        return file.read() in (b"", b"\n")


def _unreadable(path: Path, error: OSError) -> NotKept:
    return NotKept(f"{path} cannot be read: {error.strerror}; make it readable, or name another file")


def _unwritable(path: Path, error: OSError) -> NotKept:
    return NotKept(f"{path} cannot be written: {error.strerror}; make room, or write to another file")
