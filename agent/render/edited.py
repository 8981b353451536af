"""Finds what a person did to the sentences of survey.md: which changed, which are new, which are gone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from agent.draft import Citation, Claim, Draft
from agent.papers import Corpus, Frozen
from agent.render.amended import Addition, Edits
from agent.render.anchors import Place, places
from agent.render.lines import KeyOf, Words, anchor, from_line, words_of
from agent.render.reading import Kind, Piece
from agent.render.stamp import Stamp, claims_digest
from agent.wording import shortened


class LostLine(Frozen):
    """Something that was edited in survey.md and cannot be kept there."""

    number: int
    """Its line in the edited file, from 1; of one that was taken out, the line before which it stood; 0 of the whole
    file."""
    text: str
    why: str
    cited: str = ""
    """The paper of which only the citation cannot be kept, as it was typed; its sentence is."""

    def __str__(self) -> str:
        if not self.number:
            return f"survey.md: nothing of it is taken in, for {self.why}"
        line, text = f"survey.md, line {self.number}", shortened(self.text, 100)
        if self.cited:
            return f"{line}: the sentence is kept without its citation of {self.cited}, for {self.why}: {text}"
        return f"{line}: not kept, for {self.why}: {text}"


@dataclass(slots=True)
class _Walk:
    """Where one is in the file, so that a new sentence finds its place."""

    additions: list[Addition] = field(default_factory=list)
    region: tuple[Place, ...] = ()
    """The passages that stand under the heading last seen; none outside of the survey's own text."""
    last: str | None = None
    """The sentence above."""
    has_gap: bool = False
    """Whether a blank line lies between that and here."""
    run: list[tuple[int, Claim]] = field(default_factory=list)
    """New sentences, line by line without a gap."""
    begins_apart: bool = False
    """Whether a gap lies above them."""
    waiting: list[tuple[int, Claim]] = field(default_factory=list)
    """New sentences above the first one under a heading."""

    def enter(self, region: tuple[Place, ...]) -> None:
        self.leave_run()
        if self.waiting:  # under a heading without a sentence
            first = self.waiting[0][0]
            self.additions += [Addition(claim, self.region[0], number, run=first) for number, claim in self.waiting]
        self.region, self.last, self.has_gap, self.waiting = region, None, False, []

    def pass_by(self, name: str, place: Place) -> None:
        """A sentence that stands where it stood."""
        if self.run and self.begins_apart and not self.has_gap:
            self.waiting += self.run
            self.run = []
        self.leave_run()
        self.additions += [Addition(claim, place, number, before=name) for number, claim in self.waiting]
        self.last, self.has_gap, self.waiting = name, False, []

    def add(self, number: int, claim: Claim) -> None:
        if self.run and self.has_gap:
            self.leave_run()
            self.has_gap = True
        if not self.run:
            self.begins_apart = self.has_gap or self.last is None
        self.run.append((number, claim))
        self.has_gap = False

    def leave_run(self) -> None:
        """Put the new sentences behind the one above them."""
        owner = next((place for place in self.region if self.last in place.claims), None)
        if owner is None:
            self.waiting += self.run
        else:
            first = self.run[0][0] if self.run and self.begins_apart else 0
            self.additions += [Addition(claim, owner, n, after=self.last, run=first) for n, claim in self.run]
        self.run = []


