"""What is asked of a corpus and what it answered: the question's scope and plan, what papers say to it, the answer."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from pydantic import field_validator

from agent.draft import Claim, Part
from agent.errors import QuestionError
from agent.papers import Corpus, Frozen, Where, digest_of
from agent.review import Card, Made, Taxonomy
from agent.wording import count

MOST_CHARS = 4_000
"""Of a question; what is longer is a text, and no question."""


class Kind(StrEnum):
    """What a question needs to be answered."""

    FACT = "fact"
    """Something that one paper says."""
    SEVERAL = "several"
    """What several papers say of one matter."""
    COMPARISON = "comparison"
    """Named or described works, held against each other."""
    CORPUS = "corpus"
    """Which papers, how many, what trends: every paper that could bear on it has to be read."""


class Scope(Frozen):
    """Which papers a question is put to; all of them where it says nothing."""

    within: tuple[str, ...] = ()
    """Categories, by id or name; a paper in any of them."""
    years: tuple[int | None, int | None] = (None, None)
    """The first and the last year; None leaves that end open. A paper without a year is in no span of years."""
    papers: tuple[str, ...] = ()
    """Keys of papers."""

    @field_validator("within", "papers")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names))

    def keys(self, corpus: Corpus, cards: Mapping[str, Card], taxonomy: Taxonomy | None) -> frozenset[str]:
        """The keys of its papers; QuestionError where it names a category or a paper that there is not, or holds none.

        A paper without a card is in no category.
        """
        wanted = self._category_ids(taxonomy)
        known = {alias: paper.key for paper in corpus for alias in (paper.key, *paper.aliases)}
        missing = [key for key in self.papers if key not in known]
        if missing:
            raise QuestionError(f"the corpus has no paper {missing[0]}; `conspectus papers` lists the keys")
        named = {known[key] for key in self.papers}
        first, last = self.years
        keys = set()
        for paper in corpus:
            card = cards.get(paper.key)
            if self.within and (card is None or wanted.isdisjoint((card.category, *card.also))):
                continue
            if self.years != (None, None) and not _is_between(paper.year, first, last):
                continue
            if not named or paper.key in named:
                keys.add(paper.key)
        if corpus and not keys:
            n_undated = sum(paper.year is None for paper in corpus) if self.years != (None, None) else 0
            undated = f" ({count(n_undated, 'paper')} of {len(corpus):,} without a year)" if n_undated else ""
            raise QuestionError(f"no paper lies within these limits{undated}; use fewer of them")
        return frozenset(keys)

    def _category_ids(self, taxonomy: Taxonomy | None) -> frozenset[str]:
        """The ids of the categories that it names, those below them included."""
        if not self.within:
            return frozenset()
        if taxonomy is None:
            raise QuestionError("there are no categories yet; make them with `conspectus classify`")
        ids: set[str] = set()
        for name in self.within:
            named = [one for one, _ in taxonomy.walk() if name.casefold() in (one.id.casefold(), one.name.casefold())]
            if not named:
                raise QuestionError(f"there is no category {name}; there are {', '.join(taxonomy.ids)}")
            for one in named:
                ids |= {one.id, *(child.id for child in one.children)}
        return frozenset(ids)


def _is_between(year: int | None, first: int | None, last: int | None) -> bool:
    return year is not None and (first is None or first <= year) and (last is None or year <= last)


EVERYWHERE = Scope()


class Plan(Frozen):
    """How a question was understood."""

    asks: bool = True
    """False for what papers cannot answer: a greeting, an order, noise."""
    kind: Kind = Kind.FACT
    language: str = "English"
    """In which the question is put, and answered."""
    searches: tuple[str, ...] = ()
    """In the words that a paper would use."""
    steps: tuple[str, ...] = ()
    """The questions that it is made of, each of which needs the answers to those before it; none for a plain one."""
    categories: tuple[str, ...] = ()
    """Ids of categories that bear on it."""
    codes: tuple[tuple[str, str], ...] = ()
    """Facets with a code that bears on it."""
    made: Made = Made()


class Bearing(StrEnum):
    """How what a paper says bears on a question."""

    ANSWERS = "answers"
    """It is the answer, or a part of it; of a question over the whole corpus, the paper is one of those asked for."""
    TOUCHES = "touches"
    """It is about the same matter, and leaves open what was asked."""


class Saying(Frozen):
    """What one paper says to a question."""

    key: str
    bearing: Bearing
    says: str
    """In the words of the model that read it; nobody checked them."""
    quote: str | None = None
    """Verbatim in the paper; None where the words that were given are not, and then the paper is not counted."""
    where: Where | None = None
    """The text of the paper that the quote stands in; None without a quote, as are the next two."""
    start: int | None = None
    """In characters of that text."""
    end: int | None = None
    """Behind the last one."""


class Extent(Frozen):
    """How much of the corpus an answer rests on, in papers."""

    n_papers: int = 0
    """In the corpus, or within the limits that were asked for."""
    n_possible: int = 0
    """Those that the question's categories and searches leave possible."""
    n_read: int = 0
    """Those that a reply named, be it as papers that say nothing."""
    n_without_abstract: int = 0
    """Of the possible ones; nothing can be quoted from them."""
    n_touching: int = 0
    """Read ones that are about the matter, and leave open what was asked."""
    n_unread: int = 0
    """Possible, and not read: beyond the most that are read for one question, or their reading stayed unanswered."""


