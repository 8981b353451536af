"""What a refresh does where papers fit nowhere: it proposes a change of the taxonomy, and takes it when told to."""

from collections.abc import Callable, Iterable

from agent.classify import DueKind, Edits, due
from agent.drift import (
    LEAST_MISFITS,
    Addition,
    Patch,
    Pile,
    Proposal,
    applied,
    inserted,
    is_applied,
    misfits,
    propose,
    written,
)
from agent.errors import TaxonomyError
from agent.folder import Folder
from agent.pipeline import baseline
from agent.pipeline.run import Run
from agent.review import Taxonomy, Unanswered
from agent.taxonomy import read_taxonomy
from agent.wording import count

PATCH = "taxonomy.patch"
_LONGEST_TITLE = 90
"""So many letters of a title tell a person which paper it is."""


def propose_changes(run: Run) -> Proposal | None:
    """Write taxonomy.patch where papers that fit nowhere are alike, and give what it proposes; None where it stays.

    To be called at the end of a refresh, before its report is made; the run goes on with the taxonomy as it is. The
    built-in model proposes, so that a refresh costs what was foreseen, whatever papers come in.

    Every category that is proposed is for at least one paper that began to fit badly with this refresh: nothing new,
    nothing proposed. A person who deletes the patch declines it, and the papers that it named (`Report.proposed`
    remembers them, the patch itself says of which it still speaks) are out of it for good: what comes later has to be
    alike in sufficient numbers of its own. What a person edited in the patch is never written over.
    """
    if run.taxonomy is None:
        return None
    lost = misfits(run.cards, run.corpus, run.taxonomy)
    text = run.folder.proposal_text()
    standing = Patch(text) if text is not None else None
    open_ = standing.papers if standing else frozenset[str]()
    run.proposed = tuple(sorted(open_.union(run.proposed).intersection(lost)))
    if standing and standing.is_edited:
        _speak_of_edited(standing, lost, run)
        return None
    if standing and not _still_holds(standing, lost, run):
        run.folder.save_proposal(None)
        run.say(f"{PATCH} is taken away: taxonomy.yaml or the papers are not those that it was made for any more")
        run.proposed = tuple(key for key in run.proposed if key not in open_)
        standing = None
    left = [key for key in lost if key in open_ or key not in run.proposed]
    if len(left) < LEAST_MISFITS:
        return None
    began = frozenset(left) - _misfits_before(run.folder)
    if not began and (standing or not open_):
        return None
    return _propose(run, run.taxonomy, left, began | open_)


def _propose(run: Run, taxonomy: Taxonomy, keys: list[str], wanted: Iterable[str]) -> Proposal | None:
    pile = Pile(run.corpus, run.cards, taxonomy, run.not_sent)
    found = propose(keys, pile, run.readers.built_in, question=run.protocol.question)
    if isinstance(found, Unanswered):
        run.unanswered.append(found)
        return None
    news = frozenset(wanted)
    additions = [one for one in found.additions if not news.isdisjoint(one.papers)] if found else []
    if not additions:
        return None
    before = run.folder.taxonomy_text()
    try:
        after = inserted(before, additions)
    except TaxonomyError as error:
        run.say(f"no change of the taxonomy is proposed: {error}")
        return None
    proposal = Proposal(additions=tuple(additions))
    patch = written(_preamble(proposal, run, read_taxonomy(after)), before, after)
    run.proposed = tuple(sorted({*run.proposed, *proposal.papers}))
    if patch == run.folder.proposal_text():
        return None
    run.folder.save_proposal(patch)
    names = ", ".join(f'"{one.category.name}"' for one in additions)
    what = count(len(additions), "category", "categories")
    run.say(
        f"{what} proposed in {PATCH} for {count(len(proposal.papers), 'paper')} that fit nowhere: {names}; "
        "`conspectus refresh --accept` takes it"
    )
    return proposal


def _misfits_before(folder: Folder) -> frozenset[str]:
    """The papers that fitted badly when this refresh began, or the one before it that was killed."""
    before = baseline.before(folder)
    if before.taxonomy is None:
        return frozenset()
    return frozenset(misfits(before.cards, before.corpus, before.taxonomy))


