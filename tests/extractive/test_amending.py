from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from agent import Access, Review
from agent.answers import AmendAnswer, SectionAnswer, with_keys
from agent.claims import claims_of
from agent.draft import Citation, Claim, Paragraph
from agent.extractive.prose import claims_of as said_of
from agent.extractive.quotations import quotation_in
from agent.fields import CardedPaper
from agent.papers import Paper
from agent.quotes import find_quote
from agent.review import Made, Protocol
from agent.write.edits import edited, numbered
from tests.extractive.gardens import GIVEN, PAPERS, PESTS, UNTOLD, WATERING, ask, carded
from tests.papers import PLOTS, TAXONOMY, write_jsonl

MORE = Paper(
    key="more",
    title="Drip Lines on Clay",
    abstract="Clay soils take up water slowly. We study a drip line with wide gaps for watering clay gardens. "
    "In six gardens it used 12% less water than sprinklers and no drip line clogged.",
)
SNAILS = Paper(
    key="snails",
    title="Snails and Slugs Against Copper",
    abstract="Slugs eat lettuce and other leaves at night. We test copper bands that keep slugs from plants. "
    "Copper bands cut the losses to slugs by 31%.",
)
EVERY = {paper.key: paper for paper in (*PAPERS, UNTOLD, MORE, SNAILS)}


def paragraphs_of(papers: Sequence[Paper]) -> tuple[Paragraph, ...]:
    """What the built-in model writes of them."""
    kind: type[SectionAnswer[str]] = with_keys(SectionAnswer, tuple(EVERY))
    entries = tuple(map(carded, papers))
    answer = ask("write_section", kind, question=None, category=GIVEN.categories[0], child=None, papers=entries)
    known = {paper.key: paper for paper in papers}
    return tuple(Paragraph(heading=p.heading, claims=claims_of(p.claims, known, Made())) for p in answer.paragraphs)


STANDING = (*paragraphs_of(WATERING), *paragraphs_of(PESTS))
"""A paragraph on watering and one on pests."""


def amend(
    paragraphs: Sequence[Paragraph] = STANDING,
    new: Sequence[CardedPaper] = (),
    changed: Sequence[CardedPaper] = (),
    left: Sequence[str] = (),
) -> AmendAnswer[int, str]:
    n_claims = sum(len(paragraph.claims) for paragraph in paragraphs)
    kind: type[AmendAnswer[int, str]] = with_keys(AmendAnswer, tuple(range(n_claims + 1)), tuple(EVERY))
    fields = {"paragraphs": numbered(paragraphs), "new": tuple(new), "changed": tuple(changed), "left": tuple(left)}
    return ask("write_amend", kind, question=None, category=GIVEN.categories[0], child=None, **fields)


def amended(
    paragraphs: Sequence[Paragraph] = STANDING,
    new: Sequence[Paper] = (),
    changed: Sequence[Paper] = (),
    left: Sequence[str] = (),
) -> tuple[Paragraph, ...]:
    """The text as the answer leaves it."""
    now: Mapping[str, Paper] = EVERY | {paper.key: paper for paper in changed}
    answer = amend(paragraphs, tuple(map(carded, new)), tuple(map(carded, changed)), left)
    return edited(paragraphs, answer.edits, now, Made())


def texts(paragraphs: Sequence[Paragraph]) -> list[str]:
    return [claim.text for paragraph in paragraphs for claim in paragraph.claims]


def cited(paragraphs: Sequence[Paragraph]) -> set[str]:
    return {citation.key for paragraph in paragraphs for claim in paragraph.claims for citation in claim.citations}


def by_hand(text: str, *keys: str) -> Paragraph:
    return Paragraph(claims=(Claim(text=text, citations=tuple(Citation(key=key) for key in keys), by_hand=True),))


def reworded(paper: Paper, old: str, new: str) -> Paper:
    assert old in (paper.abstract or "")
    return paper.model_copy(update={"abstract": (paper.abstract or "").replace(old, new)})


def test_what_came_in_stands_at_the_end_of_the_paragraph_that_is_most_like_it() -> None:
    watering, pests = amended(new=[SNAILS, MORE])
    for before, now, paper in zip(STANDING, (watering, pests), (MORE, SNAILS), strict=True):
        assert now.heading == before.heading
        assert now.claims[: len(before.claims)] == before.claims
        said = [claim["text"] for claim in said_of(carded(paper))]
        assert [claim.text for claim in now.claims[len(before.claims) :]] == said != []


