"""The nightly job, its steps run as the plain shell they are: what is committed, pushed, proposed, and never lost."""

import re

import pytest

from tests.nightly.lab import BRANCH, Lab, edit, warned

# Twice, and many nights


def test_something_new_is_one_commit_with_its_entry_and_one_pull_request(lab: Lab) -> None:
    lab.add_papers("A new paper", "Another")
    night = lab.night()
    assert night.code == 0, night.out
    assert lab.commits() == ["2 papers added."]
    assert lab.shown("CHANGES.md").startswith("# Changes\n\n## 2026-11-22\n\n2 papers added.\n- added: A new paper")
    (pull,) = lab.github["pulls"]
    assert (pull["head"], pull["base"], pull["title"]) == (BRANCH, "main", "The review, refreshed")
    assert pull["body"].startswith("## 2026-11-22\n\n2 papers added.\n- added: A new paper\n- added: Another\n")
    assert "(https://github.com/lab/reviews/actions/runs/77)" in pull["body"]
    assert "2 papers added." in night.summary
    assert "https://github.com/lab/reviews/pull/1" in night.summary
    assert night.outputs["changed"] == "true"
    assert night.outputs["pull-request"] == "1"
    assert night.outputs["cached"] == "true"


def test_nothing_new_is_no_commit_no_branch_and_no_pull_request(lab: Lab) -> None:
    night = lab.night()
    assert night.code == 0, night.out
    assert not lab.has_branch()
    assert lab.github["calls"] == []
    assert "Nothing is new" in night.summary
    assert night.outputs["changed"] == "false"


def test_a_second_night_with_nothing_new_leaves_branch_and_pull_request_alone(lab: Lab) -> None:
    lab.add_papers("A new paper")
    lab.night()
    head, pull = lab.head(), lab.github["pulls"]
    night = lab.night()
    assert night.code == 0, night.out
    assert (lab.head(), lab.github["pulls"]) == (head, pull)


def test_three_nights_with_the_pull_request_unmerged_and_a_colleague_on_the_branch(lab: Lab) -> None:
    lab.add_papers("First")
    lab.night()
    first = lab.head()
    colleagues = edit(lab, BRANCH, "notes.md", "Read this one closely.\n")
    lab.add_papers("Second")
    assert lab.night().code == 0
    second = lab.head()
    lab.add_papers("Third", "Fourth")
    night = lab.night()
    assert night.code == 0, night.out
    assert lab.commits() == ["1 papers added.", "By hand: notes.md", "1 papers added.", "2 papers added."]
    assert all(lab.is_in(commit) for commit in (first, colleagues, second))
    assert lab.shown("notes.md") == "Read this one closely."
    (pull,) = lab.github["pulls"]
    assert re.findall(r"^## .*|^- .*", pull["body"], re.M) == [
        "## 2026-11-24", "- added: Third", "- added: Fourth", "## 2026-11-23", "- added: Second",
        "## 2026-11-22", "- added: First",
    ]  # fmt: skip
    lab.take_up("main")
    lab.git("merge", "-q", "--no-edit", f"origin/{BRANCH}")  # a person merges it without a conflict


def test_what_base_did_meanwhile_is_merged_and_what_is_made_again_is_no_conflict(lab: Lab) -> None:
    lab.add_papers("First")
    lab.night()
    edit(lab, "main", "report.json", '{"n_papers": 1, "by": "main"}\n')
    edit(lab, "main", "survey/survey.html", "<h1>Survey</h1>\nmain\n")
    edit(lab, "main", "CHANGES.md", "# Changes\n\n## 2026-11-20\n\nBy main.\n")
    base = lab.add_papers("Second")
    night = lab.night()
    assert night.code == 0, night.out
    assert lab.is_in(base)
    assert lab.shown("report.json") == '{"n_papers": 3}'
    assert "main" not in lab.shown("survey/survey.html")
    assert "By main." in lab.shown("CHANGES.md")
    assert "By main." not in lab.github["pulls"][0]["body"]
    assert lab.github["pulls"][0]["body"].count("\n## ") == 1


