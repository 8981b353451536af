"""The bibliography: each paper with where it can be read, what its card says, and the words it is cited for."""

from dataclasses import dataclass
from functools import lru_cache

from agent.papers import Author, Paper, Where
from agent.render.edition import Edition
from agent.render.escape import web_link
from agent.render.printed import GONE, NOT_SENT, Mark, Sentence
from agent.render.survey import Name, Survey
from agent.review import FACTS
from agent.sentences import sentences
from agent.wording import listed

MAX_AUTHORS = 6
"""More authors than these are shown as the first few `et al.`"""
MAX_AROUND = 400
"""Characters of its sentence that are shown on either side of a quote."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a paper's card."""

    field: str
    text: str
    quote: str | None
    """None where its words are not in the paper, or none were asked for."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that the paper is cited for, with the rest of their sentence and the claims that rest on them."""

    claims: tuple[str, ...]
    """Their anchors."""
    anchor: str
    before: str
    quote: str | None
    after: str
    is_in_claim: bool
    """Each claim says these very words, so that a reader has seen them."""


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A line of the bibliography."""

    number: int
    paper: Paper
    name: Name
    authors: str
    links: tuple[Link, ...]
    mentions: tuple[Mention, ...]
    why_uncited: str | None
    n_claims: int
    """Claims that cite it."""
    category: str | None
    """The name of the category its card puts it in."""
    facts: tuple[Fact, ...]
    why: str
    """Why it is in its category."""
    mark: str
    """Says that it is not sent to a model, or that no source names it any more; empty for all others."""


def references(edition: Edition) -> tuple[Reference, ...]:
    """Every paper of the corpus, cited or not, in the order of its number."""
    return tuple(_reference(edition, paper) for paper in edition.survey.corpus)


def _reference(edition: Edition, paper: Paper) -> Reference:
    survey = edition.survey
    card = survey.cards.get(paper.key)
    category = survey.category(paper.key)
    return Reference(
        number=survey.numbers[paper.key],
        paper=paper,
        name=survey.name(paper.key),
        authors=name_authors(paper.authors, has_more=paper.has_more_authors),
        links=links_of(paper),
        mentions=_mentions(edition, paper),
        why_uncited=edition.uncited.get(paper.key),
        n_claims=len({sentence.anchor for sentence, _ in edition.mentions.get(paper.key, ())}),
        category=category.name if category else None,
        facts=_facts(survey, paper.key),
        why=card.why if card else "",
        mark="; ".join([*([NOT_SENT] if paper.key in edition.not_sent else []), *([GONE] if paper.gone else [])]),
    )


def name_authors(authors: tuple[Author, ...], *, has_more: bool = False) -> str:
    """The authors in a line: `A. One, B. Two and C. Three`, or with `et al.` where there are more."""
    names = [str(author) for author in authors]
    if len(names) > MAX_AUTHORS:
        return ", ".join(names[: MAX_AUTHORS - 1]) + " et al."
    if has_more and names:
        return ", ".join(names) + " et al."
    return listed(names)


def links_of(paper: Paper) -> tuple[Link, ...]:
    """Where the paper can be read, the most lasting address first."""
    found = []
    if paper.doi:
        found.append((f"doi:{paper.doi}", web_link(f"https://doi.org/{paper.doi}")))
    if paper.arxiv:
        found.append((f"arXiv:{paper.arxiv}", web_link(f"https://arxiv.org/abs/{paper.arxiv}")))
    if paper.url:
        found.append(("link", web_link(paper.url)))
    seen: dict[str, Link] = {}
    for label, address in found:
        if address:
            seen.setdefault(address, Link(label, address))
    return tuple(seen.values())


def _facts(survey: Survey, key: str) -> tuple[Fact, ...]:
    card = survey.cards.get(key)
    if card is None:
        return ()
    quotes = {quote.field: quote.text for quote in card.quotes}
    order = sorted(card.facts, key=lambda name: (FACTS.index(name) if name in FACTS else len(FACTS), name))
    return tuple(Fact(name, card.facts[name], quotes.get(name)) for name in order if card.facts[name].strip())


def _mentions(edition: Edition, paper: Paper) -> tuple[Mention, ...]:
    by_words: dict[str, list[tuple[Sentence, Mark]]] = {}
    for sentence, mark in edition.mentions.get(paper.key, ()):
        by_words.setdefault(mark.anchor, []).append((sentence, mark))
    return tuple(_mention(paper, cited) for cited in by_words.values())


def _mention(paper: Paper, cited: list[tuple[Sentence, Mark]]) -> Mention:
    mark = cited[0][1]
    quote = mark.quote
    before, after = _around(paper, mark) if mark.quote else ("", "")
    return Mention(
        claims=tuple(dict.fromkeys(sentence.anchor for sentence, _ in cited)),
        anchor=mark.anchor,
        before=before,
        quote=quote,
        after=after,
        is_in_claim=quote is not None and all(quote in sentence.text for sentence, _ in cited),
    )


def _around(paper: Paper, mark: Mark) -> tuple[str, str]:
    """What stands before and after the quote in its sentence; nothing where the quote is not where it is said to be."""
    quote, where = mark.quote or "", mark.where or "abstract"
    text = paper[where]
    start = mark.start if mark.start is not None and text[mark.start :].startswith(quote) else text.find(quote)
    if start < 0:
        return "", ""
    end = start + len(quote)
    begin = max((first for first, _ in _spans(paper, where) if first <= start), default=start)
    stop = min((last for _, last in _spans(paper, where) if last >= end), default=end)
    before, after = text[begin:start], text[end:stop]
    if len(before) > MAX_AROUND:
        before = "… " + before[-MAX_AROUND:]
    if len(after) > MAX_AROUND:
        after = after[:MAX_AROUND] + " …"
    return before, after


@lru_cache(maxsize=16)
def _sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentences(text))


def _spans(paper: Paper, where: Where) -> tuple[tuple[int, int], ...]:
    return _sentence_spans(paper[where])
