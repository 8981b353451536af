"""What is to become of a text that stands, sentence by sentence, and what it says once that is done."""

from collections.abc import Sequence
from typing import Any

from agent.extractive.overviews import again
from agent.extractive.quotations import quotation_in
from agent.fields import NumberedParagraph, NumberedSentence

Said = dict[str, Any]
"""A claim as an answer has it."""


class Edits:
    """The edits of one answer. What a person wrote is neither changed nor deleted, whatever is asked."""

    def __init__(self, paragraphs: Sequence[NumberedParagraph]) -> None:
        self._paragraphs = paragraphs
        self._done: dict[int, Said | None] = {}
        """What takes a sentence's place, or None where it is deleted, by its number."""
        self._inserted: dict[int, list[Said]] = {}
        self._rests_on: set[tuple[str, str]] | None = None

    @property
    def staying(self) -> list[NumberedSentence]:
        """The sentences that are as they were."""
        return [one for paragraph in self._paragraphs for one in paragraph.sentences if one.number not in self._done]

    @property
    def n_sentences(self) -> int:
        """How many there will be."""
        n_inserted = sum(map(len, self._inserted.values()))
        return len(self.staying) + sum(claim is not None for claim in self._done.values()) + n_inserted

    def delete(self, sentence: NumberedSentence) -> None:
        self.change(sentence, None)

    def change(self, sentence: NumberedSentence, claim: Said | None) -> None:
        """Put the claim in place of the sentence; None deletes it."""
        if not sentence.claim.by_hand:
            self._done[sentence.number] = claim
            self._rests_on = None

    def insert(self, number: int, claim: Said) -> None:
        """Put the claim after this sentence, and after what was put there before; 0 is before the first."""
        self._inserted.setdefault(number, []).append(claim)
        if self._rests_on is not None:
            self._rests_on |= _rests_on(claim)

    def says(self, claim: Said) -> bool:
        """Whether these words of this paper are quoted already, edits included, under whatever name."""
        return not self.rests_on.isdisjoint(_rests_on(claim))

    @property
    def rests_on(self) -> set[tuple[str, str]]:
        """The papers that are cited by all that is said, each with words of it that are quoted."""
        if self._rests_on is None:
            done = (one for one in self._done.values() if one)
            inserted = (one for claims in self._inserted.values() for one in claims)
            said = (*(again(one.claim) for one in self.staying), *done, *inserted)
            self._rests_on = {at for one in said for at in _rests_on(one)}
        return self._rests_on

    def paragraphs(self) -> list[tuple[int, str]]:
        """The paragraphs of which something is left: the number of the last sentence there, and all the words."""
        found = []
        for paragraph in self._paragraphs:
            left = [(one.number, self._done.get(one.number, again(one.claim))) for one in paragraph.sentences]
            there = [(number, claim["text"]) for number, claim in left if claim]
            if there:
                found.append((there[-1][0], " ".join([paragraph.heading or "", *(text for _, text in there)])))
        return found

    def answer(self) -> list[dict[str, Any]]:
        """In the order of the sentences."""
        edits = []
        for number in sorted(self._done.keys() | self._inserted.keys()):
            if number in self._done:
                claim = self._done[number]
                edits.append(_edit(number, "change" if claim else "delete", claim))
            edits += [_edit(number, "insert", claim) for claim in self._inserted.get(number, ())]
        return edits


def _rests_on(claim: Said) -> set[tuple[str, str]]:
    """The papers of a claim, each with the words of it that are quoted."""
    found = set()
    for citation in claim["citations"]:
        for words in (citation["quote"], quotation_in(claim["text"])):
            if words:
                found.add((citation["key"], " ".join(words.split())))
    return found


def _edit(number: int, action: str, claim: Said | None) -> dict[str, Any]:
    return {"sentence": number, "action": action, "claim": claim}
