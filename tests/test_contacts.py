"""A run contacts the server that is named and nobody else, and the watch that shows it would see another."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Conspectus
from tests.contacts import watch
from tests.one_status import OneStatus
from tests.stub import Stub, running_stub

GARDENS = Path(__file__).resolve().parent / "data" / "gardens.jsonl"
KEY = "sk-n0body-may-see-this-0123456789"
HARMLESS = {"uname", "ldconfig", "gcc", "cc", "ld", "objdump", "lsb_release"}
"""What Python's own `platform` and `ctypes` start to learn about the machine."""


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    folder = tmp_path / "r"
    assert conspectus("init", folder, GARDENS).code == 0
    return folder


@pytest.fixture
def server() -> Iterator[Stub]:
    with running_stub() as stub:
        yield stub


def test_a_run_contacts_the_server_that_is_named_and_nobody_else(review: Path, server: Stub, tmp_path: Path) -> None:
    port = int(server.url.removesuffix("/v1").rsplit(":", 1)[1])
    # A build that stays short of an answer ends with 3; whom it contacts is the same.
    built = watch(tmp_path, "build", review, "--model", "stub-model", "--json", OPENAI_BASE_URL=server.url)
    n_built = server.stats()["total"]
    asked = watch(tmp_path, "doctor", review, "--model", "stub-model", "--ask", OPENAI_BASE_URL=server.url)
    assert built.code in (0, 3), built.err
    assert asked.code == 0, asked.out
    assert n_built > 8 and server.stats()["total"] == n_built + 2
    assert built.places == asked.places == {("127.0.0.1", port)}
    assert built.programs | asked.programs <= HARMLESS


def test_without_a_model_a_run_contacts_nobody(review: Path, tmp_path: Path) -> None:
    built = watch(tmp_path, "build", review, OPENAI_API_KEY=KEY)
    assert built.code == 0, built.err
    assert built.places == frozenset()
    assert (review / "survey" / "survey.html").is_file()


def test_the_watch_would_see_another_host(tmp_path: Path) -> None:
    code = """
import contextlib, socket, subprocess, sys
with contextlib.suppress(OSError):
    socket.create_connection(("127.0.0.2", 9), timeout=1)
with contextlib.suppress(OSError):
    socket.getaddrinfo("elsewhere.invalid", 443)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, contextlib.suppress(OSError):
    one.sendto(b"x", ("127.0.0.3", 9))
subprocess.run([sys.executable, "-c", ""])
"""
    seen = watch(tmp_path, code=code)
    assert seen.places == {("127.0.0.2", 9), ("elsewhere.invalid", 443), ("127.0.0.3", 9)}
    assert seen.programs == {Path(sys.executable).name}


def test_the_watch_sees_the_proxy_that_doctor_names(review: Path, tmp_path: Path) -> None:
    with OneStatus(503) as proxy:
        port = int(proxy.url.removesuffix("/v1").rsplit(":", 1)[1])
        environ = {"OPENAI_BASE_URL": "http://127.0.0.9:8/v1", "HTTP_PROXY": f"http://127.0.0.1:{port}"}
        asked = watch(tmp_path, "doctor", review, "--model", "m", "--ask", **environ)
    assert asked.places == {("127.0.0.1", port)}
    assert f"only the proxy 127.0.0.1:{port}, named by HTTP_PROXY" in asked.out


def test_no_call_follows_a_server_to_another_host(review: Path, tmp_path: Path) -> None:
    with OneStatus(200) as other, OneStatus(307, location=other.url.replace("127.0.0.1", "localhost")) as first:
        port = int(first.url.removesuffix("/v1").rsplit(":", 1)[1])
        built = watch(tmp_path, "build", review, "--model", "m", OPENAI_BASE_URL=first.url, OPENAI_API_KEY=KEY)
    assert built.code == 1
    assert "the server sends calls elsewhere (307)" in built.err and "Traceback" not in built.err
    assert other.headers == []
    assert built.places == {("127.0.0.1", port)}
