"""An answer for a program, and the numbers under which its text names papers and quotes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from agent.cli.console import seen
from agent.draft import Citation, Claim, Verdict
from agent.llm.call import Usage
from agent.papers import Corpus
from agent.question import Answer, Kind, Saying
from agent.render.asked import NOT_SAID, extent_sentence

_DOUBTS = {None: "not judged", Verdict.PARTLY: "partly supported", Verdict.UNSUPPORTED: "not supported"}
"""What is said of a claim beside those that hold; the check lets none of them pass."""


def doubt(claim: Claim) -> str:
    """What keeps a claim from being taken as it is, in brackets; empty for nearly all."""
    return f" ({_DOUBTS[claim.verdict]})" if claim.verdict in _DOUBTS else ""


@dataclass(frozen=True)
class Numbers:
    """Which citation is printed under which number, counted from 1 in the order of first mention."""

    by_quote: bool
    """A number for each quote, or one for all of a paper."""
    order: tuple[tuple[str, str | None], ...]
    """Keys, each with a quote where every quote has a number of its own."""

    @classmethod
    def of(cls, answer: Answer, *, by_quote: bool, with_table: bool = False) -> "Numbers":
        cited = [(one.key, one.quote) for claim in answer.claims for one in claim.citations]
        if with_table:
            cited += [(row.key, None) for row in answer.passage.rows if row.says]
        return cls(by_quote, tuple(dict.fromkeys((key, quote if by_quote else None) for key, quote in cited)))

    def number(self, key: str, quote: str | None = None) -> int:
        return self.order.index((key, quote if self.by_quote else None)) + 1

    def marks(self, claim: Claim) -> str:
        """`[1][2]`"""
        numbers = dict.fromkeys(self.number(one.key, one.quote) for one in claim.citations)
        return "".join(f"[{number}]" for number in numbers)


def paragraphs(answer: Answer, numbers: Numbers) -> Iterator[tuple[str | None, str]]:
    """The answer's paragraphs with their headings, marks after every sentence."""
    for paragraph in answer.passage.paragraphs:
        if paragraph.claims:
            said = (f"{seen(claim.text)}{doubt(claim)} {numbers.marks(claim)}".rstrip() for claim in paragraph.claims)
            yield paragraph.heading, " ".join(said)


def whole_text(answer: Answer, numbers: Numbers) -> str:
    """All that it says in sentences: that the corpus does not say, the claims, what stays open, how many papers."""
    said = [] if answer.answered else [NOT_SAID]
    said += [f"{heading}\n{text}" if heading else text for heading, text in paragraphs(answer, numbers)]
    said += [seen(answer.missing)] if answer.missing else []
    if answer.kind is Kind.CORPUS and answer.answered:
        said.append(f"{extent_sentence(answer)}.")
    return "\n\n".join(said)


def as_value(answer: Answer, corpus: Corpus, usage: Usage) -> dict[str, object]:
    """What `--json` prints; marks in `answer` and numbers in `claims` count its `citations` from 1."""
    numbers = Numbers.of(answer, by_quote=True)
    cited: dict[int, Citation] = {}
    for claim in answer.claims:
        for one in claim.citations:
            cited.setdefault(numbers.number(one.key, one.quote), one)
    return {
        "question": answer.question,
        "answer": whole_text(answer, numbers),
        "answered": answer.answered,
        "kind": answer.kind.value,
        "missing": answer.missing,
        "claims": list(_claims(answer, numbers)),
        "citations": [_quoted(one, corpus) for _, one in sorted(cited.items())],
        "table": _table(answer, corpus),
        "matching": [_quoted(saying, corpus) for saying in answer.matching],
        "nearest": [_paper(key, corpus) for key in answer.nearest],
        "read": list(answer.read),
        "extent": answer.extent.model_dump(mode="json"),
        "id": answer.id,
        "scope": answer.scope.model_dump(mode="json"),
        "kept": answer.kept,
        "model": answer.made.model,
        "day": answer.made.day,
        "usage": asdict(usage),
    }


def _claims(answer: Answer, numbers: Numbers) -> Iterator[dict[str, object]]:
    for paragraph in answer.passage.paragraphs:
        for claim in paragraph.claims:
            cited = dict.fromkeys(numbers.number(one.key, one.quote) for one in claim.citations)
            verdict = claim.verdict.value if claim.verdict else None
            yield {"text": claim.text, "heading": paragraph.heading, "verdict": verdict, "citations": list(cited)}


def _paper(key: str, corpus: Corpus) -> dict[str, object]:
    paper = corpus.paper(key) if corpus.has(key) else None
    return {"key": key, "title": paper.title if paper else None, "year": paper.year if paper else None}


def _quoted(one: Citation | Saying, corpus: Corpus) -> dict[str, object]:
    span = {"quote": one.quote, "where": one.where, "start": one.start, "end": one.end}
    return _paper(one.key, corpus) | span


def _table(answer: Answer, corpus: Corpus) -> dict[str, object] | None:
    if not answer.columns:
        return None
    rows = [
        _paper(row.key, corpus) | {"cells": {name: cell.model_dump(mode="json") for name, cell in row.cells.items()}}
        for row in answer.passage.rows
    ]
    return {"columns": list(answer.columns), "rows": rows}
