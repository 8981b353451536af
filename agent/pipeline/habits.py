"""How much a model reads and writes at a call: as was seen in the demo's recorded answers, or as was measured here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent.llm.ledger import Sent
from agent.review import Card

LEAST_CALLS = 5
"""Fewer say nothing of a model's habits."""
_LEAST_CLAIMS = 50
"""Fewer that were judged say nothing of how many will fail."""
USUAL_FACT, USUAL_CLAIM, USUAL_CELL, USUAL_WHY = 97, 155, 60, 107
"""How many characters of its own the demo's model wrote, on average: a fact, a sentence, a table's cell, a reason."""
USUAL_CLAIMS: Mapping[str, tuple[int, int]] = {
    "write_merge": (3, 2),  # not in the demo: one to four, says the prompt
    "write_introduction": (7, 2),
    "write_synthesis": (7, 2),
    "write_gaps": (5, 1),
    "write_revise": (1, 2),  # not in the demo: what comes into such a text later
}
"""How many claims such a text had there, and how many papers each cited."""
_TEXT_TOKENS, _SCHEMA_TOKENS = 0.25, 0.20
"""Input a byte of text and of the answer's form, in tokens. The demo's server counted none of the form; others do."""
_SHARE_FAILED = 1 / 7
"""Claims of the demo that did not hold as they were drafted."""
_SHARE_OF_PASSAGES = 2 / 3
"""Passages of the demo that such claims stood in; the others had none."""
_MOST_SCHEMA_TOKENS = 0.4
_CARD = "classify_paper"
_EACH_ALIKE = frozenset(
    (_CARD, "classify_quotes", "classify_facets", "write_revise", "write_introduction", "write_synthesis", "write_gaps")
)
"""Prompts whose answers are of one length, whatever the length of the call."""
_BY_THINGS = frozenset(("write_amend",))
"""Prompts whose answers go by what came in, which is little or much of what they are sent from one time to the next."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Tokens that an answer has: so many, and so many more for each thing that it is about."""

    fixed: float
    each: float = 0.0


USUAL_OUTPUT: Mapping[str, Usual] = {
    "induce_propose": Usual(280, 140),  # facets; each category
    "induce_merge": Usual(280, 140),
    "classify_paper": Usual(282),
    "classify_facets": Usual(5, 15),  # each facet; not in the demo: its name and a code
    "classify_quotes": Usual(10, 45),  # each fact; not in the demo: a quote of the usual length
    "write_section": Usual(0, 400),  # each paper, with its row of the table
    "write_missing": Usual(10, 150),  # each paper; not in the demo: a claim and a half
    "write_amend": Usual(10, 420),  # each paper that came in or changed; not in the demo: as in a section, in an edit
    "write_revise": Usual(130, 15),  # a sentence on two papers; each deleted one; not in the demo
    "write_merge": Usual(250, 25),  # an opening of three claims; each part's heading
    "write_introduction": Usual(796),
    "write_synthesis": Usual(910),
    "write_gaps": Usual(350),
    "check_support": Usual(0, 51),  # each claim or line of a table
    "check_repair": Usual(0, 128),  # each claim
}
"""Of the 33 answers in cassettes/demo/calls.jsonl; `python -m tests.bench.estimate` prints them."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one model's calls by one prompt took in a folder so far."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    sent: Sent = Sent()

    @property
    def is_whole(self) -> bool:
        """Whether the server told what was used."""
        return bool(self.input_tokens and self.output_tokens and self.sent.text_bytes)


@dataclass(frozen=True)
class Habits:
    """What to expect of a model."""

    taken: Mapping[str, Taken] = field(default_factory=dict)
    """By prompt, where enough was measured."""
    text_tokens: float = _TEXT_TOKENS
    schema_tokens: float = _SCHEMA_TOKENS
    effort: float = 1.0
    """How many times the usual tokens it writes, thinking included; what was measured of cards, for all else."""
    wordiness: float = 1.0
    """How many times the usual length its own words have. A model that is short on a card need not be so in a survey,
    whose sentences the prompts want at some thirty words: so never less than 1."""
    facts: float | None = None
    """On a card; None where too few were made to tell, and then as the built-in model finds them."""
    fact_chars: float = USUAL_FACT
    """Of a fact's own words."""
    share_failed: float = _SHARE_FAILED
    """Of claims, by a judge."""
    share_misquoted: float = 0.0
    """Of cards with a quote that is not in the paper."""

    def input_tokens(self, prompt: str, sent: Sent) -> float:
        """Of a call of this size, with what is asked again of it."""
        expected = self._reading(sent)
        known = self.taken.get(prompt)
        return expected * known.input_tokens / self._reading(known.sent) if known else expected

    def output_tokens(self, prompt: str, n_things: int, sent: Sent) -> float:
        """Of the answer to a call about so many things."""
        known = self.taken.get(prompt)
        if known and prompt in _EACH_ALIKE:
            return known.output_tokens / known.calls
        if known and prompt not in _BY_THINGS:
            return sent.text_bytes * known.output_tokens / known.sent.text_bytes
        usual = USUAL_OUTPUT.get(prompt, Usual(0))
        return self.effort * (usual.fixed + usual.each * n_things)

    @property
    def faultless(self) -> "Habits":
        """The same model on a day when every quote stands and every claim holds: it is asked nothing twice."""
        return replace(self, share_failed=0.0, share_misquoted=0.0)

    @property
    def share_of_passages(self) -> float:
        """Of passages, those with claims that fail: the failing stand together, as in the demo."""
        return min(1.0, _SHARE_OF_PASSAGES * self.share_failed / _SHARE_FAILED)

    @property
    def n_cards_measured(self) -> int:
        return self.taken[_CARD].calls if _CARD in self.taken else 0

    def _reading(self, sent: Sent) -> float:
        return self.text_tokens * sent.text_bytes + self.schema_tokens * sent.schema_bytes


