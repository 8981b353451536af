"""Tables and JSON under the column names that exports give them."""

import json
from pathlib import Path

import pytest

from agent.errors import SourceError
from agent.sources import read
from tests.sources.reading import read_text_as


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.csv",
            'Title,Abstract Note,Author,Publication Year\n"Mulch, Moisture",Dry summers.,"Souza, Ana; Li, Wei",2020\n',
        ),
        ("a.csv", "article title;abstract;authors;year\nMulch, Moisture;Dry summers.;Ana Souza; 2020\n"),
        ("a.tsv", "TI\tAB\tAU\tPY\nMulch, Moisture\tDry summers.\tSouza A\t2020\n"),
        ("a.txt", "sep=;\nTitle;Abstract;Authors;Date\nMulch, Moisture;Dry summers.;A. Souza;2020-05-01\n"),
        ("a", "title\tabstract\tauthors\tyear\nMulch, Moisture\tDry summers.\t['Souza, Ana']\t2020\n"),
    ],
)
def test_columns_are_known_by_many_names(tmp_path: Path, name: str, text: str) -> None:
    (record,) = read_text_as(tmp_path, name, text).records
    assert (record.title, record.abstract, record.year) == ("Mulch, Moisture", "Dry summers.", 2020)
    assert record.authors[0].family == "Souza" and record.authors[0].given.startswith("A")


def test_identifiers_are_normalised_and_other_columns_kept(tmp_path: Path) -> None:
    text = "title,doi,link,rating,\nMulch,https://doi.org/10.1000/ABC),https://arxiv.org/pdf/2401.01234v2.pdf,good,x\n"
    (record,) = read_text_as(tmp_path, "a.csv", text).records
    assert (record.doi, record.arxiv) == ("10.1000/abc", "2401.01234")
    assert record.extra == {"rating": "good", "column 5": "x"}


def test_a_table_without_title_and_abstract_names_its_columns(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="columns found are: Colour, Height"):
        read_text_as(tmp_path, "a.csv", "Colour,Height\nred,3\n")
    with pytest.raises(SourceError, match="no rows"):
        read_text_as(tmp_path, "a.csv", "Title,Abstract\n")


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = 'title,abstract\n\n"Mulch","one\ntwo\nthree"\nPots,slow\n,\n"",""\n,,spare\n'
    reading = read_text_as(tmp_path, "a.csv", text)
    assert [(record.title, record.place.position) for record in reading.records] == [("Mulch", 3), ("Pots", 6)]
    assert [skip.position for skip in reading.skipped] == [9]


def test_an_unclosed_quotation_mark_loses_its_row_alone(tmp_path: Path) -> None:
    text = 'title,abstract\nMulch,"dry summers\nPots,slow water\nTape,no slugs\n'
    reading = read_text_as(tmp_path, "a.csv", text)
    assert [record.title for record in reading.records] == ["Pots", "Tape"]
    assert [(skip.position, skip.text) for skip in reading.skipped] == [(2, 'Mulch,"dry summers')]


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    reading = read_text_as(tmp_path, "a.csv", "Title\nMulch, Moisture, and More\nPots\n")
    assert [record.title for record in reading.records] == ["Mulch, Moisture, and More", "Pots"]


def test_an_abstract_of_a_megabyte(tmp_path: Path) -> None:
    long = "Beds need water. " * 65_000
    (record,) = read_text_as(tmp_path, "a.csv", f'title,abstract\nMulch,"{long}"\n').records
    assert record.abstract == long.strip()


def test_json_lines_keep_what_they_say(tmp_path: Path) -> None:
    rows = [
        {"title": "Mulch", "abstract": "Dry summers.", "authors": ["Ana Souza", {"given": "Wei", "family": "Li"}]},
        {"key": "pots2020", "title": "Pots", "year": 2020, "tags": ["clay", "slow"]},
    ]
    text = json.dumps(rows[0]) + "\n{broken\n\n" + json.dumps(rows[1]) + "\n[1]\n"
    reading = read_text_as(tmp_path, "a.jsonl", text)
    mulch, pots = reading.records
    assert [author.family for author in mulch.authors] == ["Souza", "Li"]
    assert (pots.citation_key, pots.year, pots.place.position, pots.extra) == (
        "pots2020",
        2020,
        4,
        {"tags": "clay; slow"},
    )
    assert [(skip.position, skip.why) for skip in reading.skipped] == [
        (2, "a line that is not JSON"),
        (5, "a JSON value that is not an object"),
    ]


def test_csl_json_is_read(tmp_path: Path) -> None:
    work = {
        "citation-key": "souza2020",
        "title": "Mulch",
        "author": [
            {"family": "Berg", "given": "Anna", "non-dropping-particle": "van der"},
            {"literal": "The Garden Club"},
        ],
        "issued": {"date-parts": [[2020, 5]]},
        "container-title": "Journal of Gardens",
        "DOI": "10.1000/ABC",
    }
    (record,) = read_text_as(tmp_path, "a.json", json.dumps([work], indent=1)).records
    assert [str(author) for author in record.authors] == ["Anna van der Berg", "The Garden Club"]
    assert (record.citation_key, record.year, record.venue) == ("souza2020", 2020, "Journal of Gardens")
    assert (record.doi, record.place.position) == ("10.1000/abc", 2)


@pytest.mark.parametrize(
    ("name", "n_records", "n_skipped"),
    [("ADHD.csv", 827, 24), ("Antihistamines.csv", 300, 10), ("embase.csv", 6, 0), ("generic_semicolon.csv", 2, 0)],
)
def test_real_exports(shared: Path, name: str, n_records: int, n_skipped: int) -> None:
    reading = read(shared / "dev" / "records" / name, name)
    assert (len(reading.records), len(reading.skipped)) == (n_records, n_skipped)
    assert sum(bool(record.title and record.abstract) for record in reading.records) >= 0.9 * n_records
    assert sum(bool(record.authors) for record in reading.records) >= 0.9 * n_records


def test_what_hangs_on_a_record_is_none_itself(tmp_path: Path) -> None:
    text = "Item Type,Title,Abstract Note\njournalArticle,Beds under glass,\nattachment,Full Text PDF,\nnote,Mine,\n"
    reading = read_text_as(tmp_path, "zotero.csv", text)
    assert [record.title for record in reading.records] == ["Beds under glass"]
    assert [one.position for one in reading.skipped] == [3, 4]
    assert "item type is attachment" in reading.skipped[0].why
