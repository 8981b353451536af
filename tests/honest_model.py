"""What a careful model would say, for the server in tests: quotes that stand in the papers, verdicts that agree.

Loaded by the server from this file, so it imports nothing of the project.
"""

import re
import zlib
from typing import Any

FENCED = re.compile(r"<paper-([0-9a-f]{16}) key='([^']+)'>\n(.*?)\n</paper-\1>", re.DOTALL)
QUOTED = re.compile(r"^\s*(\S+): <quote-([0-9a-f]{16})>\n(.*?)\n\s*</quote-\2>", re.DOTALL | re.MULTILINE)


OF_LATE = {
    "opening of": "Here and of late, one",
    "closing": "In closing and of late, one",
    "across the sections": "Across sections, of late, one",
}
MOST = 100
"""Sentences over all sections; they must end within the tokens of one reply."""


def reply(request: dict[str, Any]) -> dict[str, Any] | None:
    """An answer to the calls it knows; None leaves the others to the server's own invention."""
    schema = request["response_format"]["json_schema"]["schema"]["properties"]
    text = request["messages"][-1]["content"]
    papers = {key: body.split("abstract: ", 1)[1] for _, key, body in FENCED.findall(text) if "abstract: " in body}
    if "searches" in schema and "asks" in schema:
        return understood(text)
    if "sayings" in schema:
        return said(papers, schema["nothing"]["items"]["enum"], question(text))
    if "weighed" in schema:
        return responded([claim(*one) for one in papers.items()][:3])
    if "verdicts" in schema:
        numbers = schema["verdicts"]["items"]["properties"]["claim"]["enum"]
        return {
            "verdicts": [{"claim": n, "why": "it says so", "verdict": "supported", "not_bearing": []} for n in numbers]
        }
    if "edits" in schema:
        return amended(text, papers) if "rows" in schema else revised(text, request["messages"][0]["content"])
    if "paragraphs" in schema:
        return {"paragraphs": [{"heading": None, "claims": [claim(*one) for one in papers.items()]}], "rows": []}
    if "opening" in schema:
        parts = schema["threads"]["items"]["properties"]["part"]["enum"]
        return {
            "opening": [claim(*one) for one in quoted(text)[:4]],
            "threads": [{"part": p, "heading": f"On {p}"} for p in parts],
        }
    if "claims" in schema:
        opening = "In closing, one" if "closing" in request["messages"][0]["content"] else "One"
        opening = "Across sections, one" if "synthesis" in request["messages"][0]["content"] else opening
        return {"claims": [claim(key, words, opening) for key, words in list(papers.items()) or quoted(text)[:MOST]]}
    if "category" in schema:
        return card(schema, text, *next(iter(papers.items())))
    return None


def claim(key: str, words: str, opening: str = "One") -> dict[str, Any]:
    sentence = words.split(". ")[0].strip()
    return {"text": f"{opening} finds that {sentence}.", "citations": [{"key": key, "quote": sentence}]}


def amended(text: str, papers: dict[str, str]) -> dict[str, Any]:
    """A sentence on each paper that came in, after the last one; what a paper does not say any more is said anew."""
    came_in = text.split("Papers that changed (")[0].split("Papers that came in (")[1:]
    new = [key for _, key, _ in FENCED.findall("".join(came_in))]
    sentences = numbered(text)
    edits = [
        edit(number, "change", claim(key, papers[key]))
        for number, (key, quote) in sentences.items()
        if key in papers and quote not in papers[key]
    ]
    return {"edits": edits + [edit(len(sentences), "insert", claim(key, papers[key])) for key in new], "rows": []}


def revised(text: str, task: str) -> dict[str, Any]:
    """A sentence on the first claim that came in, in the place of the first that stands nowhere any more, or last."""
    came_in = quoted("".join(text.split("Claims that came into the sections")[1:]))[:1]
    loose = [number for line in re.findall(r"changed or deleted: (.*)", text) for number in re.findall(r"\d+", line)]
    edits = [edit(int(number), "delete", None) for number in loose]
    opening = next((words for name, words in OF_LATE.items() if name in task), "Of late, one")
    for one in came_in:
        place = (int(loose[0]), "change") if loose else (len(numbered(text)), "insert")
        edits = [edit(*place, claim(*one, opening)), *edits[1:]]
    return {"edits": edits}


def numbered(text: str) -> dict[int, tuple[str, str]]:
    """The sentences that stand, by number: the first paper that each cites, and its quote."""
    standing = re.split(r"\nPapers that |\nWhat these sentences|\nClaims that came into", text)[0]
    pieces = re.split(r"^(\d+)(?: \(by hand\))?\. <claim-", standing, flags=re.MULTILINE)
    return {int(n): quoted(piece)[0] for n, piece in zip(pieces[1::2], pieces[2::2], strict=True)}


def edit(sentence: int, action: str, given: dict[str, Any] | None) -> dict[str, Any]:
    return {"sentence": sentence, "action": action, "claim": given}


def question(text: str) -> str:
    return str(re.findall(r"<question-([0-9a-f]{16})>\n(.*?)\n</question-\1>", text, re.DOTALL)[-1][1])


def understood(text: str) -> dict[str, Any]:
    plain = {"asks": True, "language": "English", "kind": "fact", "works": [], "steps": []}
    return plain | {"searches": [question(text)], "categories": [], "codes": []}


def said(papers: dict[str, str], keys: list[str], asked: str) -> dict[str, Any]:
    """A paper answers if it has the question's last word."""
    word = re.findall(r"\w+", asked)[-1].lower()
    bearing = [key for key in keys if word in papers.get(key, "").lower()]
    says = [{"key": k, "quote": papers[k].split(". ")[0], "bearing": "answers", "says": "it has it"} for k in bearing]
    return {"sayings": says, "nothing": [key for key in keys if key not in bearing]}


def responded(claims: list[dict[str, Any]]) -> dict[str, Any]:
    plain = {"weighed": "they say it", "answered": "yes", "premise": None, "claims": claims, "differences": []}
    return plain | {"names": [], "missing": None, "columns": [], "rows": []}


def quoted(text: str) -> list[tuple[str, str]]:
    return [(key, words.strip()) for key, _, words in QUOTED.findall(text)]


def card(schema: dict[str, Any], text: str, key: str, words: str) -> dict[str, Any]:
    """A category that depends on the title alone, so that a changed abstract moves no paper."""
    categories = schema["category"]["enum"]
    title = (re.findall(r"^title: (.*)$", text, re.MULTILINE) or [key])[-1]
    facets: dict[str, list[str] | None] = {
        name: None if "anyOf" in facet else [] for name, facet in schema["facets"]["properties"].items()
    }
    fact = {"text": "what it does", "quote": words.split(". ")[0]}
    return {
        "why": "its title",
        "category": categories[zlib.crc32(title.encode()) % len(categories)],
        "also": [],
        "confidence": 0.9,
        "facets": facets,
        "facts": {"name": None, "problem": None, "approach": fact, "result": None},
    }
