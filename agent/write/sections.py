"""What stands above the parts: a section's opening and order, and the texts over all sections."""

from collections import Counter
from collections.abc import Mapping, Sequence

from agent.answers import MergeAnswer, PassageAnswer, with_keys
from agent.claims import cited_keys, claims_of
from agent.draft import Claim, Paragraph, Part, Passage, Section
from agent.fields import PartDigest, SectionDigest
from agent.llm.client import Client
from agent.papers import Corpus, digest_of
from agent.review import Card, Taxonomy, Unanswered

CLAIMS_IN_DIGEST = 240
"""How many checked claims the texts over all sections are told, in all."""
OVERVIEWS = ("introduction", "synthesis", "gaps")
"""The texts over all sections, in the order in which they are read."""


def assemble(parts: Sequence[Part], taxonomy: Taxonomy, earlier: Sequence[Section]) -> list[Section]:
    """The sections of these parts, in the order of the taxonomy, each with the opening it had."""
    openings = {section.id: section for section in earlier}
    names = {category.id: category.name for category, _ in taxonomy.walk()}
    sections = []
    for top in taxonomy.categories:
        own = tuple(part for part in parts if taxonomy.top(part.category).id == top.id)
        if not own:
            continue
        section = Section(id=top.id, name=top.name, definition=top.definition, parts=own)
        before = openings.get(top.id)
        if before and before.opening and before.opening.made.inputs == opening_inputs(section):
            arranged = {"opening": before.opening, "order": before.order, "headings": before.headings}
        else:
            arranged = {"order": tuple(part.id for part in own)}
            if len(own) > 1:
                arranged["headings"] = {part.id: names[part.category] for part in own}
        sections.append(section.model_copy(update=arranged))
    return sections


def opening_inputs(section: Section) -> str:
    """Names the claims that an opening is written from."""
    return digest_of(["opening", [[part.id, part.claims_digest] for part in section.parts]])


def needs_opening(section: Section, model: str) -> bool:
    if len([part for part in section.parts if part.claims]) < 2:
        return False
    opening = section.opening
    return opening is None or opening.made.inputs != opening_inputs(section) or opening.made.gives_way_to(model)


def write_openings(
    sections: Sequence[Section], corpus: Corpus, taxonomy: Taxonomy, client: Client
) -> list[Section | Unanswered]:
    """Each section with an opening and its parts in the order in which they are best read."""
    rows, kinds = [], []
    for section in sections:
        parts = tuple(_part_digest(part, taxonomy) for part in section.parts if part.claims)
        cited = cited_keys(claim for part in parts for claim in part.claims)
        rows.append({"category": taxonomy.category(section.id), "parts": parts})
        kinds.append(with_keys(MergeAnswer, cited, tuple(part.id for part in parts)))
    answers = client.ask_all("write_merge", kinds, rows)
    return [
        answer.about(section.id) if isinstance(answer, Unanswered) else _arranged(section, answer, corpus)
        for section, answer in zip(sections, answers, strict=True)
    ]


def _part_digest(part: Part, taxonomy: Taxonomy) -> PartDigest:
    name = taxonomy.category(part.category).name
    return PartDigest(id=part.id, name=name, n_papers=len(part.papers), claims=part.claims)


def _arranged(section: Section, answer: MergeAnswer[str, str], corpus: Corpus) -> Section:
    """The section in the order of the answer; a part that it does not name comes last, under the heading it had."""
    named = [thread.part for thread in answer.threads]
    headings = {thread.part: heading for thread in answer.threads if (heading := " ".join(thread.heading.split()))}
    order = dict.fromkeys([*named, *(part.id for part in section.parts)])
    claims = claims_of(answer.opening, {paper.key: paper for paper in corpus}, answer.made)
    opening = Passage(
        id=f"{section.id}/opening",
        paragraphs=(Paragraph(claims=claims),) if claims else (),
        made=answer.made.model_copy(update={"inputs": opening_inputs(section)}),
    )
    update = {"opening": opening, "order": tuple(order), "headings": section.headings | headings}
    return section.model_copy(update=update)


def overview_inputs(sections: Sequence[Section], *, title: str, question: str | None) -> str:
    """Names what the texts over all sections are written from: the sections' claims, the title and the question."""
    claims = [[section.id, [passage.claims_digest for passage in section.passages]] for section in sections]
    return digest_of(["overview", title, question, claims])


def write_overview(
    sections: Sequence[Section],
    corpus: Corpus,
    cards: Mapping[str, Card],
    taxonomy: Taxonomy,
    client: Client,
    *,
    title: str,
    question: str | None,
    names: Sequence[str] = OVERVIEWS,
) -> dict[str, Passage | Unanswered]:
    """Introduction, synthesis and gaps, or those named, from the sections' checked claims; none where there is none."""
    most = max(4, CLAIMS_IN_DIGEST // max(1, len(sections)))
    digests = tuple(_section_digest(section, cards, taxonomy, most) for section in sections)
    cited = cited_keys(claim for digest in digests for claim in digest.claims)
    if not cited:
        return {}
    row = {"title": title, "question": question, "sections": digests}
    papers = {paper.key: paper for paper in corpus}
    inputs = overview_inputs(sections, title=title, question=question)
    written: dict[str, Passage | Unanswered] = {}
    for name in names:
        answer = client.ask_all(f"write_{name}", with_keys(PassageAnswer, cited), [row])[0]
        if isinstance(answer, Unanswered):
            written[name] = answer.about(name)
            continue
        claims = claims_of(answer.claims, papers, answer.made)
        written[name] = Passage(
            id=name,
            paragraphs=(Paragraph(claims=claims),) if claims else (),
            made=answer.made.model_copy(update={"inputs": inputs}),
        )
    return written


def _section_digest(section: Section, cards: Mapping[str, Card], taxonomy: Taxonomy, most: int) -> SectionDigest:
    keys = [key for part in section.parts for key in part.papers]
    codes = {name: Counter[str]() for name in taxonomy.facets}
    # A part that could not be written again may still hold a paper whose card is to be made again.
    for card in (cards[key] for key in keys if key in cards):
        for name, value in card.facets.items():
            if name in codes and value:
                codes[name].update([value] if isinstance(value, str) else value)
    return SectionDigest(
        category=taxonomy.category(section.id).model_copy(update={"terms": (), "examples": (), "children": ()}),
        n_papers=len(keys),
        claims=_spread([paragraph for p in section.passages for paragraph in p.paragraphs], most),
        codes={name: dict(sorted(counts.items())) for name, counts in codes.items()},
    )


def _spread(paragraphs: Sequence[Paragraph], most: int) -> tuple[Claim, ...]:
    """At most so many claims, taken in turn from every paragraph and given back in reading order."""
    places = [(turn, n) for n, paragraph in enumerate(paragraphs) for turn in range(len(paragraph.claims))]
    kept = sorted((n, turn) for turn, n in sorted(places)[:most])
    return tuple(paragraphs[n].claims[turn] for n, turn in kept)
