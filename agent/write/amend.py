"""A part whose papers changed a little is brought up to date sentence by sentence, not written anew."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.answers import AmendAnswer, later
from agent.draft import Claim, Draft, Paragraph, Part, Passage, Row
from agent.fields import CardedPaper
from agent.llm.client import Client
from agent.papers import Corpus, digest_of
from agent.review import Card, Unanswered
from agent.write.cut import Plan, digest_of_told, inputs_of
from agent.write.edits import edited, numbered
from agent.write.parts import Forgetful, rows_of, uncited, with_missing


@dataclass(frozen=True)
class Amendment:
    """A part as it stands, and what of its papers is otherwise now."""

    part: Part
    wanted: Plan
    new: tuple[CardedPaper, ...]
    changed: tuple[CardedPaper, ...]
    left: tuple[str, ...]
    """The keys of papers that are in it no more."""

    @property
    def needs_asking(self) -> bool:
        """Whether anything that it says may have to be said otherwise."""
        cited = {citation.key for claim in self.part.claims for citation in claim.citations}
        return bool(self.new or self.changed or cited.intersection(self.left))


def amendment_of(part: Part, wanted: Plan, private: Collection[str] = ()) -> Amendment | None:
    """How a part is to be brought up to date; None where it is better written anew.

    That is where it is not known what it was written from, the question is another one, it has nothing to keep, or
    more than half of its papers would be new; and where it speaks of a paper that is now kept from who would be asked.
    """
    if not part.told or not part.claims or part.made.inputs != inputs_of(wanted.question, part.told):
        return None
    told = wanted.told
    new = tuple(entry for entry in wanted.papers if entry.paper.key not in part.told)
    if 2 * len(new) > len(wanted.papers):
        return None
    if part.keys & set(private) and not told.keys() <= set(private):
        return None
    changed = (key for key, digest in told.items() if part.told.get(key, digest) != digest)
    gone = [*part.told, *part.papers]
    return Amendment(
        part=part,
        wanted=wanted,
        new=new,
        changed=_entries(wanted, changed),
        left=tuple(dict.fromkeys(key for key in gone if key not in told)),
    )


def _entries(wanted: Plan, keys: Iterable[str]) -> tuple[CardedPaper, ...]:
    chosen = set(keys)
    return tuple(entry for entry in wanted.papers if entry.paper.key in chosen)


@dataclass
class Amended:
    """What came of amending parts."""

    parts: list[Part]
    """Those that were brought up to date."""
    anew: list[Plan]
    """Those of which no sentence was left."""
    unanswered: list[Unanswered]


def amend_parts(amendments: Sequence[Amendment], client: Client) -> Amended:
    """Each part brought up to date by one call, or by none where nothing that it says has to do with what changed.

    One that stays unanswered is not among them, and stands as it did.
    """
    done = Amended([], [], [])
    asked = []
    for one in amendments:
        if one.needs_asking:
            asked.append(one)
        else:
            done.parts.append(_settled(one, one.part.paragraphs, ()))
    rows = [_row(one) for one in asked]
    kinds = [later(AmendAnswer, tuple(range(len(one.part.claims) + 1)), tuple(one.wanted.told)) for one in asked]
    amended: list[tuple[Amendment, Part]] = []
    for one, answer in zip(asked, client.ask_all("write_amend", kinds, rows), strict=True):
        if isinstance(answer, Unanswered):
            done.unanswered.append(answer.about(one.wanted.id))
            continue
        papers = {entry.paper.key: entry.paper for entry in one.wanted.papers}
        paragraphs = edited(_as_due(one), answer.edits, papers, answer.made)
        if paragraphs:
            amended.append((one, _settled(one, paragraphs, rows_of((*one.new, *one.changed), answer.rows))))
        else:
            done.anew.append(one.wanted)
    _with_all_cited(amended, client, done)
    return done


def _row(one: Amendment) -> dict[str, object]:
    return {
        "question": one.wanted.question,
        "category": one.wanted.top,
        "child": one.wanted.child,
        "paragraphs": numbered(one.part.paragraphs),
        "new": one.new,
        "changed": one.changed,
        "left": one.left,
    }


def _as_due(one: Amendment) -> tuple[Paragraph, ...]:
    """The paragraphs, in which a claim that cites a paper whose text changed is to be judged again."""
    before, now = one.part.told, one.wanted.told
    changed = {key for key in now if _text_of(before.get(key, now[key])) != _text_of(now[key])}

    def reopened(claim: Claim) -> Claim:
        is_due = claim.verdict is not None and any(citation.key in changed for citation in claim.citations)
        return claim.model_copy(update={"verdict": None}) if is_due else claim

    return tuple(
        paragraph.model_copy(update={"claims": tuple(map(reopened, paragraph.claims))})
        for paragraph in one.part.paragraphs
    )


def _text_of(told: str) -> str:
    return told.partition(".")[0]


def _settled(one: Amendment, paragraphs: tuple[Paragraph, ...], given: Sequence[Row]) -> Part:
    """The part as amended: it stays known how it was written, and what of it came through the check."""
    part, told = one.part, one.wanted.told
    made = part.made.model_copy(update={"inputs": one.wanted.inputs})
    there = {row.key: row for row in part.rows}
    if paragraphs == part.paragraphs and not given and there.keys() == told.keys():
        return part.model_copy(update={"papers": tuple(told), "told": told, "made": made})
    held = {key: row.model_copy(update={"held": True}) if part.is_checked else row for key, row in there.items()}
    fresh = {row.key: row for row in given}
    bare = {row.key: row for row in rows_of(one.wanted.papers, ())}
    if not part.is_edited:
        made = made.model_copy(update={"content": ""})
    return part.model_copy(
        update={
            "papers": tuple(told),
            "told": told,
            "paragraphs": paragraphs,
            "rows": tuple(fresh.get(key) or held.get(key) or bare[key] for key in told),
            "checked": None,
            "made": made,
        }
    )


def _with_all_cited(amended: Iterable[tuple[Amendment, Part]], client: Client, done: Amended) -> None:
    """The amended parts, which are asked once more for papers that they cited, or should, and do not cite.

    Where that stays unanswered, the part does not know of them yet: for the next run they are new.
    """
    amended = list(amended)
    forgetful = []
    for one, part in amended:
        before = {entry.paper.key for entry in uncited(one.wanted.papers, one.part)}
        wanted = {entry.paper.key for entry in (*one.new, *one.changed)}
        forgotten = uncited(one.wanted.papers, part)
        forgotten = tuple(entry for entry in forgotten if entry.paper.key in wanted or entry.paper.key not in before)
        if forgotten:
            forgetful.append(Forgetful(part, one.wanted, forgotten))
    parts = {part.id: part for _, part in amended}
    for asked, whole in zip(forgetful, with_missing(forgetful, client), strict=True):
        if isinstance(whole, Unanswered):
            done.unanswered.append(whole)
            parts[asked.part.id] = _without(asked)
        else:
            parts[asked.part.id] = whole
    done.parts += parts.values()


def _without(one: Forgetful) -> Part:
    """The part as not told of the papers that it forgot."""
    forgotten = {entry.paper.key for entry in one.forgotten}
    told = {key: digest for key, digest in one.part.told.items() if key not in forgotten}
    made = one.part.made.model_copy(update={"inputs": inputs_of(one.wanted.question, told)})
    return one.part.model_copy(update={"told": told, "made": made})


def remembered(draft: Draft, corpus: Corpus, cards: Mapping[str, Card]) -> Draft:
    """The draft with what its parts were told of their papers, where an earlier version of the program wrote them.

    That version kept one digest of texts and cards, so it can be said only while these are still as they were.
    """

    def with_told(passage: Passage) -> Passage:
        if not isinstance(passage, Part) or passage.told or not all(key in cards for key in passage.papers):
            return passage
        entries = [CardedPaper(paper=corpus.paper(key), card=cards[key]) for key in passage.papers]
        before = [[entry.paper.key, entry.paper.digest, entry.card.digest] for entry in entries]
        if not entries or passage.made.inputs != digest_of([draft.question, before]):
            return passage
        told = {entry.paper.key: digest_of_told(entry) for entry in entries}
        made = passage.made.model_copy(update={"inputs": inputs_of(draft.question, told)})
        return passage.model_copy(update={"told": told, "made": made})

    return draft.each(with_told)
