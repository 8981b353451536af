"""What of an answer may be shown, and how much of the corpus it rests on."""

from agent.ask import extent_of, is_answered, matching, nearest, with_aside
from agent.draft import Cell, Paragraph, Row, Tally
from agent.question import Bearing, Heading, Saying
from tests.asked import CAMERA, COPPER, COUNTS, LAMPS, cited, passage

BEES = cited("A camera finds 91.5% of all bees.", ("bees2021", COUNTS))
SLUGS = cited("“A ring of copper keeps two slugs of three away from lettuce.”", ("slugs2023", COPPER))
NOTHING = passage()


def saying(key: str, bearing: Bearing = Bearing.ANSWERS, quote: str | None = COUNTS) -> Saying:
    return Saying(key=key, bearing=bearing, says="So it is.", quote=quote)


def test_an_answer_of_which_nothing_stood_the_check_is_none() -> None:
    silent = Row(key="bees2021", cells={"price": Cell()})
    speaking = Row(key="bees2021", cells={"price": Cell(), "found": Cell(text="91.5%", quote=COUNTS)})
    assert is_answered(passage(BEES), was_answered=True)
    assert not is_answered(passage(rows=(silent, speaking)), was_answered=True)  # a table alone answers nothing
    assert not is_answered(passage(rows=(silent,)), was_answered=True)
    assert not is_answered(NOTHING, was_answered=True)
    assert not is_answered(passage(BEES), was_answered=False)
    apart = passage(BEES).model_copy(update={"paragraphs": (Paragraph(heading=Heading.NAMES, claims=(BEES,)),)})
    assert not is_answered(apart, was_answered=True)  # to say which work is which is no answer either


def test_only_what_answers_in_its_papers_words_counts() -> None:
    answers = saying("bees2021")
    sayings = [answers, saying("moths2022", Bearing.TOUCHES), saying("slugs2023", quote=None)]
    assert matching(sayings) == (answers,)


def test_those_with_its_words_are_nearest_only_where_no_paper_says_anything() -> None:
    sayings = [saying("moths2022", Bearing.TOUCHES), saying("moths2022", Bearing.TOUCHES)]
    hits = ["bees2021", "moths2022", "slugs2023", "bare2020"]
    assert nearest(sayings, hits) == ("moths2022",)
    assert nearest([], hits) == ("bees2021", "moths2022", "slugs2023")
    assert nearest([], []) == ()


def test_every_possible_paper_is_read_unread_or_without_an_abstract() -> None:
    sayings = [saying("bees2021"), saying("bees2021", Bearing.TOUCHES), saying("moths2022", Bearing.TOUCHES)]
    extent = extent_of(sayings, n_papers=9, n_possible=7, n_without_abstract=1, n_read=4)
    assert (extent.n_papers, extent.n_possible, extent.n_read, extent.n_without_abstract) == (9, 7, 4, 1)
    assert extent.n_unread == 2
    assert extent.n_touching == 1  # what also answers does not only touch


def test_what_is_quoted_from_private_papers_stands_apart() -> None:
    main = passage(BEES).model_copy(update={"papers": ("moths2022", "bees2021"), "printed": Tally(claims=1, held=1)})
    aside = passage(BEES, SLUGS).model_copy(update={"papers": ("slugs2023",), "judge": "extractive"})
    joined = with_aside(main, aside)
    assert [(one.heading, one.claims) for one in joined.paragraphs] == [(None, (BEES,)), (Heading.ASIDE, (SLUGS,))]
    assert joined.papers == ("bees2021", "moths2022", "slugs2023")
    assert joined.printed == Tally(claims=2, held=2, citations=1) and joined.judge == "extractive"
    assert joined.is_checked


def test_an_aside_that_says_nothing_new_changes_nothing() -> None:
    main = passage(BEES, cited("It is a camera.", ("bees2021", CAMERA), ("moths2022", LAMPS)))
    assert with_aside(main, passage(BEES)) is main
    assert with_aside(main, NOTHING) is main
