"""The command runs from both kinds of install: prompts and the demo are inside a wheel, and beside a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


def run(*words: object, cwd: Path, packages: Path) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own that finds `agent` in this folder alone."""
    code = f"import sys; sys.path.insert(0, {str(packages)!r}); from agent.cli import main; main()"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-P", "-c", code, *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that an installer would unpack the wheel into."""
    built = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True)
    (archive,) = built.glob("*.whl")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(built / "site-packages")
    return built / "site-packages"


def test_the_demo_runs_from_a_wheel(wheel: Path, tmp_path: Path) -> None:
    assert (wheel / "agent" / "prompts" / "classify_paper.j2").is_file()
    ended = run("demo", "d", cwd=tmp_path, packages=wheel)
    assert ended.returncode == 0, ended.stderr
    assert "12 papers cited (100.0%)" in ended.stdout
    assert (tmp_path / "d" / "survey" / "survey.html").is_file()


def test_the_demo_runs_from_a_checkout(tmp_path: Path) -> None:
    assert not (CHECKOUT / "agent" / "prompts").exists()
    ended = run("demo", "d", cwd=tmp_path, packages=CHECKOUT)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "d" / "survey" / "survey.html").is_file()


def test_a_wheel_holds_nothing_else(wheel: Path) -> None:
    assert {path.name.split("-")[0] for path in wheel.iterdir()} == {"agent", "conspectus"}
    names = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*") if path.is_file()}
    assert not [name for name in names if "test" in name or name.endswith(".pyc")]
