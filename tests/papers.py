"""A small corpus of invented papers on gardens, for tests that need one with words in it."""

import json
from pathlib import Path

GARDENS = Path(__file__).parent / "data" / "gardens.jsonl"
"""Eight invented papers on gardens, four on watering and four on pests."""

PLOTS: list[tuple[str, str]] = [
    (record["title"], record["abstract"]) for record in map(json.loads, GARDENS.read_text().splitlines())
]
BELLS: list[tuple[str, str]] = [
    (record["title"], record["abstract"])
    for record in map(json.loads, (Path(__file__).parent / "data" / "bells.jsonl").read_text().splitlines())
]
"""Eight more, on quite another subject."""


def write_jsonl(path: Path, plots: list[tuple[str, str]] = PLOTS) -> Path:
    """The plots as a source of JSON lines."""
    path.write_text("".join(json.dumps({"title": title, "abstract": text}) + "\n" for title, text in plots))
    return path


def contents(review: Path) -> dict[str, bytes]:
    """All of a review that is meant for git, by name."""
    return {
        str(path.relative_to(review)): path.read_bytes()
        for path in sorted(review.rglob("*"))
        if path.is_file() and ".conspectus" not in path.parts and ".git" not in path.parts
    }


TAXONOMY = """\
# ours, by hand
categories:
  - id: water
    name: Watering
    definition: how gardens are watered, irrigation, moisture, drip lines and pots; not pests
  - id: pests
    name: Pests
    definition: keeping pests such as aphids, slugs and butterflies away from plants; not watering
facets:
  kind:
    many: false
    codes:
      trial: a study that measures or compares
      review: a review of other work
"""
