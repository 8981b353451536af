"""A small survey to print, on keeping bees by measurement; its papers and people are invented."""

from collections.abc import Sequence

from agent.draft import (
    Cell,
    Citation,
    Claim,
    Draft,
    Finding,
    Outcome,
    Paragraph,
    Part,
    Passage,
    Problem,
    Row,
    Section,
    Tally,
    Verdict,
)
from agent.papers import Author, Corpus, Paper, Skipped
from agent.render import Survey
from agent.report import Report, SourceReport
from agent.review import Card, Category, Facet, FactQuote, Made, Protocol, Taxonomy, Unanswered

MADE = Made(model="example-model", day="2026-11-20")


def paper(key: str, title: str | None, abstract: str, authors: str = "", **more: object) -> Paper:
    names = [name.rsplit(" ", 1) for name in authors.split(", ")] if authors else []
    people = tuple(Author(given=name[0], family=name[1]) if len(name) > 1 else Author(family=name[0]) for name in names)
    return Paper.model_validate({"key": key, "title": title, "abstract": abstract, "authors": people, **more})


PAPERS = (
    paper(
        "adler2019scale",
        "Scales under the hive: weighing a colony every minute",
        "Weighing a hive by hand disturbs the colony. We put a load cell under each of forty hives and read it every"
        " minute for two years. The curves show the start of a nectar flow within one day.",
        "Ines Adler, Tomás Brandão",
        year=2019,
        venue="Journal of Apiary Instruments",
        doi="10.5555/jai.2019.0017",
        extra={"volume": "4", "pages": "11--29"},
    ),
    paper(
        "berg2020hum",
        "What the hum says: acoustic signs of swarming",
        "Keepers notice swarming too late. We recorded the hum of twelve hives at 8 kHz and trained a small network"
        " on the sound of the last week. It announces a swarm three days ahead with 91% precision.",
        "Nora Berg, Édouard Lefèvre, Jürgen Müller",
        year=2020,
        venue="Proceedings of the Workshop on Animal Sound",
        arxiv="2003.09876",
    ),
    paper(
        "chen2021thermal",
        "Thermal images of the brood nest",
        "The temperature of the brood nest tells of the queen's health. A thermal camera above the frames gives its"
        " map without opening the hive. Maps drawn every hour agreed with probes to 0.4 °C.",
        "Li Chen, Hye-jin Park",
        year=2021,
        url="https://example.org/thermal?id=3&view=map",
    ),
    paper(
        "dorn2021drone",
        "Counting drones at the entrance with a one-board camera",
        "Counting bees at the entrance needs many hours of a keeper's time. Our camera on a single board counts"
        " workers and drones apart. On 30 hours of labelled video it is right for 96% of the crossings.",
        "Peter Dorn",
        year=2021,
        venue="Sensors for Small Farms",
    ),
    paper(
        "eze2022mite",
        "Mites in motion: finding Varroa on living bees",
        "Counting mites on the bottom board says little of mites on bees. We film bees in a glass tunnel and mark"
        " mites on their backs. The share of infested bees is estimated within 2 points of washing.",
        "Adaeze Eze, Mark O'Neill",
        year=2022,
        doi="10.5555/mites_2022<1>",
        venue="Journal of Bee Health",
    ),
    paper(
        "flores2022oxalic",
        "Oxalic acid in the cold: a trial on 200 colonies",
        "Winter treatment with oxalic acid is common and rarely compared. We treated 200 colonies in three valleys"
        " by dribbling or by vapour. Vapour left 1.8 mites per hundred bees, dribbling left 3.1.",
        "Carmen Flores, Jan de Vries, Olu Adeyemi, Ruth Katz, Wei Zhang, Anna Nowak, Ivan Petrov",
        year=2022,
        venue="Journal of Bee Health",
    ),
    paper(
        "gruber2023drift",
        "Drifting bees carry mites between apiaries",
        "How mites reach treated colonies is unclear. We tagged 5,000 bees in two neighbouring apiaries. One bee in"
        " nine ended in a hive that was not its own, and reinfestation followed the drift.",
        "Lena Gruber",
        year=2023,
    ),
    paper(
        "heat-without-chemicals",
        "Heat without chemicals",
        "Mites die at temperatures that brood survives. We warmed sealed brood to 42 °C for three hours. Nine mites"
        " in ten died and hatching fell by 4%.",
    ),
    paper(
        "ito2023dance",
        "Reading the waggle dance with two cameras",
        "The dance tells where bees forage. Two cameras above an observation hive decode angle and duration."
        " Decoded positions fell within 140 m of the feeders in nine of ten cases.",
        "Haruka Itō",
        year=2023,
        venue="Animal Behaviour Letters",
    ),
    paper(
        "jansen2023meadow",
        "Meadow strips and the weight of honey",
        "Flower strips are planted for pollinators in general. We compare hives beside strips with hives a mile"
        " away over five summers. Hives beside strips gained 6 kg more in a mean summer.",
        "Femke Jansen, Bo Li",
        year=2023,
        venue="Land and Bees",
    ),
    paper(
        "kaya2024pollen",
        "Pollen by DNA: what forty hives ate",
        "Under the microscope many pollens look alike. We sequence pollen from traps at forty hives each week."
        " Colonies at field edges used twice as many plants (×2.1) as colonies inside fields.",
        "Elif Kaya",
        year=2024,
        arxiv="2402.01234",
    ),
    paper(
        "lund2024water",
        None,
        "In hot weeks bees bring more water than nectar. We mark water with a harmless dye and follow it. A colony of"
        " 30,000 bees carried 0.9 litres on the hottest day.",
    ),
    paper(
        "moss2024map",
        "HiveMap: an open map of forage within flight range",
        "Keepers choose sites by habit. HiveMap adds land cover within 3 km of a site into one forage score. Its"
        " score explains half of the difference in honey between sites.",
        "Iris Moss, Sam Reed",
        year=2024,
        url="javascript:alert(1)",
    ),
    paper(
        "novak2024title",
        "A proposal for a common hive record",
        "",
        "Petr Novák",
        year=2024,
        basis="title",
    ),
    paper(
        "osei2025edge",
        "Bees at the edge: a year of nineteen sensors",
        "Sensors fail in wet hives. We ran nineteen kinds of sensor for a year and list what broke. Humidity probes"
        " failed first, after eleven weeks in the median.",
        "Kofi Osei",
        year=2025,
        venue="Sensors for Small Farms",
    ),
)

