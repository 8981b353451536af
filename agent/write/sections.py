"""What stands above the parts: a section's opening and order, and the texts over all sections."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from agent.answers import MergeAnswer, PassageAnswer, later, with_keys
from agent.claims import cited_keys, claims_of
from agent.draft import OVERVIEWS, Claim, Paragraph, Part, Passage, Section
from agent.fields import PartDigest, SectionDigest
from agent.llm.client import Client
from agent.papers import Corpus, digest_of
from agent.review import Card, Taxonomy, Unanswered
from agent.write.parts import gives_way
from agent.write.revise import CLAIMS_IN_DIGEST, SURVEY, Below, Revision, Survey, bare, revision_of, spread, told_of


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
        if before and before.opening and _may_keep(before.opening, section, private):
            # A part that its opening is not told of may be new.
            new = {id_: heading for id_, heading in headings.items() if id_ not in before.headings}
            arranged = {"opening": before.opening, "order": before.order, "headings": before.headings | new}
        else:
            arranged = {"order": tuple(part.id for part in own)} | ({"headings": headings} if headings else {})
        sections.append(section.model_copy(update=arranged))
    return sections


def _may_keep(opening: Passage, section: Section, private: Collection[str]) -> bool:
    """Whether an opening stands, or is known well enough to be brought up to date, or has a person's sentences."""
    if opening.is_by_hand or opening.made.inputs == opening_inputs(section, private):
        return True
    return bool(opening.told) and _is_cut(section)


def _is_cut(section: Section) -> bool:
    return len([part for part in section.parts if part.claims]) > 1


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
    if not _is_cut(section):
        return False
    opening = section.opening
    return opening is None or opening.made.inputs != opening_inputs(section, private) or gives_way(opening, model)


def _opening_told(section: Section, private: Collection[str]) -> dict[str, str]:
    """The claims that an opening is written from, by their ids, each with its part's and what it cites."""
    return told_of((part.id, claim) for part in _opening_parts(section, private) for claim in part.claims)


def opening_revision(
    section: Section, taxonomy: Taxonomy, survey: Survey, private: Collection[str] = ()
) -> Revision | None:
    """How an opening is to be brought up to date; None where it is better written anew."""
    parts = _opening_parts(section, private)
    if section.opening is None or not _may_follow(section.opening, parts, private):
        return None
    n_papers = sum(len(part.papers) for part in parts)
    return revision_of(
        "opening",
        section.opening,
        told=_opening_told(section, private),
        inputs=opening_inputs(section, private),
        below=[Below(taxonomy.category(section.id), n_papers, parts)],
        survey=survey,
    )


def _may_follow(text: Passage, below: Iterable[Passage], private: Collection[str]) -> bool:
    """Whether who is told of the passages below may be told of the text over them as it stands."""
    return _may_be_sent(text, private) or any(not _may_be_sent(passage, private) for passage in below)


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
        told=_opening_told(section, private),
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


def overview_inputs(sections: Sequence[Section], survey: Survey, private: Collection[str] = ()) -> str:
    """Names what the texts over all sections are written from: the sections' claims, the title and the question."""
    told = _overview_passages(sections, private)
    claims = [[section.id, [passage.claims_digest for passage in told[section.id]]] for section in sections]
    return digest_of(["overview", survey.title, survey.question, claims])


def _overview_told(sections: Sequence[Section], survey: Survey, private: Collection[str]) -> dict[str, str]:
    """The claims that these texts are written from, by their ids, each with its section's; and what is asked."""
    passages = _overview_passages(sections, private)
    told = told_of((id_, claim) for id_, own in passages.items() for passage in own for claim in passage.claims)
    return told | {SURVEY: survey.digest}


def overview_revision(
    name: str,
    text: Passage,
    sections: Sequence[Section],
    taxonomy: Taxonomy,
    survey: Survey,
    *,
    private: Collection[str] = (),
) -> Revision | None:
    """How a text over all sections is to be brought up to date; None where it is better written anew."""
    passages = _overview_passages(sections, private)
    if not _may_follow(text, [one for own in passages.values() for one in own], private):
        return None
    n_papers = {section.id: sum(len(part.papers) for part in section.parts) for section in sections}
    return revision_of(
        name,
        text,
        told=_overview_told(sections, survey, private),
        inputs=overview_inputs(sections, survey, private),
        below=[Below(taxonomy.category(id_), n_papers[id_], own) for id_, own in passages.items()],
        survey=survey,
    )


def write_overview(
    sections: Sequence[Section],
    corpus: Corpus,
    cards: Mapping[str, Card],
    taxonomy: Taxonomy,
    client: Client,
    *,
    survey: Survey,
    names: Sequence[str] = OVERVIEWS,
    private: Collection[str] = (),
) -> dict[str, Passage | Unanswered]:
    """Introduction, synthesis and gaps, or those named, from the sections' checked claims; none where there is none."""
    most = max(4, CLAIMS_IN_DIGEST // max(1, len(sections)))
    told = _overview_passages(sections, private)
    digests = tuple(_section_digest(section, cards, taxonomy, spread(told[section.id], most)) for section in sections)
    cited = cited_keys(claim for digest in digests for claim in digest.claims)
    if not cited:
        return {}
    row = {"title": survey.title, "question": survey.question, "sections": digests}
    papers = {paper.key: paper for paper in corpus}
    inputs = overview_inputs(sections, survey, private)
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
            told=_overview_told(sections, survey, private),
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
        category=bare(taxonomy.category(section.id)),
        n_papers=len(keys),
        claims=claims,
        codes={name: dict(sorted(counts.items())) for name, counts in codes.items()},
    )
