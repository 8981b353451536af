"""Find papers by words: in titles, abstracts and, where there are any, cards. Nothing is asked of a model.

A word is found in all its forms, a name such as GPT-4o whole and in parts. Words in quotation marks must stand in a
paper as they are, and a word behind a minus must not; keep both from your shell: '"exact words" -word'. On a terminal
what was found is bold; elsewhere a paper takes a plain line, and its best sentences another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer
from rich.console import Console as RichConsole
from rich.console import Group
from rich.table import Table
from rich.text import Text

from agent.cli import DONE, INCOMPLETE
from agent.cli.console import Console, seen, show, show_aside, show_json
from agent.cli.options import FolderOption, JsonOption, WithinOption, YearsOption, access, read_years
from agent.cli.step import work_on
from agent.papers import Corpus, Paper
from agent.pipeline import Review
from agent.question import Scope
from agent.report import Report
from agent.search import Hit, Index, Query, card_lines, category_names, marks, passages, read_query
from agent.search.wanted import Run
from agent.wording import count

WordsArgument = Annotated[list[str], typer.Argument(help="What to look for.", metavar="WORDS")]
MostOption = Annotated[int, typer.Option("--most", min=1, help="So many papers at the most.")]
LONGEST_SENTENCE = 600
"""Characters; what is longer is a text without full stops."""
GAP = " … "
"""Between two sentences that do not follow one another."""


@dataclass(frozen=True)
class Found:
    """What a search gave, and of how many papers."""

    hits: Sequence[Hit]
    corpus: Corpus
    n_searched: int
    has_cards: bool
    rarity: Mapping[Run, float]
    unknown: Sequence[str]
    """Words that no paper has."""
    by_card: Mapping[str, str]
    """For a hit whose title and abstract have none of the words, the line of its card that has one."""


def command(
    words: WordsArgument,
    *,
    folder: FolderOption = Path(),
    most: MostOption = 10,
    within: WithinOption = None,
    years: YearsOption = None,
    as_json: JsonOption = False,
) -> None:
    query = read_query(" ".join(words))
    if query.is_empty:
        raise typer.BadParameter("there is no word to look for but such as every text has", param_hint="WORDS")
    scope = Scope(within=tuple(within or ()), years=read_years(years))

    def work(review: Review, console: Console) -> tuple[Report, Found]:
        return review.build("papers"), _found(review, query, scope, most, console)

    _, (report, found) = work_on(folder, access(), work, as_json=as_json, asks=False)
    if as_json:
        show_json([_as_value(hit, found, query) for hit in found.hits])
    else:
        _show(found, query)
    unread = [f"not read: {why}" for source in report.sources if (why := source.unread)]
    for line in (*([] if as_json else _asides(found, most)), *unread):
        show_aside(line)
    raise typer.Exit(INCOMPLETE if unread else DONE)


def _found(review: Review, query: Query, scope: Scope, most: int, console: Console) -> Found:
    folder = review.folder
    corpus, cards, taxonomy = folder.corpus(), folder.cards(), folder.taxonomy()
    among = None if scope == Scope() else scope.keys(corpus, cards, taxonomy)
    index = Index.open(folder.index_folder, corpus, cards, taxonomy, console.say)
    hits = index.find(query, most=most, among=among)
    names = category_names(taxonomy)
    by_card = {}
    for paper in corpus.papers(hit.key for hit in hits):
        if not any(marks(text, query.said) for text in (paper["title"], paper["abstract"])):
            lines = card_lines(cards.get(paper.key), names)
            by_card[paper.key] = next((line for line in lines if marks(line, query.said)), "")
    n_searched = len(corpus if among is None else among)
    rarity, unknown = index.rarity(query.said), index.unknown(query.words)
    return Found(hits, corpus, n_searched, bool(cards), rarity, unknown, by_card)


def _as_value(hit: Hit, found: Found, query: Query) -> dict[str, object]:
    paper = found.corpus.paper(hit.key)
    marked = [
        {"where": where, "start": start, "end": end}
        for where, text in (("title", paper["title"]), ("abstract", paper["abstract"]))
        for start, end in marks(text, query.said)
    ]
    told = {"key": hit.key, "title": paper.title, "year": paper.year, "score": hit.score}
    return {**told, "marks": marked, "passage": _passage(paper, found, query)}


def _passage(paper: Paper, found: Found, query: Query) -> str:
    """The one or two sentences of the abstract that say most of what is looked for; empty where none says any."""
    text = paper["abstract"]
    spans = passages(text, query.said, found.rarity)
    passage = ""
    for (start, end), before in zip(spans, [None, *spans], strict=False):
        between = "" if before is None else " " if not text[before[1] : start].strip() else GAP
        passage += between + _around_first_mark(text[start:end], query)
    return passage


def _around_first_mark(sentence: str, query: Query) -> str:
    """The sentence, or the part of one that is none, where the first word that is looked for stands."""
    if len(sentence) <= LONGEST_SENTENCE:
        return sentence
    first = next((start for start, _ in marks(sentence, query.said)), 0)
    begin = max(0, min(first - LONGEST_SENTENCE // 4, len(sentence) - LONGEST_SENTENCE))
    words = sentence[begin : begin + LONGEST_SENTENCE]
    words = words.partition(" ")[2] if begin else words
    return f"{'… ' if begin else ''}{words.rpartition(' ')[0] or words} …"


def _show(found: Found, query: Query) -> None:
    """Each hit with its title and the words that it was found by."""
    terminal = RichConsole(highlight=False)
    if not found.hits:
        show(_nothing(found, query))
    elif terminal.is_terminal:
        page = Table.grid(padding=(0, 2, 0, 0))
        page.add_column(justify="right")
        page.add_column(overflow="fold")
        for rank, hit in enumerate(found.hits, start=1):
            lines = [Text.assemble((before, "dim"), _bold(text, query)) for before, text in _lines(hit, found, query)]
            page.add_row(str(rank), Group(*lines, *([""] if rank < len(found.hits) else [])))
        terminal.print(page)
    else:
        for rank, hit in enumerate(found.hits, start=1):
            first, *others = [f"{before}{text}" for before, text in _lines(hit, found, query)]
            for line in (f"{rank}. {first}", *(f"    {other}" for other in others)):
                show(line)


def _lines(hit: Hit, found: Found, query: Query) -> Iterator[tuple[str, str]]:
    """The paper's key and title, and what it was found by: each line's beginning, and its text."""
    paper = found.corpus.paper(hit.key)
    year = f" ({paper.year})" if paper.year is not None else ""
    yield f"{seen(hit.key)}  ", seen(f"{shorten(paper.called, LONGEST_SENTENCE, placeholder=' …')}{year}")
    passage = _passage(paper, found, query)
    if passage:
        yield "", seen(passage)
    elif found.by_card.get(hit.key):
        yield "by its card: ", seen(found.by_card[hit.key])


def _bold(line: str, query: Query) -> Text:
    text = Text(line)
    for start, end in marks(line, query.said):
        text.stylize("bold", start, end)
    return text


def _nothing(found: Found, query: Query) -> str:
    told = [query.words] if query.words else []
    told += [f'"{phrase}"' for phrase in query.phrases] + [f"without {text}" for text in query.without]
    n_papers = count(found.n_searched, "paper")
    where = "titles, abstracts and cards" if found.has_cards else "titles and abstracts"
    return f"no paper has {seen(' '.join(told))}; searched {where} of {n_papers}"


def _asides(found: Found, most: int) -> Iterator[str]:
    """Beside the hits: which words no paper has, and that there may be more."""
    if found.hits and found.unknown:
        yield f"no paper has {', '.join(map(seen, found.unknown))}"
    if len(found.hits) == most < found.n_searched:
        yield f"these are the best of {count(found.n_searched, 'paper')}; --most {2 * most} shows more"
