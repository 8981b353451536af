"""What the action and the workflows say: pins, permissions, and where the key goes."""

import re
from pathlib import Path

import pytest

from tests.nightly.lab import ACTION, CHECKOUT, loaded

WORKFLOWS = CHECKOUT / ".github" / "workflows"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}|\$/\.github/actions/refresh")


@pytest.mark.parametrize("file", sorted([*WORKFLOWS.glob("*.yml"), ACTION / "action.yml"]), ids=lambda file: file.name)
def test_every_action_is_pinned_and_nothing_is_pasted_into_a_shell(file: Path) -> None:
    read = loaded(file)
    jobs = [*read["jobs"].values()] if "jobs" in read else [read["runs"]]
    steps = [step for job in jobs for step in job["steps"]]
    assert steps
    assert [step["uses"] for step in steps if "uses" in step and not PINNED.fullmatch(step["uses"])] == []
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
    assert all(step["with"]["persist-credentials"] is False for step in steps if "checkout" in step.get("uses", ""))


def test_the_nightly_job_may_write_contents_and_pull_requests_and_no_more() -> None:
    read = loaded(WORKFLOWS / "refresh.yml")
    (job,) = read["jobs"].values()
    assert read["permissions"] == {}
    assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert job["timeout-minutes"]
    assert read["concurrency"]["cancel-in-progress"] is False


def test_the_key_is_in_the_environment_of_one_step_only() -> None:
    steps = loaded(ACTION / "action.yml")["runs"]["steps"]
    named = [step["name"] for step in steps if "api-key" in str(step)]
    assert named == ["Refresh"]