TAXONOMY = Taxonomy(
    categories=(
        Category(
            id="sensing",
            name="Sensing the hive",
            definition="Instruments that tell a keeper what happens inside or in front of a hive; not treatments.",
        ),
        Category(
            id="mites",
            name="Mites and their treatment",
            definition="Finding mites, killing them, and how they spread.",
            children=(
                Category(id="finding", name="Finding mites", definition="Estimates of infestation, by eye or camera."),
                Category(
                    id="treating", name="Treating mites", definition="What is done against them, and what undoes it."
                ),
            ),
        ),
        Category(
            id="forage", name="Forage", definition="What bees collect, where, and what it is worth to the colony."
        ),
    ),
    facets={
        "evidence": Facet(codes={"field_trial": "Hives outdoors.", "bench": "In a room or on recordings."}),
        "effort": Facet(
            many=True,
            codes={
                "cheap": "Under 100 coins a hive.",
                "open": "Plans or data are open.",
                "labour": "Needs hours of work.",
            },
        ),
    },
    made=MADE,
)

PLACES = {
    "sensing": "adler2019scale berg2020hum chen2021thermal dorn2021drone osei2025edge novak2024title",
    "finding": "eze2022mite",
    "treating": "flores2022oxalic gruber2023drift heat-without-chemicals",
    "forage": "ito2023dance jansen2023meadow kaya2024pollen lund2024water moss2024map",
}
NAMES = {"lund2024water": "the dyed-water study", "moss2024map": "HiveMap"}


PROTOCOL = Protocol(
    title="Keeping bees by measurement",
    question="What have instruments and trials taught keepers about their colonies?",
    note="Papers and people here are invented.",
)


def sentence_of(one: Paper, index: int) -> str:
    """One of the abstract's sentences, counted from the end where negative."""
    return [part.strip().rstrip(".") for part in (one.abstract or "").split(". ")][index]


def cite(corpus: Corpus, key: str, index: int = -1, *, supports: bool | None = True) -> Citation:
    one = corpus.paper(key)
    quote = sentence_of(one, index)
    start = (one.abstract or "").index(quote)
    return Citation(
        key=key, quote=quote, where="abstract", start=start, end=start + len(quote), supports=supports
    )  # fmt: skip


