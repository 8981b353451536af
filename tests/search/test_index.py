"""Searching a corpus: what is found, in which order, and that nothing that is typed can go wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.papers import Corpus, Paper
from agent.search import Index, read_query
from tests.nouns import CORPUS, TAXONOMY, card, cards

TYPED = st.text(st.characters(), max_size=60) | st.text(' "-“”*?:~^()[]{}\\/+|!&.,ab了', max_size=30)


def paper(key: str, abstract: str, title: str | None = None) -> Paper:
    return Paper(key=key, title=title, abstract=abstract)


def opened(*papers: Paper) -> Index:
    return Index.open(None, Corpus(papers))


def keys(index: Index, words: str, **options: object) -> list[str]:
    return [hit.key for hit in index.search(words, **options)]  # type: ignore[arg-type]


GARDENS = opened(*CORPUS)


def test_a_word_is_found_in_all_its_forms() -> None:
    for words in ("count", "COUNTED", "Counting", "counts"):
        assert keys(GARDENS, words) == ["bees2021"]


def test_a_paper_without_an_abstract_is_found_by_its_title() -> None:
    assert keys(GARDENS, "standing titles") == ["bare2020"]


@pytest.mark.parametrize("words", ["", "   ", "the of which", "zyzzyva", "?!", "— …"])
def test_nothing_is_found_by_no_words_or_none_known(words: str) -> None:
    assert GARDENS.search(words) == []


def test_a_corpus_of_none_gives_no_hits() -> None:
    assert opened().search("bees") == []
    assert opened().find(read_query('"bees" -moths')) == []
    assert opened(Paper(key="empty")).search("empty") == []


def test_a_title_tells_more_than_an_abstract() -> None:
    index = opened(
        paper("a", "Lanterns are one of the things looked at here.", "On Ropes"),
        paper("b", "Ropes are one of the things looked at here.", "On Lanterns"),
    )
    assert keys(index, "lanterns") == ["b", "a"]


def test_ties_stand_in_the_order_of_their_keys_however_few_are_asked_for() -> None:
    index = opened(*(paper(f"k{n:03}", "A kettle on a stove.") for n in reversed(range(100))))
    assert keys(index, "kettle", most=100) == [f"k{n:03}" for n in range(100)]
    assert keys(index, "kettle", most=3) == ["k000", "k001", "k002"]
    assert keys(index, "kettle", most=2, among={"k099", "k007", "k050"}) == ["k007", "k050"]


def test_only_papers_among_those_named_are_found() -> None:
    index = opened(*(paper(f"k{n:04}", f"A kettle on a stove. {'Kettle. ' * (n % 7)}") for n in range(3_000)))
    few, many = {"k0003", "k0005", "elsewhere"}, {f"k{n:04}" for n in range(1, 3_000, 2)}
    assert set(keys(index, "kettle", among=few)) == {"k0003", "k0005"}
    assert set(keys(index, "kettle", most=5_000, among=many)) == many
    assert set(keys(index, "kettle", among={"k2999"} | {f"no{n}" for n in range(2_000)})) == {"k2999"}
    assert keys(index, "kettle", among=()) == []
    assert keys(index, "kettle", most=0) == []


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("GPT-4o", "GPT4o is a model."),
        ("gpt 4o", "We ask GPT-4o."),
        ("GPT4o", "We ask GPT-4o."),
        ("S2FT", "We call it S^{2}FT."),
        ("S2FT", "We call it S$^2$FT."),
        ("LLaMA2-70B", "Measured on LLaMA-2-70B."),
        ("llama", "Measured on LLaMA2-70B."),
        ("70b", "Measured on LLaMA2-70B."),
        ("1.08", "It takes 1.08 bits."),
        ("fine-tuning", "Finetuning takes a day."),
        ("finetuned", "Fine-tuning takes a day."),
        ("fine tuning", "Finetuning takes a day."),
        ("language", "A model of lan-\nguage."),
        ("Müller", "By Mueller, Muller and others."),
        ("muller", 'By M\\"uller and others.'),
        ("muller", "By Mu\u0308ller and others."),
        ("office", "In an o\ufb03ce."),
        ("quantization", "Quan\u200btization of weights."),
        ("模型", "大语言模型的推理"),
        ("大语言模型有哪些", "一种大语言模型"),
        ("モデル", "言語モデルを使う"),
        ("모델", "언어 모델을 쓴다"),
        ("naïve", "A naive method."),
    ],
)
def test_a_name_is_found_whole_and_in_parts_however_it_is_spelled(typed: str, written: str) -> None:
    others = [paper(f"other{n}", "Gardens, ropes and tea.") for n in range(5)]
    assert keys(opened(paper("it", written), *others), typed) == ["it"]


def test_a_whole_name_comes_before_its_parts() -> None:
    index = opened(
        paper("parts", "The llama had 2 calves; 70 people and a bee b saw the llama. Llama 2. It was in 70 b."),
        paper("whole", "All of it was measured on LLaMA2-70B alone."),
        paper("none", "All of it was measured elsewhere."),
    )
    assert keys(index, "LLaMA2-70B") == ["whole", "parts"]


def test_a_card_is_searched_with_its_facts_and_the_name_of_its_category() -> None:
    given_cards = cards() | {"slugs2023": card("slugs2023", "molluscs", facts={"approach": "a fence of metal"})}
    index = Index.open(None, CORPUS, given_cards, TAXONOMY)
    assert keys(index, "metal fence") == ["slugs2023"]
    assert set(keys(index, "molluscs")) == {"slugs2023", "bare2020"}
    assert "bees2021" in keys(index, "insects"), "the name of the category above its own"
    assert keys(index, "belong elsewhere") == [], "a definition also says what is not in a category"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ('"nobody knows why"', ["moths2022"]),
        ('"why knows nobody"', []),
        ('bees "two slugs of three"', ["slugs2023"]),
        ("“two slugs of three”", ["slugs2023"]),
        ("flowers lamps -moths", ["bees2021"]),
        ('day night -"no bee flies"', ["slugs2023"]),
        ("day -night", ["slugs2023"]),
        ("-bees", []),
        ('"dawn Slugs eat"', []),
    ],
)
def test_a_query_may_hold_phrases_and_leave_words_out(typed: str, found: list[str]) -> None:
    assert [hit.key for hit in GARDENS.find(read_query(typed))] == found


def test_in_a_question_every_sign_is_text() -> None:
    assert keys(GARDENS, 'moths -lamps "flies at night"') == keys(GARDENS, "moths lamps flies at night")


def test_a_word_left_out_is_left_out_in_all_its_spellings() -> None:
    index = opened(paper("a", "Day and fine-tuning."), paper("b", "Day and finetuning."), paper("c", "Day and night."))
    assert [hit.key for hit in index.find(read_query("day -fine-tuning"))] == ["c"]


@given(TYPED)
def test_nothing_that_is_typed_can_go_wrong(typed: str) -> None:
    for hits in (GARDENS.search(typed), GARDENS.find(read_query(typed))):
        assert [(-hit.score, hit.key) for hit in hits] == sorted((-hit.score, hit.key) for hit in hits)
        assert all(CORPUS.has(hit.key) for hit in hits)
    GARDENS.rarity(typed)
    GARDENS.unknown(typed)


@pytest.mark.parametrize("text", ["bees " * 4_000, "x" * 20_000, "a-" * 10_000, "蜜蜂" * 10_000, '"' * 20_000])
def test_a_very_long_text_is_searched_like_any_other(text: str) -> None:
    found = keys(GARDENS, text)
    assert found == (["bees2021"] if "bees" in text else [])
    GARDENS.find(read_query(text))


def test_of_a_long_text_the_rare_words_are_looked_for() -> None:
    common = [f"common{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)]
    papers = [paper(f"k{n:02}", " ".join(common)) for n in range(50)]
    index = opened(*papers, paper("it", "Here alone stands a quokka."))
    assert keys(index, f"{' '.join(common)} quokka", most=1) == ["it"]


def test_it_says_which_words_no_paper_has() -> None:
    assert GARDENS.unknown("the bees of Zyzzyva, GPT-4o?") == ["Zyzzyva,", "GPT-4o?"]


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    rarity = GARDENS.rarity("moths day zyzzyva")
    assert set(rarity) == {("moth",), ("day",)}
    index = opened(*(paper(f"k{n}", "Tea and bread." if n else "Tea and salt.") for n in range(5)))
    tells = index.rarity("tea salt")
    assert tells[("salt",)] > tells[("tea",)] > 0
