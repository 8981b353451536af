"""What a careful model would say, for the server in tests: quotes that stand in the papers, verdicts that agree.

Loaded by the server from this file, so it imports nothing of the project.
"""

import re
import zlib
from typing import Any

FENCED = re.compile(r"<paper-([0-9a-f]{16}) key='([^']+)'>\n(.*?)\n</paper-\1>", re.DOTALL)
QUOTED = re.compile(r"^\s*(\S+): <quote-([0-9a-f]{16})>\n(.*?)\n\s*</quote-\2>", re.DOTALL | re.MULTILINE)


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
