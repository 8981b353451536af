"""BibTeX as Zotero, Google Scholar and people write it."""

from pathlib import Path

import pytest

from agent.errors import SourceError
from tests.sources.reading import read_text_as

FILE = r"""
@string{jg = "Journal of Gardens"}
@article{rose2020,
  title   = {Red {Roses} \emph{in} Winter},
  author  = {M{\"u}ller, J. and {The Rose Group} and van der Berg, Anna and others},
  journal = jg # " and Parks",
  year    = 2020,
  doi     = {https://doi.org/10.1000/ABC.1},
  abstract = {We save 5\% of the roses \& half of M\"uller's lilies.},
  keywords = {roses}
}
@article{broken,
  title = {An {unclosed brace},
  year = {2021}
}
@inproceedings{lily2022, title = "Lilies Under Glass", author = "Bo Thorn", crossref = {conf}}
@article{rose2020, title={White Lilies}, journal={arXiv preprint arXiv:2401.01234v2}, year={in press}}
@misc{dahlia, title={Dahlias}, eprint={cs/0112017}, archivePrefix={arXiv}, url={javascript:alert(1)}}
@proceedings{conf, title={Proceedings of the Garden Meeting}, year={2022}}
@book{nothing, author={Nobody, Ann}}
@article{last, title={Never closed
"""


def test_good_entries_before_and_after_a_broken_one_are_kept(tmp_path: Path) -> None:
    reading = read_text_as(tmp_path, "g.bib", FILE)
    assert [record.citation_key for record in reading.records] == ["rose2020", "lily2022", "rose2020", "dahlia", "conf"]
    assert [record.place.position for record in reading.records] == [3, 16, 17, 18, 19]
    assert [(skip.position, skip.text[:12]) for skip in reading.skipped] == [
        (12, "@article{bro"),
        (20, "nothing Nobo"),
        (21, "@article{las"),
    ]
    assert "never closed" in reading.skipped[0].why and "neither a title" in reading.skipped[1].why


def test_latex_and_macros_are_resolved(tmp_path: Path) -> None:
    rose = read_text_as(tmp_path, "g.bib", FILE).records[0]
    assert rose.title == "Red Roses in Winter"
    assert rose.abstract == "We save 5% of the roses & half of Müller's lilies."
    assert [(author.given, author.family) for author in rose.authors] == [
        ("J.", "Müller"),
        ("", "The Rose Group"),
        ("Anna", "van der Berg"),
    ]
    assert (rose.venue, rose.year, rose.doi) == ("Journal of Gardens and Parks", 2020, "10.1000/abc.1")
    assert rose.extra["keywords"] == "roses" and rose.extra["more authors"] == "yes"


def test_a_second_entry_of_one_key_is_noted(tmp_path: Path) -> None:
    again = read_text_as(tmp_path, "g.bib", FILE).records[2]
    assert again.title == "White Lilies"
    assert again.extra["same citation key"] == "the entry on line 3 is called rose2020, too"
    assert again.year is None and again.extra["year"] == "in press"


def test_arxiv_ids_and_what_a_parent_says_are_found(tmp_path: Path) -> None:
    _, lily, white, dahlia, _ = read_text_as(tmp_path, "g.bib", FILE).records
    assert (lily.venue, lily.year) == ("Proceedings of the Garden Meeting", 2022)
    assert white.arxiv == "2401.01234"
    assert dahlia.arxiv == "cs/0112017"
    assert dahlia.url is None and dahlia.extra["url"] == "javascript:alert(1)"


def test_bibtex_in_a_text_file_is_told_by_its_content(tmp_path: Path) -> None:
    assert len(read_text_as(tmp_path, "export.txt", FILE).records) == 5


def test_a_file_without_entries_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no BibTeX entry"):
        read_text_as(tmp_path, "g.bib", "nothing here\n")


def test_an_entry_without_a_key_gives_nothing_to_the_others(tmp_path: Path) -> None:
    keyless = "@article{, title={Keyless one and its beds}, journal={J. Keyless}, year={1999}}\n"
    reading = read_text_as(tmp_path, "k.bib", keyless + "@article{b, title={B paper on beds}}\n" + keyless)
    assert [record.citation_key for record in reading.records] == [None, "b", None]
    assert (reading.records[1].venue, reading.records[1].year) == (None, None)


def test_signs_that_reference_managers_write_as_macros_stay(tmp_path: Path) -> None:
    text = (
        r"@article{a, title={{\textless}i{\textgreater}E. coli{\textless}/i{\textgreater} growth in beds},"
        r" abstract={Growth fell (p {\textless} 0.05) while n {\textgreater} 30 held.},"
        r" author={Rose, Ann and others}}"
    )
    (record,) = read_text_as(tmp_path, "z.bib", text).records
    assert record.title == "E. coli growth in beds"
    assert record.abstract == "Growth fell (p < 0.05) while n > 30 held."
    assert record.extra["more authors"] == "yes"


def test_comments_are_no_entries(tmp_path: Path) -> None:
    text = "% ours\n%% by hand\n@comment{jabref-meta: x}\n@article{a, title={Beds under glass}}\n"
    reading = read_text_as(tmp_path, "c.bib", text)
    assert len(reading.records) == 1 and reading.skipped == ()


def test_tags_that_are_known_go_and_other_brackets_stay(tmp_path: Path) -> None:
    text = (
        r"@article{a, title={Beds of {\textless}b and c{\textgreater}}, abstract={"
        r"{\textless}jats:p{\textgreater}H{\textless}sub{\textgreater}2{\textless}/sub{\textgreater}O in"
        r" {\textless}em class=x{\textgreater}beds{\textless}/em{\textgreater}.{\textless}/jats:p{\textgreater}"
        r"{\textless}p{\textgreater}So a{\textless}b and c{\textgreater}d.{\textless}/p{\textgreater}}}"
    )
    (record,) = read_text_as(tmp_path, "z.bib", text).records
    assert record.title == "Beds of <b and c>"
    assert record.abstract == "H2O in beds. So a<b and c>d."
