"""What stands is amended: only sentences on what changed are asked for and judged, every other stays as it is."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from agent.draft import Citation, Claim, Draft, Outcome, Paragraph, Part, Passage, Verdict
from agent.errors import Refused
from agent.fields import CardedPaper
from agent.llm.call import Call
from agent.llm.client import Client
from agent.papers import Corpus, Paper, digest_of
from agent.pipeline.sending import Readers
from agent.pipeline.writing import Writing
from agent.review import BUILT_IN, Card, Category, FactQuote, Protocol, Taxonomy, Unanswered
from agent.review import Writing as Size
from agent.write import remembered
from agent.write.revise import Below, Revision, Survey, told_of
from tests.nouns import claim_answer
from tests.scripted import Line, Scripted
from tests.scripted import reply as made_reply

BEES = Category(id="bees", name="Bees", definition="Bees.")
ANTS = Category(id="ants", name="Ants", definition="Ants.")
INSECTS = Category(id="insects", name="Insects", definition="Six legs.", children=(BEES, ANTS))
WORMS = Category(id="worms", name="Worms", definition="No legs.")
MINE = "A person's view of it."
TAXONOMY = Taxonomy(categories=(INSECTS, WORMS))


def words(number: int) -> str:
    return f"Paper number {number} watched its animals in a garden of its own"


def key(number: int) -> str:
    return f"k{number:02}"


def paper(number: int) -> Paper:
    return Paper(key=key(number), title=f"On {number}", abstract=f"{words(number)}. It rained.")


def said(entry: CardedPaper | Paper, opening: str = "It is said") -> dict[str, Any]:
    one = entry.paper if isinstance(entry, CardedPaper) else entry
    quote = one["abstract"].split(". ")[0]
    return claim_answer(f"{opening}: {quote}.", (one.key, quote))


def row(entry: CardedPaper) -> dict[str, Any]:
    quote = entry.paper["abstract"].split(". ")[0]
    cell = {"text": f"In short of {entry.paper.key[1:]}", "quote": quote}
    return {"key": entry.paper.key, "setting": None, "idea": cell, "evidence": None}


def edit(sentence: int, action: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"sentence": sentence, "action": action, "claim": given}


def n_sentences(call: Call) -> int:
    return sum(len(paragraph.sentences) for paragraph in call.fields["paragraphs"])


def amend(call: Call) -> dict[str, Any]:
    """A sentence for each paper that came in, after the last; one on a paper that left goes."""
    last, fields = n_sentences(call), call.fields
    edits = [edit(last, "insert", said(entry)) for entry in fields["new"]]
    for one in (sentence for paragraph in fields["paragraphs"] for sentence in paragraph.sentences):
        cited = {citation.key for citation in one.claim.citations}
        if cited <= set(fields["left"]):
            edits.append(edit(one.number, "delete"))
        about = (entry for entry in fields["changed"] if entry.paper.key in cited)
        edits += [edit(one.number, "change", said(entry, "As it says now")) for entry in about]
    return {"edits": edits, "rows": [row(entry) for entry in (*fields["new"], *fields["changed"])]}


def revise(call: Call) -> dict[str, Any]:
    edits = [edit(number, "delete") for number in call.fields["loose"]]
    for digest in call.fields["sections"][:1]:
        cited = digest.claims[0].citations[0]
        name = call.fields["text"]
        edits.append(
            edit(n_sentences(call), "insert", claim_answer(f"New to {name}: {cited.key}.", (cited.key, cited.quote)))
        )
    return {"edits": edits}


def sentences(call: Call, digests: Sequence[Any]) -> list[dict[str, Any]]:
    cited = [claim.citations[0] for digest in digests for claim in digest.claims[:1]]
    return [claim_answer(f"{call.prompt} on {one.key}.", (one.key, one.quote)) for one in cited]


def reply(call: Call) -> Line:
    """A model that does what it is asked, and a judge that supports everything."""
    fields = call.fields
    if call.prompt == "write_section":
        claims = [said(entry) for entry in fields["papers"]]
        return {"paragraphs": [{"heading": "All", "claims": claims}], "rows": [row(one) for one in fields["papers"]]}
    if call.prompt == "write_missing":
        return {"claims": [said(entry, "Missing") for entry in fields["papers"]]}
    if call.prompt == "write_merge":
        threads = [{"part": part.id, "heading": f"Thread {part.id}"} for part in reversed(fields["parts"])]
        return {"opening": sentences(call, fields["parts"])[:4], "threads": threads}
    if call.prompt == "check_support":
        return judged(call)
    if call.prompt == "write_amend":
        return amend(call)
    if call.prompt == "write_revise":
        return revise(call)
    assert call.prompt in ("write_introduction", "write_synthesis", "write_gaps"), call.prompt
    return {"claims": sentences(call, fields["sections"])}


def built_in(call: Call) -> Line:
    """The same from the built-in model."""
    return replace(made_reply(cast(dict[str, Any], reply(call))), model=BUILT_IN, day=None)


def judged(call: Call, **verdicts: str) -> dict[str, Any]:
    """Supported, but for claims whose words are among these."""
    given = []
    for number, claim in enumerate(call.fields["claims"], 1):
        verdict = next((one for part, one in verdicts.items() if part in claim.text), "supported")
        given.append({"claim": number, "why": "So it reads.", "verdict": verdict, "not_bearing": []})
    return {"verdicts": given}


@dataclass
class Study:
    """A review whose writing is run again and again."""

    papers: dict[str, Paper]
    cards: dict[str, Card]
    draft: Draft | None = None
    unanswered: list[Unanswered] = field(default_factory=list)
    saved: int = 0
    question: str | None = None
    title: str = "T"
    size: int = 20
    taxonomy: Taxonomy = TAXONOMY

    def run(
        self,
        answer: Callable[[Call], Line] = reply,
        *,
        model: str = "scripted",
        private: frozenset[str] = frozenset(),
        **wish: frozenset[str],
    ) -> Scripted:
        """Bring the draft up to date; the calls that were made."""
        self.saved, self.unanswered = 0, []
        aside = Scripted(answer)
        transport = Scripted(answer)
        readers = Readers(Client(transport, model), Client(aside, BUILT_IN), private)
        protocol = Protocol(title=self.title, question=self.question, writing=Size(papers_per_call=self.size))
        writing = Writing(
            protocol,
            Corpus(self.papers.values()),
            self.cards,
            self.taxonomy,
            readers,
            self.draft,
            self._keep,
            **wish,  # type: ignore[arg-type]
        )
        writing.write()
        self.unanswered = writing.unanswered
        self.aside = aside
        return transport

    def _keep(self, draft: Draft) -> None:
        self.draft = Draft.model_validate_json(draft.model_dump_json())
        self.saved += 1

    def add(self, number: int, category: str = "worms") -> None:
        self.papers[key(number)] = paper(number)
        self.cards[key(number)] = Card(key=key(number), category=category, confidence=0.9)

    def part(self, id_: str = "worms") -> Part:
        assert self.draft
        return next(one for section in self.draft.sections for one in section.parts if one.id == id_)

    def text(self, name: str) -> Passage:
        assert self.draft
        return next(one for one in self.draft.passages if one.id == name)

    def change(self, id_: str, **fields: Any) -> None:  # noqa: ANN401  (the fields of a passage)
        """Change a passage on disk."""
        assert self.draft
        self.draft = self.draft.each(lambda one: one.model_copy(update=fields) if one.id == id_ else one)

    def by_hand(self, id_: str, number: int, text: str) -> None:
        """A person words a claim anew, and the reader of survey.md takes it in."""
        passage = self.text(id_)
        claims = list(passage.claims)
        citations = tuple(one.model_copy(update={"supports": None}) for one in claims[number].citations)
        claims[number] = Claim(text=text, citations=citations, by_hand=True)
        paragraphs = (passage.paragraphs[0].model_copy(update={"claims": tuple(claims)}),)
        words_now = passage.model_copy(update={"paragraphs": paragraphs}).words_digest
        made = passage.made.model_copy(update={"content": words_now})
        table = passage.rows if isinstance(passage, Part) else ()
        rows = {"rows": tuple(one.model_copy(update={"held": True}) for one in table)} if table else {}
        self.change(id_, paragraphs=paragraphs, made=made, **rows)


def study(n_worms: int = 20, n_bees: int = 0, n_ants: int = 0, **fields: Any) -> Study:  # noqa: ANN401
    one = Study({}, {}, **fields)
    for number in range(n_worms):
        one.add(number)
    for number in range(n_bees):
        one.add(40 + number, "bees")
    for number in range(n_ants):
        one.add(60 + number, "ants")
    return one


def built(n_worms: int = 20, n_bees: int = 0, n_ants: int = 0, **fields: Any) -> Study:  # noqa: ANN401
    one = study(n_worms, n_bees, n_ants, **fields)
    one.run()
    return one


def asked(transport: Scripted, prompt: str) -> list[list[str]]:
    """What the calls of a prompt carried under `claims`, as words."""
    return [[claim.text for claim in call.fields["claims"]] for call in transport.calls if call.prompt == prompt]


def dumped(claims: Sequence[Claim]) -> list[str]:
    return [claim.model_dump_json() for claim in claims]


# A part.


def test_one_paper_more_inserts_one_claim_and_nothing_else_is_asked_or_judged() -> None:
    review = built(20, 2)
    before, others = review.part(), review.part("insects")
    review.add(20)
    transport = review.run()
    assert Counter(transport.prompts) == {"write_amend": 1, "write_revise": 3, "check_support": 4}
    after = review.part()
    assert dumped(after.claims[:20]) == dumped(before.claims) and len(after.claims) == 21
    assert after.rows[:20] == before.rows and all(one.held for one in after.rows)
    assert after.paragraphs[0].heading == "All" and after.is_checked and not after.is_edited
    assert review.part("insects") == others
    part_check = asked(transport, "check_support")[0]
    assert part_check == [after.claims[20].text, "In the table, of this paper: idea: In short of 20"]
    call = transport.calls[0]
    assert [entry.paper.key for entry in call.fields["new"]] == [key(20)]
    assert (call.fields["changed"], call.fields["left"], call.fields["child"]) == ((), (), None)
    assert after.drafted.claims == after.printed.claims == 21
    assert review.run().calls == [] and review.saved == 0


def test_calls_carry_the_sentences_with_their_numbers() -> None:
    review = built(3)
    review.add(3)
    transport = review.run()
    numbered = [one.number for paragraph in transport.calls[0].fields["paragraphs"] for one in paragraph.sentences]
    assert numbered == [1, 2, 3]


def test_every_edit_does_what_it_says() -> None:
    review = built(6)
    before = review.part().claims

    def answer(call: Call) -> Line:
        if call.prompt != "write_amend":
            return reply(call)
        (new,) = call.fields["new"]
        first, second, third = (said(new, opening) for opening in ("First", "Second", "Third"))
        edits = [
            edit(0, "insert", first),
            edit(1, "change", second),
            edit(1, "delete"),
            edit(2, "delete"),
            edit(2, "change", said(new, "Too late")),
            edit(3, "change"),
            edit(4, "keep"),
            edit(5, "insert", third),
            edit(5, "insert"),
            edit(0, "delete"),
            edit(6, "insert", said(paper(4))),
            edit(6, "change", said(paper(5))),
        ]
        return {"edits": edits, "rows": []}

    review.add(6)
    transport = review.run(answer)
    texts = [one.text.split(":")[0] for one in review.part().claims]
    assert texts == [
        "First",
        "Second",
        "It is said",
        "It is said",
        "It is said",
        "Third",
        "It is said",
        "Missing",
        "Missing",
    ]
    assert dumped(review.part().claims[2:5]) == dumped(before[2:5])
    assert dumped(review.part().claims[6:7]) == dumped(before[5:6])
    # What no sentence cites any more, and one did before, is asked for.
    assert transport.prompts[1] == "write_missing"
    assert [entry.paper.key for entry in transport.calls[1].fields["papers"]] == [key(0), key(1)]


def test_an_emptied_paragraph_goes_with_its_heading() -> None:
    review = built(4)
    part = review.part()
    two = tuple(
        part.paragraphs[0].model_copy(update={"heading": heading, "claims": claims})
        for heading, claims in (("One", part.claims[:1]), ("More", part.claims[1:]))
    )
    review.change("worms", paragraphs=two)
    review.cards[key(0)] = review.cards[key(0)].model_copy(update={"category": "bees"})
    review.run()
    assert [one.heading for one in review.part().paragraphs] == ["More"]
    assert key(0) not in review.part().papers and key(0) not in [one.key for one in review.part().rows]
    assert [one.key for one in review.part("insects").rows] == [key(0)]


def test_what_the_answer_does_not_cite_is_asked_for_once_more() -> None:
    review = built(5)
    review.add(5)

    def forgets(call: Call) -> Line:
        return {"edits": [], "rows": []} if call.prompt == "write_amend" else reply(call)

    transport = review.run(forgets)
    assert transport.prompts[:2] == ["write_amend", "write_missing"]
    assert review.part().claims[-1].text.startswith("Missing")
    assert review.run().calls == []


def test_a_forgotten_paper_that_stays_unanswered_is_new_to_the_next_run() -> None:
    review = built(5)
    review.add(5)

    def fails(call: Call) -> Line:
        if call.prompt == "write_missing":
            return Refused("no")
        return {"edits": [], "rows": []} if call.prompt == "write_amend" else reply(call)

    review.run(fails)
    assert [(one.stage, one.subject) for one in review.unanswered] == [("write_missing", "worms")]
    transport = review.run()
    assert [one.paper.key for one in transport.calls[0].fields["new"]] == [key(5)]
    assert len(review.part().claims) == 6 and review.unanswered == [] and review.run().calls == []


def test_a_changed_text_is_asked_about_and_what_cites_it_judged_again() -> None:
    review = built(5)
    before = review.part().claims
    review.papers[key(2)] = review.papers[key(2)].model_copy(update={"abstract": f"{words(2)}. It snowed."})

    def keeps(call: Call) -> Line:
        return {"edits": [], "rows": []} if call.prompt == "write_amend" else reply(call)

    transport = review.run(keeps)
    assert transport.prompts == ["write_amend", "check_support"]
    assert [entry.paper.key for entry in transport.calls[0].fields["changed"]] == [key(2)]
    assert asked(transport, "check_support") == [[before[2].text]]
    assert dumped(review.part().claims) == dumped(before) and review.part().is_checked
    assert review.part().drafted.claims == 5
    assert review.run().calls == []


def test_a_changed_fact_is_asked_about_and_no_sentence_judged_again() -> None:
    review = built(5)
    quote = FactQuote(field="result", where="abstract", text=words(2), start=0, end=len(words(2)))
    review.cards[key(2)] = review.cards[key(2)].model_copy(update={"facts": {"result": words(2)}, "quotes": (quote,)})
    transport = review.run(lambda call: {"edits": [], "rows": []} if call.prompt == "write_amend" else reply(call))
    assert transport.prompts == ["write_amend"]
    assert review.part().rows[2].cells["evidence"].text == words(2)


def test_facets_confidence_and_other_categories_rewrite_nothing() -> None:
    review = built(5, 2, 2, size=3)
    before = review.draft
    more = {"facets": {"kind": "trial"}, "confidence": 0.1, "why": "So.", "also": ("ants",)}
    review.cards = {one: card.model_copy(update=more) for one, card in review.cards.items()}
    assert review.run().calls == [] and review.draft == before


def test_papers_that_left_and_that_no_claim_cites_cost_no_call() -> None:
    review = built(5)
    part = review.part()
    kept = part.paragraphs[0].model_copy(update={"claims": part.claims[1:]})
    bare = part.model_copy(update={"paragraphs": (kept,)})
    made = part.made.model_copy(update={"content": bare.words_digest})
    review.change("worms", paragraphs=(kept,), checked=bare.words_digest, made=made)
    review.run()
    del review.papers[key(0)], review.cards[key(0)]
    transport = review.run()
    assert "write_amend" not in transport.prompts and "check_support" not in transport.prompts
    after = review.part()
    assert after.is_checked and key(0) not in [one.key for one in after.rows] and key(0) not in after.told


def test_more_than_half_new_is_written_anew_and_half_is_not() -> None:
    review = built(4)
    for number in (4, 5, 6, 7):
        review.add(number)
    assert "write_amend" in review.run().prompts
    for number in range(8, 17):
        review.add(number)
    transport = review.run()
    assert "write_section" in transport.prompts and "write_amend" not in transport.prompts


def test_a_part_of_which_nothing_is_left_is_written_anew() -> None:
    review = built(4)
    review.add(4)

    def empties(call: Call) -> Line:
        if call.prompt != "write_amend":
            return reply(call)
        return {"edits": [edit(number, "delete") for number in range(1, 5)], "rows": []}

    assert review.run(empties).prompts[:2] == ["write_amend", "write_section"]
    assert len(review.part().claims) == 5


def test_another_question_writes_anew() -> None:
    review = built(4)
    review.question = "Why?"
    review.add(4)
    prompts = review.run().prompts
    assert "write_amend" not in prompts and prompts.count("write_section") == 1


def test_an_unanswered_amendment_leaves_the_part_and_is_asked_for_again() -> None:
    review = built(4)
    before = review.part()
    review.add(4)
    review.run(lambda call: Refused("no") if call.prompt == "write_amend" else reply(call))
    assert review.part() == before and review.saved == 0
    assert [(one.stage, one.subject) for one in review.unanswered] == [("write_amend", "worms")]
    assert "write_amend" in review.run().prompts and len(review.part().claims) == 5


def test_amended_twice_keeps_what_was_amended_first() -> None:
    review = built(4)
    review.add(4)
    review.run()
    first = review.part()
    review.add(5)
    transport = review.run()
    assert dumped(review.part().claims[:5]) == dumped(first.claims)
    assert asked(transport, "check_support")[0][0] == review.part().claims[5].text
    assert review.part().drafted.claims == 6 and review.part().judge == "scripted"


def test_an_amended_part_whose_check_failed_is_only_judged_where_it_is_due() -> None:
    review = built(4)
    before = review.part()
    review.add(4)
    review.run(lambda call: Refused("no") if call.prompt == "check_support" else reply(call))
    assert not review.part().is_checked and len(review.part().claims) == 5
    transport = review.run()
    assert "write_amend" not in transport.prompts
    texts = asked(transport, "check_support")[0]
    assert texts == [review.part().claims[4].text, "In the table, of this paper: idea: In short of 04"]
    assert dumped(review.part().claims[:4]) == dumped(before.claims)
    assert review.part().drafted.claims == review.part().printed.claims == 5


@pytest.mark.parametrize("size", [6, pytest.param(20, marks=pytest.mark.long)])
def test_papers_one_by_one_never_write_a_part_anew_before_twice_the_size(size: int) -> None:
    review = built(2, size=size)
    for number in range(2, 2 * size):
        review.add(number)
        prompts = review.run().prompts
        assert prompts.count("write_amend") == 1 and "write_section" not in prompts
    assert len(review.part().claims) == 2 * size
    review.add(2 * size)
    prompts = review.run().prompts
    assert "write_amend" not in prompts and "write_section" in prompts


def test_the_order_of_papers_changes_nothing() -> None:
    drafts = []
    for is_backwards in (False, True):
        review = built(6, 3)
        for number in (9, 8, 7) if is_backwards else (7, 8, 9):
            review.add(number)
        if is_backwards:
            review.papers = dict(reversed(review.papers.items()))
            review.cards = dict(reversed(review.cards.items()))
        review.run()
        drafts.append(review.draft)
    assert drafts[0] == drafts[1]


def test_a_draft_of_an_earlier_version_stands_and_is_amended() -> None:
    review = built(5, 3)
    assert review.draft

    def old(passage: Passage) -> Passage:
        update: dict[str, Any] = {"told": {}}
        if isinstance(passage, Part):
            papers = [[one, review.papers[one].digest, review.cards[one].digest] for one in passage.papers]
            update["made"] = passage.made.model_copy(update={"inputs": digest_of([None, papers])})
            update["rows"] = tuple(one.model_copy(update={"held": False}) for one in passage.rows)
        return passage.model_copy(update=update)

    review.draft = earlier = review.draft.each(old)
    corpus = Corpus(review.papers.values())
    review.draft = remembered(earlier, corpus, review.cards)
    assert review.run().calls == [] and review.saved == 0
    review.add(5)
    transport = review.run()
    assert transport.prompts.count("write_amend") == 1 and "write_section" not in transport.prompts
    assert len(asked(transport, "check_support")[0]) == 2
    assert all(one.held for one in review.part().rows)


def test_a_renamed_category_rewrites_nothing() -> None:
    review = built(3, 2, 2, size=3)
    before = {one.id: dumped(one.claims) for one in review.draft.passages} if review.draft else {}
    slow = Category(id="slow", name="Slow ones", definition="Other words.", was=("worms",))
    review.taxonomy = Taxonomy(categories=(slow, INSECTS))
    review.cards = {
        one: card.model_copy(update={"category": "slow"}) if card.category == "worms" else card
        for one, card in review.cards.items()
    }
    assert review.run().calls == []
    assert review.draft and {one.id: dumped(one.claims) for one in review.draft.passages} == before
    assert [(one.id, one.name) for one in review.draft.sections] == [("slow", "Slow ones"), ("insects", "Insects")]


# What a person wrote.


def test_a_sentence_by_hand_is_judged_alone_and_outlives_its_judge() -> None:
    review = built(5)
    others = dumped([*review.part().claims[:1], *review.part().claims[2:]])
    review.by_hand("worms", 1, MINE)
    transport = review.run(
        lambda call: judged(call, view="unsupported") if call.prompt == "check_support" else reply(call)
    )
    assert asked(transport, "check_support")[0] == [MINE]
    assert "check_repair" not in transport.prompts
    after = review.part()
    (mine,) = [one for one in after.claims if one.by_hand]
    assert (mine.text, mine.verdict) == (MINE, Verdict.UNSUPPORTED)
    assert dumped([*after.claims[:1], *after.claims[2:]]) == others
    assert [(one.claim, one.outcome) for one in after.findings] == [(mine.text, Outcome.KEPT)]
    assert after.is_checked and not after.is_edited
    assert (after.printed.claims, after.printed.held, after.drafted.claims) == (5, 4, 5)
    assert review.run().calls == []


def test_no_edit_touches_a_sentence_by_hand_and_others_go_beside_it() -> None:
    review = built(3)
    review.by_hand("worms", 1, MINE)
    review.run()
    review.add(3)

    def meddles(call: Call) -> Line:
        if call.prompt != "write_amend":
            return reply(call)
        (new,) = call.fields["new"]
        return {
            "edits": [edit(2, "delete"), edit(2, "change", said(new)), edit(2, "insert", said(new, "Beside"))],
            "rows": [],
        }

    review.run(meddles)
    texts = [one.text.split(":")[0] for one in review.part().claims]
    assert texts == ["It is said", MINE, "Beside", "It is said"]


@pytest.mark.parametrize("how", ["rewrite", "half", "cut", "moved"])
def test_a_sentence_by_hand_outlives_writing_anew(how: str) -> None:
    review = built(4, size=4)
    review.by_hand("worms", 1, MINE)
    review.run()
    rewrite = frozenset({"worms"} if how == "rewrite" else ())
    if how == "moved":
        review.cards = {one: card.model_copy(update={"category": "bees"}) for one, card in review.cards.items()}
    for number in range(4, {"half": 9, "cut": 14}.get(how, 4)):
        review.add(number)
    if how == "half":
        review.size = 8
    transport = review.run(rewrite=rewrite)
    assert "write_section" in transport.prompts and "write_amend" not in transport.prompts
    assert review.draft
    mine = [
        (one, part) for section in review.draft.sections for part in section.parts for one in part.claims if one.by_hand
    ]
    ((claim, part),) = mine
    assert claim.text == MINE and key(1) in part.papers and part.is_checked


def test_the_built_in_judge_leaves_a_sentence_by_hand_to_a_model() -> None:
    review = built(3)
    review.by_hand("worms", 1, MINE)
    offline = review.run(built_in, model=BUILT_IN)
    assert MINE not in sum(asked(offline, "check_support"), [])
    assert review.part().is_checked and review.part().claims[1].verdict is None and review.unanswered == []
    transport = review.run()
    assert asked(transport, "check_support") == [[MINE]]
    assert review.part().claims[1].verdict is Verdict.SUPPORTED
    assert review.run().calls == []


def test_what_the_built_in_model_wrote_does_not_give_way_where_a_person_wrote_a_sentence() -> None:
    review = study(3)
    review.run(built_in, model=BUILT_IN)
    assert review.part().judge == BUILT_IN and review.part().is_checked
    review.by_hand("worms", 1, MINE)
    kept = review.part().claims[0]
    transport = review.run()
    assert "write_section" not in transport.prompts and asked(transport, "check_support")[0] == [MINE]
    assert review.part().claims[0] == kept and review.part().made.is_built_in
    assert review.run().calls == []


def test_a_fault_of_a_sentence_by_hand_is_found_once_and_printed() -> None:
    review = built(3)
    review.by_hand("worms", 1, "It took 77 days.")
    transport = review.run()
    assert not any("77 days" in text for texts in asked(transport, "check_support") for text in texts)
    (finding,) = review.part().findings
    assert finding.outcome is Outcome.KEPT and "77" in finding.why
    assert review.run().calls == []
    review.add(3)
    review.run()
    assert len(review.part().findings) == 1 and review.part().is_checked
    assert [one.text for one in review.part().claims if one.by_hand] == ["It took 77 days."]


@pytest.mark.parametrize("n_new", [0, 1])
def test_words_changed_in_survey_json_are_not_believed(n_new: int) -> None:
    review = built(3)
    part = review.part()
    changed = part.claims[0].model_copy(update={"text": "Something else altogether."})
    paragraphs = (part.paragraphs[0].model_copy(update={"claims": (changed, *part.claims[1:])}),)
    review.change("worms", paragraphs=paragraphs)
    for number in range(n_new):
        review.add(3 + number)
    transport = review.run()
    assert ("write_amend" in transport.prompts) == bool(n_new)
    judged_now = asked(transport, "check_support")[0]
    assert "Something else altogether." in judged_now and len(judged_now) == 2 * (3 + n_new)
    assert review.part().is_checked and review.part().is_edited


# What stands over the parts.


def test_an_opening_is_revised_and_its_order_stays() -> None:
    review = built(0, 3, 3, size=4)
    assert review.draft and review.draft.sections[0].order == ("insects/ants", "insects/bees")
    before = review.text("insects/opening")
    section = review.draft.sections[0]
    review.add(43, "bees")
    transport = review.run()
    assert Counter(transport.prompts) == {"write_amend": 1, "write_revise": 4, "check_support": 5}
    after = review.text("insects/opening")
    assert dumped(after.claims[: len(before.claims)]) == dumped(before.claims)
    assert [one.text for one in after.claims[len(before.claims) :]] == ["New to opening: k43."]
    assert review.draft.sections[0].order == section.order
    assert review.draft.sections[0].headings == section.headings
    (call,) = [one for one in transport.calls if one.prompt == "write_revise" and one.fields["text"] == "opening"]
    assert [[claim.text for claim in one.claims] for one in call.fields["sections"]] == [
        [review.part("insects/bees").claims[3].text]
    ]
    assert (call.fields["loose"], call.fields["title"]) == ((), "T")


def test_an_opening_over_other_parts_is_written_anew() -> None:
    review = built(0, 3, 3, size=4)
    review.add(30, "insects")
    transport = review.run()
    assert "write_merge" in transport.prompts
    assert review.draft and set(review.draft.sections[0].order) == {"insects/ants", "insects/bees", "insects/insects"}


def test_what_the_texts_rest_on_no_more_is_named_to_them() -> None:
    review = built(4)
    review.papers[key(0)] = review.papers[key(0)].model_copy(update={"abstract": f"{words(99)}. It rained."})
    transport = review.run()
    revised = [call for call in transport.calls if call.prompt == "write_revise"]
    assert [(call.fields["text"], call.fields["loose"]) for call in revised] == [
        ("introduction", (1,)),
        ("synthesis", (1,)),
        ("gaps", (1,)),
    ]
    assert [[one.text for one in digest.claims] for digest in revised[0].fields["sections"]] == [
        [f"As it says now: {words(99)}."]
    ]
    assert review.run().calls == []


def test_words_that_no_claim_ever_had_are_not_taken_for_lost() -> None:
    """A text may cite a paper by another sentence of it than its section does."""
    said, other = (
        Claim(text=text, citations=(Citation(key="k0", quote=text),)) for text in ("It rained.", "It snowed.")
    )
    text = Passage(id="gaps", paragraphs=(Paragraph(claims=(other,)),), told=told_of([("worms", said)]))

    def loose(*claims: Claim) -> tuple[int, ...]:
        below = Below(WORMS, 1, (Passage(id="worms", paragraphs=(Paragraph(claims=claims),)),))
        told = told_of(("worms", claim) for claim in claims)
        return Revision("gaps", text, told, "", (below,), Survey("T", None)).loose

    assert loose(said) == ()
    assert loose(said.model_copy(update={"text": "It rained a lot."})) == (1,)
    assert loose(other) == ()


def test_texts_are_left_alone_where_nothing_came_in_and_nothing_is_loose() -> None:
    review = built(4, 2)
    before = review.text("introduction")
    review.taxonomy = Taxonomy(categories=(WORMS, INSECTS))
    assert review.run().calls == []
    after = review.text("introduction")
    assert after.paragraphs == before.paragraphs and after.made.inputs != before.made.inputs
    assert review.run().calls == [] and review.saved == 0


@pytest.mark.parametrize("field_", ["title", "question"])
def test_another_title_writes_the_texts_anew(field_: str) -> None:
    review = built(4)
    setattr(review, field_, "Other")
    prompts = review.run().prompts
    assert {"write_introduction", "write_synthesis", "write_gaps"} <= set(prompts) and "write_revise" not in prompts


def test_an_unanswered_revision_leaves_the_text_and_is_asked_for_again() -> None:
    review = built(6)
    before = review.text("gaps")
    review.add(6)

    def fails(call: Call) -> Line:
        return Refused("no") if call.prompt == "write_revise" and call.fields["text"] == "gaps" else reply(call)

    review.run(fails)
    assert review.text("gaps") == before
    assert [(one.stage, one.subject) for one in review.unanswered] == [("write_revise", "gaps")]
    assert review.run().prompts == ["write_revise", "check_support"]


# What the user asks for.


def test_rewrite_redoes_what_it_names_and_nothing_else() -> None:
    review = built(4, 2)
    assert Counter(review.run(rewrite=frozenset({"insects"})).prompts) == {"write_section": 1, "check_support": 1}
    prompts = Counter(review.run(rewrite=frozenset({"gaps"})).prompts)
    assert prompts == {"write_gaps": 1, "check_support": 1}


def test_reask_writes_again_what_other_words_asked_for() -> None:
    review = built(4, 2)
    assert review.run(reask=frozenset({"write"})).calls == []
    review.change("worms", made=review.part().made.model_copy(update={"prompt": "older"}))
    assert review.run(reask=frozenset({"classify"})).calls == []
    prompts = Counter(review.run(reask=frozenset({"write"})).prompts)
    assert prompts["write_section"] == 1
    assert review.run(model="another").calls == []
    assert Counter(review.run(model="another", reask=frozenset({"write"})).prompts)["write_section"] == 2
    assert review.run(model=BUILT_IN, reask=frozenset({"write"})).calls == []


def test_reask_judges_everything_again() -> None:
    review = built(4, 2)
    before = review.draft
    transport = review.run(reask=frozenset({"check"}))
    assert Counter(transport.prompts) == {"check_support": 5}
    assert review.draft == before


def test_a_part_that_speaks_of_a_paper_now_kept_back_is_written_anew() -> None:
    review = built(6)
    transport = review.run(private=frozenset({key(0)}))
    sent = "".join(call.system + call.user for call in transport.calls)
    assert words(0) not in sent and "write_amend" not in transport.prompts
    assert {one.id for one in review.draft.sections[0].parts} == {"worms", "worms!not-sent"} if review.draft else False


def test_offline_a_models_part_is_amended_and_keeps_its_words() -> None:
    review = built(4)
    before = review.part()
    review.add(4)
    offline = review.run(built_in, model=BUILT_IN)
    assert "write_amend" in offline.prompts and "write_section" not in offline.prompts
    after = review.part()
    assert dumped(after.claims[:4]) == dumped(before.claims) and after.made.model == before.made.model
    assert after.is_checked and after.judge == "extractive, scripted" and review.unanswered == []
    assert after.claims[4].made.is_built_in
    assert review.run().calls == []
