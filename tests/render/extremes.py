"""Surveys at the edges: hostile in every word, empty, and large."""

from agent.draft import Cell, Citation, Claim, Draft, Finding, Outcome, Paragraph, Part, Passage, Problem, Row, Section
from agent.papers import Author, Corpus, Paper, Skipped
from agent.render import Survey
from agent.report import Report, SourceReport
from agent.review import Card, Category, Facet, FactQuote, Protocol, Taxonomy, Unanswered
from agent.suspicion import Kind, TextFinding
from tests.render.example import PAPERS, TAXONOMY, card, claim, report, row, sentence_of

HOSTILE = (
    "<script>alert(1)</script></style>--> & &amp; | `x` *b* _i_ [l](http://e.org) # \\input{/etc/passwd} 50% $x_1^2$ ~ "
    "{ }} \"q\" 'r' ``s'' @a ^^41 \\end{document} {{ 7*7 }} {% raw %} × α é 中文 😀 𝔼 Жук ễ e\u0301 \u202eevil\u202c"
    "\x00\x07\x1b\n\n# heading\n| cell |\r\n- list \ud800 ﬁ ½ → ✓ ‑ \u2028 end"
)


def hostile() -> Survey:
    """Every field that comes from outside holds everything that a format could trip over."""
    bad = HOSTILE
    papers = [
        Paper(
            key=f"bad{{}}%,# key\\{number}é",
            title=bad if number else None,
            abstract=bad,
            authors=(Author(family=bad, given=bad), Author(family="and"), Author(family="de la Tour, jr")),
            venue=bad,
            doi="10.1/" + bad,
            arxiv=bad,
            url="https://example.org/" + bad,
            extra={"pages": bad},
        )
        for number in range(3)
    ]
    corpus = Corpus(papers)
    taxonomy = Taxonomy(
        categories=(
            Category(id=bad, name=bad, definition=bad, children=(Category(id="x", name=bad, definition=bad),)),
        ),
        facets={bad: Facet(codes={bad: bad, "b": ""})},
    )
    cards = {
        one.key: Card(
            key=one.key,
            category=bad,
            facets={bad: bad},
            facts={"name": bad, "problem": bad},
            quotes=(FactQuote(field="problem", where="abstract", text=bad, start=0, end=9),),
            confidence=1,
            why=bad,
        )
        for one in papers
    }
    keys = [one.key for one in papers]
    citations = tuple(Citation(key=key, quote=bad) for key in (*keys, "unknown" + bad))
    starts = (
        "- dash",
        "1. one",
        "# hash",
        "> quote",
        "= line",
        "--- rule",
        "[Re] x",
        "+ plus",
        "%",
        "\\",
        "{",
        "",
        " ",
    )
    claims = tuple(Claim(text=start + bad, citations=citations) for start in starts)
    only = Part(
        id=bad,
        category="x",
        papers=(*keys, "gone"),
        paragraphs=(Paragraph(heading=bad, claims=claims), Paragraph(claims=())),
        rows=tuple(
            Row(key=key, cells={bad: Cell(text=bad, quote=bad), "idea": Cell(text=bad)}) for key in (*keys, "gone")
        ),
    )
    other = only.model_copy(update={"id": "other", "category": "no such category"})
    finding = Finding(
        passage=bad, claim=bad, keys=(bad,), problem=Problem.NO_QUOTE, why=bad, outcome=Outcome.DROPPED, became=bad
    )
    return Survey(
        protocol=Protocol(title=bad, question=bad, note=bad),
        draft=Draft(
            title=bad,
            introduction=Passage(id="i", paragraphs=(Paragraph(claims=(Claim(text=bad, citations=()),)),)),
            sections=(Section(id=bad, name=bad, definition=bad, order=("not there",), parts=(only, other)),),
        ),
        corpus=corpus,
        taxonomy=taxonomy,
        cards=cards,
        report=Report(
            program=bad,
            models=(bad,),
            findings=(finding,),
            paper_findings=(
                TextFinding(subject=bad, where=bad, kind=Kind.ORDER, start=0, end=1, words=bad),
                TextFinding(subject=keys[0], where="abstract", kind=Kind.TURN, start=0, end=1, words=bad),
            ),
            unanswered=(Unanswered(stage=bad, subject=bad, why=bad),),
            sources=(
                SourceReport(
                    name=bad, sha256="", n_records=1, skipped=(Skipped(file=bad, position=None, why=bad, text=bad),)
                ),
            ),
            protocol_of_judgement=bad,
        ),
    )


