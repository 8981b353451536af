"""An opening, or a text over all sections, is brought up to date with the claims that came into what it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.answers import ReviseAnswer, later
from agent.claims import cited_keys
from agent.draft import Claim, Passage
from agent.fields import SectionDigest
from agent.llm.client import Client
from agent.papers import Corpus, digest_of
from agent.review import Category, Unanswered
from agent.write.edits import edited, numbered

CLAIMS_IN_DIGEST = 240
"""How many checked claims the texts over all sections are told, in all."""
SURVEY = "survey"
"""Under which a text over all sections remembers the title and the question."""
_BREAK = "\t"
"""Parts where a claim stands from the papers that it cites, in what a text remembers of it; no id or key has one."""


@dataclass(frozen=True)
class Below:
    """A section that a text is written over."""

    category: Category
    n_papers: int
    passages: tuple[Passage, ...]
    """Those of it that the text is told of."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for passage in self.passages for claim in passage.claims)


@dataclass(frozen=True)
class Survey:
    """What a text says of the whole that it belongs to."""

    title: str
    question: str | None

    @property
    def digest(self) -> str:
        return digest_of([self.title, self.question])


@dataclass(frozen=True)
class Revision:
    """A text as it stands, and what of the claims below is otherwise now."""

    text: str
    """`opening`, or one of OVERVIEWS."""
    passage: Passage
    told: Mapping[str, str]
    inputs: str
    below: tuple[Below, ...]
    survey: Survey

    @property
    def came_in(self) -> tuple[SectionDigest, ...]:
        """The sections that have claims which the text was not told of, with these alone."""
        new = [(one, tuple(map(self._without_old, one.passages))) for one in self.below]
        new = [(one, passages) for one, passages in new if any(passage.claims for passage in passages)]
        most = max(1, CLAIMS_IN_DIGEST // max(1, len(new)))
        return tuple(
            SectionDigest(category=bare(one.category), n_papers=one.n_papers, claims=spread(passages, most), codes={})
            for one, passages in new
        )

    def _without_old(self, passage: Passage) -> Passage:
        old = self.passage.told
        paragraphs = (
            paragraph.model_copy(update={"claims": tuple(one for one in paragraph.claims if one.id not in old)})
            for paragraph in passage.paragraphs
        )
        return passage.model_copy(update={"paragraphs": tuple(one for one in paragraphs if one.claims)})

    @property
    def _lost(self) -> frozenset[str]:
        """The papers of which a claim below went since this was written."""
        went = self.passage.told.keys() - self.told.keys()
        return frozenset(key for id_ in went for key in self.passage.told[id_].partition(_BREAK)[2].split())

    @property
    def loose(self) -> tuple[int, ...]:
        """The numbers of sentences that lost what they rest on: a claim went, and none left has their words.

        A sentence may cite a paper by words that no claim ever had; it stands as long as nothing is taken from it.
        """
        lost = self._lost
        quotes: dict[str, set[str]] = {}
        for one in self.below:
            for citation in (citation for claim in one.claims for citation in claim.citations):
                quotes.setdefault(citation.key, set()).add(citation.quote or "")

        def is_loose(claim: Claim) -> bool:
            return not claim.by_hand and any(
                one.key in lost
                and not any(
                    (one.quote or "") in quote or quote in (one.quote or "") for quote in quotes.get(one.key, ())
                )
                for one in claim.citations
            )

        return tuple(number for number, claim in enumerate(self.passage.claims, 1) if is_loose(claim))

    @property
    def citable(self) -> tuple[str, ...]:
        """The papers that a sentence may cite: those of the claims that came in, and its own that are cited still."""
        below = cited_keys(claim for one in self.below for claim in one.claims)
        own = self.passage.keys | set(cited_keys(claim for one in self.came_in for claim in one.claims))
        return tuple(key for key in below if key in own) or below


def revision_of(
    text: str,
    passage: Passage,
    *,
    told: Mapping[str, str],
    inputs: str,
    below: Sequence[Below],
    survey: Survey,
) -> Revision | None:
    """How a text is to be brought up to date; None where it is better written anew.

    That is where it is not known what it was written from, it has nothing to keep, the title or the question is another
    one, more than half of the claims below would be new, or an opening's section has other parts.
    """
    ids = told.keys() - {SURVEY}
    if not passage.told or passage.told.get(SURVEY) != told.get(SURVEY):
        return None
    if not passage.claims and text != "opening":  # one that says nothing has put the parts in order all the same
        return None
    if 2 * len(ids - passage.told.keys()) > len(ids):
        return None
    if text == "opening" and _places(told) != _places(passage.told):
        return None
    return Revision(text, passage, told, inputs, tuple(below), survey)


def told_of(claims: Iterable[tuple[str, Claim]]) -> dict[str, str]:
    """What a text is written from: by a claim's id the section or part it stands in, and the papers it cites."""
    return {claim.id: f"{place}{_BREAK}{' '.join(sorted(cited_keys([claim])))}" for place, claim in claims}


def _places(told: Mapping[str, str]) -> set[str]:
    return {place.partition(_BREAK)[0] for place in told.values()}


def revise_texts(revisions: Sequence[Revision], corpus: Corpus, client: Client) -> list[Passage | Unanswered | None]:
    """Each text brought up to date by one call, or by none where nothing came in and nothing went that it rests on.

    None is one of which no sentence was left; one that stays unanswered stands as it did.
    """
    asked = [one for one in revisions if one.citable and (one.came_in or one.loose)]
    rows = [_row(one) for one in asked]
    kinds = [later(ReviseAnswer, tuple(range(len(one.passage.claims) + 1)), one.citable) for one in asked]
    answers = dict(zip(map(id, asked), client.ask_all("write_revise", kinds, rows), strict=True))
    papers = {paper.key: paper for paper in corpus}
    revised: list[Passage | Unanswered | None] = []
    for one in revisions:
        answer = answers.get(id(one))
        if isinstance(answer, Unanswered):
            revised.append(answer.about(one.passage.id))
        elif answer is None:
            revised.append(_settled(one, one.passage))
        else:
            paragraphs = edited(one.passage.paragraphs, answer.edits, papers, answer.made)
            changed = one.passage.model_copy(update={"paragraphs": paragraphs})
            revised.append(_settled(one, changed) if paragraphs or not one.passage.claims else None)
    return revised


def _row(one: Revision) -> dict[str, object]:
    return {
        "text": one.text,
        "title": one.survey.title,
        "question": one.survey.question,
        "paragraphs": numbered(one.passage.paragraphs),
        "loose": one.loose,
        "sections": one.came_in,
    }


def _settled(one: Revision, passage: Passage) -> Passage:
    """The text as told of the claims as they are now, and to be checked where it says something else."""
    before = one.passage
    made = before.made.model_copy(update={"inputs": one.inputs})
    update: dict[str, object] = {"told": dict(one.told), "made": made}
    if passage.paragraphs != before.paragraphs:
        content = made.content if before.is_edited else ""
        update |= {"checked": None, "made": made.model_copy(update={"content": content})}
    return passage.model_copy(update=update)


def bare(category: Category) -> Category:
    """A category as a text over several is told of it."""
    return category.model_copy(update={"terms": (), "examples": (), "children": ()})


def spread(passages: Iterable[Passage], most: int) -> tuple[Claim, ...]:
    """At most so many claims, taken in turn from every paragraph and given back in reading order."""
    paragraphs = [paragraph for passage in passages for paragraph in passage.paragraphs]
    places = [(turn, n) for n, paragraph in enumerate(paragraphs) for turn in range(len(paragraph.claims))]
    kept = sorted((n, turn) for turn, n in sorted(places)[:most])
    return tuple(paragraphs[n].claims[turn] for n, turn in kept)
