"""A model's server on this machine, over real HTTP, that can be told to fail."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.shared import shared_folder


class Stub:
    """A running server; `url` is what a client takes as its base URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    def stats(self) -> dict[str, Any]:
        """What was asked of it so far: `total`, `status`, `answered`, `answered_again`, `peak_in_flight`, ..."""
        return self._ask("GET", "/stats")

    def config(self, **options: object) -> None:
        """Change options while it runs: `config(fault="429:0.2", latency_ms=5)`."""
        self._ask("POST", "/config", options)

    def reset(self) -> None:
        """Forget what was asked."""
        self._ask("POST", "/reset", {})

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url.removesuffix("/v1") + path, data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


@contextmanager
def running_stub(**options: object) -> Iterator[Stub]:
    """A server in a process of its own on a free port, until the block ends; options as its help names them.

    Skips the test where the server is not there.
    """
    server = shared_folder() / "tools" / "stub_server.py"
    settings = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    command = [sys.executable, str(server), "--port", "0", *settings]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            ready, _, url = process.stdout.readline().strip().partition(" ")
            assert ready == "READY", "the stub server did not start"
            yield Stub(url)
        finally:
            process.terminate()