def test_every_claim_is_a_sentence_of_its_paper_and_each_paper_gets_a_row() -> None:
    answer = amend(new=[carded(MORE), carded(SNAILS)], changed=[carded(WATERING[0])])
    for edit in answer.edits:
        assert edit.claim is not None
        (citation,) = edit.claim.citations
        assert quotation_in(edit.claim.text) == citation.quote
        assert find_quote(EVERY[citation.key], citation.quote) is not None
    assert [row.key for row in answer.rows] == ["more", "plot0", "snails"]
    assert answer.rows[0].evidence is not None and "12% less water" in answer.rows[0].evidence.quote


def test_the_order_of_the_papers_changes_nothing() -> None:
    new, changed = (carded(MORE), carded(SNAILS), carded(UNTOLD)), tuple(map(carded, PAPERS[:3]))
    assert amend(new=new, changed=changed) == amend(new=new[::-1], changed=changed[::-1])


def test_where_nothing_is_alike_it_is_the_first_paragraph_and_without_any_the_beginning() -> None:
    odd = Paper(key="more", title="Zyx", abstract="Qwv zyx pqr hgj klm nbv cxz.")
    first, second = amended(new=[odd])
    assert (len(first.claims), second) == (len(STANDING[0].claims) + 1, STANDING[1])
    assert {edit.sentence for edit in amend((), new=[carded(MORE)]).edits} == {0}
    assert cited(amended((), new=[MORE])) == {"more"}


def test_a_paper_without_a_sentence_to_quote_gets_an_empty_row_and_no_claim() -> None:
    answer = amend(new=[carded(UNTOLD)])
    assert answer.edits == []
    assert answer.rows[0].model_dump() == {"key": "untold", "setting": None, "idea": None, "evidence": None}


def test_what_stands_there_already_is_not_said_twice_even_under_another_name() -> None:
    told = said_of(carded(MORE))
    quote = told[0]["citations"][0]["quote"]
    once = Claim(text=f"Wide gaps: “{quote}”", citations=(Citation(key="more", quote=quote),), by_hand=True)
    now = amended((*STANDING, Paragraph(claims=(once,))), new=[MORE])
    assert sum(quote in text for text in texts(now)) == 1
    assert sum(told[1]["text"] == text for text in texts(now)) == 1


def test_of_a_paper_whose_text_changed_elsewhere_every_sentence_is_kept() -> None:
    paper = WATERING[1]
    longer = paper.model_copy(update={"abstract": f"{paper.abstract} The seeds of this line are sold in spring."})
    assert amend(changed=[carded(longer)]).edits == []
    assert amended(changed=[longer]) == STANDING


def test_a_sentence_that_was_reworded_takes_its_own_place() -> None:
    paper = next(paper for paper in WATERING if "40% less water" in (paper.abstract or ""))
    now = amended(changed=[reworded(paper, "40% less water", "38% less water")])
    differing = [(old, new) for old, new in zip(texts(STANDING), texts(now), strict=True) if old != new]
    ((old, new),) = differing
    assert old.replace("40%", "38%") == new


def test_another_text_gives_sentences_that_do_the_same_and_as_many_as_it_has() -> None:
    paper = WATERING[1]
    whole = paper.model_copy(update={"abstract": MORE.abstract})
    n_before = sum(paper.key in cited([Paragraph(claims=(c,))]) for p in STANDING for c in p.claims)
    now = [claim for p in amended(changed=[whole]) for claim in p.claims if claim.citations[0].key == paper.key]
    assert len(now) == n_before == len({claim.text for claim in now})
    assert all(find_quote(whole, claim.citations[0].quote) for claim in now)
    short = paper.model_copy(update={"abstract": "We study a drip line with wide gaps."})
    (one,) = [claim for p in amended(changed=[short]) for claim in p.claims if claim.citations[0].key == paper.key]
    assert "We study a drip line" in one.text


def test_a_text_with_nothing_to_quote_leaves_nothing_of_its_paper() -> None:
    bare = WATERING[1].model_copy(update={"abstract": "Withdrawn."})
    assert "plot1" not in cited(amended(changed=[bare]))


def test_a_changed_paper_of_which_nothing_stood_is_said_like_a_new_one() -> None:
    assert cited(amended(STANDING[:1], changed=[PESTS[0]])) - cited(STANDING[:1]) == {PESTS[0].key}


