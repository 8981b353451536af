"""What a person changed in survey.md, taken into the draft; what cannot be kept is named with its line."""

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher

from agent.conflicts import is_mark
from agent.draft import Draft
from agent.errors import FolderError
from agent.papers import Corpus, Frozen
from agent.render.amended import amended
from agent.render.anchors import Place
from agent.render.edited import LostLine, Reading
from agent.render.reading import Kind, Piece, pieces
from agent.render.stamp import is_unedited, stamp_of
from agent.wording import count


class HandEdit(Frozen):
    """A sentence that a person changed, put in, or took out."""

    section: str
    """The id of its section, or of the text over all sections."""
    passage: str
    before: str | None = None
    """None where it was put in."""
    after: str | None = None
    """None where it was taken out."""


class Readback(Frozen):
    """The draft with the edits taken in, and what they were."""

    draft: Draft
    changed: tuple[HandEdit, ...] = ()
    inserted: tuple[HandEdit, ...] = ()
    deleted: tuple[HandEdit, ...] = ()
    lost: tuple[LostLine, ...] = ()

    @property
    def edits(self) -> tuple[HandEdit, ...]:
        return (*self.changed, *self.inserted, *self.deleted)


def read_back(text: str, draft: Draft, corpus: Corpus, as_printed: str | None = None) -> Readback:
    """What a person changed in survey.md since it was printed from this draft.

    `as_printed` is the file as it was then, or as near to it as can be told; without it nobody sees what was edited
    beside sentences. FolderError where a merge left both versions in the file.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if is_unedited(text):
        return Readback(draft=draft)
    _refuse_conflict(text)
    found = pieces(text)
    reading = Reading(found, stamp_of(text), draft, corpus)
    if why := _why_nothing(text, reading):
        return Readback(draft=draft, lost=(LostLine(number=0, text="", why=why),))
    with_edits, repeated = amended(draft, reading.places, reading.edits)
    lost = list(reading.lost)
    lost += [LostLine(number=one.number, text=one.claim.text, why="it stands there already") for one in repeated]
    if as_printed is not None:
        printed = [piece for piece in pieces(as_printed) if _is_same_run(text, as_printed, piece)]
        own = [one for at, one in enumerate(found) if at not in reading.taken and _is_same_run(text, as_printed, one)]
        lost += _other_edits(_others(printed, reading.places), _others(own, reading.places))
    changed, deleted = _noted(reading)
    return Readback(
        draft=with_edits,
        changed=changed,
        inserted=tuple(
            HandEdit(section=one.place.section, passage=one.place.passage.id, after=one.claim.text)
            for one in reading.edits.additions
            if one not in repeated
        ),
        deleted=deleted,
        lost=tuple(sorted(lost, key=lambda one: one.number)),
    )


def _refuse_conflict(text: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if is_mark(line):
            raise FolderError(
                f"survey/survey.md, line {number}: a merge left both versions there; keep one of them, or delete the "
                "file, and it is printed again"
            )


def _why_nothing(text: str, reading: Reading) -> str:
    """Why nothing can be told from a file that is empty or cut off; empty where it is neither."""
    if not text.strip():
        return "it is empty; the claims stay, and it is printed again"
    if reading.n_missing * 2 <= reading.n_printed:
        return ""
    missing = f"{reading.n_missing:,} of its {count(reading.n_printed, 'sentence')}"
    return f"{missing} are not there; the claims stay, and it is printed again"


def _noted(reading: Reading) -> tuple[tuple[HandEdit, ...], tuple[HandEdit, ...]]:
    """What was changed and what was taken out, in the order of reading."""
    changed, deleted = [], []
    for place in reading.places:
        for name, claim in zip(place.claims, place.passage.claims, strict=True):
            edit = HandEdit(section=place.section, passage=place.passage.id, before=claim.text)
            if name in reading.edits.changed:
                changed.append(edit.model_copy(update={"after": reading.edits.changed[name].text}))
            elif name in reading.edits.deleted:
                deleted.append(edit)
    return tuple(changed), tuple(deleted)


def _is_same_run(text: str, as_printed: str, piece: Piece) -> bool:
    """Whether a piece may be compared: figures may only where the file as it was is known to the letter."""
    return not piece.text.startswith('<a id="as-') or stamp_of(text) == stamp_of(as_printed)


def _others(found: Sequence[Piece], places: Collection[Place]) -> list[Piece]:
    """All that stands there but the sentences of the survey itself."""
    return list(_walk_others(found, {name for place in places for name in place.anchors}))


def _walk_others(found: Sequence[Piece], own: Collection[str]) -> Iterator[Piece]:
    is_own = False
    for piece in found:
        if piece.kind is Kind.PLACE:
            is_own = piece.anchor in own
        if piece.kind is not Kind.BLANK and not (is_own and piece.kind is Kind.SENTENCE):
            yield piece


_NOT_KEPT = "only sentences can be edited here: headings, tables, lists and figures are printed from the other files"
_TAKEN_OUT = "it was taken out, and is printed again from the other files"
_MOST_TAKEN_OUT = 3
"""Lines that were taken out at one place and are each named."""


def _other_edits(before: Sequence[Piece], now: Sequence[Piece]) -> Iterator[LostLine]:
    was, are = ([_compared(piece) for piece in found] for found in (before, now))
    for tag, i, j, k, m in SequenceMatcher(None, was, are, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        yield from (LostLine(number=one.number, text=one.text, why=_NOT_KEPT) for one in now[k:m])
        if k == m:
            number = now[k].number if k < len(now) else now[-1].number + 1 if now else 1
            gone, why = before[i:j], _TAKEN_OUT
            if len(gone) > _MOST_TAKEN_OUT:
                gone, why = before[i : i + 1], f"it and {j - i - 1:,} more were taken out, and are printed again"
            yield from (LostLine(number=number, text=one.text, why=why) for one in gone)


def _compared(piece: Piece) -> str:
    """The piece, in which an editor may set a table's columns out."""
    words = re.sub(r"\s+", " ", piece.text)
    return f"{piece.anchor} {re.sub(r'-{3,}', '---', words) if words.startswith('|') else words}"