class Reading:
    """Goes through the pieces of the file; `edits`, `lost` and `taken` say what was found."""

    def __init__(self, pieces: list[Piece], stamp: Stamp | None, draft: Draft, corpus: Corpus) -> None:
        printed = draft.only_checked()
        self.places = tuple(places(printed))
        self.edits = Edits()
        self.lost: list[LostLine] = []
        self.taken: set[int] = set()
        """The lines that were taken for sentences of the survey."""
        self._key_of = _keys(corpus)
        self._known = {self._words(claim) for passage in draft.passages for claim in passage.claims}
        self._claims = {
            name: (place, claim)
            for place in self.places
            for name, claim in zip(place.claims, place.passage.claims, strict=True)
        }
        # Of another draft than was printed, or of a torn file, nobody can say what is new there and what is missing.
        is_whole = any(piece.anchor == "references" for piece in pieces)
        self._is_of_draft = is_whole and stamp is not None and stamp.claims == claims_digest(printed)
        self._definitions = {section_.id: section_.definition for section_ in draft.sections}
        self._regions = _regions(self.places, {piece.anchor for piece in pieces if piece.kind is Kind.PLACE})
        self._pieces = self._with_anchors(pieces)
        self._torn = None if is_whole else next((one for one in reversed(self._pieces) if one.kind != Kind.BLANK), None)
        there = {piece.anchor for piece in self._pieces}
        self.n_printed, self.n_missing = len(self._claims), len(self._claims.keys() - there)
        self._read()

    def _with_anchors(self, pieces: list[Piece]) -> list[Piece]:
        """The pieces, where a sentence that lost its anchor and kept its words has it again."""
        there = {piece.anchor for piece in pieces}
        named: list[Piece] = []
        missing: dict[str, list[str]] = {}
        for piece in pieces:
            if piece.kind is Kind.PLACE:
                missing = self._without(there, self._regions.get(piece.anchor, ()))
            if piece.kind in (Kind.PLAIN, Kind.SENTENCE) and piece.anchor not in self._claims:
                names = missing.get(from_line(piece.text, self._key_of).text)
                if names:
                    piece = replace(piece, kind=Kind.SENTENCE, anchor=names.pop(0))
                    there.add(piece.anchor)
            named.append(piece)
        return named

    def _without(self, there: Collection[str], region: Iterable[Place]) -> dict[str, list[str]]:
        """The sentences of these passages whose anchors are not there, by their words."""
        missing: dict[str, list[str]] = {}
        for place in region:
            for name in place.claims:
                if name not in there:
                    missing.setdefault(self._words(self._claims[name][1]).text, []).append(name)
        return missing

    def _read(self) -> None:
        standing = self._standing()
        walk = _Walk()
        awaits_definition = False
        for at, piece in enumerate(self._pieces):
            if piece.kind is Kind.PLACE:
                walk.enter(self._regions.get(piece.anchor, ()))
            elif piece.kind is Kind.BLANK:
                walk.has_gap = True
            elif at in standing:
                self.taken.add(at)
                self._compare(piece)
                walk.pass_by(piece.anchor, self._claims[piece.anchor][0])
            elif not walk.region:
                continue
            elif piece.kind is Kind.OTHER:
                walk.leave_run()
                walk.has_gap = True
                is_chapter = piece.text.startswith("## ")
                awaits_definition = is_chapter and bool(self._definitions.get(walk.region[0].section))
            elif piece.kind is Kind.PLAIN and awaits_definition:
                awaits_definition = False
            elif claim := self._new(at, piece):
                walk.add(piece.number, claim)
        walk.enter(())
        self.edits.additions = walk.additions
        if self._is_of_draft:
            here = {self._pieces[at].anchor for at in standing}
            self.edits.deleted |= self._claims.keys() - here

    def _standing(self) -> set[int]:
        """Which of the pieces are sentences that stand where they were printed."""
        region: tuple[Place, ...] = ()
        seen: dict[str, int] = {}
        for at, piece in enumerate(self._pieces):
            if piece.kind is Kind.PLACE:
                region = self._regions.get(piece.anchor, ())
                continue
            own = self._claims.get(piece.anchor)
            if own and piece.anchor not in seen and (own[0] in region or not self._is_of_draft):
                seen[piece.anchor] = at
        found = list(seen.values())
        if not self._is_of_draft:
            return set(found)
        blocks = SequenceMatcher(None, list(self._claims), list(seen), autojunk=False).get_matching_blocks()
        return {found[block.b + n] for block in blocks for n in range(block.size)}

    def _compare(self, piece: Piece) -> None:
        """Note what was changed of a sentence that stands where it stood."""
        claim = self._claims[piece.anchor][1]
        words, before = from_line(piece.text, self._key_of), self._words(claim)
        words = self._without_unknown(piece, words, before.unknown)
        is_cut_off = piece is self._torn and before.text.startswith(words.text)
        if words == before or is_cut_off:
            return
        if words.text:
            self.edits.changed[piece.anchor] = _by_hand(words, claim)
        elif self._is_of_draft:
            self.edits.deleted.add(piece.anchor)
        else:
            self._lose(piece, _NOT_OF_DRAFT)

    def _new(self, at: int, piece: Piece) -> Claim | None:
        """The sentence that a person put in, or copied, or moved; None where it cannot be taken."""
        words = from_line(piece.text, self._key_of)
        self.taken.add(at)
        if not self._is_of_draft:
            if words not in self._known:
                self._lose(piece, _NOT_OF_DRAFT)
            return None
        if not words.text:
            self._lose(piece, "there are no words beside what it cites")
            return None
        if piece.anchor not in self._claims:
            return _by_hand(self._without_unknown(piece, words), None)
        claim = self._claims[piece.anchor][1]
        before = self._words(claim)
        words = self._without_unknown(piece, words, before.unknown)
        return claim.model_copy(update={"by_hand": True}) if words == before else _by_hand(words, claim)

    def _words(self, claim: Claim) -> Words:
        return words_of(claim, self._key_of)

    def _without_unknown(self, piece: Piece, words: Words, before: Collection[str] = ()) -> Words:
        """The words without the citations of no paper that a person put in; those that stood there before stay."""
        for key in dict.fromkeys(words.unknown):
            if key not in before:
                self._lose(piece, "the corpus has no such paper", cited=key)
        return Words(words.text, words.keys, tuple(key for key in words.unknown if key in before))

    def _lose(self, piece: Piece, why: str, *, cited: str = "") -> None:
        self.lost.append(LostLine(number=piece.number, text=piece.text, why=why, cited=cited))


_NOT_OF_DRAFT = "survey.json has changed since this file was printed, so that nobody can tell what is new in it"


def _by_hand(words: Words, before: Claim | None) -> Claim:
    """The sentence as a person has it; citations of the one it was keep their quotes."""
    left = list(before.citations) if before else []
    citations: list[Citation] = []
    for key in (*words.keys, *words.unknown):
        kept = next((one for one in left if one.key == key), None)
        if kept:
            left.remove(kept)
        if kept or not any(one.key == key for one in citations):
            citations.append(kept.model_copy(update={"supports": None}) if kept else Citation(key=key))
    return Claim(text=words.text, citations=tuple(citations), by_hand=True)


def _keys(corpus: Corpus) -> KeyOf:
    named = {alias: paper.key for paper in corpus for alias in paper.aliases}
    named |= {paper.key: paper.key for paper in corpus}
    anchored = {anchor(paper.key): paper.key for paper in corpus}

    def key_of(called: str) -> str | None:
        return named.get(called) or anchored.get(called)

    return key_of


def _regions(found: tuple[Place, ...], there: set[str]) -> Mapping[str, tuple[Place, ...]]:
    """The passages that stand behind each anchor of the file, up to the next one."""
    regions: dict[str, list[Place]] = {}
    current: list[Place] = []
    for place in found:
        own = [name for name in place.anchors if name in there]
        if own:
            current = []
            regions |= dict.fromkeys(own, current)
        current.append(place)
    return {name: tuple(held) for name, held in regions.items()}