def test_a_sentence_under_a_title_that_the_paper_has_no_more_gets_its_present_one() -> None:
    paper = Paper(key="more", title="Wide Gaps", abstract="In a dry year, wide gaps served clay beds well.")
    standing = paragraphs_of([paper])
    renamed = paper.model_copy(update={"title": "Wide Gaps Withstand a Drought"})
    assert texts(amended(standing, changed=[renamed])) == texts(standing)  # its old name is in the new one
    other = paper.model_copy(update={"title": "Clay in a Dry Year"})
    (text,) = texts(amended(standing, changed=[other]))
    assert text.startswith("Clay in a Dry Year: “In a dry year")


def test_what_speaks_of_papers_that_left_alone_goes_and_a_sentence_on_others_too_stays() -> None:
    both = Claim(text="Two.", citations=(Citation(key="plot0", quote="a"), Citation(key="plot1", quote="b")))
    now = amended((*STANDING, Paragraph(claims=(both,))), left=["plot0"])
    alone = [claim for p in STANDING for claim in p.claims if claim.citations[0].key == "plot0"]
    assert alone and not {claim.text for claim in alone} & set(texts(now))
    assert len(texts(now)) == len(texts(STANDING)) - len(alone) + 1
    assert texts(now)[-1] == "Two."


def test_what_came_in_goes_to_no_paragraph_of_which_nothing_is_left() -> None:
    now = amended(new=[MORE], left=[paper.key for paper in WATERING])
    assert [paragraph.heading for paragraph in now] == [STANDING[1].heading]
    assert "more" in cited(now)


def test_a_persons_sentence_is_never_touched() -> None:
    hers = (by_hand("Slopes are hard.", "plot1"), by_hand("Pots leak.", "plot0"))
    whole = WATERING[1].model_copy(update={"abstract": MORE.abstract})
    answer = amend((*hers, *STANDING), changed=[carded(whole)], left=["plot0"])
    assert not {1, 2} & {edit.sentence for edit in answer.edits}
    bare = WATERING[1].model_copy(update={"abstract": "Withdrawn."})
    assert texts(amended(hers, changed=[bare], left=["plot0"])) == texts(hers)


def test_a_models_own_sentence_keeps_its_words_where_its_paper_still_says_it() -> None:
    paper = next(paper for paper in WATERING if "40% less water" in (paper.abstract or ""))
    quote = next(claim for p in STANDING for claim in p.claims if "40% less water" in claim.text).citations[0].quote
    own = Claim(
        text="StepDrip saves water on slopes, and pots save labour.",
        citations=(Citation(key=paper.key, quote=quote), Citation(key="plot0", quote="some words of plot0 there")),
    )
    now = reworded(paper, "less water", "less of the water")
    (edit,) = [e for e in amend((Paragraph(claims=(own,)),), changed=[carded(now)]).edits if e.action == "change"]
    assert edit.claim is not None and edit.claim.text == own.text
    first, second = edit.claim.citations
    assert find_quote(now, first.quote) and second.quote == "some words of plot0 there"


@pytest.mark.parametrize("left", [(), ("plot0",)])
def test_a_changed_sentence_cites_no_paper_that_left(left: tuple[str, ...]) -> None:
    own = Claim(text="Sand.", citations=(Citation(key="plot1", quote="x"), Citation(key="plot0", quote="y")))
    now = reworded(WATERING[1], "40%", "38%")
    (edit,) = [e for e in amend((Paragraph(claims=(own,)),), changed=[carded(now)], left=left).edits if e.claim]
    assert edit.claim is not None and not {c.key for c in edit.claim.citations} & set(left)


def test_a_review_that_grows_offline_keeps_what_it_says_and_says_what_came_in(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "plots.jsonl", [*PLOTS[:3], *PLOTS[4:7]])
    Review.create(tmp_path / "r", [source], Protocol(title="Gardens"))
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    review = Review.open(tmp_path / "r", Access(offline=True))
    review.build()
    before = review.folder.draft()
    write_jsonl(source, PLOTS)
    report = review.build()
    after = review.folder.draft()
    assert before is not None and after is not None
    assert report.coverage == 1.0 and not report.uncited
    for old, new in zip(before.passages, after.passages, strict=True):
        kept = [claim for claim in new.claims if claim.id in {one.id for one in old.claims}]
        assert tuple(kept) == old.claims
    lately = {title for title, _ in (PLOTS[3], PLOTS[7])}
    added = {claim.text.partition(":")[0] for p in after.passages for claim in p.claims} - {
        claim.text.partition(":")[0] for p in before.passages for claim in p.claims
    }
    assert added == lately
