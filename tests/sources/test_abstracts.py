"""Dumps of abstracts in the shapes that people paste them in."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.errors import SourceError
from agent.papers import Reading
from agent.sources import read
from tests.papers import PLOTS
from tests.sources.reading import read_text_as

NAMES = [
    "Ana Souza, Jan de Vries and Li Wei",
    "Mary O'Neil",
    "José García, K. M. Tran",
    "Olu Adeyemi, Hans-Peter Müller, Yuki Tanaka",
    "Priya Raghavan",
    "Ludwig van der Berg, Xiu Zhang",
    "Tom Brown, Ana Souza",
    "Li Wei, Fei-Fei Li",
]
PAPERS = [(title, abstract, names) for (title, abstract), names in zip(PLOTS, NAMES, strict=True)]


def wrap(text: str, width: int = 72, **indents: str) -> str:
    return textwrap.fill(text, width, **indents)  # type: ignore[arg-type]


def in_turn(between: str, inside: str) -> str:
    return between.join(f"{title}{inside}{abstract}" for title, abstract, _ in PAPERS)


def each(template: Callable[[int, str, str, str], str], between: str = "\n\n") -> str:
    return between.join(template(n, *paper) for n, paper in enumerate(PAPERS, start=1))


SHAPES = {
    "in turn": in_turn("\n", "\n"),
    "blank lines between all": in_turn("\n\n", "\n\n"),
    "wrapped, blank lines between all": each(lambda n, title, abstract, names: f"{wrap(title)}\n\n{wrap(abstract)}"),
    "wrapped, title right above": each(lambda n, title, abstract, names: f"{wrap(title)}\n{wrap(abstract)}"),
    "wrapped at 100": each(lambda n, title, abstract, names: f"{title}\n\n{wrap(abstract, 100)}"),
    "numbered": each(lambda n, title, abstract, names: f"{n}. {title}\n{abstract}"),
    "numbered in brackets, indented": each(
        lambda n, title, abstract, names: (
            f"[{n}] {title}\n{wrap(abstract, initial_indent='    ', subsequent_indent='    ')}"
        )
    ),
    "labels": each(lambda n, title, abstract, names: f"Title: {title}\nAbstract: {abstract}\nKeywords: soil, water"),
    "labels on lines of their own": each(lambda n, title, abstract, names: f"Title\n{title}\n\nAbstract\n{abstract}"),
    "headings": "# What I read\n\n" + each(lambda n, title, abstract, names: f"## {title}\n\n{abstract}"),
    "bold titles": each(lambda n, title, abstract, names: f"**{title}**\n\n**Abstract:** {abstract}"),
    "bullets": each(lambda n, title, abstract, names: f"- **{title}**\n  {abstract}", "\n"),
    "rules between": each(lambda n, title, abstract, names: f"{title}\n{abstract}", "\n\n-----\n\n"),
    "label glued to the text": each(lambda n, title, abstract, names: f"{title}\nAbstract{abstract}"),
}
WITH_AUTHORS = {
    "title, authors, abstract": each(lambda n, title, abstract, names: f"{title}\n{names}\n{abstract}"),
    "with blank lines": each(lambda n, title, abstract, names: f"{title}\n\n{names}\n\n{abstract}"),
    "wrapped": each(lambda n, title, abstract, names: f"{wrap(title)}\n{wrap(names)}\n{wrap(abstract)}"),
    "labels": each(lambda n, title, abstract, names: f"Title: {title}\nAuthors: {names}\nAbstract: {abstract}"),
    "headings": each(lambda n, title, abstract, names: f"## {title}\n\n*{names}*\n\n{abstract}"),
    "a mail of arXiv's": each(
        lambda n, title, abstract, names: (
            f"\\\\\narXiv:2401.0{n:04d}\nDate: Mon, 1 Jan 2024 00:00:00 GMT   (10kb)\n\n"
            f"{wrap('Title: ' + title, subsequent_indent='  ')}\n{wrap('Authors: ' + names, subsequent_indent='  ')}\n"
            f"Categories: q-bio.PE\nComments: 9 pages\n\\\\\n"
            f"{wrap(abstract, initial_indent='  ', subsequent_indent='  ')}\n"
            f"\\\\ ( https://arxiv.org/abs/2401.0{n:04d} ,  10kb)\n{'-' * 72}"
        ),
        "\n",
    ),
    "arXiv's search": each(
        lambda n, title, abstract, names: (
            f"{n}. arXiv:2401.0{n:04d} [pdf, other] q-bio.PE\n{title}\nAuthors: {names}\n"
            f"Abstract: {abstract} △ Less\nSubmitted 3 January, 2024; originally announced January 2024."
        )
    ),
    "PubMed's text": each(
        lambda n, title, abstract, names: (
            f"{n}. J Gard. 2024 Jan 4;{n}(3):50-60. doi: 10.1000/gard.{n}. Epub 2023 Dec 3.\n\n"
            f"{title.capitalize()}.\n\n{names.replace(' and ', ', ')}.\n\n"
            f"Author information:\n(1)Department of Gardens, University of Green Hill.\n\n{wrap(abstract, 80)}\n\n"
            f"DOI: 10.1000/gard.{n}\nPMID: 3{n:07d}"
        ),
        "\n\n\n",
    ),
}


def assert_all(reading: Reading) -> None:
    found = [((record.title or "").rstrip(".").lower(), record.abstract) for record in reading.records]
    assert found == [(title.lower(), abstract) for title, abstract, _ in PAPERS]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_paper_is_read_with_its_title(tmp_path: Path, shape: str) -> None:
    assert_all(read_text_as(tmp_path, "dump.txt", SHAPES[shape]))


@pytest.mark.parametrize("shape", WITH_AUTHORS)
def test_authors_are_not_taken_for_titles(tmp_path: Path, shape: str) -> None:
    reading = read_text_as(tmp_path, "dump.txt", WITH_AUTHORS[shape])
    assert_all(reading)
    families = [[author.family for author in record.authors] for record in reading.records]
    assert families[0] == ["Souza", "de Vries", "Wei"] and families[4] == ["Raghavan"]


def test_identifiers_and_years_of_listings_are_read(tmp_path: Path) -> None:
    for shape in ("a mail of arXiv's", "arXiv's search"):
        records = read_text_as(tmp_path, "dump.txt", WITH_AUTHORS[shape]).records
        assert [record.arxiv for record in records] == [f"2401.0{n:04d}" for n in range(1, 9)]
        assert {record.year for record in records} == {2024}
    records = read_text_as(tmp_path, "dump.txt", WITH_AUTHORS["PubMed's text"]).records
    assert [record.doi for record in records] == [f"10.1000/gard.{n}" for n in range(1, 9)]


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("label", ["", "Abstract:", "Abstract: "])
def test_abstracts_without_titles_are_records_without_titles(tmp_path: Path, between: str, label: str) -> None:
    reading = read_text_as(tmp_path, "dump.txt", between.join(label + abstract for _, abstract in PLOTS))
    assert [(record.title, record.abstract) for record in reading.records] == [(None, text) for _, text in PLOTS]


def test_page_furniture_is_skipped_and_named(tmp_path: Path) -> None:
    top = "Garden Papers\nnew\nGet the best papers in your inbox!\nSubscribe\nbyAnn and the garden club\nMar 11\n12\n"
    body = "\n".join(f"Submitted by\nuser{n}\n{n * 7}\n{t}\n· 3 authors\n{a}" for n, (t, a) in enumerate(PLOTS))
    foot = (
        "\nPrevious\nNext\nPrivacy\nWe use cookies so that this website works for you. Subscribe to our newsletter.\n"
    )
    reading = read_text_as(tmp_path, "dump.txt", top + body + foot)
    assert_all(reading)
    skipped = {skip.position: skip.text for skip in reading.skipped}
    assert skipped[3] == "Get the best papers in your inbox!"
    assert skipped[5] == "byAnn and the garden club" and skipped[6] == "Mar 11"
    assert all(skip.why for skip in reading.skipped)
    told = [skip.text for skip in reading.skipped]
    told += [text for record in reading.records for text in (str(record.title), str(record.abstract))]
    kept = "\n".join(told)
    assert all(line.strip("· ") in kept for line in (top + body + foot).split("\n"))


def test_a_button_glued_to_a_title_is_taken_off(tmp_path: Path) -> None:
    reading = read_text_as(tmp_path, "dump.txt", "Join our mailing list!\nSubscribe" + SHAPES["in turn"])
    assert_all(reading)
    assert [(skip.position, skip.text) for skip in reading.skipped] == [(1, "Join our mailing list!"), (2, "Subscribe")]


def test_titles_that_sound_like_invitations_stay_titles(tmp_path: Path) -> None:
    title = "Get Your Seedlings Here: Free Exchange of Plants in Small Towns"
    abstract = (
        "Small towns exchange plants for free. We count 400 seedlings that changed hands at nine exchanges. "
        "Most of the plants were alive a year later, and half of the towns repeated the exchange."
    )
    reading = read_text_as(tmp_path, "dump.txt", f"{title}\n{abstract}\n{SHAPES['in turn']}")
    assert reading.records[0].title == title and len(reading.records) == len(PLOTS) + 1


def test_an_abstract_of_several_paragraphs_is_one(tmp_path: Path) -> None:
    parts = [f"{t}\n\nBACKGROUND: {a}\n\nMETHODS: {a}\n\nCONCLUSIONS: {a}" for t, a in PLOTS]
    reading = read_text_as(tmp_path, "dump.txt", "\n\n".join(parts))
    assert [record.title for record in reading.records] == [title for title, _ in PLOTS]
    assert all("METHODS:" in (record.abstract or "") for record in reading.records)


def test_a_hyphen_at_the_margin_is_kept_or_not_as_the_dump_knows_the_word(tmp_path: Path) -> None:
    text = (
        "Slow Release of Water\n\n"
        "A pot releases water over many days, and its neighbours in the bed pro-\n"
        "fit from it as much as the plant beside it does. We measure how a well-\n"
        "known pot of red clay behaves. The plants profit in every soil we tried,\n"
        "and they do so for more than three weeks after the last rain of summer.\n"
    )
    (record,) = read_text_as(tmp_path, "dump.txt", text).records
    assert "the bed profit from it" in str(record.abstract)
    assert "a well-known pot" in str(record.abstract)


def test_a_list_of_titles_alone_gives_papers_by_title(tmp_path: Path) -> None:
    titles = [title for title, _ in PLOTS if len(title.split()) > 3]
    reading = read_text_as(tmp_path, "reading-list.txt", "\n".join(titles))
    assert [(record.title, record.abstract) for record in reading.records] == [(title, None) for title in titles]


@pytest.mark.parametrize("last", ["Neem Oil", "Roses: A History", "Mulch"])
def test_of_titles_alone_none_is_left_out(tmp_path: Path, last: str) -> None:
    titles = ["Mulch in Small Beds", "Drip Lines on Sandy Soils", "Slug Traps in Allotments", "How We Water", last]
    reading = read_text_as(tmp_path, "reading-list.txt", "\n".join(titles) + "\n")
    assert [record.title for record in reading.records] == titles and not reading.skipped


@pytest.mark.parametrize("n", [3, 5, 12])
def test_abstracts_of_one_sentence_between_blank_lines_are_one_record_each(tmp_path: Path, n: int) -> None:
    short = [
        f"We measure how {what} {does} in small garden beds over two dry summers in the south."
        for what in ("mulch", "drip irrigation", "neem oil", "copper tape")
        for does in ("keeps moisture", "saves the gardener's time", "changes yields of late lettuce")
    ][:n]
    reading = read_text_as(tmp_path, "short.txt", "\n\n".join(short) + "\n")
    assert [(record.title, record.abstract) for record in reading.records] == [(None, text) for text in short]
    assert [record.place.position for record in reading.records] == list(range(1, 2 * n, 2))


def test_a_labelled_title_without_an_abstract_is_kept(tmp_path: Path) -> None:
    text = "Title: A Garden Nobody Described\n\n" + SHAPES["labels"]
    reading = read_text_as(tmp_path, "dump.txt", text)
    assert reading.records[0].title == "A Garden Nobody Described" and reading.records[0].abstract is None
    assert len(reading.records) == len(PLOTS) + 1


def test_text_without_papers_says_what_a_dump_needs(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="title with an abstract in its 2 lines"):
        read_text_as(tmp_path, "notes.txt", "buy milk\ncall Ann\n")


def test_records_begin_at_their_lines(tmp_path: Path) -> None:
    reading = read_text_as(tmp_path, "dump.txt", "Mar 11\n\n" + SHAPES["blank lines between all"])
    assert [record.place.position for record in reading.records] == list(range(3, 3 + 4 * len(PLOTS), 4))


def test_a_long_dump_is_read_line_by_line(tmp_path: Path) -> None:
    text = "\n".join(f"{t} in Bed {n}\n{a} This was bed {n}." for n in range(300) for t, a in PLOTS)
    assert len(read_text_as(tmp_path, "dump.txt", text).records) == 300 * len(PLOTS)


@pytest.mark.parametrize("filler", ["water and soil. ", " ", "*a* ", "[", "(", "# ", "word-"])
def test_a_line_of_a_megabyte_is_read(tmp_path: Path, filler: str) -> None:
    long = "Beds need water. We count the beds. " + filler * (1_000_000 // len(filler)) + "The end of it is here."
    reading = read_text_as(tmp_path, "dump.txt", f"Beds Without End\n{long}\n{SHAPES['in turn']}")
    assert len(reading.records) == len(PLOTS) + 1
    assert str(reading.records[0].abstract).endswith("The end of it is here.")


def test_the_real_dumps(shared: Path) -> None:
    readings = {path.name[:3]: read(path, path.name) for path in sorted((shared / "seeds").glob("*.txt"))}
    assert {name: len(reading.records) for name, reading in readings.items()} == {"000": 216, "001": 3, "002": 70}
    first = readings["000"].records[0]
    assert first.title == "Byte Latent Transformer: Patches Scale Better Than Tokens"
    assert [skip.position for skip in readings["000"].skipped] == [1, 2, 3]
    assert all(record.title is None for record in readings["001"].records)
    assert all(record.abstract and not record.abstract.startswith("Abstract") for record in readings["001"].records)
    assert [skip.text for skip in readings["002"].skipped][-1] == "Mar 11"
    titled = [record for name in ("000", "002") for record in readings[name].records]
    assert all(record.title and record.abstract for record in titled)
