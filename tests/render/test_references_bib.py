import re

from agent.papers import Author, Corpus, Paper
from agent.render import Survey, render
from agent.render.bibtex import tex_keys
from agent.report import Report
from tests.render.example import small
from tests.render.extremes import hostile


def entry(**fields: object) -> str:
    survey = small()
    corpus = Corpus([Paper.model_validate({"key": "k", "title": "A title", **fields})])
    draft = survey.draft.model_copy(update={"introduction": None, "sections": (), "synthesis": None, "gaps": None})
    return render(Survey(survey.protocol, draft, corpus, survey.taxonomy, {}, Report(program="1")))["references.bib"]


def test_an_entry_has_the_type_its_venue_tells() -> None:
    assert entry(venue="Journal of X").startswith("@article{k,")
    assert "booktitle = {Proceedings of X}" in entry(venue="Proceedings of X")
    assert entry(venue="CoRR", arxiv="2401.01234").startswith("@misc{k,")
    assert "howpublished = {arXiv:2401.01234}" in entry(arxiv="2401.01234")
    assert "archiveprefix = {arXiv}" in entry(arxiv="2401.01234")


def test_names_are_not_taken_apart() -> None:
    authors = (
        Author(family="Müller", given="Jürgen"),
        Author(family="de la Tour", given="Ana"),
        Author(family="Search and Rescue Group"),
    )
    assert r"author = {M{\"u}ller, J{\"u}rgen and {de la Tour}, Ana and {Search and Rescue Group}}" in entry(
        authors=authors
    )


def test_a_hundred_authors_fit_a_label_and_none_is_lost() -> None:
    bib = entry(authors=tuple(Author(family=f"Família{n}", given="Zoë") for n in range(100)))
    held = re.search(r"^  author = \{(.*)\},$", bib, re.MULTILINE)
    assert held is not None
    assert held.group(1).endswith(" and others")
    assert r"allauthors = {" in bib
    assert "lia99" in bib


def test_pages_keep_their_dash() -> None:
    assert "pages = {11--29}" in entry(extra={"pages": "11-29"})
    assert "pages = {11--29}" in entry(extra={"Pages": "11–29"})


def test_a_paper_without_a_title_has_the_name_its_card_found() -> None:
    assert "title = {{the dyed-water study (untitled)}}" in render(small())["references.bib"]


def test_keys_stay_but_for_what_would_end_them() -> None:
    keys = tex_keys(Corpus([Paper(key=key) for key in ("a2020b", "A2020B", "a,b{c}", "é:x/y", "中")]))
    assert keys == {"A2020B": "A2020B", "a2020b": "a2020b-2", "a,b{c}": "a-b-c", "é:x/y": "e:x/y", "中": "paper"}


def test_braces_are_balanced_whatever_a_field_holds() -> None:
    bib = render(hostile())["references.bib"]
    assert bib.isascii()
    assert bib.count("{") == bib.count("}")
    assert len(re.findall(r"(?m)^@", bib)) == 3


def test_a_list_of_authors_that_goes_on_says_so() -> None:
    text = entry(authors=[{"family": "Rose", "given": "Ann"}], extra={"more authors": "yes"})
    assert "author = {Rose, Ann and others}" in text
