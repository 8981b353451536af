"""How well the built-in model answers the questions that came with the seeds: `python -m tests.bench.questions`.

Needs ../shared. The papers get cards under the taxonomy of the labels; nothing is asked of a server. What follows is
given to `conspectus eval`: `--misses`, `--at-least single.answered=0.85,unanswerable.refused=0.75`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.offline import COMMAND, timed
from tests.shared import SHARED


def main() -> None:
    """Print the figures; exits as `eval` does."""
    if not SHARED.is_dir():
        sys.exit(f"{SHARED} is missing: there are no questions to ask")
    with tempfile.TemporaryDirectory() as scratch:
        review = Path(scratch) / "r"
        timed("init", review, *sorted((SHARED / "seeds").glob("*.txt")))
        (review / "taxonomy.yaml").write_bytes((SHARED / "dev/taxonomy.yaml").read_bytes())
        timed("classify", review, "--offline")
        asked = ["eval", SHARED / "dev/questions.jsonl", "-r", review, "--offline", *sys.argv[1:]]
        sys.exit(subprocess.run([*COMMAND, *map(str, asked)], check=False).returncode)


if __name__ == "__main__":
    main()
