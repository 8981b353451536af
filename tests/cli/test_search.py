"""`conspectus search`: what it finds and how that is shown, and that it asks no model."""

import json
import sys
from pathlib import Path

import pytest

from agent.cli.options import read_years
from tests.command import Conspectus
from tests.papers import TAXONOMY, write_jsonl
from tests.terminal import at_a_terminal

COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]
PAPERS = [
    ("BeeNet: Counting Bees", "We count bees on flowers with GPT-4o. It is cheap. At night it counts no bee.", 2021),
    ("Moths Like Lamps", "Moths come to lamps. Nobody knows why they do so.", 2022),
    ("Slugs [bold]at[/bold] Dawn", "Slugs eat lettuce, \x1b[31mred\x1b[0m lettuce and\n[link]bees[/link].", 2023),
    ("No Year for Bees", "Bees have no year here.", None),
]


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review of four papers of which nothing but the papers stands."""
    source = tmp_path / "papers.jsonl"
    lines = [{"title": title, "abstract": text, "year": year} for title, text, year in PAPERS]
    source.write_text("".join(f"{json.dumps({k: v for k, v in line.items() if v})}\n" for line in lines))
    assert conspectus("init", tmp_path / "r", source).code == 0
    return tmp_path / "r"


def titles(conspectus: Conspectus, *words: object) -> list[str]:
    ended = conspectus("search", *words, "--json")
    assert ended.code == 0, ended.err
    return [one["title"] for one in json.loads(ended.out)]


def test_a_fresh_review_is_searched(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("search", "counting gpt4o", "-r", review)
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "1. beenet  BeeNet: Counting Bees (2021)",
        "    We count bees on flowers with GPT-4o.",
    ]
    assert (review / ".conspectus" / "index" / "papers.json").is_file()


def test_several_words_need_no_quotation_marks(review: Path, conspectus: Conspectus) -> None:
    assert titles(conspectus, "moths", "lamps", "-r", review) == titles(conspectus, "moths lamps", "-r", review)


def test_no_model_is_asked_even_where_one_is_named(review: Path, conspectus: Conspectus) -> None:
    protocol = review / "review.toml"
    protocol.write_text(protocol.read_text().replace("[model]", '[model]\nname = "some-model"', 1))
    ended = conspectus("search", "bees", "-r", review)
    assert ended.code == 0 and "BeeNet" in ended.out
    assert not (review / "runs.jsonl").exists()


def test_a_program_gets_places_and_passage(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("search", "counting nights", "-r", review, "--json")
    (found,) = json.loads(ended.out)
    assert set(found) == {"key", "title", "year", "score", "marks", "passage"}
    assert found["year"] == 2021 and found["score"] > 0
    texts = {"title": PAPERS[0][0], "abstract": PAPERS[0][1]}
    assert [texts[mark["where"]][mark["start"] : mark["end"]] for mark in found["marks"]] == [
        "Counting", "count", "night", "counts",
    ]  # fmt: skip
    assert found["passage"] == "At night it counts no bee."


def test_no_hit_says_what_was_searched(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("search", "quokkas -bees", "-r", review)
    assert ended.code == 0
    assert ended.out == "no paper has quokkas without bees; searched titles and abstracts of 4 papers\n"
    ended = conspectus("search", "quokkas", "-r", review, "--json")
    assert (ended.code, ended.out) == (0, "[]\n")


def test_a_word_that_no_paper_has_is_named_beside_the_hits(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("search", "moths and quokkas", "-r", review)
    assert "Moths Like Lamps" in ended.out and "quokkas" not in ended.out
    assert ended.err == "no paper has quokkas\n"


def test_it_says_how_to_see_more(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("search", "bees", "-r", review, "--most", 1)
    assert len(ended.out.splitlines()) == 2
    assert ended.err == "these are the best of 4 papers; --most 2 shows more\n"
    assert conspectus("search", "bees", "-r", review, "--most", 4).err == ""


@pytest.mark.parametrize("words", [[""], ["  "], ["?!"], ["the of"], ["and -bees"], []])
def test_no_words_are_a_wrong_command_line(review: Path, conspectus: Conspectus, words: list[str]) -> None:
    ended = conspectus("search", *words, "-r", review)
    assert ended.code == 2
    assert "WORDS" in ended.err and "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("years", "found"),
    [
        ("2023", ["Slugs"]),
        ("2021-2023", ["BeeNet:", "Slugs"]),
        ("2022-", ["Slugs"]),
        ("-2022", ["BeeNet:"]),
        (" 2021 – 2023 ", ["BeeNet:", "Slugs"]),
    ],
)
def test_years_limit_what_is_found(review: Path, conspectus: Conspectus, years: str, found: list[str]) -> None:
    hits = titles(conspectus, "bees", "-r", review, "--years", years)
    assert sorted(title.split()[0] for title in hits) == found


@pytest.mark.parametrize("years", ["", "22", "abcd", "2023-2020", "20222023", "2020-21", "-", "2020--2021", "٢٠٢٠-x"])
def test_what_is_no_span_of_years_is_a_wrong_command_line(review: Path, conspectus: Conspectus, years: str) -> None:
    ended = conspectus("search", "bees", "-r", review, "--years", years)
    assert ended.code == 2
    assert "--years" in ended.err and "Traceback" not in ended.err


def test_spans_of_years() -> None:
    assert read_years(None) == (None, None)
    assert read_years("2022") == (2022, 2022)
    assert read_years("2020-2023") == read_years("2020–2023") == (2020, 2023)
    assert read_years("2023-") == (2023, None)
    assert read_years("-2021") == (None, 2021)


def test_a_category_limits_what_is_found(tmp_path: Path, conspectus: Conspectus) -> None:
    review = tmp_path / "r"
    assert conspectus("init", review, write_jsonl(tmp_path / "plots.jsonl")).code == 0
    (review / "taxonomy.yaml").write_text(TAXONOMY)
    assert conspectus("search", "garden", "-r", review, "--within", "water").code == 1, "there are no cards yet"
    assert conspectus("classify", review, "--offline").code == 0
    everywhere = titles(conspectus, "garden plants water slugs", "-r", review)
    water = titles(conspectus, "garden plants water slugs", "-r", review, "--within", "water")
    both = titles(conspectus, "garden plants water slugs", "-r", review, "--within", "Watering", "--within", "pests")
    assert 0 < len(water) < len(everywhere) and set(water) < set(everywhere)
    assert both == everywhere
    unknown = conspectus("search", "garden", "-r", review, "--within", "fire")
    assert unknown.code == 1
    assert unknown.message == "there is no category fire; there are water, pests"


def test_a_paper_found_by_its_card_says_so(tmp_path: Path, conspectus: Conspectus) -> None:
    review = tmp_path / "r"
    assert conspectus("init", review, write_jsonl(tmp_path / "plots.jsonl")).code == 0
    (review / "taxonomy.yaml").write_text(TAXONOMY.replace("name: Watering", "name: Hydrology"))
    assert conspectus("classify", review, "--offline").code == 0
    ended = conspectus("search", "hydrology", "-r", review)
    assert ended.out.splitlines()[1] == "    by its card: Hydrology"


def test_a_source_that_cannot_be_read_is_named(tmp_path: Path, review: Path, conspectus: Conspectus) -> None:
    (tmp_path / "flowers.csv").write_text("Colour,Height\nred,3\n")
    conspectus("add", tmp_path / "flowers.csv", "-r", review)
    protocol = review / "review.toml"
    protocol.write_text(f'{protocol.read_text()}\n[[sources]]\npath = "../flowers.csv"\nname = "flowers.csv"\n')
    ended = conspectus("search", "bees", "-r", review)
    assert ended.code == 3
    assert "BeeNet" in ended.out and "not read: flowers.csv" in ended.err


def test_a_folder_without_a_review_is_told(tmp_path: Path, conspectus: Conspectus) -> None:
    ended = conspectus("search", "bees", "-r", tmp_path)
    assert ended.code == 1 and "holds no review.toml" in ended.message
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_index_costs_a_line(review: Path, conspectus: Conspectus) -> None:
    before = conspectus("search", "bees", "-r", review)
    (review / ".conspectus" / "index" / "papers.json").write_text("{")
    after = conspectus("search", "bees", "-r", review)
    assert (after.code, after.out) == (0, before.out)
    assert after.err == "the search index is damaged; it is made anew\n"


def shown_on_a_terminal(review: Path, *words: str, columns: int) -> str:
    """What a terminal of this width gets of the hits."""
    code, shown = at_a_terminal([*COMMAND, "search", *words, "-r", str(review)], columns, shows_stderr=False)
    assert code == 0, shown
    return shown


@pytest.mark.parametrize("columns", [120, 40, 24])
def test_on_a_terminal_what_was_found_is_bold_and_lines_fit(review: Path, columns: int) -> None:
    shown = shown_on_a_terminal(review, "bees", "lettuce", columns=columns)
    assert "\x1b[1mlettuce\x1b[0m" in shown and "\x1b[1mBees\x1b[0m" in shown
    plain = shown.replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\x1b[2m", "")
    assert all(len(line) <= columns for line in plain.splitlines())
    assert "\x1b" not in plain, "a paper's own signs to a terminal are not passed on"
    joined = " ".join(plain.split())
    assert "[bold]at[/bold]" in joined and "[link]bees[/link]" in joined


def test_elsewhere_a_paper_takes_two_plain_lines(review: Path, conspectus: Conspectus) -> None:
    lines = conspectus("search", "lettuce", "-r", review).out.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("Slugs [bold]at[/bold] Dawn (2023)")
    assert lines[1] == "    Slugs eat lettuce, [31mred[0m lettuce and [link]bees[/link]."


def test_a_text_without_full_stops_is_not_printed_whole(tmp_path: Path, conspectus: Conspectus) -> None:
    paper = {"title": "Long", "abstract": "soil " * 9_000 + "and a lonely beetle " + "soil " * 9_000}
    (tmp_path / "long.jsonl").write_text(json.dumps(paper))
    conspectus("init", tmp_path / "r", tmp_path / "long.jsonl")
    ended = conspectus("search", "beetle", "-r", tmp_path / "r")
    assert "a lonely beetle" in ended.out and len(ended.out) < 1_000
