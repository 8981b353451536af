"""What is out of date in the survey: edits by hand, parts and texts over them, their check."""

from collections.abc import Iterator

from agent import write
from agent.draft import OVERVIEWS, Part, Passage
from agent.llm.prompts import wording_of
from agent.pipeline.hand_edits import EDITED, find_edits
from agent.pipeline.status.stand import REFRESH, Matter, Stand, are_kept, named, reask
from agent.render.edited import LostLine
from agent.review import BUILT_IN
from agent.wording import count


def look_at_hand_edits(stand: Stand) -> Iterator[Matter]:
    """Edits of survey.md that no run has taken in."""
    found = find_edits(stand.folder, stand.protocol)
    if found is None:
        return
    if found.edits:
        names = tuple(dict.fromkeys(edit.passage for edit in found.edits))
        says = f"{count(len(found.edits), 'sentence')} of survey.md edited and not taken in yet: {named(names)}"
        do = "`conspectus refresh` takes them in, and has them checked"
        yield Matter(about="hand edits", says=says, do=do, names=names)
    cited = [one for one in found.lost if one.cited]
    if cited:
        keys = tuple(dict.fromkeys(one.cited for one in cited))
        lines = named([f"line {one.number}" for one in cited])
        says = f"survey.md cites what the corpus does not have: {named(keys)} ({lines})"
        do = "`conspectus refresh` keeps the sentence, and not that citation"
        yield Matter(about="hand edits", says=says, do=do, names=keys)
    yield from _printed_over([one for one in found.lost if not one.cited])


def _printed_over(lost: list[LostLine]) -> Iterator[Matter]:
    if not lost:
        return
    if not lost[0].number:
        yield Matter(about="hand edits", says=str(lost[0]), do="`conspectus refresh` does that", names=("survey.md",))
        return
    by_why: dict[str, list[str]] = {}
    for one in lost:
        by_why.setdefault(one.why, []).append(f"line {one.number}")
    told = "; ".join(f"{named(lines)}: {why}" for why, lines in by_why.items())
    yield Matter(
        about="hand edits",
        says=f"{count(len(lost), 'edit')} of survey.md cannot be kept: {told}",
        do=f"`conspectus refresh` prints over {'it' if len(lost) == 1 else 'them'}; your file stays as survey/{EDITED}",
        names=tuple(dict.fromkeys(f"line {one.number}" for one in lost)),
    )


def look_at_sections(stand: Stand) -> Iterator[Matter]:
    """Parts, openings and texts over all sections that a refresh would write or bring up to date."""
    run = stand.run
    usable = run.usable()
    if run.taxonomy is None or not usable:
        return
    draft, private = stand.draft, run.readers.private
    parts = {part.id: part for section in draft.sections for part in section.parts}
    size, question = stand.protocol.writing.papers_per_call, stand.protocol.question
    plans = write.plan(
        run.corpus,
        usable,
        run.taxonomy,
        papers_per_call=size,
        question=question,
        private=private,
        standing=parts,
    )
    due: dict[str, bool] = {}
    for one in plans:
        model = run.readers.of(*(entry.paper.key for entry in one.papers)).model
        part = parts.get(one.id)
        if not write.stands(part, one, model):
            is_kept = part is not None and not write.gives_way(part, model)
            due[one.id] = is_kept and part is not None and write.amendment_of(part, one, private) is not None
    for what, ids in (
        ("not written yet", [id_ for id_ in due if id_ not in parts]),
        (
            "to be amended, for papers that came, changed or left",
            [id_ for id_, is_amended in due.items() if is_amended],
        ),
        ("to be written anew", [id_ for id_, is_amended in due.items() if id_ in parts and not is_amended]),
        ("to be taken out, with no paper left", sorted(parts.keys() - {one.id for one in plans})),
    ):
        if ids:
            says = f"{count(len(ids), 'part')} {what}: {named(ids)}"
            yield Matter(about="sections", says=says, do=REFRESH, names=tuple(ids))
    texts = [] if due or len(draft.sections) == 0 else list(_texts_due(stand))
    if texts:
        says = f"{count(len(texts), 'text')} over others to be revised: {named(texts)}"
        yield Matter(about="sections", says=says, do=REFRESH, names=tuple(texts))
    yield from _stale_passages(stand)


def _texts_due(stand: Stand) -> Iterator[str]:
    """Openings and texts over all sections that are not made from what these say now."""
    run, private = stand.run, stand.run.readers.private
    shown = stand.draft.only_checked()
    for section in shown.sections:
        if write.needs_opening(section, run.readers.of(*write.opening_keys(section, private)).model, private):
            yield section.id
    survey = write.Survey(stand.protocol.title, stand.protocol.question)
    inputs = write.overview_inputs(shown.sections, survey, private)
    keys = write.overview_keys(shown.sections, private)
    model = run.readers.of(*keys).model
    for name in OVERVIEWS if keys else ():
        text: Passage | None = getattr(stand.draft, name)
        if text is None or text.made.inputs != inputs or write.gives_way(text, model):
            yield name


def _stale_passages(stand: Stand) -> Iterator[Matter]:
    stale = [
        passage.id
        for passage in stand.passages
        if not (passage.is_edited or passage.made.is_built_in)
        and passage.made.is_stale(stand.model_for(passage), wording_of(_prompt_of(passage)))
    ]
    if stale:
        says = f"{count(len(stale), 'passage')} by another wording of the prompt or another model; {are_kept(stale)}"
        yield Matter(about="sections", says=says, do=reask("write", stale), names=tuple(stale))


def _prompt_of(passage: Passage) -> str:
    """The prompt that a passage comes from, however often it was amended since."""
    if isinstance(passage, Part):
        return "write_section"
    return f"write_{passage.id}" if passage.id in OVERVIEWS else "write_merge"


def look_at_check(stand: Stand) -> Iterator[Matter]:
    """Passages that no judge has seen, or another one than would be asked now."""
    waiting = [passage.id for passage in stand.passages if passage.is_printed and not passage.is_checked]
    if waiting:
        says = f"{count(len(waiting), 'passage')} with sentences by hand that no judge has seen: {named(waiting)}"
        do = "`conspectus refresh` has them judged, where a model is named"
        yield Matter(about="check", says=says, do=do, names=tuple(waiting))
    left = [passage.id for passage in stand.passages if not passage.is_printed]
    if left:
        says = f"{count(len(left), 'passage')} not checked, and so not printed: {named(left)}"
        yield Matter(about="check", says=says, do="`conspectus refresh` has them checked", names=tuple(left))
    others = [
        passage.id
        for passage in stand.passages
        if passage.is_checked and passage.judge and not _is_by(stand.model_for(passage), passage.judge)
    ]
    if others:
        says = f"{count(len(others), 'passage')} judged by another model than {stand.model}; {are_kept(others)}"
        yield Matter(about="check", says=says, do=reask("check", others), names=tuple(others))


def _is_by(model: str, judges: str) -> bool:
    return model == BUILT_IN or all(judge.startswith(model) or judge == BUILT_IN for judge in judges.split(", "))
