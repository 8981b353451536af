"""The table of words that mean nearly the same."""

from agent.extractive.thesaurus import same, same_words, thesaurus
from agent.extractive.tokens import LONGEST_PHRASE, STOPS, is_stop, phrase_of, roots_of, tokens


def test_an_everyday_word_leads_to_the_word_of_the_field_and_back() -> None:
    known = thesaurus()
    assert phrase_of("image") in known.of(phrase_of("pictures"))
    assert phrase_of("picture") in known.of(phrase_of("images"))
    assert known.of(phrase_of("quasar")) == ()


def test_a_phrase_is_looked_up_whole_and_no_word_stands_for_itself() -> None:
    known = thesaurus()
    assert phrase_of("gpu") in known.of(phrase_of("graphics card"))
    assert not [phrase for phrase, others in known.nearby.items() if phrase in others]


def test_every_entry_can_be_met_in_a_question() -> None:
    """A phrase longer than is looked for, or a word that is never looked for, would lie there for nothing."""
    for phrase, spelled in thesaurus().spellings.items():
        assert phrase, spelled
        assert len(phrase) <= LONGEST_PHRASE, spelled
        assert len(phrase) > 1 or not is_stop(spelled), spelled


def test_spellings_and_forms_of_a_word_meet() -> None:
    for one, other in [
        ("taught", "teaches"),
        ("specialised", "specialize"),
        ("labelling", "labels"),
        ("GPUs", "gpu"),
        ("favour", "favor"),
        ("quickly", "quick"),
        ("multiplied", "multiply"),
    ]:
        assert phrase_of(one) == phrase_of(other), (one, other)


def test_letters_and_digits_part_and_latex_is_read_as_it_looks() -> None:
    assert phrase_of("GPT-4o") == phrase_of("GPT4o")
    assert phrase_of("S$^{2}$FT") == phrase_of("S2FT")
    assert [token.stem for token in tokens("1,000 trials")][0] == "1000"


def test_stop_words_are_lower_case() -> None:
    assert {word.lower() for word in STOPS} == STOPS


def test_what_counts_as_a_thing_is_the_same_or_a_kind_of_it_and_not_the_other_way_round() -> None:
    long, short, kind = (roots_of(one) for one in ("reinforcement learning", "RL", "PPO"))
    assert {long, short, kind} <= set(same(long))
    assert {long, short, kind} <= set(same(short))
    assert long not in same(kind)
    assert same(roots_of("quasar")) == ()
    assert "ppo" in same_words(long)
