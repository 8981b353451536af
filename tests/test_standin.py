"""The stand-in of a rehearsal: what it answers, and what it counts."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from agent.answers import AmendAnswer, ReviseAnswer, card_answer, facets_answer, with_keys
from agent.draft import Citation, Claim, Paragraph
from agent.extractive import Extractive
from agent.extractive.prose import claims_of
from agent.fields import CardedPaper, SectionDigest
from agent.llm.call import Answer, Call, Reply
from agent.pipeline.habits import USUAL_CLAIM, Habits
from agent.pipeline.standin import StandIn
from agent.quotes import find_quote
from agent.review import BUILT_IN
from agent.write.edits import numbered
from tests.extractive.gardens import GIVEN, PAPERS, carded

KEYS = tuple(paper.key for paper in PAPERS)
FAULTY = Habits(share_failed=1.0, share_misquoted=1.0)


def claim(entry: CardedPaper, *others: Citation, by_hand: bool = False) -> Claim:
    (said, *_) = claims_of(entry)
    cited = (Citation(**said["citations"][0]), *others)
    return Claim(text=said["text"], citations=cited, by_hand=by_hand)


ENTRIES = tuple(map(carded, PAPERS))
STANDING = (Paragraph(claims=tuple(map(claim, ENTRIES[:3]))),)


def ask(by: StandIn, prompt: str, kind: type[Answer], fields: Mapping[str, object], model: str = "m") -> dict[str, Any]:
    """What is answered, which fits its class and is signed by the model that was asked."""
    ((_, reply),) = by.send_all([Call(prompt, "system", "user", model, answer=kind, fields=fields)])
    assert isinstance(reply, Reply) and reply.model == model
    kind.model_validate_json(reply.text)
    answer: dict[str, Any] = json.loads(reply.text)
    return answer


def stand_in(habits: Habits | None = None, *, exact: bool = True) -> StandIn:
    return StandIn(Extractive(), habits or FAULTY, lambda call: None, exact=exact)


def amend(
    by: StandIn,
    paragraphs: tuple[Paragraph, ...] = STANDING,
    *,
    new: tuple[CardedPaper, ...] = (),
    left: tuple[str, ...] = (),
    model: str = "m",
) -> dict[str, Any]:
    n_claims = sum(len(paragraph.claims) for paragraph in paragraphs)
    kind = with_keys(AmendAnswer, tuple(range(n_claims + 1)), KEYS)
    about = {"question": None, "category": GIVEN.categories[0], "child": None}
    return ask(
        by,
        "write_amend",
        kind,
        about | {"paragraphs": numbered(paragraphs), "new": new, "changed": (), "left": left},
        model,
    )


def revise(
    paragraphs: tuple[Paragraph, ...], came_in: tuple[Claim, ...], loose: tuple[int, ...], text: str = "synthesis"
) -> list[Any]:
    n_claims = sum(len(paragraph.claims) for paragraph in paragraphs)
    kind = with_keys(ReviseAnswer, tuple(range(n_claims + 1)), KEYS)
    digest = SectionDigest(category=GIVEN.categories[0], n_papers=4, claims=came_in, codes={})
    about = {"text": text, "title": "Gardens", "question": None}
    fields = about | {"paragraphs": numbered(paragraphs), "loose": loose, "sections": (digest,) if came_in else ()}
    edits: list[Any] = ask(stand_in(), "write_revise", kind, fields)["edits"]
    return edits


def places(edits: list[Any]) -> list[tuple[int, str]]:
    return [(edit["sentence"], edit["action"]) for edit in edits]


@pytest.mark.parametrize("exact", [True, False])
def test_a_paper_falls_where_the_built_in_model_files_it(exact: bool) -> None:
    """So that a rehearsal tells which parts of a survey are touched."""
    for paper in PAPERS:
        kind, fields = card_answer(GIVEN), {"taxonomy": GIVEN, "paper": paper}
        said, own = (
            ask(by, "classify_paper", kind, fields, model)
            for by, model in ((stand_in(exact=exact), "m"), (stand_in(), BUILT_IN))
        )
        for name in ("category", "also", "confidence", "facets"):
            assert said[name] == own[name]
        assert said["facts"] != own["facts"]


def test_new_facets_get_the_codes_that_a_whole_card_has() -> None:
    for paper in PAPERS:
        codes = ask(
            stand_in(), "classify_facets", facets_answer(GIVEN.facets), {"facets": GIVEN.facets, "paper": paper}
        )
        card = ask(stand_in(), "classify_paper", card_answer(GIVEN), {"taxonomy": GIVEN, "paper": paper})
        assert codes == card["facets"] != {}


def test_an_amended_part_is_the_built_in_models_in_other_words() -> None:
    answer, own = amend(stand_in(), new=ENTRIES[3:5]), amend(stand_in(), new=ENTRIES[3:5], model=BUILT_IN)
    assert places(answer["edits"]) == places(own["edits"]) != []
    by_key = {paper.key: paper for paper in PAPERS}
    for edit in answer["edits"]:
        assert len(edit["claim"]["text"]) == pytest.approx(USUAL_CLAIM, abs=2)
        assert all(find_quote(by_key[one["key"]], one["quote"]) for one in edit["claim"]["citations"])
    assert [row["key"] for row in answer["rows"]] == [entry.paper.key for entry in ENTRIES[3:5]]
    assert all(row["idea"]["text"] not in row["idea"]["quote"] for row in answer["rows"])


def test_a_sentence_on_papers_that_left_and_others_is_said_of_those_that_stay() -> None:
    both = claim(ENTRIES[0], Citation(key=KEYS[1], quote="a drip line whose pressure falls"))
    hers = both.model_copy(update={"by_hand": True})
    answer = amend(stand_in(), (Paragraph(claims=(both, hers, claim(ENTRIES[1]))),), left=(KEYS[1],))
    assert sorted(places(answer["edits"])) == [(1, "change"), (3, "delete")]
    (change,) = [edit for edit in answer["edits"] if edit["claim"]]
    assert [one["key"] for one in change["claim"]["citations"]] == [KEYS[0]]


def test_what_came_in_changes_a_loose_sentence_or_is_put_after_all() -> None:
    came_in = (claim(ENTRIES[4]),)
    assert places(revise(STANDING, came_in, ())) == [(3, "insert")]
    edits = revise(STANDING, came_in, (2, 3))
    assert places(edits) == [(2, "change"), (3, "delete")]
    assert edits[0]["claim"]["citations"] == [came_in[0].citations[0].model_dump(include={"key", "quote"})]


def test_two_texts_that_are_told_the_same_say_other_words() -> None:
    """Or one call would judge them both, which no model's sentences come to."""
    came_in = (claim(ENTRIES[4]),)
    texts = [revise(STANDING, came_in, (), text)[0]["claim"]["text"] for text in ("introduction", "synthesis")]
    assert texts[0] != texts[1]
    assert all(len(text) == pytest.approx(USUAL_CLAIM, abs=2) for text in texts)


