"""What all tests share: the real data beside the project, and no way out of this machine."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.command import Conspectus, runner
from tests.shared import shared_folder

# The same cases each time: what lands is not decided by chance. `HYPOTHESIS_PROFILE=wide pytest` looks further.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("wide", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees a key or server of the machine it runs on."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


@pytest.fixture
def shared() -> Path:
    """The folder of real corpora beside the project."""
    return shared_folder()


@pytest.fixture
def conspectus(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Conspectus:
    """The command line: `conspectus("build", folder)` gives its exit code and what it printed."""
    return runner(monkeypatch, capsys)
