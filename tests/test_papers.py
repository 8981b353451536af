"""The nouns of what was found."""

import pytest
from pydantic import ValidationError

from agent.papers import Author, Corpus, Paper, digest_of
from tests.nouns import BARE, BEES, CORPUS, MOTHS


def test_a_corpus_is_in_the_order_of_its_keys() -> None:
    assert Corpus([MOTHS, BEES]).keys() == Corpus([BEES, MOTHS]).keys() == ("bees2021", "moths2022")
    assert [paper.key for paper in CORPUS] == sorted(CORPUS.keys())
    assert CORPUS[0] is BARE and len(CORPUS[1:]) == 3


def test_a_key_is_never_taken_for_the_nearest_one() -> None:
    assert CORPUS.paper("bees2021") is BEES
    assert not CORPUS.has("bees2020")
    with pytest.raises(KeyError):
        CORPUS.paper("bees2020")
    with pytest.raises(KeyError):
        CORPUS.papers(["bees2021", "bees"])


def test_two_papers_cannot_have_one_key() -> None:
    with pytest.raises(ValueError, match="one key"):
        Corpus([BEES, BEES.model_copy(update={"title": "Another"})])


def test_the_digest_names_the_text_and_nothing_else() -> None:
    assert BEES.digest == BEES.model_copy(update={"year": 1999, "key": "other"}).digest
    assert Paper(key="k", title="ab", abstract="c").digest != Paper(key="k", title="a", abstract="bc").digest
    assert Paper(key="k", title=None, abstract="c").digest != Paper(key="k", title="", abstract="c").digest
    assert len(digest_of("\ud800")) == 16


def test_a_paper_gives_its_text_by_place() -> None:
    assert BEES["title"] == BEES.title
    assert BARE["abstract"] == ""
    assert Paper(key="k", abstract="one two three four five six seven eight nine").first_words.endswith("eight …")
    assert Paper(key="k").first_words == "k"


def test_a_noun_is_frozen_and_knows_no_other_field() -> None:
    with pytest.raises(ValidationError):
        BEES.title = "Other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Paper.model_validate({"key": "k", "titel": "x"})


def test_a_person_or_group_is_shown_by_name() -> None:
    assert str(Author(family="Müller", given="A.")) == "A. Müller"
    assert str(Author(family="The Bee Group")) == "The Bee Group"


def test_a_copy_with_another_text_has_another_digest() -> None:
    before = BEES.digest
    assert BEES.model_copy(update={"abstract": "Other."}).digest != before
