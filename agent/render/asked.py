"""What the program itself says of an answer, in words alike for the terminal and the survey: how much it rests on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from textwrap import shorten

from agent.papers import Corpus
from agent.question import Answer, Extent, Kind, Scope
from agent.review import Card, Taxonomy
from agent.wording import count

NOT_SAID = "The corpus does not say."
LEFT_OPEN = "Left open, in words that nobody checked"
"""Before what a model says the papers do not tell: a sentence about what is not there can cite nothing."""
LONGEST_HEADING = 160
"""Characters of a question where it stands over its answer."""
UNKNOWN = "unknown"


def limits(scope: Scope) -> str:
    """What a question was limited to: `in Bees or Moths, 2021 to 2023, among bees2021`; empty for no limit."""
    first, last = scope.years
    if first is not None and last is not None:
        years = f"{first}" if first == last else f"{first} to {last}"
    elif first is not None:
        years = f"from {first}"
    else:
        years = f"to {last}" if last is not None else ""
    within = f"in {' or '.join(scope.within)}" if scope.within else ""
    papers = f"among {', '.join(scope.papers)}" if scope.papers else ""
    return ", ".join(filter(None, (within, years, papers)))


def titled(answer: Answer) -> str:
    """The question with what it was limited to."""
    limited = limits(answer.scope)
    return f"{answer.question} ({limited})" if limited else answer.question


def heading(answer: Answer) -> str:
    return shorten(titled(answer), LONGEST_HEADING, placeholder=" …")


def extent_line(answer: Answer) -> str:
    """How many papers were read and how many of them answer, with all that keeps it from being a count."""
    extent, n_found = answer.extent, len(answer.matching_keys) if answer.answered else 0
    in_scope = f"{count(extent.n_papers, 'paper')}{' within the limits' if limits(answer.scope) else ''}"
    is_by_words = answer.made.is_built_in
    is_guess = is_by_words and n_found > 0
    if answer.kind is Kind.CORPUS:
        said = _counted(extent, n_found, in_scope, may="may " if is_guess else "")
    else:
        verb = "may answer it" if is_guess else "answers it" if n_found == 1 else "answer it"
        told = f": {n_found:,} {verb}" if n_found else "" if answer.answered else ": none answers it"
        near = (
            f", {extent.n_touching:,} {'comes' if extent.n_touching == 1 else 'come'} near"
            if extent.n_touching and told
            else ""
        )
        said = [f"read {extent.n_read:,} of {in_scope}{told}{near}"]
    return "; ".join([*said, *(["the built-in model goes by shared words alone"] if is_by_words else [])])


def extent_sentence(answer: Answer) -> str:
    """The same as a sentence begins; what ends it is for who prints it."""
    line = extent_line(answer)
    return f"{line[0].upper()}{line[1:]}"


def _counted(extent: Extent, n_found: int, in_scope: str, *, may: str) -> list[str]:
    """A count of papers, or at least so many, and what was not looked at for it."""
    say = f"{may}say so" if n_found != 1 or may else "says so"
    n_left_out = extent.n_papers - extent.n_possible
    if extent.n_read == extent.n_papers:
        return [
            f"{n_found:,} of {in_scope} {say}, and all were read"
            if n_found
            else f"none of {in_scope} says so, and all were read"
        ]
    found = (
        f"{count(n_found, 'paper')} of the {extent.n_read:,} read {say}"
        if n_found
        else f"none of the {extent.n_read:,} papers read says so"
    )
    said = [f"at least {found}" if extent.n_unread and n_found else found]
    if extent.n_unread:
        said.append(f"{extent.n_unread:,} more could bear on it and {_were(extent.n_unread)} not read")
    if n_left_out > 0:
        said.append(
            f"{n_left_out:,} of {in_scope} {_were(n_left_out)} left out by the question's categories and searches"
        )
    if extent.n_without_abstract:
        said.append(f"{extent.n_without_abstract:,} {'has' if extent.n_without_abstract == 1 else 'have'} no abstract")
    return said


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


def by_year(keys: Iterable[str], corpus: Corpus) -> list[tuple[str, int]]:
    """How many of these papers are of which year, the earliest first; those without one last."""
    years = Counter(corpus.paper(key).year for key in keys if corpus.has(key))
    known = [(str(year), years[year]) for year in sorted(year for year in years if year is not None)]
    return [*known, *([(UNKNOWN, years[None])] if years[None] else [])]


def by_category(keys: Iterable[str], cards: Mapping[str, Card], taxonomy: Taxonomy | None) -> list[tuple[str, int]]:
    """How many of these papers are in which category, the most first; those without a card last."""
    names = {category.id: category.name for category, _ in taxonomy.walk()} if taxonomy else {}
    placed = Counter(names.get(cards[key].category) if key in cards else None for key in keys)
    known = [(name, n) for name, n in placed.items() if name is not None]
    known.sort(key=lambda one: (-one[1], one[0]))
    return [*known, *([(UNKNOWN, placed[None])] if placed[None] else [])]
