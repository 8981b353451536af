"""The command runs from both kinds of install: prompts and the demo are inside a wheel, and beside a checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
TRAVELS = ("agent", "prompts", "cassettes", "pyproject.toml", "README.md", "LICENSE")
GARDENS = CHECKOUT / "tests" / "data" / "gardens.jsonl"


class Environment:
    """A virtual environment that sees the packages of this one, but for what it installs itself."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=find_spec("pip") is None, symlinks=True)
        self.commands = folder / "bin"
        (packages,) = folder.glob("lib/python*/site-packages")
        # The .pth files in that folder are not read, so that a checkout which is installed there is not seen from here.
        (packages / "outer.pth").write_text(sysconfig.get_path("purelib") + "\n")

    def install(self, *words: object, cwd: Path) -> None:
        """What a user's `pip install` does, with the dependencies that are there already."""
        options = ["--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed", "--quiet"]
        self.run("python", "-m", "pip", "install", *options, *words, cwd=cwd)

    def run(self, command: str, *words: object, cwd: Path) -> str:
        """What the command printed; fails where it does."""
        hidden = ("PYTHONPATH", "PIP_CONSTRAINT", "PIP_REQUIRE_VIRTUALENV", "VIRTUAL_ENV")
        environment = {name: value for name, value in os.environ.items() if name not in hidden}
        line = [str(self.commands / command), *map(str, words)]
        ended = subprocess.run(line, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout


def copy_of_checkout(folder: Path) -> Path:
    """The project without what was built in it, so that no install touches the checkout."""
    folder.mkdir()
    for name in TRAVELS:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(CHECKOUT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scratch = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(scratch / "dist")]
    subprocess.run(command, cwd=copy_of_checkout(scratch / "project"), capture_output=True, check=True)
    (built,) = (scratch / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def from_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = Environment(tmp_path_factory.mktemp("from_wheel") / "env")
    environment.install(wheel, cwd=wheel.parent)
    return environment


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    scratch = tmp_path_factory.mktemp("editable")
    environment = Environment(scratch / "env")
    environment.install("-e", ".", cwd=copy_of_checkout(scratch / "project"))
    return environment


def place_of(environment: Environment, cwd: Path) -> Path:
    """Where the installed command finds the package."""
    return Path(environment.run("python", "-c", "import agent; print(agent.__file__)", cwd=cwd).strip()).parent


def build_a_survey(environment: Environment, cwd: Path) -> str:
    """What `build` says of eight papers, by the built-in model."""
    environment.run("conspectus", "init", "r", GARDENS, cwd=cwd)
    return environment.run("conspectus", "build", "r", "--offline", cwd=cwd)


def test_a_survey_is_built_from_a_wheel(from_wheel: Environment, tmp_path: Path) -> None:
    place = place_of(from_wheel, tmp_path)
    assert place.is_relative_to(from_wheel.commands.parent)
    assert (place / "prompts" / "classify_paper.j2").is_file()
    assert "8 papers" in build_a_survey(from_wheel, tmp_path)
    assert (tmp_path / "r" / "survey" / "survey.html").is_file()


def test_the_demo_runs_from_a_wheel(from_wheel: Environment, tmp_path: Path) -> None:
    assert "12 papers cited (100.0%)" in from_wheel.run("conspectus", "demo", "d", cwd=tmp_path)
    assert (tmp_path / "d" / "survey" / "survey.html").is_file()


def test_a_survey_is_built_from_an_editable_install(editable: Environment, tmp_path: Path) -> None:
    place = place_of(editable, tmp_path)
    assert place == editable.commands.parents[1] / "project" / "agent"
    assert not (place / "prompts").exists()
    assert "8 papers" in build_a_survey(editable, tmp_path)
    assert (tmp_path / "r" / "survey" / "survey.html").is_file()


def test_the_demo_runs_from_an_editable_install(editable: Environment, tmp_path: Path) -> None:
    assert "12 papers cited (100.0%)" in editable.run("conspectus", "demo", "d", cwd=tmp_path)
    assert (tmp_path / "d" / "survey" / "survey.html").is_file()


def test_the_help_names_the_commands(from_wheel: Environment, tmp_path: Path) -> None:
    told = from_wheel.run("conspectus", "--help", cwd=tmp_path)
    assert [name for name in ("init", "build", "demo", "doctor") if f"  {name} " not in told] == []


def test_a_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"agent", "conspectus"}
    assert not [name for name in names if "test" in name or name.endswith(".pyc")]