def habits_of(taken: Mapping[str, Taken], cards: Iterable[Card], drafted: tuple[int, int] = (0, 0)) -> Habits:
    """What to expect of a model after what it took and wrote; `drafted` is its claims, and those that held."""
    known = {
        prompt: one for prompt, one in taken.items() if one.is_whole and (one.calls >= LEAST_CALLS or _is_rare(prompt))
    }
    text_tokens, schema_tokens = _rates(list(known.values()))
    card, again = known.get(_CARD), taken.get("classify_quotes", Taken())
    n_claims, n_held = drafted
    n_facts, fact_chars = _facts(cards)
    return Habits(
        taken=known,
        text_tokens=text_tokens,
        schema_tokens=schema_tokens,
        effort=card.output_tokens / card.calls / USUAL_OUTPUT[_CARD].fixed if card else 1.0,
        wordiness=max(1.0, fact_chars / USUAL_FACT),
        facts=n_facts,
        fact_chars=fact_chars,
        share_failed=1 - n_held / n_claims if n_claims >= _LEAST_CLAIMS else _SHARE_FAILED,
        share_misquoted=min(1.0, again.calls / card.calls) if card else 0.0,
    )


def taken_of(runs: Iterable[Mapping[str, Any]], model: str) -> dict[str, Taken]:
    """What this model took, by prompt, as the lines of runs.jsonl have it; those of older versions tell no sizes."""
    found: dict[str, Taken] = {}
    for run in runs:
        paid = run.get("paid")
        if run.get("model") != model or not isinstance(paid, Mapping):
            continue
        for prompt, one in paid.items():
            figures = _figures(one)
            if figures is None or not (figures[1] and figures[2]):  # calls that no model answered are no measure
                continue
            n_calls, n_in, n_out, n_text, n_schema = figures
            known = found.get(prompt, Taken())
            found[prompt] = Taken(
                known.calls + n_calls,
                known.input_tokens + n_in,
                known.output_tokens + n_out,
                known.sent + Sent(n_text, n_schema),
            )
    return found


def _figures(one: object) -> list[int] | None:
    """The figures of a line's entry; None where it has not all of them."""
    names = ("calls", "input_tokens", "output_tokens", "text_bytes", "schema_bytes")
    figures = [one.get(name) for name in names] if isinstance(one, Mapping) else [None]
    whole = [figure for figure in figures if isinstance(figure, int) and not isinstance(figure, bool)]
    return whole if len(whole) == len(names) else None


def _is_rare(prompt: str) -> bool:
    """Whether a prompt is asked so rarely that each answer counts."""
    return prompt.startswith(("induce_", "write_"))


def _rates(known: Sequence[Taken]) -> tuple[float, float]:
    """Tokens a byte of text and of form: the least squares of what was measured, each share of error weighing alike.

    A single prompt cannot tell the two apart: then the text counts as usual, as far as that can be.
    """
    if not known:
        return _TEXT_TOKENS, _SCHEMA_TOKENS
    rows = [(one.sent.text_bytes / one.input_tokens, one.sent.schema_bytes / one.input_tokens) for one in known]
    tt, ts, ss = (sum(row[i] * row[j] for row in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
    t, s = sum(row[0] for row in rows), sum(row[1] for row in rows)
    spread = tt * ss - ts * ts
    schema = (tt * s - ts * t) / spread if spread > 1e-6 * tt * ss else (t - _TEXT_TOKENS * tt) / ts if ts else 0.0
    schema = min(max(schema, 0.0), _MOST_SCHEMA_TOKENS)
    return max((t - schema * ts) / tt, 0.01), schema


def _facts(cards: Iterable[Card]) -> tuple[float | None, float]:
    """How many facts a card has but for the name, and how long they are, where there are enough to tell."""
    told = [[text for name, text in card.facts.items() if name != "name"] for card in cards]
    lengths = [len(text) for facts in told for text in facts]
    if min(len(told), len(lengths)) < LEAST_CALLS:
        return None, USUAL_FACT
    return len(lengths) / len(told), sum(lengths) / len(lengths)
