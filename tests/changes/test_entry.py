"""The entry as a person reads it, and as GitHub does."""

import re

import pytest
from markdown_it import MarkdownIt

from agent.changes import Changes, compare, entry_of
from agent.changes.entry import plain
from agent.changes.nouns import Added, InCategory, Touched
from agent.papers import Paper
from agent.review import Unanswered
from tests.changes.states import COUNTED, LAMPS, LEAVE, answer, draft, insects, state
from tests.nouns import BEES, CORPUS, MOTHS, SLUGS, card, cards, claim

WASPS = Paper(key="wasps2024", title="Wasps at Jam", abstract="Wasps come to jam.")


def test_one_sentence_says_it_all_and_the_groups_follow() -> None:
    longer = LEAVE.model_copy(update={"text": "Most moths leave a lamp again within 40 minutes, in a valley."})
    wasps = claim("Wasps come to jam.", ("wasps2024", "Wasps come to jam"))
    after = state(
        [BEES, MOTHS.model_copy(update={"title": "Moths and Lamps"}), SLUGS, WASPS],
        held=cards() | {"wasps2024": card("wasps2024", "bees")},
        written=draft(insects(COUNTED, longer, wasps)),
        answers=[answer("How many moths?", LEAVE)],
    )
    changes = compare(state(answers=after.answers.values()), after)
    entry = entry_of(
        changes,
        day="2026-11-21",
        cost="5 calls, $0.03",
        unanswered=[Unanswered(stage="classify_paper", subject="wasps2024", why="the server failed")],
        lost=["line 12: | a table |: tables are printed from the other files"],
        proposal="taxonomy.patch",
    )
    lines = entry.splitlines()
    assert lines[0] == "## 2026-11-21"
    assert lines[2] == (
        "1 paper came in, 1 changed, 1 is gone; 2 sections amended: 1 claim came, 2 went, 1 changed; "
        "1 answer may have changed; 5 calls, $0.03."
    )
    for line in (
        "- `wasps2024` Wasps at Jam, in Bees",
        "- `moths2022` Moths and Lamps: title",
        "**Section Insects (+1 −1 ±1)**",
        "- `+` Wasps come to jam. [`wasps2024`]",
        "- `−` Moths come to lamps, and nobody knows why. [`moths2022`]",
        "- `±` Most moths leave a lamp again within 40 minutes. → Most moths leave a lamp again within 40 minutes, in "
        "a valley. [`moths2022`]",
        "**Section Molluscs (−1)**",
        "- “How many moths?”: it cites moths2022, of which the text changed",
        "To ask the first again: `conspectus ask 'How many moths?'`",
        "- line 12: \\| a table \\|: tables are printed from the other files",
        "**Taxonomy proposal:** `taxonomy.patch` would change the taxonomy; `conspectus refresh --accept` takes it, "
        "and until then the old one holds.",
        "- classify_paper of `wasps2024`: the server failed",
        "**What it cost:** 5 calls, $0.03.",
    ):
        assert line in lines, entry


def test_long_lists_are_cut_with_what_is_left() -> None:
    added = tuple(Added(key=f"p{n:03}", title=f"Paper {n}") for n in range(222))
    touched = tuple(Touched(id=f"s{n}", name=f"Part {n}", came=(COUNTED,) * 30) for n in range(20))
    entry = entry_of(Changes(added=added, touched=touched), day="2026-11-21")
    assert "- and 212 more; `conspectus diff` against the commit before it shows all" in entry
    assert "**Papers added (222)**" in entry
    assert "- and 20 more; `conspectus diff` against the commit before it shows all" in entry
    assert "**And 12 sections more**; `conspectus diff` against the commit before it shows all." in entry
    assert len(entry.split()) < 1_500


@pytest.mark.parametrize("title", ["x" * 400, "A " + "x" * 400, "蜂" * 400])
def test_a_title_without_a_space_is_cut_by_letters(title: str) -> None:
    entry = entry_of(Changes(added=(Added(key="p1", title=title),)), day="2026-11-21")
    (line,) = (line for line in entry.splitlines() if line.startswith("- `p1` "))
    assert line.startswith(f"- `p1` {title[:99]}…, ")


def test_in_a_long_sentence_what_changed_is_shown() -> None:
    words = [f"word{n}" for n in range(80)]
    before = claim(" ".join([*words, "bees", *words]), ("bees2021", "x"))
    after = claim(" ".join([*words, "wasps", *words]), ("bees2021", "x"))
    changes = compare(state(written=draft(insects(before))), state(written=draft(insects(after))))
    (line,) = (line for line in entry_of(changes, day="2026-11-21").splitlines() if line.startswith("- `±`"))
    assert " bees " in line and " wasps " in line and len(line) < 300


NASTY = (
    "@torvalds fixes #12, GH-7, o/r#3 and https://github.com/o/r/issues/5 www.x.org a@b.org <!-- `x` **[b](http://c)**"
    "\n## 2020-01-01"
)


@pytest.mark.parametrize("place", ["title", "category", "claim", "question", "why", "lost"])
def test_no_word_from_outside_is_markup_or_reaches_a_person_or_an_issue(place: str) -> None:
    added = Added(key="k", title=NASTY if place == "title" else "T")
    if place == "category":
        added = added.model_copy(update={"category": InCategory(id="c", name=NASTY)})
    told = claim(NASTY if place == "claim" else "A claim.", ("k", None))
    asked = [answer(NASTY if place == "question" else "Who?", LAMPS, read=("moths2022",))]
    gone = compare(state(answers=asked), state([BEES, SLUGS], answers=asked, written=None)).outdated
    changes = Changes(added=(added,), touched=(Touched(id="s", name="S", came=(told,)),), outdated=gone)
    entry = entry_of(
        changes,
        day="2026-11-21",
        unanswered=[Unanswered(stage="ask", subject="", why=NASTY if place == "why" else "no")],
        lost=[NASTY if place == "lost" else "x"],
    )
    assert [line for line in entry.splitlines() if line.startswith("#")] == ["## 2026-11-21"]
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(entry)
    inline = [child for token in tokens for child in token.children or []]
    assert not [child for child in inline if child.type in ("link_open", "image")]
    runs = "\x00".join(child.content if child.type == "text" else "" for child in inline)  # as GitHub looks: run by run
    assert not re.search(r"@\w|#\d|GH-\d|https?://|www\.\w", runs), runs
    html = [child.content for child in inline if child.type == "html_inline"]
    assert set(html) <= {"<span>", "</span>"}


def test_what_is_no_address_stays_as_it_is() -> None:
    assert plain("C# and 5 - 3 of F#: a-b_c") == "C# and 5 - 3 of F#: a-b\\_c"


def test_nothing_but_figures_stands_in_the_first_line() -> None:
    changes = compare(state([]), state([*CORPUS, WASPS.model_copy(update={"title": NASTY})]))
    assert "torvalds" not in entry_of(changes, day="2026-11-21").splitlines()[2]
