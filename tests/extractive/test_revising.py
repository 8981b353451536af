from collections.abc import Sequence

import pytest

from agent.answers import ReviseAnswer, with_keys
from agent.draft import Citation, Claim, Paragraph
from agent.extractive.overviews import MOST_CLAIMS
from agent.extractive.prose import quoted
from agent.fields import SectionDigest
from agent.review import Category
from agent.write.edits import numbered
from tests.extractive.gardens import GIVEN, PAPERS, ask

WATER, PEST = GIVEN.categories
EVERY = {paper.key: paper for paper in PAPERS}
RESULT = "Across {} beds it used {}% less water than hoses."
"""A headline result."""
PLAIN = "The beds lie on a slope near the town."
"""Does none of what a text over sections is for."""


def claim(key: str, sentence: str, *, by_hand: bool = False) -> Claim:
    said = quoted(f"Work on {key}", key, sentence)
    return Claim(text=said["text"], citations=(Citation(key=key, quote=sentence),), by_hand=by_hand)


def digest(category: Category, *claims: Claim, n_papers: int = 9) -> SectionDigest:
    return SectionDigest(category=category, n_papers=n_papers, claims=claims, codes={})


def revise(
    text: str, standing: Sequence[Claim], sections: Sequence[SectionDigest] = (), loose: Sequence[int] = ()
) -> list[tuple[int, str, str | None]]:
    """The edits: the sentence, what becomes of it, and the new one."""
    kind: type[ReviseAnswer[int, str]] = with_keys(ReviseAnswer, tuple(range(len(standing) + 1)), tuple(EVERY))
    paragraphs = numbered([Paragraph(claims=tuple(standing))])
    fields = {"paragraphs": paragraphs, "loose": tuple(loose), "sections": tuple(sections)}
    edits = ask("write_revise", kind, text=text, title="Gardens", question=None, **fields).edits
    return [(edit.sentence, edit.action, edit.claim.text if edit.claim else None) for edit in edits]


STANDING = (
    claim("plot0", "Watering with drip lines, irrigation and pots took less water in gardens."),
    claim("plot4", "Pests such as aphids and slugs were fewer, by 30%, on plants."),
)


def test_a_plain_result_goes_where_the_text_speaks_of_its_section() -> None:
    new = claim("plot1", RESULT.format(12, 40))
    assert revise("synthesis", STANDING, [digest(WATER, new)]) == [(1, "insert", new.text)]
    assert revise("synthesis", STANDING, [digest(PEST, new)]) == [(2, "insert", new.text)]


def test_it_goes_after_a_sentence_on_the_same_paper_and_else_to_the_end() -> None:
    new, other = claim("plot0", RESULT.format(12, 40)), claim("plot1", RESULT.format(9, 35))
    elsewhere = Category(id="x", name="Greenhouses", definition="heating under glass")
    assert revise("synthesis", STANDING, [digest(elsewhere, new)]) == [(1, "insert", new.text)]
    assert revise("synthesis", STANDING, [digest(elsewhere, other)]) == [(2, "insert", other.text)]


def test_what_is_less_plain_than_what_stands_stays_out_and_so_does_what_stands_already() -> None:
    assert revise("synthesis", STANDING, [digest(WATER, claim("plot1", PLAIN))]) == []
    assert revise("synthesis", STANDING, [digest(WATER, STANDING[0])]) == []
    weak = claim("plot1", "The method improves results.")
    strong = [claim(f"plot{n}", RESULT.format(12, 40 + n)) for n in range(3)]
    assert revise("synthesis", strong, [digest(WATER, weak)]) == []


def test_a_loose_sentence_goes_or_gives_way_to_what_its_paper_says_now() -> None:
    assert revise("synthesis", STANDING, loose=[2]) == [(2, "delete", None)]
    now = claim("plot4", "Pests such as aphids and slugs were fewer, by 29%, on plants.")
    assert revise("synthesis", STANDING, [digest(PEST, now)], loose=[2]) == [(2, "change", now.text)]
    assert revise("gaps", STANDING, [digest(PEST, now)], loose=[2]) == [(2, "delete", None)]


def test_a_persons_sentence_stays_though_it_is_loose() -> None:
    hers = claim("plot4", PLAIN, by_hand=True)
    assert revise("synthesis", (STANDING[0], hers), loose=[1, 2]) == [(1, "delete", None)]


def test_a_new_section_gets_a_sentence_and_an_old_one_none_that_is_not_plain() -> None:
    did = claim("plot1", "We propose a drip line whose pressure falls with the slope.")
    assert revise("introduction", STANDING, [digest(WATER, did)]) == []
    assert revise("introduction", STANDING, [digest(WATER, did, n_papers=1)]) == [(1, "insert", did.text)]


def test_a_text_does_not_grow_past_its_most() -> None:
    full = [claim(f"plot{n % 8}", RESULT.format(n, 10 + n)) for n in range(MOST_CLAIMS - 1)]
    first, second = claim("plot1", RESULT.format(77, 77)), claim("plot5", RESULT.format(88, 88))
    (edit,) = revise("synthesis", full, [digest(WATER, first), digest(PEST, second)])
    assert edit[1] == "insert"
    assert revise("synthesis", [*full, second], [digest(WATER, first)]) == []


@pytest.mark.parametrize("text", ["introduction", "synthesis", "gaps"])
def test_a_text_of_which_nothing_stands_begins_with_what_came_in(text: str) -> None:
    said = claim(
        "plot1", "However, it remains unclear and is an open problem; beds saved 40% of water compared to hoses."
    )
    assert revise(text, (), [digest(WATER, said)]) == [(0, "insert", said.text)]


def test_an_opening_loses_what_is_loose_and_gets_nothing() -> None:
    new = claim("plot1", RESULT.format(12, 40))
    assert revise("opening", STANDING, [digest(WATER, new)], loose=[1]) == [(1, "delete", None)]


def test_the_order_of_claims_in_a_section_changes_nothing() -> None:
    claims = [claim(f"plot{n}", RESULT.format(n, 40)) for n in range(1, 4)]
    there, back = (revise("synthesis", STANDING, [digest(WATER, *given)]) for given in (claims, claims[::-1]))
    assert there == back
