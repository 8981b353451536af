"""Which papers count in answer to a question over many."""

from agent.extractive.core import core_of
from agent.extractive.counting import Counted, count
from agent.papers import Paper


def _count(question: str, title: str, abstract: str) -> Counted | None:
    paper = Paper(key="p", title=title, abstract=abstract)
    return next(iter(count(core_of(question, [paper]), [paper])), None)


ABOUT = "Which papers are about slugs?"
PLAIN = "Beds are dug in spring by most of those who keep them. "


def test_a_title_counts_and_is_quoted_where_no_sentence_has_it() -> None:
    one = _count(ABOUT, "Keeping All Slugs Out of Beds", PLAIN)
    assert one is not None
    assert (one.counts, one.quote) == (True, "Keeping All Slugs Out of Beds")


def test_what_was_done_counts_with_the_sentence_that_says_so() -> None:
    said = "In this paper we propose a trap that catches slugs at night."
    one = _count(ABOUT, "Traps", f"{PLAIN}{said} Beds are raked in autumn after that.")
    assert one is not None
    assert (one.counts, one.quote) == (True, said)


def test_two_sentences_count_and_one_in_passing_does_not() -> None:
    passing = "They are also visited by pests such as slugs and beetles. "
    once = _count(ABOUT, "Beds", PLAIN + passing + PLAIN)
    assert once is not None
    assert not once.counts
    twice = _count(ABOUT, "Beds", PLAIN + passing + "Such slugs come out only after the rain.")
    assert twice is not None
    assert twice.counts


def test_a_mention_is_enough_where_it_is_asked_for_or_for_a_name() -> None:
    passing = "They are also visited by pests such as slugs and beetles. "
    for question, sentence in [
        ("Which papers mention slugs?", passing),
        ("Which papers use StepDrip?", "Water came from lines such as those of StepDrip."),
    ]:
        one = _count(question, "Beds", PLAIN + sentence)
        assert one is not None
        assert one.counts


def test_a_paper_without_the_subject_is_none_and_one_without_an_abstract_cannot_be_quoted() -> None:
    assert _count(ABOUT, "Beds", PLAIN) is None
    untold = Paper(key="untold", title="Slugs", basis="title")
    assert count(core_of(ABOUT), [untold]) == []


def test_two_subjects_in_two_sentences_do_not_count_where_the_title_has_neither() -> None:
    question = "Which papers watch slugs with cameras?"
    apart = "We propose a trap for slugs in wet beds. We then propose cameras for the nests of owls."
    one = _count(question, "Beds", apart)
    assert one is not None
    assert not one.counts
    titled = _count(question, "Cameras in Beds", apart)
    assert titled is not None
    assert titled.counts


def test_what_a_paper_makes_use_of_counts_where_use_is_asked_for_and_what_others_lack_does_not() -> None:
    used = "Across 12 beds the results with copper traps were better than by hand."
    lacked = "However, copper traps are costly and remain a challenge in wet beds."
    for question, sentence, counts in [
        ("Which papers use copper traps?", used, True),
        ("Which papers use copper traps?", lacked, False),
        ("Which papers are about copper traps?", used, False),
    ]:
        one = _count(question, "Beds", PLAIN + sentence)
        assert one is not None
        assert one.counts is counts
