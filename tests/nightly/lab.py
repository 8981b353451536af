"""A lab's repository with its bare remote, and nights of the job in fresh clones of it."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CHECKOUT = Path(__file__).resolve().parents[2]
ACTION = CHECKOUT / ".github" / "actions" / "refresh"
FAKES = Path(__file__).parent
KEY, TOKEN = "sk-secret", "ghs_secret"
BRANCH = "conspectus/refresh"
ATTRIBUTES = "*.jsonl merge=union\nreport.json -merge\nsurvey/** -merge\n"


def loaded(file: Path) -> Any:  # noqa: ANN401  (what a YAML file holds)
    return YAML(typ="safe").load(file)


@dataclass(frozen=True)
class Night:
    """How a night ended."""

    code: int
    out: str
    """Everything that the steps printed."""
    summary: str
    outputs: dict[str, str]
    clone: Path


class Lab:
    """What people and the job do to one repository; `review/` is the review in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remote = folder / "remote.git"
        self.mine = folder / "mine"
        self.n_nights = 0
        commands = folder / "bin"
        commands.mkdir()
        for name in ("conspectus", "gh"):
            (commands / name).write_text(f'#!/bin/sh\nexec {sys.executable} -SE {FAKES / name}.py "$@"\n')
            (commands / name).chmod(0o755)
        self.path = f"{commands}:{os.environ['PATH']}"
        self.git("init", "-q", "--bare", "-b", "main", self.remote, cwd=folder)
        self.git("clone", "-q", self.remote, self.mine, cwd=folder)
        self.git("checkout", "-q", "-b", "main")
        review = self.mine / "review"
        (review / "survey").mkdir(parents=True)
        for name, text in {
            "sources.txt": "An old paper\n",
            "papers.jsonl": '{"title": "An old paper"}\n',
            "report.json": '{"n_papers": 1}\n',
            "survey/survey.md": "# Survey\n",
            "survey/survey.json": "{}\n",
            "survey/survey.html": "<h1>Survey</h1>\n",
            ".gitignore": ".conspectus/\n",
            ".gitattributes": ATTRIBUTES,
        }.items():
            (review / name).write_text(text)
        self.push("main", "A review")

    @property
    def environment(self) -> dict[str, str]:
        """What a machine has that knows nobody: no settings of git, no key, no token."""
        return {
            "PATH": self.path,
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "SEEN": str(self.folder / "seen.json"),
            "GH_STATE": str(self.folder / "gh.json"),
            "TODAY": f"2026-11-{21 + self.n_nights}",
        }

    def git(self, *words: object, cwd: Path | None = None) -> str:
        person = ("-c", "user.name=Ada", "-c", "user.email=ada@lab", "-c", "protocol.file.allow=always")
        line = ["git", *person, *map(str, words)]
        done = subprocess.run(
            line, cwd=cwd or self.mine, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def push(self, branch: str, message: str) -> str:
        """Commit what a person changed, and push it; gives the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        self.git("push", "-q", "origin", f"HEAD:{branch}")
        return self.git("rev-parse", "HEAD")

    def take_up(self, branch: str) -> None:
        """Have a branch of the remote in one's own clone."""
        self.git("fetch", "-q", "--prune", "origin")
        self.git("checkout", "-q", "-B", branch, f"origin/{branch}")

    def use_conspectus(self) -> None:
        """Have the program itself in place of the fake."""
        program = f"exec {sys.executable} -c 'from agent.cli import main; main()'"
        (self.folder / "bin" / "conspectus").write_text(f'#!/bin/sh\nPYTHONPATH={CHECKOUT} {program} "$@"\n')

    def add_papers(self, *titles: str, branch: str = "main") -> str:
        """Name more papers in the sources."""
        self.take_up(branch)
        with (self.mine / "review" / "sources.txt").open("a") as sources:
            sources.writelines(f"{title}\n" for title in titles)
        return self.push(branch, f"Sources: {', '.join(titles)}")

    def commits(self, branch: str = BRANCH, since: str = "main") -> list[str]:
        """Subjects of what a branch has that another has not, oldest first; without merges."""
        return self.git("log", "--reverse", "--no-merges", "--format=%s", f"{since}..{branch}", cwd=self.remote).split(
            "\n"
        )

    def has_branch(self) -> bool:
        return bool(self.git("branch", "--list", BRANCH, cwd=self.remote))

    def head(self, branch: str = BRANCH) -> str:
        return self.git("rev-parse", branch, cwd=self.remote)

    def shown(self, file: str, branch: str = BRANCH) -> str:
        return self.git("show", f"{branch}:review/{file}", cwd=self.remote)

    def is_in(self, commit: str, branch: str = BRANCH) -> bool:
        """Whether the branch has this commit in its history, so that nothing was forced over it."""
        return commit in self.git("rev-list", branch, cwd=self.remote).split()

    @property
    def github(self) -> dict[str, Any]:
        """What the fake `gh` was asked, and its pull requests."""
        state = Path(self.environment["GH_STATE"])
        known: dict[str, Any] = json.loads(state.read_text()) if state.exists() else {"calls": [], "pulls": []}
        return known

    def set_pull(self, **fields: object) -> None:
        """What a person does to the newest pull request on the site."""
        known = self.github
        known["pulls"][-1].update(fields)
        Path(self.environment["GH_STATE"]).write_text(json.dumps(known))

    @property
    def seen(self) -> dict[str, Any]:
        """What the fake `conspectus` was called with last."""
        known: dict[str, Any] = json.loads(Path(self.environment["SEEN"]).read_text())
        return known

    def night(self, *, env: dict[str, str] | None = None, **inputs: str) -> Night:
        """The `run:` steps of the action, in their order, as a runner would run them."""
        self.n_nights += 1
        clone = self.folder / f"night{self.n_nights}"
        self.git("clone", "-q", "--depth", "1", "-b", "main", f"file://{self.remote}", clone, cwd=self.folder)
        action = loaded(ACTION / "action.yml")
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        unknown = given.keys() - action["inputs"].keys()
        assert not unknown, f"no inputs of the action: {unknown}"
        context = {f"inputs.{name}": str(said["default"]) for name, said in action["inputs"].items()}
        context |= {f"inputs.{name}": value for name, value in {"folder": "review", "api-key": KEY, **given}.items()}
        context |= {"inputs.token": TOKEN, "github.ref_name": "main"}
        return self.run(action["runs"]["steps"], context, clone, env or {})

    def run(self, steps: list[dict[str, Any]], context: dict[str, str], clone: Path, env: dict[str, str]) -> Night:
        """The `run:` of these steps, in this folder, up to the first that fails."""
        printed, code = "", 0
        outputs: dict[str, str] = {}
        summary = self.folder / f"summary{self.n_nights}"
        summary.touch()
        for step in steps:
            if "run" not in step or code:
                continue
            file = self.folder / "outputs"
            file.write_text("")
            known = {name: _value(text, context) for name, text in step.get("env", {}).items()}
            runner = {
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(ACTION),
                "GITHUB_OUTPUT": str(file),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "lab/reviews",
                "GITHUB_RUN_ID": "77",
                "RUNNER_TEMP": str(self.folder),
            }
            words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = subprocess.run(
                words,
                cwd=clone,
                env={**self.environment, **runner, **known, **env},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            printed += done.stdout
            code = done.returncode
            outputs |= dict(line.split("=", 1) for line in file.read_text().splitlines())
        return Night(code, printed, summary.read_text(), outputs, clone)

    def plain_night(self, clone: Path, *words: str, **env: str) -> Night:
        """The plain script, in a clone that stays."""
        self.n_nights += 1
        done = subprocess.run(
            ["bash", str(CHECKOUT / ".ci" / "refresh-example"), *(words or ("review",))],
            cwd=clone,
            env={**self.environment, "OPENAI_API_KEY": KEY, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Night(done.returncode, done.stdout, "", {}, clone)


def edit(lab: Lab, branch: str, file: str, text: str) -> str:
    """A colleague's commit on a branch."""
    lab.take_up(branch)
    (lab.mine / "review" / file).write_text(text)
    return lab.push(branch, f"By hand: {file}")


def warned(night: Night) -> list[str]:
    """The errors that GitHub would show beside the run."""
    return [line for line in night.out.splitlines() if line.startswith("::error::")]


def _value(text: object, context: dict[str, str]) -> str:
    """An `env` value, with the few expressions that the action has: a name, or two with `||` between."""

    def first(found: re.Match[str]) -> str:
        return next((value for name in found[1].split("||") if (value := context[name.strip()])), "")

    return re.sub(r"\$\{\{(.*?)\}\}", first, str(text))
