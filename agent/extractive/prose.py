"""Writes sections out of the papers' own sentences, in quotation marks and with the paper's name before them."""

import math
from collections.abc import Sequence
from typing import Any

from agent.errors import CallError
from agent.extractive.clusters import clustered
from agent.extractive.phrases import capitalized, phrases_of
from agent.extractive.roles import Role, Sentence, best, read, shortened
from agent.extractive.vectors import space_of
from agent.extractive.words import paper_features
from agent.fields import CardedPaper
from agent.papers import Paper

CELL_WORDS = 15
PAPERS_PER_PARAGRAPH = 5
PLAIN_PROBLEM = 3.5
"""How plainly a sentence must state a problem to open a paragraph."""
_LONGEST_NAME = 200
_PLAIN_MARKS = str.maketrans("“”", '""')

Claim = dict[str, Any]


def section(papers: Sequence[CardedPaper]) -> dict[str, Any]:
    """The answer to `write_section`: a paragraph for papers that are alike, one or two sentences of each paper."""
    ordered = sorted(papers, key=lambda entry: entry.paper.key)
    quotable = [entry for entry in ordered if read(entry.paper)]
    if not quotable:
        raise CallError("the built-in model quotes abstracts, and none of these papers has a sentence to quote")
    return {"paragraphs": _paragraphs(quotable), "rows": [row(entry) for entry in ordered]}


def missing(papers: Sequence[CardedPaper]) -> dict[str, Any]:
    """The answer to `write_missing`: a claim for each paper that has a sentence to quote."""
    ordered = sorted(papers, key=lambda entry: entry.paper.key)
    return {"claims": [claims_of(entry)[0] for entry in ordered if read(entry.paper)]}


def claims_of(entry: CardedPaper) -> list[Claim]:
    """What the paper did and, where another sentence says it, what came of it."""
    did, found = _main_sentences(entry.paper)
    said = [sentence for sentence in (did, found) if sentence is not None]
    return [quoting(entry, sentence) for sentence in said]


def quoting(entry: CardedPaper, sentence: Sentence) -> Claim:
    """A claim that is nothing but a sentence of the paper, under the paper's name."""
    return quoted(name_of_work(entry), entry.paper.key, sentence.text)


def quoted(name: str, key: str, sentence: str) -> Claim:
    return {"text": f"{as_name(name)}: “{sentence}”", "citations": [{"key": key, "quote": sentence}]}


def name_of_work(entry: CardedPaper) -> str:
    """What to call the paper: the name on its card, else its title, else its first words."""
    return entry.card.facts.get("name") or entry.paper.called


def as_name(name: str) -> str:
    """A name that cannot be taken for the quotation after it."""
    plain = name.translate(_PLAIN_MARKS)
    return plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1].rsplit(" ", 1)[0] + "…"


def _main_sentences(paper: Paper) -> tuple[Sentence | None, Sentence | None]:
    """The sentence on the approach, or the first where none speaks of one; and the one on the result."""
    told = read(paper)
    did = best(told, Role.APPROACH) or next(iter(told), None)
    return did, best(told, Role.RESULT, without=(did,))


def _paragraphs(entries: Sequence[CardedPaper]) -> list[dict[str, Any]]:
    papers = [entry.paper for entry in entries]
    n_groups = math.ceil(len(papers) / PAPERS_PER_PARAGRAPH)
    space = space_of(papers, lambda paper: paper_features(paper) or [paper.key])
    groups = clustered(space, range(len(papers)), n_groups, least=2)
    if len(groups) == 1:
        return [{"heading": None, "claims": _claims(entries)}]
    phrases = phrases_of(papers)
    n_using = space.papers.getnnz(axis=0)
    common = {name for name, n in zip(space.names, n_using, strict=True) if 2 * n > len(papers)}
    taken: set[str] = set()
    paragraphs = []
    for group in groups:
        heading, used = phrases.common_to(group, taken, common)
        taken |= used
        claims = _claims([entries[place] for place in group])
        paragraphs.append({"heading": capitalized(heading or "others"), "claims": claims})
    return paragraphs


def _claims(entries: Sequence[CardedPaper]) -> list[Claim]:
    """What each paper did and found, after the one sentence that says most plainly why any of them had to."""
    problems = [(best(read(entry.paper), Role.PROBLEM, _main_sentences(entry.paper)), entry) for entry in entries]
    plain = [(one, entry) for one, entry in problems if one and one.scores[Role.PROBLEM] >= PLAIN_PROBLEM]
    first = max(plain, key=lambda pair: pair[0].scores[Role.PROBLEM], default=None)
    opening = [quoting(first[1], first[0])] if first else []
    return opening + [claim for entry in entries for claim in claims_of(entry)]


def row(entry: CardedPaper) -> dict[str, Any]:
    """The paper's line in the comparison table, in its own words."""
    told = read(entry.paper)
    did, found = _main_sentences(entry.paper)
    setting = best(told, Role.SETTING, without=(did, found))
    problem = best(told, Role.PROBLEM, without=(did, found, setting))
    return {
        "key": entry.paper.key,
        "setting": _cell(setting or problem),
        "idea": _cell(did),
        "evidence": _cell(found),
    }


def _cell(sentence: Sentence | None) -> dict[str, str] | None:
    return {"text": shortened(sentence.text, CELL_WORDS), "quote": sentence.text} if sentence else None
