"""What a person changed in survey.md comes into the draft before all else, so that nothing overwrites it."""

from collections.abc import Callable

from agent.folder import Folder
from agent.pipeline.kept import kept_answers
from agent.render import Survey
from agent.render.edition import Edition
from agent.render.markdown import to_markdown
from agent.render.readback import HandEdit, Readback, read_back
from agent.render.stamp import is_unedited
from agent.review import Protocol
from agent.wording import shortened

EDITED = "survey.edited.md"
"""The file as a person left it, where not all of it could be kept."""
_MOST = 100
"""Characters of a sentence that are said."""


def take_in_edits(folder: Folder, protocol: Protocol, say: Callable[[str], None]) -> Readback | None:
    """Take what was edited in survey.md into survey.json, at once, and say each edit; None where nothing was.

    What cannot be kept is said with its line, and the whole file is kept beside.
    """
    text, readback = folder.survey_text(), find_edits(folder, protocol)
    if text is None or readback is None:
        return None
    is_kept_beside = bool(readback.lost and text.strip())
    if is_kept_beside:
        folder.save_rendered({EDITED: text})
    if readback.edits:
        folder.save_draft(readback.draft)
    for edit in readback.edits:
        say(f"survey.md, {edit.section}: {_in_words(edit)}")
    for line in readback.lost:
        say(str(line))
    if is_kept_beside:
        say(f"the file as you left it is survey/{EDITED}")
    return readback


def find_edits(folder: Folder, protocol: Protocol) -> Readback | None:
    """What was edited in survey.md, and what the next run will make of it; None where nothing was. Writes nothing."""
    text = folder.survey_text()
    if text is None or is_unedited(text):
        return None
    report, draft = folder.report(), folder.draft()
    if report and report.format < 2:
        return None  # it was laid out otherwise, and printed over in every run; the copy of the old files has it
    if draft is None:
        return None
    return read_back(text, draft, folder.corpus(), _as_printed(folder, protocol))


def _in_words(edit: HandEdit) -> str:
    before, after = (f"“{shortened(text or '', _MOST)}”" for text in (edit.before, edit.after))
    if edit.after is None:
        return f"taken out by hand: {before}"
    return f"put in by hand: {after}" if edit.before is None else f"changed by hand: {before} to {after}"


def _as_printed(folder: Folder, protocol: Protocol) -> str | None:
    """The file as the last run printed it, by all that stands; None where that cannot be told."""
    draft, report, taxonomy, corpus = folder.draft(), folder.report(), folder.taxonomy(), folder.corpus()
    if draft is None or report is None or taxonomy is None:
        return None
    cards = {key: card for key, card in folder.cards().items() if corpus.has(key)}
    answers = kept_answers(folder.answers().values(), corpus).printed
    return to_markdown(Edition(Survey(protocol, draft.only_checked(), corpus, taxonomy, cards, report, answers)))
