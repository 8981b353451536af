"""Runs the command line in a process of its own that writes down whom it contacts, by whatever means."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_RECORDER = """
import json, os, sys

to = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def write_down(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        kind, whom = "contact", args[1] if isinstance(args[1], tuple) else (args[1], 0)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        kind, whom = "contact", (*args, 0)
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        kind, whom = "program", args
    else:
        return
    os.write(to, (json.dumps([kind, whom[:2]], default=str) + chr(10)).encode())

sys.addaudithook(write_down)
"""
COMMAND = "from agent.cli import main; main()"


@dataclass(frozen=True)
class Told:
    """What a process printed, how it ended, and what it was seen to do."""

    code: int
    out: str
    err: str
    places: frozenset[tuple[str, int]]
    """Host and port of all that was contacted or looked up."""
    programs: frozenset[str]
    """What it started, whose contacts are not seen."""


def watch(scratch: Path, *words: object, code: str = COMMAND, **environ: str) -> Told:
    """Run it, with this environment and nothing else of the machine's that names a server or a key."""
    seen = scratch / "seen.jsonl"
    seen.unlink(missing_ok=True)
    kept = {name: value for name, value in os.environ.items() if not _is_a_way(name)}
    line = [sys.executable, "-c", f"{_RECORDER}\n{code}", str(seen), *map(str, words)]
    ended = subprocess.run(line, env=kept | environ, capture_output=True, text=True, check=False, timeout=120)
    events = [json.loads(each) for each in seen.read_text().splitlines()] if seen.exists() else []
    places = frozenset((str(whom[0]), int(whom[1] or 0)) for kind, whom in events if kind == "contact")
    programs = frozenset(Path(str(whom[0])).name for kind, whom in events if kind == "program")
    return Told(ended.returncode, ended.stdout, ended.stderr, places, programs)


def _is_a_way(name: str) -> bool:
    return name.startswith("OPENAI_") or name.lower().endswith("_proxy")
