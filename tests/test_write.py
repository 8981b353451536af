"""From cards to a draft: how the corpus is cut, and what comes of each call."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.draft import Paragraph, Part, Passage, Section
from agent.errors import BudgetSpent, Refused
from agent.llm.call import Call
from agent.llm.client import Client
from agent.papers import Corpus, Paper
from agent.review import BUILT_IN, Card, FactQuote, Made, Unanswered
from agent.write import (
    Plan,
    Survey,
    assemble,
    needs_opening,
    overview_inputs,
    plan,
    stands,
    write_openings,
    write_overview,
    write_parts,
)
from tests.nouns import BEES, CORPUS, INSECTS, MOLLUSCS, TAXONOMY, card, cards, claim, claim_answer, section_answer
from tests.scripted import Line, Scripted

CAMERA = "a camera that counts bees on flowers"
LAMPS = "Moths come to lamps, and nobody knows why"
COPPER = "A ring of copper keeps two slugs of three away"
PLACES = st.dictionaries(
    st.text("abcdefgh0123", min_size=1, max_size=8),
    st.sampled_from(["insects", "bees", "moths", "molluscs"]),
    max_size=60,
)


def planned(papers: Mapping[str, str], size: int) -> list[Plan]:
    """The plans for papers with these categories."""
    corpus = Corpus(Paper(key=key, abstract=f"About {key}.") for key in papers)
    return plan(corpus, {key: card(key, place) for key, place in papers.items()}, TAXONOMY, papers_per_call=size)


def keys_by_id(plans: list[Plan]) -> dict[str, tuple[str, ...]]:
    return {one.id: tuple(entry.paper.key for entry in one.papers) for one in plans}


def test_a_section_that_fits_is_one_call_in_the_order_of_the_taxonomy() -> None:
    plans = plan(CORPUS, cards(), TAXONOMY, papers_per_call=20)
    assert keys_by_id(plans) == {"insects": ("bees2021", "moths2022"), "molluscs": ("slugs2023",)}
    assert [one.child for one in plans] == [None, None]


def test_a_section_that_does_not_fit_is_cut_by_child() -> None:
    papers = {"a": "bees", "b": "bees", "c": "moths", "d": "insects"}
    assert keys_by_id(planned(papers, 3)) == {
        "insects/insects": ("d",),
        "insects/bees": ("a", "b"),
        "insects/moths": ("c",),
    }


def test_a_paper_without_a_card_or_an_abstract_is_not_written_about() -> None:
    known = {key: one for key, one in cards().items() if key != "moths2022"}
    assert keys_by_id(plan(CORPUS, known, TAXONOMY, papers_per_call=20)) == {
        "insects": ("bees2021",),
        "molluscs": ("slugs2023",),
    }
    assert planned({}, 2) == []


@given(PLACES, st.integers(2, 9))
def test_every_paper_is_in_one_part_that_a_call_can_carry(papers: dict[str, str], size: int) -> None:
    plans = planned(papers, size)
    ids = [one.id for one in plans]
    assert len(set(ids)) == len(ids)
    assert sorted(key for keys in keys_by_id(plans).values() for key in keys) == sorted(papers)
    assert all(1 <= len(one.papers) <= size for one in plans)
    for one in plans:
        allowed = {one.child.id} if one.child else {one.top.id, *(child.id for child in one.top.children)}
        assert {entry.card.category for entry in one.papers} <= allowed


@given(PLACES, st.text("xyz", min_size=1, max_size=8), st.integers(2, 9))
@settings(max_examples=200)
def test_one_paper_more_changes_the_part_it_falls_in_and_no_other(papers: dict[str, str], new: str, size: int) -> None:
    before = {one.id: one.inputs for one in planned(papers, size)}
    plans = planned(papers | {new: "bees"}, size)
    after = {one.id: one.inputs for one in plans}
    (home,) = [id_ for id_, keys in keys_by_id(plans).items() if new in keys]
    lost = [id_ for id_ in before if id_ not in after]
    changed = [id_ for id_, inputs in before.items() if id_ in after and after[id_] != inputs]
    assert changed == ([home] if home in before else [])
    assert len(lost) <= 1
    # A part that is full falls into its halves, or a section into its children.
    assert all(home.startswith(id_) for id_ in lost)


def test_where_a_paper_falls_does_not_hang_on_its_place() -> None:
    papers = {f"k{number}": "bees" for number in range(30)}
    backwards = dict(reversed(papers.items()))
    assert keys_by_id(planned(papers, 4)) == keys_by_id(planned(backwards, 4))
    assert all(id_.startswith("insects/bees~") for id_ in keys_by_id(planned(papers, 4)))


def test_a_part_stands_until_a_text_a_card_or_its_maker_changes() -> None:
    (insects, _) = plan(CORPUS, cards(), TAXONOMY, papers_per_call=20)
    made = Part(id="insects", category="insects", papers=(), made=Made(model="m", inputs=insects.inputs))
    assert stands(made, insects, "m") and stands(made, insects, "another")
    assert not stands(None, insects, "m")
    by_built_in = made.model_copy(update={"made": made.made.model_copy(update={"model": BUILT_IN})})
    assert stands(by_built_in, insects, BUILT_IN) and not stands(by_built_in, insects, "m")
    told = cards() | {"bees2021": card("bees2021", "bees", facts={"approach": "A camera"})}
    assert not stands(made, plan(CORPUS, told, TAXONOMY, papers_per_call=20)[0], "m")
    sorted_anew = card("bees2021", "insects", why="edited", also=("moths",), facets={"kind": "trial"})
    untold = cards() | {"bees2021": sorted_anew.model_copy(update={"confidence": 0.5})}
    assert stands(made, plan(CORPUS, untold, TAXONOMY, papers_per_call=20)[0], "m")
    other = Corpus(paper if paper is not BEES else Paper(key=BEES.key, abstract="Other.") for paper in CORPUS)
    assert not stands(made, plan(other, cards(), TAXONOMY, papers_per_call=20)[0], "m")


def written(*lines: Line, known: dict[str, Card] | None = None) -> tuple[list[Part], list[Unanswered], Scripted]:
    transport = Scripted(*lines)
    plans = plan(CORPUS, known or cards(), TAXONOMY, papers_per_call=20)
    parts, unanswered = write_parts(plans, Client(transport, "m"))
    return parts, unanswered, transport


BOTH = claim_answer("Bees and moths.", ("bees2021", CAMERA), ("moths2022", LAMPS))
SLUGS = claim_answer("Slugs.", ("slugs2023", COPPER))


def test_a_part_holds_its_claims_and_a_row_for_each_paper() -> None:
    quote = FactQuote(field="approach", where="abstract", text=CAMERA, start=19, end=55)
    known = cards() | {"bees2021": card("bees2021", "bees", facts={"approach": "A camera"}, quotes=(quote,))}
    cell = {"text": " Two \n nights ", "quote": LAMPS}
    row = {"key": "moths2022", "setting": cell, "idea": None, "evidence": None}
    second = row | {"setting": None}
    parts, unanswered, transport = written(section_answer(BOTH, rows=(row, second)), section_answer(SLUGS), known=known)
    assert unanswered == [] and transport.prompts == ["write_section", "write_section"]
    insects = parts[0]
    assert insects.papers == ("bees2021", "moths2022")
    assert insects.paragraphs[0].heading == "On them"
    assert [citation.quote for citation in insects.claims[0].citations] == [CAMERA, LAMPS]
    cells = {one.key: {name: (cell.text, cell.quote) for name, cell in one.cells.items()} for one in insects.rows}
    empty = (None, None)
    assert cells == {
        "bees2021": {"setting": empty, "idea": ("A camera", CAMERA), "evidence": empty},
        "moths2022": {"setting": ("Two nights", LAMPS), "idea": empty, "evidence": empty},
    }
    assert insects.made.call == transport.calls[0].key and insects.made.inputs and not insects.is_checked


def test_a_forgotten_paper_is_asked_for_once() -> None:
    alone = claim_answer("Bees.", ("bees2021", CAMERA))
    moths = {"claims": [claim_answer("Moths.", ("moths2022", LAMPS))]}
    parts, unanswered, transport = written(section_answer(alone), section_answer(SLUGS), moths)
    assert transport.prompts == ["write_section", "write_section", "write_missing"]
    assert [entry.paper.key for entry in transport.calls[2].fields["papers"]] == ["moths2022"]
    assert [one.text for one in parts[0].claims] == ["Bees.", "Moths."]
    assert [one.made.call for one in parts[0].claims] == [transport.calls[0].key, transport.calls[2].key]
    assert unanswered == []


def test_a_paper_cited_with_words_that_are_not_its_own_is_forgotten_too() -> None:
    astray = claim_answer("Both.", ("bees2021", CAMERA), ("moths2022", "Moths come to lamps for the music"))
    parts, _, transport = written(section_answer(astray), section_answer(SLUGS), {"claims": []})
    assert transport.prompts[-1] == "write_missing"
    assert [one.text for one in parts[0].claims] == ["Both."]
    assert stands(parts[0], plan(CORPUS, cards(), TAXONOMY, papers_per_call=20)[0], "m")


@pytest.mark.parametrize("failure", [Refused("no"), BudgetSpent("spent")])
def test_a_part_whose_forgotten_papers_stay_unanswered_is_there_and_does_not_stand(failure: Line) -> None:
    alone = claim_answer("Bees.", ("bees2021", CAMERA))
    parts, unanswered, _ = written(section_answer(alone), section_answer(SLUGS), failure)
    assert [one.text for one in parts[0].claims] == ["Bees."]
    assert not stands(parts[0], plan(CORPUS, cards(), TAXONOMY, papers_per_call=20)[0], "m")
    assert [(one.stage, one.subject) for one in unanswered] == [("write_missing", "insects")]


def test_a_part_that_stays_unanswered_takes_no_other_with_it() -> None:
    parts, unanswered, _ = written(Refused("no"), section_answer(SLUGS))
    assert [one.id for one in parts] == ["molluscs"]
    assert [(one.stage, one.subject, one.why) for one in unanswered] == [("write_section", "insects", "no")]


def test_a_part_cannot_cite_a_paper_of_another() -> None:
    parts, unanswered, _ = written(section_answer(SLUGS), section_answer(SLUGS))
    assert [one.id for one in parts] == ["molluscs"]
    assert [one.subject for one in unanswered] == ["insects"]


def bare_part(id_: str, category: str, *words: tuple[str, str]) -> Part:
    claims = tuple(claim(f"About {key}.", (key, quote)) for key, quote in words)
    paragraphs = (Paragraph(claims=claims),) if claims else ()
    return Part(id=id_, category=category, papers=tuple(key for key, _ in words), paragraphs=paragraphs)


ON_BEES = bare_part("insects/bees", "bees", ("bees2021", CAMERA))
ON_MOTHS = bare_part("insects/moths", "moths", ("moths2022", LAMPS))
ON_SLUGS = bare_part("molluscs", "molluscs", ("slugs2023", COPPER))


def sections(*earlier: Section) -> list[Section]:
    return assemble([ON_SLUGS, ON_BEES, ON_MOTHS], TAXONOMY, earlier)


def opened(*lines: Line) -> tuple[Section | Unanswered, Scripted]:
    transport = Scripted(*lines)
    return write_openings(sections()[:1], CORPUS, TAXONOMY, Client(transport, "m"))[0], transport


def test_sections_follow_the_taxonomy() -> None:
    insects, molluscs = sections()
    assert (insects.id, insects.name, insects.definition) == ("insects", INSECTS.name, INSECTS.definition)
    assert insects.order == ("insects/bees", "insects/moths")
    assert insects.headings == {"insects/bees": "Bees", "insects/moths": "Moths"}
    assert molluscs.name == MOLLUSCS.name and molluscs.headings == {}
    assert needs_opening(insects, "m") and not needs_opening(molluscs, "m")


def test_an_opening_orders_and_names_the_parts() -> None:
    threads = [{"part": "insects/moths", "heading": " By  night "}]
    opening = claim_answer("Both fly.", ("bees2021", CAMERA), ("moths2022", LAMPS))
    section, _ = opened({"opening": [opening], "threads": threads})
    assert isinstance(section, Section) and section.opening
    assert section.order == ("insects/moths", "insects/bees")
    assert section.headings == {"insects/moths": "By night", "insects/bees": "Bees"}
    assert section.opening.claims[0].text == "Both fly."
    assert [passage.id for passage in section.passages] == ["insects/opening", "insects/moths", "insects/bees"]
    assert not needs_opening(section, "another")
    again = sections(section)[0]
    assert (again.opening, again.order, again.headings) == (section.opening, section.order, section.headings)


def test_an_opening_stays_until_it_is_brought_up_to_date() -> None:
    section, _ = opened({"opening": [], "threads": [{"part": "insects/moths", "heading": "By night"}]})
    assert isinstance(section, Section) and section.opening and not needs_opening(section, "m")
    other = bare_part("insects/bees", "bees", ("bees2021", "it finds 91.5% of all bees"))
    changed = assemble([other, ON_MOTHS], TAXONOMY, [section])[0]
    assert changed.opening == section.opening and needs_opening(changed, "m")
    assert (changed.order, changed.headings) == (section.order, section.headings)
    unknown = section.model_copy(update={"opening": section.opening.model_copy(update={"told": {}})})
    assert assemble([other, ON_MOTHS], TAXONOMY, [unknown])[0].opening is None


def test_an_empty_heading_leaves_the_one_that_was_there() -> None:
    section, _ = opened({"opening": [], "threads": [{"part": "insects/moths", "heading": " "}]})
    assert isinstance(section, Section)
    assert section.headings["insects/moths"] == "Moths" and section.order[0] == "insects/moths"


def test_an_opening_cannot_cite_a_paper_of_another_section() -> None:
    got, _ = opened({"opening": [SLUGS], "threads": []})
    assert isinstance(got, Unanswered) and got.subject == "insects"


def overview(transport: Scripted, known: dict[str, Card] | None = None) -> dict[str, Passage | Unanswered]:
    return write_overview(
        sections(),
        CORPUS,
        cards() if known is None else known,
        TAXONOMY,
        Client(transport, "m"),
        survey=Survey("T", "Q"),
    )


def test_the_texts_over_all_sections_are_told_their_claims() -> None:
    facets = {"kind": "trial", "topics": ("light", "food")}
    known = cards() | {"bees2021": card("bees2021", "bees", facets=facets)}
    transport = Scripted(lambda call: {"claims": [claim_answer(f"{call.prompt}.", ("bees2021", CAMERA))]})
    texts = overview(transport, known)
    assert transport.prompts == ["write_introduction", "write_synthesis", "write_gaps"]
    assert list(texts) == ["introduction", "synthesis", "gaps"]
    told = transport.calls[0].fields["sections"]
    assert [(one.category.id, one.n_papers, len(one.claims)) for one in told] == [("insects", 2, 2), ("molluscs", 1, 1)]
    assert told[0].codes == {"kind": {"trial": 1}, "topics": {"food": 1, "light": 1}}
    for text in texts.values():
        assert isinstance(text, Passage) and text.made.inputs == overview_inputs(sections(), Survey("T", "Q"))
    assert overview_inputs(sections(), Survey("T", "Q")) != overview_inputs(sections(), Survey("T", "R"))


def test_one_text_that_stays_unanswered_takes_no_other_with_it() -> None:
    def answer(call: Call) -> dict[str, Any] | Refused:
        return Refused("no") if call.prompt == "write_synthesis" else {"claims": []}

    texts = overview(Scripted(answer))
    assert texts["synthesis"] == Unanswered(stage="write_synthesis", subject="synthesis", why="no")
    assert isinstance(texts["introduction"], Passage) and isinstance(texts["gaps"], Passage)


def test_a_paper_whose_card_is_gone_does_not_stop_the_texts() -> None:
    texts = overview(Scripted(lambda call: {"claims": []}), known={})
    assert all(isinstance(text, Passage) for text in texts.values())


def test_without_claims_there_is_nothing_to_write_over() -> None:
    empty = assemble([bare_part("molluscs", "molluscs")], TAXONOMY, ())
    client = Client(Scripted(), "m")
    assert write_overview(empty, CORPUS, cards(), TAXONOMY, client, survey=Survey("T", None)) == {}
