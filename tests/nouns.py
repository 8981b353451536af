"""Builders of nouns and answers for tests; each takes what the test is about and fills in the rest."""

from typing import Any

from agent.draft import Cell, Citation, Claim, Paragraph, Part, Passage, Row
from agent.papers import Corpus, Paper
from agent.review import Card, Category, Facet, Made, Taxonomy

BEES = Paper(
    key="bees2021",
    title="BeeNet: Counting Bees on Flowers",
    year=2021,
    abstract=(
        "We present BeeNet, a camera that counts bees on flowers. On 12 meadows it finds 91.5% of all bees. "
        "It does not work at night, when no bee flies."
    ),
)
MOTHS = Paper(
    key="moths2022",
    title="Moths Like Lamps",
    year=2022,
    abstract=(
        "Moths come to lamps, and nobody knows why they do so. We watched 2,000 moths at three lamps in a valley. "
        "Most of them left again within 40 minutes."
    ),
)
SLUGS = Paper(
    key="slugs2023",
    title="Slugs at Dawn",
    year=2023,
    abstract="Slugs eat lettuce at dawn and hide by day. A ring of copper keeps two slugs of three away from lettuce.",
)
BARE = Paper(key="bare2020", title="A Title That Stands Here Alone", basis="title")
CORPUS = Corpus((BEES, MOTHS, SLUGS, BARE))

INSECTS = Category(
    id="insects",
    name="Insects",
    definition="Animals with six legs; snails belong elsewhere.",
    children=(
        Category(id="bees", name="Bees", definition="Bees of all kinds."),
        Category(id="moths", name="Moths", definition="Moths and butterflies."),
    ),
)
MOLLUSCS = Category(id="molluscs", name="Molluscs", definition="Snails and slugs.")
KIND = Facet(codes={"trial": "Something was counted.", "3d": "It is about space."})
TOPICS = Facet(many=True, codes={"light": "Lamps.", "food": "Eating."})
TAXONOMY = Taxonomy(categories=(INSECTS, MOLLUSCS), facets={"kind": KIND, "topics": TOPICS})


def card(key: str, category: str = "insects", **fields: Any) -> Card:  # noqa: ANN401  (the fields of a Card)
    return Card(key=key, category=category, confidence=0.9, **fields)


def cards() -> dict[str, Card]:
    """A card for each paper of CORPUS, one in each category."""
    places = {"bees2021": "bees", "moths2022": "moths", "slugs2023": "molluscs", "bare2020": "molluscs"}
    return {key: card(key, category) for key, category in places.items()}


def claim(text: str, *cited: tuple[str, str | None]) -> Claim:
    return Claim(text=text, citations=tuple(Citation(key=key, quote=quote) for key, quote in cited))


def passage(*claims: Claim, id_: str = "introduction") -> Passage:
    return Passage(id=id_, paragraphs=(Paragraph(claims=claims),) if claims else ())


def part(*claims: Claim, papers: tuple[str, ...], rows: tuple[Row, ...] = (), id_: str = "insects") -> Part:
    paragraphs = (Paragraph(claims=claims),) if claims else ()
    return Part(
        id=id_, category="insects", papers=papers, paragraphs=paragraphs, rows=rows, made=Made(model="scripted")
    )


def row(key: str, **cells: tuple[str, str]) -> Row:
    return Row(key=key, cells={column: Cell(text=text, quote=quote) for column, (text, quote) in cells.items()})


def claim_answer(text: str, *cited: tuple[str, str]) -> dict[str, Any]:
    return {"text": text, "citations": [{"key": key, "quote": quote} for key, quote in cited]}


def card_answer(category: str = "insects", **facts: tuple[str, str]) -> dict[str, Any]:
    stated = {name: {"text": text, "quote": quote} for name, (text, quote) in facts.items()}
    return {
        "why": "It says so.",
        "category": category,
        "also": [],
        "confidence": 0.81234,
        "facets": {"kind": "trial", "topics": ["light", "light", "food"]},
        "facts": dict.fromkeys(("name", "problem", "approach", "result")) | stated,
    }


def section_answer(*claims: dict[str, Any], rows: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"paragraphs": [{"heading": " On  them ", "claims": list(claims)}], "rows": list(rows)}


def judgement(*verdicts: str | tuple[str, list[str]] | None) -> dict[str, Any]:
    """Verdicts on the claims in their order; None leaves one out, a pair names papers that do not bear on it."""
    given = []
    for number, verdict in enumerate(verdicts, start=1):
        if verdict is not None:
            word, idle = verdict if isinstance(verdict, tuple) else (verdict, [])
            given.append({"claim": number, "why": "So it reads.", "verdict": word, "not_bearing": idle})
    return {"verdicts": given}


def repairs(*replacements: dict[str, Any] | None) -> dict[str, Any]:
    return {"repairs": [{"claim": n, "replacement": one} for n, one in enumerate(replacements, start=1)]}


def understood(**fields: Any) -> dict[str, Any]:  # noqa: ANN401  (the fields of an UnderstandAnswer)
    """A plain question on one fact, but for what is given."""
    plain = {"asks": True, "language": "English", "kind": "fact", "works": [], "searches": ["bees on flowers"]}
    return plain | {"steps": [], "categories": [], "codes": []} | fields


def gathered(*sayings: tuple[str, str, str], nothing: tuple[str, ...] = ()) -> dict[str, Any]:
    """What papers say: key, bearing and quote of each saying, and the papers that say nothing."""
    said = [{"key": key, "quote": quote, "bearing": how, "says": f"It says {quote}."} for key, how, quote in sayings]
    return {"sayings": said, "nothing": list(nothing)}


def responded(*claims: dict[str, Any], answered: str = "yes", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    plain = {"weighed": "So it is.", "answered": answered, "premise": None, "claims": list(claims), "differences": []}
    return plain | {"names": [], "missing": None, "columns": [], "rows": []} | fields
