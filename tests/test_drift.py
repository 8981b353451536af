"""Papers that fit nowhere become a proposed category, and that a patch."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.classify import classify
from agent.drift import Addition, Patch, Pile, Proposal, applied, inserted, is_applied, misfits, propose, written
from agent.errors import CallError, TaxonomyError
from agent.extractive import Extractive
from agent.induce import learn_terms
from agent.llm.call import Call
from agent.llm.client import Client
from agent.papers import Corpus, Paper
from agent.review import BUILT_IN, Category, Taxonomy, Unanswered
from agent.taxonomy import read_taxonomy
from tests.papers import BELLS, PLOTS, TAXONOMY
from tests.scripted import Scripted


def papers(plots: Sequence[tuple[str, str]], stem: str) -> list[Paper]:
    return [Paper(key=f"{stem}{n}", title=title, abstract=text) for n, (title, text) in enumerate(plots)]


GARDENS, RINGING = papers(PLOTS, "garden"), papers(BELLS, "bell")


@pytest.fixture(scope="module")
def built_in() -> Client:
    return Client(Extractive(), BUILT_IN)


def taxonomy_of(client: Client, text: str = TAXONOMY) -> Taxonomy:
    marked = learn_terms(read_taxonomy(text), Corpus(GARDENS), client)
    assert isinstance(marked, Taxonomy)
    return marked


def pile(found: Sequence[Paper], taxonomy: Taxonomy, client: Client, *, private: Sequence[str] = ()) -> Pile:
    cards, _ = classify(found, taxonomy, client)
    return Pile(Corpus(found), {card.key: card for card in cards}, taxonomy, frozenset(private))


def proposed(heap: Pile, client: Client) -> Proposal | None:
    found = propose(misfits(heap.cards, heap.corpus, heap.taxonomy), heap, client)
    assert not isinstance(found, Unanswered)
    return found


def test_papers_on_another_subject_fit_nowhere_and_the_others_fit(built_in: Client) -> None:
    heap = pile([*GARDENS, *RINGING], taxonomy_of(built_in), built_in)
    assert misfits(heap.cards, heap.corpus, heap.taxonomy) == tuple(sorted(paper.key for paper in RINGING))


def test_a_paper_that_is_gone_is_left_alone(built_in: Client) -> None:
    away = [paper.model_copy(update={"gone": True}) for paper in RINGING]
    heap = pile([*GARDENS, *away], taxonomy_of(built_in), built_in)
    assert not misfits(heap.cards, heap.corpus, heap.taxonomy)


def test_papers_that_are_alike_become_a_category_of_their_name(built_in: Client) -> None:
    found = proposed(pile([*GARDENS, *RINGING], taxonomy_of(built_in), built_in), built_in)
    assert found is not None
    (addition,) = found.additions
    assert addition.category.name == "Bells" and addition.category.id == "bells" and addition.within is None
    assert addition.category.definition.startswith("Papers marked by the words bells,")
    assert set(addition.category.examples) <= set(addition.papers) == {paper.key for paper in RINGING}
    words = " ".join(f"{title} {text}" for title, text in BELLS).casefold()
    assert addition.category.terms and all(term.casefold() in words for term in addition.category.terms)


def test_too_few_papers_or_papers_that_are_not_alike_become_none(built_in: Client) -> None:
    taxonomy = taxonomy_of(built_in)
    assert proposed(pile([*GARDENS, *RINGING[:4]], taxonomy, built_in), built_in) is None
    subjects = ("Glaciers calve", "Stock prices fall", "Whales sing", "Verbs decline", "Stars age", "Cheese ripens")
    odd = papers([(what, f"{what} whenever nobody looks on.") for what in subjects], "odd")
    heap = pile([*GARDENS, *odd], taxonomy, built_in)
    assert len(misfits(heap.cards, heap.corpus, taxonomy)) == len(odd)
    assert proposed(heap, built_in) is None


def test_a_category_that_there_is_is_not_proposed_again(built_in: Client) -> None:
    bells = "  - id: chimes\n    name: bells\n    definition: what is struck in steeples\nfacets:"
    heap = pile([*GARDENS, *RINGING], taxonomy_of(built_in, TAXONOMY.replace("facets:", bells)), built_in)
    found = propose(tuple(paper.key for paper in RINGING), heap, built_in)
    assert found is None


def test_an_id_is_not_taken_twice(built_in: Client) -> None:
    taxonomy = taxonomy_of(built_in, TAXONOMY.replace("id: pests", "id: pests\n    was: [bells]"))
    found = proposed(pile([*GARDENS, *RINGING], taxonomy, built_in), built_in)
    assert found is not None and found.additions[0].category.id == "bells-2"


def test_order_changes_nothing(built_in: Client) -> None:
    taxonomy = taxonomy_of(built_in)
    there = proposed(pile([*GARDENS, *RINGING], taxonomy, built_in), built_in)
    back = proposed(pile([*reversed(RINGING), *reversed(GARDENS)], taxonomy, built_in), built_in)
    assert there is not None and there == back


def test_papers_that_are_not_sent_are_counted_and_lend_no_word(built_in: Client) -> None:
    secret = [
        paper.model_copy(update={"abstract": f"{paper.abstract} The bell of Zwiebelturm, as Zwiebelturm has it."})
        for paper in RINGING[:3]
    ]
    taxonomy = taxonomy_of(built_in)
    heap = pile([*GARDENS, *secret, *RINGING[3:]], taxonomy, built_in, private=[paper.key for paper in secret])
    found = proposed(heap, built_in)
    assert found is not None
    (addition,) = found.additions
    told = addition.category.model_dump_json()
    assert "wiebelturm" not in told and not any(f'"{paper.key}"' in told for paper in secret)
    assert {paper.key for paper in secret} <= set(addition.papers)
    only = pile([*GARDENS, *RINGING], taxonomy, built_in, private=[paper.key for paper in RINGING[:4]])
    assert proposed(only, built_in) is None, "four papers that may be told of are too few"


def test_a_group_within_a_category_that_has_narrower_ones_becomes_one_of_them(built_in: Client) -> None:
    narrow = """\
