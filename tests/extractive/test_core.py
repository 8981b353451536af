"""What a paper has to be about to be counted."""

import pytest

from agent.extractive.core import Core, core_of, has_one, kind_of_need, line_of
from agent.papers import Paper
from agent.question import Kind


def _has(core: Core, text: str) -> bool:
    return all(has_one(group, line_of(text)) for group in core.parts)


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        (
            "Which papers train models with reinforcement learning?",
            "We tune it with PPO.",
            "We explore how models learn.",
        ),
        ("How many papers are about quantization?", "Weights are quantized to four bits.", "We train small models."),
        ("How many of these works study pruning?", "Pruned heads are restored.", "Heads are studied in these works."),
        (
            "Which papers deal with speculative decoding?",
            "We verify all draft tokens at once.",
            "Decoding is slow here.",
        ),
        ("Which papers are about text to image generation?", "Text-to-image synthesis is slow.", "An image has text."),
        ("Which papers concern mixture of experts?", "A sparse MoE layer.", "A mixture of data for five experts."),
        ("Which papers study tokenization?", "Tokenizers are slow.", "It reads a million tokens."),
        ("Which papers deal with protein folding?", "Proteins fold.", "It reads protein sequences."),
        ("Which works deal with story drawing?", "It draws a story.", "It draws a map."),
        ("Which papers apply language models to medicine?", "It reads clinical notes.", "Language models apply rules."),
        (
            "Which papers are about data selection?",
            "We select the best training data.",
            "Data are kept in a shed, and years later a selection.",
        ),
    ],
)
def test_it_is_the_subject_in_its_own_words_or_the_very_same_and_never_a_general_word(
    question: str, has: str, lacks: str
) -> None:
    core = core_of(question)
    assert _has(core, has)
    assert not _has(core, lacks)


def test_two_subjects_have_to_be_there_and_of_those_that_or_joins_one() -> None:
    both = core_of("Which papers edit video with diffusion models?")
    assert _has(both, "Video editing by latent diffusion")
    assert not _has(both, "Video editing by hand")
    assert not _has(both, "Scene text editing by diffusion, with a look at what came of it for a long video")
    either = core_of("Which papers deal with slugs, snails or beetles?")
    assert all(_has(either, f"We watch {pest}.") for pest in ("slugs", "snails", "beetles"))
    assert not _has(either, "We watch bees.")


def test_a_short_form_that_one_of_the_papers_explains_stands_for_the_long_one_and_back() -> None:
    paper = Paper(key="soil", title="Soils", abstract="Ground cover planting (GCP) holds the soil. GCP is old.")
    assert _has(core_of("Which papers use ground cover planting?", [paper]), "GCP is old.")
    assert not _has(core_of("Which papers use ground cover planting?"), "GCP is old.")
    assert _has(core_of("Which papers use GCP?", [paper]), "Ground cover planting is old.")


def test_a_kind_of_the_thing_counts_and_the_wider_thing_does_not() -> None:
    assert _has(core_of("Which papers are about quantization?"), "We binarize every weight: binarization is radical.")
    assert not _has(core_of("Which papers are about binarization?"), "Quantization to eight bits.")


def test_where_there_are_only_general_words_they_are_the_core() -> None:
    core = core_of("Which papers rank models?")
    assert _has(core, "We rank the models.")
    assert not _has(core, "We train the models.")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Which papers use drip lines?", Kind.CORPUS),
        (
            "Which papers keep slugs off beds at night, be it with tape, by traps, or through beetles that eat them?",
            Kind.SEVERAL,
        ),
        (
            "How many papers keep slugs off beds at night, be it with tape, by traps, or through beetles they fear?",
            Kind.CORPUS,
        ),
        ("How much water did StepDrip use?", Kind.FACT),
    ],
)
def test_what_is_described_at_length_is_not_counted_unless_a_count_is_asked_for(question: str, kind: Kind) -> None:
    assert kind_of_need(question) is kind


def test_nothing_is_the_core_of_a_question_without_words() -> None:
    assert core_of("???").parts == ()
