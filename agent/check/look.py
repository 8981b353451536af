"""What code can tell of a claim or a table's cell without a judge."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.answers import MAX_CITATIONS
from agent.draft import Cell, Citation, Claim, Finding, Outcome, Part, Passage, Problem, Row, Verdict
from agent.numbers import missing_numbers
from agent.papers import Corpus, Paper, Where
from agent.quotes import find_quote, has_words
from agent.review import Made

MOST_NAME_WORDS = 4
_WHERE: tuple[Where, ...] = ("title", "abstract")
_QUOTING = re.compile(r"(?P<name>[^“”]{1,300}): “(?P<words>.+)”\.?", re.DOTALL)


@dataclass(frozen=True)
class Checked:
    """A claim on its way through the check."""

    claim: Claim
    problem: Problem | None = None
    why: str = ""
    before: "Checked | None" = None
    """What this one replaces."""
    judged: Made = Made()
    """How the judgement came to be."""
    stands: bool = False
    """Whether it is as it was when it was judged, or is not to be judged: it is printed as it is."""

    @property
    def is_due(self) -> bool:
        """Whether a judge is to be asked."""
        return self.problem is None and not self.stands

    def failed(self, problem: Problem, why: str) -> "Checked":
        return replace(self, problem=problem, why=why)


def look(claim: Claim, corpus: Corpus) -> Checked:
    """Whether its keys exist, its quotes are its papers' own words, and its numbers stand in a paper it cites."""
    claim = claim.model_copy(update={"verdict": None})
    seen = Checked(claim)
    if not claim.citations:
        return seen.failed(Problem.NO_CITATION, "it cites no paper")
    if len({citation.key for citation in claim.citations}) > MAX_CITATIONS:
        return seen.failed(Problem.TOO_MANY, f"it cites more than {MAX_CITATIONS} papers")
    unknown = [citation.key for citation in claim.citations if not corpus.has(citation.key)]
    if unknown:
        return seen.failed(Problem.UNKNOWN_KEY, f"the corpus has no {', '.join(unknown)}")
    found = tuple(_found(citation, corpus.paper(citation.key)) for citation in claim.citations)
    seen = Checked(claim.model_copy(update={"citations": found}))
    typed = {one.key for one in claim.citations if claim.by_hand and one.quote is None}  # a person gives no words
    astray = [citation.key for citation in found if citation.quote is None and citation.key not in typed]
    if astray:
        return seen.failed(Problem.NO_QUOTE, f"the words given do not stand in {', '.join(dict.fromkeys(astray))}")
    lost = missing_numbers(claim.text, _texts(corpus.paper(citation.key) for citation in found))
    # In a paper's own words every number stands, one that the quote parts from its "billion" as well.
    if lost and not is_verbatim(claim, corpus):
        return seen.failed(Problem.NO_NUMBER, f"{', '.join(lost)} stands in none of the papers it cites")
    return seen


def look_again(claim: Claim, corpus: Corpus, *, is_judged: bool = True) -> Checked:
    """The same, but that a claim which came through before, and in which code finds nothing wrong now, stands as it is.

    So does a person's claim with whatever was said of it; and where nobody is there to judge it, it is not judged.
    """
    seen = look(claim, corpus)
    if seen.problem is None and (holds(claim.verdict) or (claim.by_hand and (claim.verdict or not is_judged))):
        return Checked(claim, stands=True)
    return replace(seen, claim=claim.model_copy(update={"verdict": None})) if claim.by_hand else seen


def _found(citation: Citation, paper: Paper) -> Citation:
    """The citation with its quote where it stands in the paper's present text, or without one."""
    quote = find_quote(paper, citation.quote)
    if quote is None:
        return Citation(key=citation.key)
    return Citation(key=citation.key, quote=quote.text, **quote.model_dump(exclude={"text"}))


def _texts(papers: Iterable[Paper]) -> list[str]:
    """All that a number may be taken from; the year of the paper among it."""
    return [f"{paper.title or ''}\n{paper.abstract or ''}\n{paper.year or ''}" for paper in papers]


