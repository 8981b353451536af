"""CHANGES.md: where an entry goes, under which day, and that not a byte of the others changes."""

import pytest

from agent.changes import newest, prepended

ENTRY = "## 2026-11-21\n\n1 paper came in.\n\n- `a`\n"


def test_the_first_entry_makes_the_page() -> None:
    assert prepended("", ENTRY, "2026-11-21") == f"# Changes\n\n{ENTRY}"


def test_newest_first_and_the_rest_byte_for_byte() -> None:
    before = "# Changes\n\nWe look at this on Mondays.\n\n## 2026-11-20\n\nOld.   \n\n\n## 2026-11-19 by hand\nOlder\n"
    after = prepended(before, ENTRY, "2026-11-21")
    head, tail = before.split("## 2026-11-20", 1)
    assert after == f"{head}{ENTRY}\n## 2026-11-20{tail}"
    assert newest(after) == ENTRY


def test_a_second_and_a_third_entry_of_a_day_are_numbered() -> None:
    text = ""
    for _ in range(3):
        text = prepended(text, ENTRY, "2026-11-21")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## 2026-11-21 (3)", "## 2026-11-21 (2)", "## 2026-11-21"]


def test_after_two_entries_of_one_day_that_git_merged_comes_the_third() -> None:
    merged = "# Changes\n\n## 2026-11-21\n\nOurs.\n\n## 2026-11-21\n\nTheirs.\n"
    after = prepended(merged, ENTRY, "2026-11-21")
    assert "## 2026-11-21 (3)\n" in after
    assert after.endswith(merged.removeprefix("# Changes\n\n"))


def test_the_day_never_runs_backwards() -> None:
    before = "# Changes\n\n## 2026-11-21\n\nNew.\n\n## 2026-12-01\n\nMerged below.\n"
    after = prepended(before, ENTRY.replace("2026-11-21", "2026-11-20"), "2026-11-20")
    assert after.startswith(
        "# Changes\n\n## 2026-12-01 (2)\n\n"
        "The clock said 2026-11-20 when this was written; the newest entry before it is of 2026-12-01.\n\n"
        "1 paper came in.\n"
    )


@pytest.mark.parametrize("heading", ["## 2026-13-45", "## Notes", "### 2026-12-24"])
def test_a_heading_that_is_no_day_dates_nothing(heading: str) -> None:
    after = prepended(f"# Changes\n\n{heading}\n\nx\n", ENTRY, "2026-11-21")
    assert "## 2026-11-21\n" in after and "The clock" not in after


def test_a_page_without_its_title_gets_it_and_keeps_its_words() -> None:
    after = prepended("Notes of ours.\n", ENTRY, "2026-11-21")
    assert after == f"# Changes\n\n{ENTRY}\nNotes of ours.\n"


def test_a_page_of_words_alone_gets_its_first_entry_below_them() -> None:
    after = prepended("# What happened\n\nThis file is written by a program.\n", ENTRY, "2026-11-21")
    assert after == f"# What happened\n\nThis file is written by a program.\n\n{ENTRY}"


def test_ends_of_lines_stay_as_they_are_in_the_file() -> None:
    before = "# Changes\r\n\r\n## 2026-11-20\r\n\r\nOld.\r\n"
    after = prepended(before, ENTRY, "2026-11-21")
    assert "\n" not in after.replace("\r\n", "")
    assert after.endswith("## 2026-11-20\r\n\r\nOld.\r\n")
    assert newest(after).startswith("## 2026-11-21\r\n")


def test_the_newest_entry_ends_where_another_heading_begins() -> None:
    text = "# Changes\n\n## 2026-11-21 (2)\n\nSecond.\n\n### Inside\n\nStill.\n\n## Notes\n\nNot.\n"
    assert newest(text) == "## 2026-11-21 (2)\n\nSecond.\n\n### Inside\n\nStill.\n"


def test_there_may_be_no_entry() -> None:
    assert newest("") == newest("# Changes\n\nNothing yet.\n") == ""
