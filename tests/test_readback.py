"""Edits of survey.md by hand, read back into the draft."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.draft import Citation, Claim, Draft, Passage, Verdict
from agent.errors import FolderError
from agent.papers import Corpus
from agent.render import Survey, render
from agent.render.escape import clean
from agent.render.lines import Words, from_line, to_line
from agent.render.printed import Mark, Sentence
from agent.render.readback import Readback, read_back
from agent.render.stamp import is_unedited
from agent.review import Made
from tests.asked import answer, cited, passage
from tests.render.example import PAPERS, small
from tests.render.extremes import HOSTILE

CORPUS = Corpus(PAPERS)
SCALE = "A scale under the hive shows a nectar flow within a day."
DANCES = "Dances can be decoded to within 140 m."
FLOWERS = "Flower strips and field edges feed colonies better."


def checked(one: Passage) -> Passage:
    made = Made(model="example-model", content=one.words_digest)
    return one.model_copy(update={"checked": one.words_digest, "made": made})


def survey() -> Survey:
    """The small survey with every passage checked, so that it is printed from what is on disk."""
    one = small()
    return replace(one, draft=one.draft.each(checked))


SURVEY = survey()
PRINTED = render(SURVEY)["survey.md"]


def read(text: str, draft: Draft = SURVEY.draft) -> Readback:
    return read_back(text, draft, CORPUS, PRINTED)


def line_of(words: str, text: str = PRINTED) -> str:
    return next(line for line in text.split("\n") if words in line and line.startswith('<a id="c'))


def edited(old: str, new: str) -> Readback:
    assert PRINTED.count(old) == 1
    return read(PRINTED.replace(old, new))


def claims(readback: Readback, id_: str) -> list[Claim]:
    return [claim for one in readback.draft.passages if one.id == id_ for claim in one.claims]


def texts(readback: Readback, id_: str) -> list[str]:
    return [claim.text for claim in claims(readback, id_)]


def with_lines(after: str, *lines: str) -> str:
    return PRINTED.replace(after, "\n".join([after, *lines]))


def test_a_file_as_it_was_printed_has_no_edits() -> None:
    assert is_unedited(PRINTED)
    assert read(PRINTED) == Readback(draft=SURVEY.draft)


@pytest.mark.parametrize(
    "saved",
    [
        PRINTED.replace("\n", "\r\n"),
        PRINTED.rstrip("\n"),
        "\ufeff" + PRINTED,
        "\n".join(line + "  " if line else line for line in PRINTED.split("\n")),
    ],
)
def test_an_editor_that_saves_in_its_own_way_is_no_edit(saved: str) -> None:
    assert is_unedited(saved.replace("\r\n", "\n")) and read(saved) == Readback(draft=SURVEY.draft)


def test_a_table_set_out_in_columns_and_lines_wrapped_or_joined_are_no_edits() -> None:
    wrapped = PRINTED.replace("shows a nectar flow", "shows\na nectar flow").replace(
        "| --- | --- |", "| ------- | --- |"
    )
    first, second = line_of(DANCES), line_of(FLOWERS)
    joined = wrapped.replace(f"{first}\n{second}", f"{first} {second}")
    assert joined.count("\n") < wrapped.count("\n") and not is_unedited(joined)
    assert read(joined) == Readback(draft=SURVEY.draft)


def test_a_changed_sentence_is_a_persons_and_keeps_its_citations_with_their_quotes() -> None:
    found = edited(SCALE, "A scale under the hive shows a flow of nectar within hours.")
    (edit,) = found.changed
    assert (edit.section, edit.before, edit.after) == (
        "sensing",
        SCALE,
        "A scale under the hive shows a flow of nectar within hours.",
    )
    claim = claims(found, "sensing")[0]
    before = SURVEY.draft.sections[0].parts[0].claims[0]
    assert claim.by_hand and claim.verdict is None and claim.made == Made()
    assert [(one.key, one.quote) for one in claim.citations] == [(one.key, one.quote) for one in before.citations]
    assert not (found.inserted or found.deleted or found.lost)
    untouched = [one for one in found.draft.passages if one.id != "sensing"]
    assert untouched == [one for one in SURVEY.draft.passages if one.id != "sensing"]


def test_a_passage_that_was_edited_is_to_be_checked_and_printed_meanwhile() -> None:
    found = edited(SCALE, "Scales are heavy.")
    part = next(one for one in found.draft.passages if one.id == "sensing")
    assert not part.is_checked and not part.is_edited
    text = render(replace(SURVEY, draft=found.draft.only_checked()))["survey.md"]
    assert "Scales are heavy. [[adler2019scale]](#ref-adler2019scale) ✎" in text
    assert "- ✎ by hand" in text and "- ✎" not in PRINTED
    assert "1 of the claims is written or changed by hand." in text
    assert read_back(text, found.draft, CORPUS) == Readback(draft=found.draft)


def test_citations_can_be_taken_out_and_put_in() -> None:
    line = line_of(FLOWERS)
    found = read(PRINTED.replace(line, line.replace("[[kaya2024pollen]](#ref-kaya2024pollen)", "[@moss2024map]")))
    (claim,) = [one for one in claims(found, "forage") if one.by_hand]
    assert [(one.key, bool(one.quote)) for one in claim.citations] == [
        ("jansen2023meadow", True),
        ("moss2024map", False),
    ]
    text = render(replace(SURVEY, draft=found.draft.only_checked()))["survey.md"]
    assert "[[moss2024map†]](#ref-moss2024map) ✎" in text


def test_a_key_that_no_paper_has_is_kept_out_and_named_with_its_line() -> None:
    line = line_of(DANCES)
    found = read(PRINTED.replace(line, line.replace(" ✓", "[@nobody1900] ✓")))
    assert found.draft == SURVEY.draft
    (lost,) = found.lost
    assert lost.cited == "nobody1900" and PRINTED.split("\n")[lost.number - 1] == line
    assert "the sentence is kept without its citation of nobody1900, for the corpus has no such paper" in str(lost)


def test_a_new_sentence_is_kept_without_the_key_that_no_paper_has() -> None:
    found = read(with_lines(line_of(DANCES), "Bees sleep [@moss2024map; @nobody1900]."))
    claim = claims(found, "forage")[1]
    assert (claim.text, [one.key for one in claim.citations]) == ("Bees sleep.", ["moss2024map"])
    assert [one.cited for one in found.lost] == ["nobody1900"]
    text = render(replace(SURVEY, draft=found.draft.only_checked()))["survey.md"]
    assert "nobody1900" not in text and "</a>Bees sleep. [[moss2024map" in text


@pytest.mark.parametrize("words", [DANCES, FLOWERS, SCALE])
def test_a_sentence_that_lost_its_anchor_is_the_one_it_was(words: str) -> None:
    line = line_of(words)
    found = read(PRINTED.replace(line, line.split("</a>")[1]))
    assert found == Readback(draft=SURVEY.draft)


def test_a_sentence_that_lost_its_anchor_and_a_citation_is_changed_and_keeps_its_other_quotes() -> None:
    line = line_of(FLOWERS)
    found = read(PRINTED.replace(line, f"{FLOWERS} [@jansen2023meadow]"))
    (edit,) = found.edits
    (claim,) = [one for one in claims(found, "forage") if one.by_hand]
    assert (edit.before, edit.after) == (FLOWERS, FLOWERS) and not found.lost
    assert [(one.key, bool(one.quote)) for one in claim.citations] == [("jansen2023meadow", True)]


@pytest.mark.parametrize(
    ("typed", "text", "keys"),
    [
        ("Bees sleep [@moss2024map].", "Bees sleep.", ["moss2024map"]),
        ("Bees sleep. [moss2024map]", "Bees sleep.", ["moss2024map"]),
        ("Bees sleep [@moss2024map; @eze2022mite], mites do not [@eze2022mite].", "Bees sleep, mites do not.",
         ["moss2024map", "eze2022mite"]),
        ("Bees sleep. [[moss2024map]](#ref-moss2024map) ✓", "Bees sleep.", ["moss2024map"]),
        ("Bees sleep [sic] & *dream* of 5 < 6 at $2.", "Bees sleep [sic] & *dream* of 5 < 6 at $2.", []),
        ("Bees\nsleep [@moss2024map].", "Bees sleep.", ["moss2024map"]),
    ],
)  # fmt: skip
def test_a_new_line_is_a_sentence_of_its_own_behind_the_one_above(typed: str, text: str, keys: list[str]) -> None:
    found = read(with_lines(line_of(DANCES), typed))
    assert texts(found, "forage")[:3] == [DANCES, text, FLOWERS]
    claim = claims(found, "forage")[1]
    assert claim.by_hand and [one.key for one in claim.citations] == keys
    assert [edit.after for edit in found.inserted] == [text] and not found.lost
    assert not found.changed and not found.deleted


def test_new_lines_between_blank_lines_are_a_paragraph() -> None:
    found = read(with_lines(line_of("Water counts too."), "", "Bees sleep.", "They dream."))
    part = next(one for one in found.draft.passages if one.id == "forage")
    assert [[claim.text for claim in one.claims] for one in part.paragraphs][1:] == [["Bees sleep.", "They dream."]]


def test_a_line_above_the_first_sentence_comes_before_it_and_the_definition_is_no_sentence() -> None:
    first = line_of(DANCES)
    found = read(PRINTED.replace(first, f"Bees sleep.\n{first}"))
    assert texts(found, "forage")[:2] == ["Bees sleep.", DANCES]
    assert not found.lost


def test_a_sentence_that_is_gone_is_gone() -> None:
    found = read(PRINTED.replace(line_of(FLOWERS) + "\n", ""))
    assert [edit.before for edit in found.deleted] == [FLOWERS]
    part = next(one for one in found.draft.passages if one.id == "forage")
    assert FLOWERS not in [claim.text for claim in part.claims]
    assert part.is_checked and part.printed.claims == 3  # nothing in it is new
    assert not (found.lost or found.changed or found.inserted)


def test_a_sentence_moved_to_another_section_is_moved() -> None:
    line = line_of("Water counts too.")
    found = read(PRINTED.replace(line + "\n", "").replace(line_of(SCALE), f"{line_of(SCALE)}\n{line}"))
    assert texts(found, "sensing")[1] == "Water counts too." and "Water counts too." not in texts(found, "forage")
    moved = claims(found, "sensing")[1]
    assert moved.by_hand and moved.verdict is Verdict.SUPPORTED


def test_a_line_copied_and_changed_is_new_and_one_only_copied_is_told() -> None:
    line = line_of(DANCES)
    found = read(with_lines(line, line.replace("140 m", "200 m"), line))
    assert texts(found, "forage")[:3] == [DANCES, "Dances can be decoded to within 200 m.", FLOWERS]
    assert [one.why for one in found.lost] == ["it stands there already"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## Forage", "## Food"),
        ("What bees collect, where, and what it is worth to the colony.\n\n*", "What bees like.\n\n*"),
        ("| Sensors fail in wet hives |", "| Sensors drown |"),
        ("# Keeping bees by measurement", "# Keeping wasps"),
        ("only its title is known", "nobody read it"),
        ("*This section covers 6 papers", "*This section covers 7 papers"),
        ("**Thermal images of the brood nest**", "**Thermal pictures**"),
        ("*This survey covers 15", "*This survey covers 16"),
    ],
)  # fmt: skip
def test_what_is_no_sentence_cannot_be_kept_and_is_named_with_its_line(old: str, new: str) -> None:
    found = edited(old, new)
    assert found.draft == SURVEY.draft
    (lost,) = found.lost
    assert new.split("\n")[0].strip("|* ") in lost.text
    assert lost.text in PRINTED.replace(old, new).split("\n")[lost.number - 1]


def test_a_heading_taken_out_is_named() -> None:
    found = edited("### What breaks\n", "")
    assert [one.text for one in found.lost] == ["### What breaks"]
    assert found.draft == SURVEY.draft


def test_an_answer_cannot_be_edited_here_and_a_repeated_sentence_can() -> None:
    told = cited("Bees drink.", ("lund2024water", "A colony of 30,000 bees carried 0.9 litres on the hottest day"),
                 corpus=CORPUS)  # fmt: skip
    introduction = SURVEY.draft.introduction
    assert introduction is not None
    again = SURVEY.draft.sections[2].parts[0].claims[0]
    paragraph = introduction.paragraphs[0]
    more = introduction.model_copy(
        update={"paragraphs": (paragraph.model_copy(update={"claims": (*paragraph.claims, again)}),)}
    )
    draft = SURVEY.draft.model_copy(update={"introduction": checked(more)})
    text = render(replace(SURVEY, draft=draft, answers=(answer("Do bees drink?", passage(told)),)))["survey.md"]
    assert re.search(r'<a id="c\w+-introduction"></a>Dances can be', text)
    swim = text.replace("</a>Bees drink.", "</a>Bees swim.")
    found = read_back(swim.replace('introduction"></a>Dances can', 'introduction"></a>Dances may'), draft, CORPUS, text)
    assert [one.text for one in found.lost] == ["Bees swim. [[lund2024water]](#ref-lund2024water) ✓"]
    assert [(one.section, one.after) for one in found.changed] == [
        ("introduction", "Dances may be decoded to within 140 m.")
    ]
    assert texts(found, "forage")[0] == DANCES


def test_of_a_file_that_is_of_another_draft_only_changes_are_taken() -> None:
    """The program was killed after survey.json was written, and before survey.md was."""
    later = read(PRINTED.replace(line_of(FLOWERS) + "\n", "")).draft
    text = PRINTED.replace(line_of("Water counts too.") + "\n", "").replace(SCALE, "Scales are heavy.")
    found = read_back(text.replace(line_of(DANCES), line_of(DANCES) + "\nBees sleep."), later, CORPUS)
    assert [edit.after for edit in found.changed] == ["Scales are heavy."]
    assert not found.inserted and not found.deleted
    assert "Water counts too." in texts(found, "forage")
    assert {one.text for one in found.lost} == {"Bees sleep.", line_of(FLOWERS).split("</a>")[1]}


def test_the_same_edits_are_not_taken_in_twice() -> None:
    """The program was killed between taking them in and printing them."""
    text = with_lines(line_of(DANCES), "Bees sleep.").replace(SCALE, "Scales are heavy.")
    once = read(text)
    again = read_back(text, once.draft, CORPUS, PRINTED)
    assert again == Readback(draft=once.draft)


def test_a_torn_file_takes_no_sentence_out() -> None:
    torn = PRINTED[: PRINTED.index("## Forage")]
    found = read_back(torn, SURVEY.draft, CORPUS)
    assert found.draft == SURVEY.draft and not found.deleted


def test_of_an_empty_file_or_one_that_lost_most_of_its_sentences_nothing_is_concluded() -> None:
    for text in ("", " \n"):
        assert read(text).draft == SURVEY.draft
        assert [str(one) for one in read(text).lost] == [
            "survey.md: nothing of it is taken in, for it is empty; the claims stay, and it is printed again"
        ]
    cut = PRINTED[: PRINTED.index(line_of(SCALE)) + 60]
    found = read(cut)
    assert found.draft == SURVEY.draft and not found.edits
    (line,) = map(str, found.lost)
    assert re.search(r"for \d+ of its \d+ sentences are not there; the claims stay", line)
    few = "\n".join(one for one in PRINTED.split("\n") if not one.startswith('<a id="c') or DANCES in one)
    assert read(few).draft == SURVEY.draft and len(read(few).lost) == 1


def test_many_lines_taken_out_together_are_named_in_one() -> None:
    found = read(PRINTED[: PRINTED.rindex('<a id="references"></a>')])
    assert found.draft == SURVEY.draft
    (lost,) = found.lost
    assert re.search(r"for it and \d+ more were taken out, and are printed again", str(lost))


def test_a_sentence_in_which_the_file_breaks_off_is_not_changed() -> None:
    at = PRINTED.index("Water counts too.") + len("Water cou")
    found = read(PRINTED[:at])
    assert found.draft == SURVEY.draft and not found.edits
    assert read(PRINTED[: at - 3] + "ves too").edits


def test_a_merge_left_in_the_file_is_refused_with_what_to_do() -> None:
    line = line_of(DANCES)
    both = PRINTED.replace(line, f"<<<<<<< HEAD\n{line}\n=======\n{line}x\n>>>>>>> refresh")
    with pytest.raises(FolderError, match=r"survey\.md, line \d+: a merge left both versions there; keep one"):
        read(both)


TRICKY = st.text(
    alphabet=st.sampled_from(list("ab1 .)-+=#>*_`~|[]()<>&;:!?@\\$'\"\n\t{}é×中†✓✎\x00\u202e")), max_size=40
)
KEYS = {"bees2021", "a-b", "x†", "odd] key|*"}


@given(
    TRICKY | st.just(HOSTILE),
    st.lists(st.sampled_from(sorted(KEYS)), max_size=3),
    st.sampled_from([*Verdict, None]),
    st.booleans(),
    st.booleans(),
)
def test_a_sentence_is_read_back_as_it_was_printed(
    text: str, keys: list[str], verdict: Verdict | None, by_hand: bool, bears: bool
) -> None:
    anchored = {f"ref-{key}": key for key in KEYS} | {to_anchor(key): key for key in KEYS}
    marks = tuple(Mark(key, 1, "q", None if bears else "words", None, None, bears) for key in keys)
    line = to_line(Sentence("c0123456789", text, marks, verdict, by_hand=by_hand))
    assert "\n" not in line
    words = from_line(line.split("</a>", 1)[1], lambda called: called if called in KEYS else anchored.get(called))
    if keys or not re.search(r"\s[✓✎]$", f" {clean(text)}"):  # a sign at the end, and nothing between it and the others
        assert words == Words(clean(text), tuple(keys))


def to_anchor(key: str) -> str:
    from_mark = to_line(Sentence("c", "", (Mark(key, 1, "q", "w", None, None, None),), None))
    return from_mark.rsplit("(#", 1)[1].split(")")[0]


def test_a_hand_written_claim_needs_no_citation_and_no_quote_in_any_format() -> None:
    part = SURVEY.draft.sections[2].parts[0]
    mine = (
        Claim(text="I think so.", citations=(), by_hand=True),
        Claim(text="So do they.", citations=(Citation(key="moss2024map"),), by_hand=True, verdict=Verdict.PARTLY),
    )
    paragraphs = tuple(one.model_copy(update={"claims": (*one.claims, *mine)}) for one in part.paragraphs)
    section = SURVEY.draft.sections[2].model_copy(
        update={"parts": (part.model_copy(update={"paragraphs": paragraphs}),)}
    )
    draft = SURVEY.draft.model_copy(update={"sections": (*SURVEY.draft.sections[:2], section)})
    files = render(replace(SURVEY, draft=draft))
    assert "</a>I think so. ✎\n" in files["survey.md"]
    assert "</a>So do they. [[moss2024map†]](#ref-moss2024map) ◐ ✎\n" in files["survey.md"]
    page = files["survey.html"]
    assert re.search(r'I think so\.<span class="cites"><span class="sign" role="img" aria-label="by hand"', page)
    assert re.search(r'So do they\..*†</a><span class="sign"[^>]*>◐</span><span class="sign"[^>]*>✎</span>', page)
    assert "I think so.\\textsuperscript{h}" in files["body.tex"]
    assert "\\textsuperscript{ph\\textdagger}" in files["body.tex"]
    for name, sign in (("survey.md", "- ✎ by hand"), ("survey.html", "<b>by hand</b>"), ("body.tex", "{h}~by hand")):
        assert sign in files[name] and sign not in render(SURVEY)[name]


def test_a_paper_that_is_gone_is_marked_in_every_list_of_references() -> None:
    gone = Corpus(one.model_copy(update={"gone": one.key == "moss2024map"}) for one in PAPERS)
    files = render(replace(SURVEY, corpus=gone))
    for name in ("survey.md", "survey.html", "references.bib"):
        assert "no source names it any more" in files[name]
        assert "no source names it any more" not in render(SURVEY)[name]
