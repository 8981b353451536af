"""A server on this machine that says one and the same to every call, and keeps what it was sent."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class OneStatus:
    """Gives one status to all, with the way elsewhere where there is one."""

    def __init__(self, status: int, location: str | None = None) -> None:
        self.headers: list[dict[str, str]] = []
        """Of each call, under names in small letters."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                body = b'{"error": {"message": "no"}}'
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> "OneStatus":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
