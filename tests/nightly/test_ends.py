"""How a night ends that does not go well, what it is given, what it lets out, and the same without GitHub."""

import base64
import shutil
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.nightly.lab import BRANCH, KEY, TOKEN, Lab, warned

# Ends that are not good


def test_more_new_papers_than_max_new_stops_before_anything_is_pushed(lab: Lab) -> None:
    lab.add_papers("First", "Second", "Third")
    night = lab.night(max_new="2")
    assert night.code == 1
    assert not lab.has_branch()
    assert "3 papers are new, and max_new lets in fewer; nothing was sent or written" in night.summary
    assert "3 papers are new" in warned(night)[-1]


def test_what_is_there_is_proposed_where_something_stayed_unanswered_and_the_job_ends_red(lab: Lab) -> None:
    lab.add_papers("First", "unanswered")
    night = lab.night()
    assert night.code == 3
    assert lab.commits() == ["2 papers added."]
    assert "**Not all is done.**" in lab.github["pulls"][0]["body"]
    assert "`1 call stayed unanswered: the server said 503, and @lab may close #12`" in lab.github["pulls"][0]["body"]
    assert "1 call stayed unanswered" in warned(night)[-1]


def test_a_refresh_that_failed_half_way_leaves_its_costs_on_record_and_nothing_else(lab: Lab) -> None:
    lab.add_papers("broken")
    night = lab.night()
    assert night.code == 1
    assert lab.commits() == ["A refresh that failed: what it asked is in runs.jsonl"]
    assert lab.git("diff", "--name-only", "main", BRANCH, cwd=lab.remote) == "review/runs.jsonl"
    assert "the key is not taken by the server" in night.summary
    assert lab.github["pulls"] == []


def test_a_folder_that_is_not_there_and_a_branch_that_is_the_base_are_named(lab: Lab) -> None:
    assert "there is no folder reviews here" in lab.night(folder="reviews").summary
    assert "branch and base are both main" in lab.night(branch="main").summary


# What is fetched and asked


def test_sources_are_fetched_first_without_key_or_token(lab: Lab) -> None:
    fetch = (
        "env >env.txt; mv env.txt ..; printf '%s\\n' 'A \"quoted\" $(paper)' >>review/sources.txt; touch review/b.ris"
    )
    night = lab.night(fetch=fetch)
    assert night.code == 0, night.out
    assert '- added: A "quoted" $(paper)' in lab.shown("CHANGES.md")
    assert lab.git("diff", "--name-only", "main", BRANCH, cwd=lab.remote).split().count("review/b.ris") == 1
    environment = (lab.folder / "env.txt").read_text()
    assert KEY not in environment
    assert TOKEN not in environment


def test_fetched_bytes_of_which_nothing_comes_are_not_committed(lab: Lab) -> None:
    assert lab.night(fetch="date >review/fetched.txt; echo '# Review' >>review/survey/survey.md").code == 0
    assert not lab.has_branch()


def test_a_fetch_that_fails_stops_before_anything_is_asked(lab: Lab) -> None:
    night = lab.night(fetch="false; echo on")
    assert night.code == 1
    assert "the command that fetches the sources failed" in night.summary
    assert not (lab.folder / "seen.json").exists()


def test_the_budget_and_the_key_reach_the_command(lab: Lab) -> None:
    lab.night(model="m", max_usd="2.50", max_new="40", offline="true", options="--accept --reask write")
    words = ["--model", "m", "--max-usd", "2.50", "--max-new", "40", "--offline", "--accept", "--reask", "write"]
    assert lab.seen == {"options": words, "key": KEY}


def test_neither_key_nor_token_is_printed_or_pushed(lab: Lab) -> None:
    lab.add_papers("First")
    night = lab.night(fetch="env")
    shown = [line for line in night.out.splitlines() if not line.startswith("::add-mask::")]
    encoded = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    assert f"::add-mask::{encoded}" in night.out
    kept = [night.summary, str(night.outputs), str(lab.github), (night.clone / ".git" / "config").read_text()]
    for secret in (KEY, TOKEN, encoded):
        assert not [text for text in [*shown, *kept] if secret in text]
        assert lab.git("log", "--all", "-S", secret, cwd=lab.remote) == ""


