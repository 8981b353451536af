"""Brings a part that stands up to date: sentences of what came in, and none that what left or changed does not say."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from agent.draft import Citation, Claim
from agent.extractive.edits import Edits, Said
from agent.extractive.overlap import most_alike
from agent.extractive.prose import as_name, claims_of, name_of_work, quoted, quoting, row
from agent.extractive.quotations import quotation_in
from agent.extractive.roles import Role, Sentence, best, read, read_text
from agent.extractive.vectors import likeness
from agent.fields import CardedPaper, NumberedParagraph
from agent.papers import Paper
from agent.quotes import find_quote, has_words

_OF_A_CLAIM = (Role.APPROACH, Role.RESULT, Role.PROBLEM)
"""What a section's sentences do, in the order in which it decides between equals."""


def amended(
    paragraphs: Sequence[NumberedParagraph],
    new: Sequence[CardedPaper],
    changed: Sequence[CardedPaper],
    left: Collection[str],
) -> dict[str, Any]:
    """The answer to `write_amend`.

    What came in is said at the end of the paragraph whose words are most like its own; of a paper that changed, a
    sentence whose quote no longer stands gives way to the one that says it now.
    """
    edits = Edits(paragraphs)
    _drop_left(edits, frozenset(left))
    _renew(edits, {entry.paper.key: entry for entry in changed}, frozenset(left))
    _insert(edits, _by_key([*new, *(entry for entry in changed if not _is_cited(entry.paper, edits))]))
    return {"edits": edits.answer(), "rows": [row(entry) for entry in _by_key([*new, *changed])]}


def _by_key(entries: Sequence[CardedPaper]) -> list[CardedPaper]:
    return sorted(entries, key=lambda entry: entry.paper.key)


def _drop_left(edits: Edits, left: frozenset[str]) -> None:
    for sentence in edits.staying:
        keys = {citation.key for citation in sentence.claim.citations}
        if keys and keys <= left:
            edits.delete(sentence)


def _is_cited(paper: Paper, edits: Edits) -> bool:
    """Whether something that is said rests on words of the paper as it is now."""
    return any(key == paper.key and find_quote(paper, words) for key, words in edits.rests_on)


def _renew(edits: Edits, changed: Mapping[str, CardedPaper], left: frozenset[str]) -> None:
    """Let no sentence rest on words that a paper has no more, or call it what it is not called any more."""
    fallen = []
    for sentence in edits.staying:
        claim = sentence.claim
        if _fallen(claim, changed):
            fallen.append(sentence)
        elif renamed := _renamed(claim, changed):
            edits.change(sentence, renamed)
    for sentence in fallen:  # so that what takes the place of one may be what only another said
        edits.delete(sentence)
    for sentence in fallen:
        staying = tuple(citation for citation in sentence.claim.citations if citation.key not in left)
        claim = sentence.claim.model_copy(update={"citations": staying})
        edits.change(sentence, _renewed(claim, changed, edits))


def _fallen(claim: Claim, changed: Mapping[str, CardedPaper]) -> list[Citation]:
    """The citations whose words do not stand in their paper as it is now."""
    cited = [citation for citation in claim.citations if citation.key in changed]
    return [one for one in cited if find_quote(changed[one.key].paper, one.quote) is None]


def _renamed(claim: Claim, changed: Mapping[str, CardedPaper]) -> Said | None:
    """The quotation under the paper's present name, where that before it is neither this nor words of the paper."""
    sentence, keys = quotation_in(claim.text), {citation.key for citation in claim.citations}
    if sentence is None or len(keys) != 1 or not keys <= changed.keys():
        return None
    entry = changed[keys.pop()]
    now, before = name_of_work(entry), claim.text.partition(": “")[0].rstrip(" …")
    is_named = any(has_words(entry.paper[where], before) for where in ("title", "abstract"))
    return None if is_named or as_name(now).startswith(before) else quoted(now, entry.paper.key, sentence)


def _renewed(claim: Claim, changed: Mapping[str, CardedPaper], edits: Edits) -> Said | None:
    """What takes the place of a claim some of whose words have fallen; None where there is nothing to say instead."""
    if quotation_in(claim.text) is None and (requoted := _requoted(claim, changed)):
        return requoted
    first = _fallen(claim, changed)[0]
    entry = changed[first.key]
    told = tuple(sentence for sentence in read(entry.paper) if not edits.says(quoting(entry, sentence)))
    words = quotation_in(claim.text) or first.quote or claim.text
    sentence = most_alike(words, told) or best(told, _role_of(words))
    if sentence:
        return quoting(entry, sentence)
    return next((other for other in claims_of(entry) if not edits.says(other)), None)


def _requoted(claim: Claim, changed: Mapping[str, CardedPaper]) -> Said | None:
    """A claim in words of its own, with what says most of it now in place of quotes that fell; None where none does."""
    fallen, citations = _fallen(claim, changed), []
    for citation in claim.citations:
        quote = citation.quote
        if citation in fallen:
            sentence = most_alike(f"{claim.text} {quote or ''}", read(changed[citation.key].paper))
            quote = sentence.text if sentence else None
        if quote is None:
            return None
        citations.append({"key": citation.key, "quote": quote})
    return {"text": claim.text, "citations": citations}


def _role_of(words: str) -> Role:
    """What a sentence does most plainly."""
    told: tuple[Sentence, ...] = read_text("", words)
    return max(_OF_A_CLAIM, key=lambda role: max((one.scores[role] for one in told), default=0.0))


def _insert(edits: Edits, entries: Sequence[CardedPaper]) -> None:
    """Say of each paper what is not said yet, at the end of the paragraph that is most like it as the text stands."""
    paragraphs = edits.paragraphs()
    titled = [(entry.paper["title"], entry.paper["abstract"]) for entry in entries]
    scores = likeness(titled, [words for _, words in paragraphs])
    for place, entry in enumerate(entries):
        after = paragraphs[int(scores[place].argmax())][0] if paragraphs else 0
        for claim in claims_of(entry):
            if not edits.says(claim):
                edits.insert(after, claim)