def _still_holds(standing: Patch, lost: Iterable[str], run: Run) -> bool:
    """Whether it can still be taken, and enough of its papers still fit nowhere."""
    try:
        applied(standing.text, run.folder.taxonomy_text())
    except TaxonomyError:
        return False
    return len(standing.papers.intersection(lost)) >= LEAST_MISFITS


def _speak_of_edited(standing: Patch, lost: Iterable[str], run: Run) -> None:
    n_more = len(frozenset(lost) - standing.papers.union(run.proposed))
    if n_more:
        papers = count(n_more, "paper") + (" fits" if n_more == 1 else " fit")
        run.say(f"{PATCH} was edited and stays as it is; {papers} nowhere beside those that it names")


def _preamble(proposal: Proposal, run: Run, after: Taxonomy) -> list[str]:
    """What a person reads above the patch."""
    lines = [
        "A change of taxonomy.yaml that conspectus proposes, for papers that fit none of its categories well.",
        "`conspectus refresh --accept` takes it as it stands here: edit it first where you know better.",
        "Delete this file to decline: these papers are not asked about again.",
    ]
    for addition in proposal.additions:
        lines += ["", *_about(addition, run, after)]
    return [*lines, "", _cost(run, after)]


def _about(addition: Addition, run: Run, after: Taxonomy) -> list[str]:
    category = addition.category
    place = f' in "{after.category(addition.within).name}"' if addition.within else ""
    head = f'"{category.name}" ({category.id}){place}, for {count(len(addition.papers), "paper")}:'
    # A title of a paper that is not to be sent is not told in a file that is read wherever the review is shown.
    titles = {key: "" if key in run.not_sent else run.corpus.paper(key).called for key in addition.papers}
    return [head, *(f"  {key}  {_short(title)}" for key, title in titles.items())]


def _short(title: str) -> str:
    plain = " ".join(title.split())
    return plain if len(plain) <= _LONGEST_TITLE else f"{plain[: _LONGEST_TITLE - 2]} …"


def _cost(run: Run, after: Taxonomy) -> str:
    """What accepting costs, by the rule that will decide it."""
    assert run.taxonomy is not None
    shapes = {**run.shapes, run.taxonomy.content: run.taxonomy.shape}
    edits = Edits(after, shapes)
    whys = (due(card, run.corpus.paper(key), edits, run.readers.of(key).model) for key, card in run.cards.items())
    n_cards = sum(why is not None and why.kind in (DueKind.NEW_CATEGORY, DueKind.SPLIT) for why in whys)
    who = "the built-in model (at no cost)" if run.client.is_built_in else run.client.model
    return f"Accepting it asks {who} for {count(n_cards, 'card')}, of papers that fit badly or nowhere."


def accept_changes(folder: Folder, say: Callable[[str], None]) -> bool:
    """Take taxonomy.patch into taxonomy.yaml, and the patch away; whether there was one.

    To be called before a refresh reads the taxonomy: which cards it then asks for follows from the edit, as if a person
    had made it. TaxonomyError where the patch does not apply or would leave a taxonomy that cannot be read, and then
    nothing is changed.
    """
    patch = folder.proposal_text()
    if patch is None:
        say(f"there is no {PATCH} to accept: nothing is proposed")
        return False
    before = folder.taxonomy_text()
    # A run that was killed between the two writes left the patch beside a taxonomy that has it already.
    after = before if is_applied(patch, before) else applied(patch, before)
    try:
        taxonomy = read_taxonomy(after)
    except TaxonomyError as error:
        raise TaxonomyError(f"{PATCH} is not taken, and nothing changed: with it, {error}") from error
    known = read_taxonomy(before).ids if before else ()
    folder.save_taxonomy_text(after)
    folder.save_proposal(None)
    new = [category.name for category, _ in taxonomy.walk() if category.id not in known]
    say(f"{PATCH} is taken" + (f": {', '.join(new)}" if new else ""))
    return True
