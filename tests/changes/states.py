"""States of a small review on bees, moths and slugs, each a step away from the first."""

from collections.abc import Iterable, Mapping

from agent.changes import State
from agent.draft import Claim, Draft, Paragraph, Part, Passage, Row, Section
from agent.papers import Corpus, Paper
from agent.question import EVERYWHERE, Answer, Kind, Scope, id_of
from agent.review import Card, Made, Taxonomy
from tests.nouns import CORPUS, TAXONOMY, cards, claim

COUNTED = claim("BeeNet counts bees on flowers with a camera.", ("bees2021", "counts bees on flowers"))
LAMPS = claim("Moths come to lamps, and nobody knows why.", ("moths2022", "Moths come to lamps"))
LEAVE = claim("Most moths leave a lamp again within 40 minutes.", ("moths2022", "left again within 40 minutes"))
DAWN = claim("Slugs eat lettuce at dawn.", ("slugs2023", "Slugs eat lettuce at dawn"))
WHOLE = claim("Animals in gardens are counted and watched.", ("bees2021", "counts bees on flowers"))


def checked(passage: Part | Passage) -> Part | Passage:
    return passage.model_copy(update={"checked": passage.words_digest})


def stretch(id_: str, *claims: Claim, rows: tuple[Row, ...] = (), is_checked: bool = True) -> Part:
    keys = tuple(sorted({citation.key for one in claims for citation in one.citations}))
    paragraphs = (Paragraph(claims=claims),) if claims else ()
    part = Part(id=id_, category=id_.split("/")[-1], papers=keys, paragraphs=paragraphs, rows=rows)
    return part.model_copy(update={"checked": part.words_digest if is_checked else None})


def section(id_: str, name: str, *parts: Part) -> Section:
    return Section(id=id_, name=name, definition="", parts=parts)


def draft(*sections: Section, introduction: tuple[Claim, ...] = (WHOLE,)) -> Draft:
    over = Passage(id="introduction", paragraphs=(Paragraph(claims=introduction),))
    over = over.model_copy(update={"checked": over.words_digest})
    return Draft(title="On gardens", sections=sections, introduction=over).only_checked()


def insects(*claims: Claim, rows: tuple[Row, ...] = (), is_checked: bool = True) -> Section:
    return section("insects", "Insects", stretch("insects", *claims, rows=rows, is_checked=is_checked))


DRAFT = draft(insects(COUNTED, LAMPS, LEAVE), section("molluscs", "Molluscs", stretch("molluscs", DAWN)))


def state(
    papers: Iterable[Paper] = CORPUS,
    *,
    held: Mapping[str, Card] | None = None,
    taxonomy: Taxonomy | None = TAXONOMY,
    written: Draft | None = DRAFT,
    answers: Iterable[Answer] = (),
) -> State:
    return State(
        corpus=Corpus(papers),
        cards=cards() if held is None else held,
        taxonomy=taxonomy,
        draft=written,
        answers={one.id: one for one in answers},
    )


def answer(
    question: str, *claims: Claim, kind: Kind = Kind.FACT, scope: Scope = EVERYWHERE, read: tuple[str, ...] = ()
) -> Answer:
    """An answer that was given to other papers than those that stand, so far as its digest tells."""
    return Answer(
        id=id_of(question, scope),
        question=question,
        scope=scope,
        kind=kind,
        answered=True,
        passage=stretch("answer", *claims),
        made=Made(model="scripted", inputs="of another day"),
        read=read,
    )