class Heading(StrEnum):
    """Over the paragraphs of an answer; the answer itself stands under none."""

    PREMISE = "Not as the question has it"
    DIFFERENCE = "Where the papers differ"
    NAMES = "Which is which"
    NEAREST = "What the nearest papers say"
    ASIDE = "From papers that are sent to no model, in their own words"


class Answer(Frozen):
    """What the corpus says to a question, checked; or that it does not say."""

    id: str
    """Names question and scope: see `id_of`."""
    question: str
    scope: Scope = EVERYWHERE
    kind: Kind
    answered: bool
    """Whether the corpus says what was asked, or that the question goes wrong; else it does not say."""
    missing: str | None = None
    """What of the question the papers leave open."""
    passage: Part
    """The claims, under Heading, and the table of a comparison; `papers` are those it could cite."""
    matching: tuple[Saying, ...] = ()
    """What answers, paper by paper; of a question over the whole corpus, all that it counts."""
    nearest: tuple[str, ...] = ()
    """Keys of the papers nearest to a question that is not answered."""
    read: tuple[str, ...] = ()
    """Keys of the papers that were read, the nearest first."""
    extent: Extent = Extent()
    kept: bool = False
    """Whether it is printed with the survey."""
    made: Made = Made()
    """Its `inputs` name the papers within the scope as they were."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        return self.passage.claims

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of its table, in the order in which they were given; none without a table."""
        return tuple(dict.fromkeys(column for row in self.passage.rows for column in row.cells))

    @property
    def matching_keys(self) -> tuple[str, ...]:
        """The papers that answer, each once, in the order of their sayings."""
        return tuple(dict.fromkeys(saying.key for saying in self.matching))

    @property
    def listed(self) -> dict[str, str | None]:
        """All papers that a question over the whole corpus asks for, in that order, each with the first of its quotes.

        None of any other question, or of one that is not answered.
        """
        quotes: dict[str, str | None] = {}
        for saying in self.matching if self.kind is Kind.CORPUS and self.answered else ():
            quotes.setdefault(saying.key, saying.quote)
        return quotes


def by_question(answer: Answer) -> tuple[str, str]:
    """Where an answer comes among others that are listed: by its question."""
    return answer.question.casefold(), answer.id


def inputs_of(corpus: Corpus, keys: Collection[str]) -> str:
    """Names the papers that a question is put to, as they are: `made.inputs` of its answer."""
    return digest_of([[paper.key, paper.digest] for paper in corpus if paper.key in keys])


def id_of(question: str, scope: Scope = EVERYWHERE) -> str:
    """Names a question put to these papers; white space makes no difference."""
    return "q" + digest_of([" ".join(question.split()), scope.model_dump(mode="json")])[:12]
