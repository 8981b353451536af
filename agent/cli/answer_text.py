"""An answer for a person: prose with numbered sources and the words they rest on, wrapped to a terminal or in lines."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console as RichConsole
from rich.table import Table
from rich.text import Text

from agent.cli.answered import Numbers, paragraphs
from agent.cli.console import seen, show
from agent.papers import Corpus
from agent.question import Answer
from agent.render.asked import LEFT_OPEN, NOT_SAID, by_category, by_year, extent_line, extent_sentence
from agent.render.escape import markdown
from agent.render.references import name_authors
from agent.review import Card, Taxonomy

WIDEST = 100
"""Columns of a terminal that running text takes; longer lines are hard to read."""
NARROWEST_CELL = 14
"""Columns that each column of a table needs; on a narrower terminal its rows are written one below the other."""
NO_TABLE = "this answer has no table: it compares no papers"


@dataclass(frozen=True)
class Line:
    """A line, and how far it is indented; what goes on below it is indented by `hang` more."""

    text: Text
    indent: int = 0
    hang: int = 0


@dataclass(frozen=True)
class Shelf:
    """What papers are named and counted by."""

    corpus: Corpus
    cards: Mapping[str, Card]
    taxonomy: Taxonomy | None


def show_answer(answer: Answer, shelf: Shelf, *, with_table: bool) -> None:
    """Print the answer, its sources and what it rests on."""
    numbers = Numbers.of(answer, by_quote=False, with_table=with_table)
    _show_lines(_prose(answer, numbers))
    if with_table:
        _show_table(answer, shelf, numbers)
    _show_lines(_sources(answer, shelf, numbers, with_table=with_table))
    _show_lines(_rest(answer, shelf, numbers))


def _show_lines(lines: Iterator[Line]) -> None:
    """Wrapped on a terminal; elsewhere a line each, however long, for whoever searches in them."""
    terminal = RichConsole(highlight=False, markup=False, emoji=False)
    for line in lines:
        if not terminal.is_terminal:
            show(f"{' ' * line.indent}{line.text.plain}")
            continue
        width = max(20, min(WIDEST, terminal.width) - line.indent - line.hang)
        for number, piece in enumerate(line.text.wrap(terminal, width) or [Text()]):
            terminal.print(Text(" " * (line.indent + (line.hang if number else 0))).append_text(piece))


def _prose(answer: Answer, numbers: Numbers) -> Iterator[Line]:
    if not answer.answered:
        yield Line(Text(NOT_SAID, "bold"))
        if answer.missing:
            yield Line(Text(seen(answer.missing)))
        yield _gap()
    for heading, text in paragraphs(answer, numbers):
        if heading:
            yield Line(Text(heading, "bold"))
        yield Line(_marked(text))
        yield _gap()
    if answer.answered and answer.missing:
        yield Line(Text(f"{LEFT_OPEN}: {seen(answer.missing)}"))
        yield _gap()


def _gap() -> Line:
    return Line(Text())


def _marked(text: str) -> Text:
    """The text with its marks in another colour, so that they do not stand in the way of reading."""
    marked = Text(text)
    marked.highlight_regex(r"(?:\[\d+\])+(?= |$)", "cyan")
    return marked


def _sources(answer: Answer, shelf: Shelf, numbers: Numbers, *, with_table: bool) -> Iterator[Line]:
    quotes = _quotes(answer, with_table=with_table)
    for number, (key, _) in enumerate(numbers.order, start=1):
        head = f"[{number}] "
        text = Text().append(head, "cyan").append_text(_named(key, shelf.corpus))
        yield Line(text, hang=len(head))
        yield from (_quote(words, len(head)) for words in quotes.get(key, ()))
    if numbers.order:
        yield _gap()


def _quotes(answer: Answer, *, with_table: bool) -> dict[str, list[str]]:
    """By paper the words that are rested on, each once; not those that every sentence resting on them says itself."""
    texts: dict[tuple[str, str], list[str]] = {}
    for claim in answer.claims:
        for one in claim.citations:
            if one.quote:
                texts.setdefault((one.key, one.quote), []).append(claim.text)
    for row in answer.passage.rows if with_table else ():
        for cell in row.cells.values():
            if cell.text and cell.quote:
                texts.setdefault((row.key, cell.quote), []).append(cell.text)
    found: dict[str, list[str]] = {}
    for (key, quote), said in texts.items():
        if not all(quote in text for text in said):
            found.setdefault(key, []).append(quote)
    return {key: _longest(quotes) for key, quotes in found.items()}


def _longest(quotes: Sequence[str]) -> list[str]:
    """Those that are not part of another, which says it all."""
    return [one for one in quotes if not any(one != other and one in other for other in quotes)]


def _named(key: str, corpus: Corpus) -> Text:
    """`Ann Rose and Li Chen (2021). Title. key`, or without authors `Title (2021). key`"""
    if not corpus.has(key):
        return Text(key)
    paper = corpus.paper(key)
    authors = seen(name_authors(paper.authors, has_more=paper.has_more_authors))
    year = f" ({paper.year})" if paper.year is not None else ""
    stop = "" if authors.endswith(".") and not year else "."
    named = Text(f"{authors}{year}{stop} " if authors else "").append(seen(paper.called).rstrip("."), "bold")
    return named.append("" if authors else year).append(". ").append(seen(key), "dim")


def _quote(words: str, indent: int) -> Line:
    return Line(Text(f"“{seen(words)}”"), indent, hang=1)


def _rest(answer: Answer, shelf: Shelf, numbers: Numbers) -> Iterator[Line]:
    """How much it rests on; of a question over the whole corpus every paper found, and of which year and category."""
    cited = {key for key, _ in numbers.order}
    left = [key for key in answer.nearest if key not in cited]
    if left:
        yield Line(Text("Nearest to it:", "bold"))
        yield from (Line(_named(key, shelf.corpus), 4, hang=2) for key in left)
        yield _gap()
    if not answer.listed:
        yield Line(Text(extent_line(answer)))
        return
    keys = answer.listed
    read = "\n".join(claim.text for claim in answer.claims)
    yield Line(Text(f"{extent_sentence(answer)}:"))
    for key, quote in keys.items():
        yield Line(_listed(key, shelf.corpus), 4, hang=2)
        if quote and quote.rstrip(". ") not in read:
            yield _quote(quote, 6)
    counts = {"by year": by_year(keys, shelf.corpus), "by category": by_category(keys, shelf.cards, shelf.taxonomy)}
    for what, counted in counts.items():
        yield Line(Text(f"{what}: {', '.join(f'{seen(name)} ({n:,})' for name, n in counted)}"), hang=2)


def _listed(key: str, corpus: Corpus) -> Text:
    """`key  Title (2021)`"""
    paper = corpus.paper(key) if corpus.has(key) else None
    year = f" ({paper.year})" if paper and paper.year is not None else ""
    return Text().append(f"{seen(key)}  ", "dim").append(seen(paper.called) if paper else "", "bold").append(year)


def _show_table(answer: Answer, shelf: Shelf, numbers: Numbers) -> None:
    columns = answer.columns
    if not columns:
        show(NO_TABLE)
    elif not sys.stdout.isatty():
        for line in _markdown(answer, shelf, numbers, columns):
            show(line)
    else:
        terminal = RichConsole(highlight=False, markup=False, emoji=False)
        if terminal.width < NARROWEST_CELL * (len(columns) + 1):
            _show_lines(_stacked(answer, shelf, numbers, columns))
            return
        terminal.print(_table(answer, shelf, numbers, columns))
    show("")


def _rows(answer: Answer, shelf: Shelf, numbers: Numbers, columns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each row as its paper, with its number where something is cited there, and its cells."""
    cited = dict(numbers.order)
    for row in answer.passage.rows:
        name = seen(shelf.corpus.paper(row.key).called) if shelf.corpus.has(row.key) else row.key
        mark = f" [{numbers.number(row.key)}]" if row.key in cited else ""
        yield f"{name}{mark}", [seen(cell.text or "") if (cell := row.cells.get(column)) else "" for column in columns]


