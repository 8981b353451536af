"""Stands in for a server when a run is rehearsed: answers as a model might, sends nothing, and counts what it takes."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest

from agent.draft import OVERVIEWS, Citation, Claim
from agent.errors import CallError
from agent.fields import FailedClaim, NumberedParagraph, PartDigest, SectionDigest
from agent.llm.call import Call, Json, Reply, Transport, canonical
from agent.llm.wire import sent_by
from agent.pipeline.habits import USUAL_CELL, USUAL_CLAIM, USUAL_CLAIMS, USUAL_WHY, Habits
from agent.review import BUILT_IN

_ONCE = frozenset(f"write_{name}" for name in OVERVIEWS)
_WORDS = "in the words of the model that will be asked "
_ASTRAY = "these words stand in no paper at all"

_THINGS: Mapping[str, tuple[str, ...]] = {
    "classify_facets": ("facets",),
    "classify_quotes": ("facts",),
    "write_section": ("papers",),
    "write_missing": ("papers",),
    "write_merge": ("parts",),
    "write_amend": ("new", "changed"),
    "write_revise": ("loose",),
    "check_support": ("claims",),
    "check_repair": ("failures",),
}
"""The fields that hold what an answer is about one by one."""


@dataclass
class Expected:
    """What calls by one prompt would take; fractions, where a few stand for many."""

    calls: float = 0.0
    kept: float = 0.0
    """Of the calls, those whose answer is on this machine already, which take nothing."""
    input_tokens: float = 0.0
    output_tokens: float = 0.0


class StandIn:
    """A Transport for a rehearsal.

    What this machine knows is answered with that; all else with what the built-in model says, in as many words as the
    model that will be asked may use, some of it misquoted and some found unsupported, so that whoever asks makes the
    calls that follow from it. Where `exact`, nothing is misquoted and nothing fails: so many calls takes a run in which
    every claim stands. Calls of the built-in model are answered as it will answer them.
    """

    def __init__(
        self,
        inner: Transport,
        habits: Habits,
        recall: Callable[[Call], Reply | None],
        *,
        exact: bool = False,
        placed: Mapping[str, str] | None = None,
    ) -> None:
        """`exact` lets nothing fail; `placed` has categories that papers are in and will mostly stay in, by key."""
        self.expected: dict[str, Expected] = {}
        self.weight = 1.0
        """How many calls each stands for, but for the texts over all sections."""
        self._inner = inner
        self._habits = habits.faultless if exact else habits
        self._recall = recall
        self._placed = placed or {}

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """See `Transport.send_all`."""
        for call in calls:
            kept = self._recall(call)
            count = self.expected.setdefault(call.prompt, Expected())
            weight = 1.0 if call.prompt in _ONCE else self.weight
            count.calls += weight
            if kept is not None:
                count.kept += weight
                yield call, kept
                continue
            is_itself = call.model == BUILT_IN
            answer = None if is_itself else self._own_answer(call)
            for _, reply in self._inner.send_all([call]) if answer is None else ():
                answer = json.loads(reply.text) if isinstance(reply, Reply) else None
                if answer is None:
                    yield call, reply
                elif not is_itself:
                    self._retell(call, answer)
            self._count(count, call, answer or {}, weight)
            if answer is not None:
                # Signed by the model that was asked, for what the built-in one made gives way to others.
                yield call, Reply(canonical(answer), call.model, None)

    def _count(self, count: Expected, call: Call, answer: Json, weight: float) -> None:
        sent = sent_by(call)
        n_given = sum(len(call.fields.get(name, ())) for name in _THINGS.get(call.prompt, ()))
        categories = [one for one in answer.get("categories", ()) if "children" in one]
        n_things = n_given or sum(1 + len(one["children"]) for one in categories)
        count.input_tokens += weight * self._habits.input_tokens(call.prompt, sent)
        count.output_tokens += weight * self._habits.output_tokens(call.prompt, n_things, sent)

    def _own_answer(self, call: Call) -> Json | None:
        """The answer where the built-in model's would lead elsewhere, for it reads only its own sentences."""
        given = call.fields
        if call.prompt == "check_support":
            return {"verdicts": self._verdicts(given["claims"])}
        if call.prompt == "check_repair":
            return {"repairs": [self._repaired(failure) for failure in given["failures"]]}
        if call.prompt == "write_merge":
            threads = [{"part": part.id, "heading": part.name} for part in given["parts"]]
            return {"opening": self._claims_on(given["parts"], call.prompt, "opening"), "threads": threads}
        if call.prompt == "write_revise":
            fresh = self._claims_on(given["sections"], call.prompt, given["text"])
            return {"edits": _revised(given["paragraphs"], given["loose"], fresh)}
        if call.prompt in USUAL_CLAIMS:
            return {"claims": self._claims_on(given["sections"], call.prompt, call.prompt)}
        return None

    def _claims_on(self, digests: Sequence[PartDigest | SectionDigest], prompt: str, text: str) -> Json:
        """As many claims as such a text has, on what the claims of parts or sections cite, each in its turn.

        No two texts have the same claims, for those would be judged by one call.
        """
        n_claims, n_cited = USUAL_CLAIMS[prompt]
        turns = zip_longest(*(digest.claims for digest in digests))
        cited = [_as_answer(citation) for turn in turns for claim in turn if claim for citation in claim.citations[:1]]
        texts = [cited[start : start + n_cited] for start in range(0, min(len(cited), n_claims * n_cited), n_cited)]
        return [{"text": self._sentence(f"{text}: "), "citations": citations} for citations in texts]

    def _repaired(self, failure: FailedClaim) -> Json:
        cited = [_as_answer(citation) for citation in failure.claim.citations if citation.quote]
        replacement = {"text": self._sentence(), "citations": cited} if cited else None
        return {"claim": failure.number, "replacement": replacement}

    def _sentence(self, opening: str = "") -> str:
        n_chars = USUAL_CLAIM * self._habits.wordiness
        return opening + _told(n_chars - len(opening))

    def _verdicts(self, claims: Sequence[Claim]) -> Json:
        """Some claims fail, and all of them in some of the passages."""
        share = self._habits.share_of_passages
        is_faulty = _share(" ".join(claim.id for claim in claims)) < share
        verdicts = []
        for number, claim in enumerate(claims, 1):
            fails = is_faulty and _share(claim.id) < self._habits.share_failed / share
            verdict = "unsupported" if fails else "supported"
            verdicts.append({"claim": number, "why": _told(USUAL_WHY), "verdict": verdict, "not_bearing": []})
        return verdicts

    def _retell(self, call: Call, answer: Json) -> None:
        """Put the model's own words, of the length to expect, where the built-in model has the paper's."""
        longer = self._habits.wordiness
        if call.prompt == "classify_paper":
            self._retell_card(answer)
            place = self._placed.get(call.fields["paper"].key)
            if place in call.fields["taxonomy"].ids:
                answer["category"] = place
        if call.prompt == "write_amend":
            answer["edits"] += _without_left(call.fields["paragraphs"], call.fields["left"], answer["edits"])
        for claim in _claims(answer):
            quotes = "".join(citation["quote"] for citation in claim["citations"])
            claim["text"] = self._sentence()
            if _share(quotes) < self._habits.share_misquoted / len(_FACTS_OF_ITS_OWN):
                claim["citations"][0]["quote"] = _ASTRAY
        for row in answer.get("rows", ()):
            for cell in row.values():
                if isinstance(cell, dict):
                    cell["text"] = _told(USUAL_CELL * longer)

    def _retell_card(self, answer: Json) -> None:
        answer["why"] = _told(USUAL_WHY * self._habits.wordiness)
        facts = {name: fact for name, fact in answer["facts"].items() if fact and name != "name"}
        n_kept = len(facts) if self._habits.facts is None else self._habits.facts
        for number, (name, fact) in enumerate(facts.items()):
            if _share(f"{name} {fact['quote']}") >= n_kept - number:  # the last one on a share of the cards
                answer["facts"][name] = None
            fact["text"] = _told(self._habits.fact_chars)
        first = next(iter(facts.values()), None)
        if first and _share(first["quote"]) < self._habits.share_misquoted:
            first["quote"] = _ASTRAY


