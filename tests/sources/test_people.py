"""Names in the spellings of exports."""

import pytest

from agent.sources.people import is_names, may_be_name, read_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Souza, Ana; de Vries, Jan", ["Ana|Souza", "Jan|de Vries"]),
        ("Liu R., Adler D.G.", ["R.|Liu", "D.G.|Adler"]),
        ("E J Reimer; G S Dunn", ["E J|Reimer", "G S|Dunn"]),
        ("J Y Douillard; T Le Chevalier", ["J Y|Douillard", "T|Le Chevalier"]),
        ("Ana Souza, Jan de Vries and Ludwig van der Berg", ["Ana|Souza", "Jan|de Vries", "Ludwig|van der Berg"]),
        ("Souza, A., Vries, J., & Wei, L.", ["A.|Souza", "J.|Vries", "L.|Wei"]),
        ("['Marx, Karl', 'Lindgren, Astrid']", ["Karl|Marx", "Astrid|Lindgren"]),
        ("Souza, Ana", ["Ana|Souza"]),
        ("Sammy Davis Jr.", ["Sammy, Jr.|Davis"]),
        ("The Garden Study Group", ["|The Garden Study Group"]),
        ("王伟", ["|王伟"]),
        ("", []),
    ],
)
def test_names_are_told_apart(text: str, names: list[str]) -> None:
    authors, has_others = read_names(text)
    assert [f"{author.given}|{author.family}" for author in authors] == names
    assert not has_others


def test_et_al_is_no_author() -> None:
    authors, has_others = read_names("Ana Souza et al.")
    assert [author.family for author in authors] == ["Souza"] and has_others


def test_titles_are_no_names() -> None:
    assert is_names("Ana Souza, Jan de Vries and Li Wei")
    assert not is_names("Branch, Solve, Merge: How to Plan a Garden")
    assert may_be_name("Mary O'Neil") and not may_be_name("A Survey of Companion Planting")