def card(one: Paper, category: str, number: int) -> Card:
    facts: dict[str, str] = {}
    quotes: list[FactQuote] = []
    if one.abstract:
        quoted = [("problem", 0), ("approach", 1), ("result", -1)]
        for field, index in quoted:
            quote = sentence_of(one, index)
            start = one.abstract.index(quote)
            facts[field] = quote if field == "problem" else f"In short: {quote.lower()}"
            quotes.append(FactQuote(field=field, where="abstract", text=quote, start=start, end=start + len(quote)))
    if one.key in NAMES:
        facts["name"] = NAMES[one.key]
    codes = ("cheap", "open", "labour")
    return Card(
        key=one.key,
        category=category,
        facets={
            "evidence": ("field_trial", "bench", None)[number % 3],
            "effort": tuple(codes[: number % 3]),
        },
        facts=facts,
        quotes=tuple(quotes),
        unquoted=("name",) if "name" in facts else (),
        confidence=0.9,
        why="Its instrument decides.",
        made=MADE,
    )


def row(corpus: Corpus, key: str) -> Row:
    one = corpus.paper(key)
    cells = {
        "setting": Cell(text=sentence_of(one, 0), quote=sentence_of(one, 0)),
        "idea": Cell(text="in our words: " + sentence_of(one, 1)[:40], quote=sentence_of(one, 1)),
        "evidence": Cell(text="a figure", quote=None) if key == "gruber2023drift" else Cell(),
    }
    return Row(key=key, cells=cells)


def claim(corpus: Corpus, text: str, *keys: str, verdict: Verdict | None = Verdict.SUPPORTED) -> Claim:
    return Claim(text=text, citations=tuple(cite(corpus, key) for key in keys), verdict=verdict, made=MADE)


def part(corpus: Corpus, id_: str, category: str, paragraphs: Sequence[Paragraph]) -> Part:
    papers = tuple(PLACES[category].split())
    rows = tuple(row(corpus, key) for key in papers if corpus.paper(key).abstract)
    return Part(id=id_, category=category, papers=papers, rows=rows, paragraphs=tuple(paragraphs), made=MADE)


def small() -> Survey:
    """Fifteen papers in three categories, one of two parts."""
    corpus = Corpus(PAPERS)
    cards = {
        key: card(corpus.paper(key), category, number)
        for category, keys in PLACES.items()
        for number, key in enumerate(keys.split())
    }
    findings = (
        Finding(
            passage="forage",
            claim="Bees prefer still water to running water.",
            keys=("lund2024water",),
            problem=Problem.UNSUPPORTED,
            why="The paper measures how much water is carried, not from where.",
            outcome=Outcome.DROPPED,
            made=MADE,
        ),
        Finding(
            passage="sensing",
            claim="Entrance cameras are right for 99% of the crossings.",
            keys=("dorn2021drone",),
            problem=Problem.NO_NUMBER,
            why="99 is in no cited paper.",
            outcome=Outcome.REPAIRED,
            became="Entrance cameras are right for 96% of the crossings.",
            made=MADE,
        ),
    )
    draft = Draft(
        title=PROTOCOL.title,
        question=PROTOCOL.question,
        introduction=Passage(
            id="introduction",
            paragraphs=(
                Paragraph(
                    claims=(
                        claim(corpus, "Weight, sound and heat all tell of a colony before a keeper can see it.",
                              "adler2019scale", "berg2020hum", "chen2021thermal"),
                        claim(corpus, "What bees eat depends on where they stand.",
                              "kaya2024pollen", "jansen2023meadow"),
                    )
                ),
            ),
        ),
        sections=_sections(corpus),
        synthesis=Passage(
            id="synthesis",
            paragraphs=(
                Paragraph(
                    claims=(
                        claim(corpus, "Cameras serve both to count bees and to find mites on them.",
                              "dorn2021drone", "eze2022mite", verdict=Verdict.PARTLY),
                    )
                ),
            ),
        ),
        gaps=Passage(
            id="gaps",
            paragraphs=(
                Paragraph(
                    claims=(
                        claim(corpus, "Nobody has yet said how long sensors last in wet hives but one.",
                              "osei2025edge", verdict=None),
                    )
                ),
            ),
        ),
    )  # fmt: skip
    return Survey(
        protocol=PROTOCOL,
        draft=draft,
        corpus=corpus,
        taxonomy=TAXONOMY,
        cards=cards,
        report=report(corpus, findings),
    )


