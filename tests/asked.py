"""Builders of answers for tests, over the corpus of tests/nouns.py; quotes are placed where they stand."""

from agent.draft import Citation, Claim, Paragraph, Part, Row, Verdict
from agent.papers import Corpus, Where
from agent.question import EVERYWHERE, Answer, Bearing, Extent, Heading, Kind, Saying, Scope, id_of
from agent.review import Made
from tests.nouns import CORPUS, row

COUNTS = "On 12 meadows it finds 91.5% of all bees."
CAMERA = "We present BeeNet, a camera that counts bees on flowers."
NIGHT = "It does not work at night, when no bee flies."
LAMPS = "We watched 2,000 moths at three lamps in a valley."
COPPER = "A ring of copper keeps two slugs of three away from lettuce."
MADE = Made(model="some-model", day="2026-11-20")


def span(key: str, quote: str, corpus: Corpus = CORPUS) -> dict[str, object]:
    """Where the words stand in their paper."""
    where: Where = "abstract"
    start = corpus.paper(key)[where].index(quote)
    return {"quote": quote, "where": where, "start": start, "end": start + len(quote)}


def cited(text: str, *cites: tuple[str, str], corpus: Corpus = CORPUS) -> Claim:
    """A claim that held, resting on these words of these papers."""
    citations = tuple(Citation.model_validate({"key": key, **span(key, words, corpus)}) for key, words in cites)
    return Claim(text=text, citations=citations, verdict=Verdict.SUPPORTED, made=MADE)


def saying(key: str, quote: str, corpus: Corpus = CORPUS) -> Saying:
    says = {"key": key, "bearing": Bearing.ANSWERS, "says": "It says so."}
    return Saying.model_validate(says | span(key, quote, corpus))


def passage(*claims: Claim, heading: Heading | None = None, rows: tuple[Row, ...] = ()) -> Part:
    """Checked as it stands."""
    paragraphs = (Paragraph(heading=heading, claims=claims),) if claims else ()
    return checked(Part(id="answer", category="", papers=(), paragraphs=paragraphs, rows=rows, made=MADE))


def checked(part: Part) -> Part:
    return part.model_copy(update={"checked": part.words_digest})


def answer(
    question: str, part: Part, *found: Saying, kind: Kind = Kind.FACT, scope: Scope = EVERYWHERE, kept: bool = False
) -> Answer:
    """What a model said of all papers of the corpus that have an abstract, or of those within the scope."""
    return Answer(
        id=id_of(question, scope),
        question=question,
        scope=scope,
        kind=kind,
        answered=True,
        passage=part,
        matching=found,
        read=("bees2021", "moths2022", "slugs2023"),
        extent=Extent(n_papers=4, n_possible=4, n_read=3, n_without_abstract=1),
        kept=kept,
        made=MADE,
    )


HOW_MANY = answer(
    "How many bees does a camera find?",
    passage(
        cited("A camera finds 91.5% of all bees.", ("bees2021", COUNTS), ("bees2021", CAMERA)),
        cited("It is of no use at night, and moths come to lamps then.", ("bees2021", NIGHT), ("moths2022", LAMPS)),
    ),
    saying("bees2021", COUNTS),
)
WHICH = answer(
    "Which papers watch animals?",
    passage(cited("Moths and slugs are watched.", ("moths2022", LAMPS), ("slugs2023", COPPER))),
    saying("moths2022", LAMPS),
    saying("slugs2023", COPPER),
    kind=Kind.CORPUS,
)
SILENT = answer(
    "How long do bees live?", passage(cited("A camera counts bees.", ("bees2021", CAMERA)), heading=Heading.NEAREST)
).model_copy(
    update={"answered": False, "missing": "No paper tells how long bees live.", "nearest": ("bees2021", "moths2022")}
)
COMPARED = answer(
    "How do BeeNet and the lamps differ?",
    passage(
        cited("One counts bees and the other moths.", ("bees2021", CAMERA), ("moths2022", LAMPS)),
        rows=(
            row("bees2021", animal=("bees", CAMERA), place=("12 meadows", COUNTS)),
            row("moths2022", animal=("moths", LAMPS), place=("a valley", LAMPS)),
        ),
    ),
    kind=Kind.COMPARISON,
)