def is_verbatim(claim: Claim, corpus: Corpus) -> bool:
    """Whether the claim is one paper's own words in quotation marks, with a name before them: `BLT: “We …”`.

    A name is short or the paper's own words too, for a sentence before the colon would assert something.
    """
    match = _QUOTING.fullmatch(claim.text)
    keys = {citation.key for citation in claim.citations}
    if match is None or len(keys) != 1 or not keys <= set(corpus.keys()):
        return False
    paper, name = corpus.paper(keys.pop()), match["name"].strip(" …")
    is_name = len(name.split()) <= MOST_NAME_WORDS or any(has_words(paper[where], name) for where in _WHERE)
    return is_name and find_quote(paper, match["words"]) is not None


def check_rows(part: Part, corpus: Corpus) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
    """A part's table with only those cells whose quote and numbers stand in the paper, and what was left out."""
    rows, findings = [], []
    for row in part.rows:
        if not corpus.has(row.key):
            said = "; ".join(f"{column}: {cell.text}" for column, cell in row.cells.items() if cell.text)
            findings.append(_dropped(part, row, said, Problem.UNKNOWN_KEY, f"the corpus has no {row.key}"))
            continue
        paper, cells = corpus.paper(row.key), {}
        for column, cell in row.cells.items():
            wrong = _wrong(cell, paper)
            cells[column] = Cell() if wrong else _own_words(cell, paper)
            if wrong:
                findings.append(_dropped(part, row, f"{column}: {cell.text}", *wrong))
        rows.append(row.model_copy(update={"cells": cells}))
    return tuple(rows), tuple(findings)


def _dropped(part: Part, row: Row, said: str, problem: Problem, why: str) -> Finding:
    return Finding(
        passage=part.id,
        row=row.key,
        claim=said,
        keys=(row.key,),
        problem=problem,
        why=why,
        outcome=Outcome.DROPPED,
        made=Made(model="program"),
    )


def _wrong(cell: Cell, paper: Paper) -> tuple[Problem, str] | None:
    if not cell.text:
        return None
    if find_quote(paper, cell.quote) is None:
        return Problem.NO_QUOTE, "the words given do not stand in the paper"
    lost = [] if _is_quoted(cell, paper) else missing_numbers(cell.text, _texts([paper]))
    return (Problem.NO_NUMBER, f"{', '.join(lost)} does not stand in the paper") if lost else None


def _is_quoted(cell: Cell, paper: Paper) -> bool:
    """Whether the cell's text is nothing but words of the paper."""
    words = (cell.text or "").strip(" …“”.")
    return has_words(paper["abstract"], words) or has_words(paper["title"], words)


def _own_words(cell: Cell, paper: Paper) -> Cell:
    quote = find_quote(paper, cell.quote)
    return cell.model_copy(update={"quote": quote.text}) if quote else cell


def says_itself(cell: Cell) -> bool:
    """Whether a cell is only the beginning of its own quote, so that there is nothing to judge.

    Words from its middle could have lost a "not" before them.
    """
    words = (cell.text or "").strip(" …“”.")
    quote = (cell.quote or "").lstrip(" “")
    return not words or (quote.startswith(words) and not quote[len(words) : len(words) + 1].isalnum())


def row_claim(row: Row) -> Claim | None:
    """The row as a sentence to be judged; None where it says nothing but the paper's own words."""
    said = {column: cell for column, cell in row.cells.items() if not says_itself(cell)}
    if not said:
        return None
    text = "; ".join(f"{column}: {cell.text}" for column, cell in said.items())
    quotes = tuple(Citation(key=row.key, quote=cell.quote) for cell in said.values())
    return Claim(text=f"In the table, of this paper: {text}", citations=quotes)


def in_own_words(row: Row) -> Row:
    """The row with its quotes for text, which is what is left of one that the judge did not find supported."""
    cells = {
        column: cell if says_itself(cell) else cell.model_copy(update={"text": f"“{cell.quote}”"})
        for column, cell in row.cells.items()
    }
    return row.model_copy(update={"cells": cells})


def holds(verdict: Verdict | None) -> bool:
    """Whether a claim with this verdict is printed."""
    return verdict in (Verdict.VERBATIM, Verdict.SUPPORTED)


def stands_up(passage: Passage, corpus: Corpus) -> bool:
    """Whether code finds nothing wrong with what a passage prints, in the papers as they are now.

    A person's sentences are printed with what is wrong with them.
    """
    if any(look(claim, corpus).problem for claim in passage.claims if not claim.by_hand):
        return False
    return not isinstance(passage, Part) or check_rows(passage, corpus) == (passage.rows, ())
