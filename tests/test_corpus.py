"""One paper a work, whatever the order; and keys that stay."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.corpus import merge
from agent.papers import Author, Corpus, Paper, Place, Record
from agent.sources import read
from tests.papers import PLOTS

ANA, JAN = Author(family="Souza", given="Ana"), Author(family="de Vries", given="Jan")
MULCH, DRIP = (abstract for _, abstract in PLOTS[:2])


def record(file: str = "a.bib", position: int = 1, **fields: object) -> Record:
    return Record.model_validate({"place": Place(file=file, position=position), **fields})


def plots(file: str) -> list[Record]:
    return [record(file, n, title=title, abstract=text) for n, (title, text) in enumerate(PLOTS, start=1)]


def only(records: Sequence[Record], earlier: Corpus | None = None) -> Paper:
    """The one paper that these records are."""
    (paper,) = merge(records, earlier).corpus
    return paper


def as_text(corpus: Corpus) -> str:
    return "\n".join(paper.model_dump_json() for paper in corpus)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"title": "Mulch", "doi": "10.1/a"}, {"title": "Mulch in beds", "doi": "10.1/a"}, "same doi"),
        ({"abstract": MULCH, "arxiv": "2401.00001"}, {"title": "Mulch", "arxiv": "2401.00001"}, "same arXiv id"),
        ({"title": "Mulch", "abstract": MULCH}, {"title": "MULCH.", "abstract": MULCH}, "same title, abstract 100 %"),
        ({"abstract": MULCH}, {"abstract": MULCH.replace("small", "little")}, "% the same"),
        ({"abstract": MULCH}, {"title": "Mulch and Moisture", "abstract": MULCH}, "abstract 100 % the same"),
        (
            {"title": "Mulch and Moisture in Beds", "authors": [ANA, JAN], "year": 2020},
            {"title": "Mulch and moisture in beds", "authors": [Author(family="Souza", given="A."), JAN], "year": 2021},
            "same authors",
        ),
        (
            {"title": "Mulch and Moisture", "authors": [ANA], "abstract": MULCH, "doi": "10.48550/arxiv.2401.1"},
            {"title": "Mulch and Moisture", "authors": [ANA], "abstract": MULCH, "doi": "10.1145/1"},
            "same title, abstract 100 %",
        ),
    ],
)
def test_one_work_becomes_one_paper_with_both_places(
    one: dict[str, object], other: dict[str, object], why: str
) -> None:
    merged = merge([record("b.ris", 9, **other), record("a.bib", 3, **one)])
    (paper,) = merged.corpus
    (duplicate,) = merged.duplicates
    assert [(place.file, place.position) for place in paper.sources] == [("a.bib", 3), ("b.ris", 9)]
    assert duplicate.key == paper.key and duplicate.places == paper.sources and why in duplicate.why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "Garden Watering", "abstract": MULCH}, {"title": "Garden Watering", "abstract": DRIP}),
        ({"title": "Mulch and Moisture", "doi": "10.1/a"}, {"title": "Mulch and Moisture", "doi": "10.1/b"}),
        ({"title": "Mulch", "arxiv": "2401.00001"}, {"title": "Mulch", "arxiv": "2401.00002"}),
        ({"title": "Water in Gardens, Part 1"}, {"title": "Water in Gardens, Part 2"}),
        (
            {"title": "Editorial", "authors": [ANA], "year": 2020},
            {"title": "Editorial", "authors": [JAN], "year": 2020},
        ),
        (
            {"title": "A Survey of Companion Planting", "authors": [ANA], "year": 2020},
            {"title": "A Survey of Companion Planting", "authors": [JAN], "year": 2020},
        ),
        (
            {"title": "The red garden and its many beds", "authors": [ANA], "year": 2020},
            {"title": "The white garden and its many beds", "authors": [ANA], "year": 2020},
        ),
        (
            {"title": "Why yields increase under deep mulch", "authors": [ANA], "year": 2020},
            {"title": "Why yields decrease under deep mulch", "authors": [ANA], "year": 2020},
        ),
        ({"abstract": MULCH}, {"abstract": DRIP}),
        (
            {"title": "Proceedings of the Garden Meeting", "doi": "10.1/a"},
            {"title": "Copper Tape Does Not Stop Slugs", "doi": "10.1/a"},
        ),
    ],
)
def test_two_works_stay_two(one: dict[str, object], other: dict[str, object]) -> None:
    merged = merge([record("a.bib", 1, **one), record("a.bib", 2, **other)])
    assert len(merged.corpus) == 2 and not merged.duplicates
    assert len({paper.key.lower() for paper in merged.corpus}) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Modelling the colours of late roses", "Modeling the colors of late roses"),
        ("A data base of late garden roses", "A database of late garden roses"),
        ("Roses of the Department of Gardens", "Roses of the Departmnet of Gardens"),
        ("Aggregation of watering plans in towns", "Aggregate watering plans in towns"),
        ("Proc. of watering gardens in towns", "Procedures of watering gardens in towns"),
    ],
)
def test_a_spelling_a_form_or_a_joint_makes_no_second_work(one: str, other: str) -> None:
    told = {"authors": [ANA], "year": 2020}
    assert len(merge([record("a.bib", 1, title=one, **told), record("b.bib", 1, title=other, **told)]).corpus) == 1


def test_authors_that_one_source_has_all_of_are_all() -> None:
    cut = record("a.bib", 1, title="Mulch", doi="10.1/a", authors=[ANA], extra={"more authors": "yes"})
    assert only([cut]).has_more_authors
    assert not only([cut, record("b.bib", 1, title="Mulch", doi="10.1/a", authors=[ANA, JAN])]).has_more_authors


def test_a_third_record_does_not_join_two_works() -> None:
    records = [
        record(position=1, title="Garden Watering at Night in Summer", abstract=MULCH),
        record(position=2, title="Garden Watering at Night in Summer", abstract=DRIP),
        record(position=3, title="Garden Watering at Night in Summer"),
    ]
    assert sorted(len(paper.sources) for paper in merge(records).corpus) == [1, 2]


def test_the_paper_takes_the_fullest_values_of_the_published_version() -> None:
    preprint = record(
        "a.bib", 1, title="MULCH AND MOISTURE", authors=[ANA, JAN], year=2019, venue="arXiv preprint", abstract=MULCH,
        arxiv="1901.00001", doi="10.48550/arxiv.1901.00001", extra={"keywords": "soil"},
    )  # fmt: skip
    published = record(
        "b.ris", 1, title="Mulch and Moisture", authors=[ANA, JAN], year=2020, venue="Journal of Gardens",
        doi="10.1145/1", abstract=MULCH[:-30],
    )  # fmt: skip
    paper = only([preprint, published])
    assert (paper.title, paper.year, paper.venue, paper.doi) == (
        "Mulch and Moisture",
        2020,
        "Journal of Gardens",
        "10.1145/1",
    )
    assert (paper.arxiv, paper.abstract, paper.authors) == ("1901.00001", MULCH, (ANA, JAN))
    assert paper.extra == {"keywords": "soil", "other dois": "10.48550/arxiv.1901.00001"}


def test_a_paper_without_an_abstract_rests_on_its_title() -> None:
    assert only([record(title="Mulch")]).basis == "title"
    assert only([record(title="Mulch", abstract=MULCH)]).basis == "abstract"


def test_texts_without_blanks_between_words_are_compared() -> None:
    one = "我们比较了两种浇水方法，结果表明夜间浇水可以节省水分，但会增加蛞蝓的危害。"
    other = "本文提出了一种新的堆肥方法，在三个花园中的试验表明它比旧方法更快、更便宜。"
    assert len(merge([record(position=1, abstract=one), record(position=2, abstract=one)]).corpus) == 1
    assert len(merge([record(position=1, abstract=one), record(position=2, abstract=other)]).corpus) == 2


def test_the_order_of_records_changes_no_byte() -> None:
    records = [*plots("a.txt"), *plots("b.txt")[::2]]
    records += [
        record("c.bib", 1, title="Garden Watering", abstract=MULCH[:90] + DRIP, citation_key="x"),
        record("c.bib", 2, title="Garden Watering", abstract=DRIP[:90] + MULCH, citation_key="x"),
        record("c.bib", 3, title="Garden Watering", year=2020, authors=[ANA]),
        record("c.bib", 4, title="Garden Watering", year=2020, authors=[ANA], venue="Journal"),
        record("c.bib", 5, title=PLOTS[0][0], authors=[ANA], year=2021),
    ]
    expected = merge(records)
    shuffle = random.Random(7)
    for _ in range(20):
        shuffle.shuffle(records)
        merged = merge(records)
        assert as_text(merged.corpus) == as_text(expected.corpus)
        assert merged.duplicates == expected.duplicates


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"title": "Amphista: Fast Gardens", "authors": [Author(family="Kong")], "year": 2024}, "kong2024amphista"),
        (
            {"title": "On the Mulch", "authors": [Author(family="van der Müller")], "year": 2020},
            "vandermuller2020mulch",
        ),
        ({"title": "Byte Latent Gardens: Patches Scale Better"}, "byte-latent-gardens"),
        ({"title": "The Slow and Steady Watering of Very Large Gardens"}, "slow-and-steady-watering-of"),
        ({"title": "3-in-1: Watering"}, "3-in-1"),
        ({"abstract": MULCH}, "dry-summers-cost-small-gardens"),
        ({"title": "Mulch", "citation_key": "Souza_2020:a"}, "Souza_2020:a"),
        ({"title": "Mulch", "citation_key": "DBLP:conf/x/Müller#20"}, "DBLP:conf-x-Muller-20"),
    ],
)
def test_keys_can_be_read(fields: dict[str, object], key: str) -> None:
    place = Place(file="a.bib", position=1)
    assert only([Record.model_validate({"place": place, **fields})]).key == key


def test_a_cleaned_key_is_remembered_as_the_source_has_it() -> None:
    assert only([record(title="Mulch", citation_key="a/b")]).extra == {"citation key in source": "a/b"}


def test_a_title_in_another_script_gets_a_key_all_the_same() -> None:
    key = only([record(title="夜间浇水的研究")]).key
    assert key.startswith("paper-") and key.isascii()


def test_of_two_works_with_one_key_the_second_gets_a_suffix() -> None:
    records = [record(position=n, title=title, citation_key="rose") for n, (title, _) in enumerate(PLOTS[:3])]
    keys = {paper.title: paper.key for paper in merge(records).corpus}
    assert keys == {paper.title: paper.key for paper in merge(records[::-1]).corpus}
    assert sorted(len(key) for key in keys.values()) == [4, 9, 9] and "rose" in keys.values()


def test_a_work_keeps_its_key_when_a_word_of_it_changes() -> None:
    earlier = merge(plots("a.txt")).corpus
    changed = plots("a.txt")
    changed[0] = changed[0].model_copy(update={"title": "Straw and Moisture in Small Beds"})
    changed[1] = changed[1].model_copy(update={"abstract": DRIP.replace("40%", "45%")})
    corpus = merge(changed, earlier).corpus
    assert [paper.key for paper in corpus] == [paper.key for paper in earlier]
    assert corpus.paper("mulch-and-moisture-in-small").title == "Straw and Moisture in Small Beds"
    assert "45%" in corpus.paper("drip-lines-for-terraced-gardens")["abstract"]


def test_records_that_moved_to_other_lines_keep_their_keys() -> None:
    earlier = merge(plots("a.txt")).corpus
    moved = [
        one.model_copy(update={"place": Place(file="a.txt", position=one.place.position + 1)}) for one in plots("a.txt")
    ]
    new = record(
        "a.txt", 1, title="Mulch and Moisture in Small Pots", abstract="Something else entirely was done here."
    )
    corpus = merge([new, *moved], earlier).corpus
    assert {paper.title: paper.key for paper in earlier}.items() <= {paper.title: paper.key for paper in corpus}.items()
    assert len(corpus) == len(PLOTS) + 1


def test_a_record_taken_out_leaves_its_paper_and_no_other_takes_its_key() -> None:
    earlier = merge(plots("a.txt")).corpus
    rest = [
        one.model_copy(update={"place": Place(file="a.txt", position=one.place.position - 1)})
        for one in plots("a.txt")[1:]
    ]
    assert [paper.key for paper in merge(rest, earlier).corpus] == [paper.key for paper in earlier]


def test_a_source_that_is_gone_loses_nothing() -> None:
    both = merge([*plots("a.txt"), *plots("b.txt")])
    assert as_text(merge(plots("a.txt"), both.corpus).corpus) == as_text(both.corpus)
    assert as_text(merge([], both.corpus).corpus) == as_text(both.corpus)
    assert [duplicate.places for duplicate in merge([], both.corpus).duplicates] == [
        duplicate.places for duplicate in both.duplicates
    ]


def test_two_papers_that_turn_out_to_be_one_keep_both_keys() -> None:
    titled, untitled = record("a.bib", 1, title="Mulch"), record("b.txt", 1, abstract=MULCH)
    earlier = merge([titled, untitled]).corpus
    bridge = record("c.ris", 1, title="Mulch", abstract=MULCH, doi="10.1/a")
    named = titled.model_copy(update={"doi": "10.1/a"})
    paper = only([named, untitled, bridge], earlier)
    assert {paper.key, *paper.aliases} == {one.key for one in earlier} and len(paper.sources) == 3


def test_the_same_again_changes_no_byte() -> None:
    records = [*plots("a.txt"), record("b.bib", 1, title="Mulch", citation_key="a/b"), *plots("c.txt")[:2]]
    first = merge(records)
    again = merge(records, first.corpus)
    assert as_text(again.corpus) == as_text(first.corpus) and again.duplicates == first.duplicates


def test_the_real_dumps_are_286_works(shared: Path) -> None:
    paths = sorted((shared / "seeds").glob("*.txt"))
    records = [one for path in paths for one in read(path, path.name).records]
    merged = merge(records)
    assert (len(records), len(merged.corpus), len(merged.duplicates)) == (289, 286, 3)
    fused = [paper for paper in merged.corpus if paper.title == "FuseChat: Knowledge Fusion of Chat Models"]
    assert len(fused) == 2 and fused[0].abstract != fused[1].abstract
    assert as_text(merge(records[::-1]).corpus) == as_text(merged.corpus)


def test_exports_of_one_search_in_two_formats_are_one_set_of_papers(shared: Path) -> None:
    folder = shared / "dev" / "records"
    records = [one for name in ("embase.csv", "embase.ris") for one in read(folder / name, name).records]
    corpus = merge(records).corpus
    assert len(corpus) == 6 and all(len(paper.sources) == 2 and paper.doi for paper in corpus)
