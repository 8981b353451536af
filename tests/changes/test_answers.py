"""Which answers may be other ones, and why."""

from collections.abc import Collection

from agent.changes import Changes, compare
from agent.papers import Corpus, Paper, digest_of
from agent.question import Answer, Kind, Scope
from tests.changes.states import COUNTED, answer, state
from tests.nouns import BARE, BEES, CORPUS, MOTHS, SLUGS, card, cards

WASPS = Paper(key="wasps2024", title="Wasps at Jam", year=2024, abstract="Wasps come to jam in August.")
BEE_QUESTION = answer("How many bees are found?", COUNTED, read=("bees2021", "moths2022"))


def changes(papers: Collection[Paper], *answers: Answer, found: tuple[str, ...] | None = None, **held: str) -> Changes:
    """From CORPUS to these papers, with further cards; `found` is what every question's words find."""

    def find(question: str, keys: Collection[str]) -> list[str]:
        return [key for key in found or () if key in keys]

    own = cards() | {key: card(key, category) for key, category in held.items()}
    before = state(answers=answers)
    return compare(before, state(papers, held=own, answers=answers), find if found is not None else None)


def whys(found: Changes) -> list[str]:
    return [why for one in found.outdated for why in one.whys]


def test_an_answer_that_cites_a_changed_paper() -> None:
    changed = BEES.model_copy(update={"abstract": "We present BeeNet."})
    assert whys(changes([changed, MOTHS, SLUGS, BARE], BEE_QUESTION)) == [
        "it cites bees2021, of which the text changed"
    ]


def test_an_answer_that_read_a_paper_that_is_gone_or_out() -> None:
    marked = MOTHS.model_copy(update={"gone": True})
    for papers in ([BEES, marked, SLUGS, BARE], [BEES, SLUGS, BARE]):
        assert whys(changes(papers, BEE_QUESTION)) == ["it read moths2022, which is gone"]


def test_another_year_of_a_paper_makes_no_answer_another() -> None:
    dated = BEES.model_copy(update={"year": 1999})
    assert whys(changes([dated, MOTHS, SLUGS, BARE], BEE_QUESTION)) == []


def test_a_new_paper_that_the_question_finds() -> None:
    papers = [*CORPUS, WASPS]
    assert whys(changes(papers, BEE_QUESTION, found=("bees2021", "wasps2024"))) == [
        "its words find wasps2024, which is new"
    ]
    assert whys(changes(papers, BEE_QUESTION, found=("bees2021",))) == []
    assert whys(changes(papers, BEE_QUESTION)) == []


def test_a_new_paper_outside_of_the_limits_is_not_looked_for() -> None:
    asked = answer("Who flies?", COUNTED, scope=Scope(within=("Bees",)))
    assert whys(changes([*CORPUS, WASPS], asked, found=("wasps2024",), wasps2024="moths")) == []
    assert whys(changes([*CORPUS, WASPS], asked, found=("wasps2024",), wasps2024="bees")) == [
        "its words find wasps2024, which is new"
    ]


def test_a_count_over_all_papers_whatever_its_words_find() -> None:
    counted = answer("Which papers are on bees?", COUNTED, kind=Kind.CORPUS)
    assert whys(changes([*CORPUS, WASPS], counted, found=())) == ["it counts over all papers, and 1 paper came"]


def test_a_paper_that_left_the_limits_of_a_count() -> None:
    counted = answer("Which insects?", COUNTED, kind=Kind.CORPUS, scope=Scope(within=("moths",)))
    assert whys(changes(CORPUS, counted, moths2022="molluscs", bees2021="moths")) == [
        "it counts over all papers, and 1 paper came and 1 paper left"
    ]


def test_an_answer_whose_limits_are_gone_cannot_be_put_as_it_was() -> None:
    asked = answer("Who flies?", COUNTED, scope=Scope(years=(1800, 1801)))
    (why,) = whys(changes(CORPUS, asked))
    assert why.startswith("it cannot be put as it was: no paper lies within these limits")


def test_an_answer_that_was_given_to_the_papers_as_they_are_is_not_outdated() -> None:
    changed = BEES.model_copy(update={"abstract": "We present BeeNet."})
    papers = Corpus([changed, MOTHS, SLUGS, BARE, WASPS])
    fresh = digest_of([[paper.key, paper.digest] for paper in papers])
    asked = BEE_QUESTION.model_copy(update={"made": BEE_QUESTION.made.model_copy(update={"inputs": fresh})})
    assert whys(changes(list(papers), asked, found=("wasps2024",))) == []


def test_answers_given_given_anew_and_taken_out_but_not_those_that_are_kept_now() -> None:
    first, second, third = (answer(f"Question {n}?", COUNTED) for n in (1, 2, 3))
    anew = second.model_copy(update={"answered": False})
    kept = third.model_copy(update={"kept": True})
    found = compare(state(answers=(first, second, third)), state(answers=(anew, kept, answer("Question 4?"))))
    assert [one.question for one in found.asked] == ["Question 2?", "Question 4?"]
    assert [one.question for one in found.taken_out] == ["Question 1?"]
