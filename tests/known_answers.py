"""Questions whose answers are known, and answers to them, over the papers of tests/nouns.py."""

import json
from pathlib import Path
from typing import Any

from agent.draft import Claim, Paragraph, Row
from agent.question import Answer, Heading, Kind
from tests.nouns import part

BEES_ASKED = {
    "kind": "single",
    "question": "How many of the bees does a camera see?",
    "papers": ["BeeNet: Counting Bees on Flowers"],
    "answer": "BeeNet finds 91.5% of them.",
    "must_contain": ["91.5", ["BeeNet", "camera"]],
    "must_not": ["night"],
}
NIGHT_ASKED = {"kind": "unanswerable", "question": "What do bees dream of?", "must_not": ["honey"]}


def write_questions(path: Path, *questions: object) -> Path:
    """A file of these questions; what is a string is a line as it is."""
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in questions]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def answer_to(
    question: str,
    *claims: Claim,
    answered: bool = True,
    rows: tuple[Row, ...] = (),
    **fields: Any,  # noqa: ANN401  (the fields of an Answer)
) -> Answer:
    passage = part(*claims, papers=(), rows=rows)
    if not answered and claims:
        passage = passage.model_copy(update={"paragraphs": (Paragraph(heading=Heading.NEAREST, claims=claims),)})
    return Answer(id="q", question=question, **{"kind": Kind.FACT} | fields, answered=answered, passage=passage)
