"""What stands above the parts: a section's opening and order, and the texts over all sections."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from agent.answers import MergeAnswer, PassageAnswer, later, with_keys
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


def assemble(
    parts: Sequence[Part], taxonomy: Taxonomy, earlier: Sequence[Section], private: Collection[str] = ()
) -> list[Section]:
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
        headings = {part.id: names[part.category] for part in own} if len(own) > 1 else {}
        if before and before.opening and before.opening.made.inputs == opening_inputs(section, private):
            # A part that its opening is not told of may be new.
            new = {id_: heading for id_, heading in headings.items() if id_ not in before.headings}
            arranged = {"opening": before.opening, "order": before.order, "headings": before.headings | new}
        else:
            arranged = {"order": tuple(part.id for part in own)} | ({"headings": headings} if headings else {})
        sections.append(section.model_copy(update=arranged))
    return sections


def _keys(passages: Iterable[Passage]) -> frozenset[str]:
    return frozenset(key for passage in passages for key in passage.keys)


def _may_be_sent(passage: Passage, private: Collection[str]) -> bool:
    """Whether it is about no private paper."""
    return not private or passage.keys.isdisjoint(private)


def _opening_parts(section: Section, private: Collection[str] = ()) -> tuple[Part, ...]:
    """The parts that an opening is told of: those that may be sent, or all where these are too few for one."""
    sent = tuple(part for part in section.parts if _may_be_sent(part, private))
    return sent if sum(bool(part.claims) for part in sent) > 1 else section.parts


def opening_keys(section: Section, private: Collection[str] = ()) -> frozenset[str]:
    """The papers that an opening is told of."""
    return _keys(_opening_parts(section, private))


def opening_inputs(section: Section, private: Collection[str] = ()) -> str:
    """Names the claims that an opening is written from."""
    return digest_of(["opening", [[part.id, part.claims_digest] for part in _opening_parts(section, private)]])


def needs_opening(section: Section, model: str, private: Collection[str] = ()) -> bool:
    """Whether its opening is missing, or not made from its claims, or to be made again by this model."""
    if len([part for part in section.parts if part.claims]) < 2:
        return False
    made = section.opening.made if section.opening else None
    return made is None or made.inputs != opening_inputs(section, private) or made.gives_way_to(model)


def write_openings(
    sections: Sequence[Section],
    corpus: Corpus,
    taxonomy: Taxonomy,
    client: Client,
    private: Collection[str] = (),
) -> list[Section | Unanswered]:
    """Each section with an opening and its parts in the order in which they are best read."""
    rows, kinds = [], []
    for section in sections:
        parts = tuple(_part_digest(part, taxonomy) for part in _opening_parts(section, private) if part.claims)
        cited = cited_keys(claim for part in parts for claim in part.claims)
        rows.append({"category": taxonomy.category(section.id), "parts": parts})
        kinds.append(later(MergeAnswer, cited, tuple(part.id for part in parts)))
    answers = client.ask_all("write_merge", kinds, rows)
    return [
        answer.about(section.id) if isinstance(answer, Unanswered) else _arranged(section, answer, corpus, private)
        for section, answer in zip(sections, answers, strict=True)
    ]


def _part_digest(part: Part, taxonomy: Taxonomy) -> PartDigest:
    name = taxonomy.category(part.category).name
    return PartDigest(id=part.id, name=name, n_papers=len(part.papers), claims=part.claims)


def _arranged(section: Section, answer: MergeAnswer[str, str], corpus: Corpus, private: Collection[str]) -> Section:
    """The section in the order of the answer; a part that it does not name comes last, under the heading it had."""
    named = [thread.part for thread in answer.threads]
    headings = {thread.part: heading for thread in answer.threads if (heading := " ".join(thread.heading.split()))}
    order = dict.fromkeys([*named, *(part.id for part in section.parts)])
    claims = claims_of(answer.opening, {paper.key: paper for paper in corpus}, answer.made)
    opening = Passage(
        id=f"{section.id}/opening",
        paragraphs=(Paragraph(claims=claims),) if claims else (),
        made=answer.made.model_copy(update={"inputs": opening_inputs(section, private)}),
    )
    update = {"opening": opening, "order": tuple(order), "headings": section.headings | headings}
    return section.model_copy(update=update)


def _overview_passages(sections: Sequence[Section], private: Collection[str] = ()) -> dict[str, tuple[Passage, ...]]:
    """What the texts over all sections are told of each: what may be sent, or everything where nothing may."""
    sent = {one.id: tuple(p for p in one.passages if _may_be_sent(p, private)) for one in sections}
    if any(passage.claims for passages in sent.values() for passage in passages):
        return sent
    return {one.id: one.passages for one in sections}


def overview_keys(sections: Sequence[Section], private: Collection[str] = ()) -> frozenset[str]:
    """The papers that these texts are told of."""
    return _keys(one for passages in _overview_passages(sections, private).values() for one in passages)


def overview_inputs(
    sections: Sequence[Section], *, title: str, question: str | None, private: Collection[str] = ()
) -> str:
    """Names what the texts over all sections are written from: the sections' claims, the title and the question."""
    told = _overview_passages(sections, private)
    claims = [[section.id, [passage.claims_digest for passage in told[section.id]]] for section in sections]
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
    private: Collection[str] = (),
) -> dict[str, Passage | Unanswered]:
    """Introduction, synthesis and gaps, or those named, from the sections' checked claims; none where there is none."""
    most = max(4, CLAIMS_IN_DIGEST // max(1, len(sections)))
    told = _overview_passages(sections, private)
    digests = tuple(_section_digest(section, cards, taxonomy, _spread(told[section.id], most)) for section in sections)
    cited = cited_keys(claim for digest in digests for claim in digest.claims)
    if not cited:
        return {}
    row = {"title": title, "question": question, "sections": digests}
    papers = {paper.key: paper for paper in corpus}
    inputs = overview_inputs(sections, title=title, question=question, private=private)
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


def _section_digest(
    section: Section, cards: Mapping[str, Card], taxonomy: Taxonomy, claims: tuple[Claim, ...]
) -> SectionDigest:
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
        claims=claims,
        codes={name: dict(sorted(counts.items())) for name, counts in codes.items()},
    )


def _spread(passages: Iterable[Passage], most: int) -> tuple[Claim, ...]:
    """At most so many claims, taken in turn from every paragraph and given back in reading order."""
    paragraphs = [paragraph for passage in passages for paragraph in passage.paragraphs]
    places = [(turn, n) for n, paragraph in enumerate(paragraphs) for turn in range(len(paragraph.claims))]
    kept = sorted((n, turn) for turn, n in sorted(places)[:most])
    return tuple(paragraphs[n].claims[turn] for n, turn in kept)