def test_without_gitattributes_no_entry_and_no_line_is_lost(lab: Lab) -> None:
    edit(lab, "main", ".gitattributes", "")
    lab.add_papers("First")
    lab.night()
    edit(lab, "main", "CHANGES.md", "# Changes\n\n## 2026-11-20\n\nBy main.\n")
    edit(lab, "main", "papers.jsonl", '{"title": "An old paper"}\n{"title": "By main"}\n')
    night = lab.night()
    assert night.code == 0, night.out
    assert all(words in lab.shown("CHANGES.md") for words in ("By main.", "added: First"))
    assert all(words in lab.shown("papers.jsonl") for words in ("By main", "First"))


def test_entries_of_both_sides_stand_whole_each_under_its_own_heading(lab: Lab) -> None:
    shared = "1 papers added.\n\n**Papers added (1)**\n\n- added: "
    edit(lab, "main", "CHANGES.md", f"# Changes\n\nOurs.\n\n## 2026-11-01\n\n{shared}Oldest\n")
    lab.add_papers("First")
    lab.night()
    ours = edit(lab, BRANCH, "CHANGES.md", f"# Changes\n\nOurs.\n\n## 2026-11-22\n\n{shared}First\n\n"
                f"## 2026-11-01\n\n{shared}Oldest\n")  # fmt: skip
    edit(lab, "main", "CHANGES.md", f"# Changes\n\nOurs.\n\n## 2026-11-23\n\n{shared}Later\n\n## 2026-11-22\n\n"
         f"{shared}By main\n\n## 2026-11-01\n\n{shared}Oldest\n")  # fmt: skip
    night = lab.night()
    assert night.code == 0, night.out
    assert lab.is_in(ours)
    assert lab.shown("CHANGES.md") == (
        f"# Changes\n\nOurs.\n\n## 2026-11-23\n\n{shared}Later\n\n## 2026-11-22 (2)\n\n{shared}First\n\n"
        f"## 2026-11-22\n\n{shared}By main\n\n## 2026-11-01\n\n{shared}Oldest"
    )
    assert all("<<<<<<<" not in lab.git("show", commit, cwd=lab.remote) for commit in (BRANCH, f"{BRANCH}^"))


def test_a_survey_edited_by_hand_on_both_sides_is_left_to_a_person(lab: Lab) -> None:
    lab.add_papers("First")
    lab.night()
    head = lab.head()
    edit(lab, "main", "survey/survey.md", "# Survey\nA sentence of mine.\n")
    night = lab.night()
    assert (night.code, lab.head()) == (1, head)
    assert "review/survey/survey.md" in night.summary
    assert f"git checkout {BRANCH} && git merge main" in warned(night)[0]


def test_a_conflict_in_what_people_write_stops_with_what_to_do(lab: Lab) -> None:
    lab.add_papers("First")
    lab.night()
    edit(lab, BRANCH, "review.toml", "title = 'Ours'\n")
    edit(lab, "main", "review.toml", "title = 'Theirs'\n")
    head = lab.head()
    night = lab.night()
    assert (night.code, lab.head()) == (1, head)
    assert warned(night) == [
        f"::error::main and {BRANCH} both changed review/review.toml, and what is to stand is for you to say: "
        f"merge main into {BRANCH} by hand (git checkout {BRANCH} && git merge main), push it, and run this again"
    ]


# Pushing


@pytest.fixture
def meanwhile(lab: Lab) -> str:
    """A shell command by which a colleague pushes to the branch while the refresh runs."""
    lab.add_papers("First")
    lab.night()
    lab.add_papers("Second")
    lab.take_up(BRANCH)
    push = f"git -c user.name=Bo -c user.email=bo@lab commit -qam 'By Bo' && git push -q origin HEAD:{BRANCH}"
    return f"cd {lab.mine} && echo by Bo >>review/%s && git add -A && {push}"


