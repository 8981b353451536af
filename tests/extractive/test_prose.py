from agent.answers import MergeAnswer, PassageAnswer, SectionAnswer, with_keys
from agent.draft import Citation, Claim
from agent.errors import CallError
from agent.extractive.quotations import quotation_in
from agent.fields import PartDigest, SectionDigest
from agent.quotes import find_quote
from tests.extractive.gardens import GIVEN, PAPERS, UNTOLD, ask, carded, send

KEYS = tuple(paper.key for paper in (*PAPERS, UNTOLD))
ENTRIES = tuple(map(carded, (*PAPERS, UNTOLD)))
BY_KEY = {paper.key: paper for paper in PAPERS}


def _section(entries: tuple[object, ...] = ENTRIES) -> SectionAnswer[str]:
    kind: type[SectionAnswer[str]] = with_keys(SectionAnswer, KEYS)
    return ask("write_section", kind, question=None, category=GIVEN.categories[0], child=None, papers=entries)


def _claims() -> list[Claim]:
    return [
        Claim(text=claim.text, citations=tuple(Citation(key=c.key, quote=c.quote) for c in claim.citations))
        for paragraph in _section().paragraphs
        for claim in paragraph.claims
    ]


def test_every_claim_is_a_sentence_of_the_paper_it_cites() -> None:
    for claim in _claims():
        (citation,) = claim.citations
        sentence = quotation_in(claim.text)
        assert sentence == citation.quote
        found = find_quote(BY_KEY[citation.key], citation.quote)
        assert found is not None and found.text == citation.quote


def test_every_paper_with_an_abstract_is_cited_by_what_it_did_and_found() -> None:
    cited = [citation.key for claim in _claims() for citation in claim.citations]
    assert set(cited) == set(BY_KEY)
    assert all(cited.count(key) <= 3 for key in cited)


def test_a_paragraph_opens_with_why_there_was_something_to_do() -> None:
    first = _section(tuple(map(carded, PAPERS[4:]))).paragraphs[0].claims[0]
    assert "the best mesh was unclear" in first.text or "its evidence is scattered" in first.text


def test_the_name_on_the_card_stands_before_the_sentence() -> None:
    texts = [claim.text for claim in _claims()]
    assert any(text.startswith("StepDrip: “We introduce StepDrip") for text in texts)
    assert any(text.startswith("Night Watering Reconsidered: “") for text in texts)


def test_a_title_in_quotation_marks_is_not_taken_for_the_quotation() -> None:
    odd = PAPERS[3].model_copy(update={"title": "On “night: “watering”", "key": "plot0"})
    texts = [claim.text for paragraph in _section((carded(odd),)).paragraphs for claim in paragraph.claims]
    assert all((quotation_in(text) or "?") in (odd.abstract or "") for text in texts)
    assert all(text.count("“") == 1 for text in texts)


def test_the_table_has_a_row_for_each_paper_and_says_nothing_of_what_is_not_there() -> None:
    rows = {row.key: row for row in _section().rows}
    assert set(rows) == set(KEYS)
    assert rows["untold"].model_dump() == {"key": "untold", "setting": None, "idea": None, "evidence": None}
    evidence = rows["plot1"].evidence
    assert evidence is not None and "40%" in evidence.quote
    assert len(evidence.text.split()) <= 15


def test_the_order_of_the_papers_changes_nothing() -> None:
    assert _section() == _section(ENTRIES[::-1])


def test_a_section_of_titles_alone_is_not_made_up() -> None:
    reply = send(
        "write_section",
        with_keys(SectionAnswer, KEYS),
        question=None,
        category=GIVEN.categories[0],
        child=None,
        papers=(carded(UNTOLD),),
    )
    assert isinstance(reply, CallError)


def test_forgotten_papers_get_a_claim_each() -> None:
    kind: type[PassageAnswer[str]] = with_keys(PassageAnswer, KEYS)
    answer = ask("write_missing", kind, category=GIVEN.categories[0], papers=ENTRIES)
    assert sorted(claim.citations[0].key for claim in answer.claims) == sorted(BY_KEY)


def test_parts_are_put_in_order_of_size_each_once() -> None:
    parts = tuple(
        PartDigest(id=id_, name=name, n_papers=n, claims=()) for id_, name, n in (("a", "Drip", 2), ("b", "Pots", 9))
    )
    kind: type[MergeAnswer[str, str]] = with_keys(MergeAnswer, KEYS, ("a", "b"))
    answer = ask("write_merge", kind, category=GIVEN.categories[0], parts=parts)
    assert [(thread.part, thread.heading) for thread in answer.threads] == [("b", "Pots"), ("a", "Drip")]


def test_the_texts_over_all_sections_use_claims_that_stand_there() -> None:
    claims = tuple(_claims())
    digest = SectionDigest(category=GIVEN.categories[0], n_papers=8, claims=claims, codes={})
    kind: type[PassageAnswer[str]] = with_keys(PassageAnswer, KEYS)
    written = {
        name: ask(f"write_{name}", kind, title="Gardens", question=None, sections=(digest,)).claims
        for name in ("introduction", "synthesis", "gaps")
    }
    texts = {claim.text for claim in claims}
    assert all(claim.text in texts for passage in written.values() for claim in passage)
    assert 1 <= len(written["introduction"]) <= 20
    assert any("%" in claim.text for claim in written["synthesis"])
    assert written["gaps"] == []


def test_parts_of_one_name_are_told_apart_by_what_their_claims_share() -> None:
    quotes = {
        "a": ["Clay pots leak slowly in the bed.", "Buried clay pots kept beds moist."],
        "b": ["Drip lines fall with the slope.", "Long drip lines lose pressure."],
    }
    parts = tuple(
        PartDigest(
            id=id_,
            name="Irrigation",
            n_papers=2,
            claims=tuple(Claim(text=f"X: “{one}”", citations=(Citation(key="plot0", quote=one),)) for one in said),
        )
        for id_, said in quotes.items()
    )
    kind: type[MergeAnswer[str, str]] = with_keys(MergeAnswer, KEYS, ("a", "b"))
    answer = ask("write_merge", kind, category=GIVEN.categories[0], parts=parts)
    headings = [thread.heading for thread in answer.threads]
    assert headings == ["Irrigation: clay pots", "Irrigation: drip lines"]