categories:
  - id: bells
    name: Bells
    definition: church bells in towers, their ringing and their clappers
    terms: [bells, church, tower, clapper, ringing]
    children:
      - {id: motors, name: Motors, definition: bells that motors ring}
      - {id: bands, name: Bands, definition: bells that people ring}
  - id: gardens
    name: Gardens
    definition: gardens and beds
    terms: [gardens, water, beds, pests]
"""
    taxonomy = read_taxonomy(narrow)
    heap = pile([*GARDENS, *RINGING], taxonomy, built_in)
    unsure = {key: card.model_copy(update={"confidence": 0.3}) for key, card in heap.cards.items() if "bell" in key}
    in_bells = {key: card.model_copy(update={"category": "bells"}) for key, card in unsure.items()}
    keys = tuple(sorted(in_bells))
    # It would go to the category that there is, so what is tried is one that a model suggests beside it.
    suggested = {"name": "Partials of bronze", "definition": "x", "terms": ["partials", "bronze", "bells", "tower"]}
    answer = {"categories": [suggested | {"papers": list(keys[:5]), "children": []}], "facets": []}
    found = propose(keys, Pile(heap.corpus, {**heap.cards, **in_bells}, taxonomy), _trying(answer))
    assert isinstance(found, Proposal)
    assert found.additions[0].within == "bells"


def _trying(answer: dict[str, Any]) -> Client:
    """A model that suggests this, and puts every paper there; the suggestion itself it puts among bells."""

    def reply(call: Call) -> dict[str, Any]:
        fields = call.fields
        if "paper" not in fields:
            return answer
        own = fields["paper"].key == "?1"
        facts = dict.fromkeys(("name", "problem", "approach", "result"))
        category = "bells" if own else "?1"
        return {"why": "", "category": category, "also": [], "confidence": 0.95, "facets": {}, "facts": facts}

    return Client(Scripted(reply), "m")


def test_what_stays_unanswered_is_said(built_in: Client) -> None:
    heap = pile([*GARDENS, *RINGING], taxonomy_of(built_in), built_in)
    keys = [paper.key for paper in RINGING]
    found = propose(keys, heap, Client(Scripted(CallError("no")), "m"))
    assert isinstance(found, Unanswered) and found.why == "no" and found.subject == "taxonomy.patch"


BELL = Addition(
    category=Category(
        id="bells",
        name="Bells: cast",
        definition="Papers marked by the words bells and tower.",
        terms=("bells", "no", "3d"),
        examples=("bell1",),
    ),
    papers=("bell1",),
)

OURS = """\
# by hand
categories:
    # water first
  - {id: water,   name: Watering, definition: "how gardens
      are watered"}
  -   id: pests   # not slugs
      name:   Pests
      definition: >
        keeping pests away

      # nothing after this
facets: {}
"""


@pytest.mark.parametrize(
    "text",
    [
        TAXONOMY,
        OURS,
        OURS.replace("facets: {}\n", ""),
        OURS.replace("facets: {}\n", "").rstrip() + "\n",
        "categories:\n- id: a\n  definition: b\n- id: c\n  definition: d",
        TAXONOMY.replace("\n", "\r\n"),
        "categories:\n  - id: a\n    definition: |\n      first\n\n      second\n\n\nfacets: {}\n",
        "categories:\n  - id: a\n    definition: b\n    examples:\n    - x\n    - y # z\n\n# end\n",
    ],
)
def test_nothing_but_the_addition_is_touched(text: str, tmp_path: Path) -> None:
    after = inserted(text, [BELL])
    assert read_taxonomy(after).category("bells") == BELL.category
    kept = [line for line in after.split("\n") if line not in set(after.split("\n")) - set(text.split("\n"))]
    assert [line for line in text.split("\n") if line.strip()] == [line for line in kept if line.strip()]
    patch = written(["A line.", "", "--- not a diff"], text, after)
    assert applied(patch, text) == after and is_applied(patch, after) and not is_applied(patch, text)
    assert git_applies(patch, text, tmp_path) == after


def git_applies(patch: str, text: str, place: Path) -> str:
    """What `git apply` makes of it."""
    (place / "taxonomy.yaml").write_bytes(text.encode())
    (place / "taxonomy.patch").write_bytes(patch.encode())
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)
    subprocess.run(["git", "apply", "--check", "taxonomy.patch"], cwd=place, check=True)
    subprocess.run(["git", "apply", "taxonomy.patch"], cwd=place, check=True)
    return (place / "taxonomy.yaml").read_bytes().decode()


def test_it_goes_before_what_is_left_over() -> None:
    other = TAXONOMY.replace("facets:", "  - id: other\n    name: Other\n    definition: all the rest\nfacets:")
    assert read_taxonomy(inserted(other, [BELL])).ids == ("water", "pests", "bells", "other")


def test_a_list_in_braces_is_written_anew_with_its_comments() -> None:
    text = "# ours\ncategories: [{id: a, definition: b}, {id: c, definition: d}]  # two\nfacets: {}\n"
    after = inserted(text, [BELL])
    assert "# ours" in after and "# two" in after and read_taxonomy(after).ids == ("a", "c", "bells")


def test_a_narrower_one_goes_among_those_that_there_are() -> None:
    text = (
        "categories:\n  - id: a\n    definition: b\n    children:\n      - id: c\n        definition: d # e\n"
        "  - id: f\n    definition: g\n    children: []\n"
    )
    after = inserted(text, [BELL.model_copy(update={"within": "a"})])
    assert read_taxonomy(after).ids == ("a", "c", "bells", "f") and read_taxonomy(after).top("bells").id == "a"
    assert after.startswith(text[: text.index("  - id: f")]) and after.endswith(text[text.index("  - id: f") :])
    first = inserted(text, [BELL.model_copy(update={"within": "f"})])
    assert read_taxonomy(first).top("bells").id == "f"


TWO = "categories:\n" + "".join(f"  - id: c{n}\n    definition: what {n} is\n" for n in range(9)) + "facets: {}\n"
PATCH = written(["It says."], TWO, inserted(TWO, [BELL]))


def test_a_patch_is_taken_where_its_lines_stand_now() -> None:
    moved = TWO.replace("categories:", "# a comment\n# another\ncategories:").replace("what 1 is", "what one is")
    assert read_taxonomy(applied(PATCH, moved)).ids[-1] == "bells"


def test_a_patch_whose_lines_were_changed_is_not_taken() -> None:
    with pytest.raises(TaxonomyError, match=r'part 1 of 1 \(line 17 of taxonomy.yaml, before "- id: bells"\)'):
        applied(PATCH, TWO.replace("what 8 is", "what eight is"))
    with pytest.raises(TaxonomyError, match="not what taxonomy.yaml says now"):
        applied(PATCH, inserted(TWO, [BELL]))
    with pytest.raises(TaxonomyError, match="holds no change"):
        applied("# nothing\n", TWO)
    with pytest.raises(TaxonomyError, match="begins with neither"):
        applied(PATCH.replace("+    name", "name"), TWO)


def test_lines_that_stand_twice_are_no_place() -> None:
    twice = "x\n" + "a\nb\nc\nd\ne\nf\n" * 2
    patch = written([], "a\nb\nc\nd\ne\nf\n", "a\nb\nc\nnew\nd\ne\nf\n").replace("@@ -1,6", "@@ -20,6")
    with pytest.raises(TaxonomyError, match="does not apply"):
        applied(patch, twice)


def test_a_person_may_edit_what_a_patch_adds() -> None:
    assert not Patch(PATCH).is_edited and not Patch(PATCH.replace("\n", "\r\n")).is_edited
    edited = PATCH.replace("name: 'Bells: cast'", "name: Ringing\n+    residual: false")
    assert edited != PATCH and Patch(edited).is_edited
    assert read_taxonomy(applied(edited + "\n\n", TWO)).category("bells").name == "Ringing"
    assert Patch("").is_edited and Patch("# as written by hand\n").is_edited
