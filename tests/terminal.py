"""A command at a terminal of its own, and all that a person sees there."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def at_a_terminal(
    command: Sequence[str], columns: int, *, cwd: Path | None = None, shows_stderr: bool = True
) -> tuple[int, str]:
    """The exit code, and what appears on a terminal of so many columns, styles included."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    environment |= {"PYTHONPATH": str(CHECKOUT), "TERM": "xterm-256color"}
    errors = theirs if shows_stderr else subprocess.DEVNULL
    with subprocess.Popen(command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=errors, env=environment) as process:
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
    os.close(ours)
    return process.returncode, seen.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that the last program at it has ended
        return b""
