"""Stands in for `conspectus refresh` and `conspectus log --entry`: what they write and how they end, without the work.

A line of sources.txt is a paper. `unanswered` in it stays unanswered, `broken` ends the run half way.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

command, folder, *options = sys.argv[1:]
review = Path(folder)
changes, papers = review / "CHANGES.md", review / "papers.jsonl"


def entry() -> str:
    text = changes.read_text() if changes.exists() else "# Changes\n"
    return "## " + text.split("\n## ")[1] if "\n## " in text else ""


def summarise(text: str) -> None:
    if "GITHUB_STEP_SUMMARY" in os.environ:
        with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a") as summary:
            summary.write(text)


def end(sentence: str, code: int) -> NoReturn:
    sys.stderr.write(f"conspectus: {sentence}\n")
    sys.exit(code)


if command == "log":
    sys.stdout.write(entry())
    sys.exit()

known = [json.loads(line)["title"] for line in papers.read_text().splitlines()]
found = (review / "sources.txt").read_text().splitlines()
new = [title for title in found if title not in known]
Path(os.environ["SEEN"]).write_text(json.dumps({"options": options, "key": os.environ.get("OPENAI_API_KEY")}))
if "--max-new" in options and len(new) > int(options[options.index("--max-new") + 1]):
    end(f"{len(new)} papers are new, and max_new lets in fewer; nothing was sent or written", 1)
(review / ".conspectus" / "cache").mkdir(parents=True, exist_ok=True)
(review / ".conspectus" / "cache" / "answers.db").write_text("paid for")
if os.environ.get("MEANWHILE"):
    subprocess.run(os.environ["MEANWHILE"], shell=True, check=True)
sys.stdout.write("::set-output name=code::7\n")
if not new:
    summarise("Nothing is new; no byte changed.\n")
    sys.exit()
with (review / "runs.jsonl").open("a") as runs:
    runs.write(json.dumps({"day": os.environ["TODAY"], "n_calls": len(new)}) + "\n")
if "broken" in found:
    papers.write_text("half\n")
    end("the key is not taken by the server; give another one", 1)
papers.write_text("".join(json.dumps({"title": title}) + "\n" for title in sorted({*known, *new})))
for name in ("survey.md", "survey.json", "survey.html"):
    file = review / "survey" / name
    file.write_text(file.read_text() + "".join(f"Of {title}.\n" for title in new))
(review / "report.json").write_text(json.dumps({"n_papers": len(known) + len(new)}) + "\n")
rest = changes.read_text().removeprefix("# Changes\n") if changes.exists() else ""
added = "".join(f"- added: {title}\n" for title in new)
changes.write_text(f"# Changes\n\n## {os.environ['TODAY']}\n\n{len(new)} papers added.\n{added}{rest}")
summarise(entry())
if "unanswered" in new:
    end("1 call stayed unanswered: the server said 503, and @lab may close #12", 3)