def test_a_push_that_came_meanwhile_is_merged_and_not_forced_over(lab: Lab, meanwhile: str) -> None:
    night = lab.night(env={"MEANWHILE": meanwhile % "notes.md"})
    assert night.code == 0, night.out
    assert "the push was refused" in night.out
    assert lab.shown("notes.md") == "by Bo"
    assert sorted(lab.commits()) == ["1 papers added.", "1 papers added.", "By Bo"]


def test_a_push_that_came_meanwhile_and_changed_the_same_stops(lab: Lab, meanwhile: str) -> None:
    night = lab.night(env={"MEANWHILE": meanwhile % "survey/survey.md"})
    assert night.code == 1
    assert "run it again" in warned(night)[0]
    assert lab.commits()[-1] == "By Bo"
    assert lab.night().code == 0  # and again it does go through, with the colleague's line
    assert "by Bo" in lab.shown("survey/survey.md")


def test_a_remote_that_takes_no_push_says_so(lab: Lab) -> None:
    lab.add_papers("First")
    (lab.remote / "hooks" / "pre-receive").write_text("#!/bin/sh\necho protected; exit 1\n")
    (lab.remote / "hooks" / "pre-receive").chmod(0o755)
    night = lab.night()
    assert night.code == 1
    assert "no such branch to fetch" in warned(night)[0]
    assert lab.github["calls"] == []


# The life of a branch


def test_a_branch_that_was_merged_and_deleted_begins_anew_from_base(lab: Lab) -> None:
    lab.add_papers("First")
    lab.night()
    lab.take_up("main")
    lab.git("merge", "-q", "--no-ff", "--no-edit", f"origin/{BRANCH}")
    lab.git("push", "-q", "origin", "main", f":{BRANCH}")
    lab.set_pull(state="MERGED")
    lab.add_papers("Second")
    assert lab.night().code == 0
    assert lab.commits() == ["1 papers added."]
    assert [pull["state"] for pull in lab.github["pulls"]] == ["MERGED", "OPEN"]
    assert re.findall("^- .*", lab.github["pulls"][1]["body"], re.M) == ["- added: Second"]


def test_a_branch_that_was_squashed_and_stands_brings_only_what_is_new(lab: Lab) -> None:
    lab.add_papers("First")
    lab.night()
    lab.take_up("main")
    lab.git("merge", "-q", "--squash", f"origin/{BRANCH}")
    lab.push("main", "The review, refreshed (#1)")
    lab.set_pull(state="MERGED")
    night = lab.night()
    assert (night.code, len(lab.github["pulls"])) == (0, 1), night.out
    lab.add_papers("Second")
    assert lab.night().code == 0
    assert re.findall("^- .*", lab.github["pulls"][1]["body"], re.M) == ["- added: Second"]


def test_a_pull_request_that_was_closed_is_not_opened_again_for_the_same(lab: Lab) -> None:
    lab.add_papers("First")
    lab.night()
    lab.set_pull(state="CLOSED")
    night = lab.night()
    assert night.code == 0
    assert len(lab.github["pulls"]) == 1
    assert f"Pull request #1 was closed without being merged, and its commits are still on `{BRANCH}`" in night.summary
    lab.add_papers("Second")
    assert lab.night().code == 0
    assert "delete the branch to begin anew from `main`" in lab.github["pulls"][1]["body"]


def test_where_no_pull_request_may_be_opened_the_branch_is_pushed_and_the_setting_named(lab: Lab) -> None:
    lab.add_papers("First")
    night = lab.night(env={"GH_FORBIDS": "1"})
    assert night.code == 1
    assert "Allow GitHub Actions to create and approve pull requests" in night.summary
    assert lab.commits() == ["1 papers added."]
    assert lab.night().code == 0  # once it is allowed, a night with nothing new opens it
    assert "- added: First" in lab.github["pulls"][0]["body"]