def _sections(corpus: Corpus) -> tuple[Section, ...]:
    verbatim = sentence_of(corpus.paper("berg2020hum"), -1)
    sensing = [
        Paragraph(
            heading="From scales to cameras",
            claims=(
                claim(corpus, "A scale under the hive shows a nectar flow within a day.", "adler2019scale"),
                claim(corpus, f"Berg et al. write: “{verbatim}.”", "berg2020hum", verdict=Verdict.VERBATIM),
                claim(corpus, "Entrance cameras are right for 96% of the crossings.", "dorn2021drone"),
            ),
        ),
        Paragraph(
            heading="What breaks",
            claims=(
                Claim(
                    text="Thermal maps agree with probes, but humidity probes do not last.",
                    citations=(
                        cite(corpus, "chen2021thermal"),
                        Citation(key="osei2025edge", quote=None),
                        cite(corpus, "adler2019scale", 0, supports=False),
                    ),
                    verdict=Verdict.PARTLY,
                ),
            ),
        ),
    ]
    finding = [Paragraph(claims=(claim(corpus, "Filming bees in a tunnel replaces washing them.", "eze2022mite"),))]
    treating = [
        Paragraph(
            claims=(
                claim(corpus, "Vapour leaves fewer mites than dribbling.", "flores2022oxalic"),
                claim(corpus, "Heat kills nine mites in ten, and drifting bees bring them back.",
                      "heat-without-chemicals", "gruber2023drift"),
            )
        )
    ]  # fmt: skip
    forage = [
        Paragraph(
            claims=(
                claim(corpus, "Dances can be decoded to within 140 m.", "ito2023dance"),
                claim(
                    corpus, "Flower strips and field edges feed colonies better.", "jansen2023meadow", "kaya2024pollen"
                ),
                claim(corpus, "Land cover explains half of the difference in honey.", "moss2024map"),
                claim(corpus, "Water counts too.", "lund2024water"),
            )
        )
    ]
    opening = Passage(
        id="mites-opening",
        paragraphs=(
            Paragraph(
                claims=(claim(corpus, "Mites are counted, treated and carried.", "eze2022mite", "gruber2023drift"),)
            ),
        ),
    )
    sensing_, mites, forage_ = TAXONOMY.categories
    return (
        Section(
            id="sensing", name=sensing_.name, definition=sensing_.definition, order=("sensing",),
            parts=(part(corpus, "sensing", "sensing", sensing),),
        ),
        Section(
            id="mites", name=mites.name, definition=mites.definition, opening=opening, order=("finding", "treating"),
            headings={"finding": "Finding mites", "treating": "Treating mites"},
            parts=(part(corpus, "treating", "treating", treating), part(corpus, "finding", "finding", finding)),
        ),
        Section(
            id="forage", name=forage_.name, definition=forage_.definition, order=("forage",),
            parts=(part(corpus, "forage", "forage", forage),),
        ),
    )  # fmt: skip


def report(corpus: Corpus, findings: tuple[Finding, ...]) -> Report:
    return Report(
        program="0.1.0",
        models=("example-model",),
        sources=(
            SourceReport(
                name="bees.bib",
                sha256="0" * 64,
                n_records=17,
                skipped=(
                    Skipped(file="bees.bib", position=88, why="an entry without title and abstract", text="@misc{x}"),
                ),
            ),
        ),
        n_identified=17,
        n_duplicates_removed=2,
        n_papers=len(corpus),
        n_without_abstract=1,
        n_cards=len(corpus),
        n_facts=44,
        unquoted={"lund2024water": ("name",)},
        n_claims=15,
        n_citations=22,
        n_cited=14,
        uncited={"novak2024title": "only its title is known, which supports no claim"},
        drafted=Tally(claims=16, held=12, citations=24, bearing=22, verbatim=1),
        printed=Tally(claims=15, held=13, citations=22, bearing=21, verbatim=1),
        findings=findings,
        unanswered=(Unanswered(stage="classify_paper", subject="novak2024title", why="the server timed out"),),
        protocol_of_judgement="example-model judged every claim against the abstracts of the papers it cites.",
    )