def _table(answer: Answer, shelf: Shelf, numbers: Numbers, columns: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_lines=True, pad_edge=False)
    for name in ("", *columns):
        table.add_column(Text(seen(name)), overflow="fold", ratio=1)
    for name, cells in _rows(answer, shelf, numbers, columns):
        table.add_row(Text(name, "bold"), *(Text(cell or "–") for cell in cells))
    return table


def _markdown(answer: Answer, shelf: Shelf, numbers: Numbers, columns: Sequence[str]) -> Iterator[str]:
    yield f"| Paper | {' | '.join(markdown(name) for name in columns)} |"
    yield f"| --- |{' --- |' * len(columns)}"
    for name, cells in _rows(answer, shelf, numbers, columns):
        yield f"| {markdown(name)} | {' | '.join(markdown(cell) or '–' for cell in cells)} |"


def _stacked(answer: Answer, shelf: Shelf, numbers: Numbers, columns: Sequence[str]) -> Iterator[Line]:
    """The rows one below the other, for a terminal on which a table would be a column of letters."""
    for name, cells in _rows(answer, shelf, numbers, columns):
        yield Line(Text(name, "bold"))
        for column, cell in zip(columns, cells, strict=True):
            yield Line(Text().append(f"{seen(column)}: ", "dim").append(cell or "–"), 2, hang=2)
        yield _gap()
