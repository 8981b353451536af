"""The demo is refreshed with a paper that came later, by replay: no key, no network."""

import json
from pathlib import Path

from tests.command import Conspectus

RECORDED = Path(__file__).parent.parent / "cassettes" / "demo" / "later.jsonl"


def test_a_later_paper_comes_into_the_demo_by_replay(tmp_path: Path, conspectus: Conspectus) -> None:
    demo = tmp_path / "demo"
    conspectus("demo", demo)
    before = json.loads((demo / "survey" / "survey.json").read_text())
    conspectus("add", demo / "later.bib", "-r", demo)
    ended = conspectus("refresh", demo)
    assert ended.code == 0 and ended.out.startswith("1 paper came in; 1 section and 2 texts over all sections amended")
    played = json.loads((demo / "runs.jsonl").read_text().splitlines()[-1])["replies"]
    assert played == len(RECORDED.read_text().splitlines()) == 10
    after = json.loads((demo / "survey" / "survey.json").read_text())
    assert {claim for claim in sentences(before)} < {claim for claim in sentences(after)}
    assert len(sentences(after)) == len(sentences(before)) + 5
    assert conspectus("refresh", demo).out.startswith("nothing is new: 13 papers")


def sentences(draft: dict[str, object]) -> list[str]:
    """Every claim with its citations, wherever it stands."""
    found: list[str] = []

    def look(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("claims"), list):  # and no figure of how many there are
                found.extend(json.dumps(claim) for claim in node["claims"])
            for inner in node.values():
                look(inner)
        elif isinstance(node, list):
            for inner in node:
                look(inner)

    look(draft)
    return found