def test_the_token_goes_to_the_remote_in_a_header_and_not_in_an_address(lab: Lab) -> None:
    seen = []

    class Remote(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802  (the name that http.server calls)
            seen.append(self.headers.get_all("Authorization"))
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Remote) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port
        lab.git("remote", "set-url", "origin", f"http://ci:other@127.0.0.1:{port}/reviews.git")
        lab.git("config", f"http.http://127.0.0.1:{port}/.extraheader", "AUTHORIZATION: basic left-by-a-checkout")
        night = lab.plain_night(lab.mine, PUSH_TOKEN=TOKEN, BASE="main")
        server.shutdown()
    assert night.code == 1
    assert seen[0] == ["basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()]
    assert "http://127.0.0.1" in night.out
    assert not [secret for secret in (TOKEN, "other", seen[0][0].split()[1]) if secret in night.out]


def test_a_line_that_the_command_prints_is_no_order_to_the_runner(lab: Lab) -> None:
    lines = lab.night().out.splitlines()
    order = lines.index("::set-output name=code::7")
    (pause,) = [
        line.removeprefix("::stop-commands::") for line in lines[:order] if line.startswith("::stop-commands::")
    ]
    assert f"::{pause}::" in lines[order:]


def test_what_lay_about_before_is_not_committed(lab: Lab) -> None:
    lab.add_papers("First")
    clone = lab.folder / "cron"
    lab.git("clone", "-q", lab.remote, clone, cwd=lab.folder)
    (clone / "review" / "draft-of-mine.txt").write_text("private")
    assert lab.plain_night(clone).code == 0
    assert "draft-of-mine.txt" not in lab.git("ls-tree", "-r", "--name-only", BRANCH, cwd=lab.remote)
    assert (clone / "review" / "draft-of-mine.txt").exists()


def test_a_review_that_is_the_whole_repository(lab: Lab) -> None:
    for file in (lab.mine / "review").iterdir():
        shutil.move(file, lab.mine)
    with (lab.mine / "sources.txt").open("a") as sources:
        sources.write("First\n")
    lab.push("main", "At the top")
    assert lab.night(folder=".").code == 0
    assert lab.commits() == ["1 papers added."]
    assert ".conspectus" not in lab.git("ls-tree", "-r", "--name-only", BRANCH, cwd=lab.remote)


# The plain script


@pytest.fixture
def cron(lab: Lab) -> Path:
    clone = lab.folder / "cron"
    lab.git("clone", "-q", lab.remote, clone, cwd=lab.folder)
    return clone


def test_the_plain_script_commits_once_and_then_no_more(lab: Lab, cron: Path) -> None:
    lab.add_papers("First")
    night = lab.plain_night(cron)
    assert night.code == 0, night.out
    assert lab.commits() == ["1 papers added."]
    assert lab.seen["key"] == KEY
    assert KEY not in night.out
    head = lab.head()
    again = lab.plain_night(cron)
    assert again.code == 0, again.out
    assert lab.head() == head
    assert lab.git("branch", "--show-current", cwd=cron) == "main"
    assert lab.git("status", "--porcelain", cwd=cron) == ""
    assert lab.github["calls"] == []


def test_the_plain_script_goes_on_after_a_night_that_failed(lab: Lab, cron: Path) -> None:
    lab.add_papers("broken")
    assert lab.plain_night(cron).code == 1
    lab.take_up("main")
    (lab.mine / "review" / "sources.txt").write_text("An old paper\nFirst\n")
    lab.push("main", "Mended")
    night = lab.plain_night(cron)
    assert night.code == 0, night.out
    assert lab.commits() == ["A refresh that failed: what it asked is in runs.jsonl", "1 papers added."]


def test_the_plain_script_does_not_touch_what_is_not_committed(lab: Lab, cron: Path) -> None:
    (cron / "review" / "sources.txt").write_text("Half an edit\n")
    night = lab.plain_night(cron)
    assert night.code == 1
    assert "there are changes here that are not committed" in night.out
    assert (cron / "review" / "sources.txt").read_text() == "Half an edit\n"


def test_the_plain_script_asks_gitlab_for_a_merge_request(lab: Lab, cron: Path) -> None:
    lab.git("config", "receive.advertisePushOptions", "true", cwd=lab.remote)
    hook = lab.remote / "hooks" / "post-receive"
    hook.write_text(f"#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION >{lab.folder}/options.txt; true\n")
    hook.chmod(0o755)
    lab.add_papers("First")
    night = lab.plain_night(cron, GITLAB_CI="true", CI_DEFAULT_BRANCH="main", PUSH_TOKEN=TOKEN)
    assert night.code == 0, night.out
    asked = (lab.folder / "options.txt").read_text()
    for option in ("merge_request.create", "merge_request.target=main", "merge_request.title=The review, refreshed"):
        assert f"={option}\n" in asked
    assert TOKEN not in night.out
