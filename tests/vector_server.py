"""A server of vectors on this machine that answers as it is told to, and keeps what it was asked."""

import json
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answering = Callable[[Sequence[str]], tuple[int, Any]]
"""From the texts of a request to a status and the JSON of the reply."""


class VectorServer:
    """Takes requests at any path; `asked` has the path and the body of each, in the order they came."""

    def __init__(self, answering: Answering) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.asked.append((self.path, body))
                status, told = answering(body["input"])
                data = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def sizes(self) -> list[int]:
        """How many texts each request had."""
        return [len(body["input"]) for _, body in self.asked]

    def __enter__(self) -> "VectorServer":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def told(vectors: Sequence[Any], **more: Any) -> tuple[int, Any]:  # noqa: ANN401  (any JSON)
    """A reply with these vectors, in this order and so numbered."""
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    return 200, {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": len(data)}} | more


def refused(status: int, why: str = "no") -> tuple[int, Any]:
    return status, {"error": {"message": why}}
