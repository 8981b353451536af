"""RIS as reference managers and databases export it."""

from pathlib import Path

import pytest

from agent.errors import SourceError
from agent.sources import read
from tests.sources.reading import read_text_as

FILE = """Exported on a Monday
TY  - JOUR
TI  - Mulch and Moisture
AU  - Souza, Ana
A1  - Li Wei
JO  - J Gard
T2  - Journal of Gardens
PY  - 2019///
AB  - Dry summers cost gardens
their seedlings.
KW  - mulch
straw
SN  - 1111-1111
SN  - 2222-2222
UR  - https://arxiv.org/abs/2401.01234v3;https://example.org/x
L2  - http://dx.doi.org/10.1000/ABC
ER  -

TY - CONF
T1  - No End of Record
N2  - A pot releases water slowly.
TY  - JOUR
ID  - 7
PY  - 2001
ER  -
"""


def test_records_are_read_with_their_lines(tmp_path: Path) -> None:
    reading = read_text_as(tmp_path, "g.ris", FILE)
    mulch, pot = reading.records
    assert (mulch.place.position, pot.place.position) == (2, 19)
    assert mulch.abstract == "Dry summers cost gardens their seedlings."
    assert [str(author) for author in mulch.authors] == ["Ana Souza", "Li Wei"]
    assert (mulch.venue, mulch.year, mulch.doi, mulch.arxiv) == (
        "Journal of Gardens",
        2019,
        "10.1000/abc",
        "2401.01234",
    )
    assert (pot.title, pot.abstract) == ("No End of Record", "A pot releases water slowly.")


def test_nothing_of_a_record_is_lost(tmp_path: Path) -> None:
    reading = read_text_as(tmp_path, "g.ris", FILE)
    extra = reading.records[0].extra
    assert extra["keywords"] == "mulch; straw" and extra["issn"] == "1111-1111; 2222-2222"
    assert [(skip.position, skip.why) for skip in reading.skipped] == [
        (1, "a line outside of any RIS record"),
        (22, "a record with neither a title nor an abstract"),
    ]


def test_a_file_without_records_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="TY  -"):
        read_text_as(tmp_path, "g.ris", "not RIS at all\n")


@pytest.mark.parametrize(
    ("name", "n_records"),
    [("embase.ris", 6), ("ovid_zotero.ris", 6), ("ris_issue_992.txt", 19), ("web_of_science.txt", 10)],
)
def test_real_exports(shared: Path, name: str, n_records: int) -> None:
    reading = read(shared / "dev" / "records" / name, name)
    assert len(reading.records) == n_records and not reading.skipped
    assert all(record.title and record.year and record.venue for record in reading.records)
    if name != "ris_issue_992.txt":
        assert all(record.authors and record.abstract and record.doi for record in reading.records)