def test_where_nothing_came_in_the_loose_are_deleted_but_for_a_persons() -> None:
    hers = (*STANDING, Paragraph(claims=(claim(ENTRIES[3], by_hand=True),)))
    assert places(revise(hers, (), (1, 4))) == [(1, "delete")]


@pytest.mark.parametrize(("exact", "astray"), [(True, False), (False, True)])
def test_exact_is_a_run_in_which_every_quote_and_every_claim_stands(exact: bool, astray: bool) -> None:
    by = stand_in(FAULTY, exact=exact)
    edits = amend(by, new=ENTRIES[3:])["edits"]
    by_key = {paper.key: paper for paper in PAPERS}
    cited = [one for edit in edits for one in edit["claim"]["citations"]]
    assert any(find_quote(by_key[one["key"]], one["quote"]) is None for one in cited) == astray
    asked = Call("check_support", "", "", "m", fields={"claims": STANDING[0].claims, "papers": PAPERS})
    ((_, reply),) = by.send_all([asked])
    assert isinstance(reply, Reply)
    verdicts = {one["verdict"] for one in json.loads(reply.text)["verdicts"]}
    assert verdicts == ({"unsupported"} if astray else {"supported"})


def test_what_is_written_is_counted_by_what_came_in_and_not_by_what_stands() -> None:
    def written(n_new: int, n_standing: int) -> float:
        by = stand_in()
        amend(by, (Paragraph(claims=tuple(map(claim, ENTRIES[:n_standing]))),), new=ENTRIES[3 : 3 + n_new])
        return by.expected["write_amend"].output_tokens

    assert written(1, 3) == written(1, 1)
    assert written(4, 1) > 3 * written(1, 1) > 600
