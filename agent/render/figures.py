"""The survey's figures as data: papers by category, facets across categories, papers by year."""

from collections import Counter
from dataclasses import dataclass

from agent.render.edition import Edition
from agent.review import Category

N_SHADES = 6
"""Shades of the heat map, the first for nothing."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A category of the tree with its papers."""

    category: Category
    tag: str
    """Names it in the page's filters."""
    papers: tuple[str, ...]
    """Of this category alone, not of its children."""
    children: tuple["Branch", ...]
    section: str | None
    """The anchor of the section about it."""

    @property
    def n_papers(self) -> int:
        return len(self.papers) + sum(child.n_papers for child in self.children)


def tree(edition: Edition) -> tuple[Branch, ...]:
    """The taxonomy with its papers, in the taxonomy's order."""
    survey = edition.survey
    held: dict[str, list[str]] = {}
    for paper in survey.corpus:
        if category := survey.category(paper.key):
            held.setdefault(category.id, []).append(paper.key)
    tags = {id_: f"c{index}" for index, id_ in enumerate(dict.fromkeys(survey.taxonomy.ids))}

    def branch(category: Category) -> Branch:
        children = tuple(branch(child) for child in category.children)
        papers = tuple(held.get(category.id, ()))
        return Branch(category, tags[category.id], papers, children, edition.section_anchors.get(category.id))

    return tuple(branch(category) for category in survey.taxonomy.categories)


@dataclass(frozen=True, slots=True)
class Bar:
    """A category's bar, cut into its children."""

    branch: Branch
    segments: tuple[tuple[str, int, float, float], ...]
    """For each stretch its name, papers, and where it begins and how wide it is, in per cent of the longest bar."""


def bars(branches: tuple[Branch, ...]) -> tuple[Bar, ...]:
    """A bar a top category, in the order of the sections."""
    longest = max((branch.n_papers for branch in branches), default=0) or 1
    return tuple(Bar(branch, _segments(branch, longest)) for branch in branches)


def _segments(branch: Branch, longest: int) -> tuple[tuple[str, int, float, float], ...]:
    pieces = [(branch.category.name, len(branch.papers))] if branch.papers else []
    pieces += [(child.category.name, child.n_papers) for child in branch.children if child.n_papers]
    segments, begin = [], 0.0
    for name, n_papers in pieces:
        width = 100 * n_papers / longest
        segments.append((name, n_papers, round(begin, 2), round(width, 2)))
        begin += width
    return tuple(segments)


@dataclass(frozen=True, slots=True)
class HeatCell:
    n_papers: int
    shade: int
    tags: str
    """The filters of the table of papers that show just these."""
    title: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A facet across the categories."""

    facet: str
    codes: tuple[tuple[str, str], ...]
    """Each code with its definition; the last one stands for none."""
    rows: tuple[tuple[Branch, tuple[HeatCell, ...]], ...]


NO_CODE = "none"


def heat_maps(edition: Edition, branches: tuple[Branch, ...]) -> tuple[HeatMap, ...]:
    """One a facet, where some card has a code of it; shades are shares of a category's papers."""
    maps = (_heat_map(edition, branches, number) for number in range(len(edition.survey.taxonomy.facets)))
    return tuple(one for one in maps if any(cell.n_papers for _, cells in one.rows for cell in cells[:-1]))


def facet_tags(edition: Edition) -> list[tuple[str, dict[str, str]]]:
    """Each facet with its codes' tags, the code for none included."""
    return [
        (name, {code: f"f{number}-{index}" for index, code in enumerate((*facet.codes, ""))})
        for number, (name, facet) in enumerate(edition.survey.taxonomy.facets.items())
    ]


def _heat_map(edition: Edition, branches: tuple[Branch, ...], number: int) -> HeatMap:
    name, tags = facet_tags(edition)[number]
    facet = edition.survey.taxonomy.facets[name]
    rows = []
    for branch in branches:
        keys = [*branch.papers, *(key for child in branch.children for key in child.papers)]
        counts = Counter(code for key in keys for code in edition.survey.codes(key, name) or ("",))
        cells = tuple(_heat_cell(branch, code, counts[code], f"{branch.tag} {tag}") for code, tag in tags.items())
        rows.append((branch, cells))
    codes = (*facet.codes.items(), (NO_CODE, "no code of this facet fits"))
    return HeatMap(name, codes, tuple(row for row in rows if row[0].n_papers))


def _heat_cell(branch: Branch, code: str, n_papers: int, tags: str) -> HeatCell:
    whole = branch.n_papers
    shade = -(-n_papers * (N_SHADES - 1) // whole) if whole else 0
    title = f"{branch.category.name}, {code or NO_CODE}: {n_papers} of {whole}"
    return HeatCell(n_papers, shade, tags, title)


@dataclass(frozen=True, slots=True)
class Column:
    """A year's column of the chart."""

    year: int
    n_papers: int
    height: float
    """In per cent of the highest."""
    left: float
    width: float
    """In per cent of the chart."""
    is_labelled: bool


MAX_YEARS = 60
"""A chart of more columns than these shows the last ones."""


def columns(edition: Edition) -> tuple[Column, ...]:
    """Papers by year, with the years between that have none; nothing where fewer than two years are known."""
    counts = Counter(paper.year for paper in edition.survey.corpus if paper.year is not None)
    if len(counts) < 2:
        return ()
    first, last = max(min(counts), max(counts) - MAX_YEARS + 1), max(counts)
    years = range(first, last + 1)
    highest = max(counts[year] for year in years)
    step, pace = 100 / len(years), -(-len(years) // 10)
    return tuple(
        Column(
            year=year,
            n_papers=counts[year],
            height=round(100 * counts[year] / highest, 2),
            left=round(index * step + step * 0.12, 2),
            width=round(step * 0.76, 2),
            is_labelled=(last - year) % pace == 0,
        )
        for index, year in enumerate(years)
    )
