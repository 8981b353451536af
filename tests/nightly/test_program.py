"""Nights with the program itself, by the built-in model, on a review of eight papers."""

from pathlib import Path

import pytest

from tests.command import Conspectus
from tests.nightly.lab import ACTION, BRANCH, CHECKOUT, TOKEN, Lab, edit, loaded

GARDENS = (CHECKOUT / "tests" / "data" / "gardens.jsonl").read_text().splitlines(keepends=True)
FIRST, REST = GARDENS[:6], GARDENS[6:]


@pytest.fixture
def gardens(lab: Lab, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A lab that keeps a review of the first six, built and pushed."""
    monkeypatch.chdir(lab.mine)
    lab.git("rm", "-rqf", "review")
    source = lab.mine / "gardens.jsonl"
    source.write_text("".join(FIRST))
    assert conspectus("init", "review", source).code == 0
    assert conspectus("build", "review", "--offline").code == 0
    lab.push("main", "A review of gardens")
    lab.use_conspectus()
    return lab


def test_two_nights_with_something_new_and_nothing_new(gardens: Lab, tmp_path: Path) -> None:
    (tmp_path / "gardens.jsonl").write_text("".join(GARDENS))
    fetch = f"cp {tmp_path}/gardens.jsonl ."
    night = gardens.night(fetch=fetch, offline="true")
    assert night.code == 0, night.out
    entry = gardens.shown("CHANGES.md").partition("\n\n")[2]
    (pull,) = gardens.github["pulls"]
    assert pull["body"].startswith(entry)
    (subject,) = gardens.commits()
    assert subject in entry
    assert subject[:1].isdigit() or subject.startswith("Two")
    assert entry in night.summary
    assert gardens.git("diff", "--name-only", "main", BRANCH, "--", "gardens.jsonl", cwd=gardens.remote)
    head = gardens.head()
    again = gardens.night(fetch=fetch, offline="true")
    assert (again.code, gardens.head()) == (0, head), again.out
    assert len(gardens.github["pulls"]) == 1


@pytest.mark.long
def test_a_colleagues_sentence_on_the_branch_and_a_move_of_base_come_through(gardens: Lab, tmp_path: Path) -> None:
    (tmp_path / "gardens.jsonl").write_text("".join(GARDENS[:7]))
    gardens.night(fetch=f"cp {tmp_path}/gardens.jsonl .", offline="true")
    text = gardens.shown("survey/survey.md")
    first = next(line for line in text.splitlines() if line.startswith('<a id="c'))
    mine = "A colleague wrote this sentence by hand."
    edit(gardens, BRANCH, "survey/survey.md", text.replace(first, f"{first}\n{mine}", 1) + "\n")
    base = edit(gardens, "main", "notes.md", "Of the lab.\n")
    (tmp_path / "gardens.jsonl").write_text("".join(GARDENS))
    night = gardens.night(fetch=f"cp {tmp_path}/gardens.jsonl .", offline="true")
    assert night.code == 0, night.out
    assert gardens.is_in(base)
    assert mine in gardens.shown("survey/survey.md")
    assert gardens.github["pulls"][0]["body"].count("\n## ") == 1


def test_max_new_stops_the_night(gardens: Lab, tmp_path: Path) -> None:
    (tmp_path / "gardens.jsonl").write_text("".join(GARDENS))
    night = gardens.night(fetch=f"cp {tmp_path}/gardens.jsonl .", offline="true", max_new="1")
    assert night.code != 0
    assert not gardens.has_branch()
    assert "2 new papers" in night.summary


def test_the_workflow_refreshes_the_demo_by_replay(lab: Lab, tmp_path: Path) -> None:
    lab.use_conspectus()
    (job,) = loaded(CHECKOUT / ".github" / "workflows" / "refresh.yml")["jobs"].values()
    own = [step for step in job["steps"] if "run" in step and step["name"] != "Install"]
    (use,) = [step for step in job["steps"] if step.get("uses") == "$/.github/actions/refresh"]
    action = loaded(ACTION / "action.yml")
    given = {name: said["default"] for name, said in action["inputs"].items()} | use["with"] | {"token": TOKEN}
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    context = {f"inputs.{name}": str(value) for name, value in given.items()} | {"github.ref_name": "main"}
    night = lab.run([*own, *action["runs"]["steps"]], context, workspace, {})
    assert night.code == 0, night.out
    remote = tmp_path / "lab.git"
    assert lab.git("log", "--format=%s", "main..conspectus/refresh", cwd=remote).startswith("1 paper came in")
    changes = lab.git("show", "conspectus/refresh:review/CHANGES.md", cwd=remote)
    assert "zhang2024longcite" in changes and "1 paper came in" in night.summary
    assert lab.github["calls"] == []