def empty() -> Survey:
    """Nothing has been read, made or written."""
    return Survey(
        protocol=Protocol(),
        draft=Draft(title=""),
        corpus=Corpus([]),
        taxonomy=Taxonomy(categories=()),
        cards={},
        report=Report(program=""),
    )


def large(n_papers: int = 300) -> Survey:
    """The weight of a real survey: papers of the small one, many times over, in fourteen categories."""
    papers = [
        PAPERS[n % 13].model_copy(
            update={"key": f"{PAPERS[n % 13].key}{n:03}", "year": 2012 + n % 13 if n % 7 else None}
        )
        for n in range(n_papers)
    ]
    corpus = Corpus(papers)
    words = [
        "Scales",
        "Sound",
        "Heat",
        "Cameras",
        "Mites",
        "Acids",
        "Drift",
        "Dances",
        "Meadows",
        "Pollen",
        "Water",
        "Maps",
        "Sensors",
        "Records",
    ]
    tops = tuple(
        Category(
            id=f"c{n}",
            name=f"{word} and what keepers learn from them",
            definition=f"Papers in which {word.lower()} decide; not those that only use them.",
            children=tuple(
                Category(id=f"c{n}-{m}", name=f"{word} {m}", definition="A narrower kind.") for m in range(n % 3)
            ),
        )
        for n, word in enumerate(words)
    )
    taxonomy = Taxonomy(categories=tops, facets=TAXONOMY.facets)
    ids = [ids[n % len(ids)] for n in range(n_papers) if (ids := _ids(tops[(n * 5 + n // 9) % len(tops)]))]
    cards = {one.key: card(one, category, n) for n, (one, category) in enumerate(zip(papers, ids, strict=True))}
    sections = tuple(_large_section(corpus, top, cards) for top in tops)
    return Survey(
        protocol=Protocol(title="A large survey of keeping bees", question="Does it stay light?"),
        draft=Draft(title="A large survey of keeping bees", sections=sections),
        corpus=corpus,
        taxonomy=taxonomy,
        cards=cards,
        report=report(corpus, ()).model_copy(update={"n_identified": n_papers + 3, "n_cited": n_papers, "uncited": {}}),
    )


def _ids(top: Category) -> list[str]:
    return [top.id, *(child.id for child in top.children)]


def _large_section(corpus: Corpus, top: Category, cards: dict[str, Card]) -> Section:
    keys = tuple(key for key, one in cards.items() if one.category in _ids(top))
    claims = [
        claim(
            corpus, f"Work {n} of this kind finds that {sentence_of(corpus.paper(key), -1)[:150].lower()}.", key, other
        )
        for n, (key, other) in enumerate(zip(keys * 2, (keys[1:] + keys[:1]) * 2, strict=True))
    ]
    paragraphs = tuple(
        Paragraph(heading=f"Turn {n // 8 + 1}", claims=tuple(claims[n : n + 8])) for n in range(0, len(claims), 8)
    )
    rows = tuple(row(corpus, key) for key in keys)
    whole = Part(id=top.id, category=top.id, papers=keys, paragraphs=paragraphs, rows=rows)
    return Section(id=top.id, name=top.name, definition=top.definition, order=(top.id,), parts=(whole,))