_FACTS_OF_ITS_OWN = ("problem", "approach", "result")
"""Each with a quote that may be astray; a card is asked again for any of them."""


def _claims(answer: Json) -> Iterator[Json]:
    """All claims of an answer, wherever they stand in it."""
    yield from answer.get("claims", ())
    for paragraph in answer.get("paragraphs", ()):
        yield from paragraph["claims"]
    for edit in answer.get("edits", ()):
        if edit["claim"]:
            yield edit["claim"]


def _revised(paragraphs: Sequence[NumberedParagraph], loose: Collection[int], fresh: Json) -> Json:
    """One claim on what came in, in place of a loose sentence or after all; the other loose ones are deleted."""
    sentences = [one for paragraph in paragraphs for one in paragraph.sentences]
    fallen = [one.number for one in sentences if one.number in loose and not one.claim.by_hand]
    edits = [{"sentence": number, "action": "delete", "claim": None} for number in fallen]
    if fresh and fallen:
        edits[0] |= {"action": "change", "claim": fresh[0]}
    elif fresh:
        edits.append({"sentence": len(sentences), "action": "insert", "claim": fresh[0]})
    return edits


def _without_left(paragraphs: Sequence[NumberedParagraph], left: Collection[str], edits: Json) -> Json:
    """Changes of sentences that speak of papers that left and of others, which the built-in model cannot tell apart."""
    done = {edit["sentence"] for edit in edits if edit["action"] != "insert"}
    sentences = (one for paragraph in paragraphs for one in paragraph.sentences)
    more = []
    for number, claim in ((one.number, one.claim) for one in sentences if not one.claim.by_hand):
        stay = [_as_answer(citation) for citation in claim.citations if citation.key not in left]
        if number not in done and 0 < len(stay) < len(claim.citations):
            more.append({"sentence": number, "action": "change", "claim": {"text": claim.text, "citations": stay}})
    return more


def _as_answer(citation: Citation) -> Json:
    return {"key": citation.key, "quote": citation.quote or _ASTRAY}


def _told(n_chars: float) -> str:
    """So many characters of text that names no number."""
    n_times = int(n_chars) // len(_WORDS) + 1
    return (_WORDS * n_times)[: int(n_chars)].strip() or "so"


def _share(text: str) -> float:
    """A number from 0 to 1 that looks drawn by lot, and is the same whenever it is asked for."""
    return int.from_bytes(sha256(text.encode("utf-8", "replace")).digest()[:6], "big") / (1 << 48)
