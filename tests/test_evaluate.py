"""Questions with known answers: their file, what is right, what is cited, and the figures."""

from pathlib import Path
from typing import Any

import pytest

from agent.errors import ConspectusError, QuestionError
from agent.evaluate import GoldKind, GoldQuestion, Measure, Scored, failed, read_questions, score, summary
from agent.evaluate.scores import says
from agent.llm.call import Usage
from agent.papers import Corpus, Paper
from agent.question import Kind, Saying
from agent.review import Unanswered
from tests.known_answers import BEES_ASKED, NIGHT_ASKED, answer_to, write_questions
from tests.nouns import BEES, CORPUS, claim, row

SEEN = claim("BeeNet, a camera, finds 91.5% of all bees.", ("bees2021", "it finds 91.5% of all bees"))
MOTH = claim("Moths leave lamps within 40 minutes.", ("moths2022", "left again within 40 minutes"))


def gold(**fields: Any) -> GoldQuestion:  # noqa: ANN401  (the fields of a GoldQuestion)
    return GoldQuestion.model_validate(BEES_ASKED | {"papers": ["bees2021"]} | fields)


def scored(asked: GoldQuestion, *claims: Any, **fields: Any) -> Scored:  # noqa: ANN401
    return score(asked, answer_to(asked.question, *claims, **fields), CORPUS)


class TestFile:
    def test_papers_are_named_by_title_or_key_and_known_by_key(self, tmp_path: Path) -> None:
        file = write_questions(
            tmp_path / "q.jsonl",
            BEES_ASKED | {"papers": [" beenet:  counting\u00a0BEES on {F}lowers", "bees2021", "slugs2023"]},
            "",
            NIGHT_ASKED,
        )
        bees, night = read_questions(file, CORPUS)
        assert bees.papers == ("bees2021", "slugs2023")
        assert bees.must_contain == ("91.5", ("BeeNet", "camera"))
        assert not night.is_answerable
        assert night.papers == ()

    @pytest.mark.parametrize(
        "title", ["Häuser – and their bees", 'H{\\"a}user -- and their Bees', "HÄUSER - and their bees"]
    )
    def test_spelling_case_and_latex_of_a_title_make_no_difference(self, tmp_path: Path, title: str) -> None:
        corpus = Corpus([BEES.model_copy(update={"title": "Häuser – and Their Bees"})])
        file = write_questions(tmp_path / "q.jsonl", BEES_ASKED | {"papers": [title]})
        assert read_questions(file, corpus)[0].papers == ("bees2021",)

    def test_a_key_that_a_paper_had_before_still_names_it(self, tmp_path: Path) -> None:
        corpus = Corpus([BEES.model_copy(update={"aliases": ("old2020",)})])
        file = write_questions(tmp_path / "q.jsonl", BEES_ASKED | {"papers": ["old2020"]})
        assert read_questions(file, corpus)[0].papers == ("bees2021",)

    def test_a_title_of_two_papers_names_neither(self, tmp_path: Path) -> None:
        corpus = Corpus([Paper(key="a2020", title="On Bees"), Paper(key="b2021", title="On bees"), BEES])
        file = write_questions(tmp_path / "q.jsonl", BEES_ASKED | {"papers": ["ON BEES"]})
        with pytest.raises(QuestionError, match=r"q\.jsonl:1: 2 papers have the title 'ON BEES'; .*: a2020, b2021"):
            read_questions(file, corpus)
        exact = write_questions(tmp_path / "q.jsonl", BEES_ASKED | {"papers": ["On bees"]})
        assert read_questions(exact, corpus)[0].papers == ("b2021",)

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("{", "q.jsonl:2: not JSON (Expecting property name"),
            ("[" * 100_000, "q.jsonl:2: not JSON ("),
            ('["single"]', "q.jsonl:2: not a JSON object; write one question a line"),
            ({"kind": "single"}, "q.jsonl:2: question is missing"),
            (
                BEES_ASKED | {"kind": "hard"},
                "q.jsonl:2: there is no kind 'hard'; there are single, multi, compare, trap",
            ),
            (
                BEES_ASKED | {"must_contains": []},
                "q.jsonl:2: must_contains is not known; allowed there: kind, question",
            ),
            (BEES_ASKED | {"must_contain": "15"}, "q.jsonl:2: must_contain should be a list of strings, or of lists"),
            (BEES_ASKED | {"must_contain": [15]}, "q.jsonl:2: must_contain should be a list of strings, or of lists"),
            (BEES_ASKED | {"must_contain": []}, "q.jsonl:2: must_contain is missing; only an unanswerable"),
            (BEES_ASKED | {"must_contain": [[]]}, "q.jsonl:2: a list in must_contain is empty"),
            (BEES_ASKED | {"must_contain": ["a", ["{}"]]}, "q.jsonl:2: a string in must_contain or must_not is empty"),
            (BEES_ASKED | {"must_not": [" "]}, "q.jsonl:2: a string in must_contain or must_not is empty"),
            (BEES_ASKED | {"papers": []}, "q.jsonl:2: papers is missing; only an unanswerable"),
            (BEES_ASKED | {"papers": "Bees"}, "q.jsonl:2: papers = 'Bees': should be a list"),
            (
                BEES_ASKED | {"papers": ["Wasps"]},
                "q.jsonl:2: no paper has the key or title 'Wasps'; `conspectus papers`",
            ),
            (BEES_ASKED | {"papers": ["?"]}, "q.jsonl:2: no paper has the key or title '?'"),
            (NIGHT_ASKED | {"papers": ["bees2021"]}, "q.jsonl:2: an unanswerable question has no papers"),
            (BEES_ASKED | {"question": " ? "}, "q.jsonl:2: there is no question"),
            (BEES_ASKED | {"question": "why " * 5_000}, "q.jsonl:2: a question has at most 4,000 characters"),
            (NIGHT_ASKED | {"question": "what do bees  DREAM of?"}, "q.jsonl:2: line 1 asks the same"),
        ],
    )
    def test_what_is_wrong_is_told_with_its_line(self, tmp_path: Path, line: object, why: str) -> None:
        file = write_questions(tmp_path / "q.jsonl", NIGHT_ASKED, line)
        with pytest.raises(QuestionError) as wrong:
            read_questions(file, CORPUS)
        assert str(wrong.value).startswith(why)
        assert "\n" not in str(wrong.value)

    def test_an_empty_file_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(QuestionError, match=r"q\.jsonl holds no question; write one a line, such as {"):
            read_questions(write_questions(tmp_path / "q.jsonl", "  "), CORPUS)

    @pytest.mark.parametrize("name", ["nowhere.jsonl", "."])
    def test_what_cannot_be_read_is_told(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ConspectusError, match="cannot be read: "):
            read_questions(tmp_path / name, CORPUS)

    def test_windows_line_ends_and_a_byte_order_mark_are_nothing(self, tmp_path: Path) -> None:
        file = write_questions(tmp_path / "q.jsonl", NIGHT_ASKED, BEES_ASKED)
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
        assert len(read_questions(file, CORPUS)) == 2


class TestWords:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("It rose by 15%.", "15"),
            ("It rose by 15.", "15"),
            ("(15)", "15"),
            ("10-15 times", "15"),
            ("15× faster, ×15", "15"),
            ("GPT-4, then", "GPT-4"),
            ("1,234,567 trees", "1234567"),
            ("1234567 trees", "1,234,567"),
            ("1\u202f234\u202f567 trees", "1234567"),
            ("5 000 trees", "5,000"),
            ("5{,}000 trees", "5000"),
            (".5 of them", "0.5"),
            ("0.5 of them", ".5"),
            ("10⁵ trees", "10^5"),
            ("CHAPMAN–Kolmogorov", "chapman-kolmogorov"),
            ('na\\"ive bees', "naïve  bees"),
            ("ALCE's data", "alce"),
            ("5k trees", "5k"),
            ("GPT-3 175 billion", "175"),
        ],
    )
    def test_what_stands_there_is_found(self, text: str, wanted: str) -> None:
        assert says(text, wanted)

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("in 2015", "15"),
            ("15.3%", "15"),
            ("15,3 Prozent", "15"),
            ("3.15", "15"),
            ("0.15", "15"),
            (" .15", "15"),
            ("1.15", ".15"),
            ("150", "15"),
            ("15,000", "15"),
            ("15\u202f000", "15"),
            ("1,015", "015"),
            ("10⁵", "105"),
            ("GPT-4.5", "GPT-4"),
            ("GPT-40", "GPT-4"),
            ("25k trees", "5k"),
            ("1.5k", "5k"),
            ("12345678", "2345678"),
            ("5.000", "5000"),
        ],
    )
    def test_no_number_is_found_in_another(self, text: str, wanted: str) -> None:
        assert not says(text, wanted)


class TestRight:
    def test_all_of_must_contain_and_one_of_an_inner_list(self) -> None:
        assert scored(gold(), SEEN).is_right
        assert scored(gold(), claim("The CAMERA sees 91.5 per cent.", ("bees2021", None))).is_right
        only_number = scored(gold(), claim("It sees 91.5 per cent.", ("bees2021", None)))
        assert not only_number.is_right
        assert only_number.lacks == (("BeeNet", "camera"),)
        assert scored(gold(), claim("BeeNet does.", ("bees2021", None))).lacks == ("91.5",)

    def test_each_may_stand_in_another_claim_and_none_across_two(self) -> None:
        two = (claim("BeeNet.", ("bees2021", None)), claim("91.5", ("bees2021", None)))
        assert scored(gold(), *two).is_right
        assert not scored(gold(must_contain=["BeeNet. 91.5"]), *two).is_right

    def test_what_must_not_be_said_makes_it_wrong(self) -> None:
        one = scored(gold(), SEEN, claim("It works at Night.", ("bees2021", None)))
        assert not one.is_right
        assert one.holds == ("night",)

    def test_quotes_do_not_count_and_cells_of_the_table_do(self) -> None:
        quoted = claim("A camera does.", ("bees2021", "it finds 91.5% of all bees"))
        assert not scored(gold(), quoted).is_right
        assert scored(gold(), quoted, rows=(row("bees2021", Found=("91.5%", "finds")),)).is_right

    def test_a_paper_that_the_answer_lists_is_named(self) -> None:
        asked = gold(must_contain=["BeeNet"], must_not=[])
        says_so = Saying(key="bees2021", bearing="answers", says="It is.", quote="a", where="title", start=0, end=1)
        listed = {"kind": Kind.CORPUS, "matching": (says_so,)}
        one = scored(asked, claim("One paper does.", ("slugs2023", None)), **listed)
        assert one.is_right
        assert one.cited == ("slugs2023", "bees2021")
        assert not scored(asked, claim("One paper does.", ("slugs2023", None)), matching=(says_so,)).is_right

    def test_a_refusal_is_right_only_of_what_cannot_be_answered(self) -> None:
        refused = scored(gold(), SEEN, answered=False)  # what the nearest paper says is no answer
        assert not refused.is_right
        assert refused.figures[Measure.ANSWERED] == 0.0
        assert not scored(gold(kind="trap"), SEEN, answered=False).is_right
        night = GoldQuestion.model_validate(NIGHT_ASKED | {"must_contain": ["nothing of it"]})
        assert scored(night, MOTH, answered=False).is_right
        assert scored(night, answered=False).figures == {Measure.REFUSED: 1.0, Measure.RIGHT: 1.0}

    def test_an_unanswerable_question_is_not_right_when_answered_or_with_what_it_must_not_say(self) -> None:
        night = GoldQuestion.model_validate(NIGHT_ASKED)
        assert scored(night, MOTH).figures == {Measure.REFUSED: 0.0, Measure.RIGHT: 0.0}
        told = scored(night, claim("They dream of honey.", ("bees2021", None)), answered=False)
        assert told.figures == {Measure.REFUSED: 1.0, Measure.RIGHT: 0.0}

    def test_a_trap_is_right_by_what_it_says(self) -> None:
        trap = gold(kind="trap", must_contain=["91.5"])
        assert scored(trap, SEEN).is_right
        assert not scored(trap, MOTH).is_right


class TestPapers:
    READ = tuple(f"p{n}" for n in range(10))

    def test_found_among_the_first_ten_and_among_all(self) -> None:
        two = gold(papers=["bees2021", "moths2022"])
        first = scored(two, SEEN, read=(*self.READ[:9], "moths2022")).figures
        assert (first[Measure.FOUND_10], first[Measure.FOUND], first[Measure.READ]) == (1.0, 1.0, 0.5)
        late = scored(two, SEEN, read=(*self.READ, "moths2022", "bees2021")).figures
        assert (late[Measure.FOUND_10], late[Measure.FOUND], late[Measure.READ]) == (0.0, 1.0, 1.0)
        never = scored(two, SEEN, read=self.READ)
        assert never.figures[Measure.FOUND] == never.figures[Measure.READ] == 0.0
        assert never.unread == ("bees2021", "moths2022")

    def test_precision_and_recall_of_what_is_cited(self) -> None:
        three = gold(papers=["bees2021", "moths2022", "bare2020"])
        figures = scored(three, SEEN, SEEN, claim("Slugs.", ("slugs2023", None), ("bees2021", None))).figures
        assert figures[Measure.PRECISION] == 0.5
        assert figures[Measure.RECALL] == pytest.approx(1 / 3)

    def test_a_line_of_the_table_cites_its_paper_if_it_says_something(self) -> None:
        assert scored(gold(), rows=(row("bees2021", Found=("91.5%", "finds")),)).cited == ("bees2021",)
        assert scored(gold(), rows=(row("bees2021", Found=("", "")),)).cited == ()

    def test_without_a_citation_there_is_no_precision_and_a_recall_of_nothing(self) -> None:
        figures = scored(gold(), claim("BeeNet finds 91.5%.")).figures
        assert Measure.PRECISION not in figures
        assert figures[Measure.RECALL] == 0.0

    def test_a_refusal_cites_nothing_that_counts(self) -> None:
        figures = scored(gold(), MOTH, answered=False).figures
        assert Measure.PRECISION not in figures
        assert Measure.RECALL not in figures


class TestSummary:
    def test_kinds_stand_in_their_order_and_all_of_them_last(self) -> None:
        night = GoldQuestion.model_validate(NIGHT_ASKED)
        lines = summary([scored(night, answered=False), scored(gold(), SEEN), scored(gold(), MOTH)], {})
        assert [line.kind for line in lines] == ["single", "unanswerable", None]
        assert [line.n for line in lines] == [2, 1, 3]
        single, unanswerable, in_all = lines
        assert single.figures[Measure.RIGHT].mean == 0.5
        assert in_all.figures[Measure.RIGHT].mean == pytest.approx(2 / 3)
        assert (in_all.figures[Measure.REFUSED].mean, in_all.figures[Measure.REFUSED].n) == (1.0, 1)
        assert Measure.REFUSED not in single.figures
        assert Measure.FOUND not in unanswerable.figures

    def test_what_was_refused_and_should_not_have_been_is_counted(self) -> None:
        in_all = summary([scored(gold(), answered=False), scored(gold(), SEEN)], {})[-1]
        assert in_all.n_wrongly_refused == 1
        assert in_all.figures[Measure.ANSWERED].mean == 0.5

    def test_what_stayed_unanswered_is_counted_apart(self) -> None:
        lost = failed(gold(), Unanswered(stage="ask_gather", subject="q", why="the server fell"))
        assert (lost.answered, lost.why, lost.is_right) == (None, "the server fell", False)
        line = summary([lost, scored(gold(), SEEN)], {})[-1]
        assert (line.n, line.n_unanswered, line.n_wrongly_refused) == (2, 1, 0)
        assert (line.figures[Measure.RIGHT].mean, line.figures[Measure.RIGHT].n) == (1.0, 1)
        assert summary([lost], {})[-1].figures == {}

    def test_what_a_question_takes_is_the_mean_and_kept_replies_are_none(self) -> None:
        paid = Usage(calls=8, attempts=9, input_tokens=1800, output_tokens=200, cost_usd=0.04)
        trap = scored(gold(kind="trap"), SEEN)
        took = {GoldKind.SINGLE: paid, GoldKind.TRAP: Usage()}
        single, traps, in_all = summary([scored(gold(), SEEN), scored(gold(), MOTH), trap, trap], took)
        assert (single.calls, single.tokens, single.cost_usd) == (4.0, 1000.0, 0.02)
        assert (traps.calls, traps.tokens, traps.cost_usd) == (0.0, 0.0, 0.0)
        assert (in_all.calls, in_all.tokens, in_all.cost_usd) == (2.0, 500.0, 0.01)
        unknown = {GoldKind.SINGLE: paid, GoldKind.TRAP: Usage(calls=1, cost_usd=None)}
        assert summary([scored(gold(), SEEN), trap], unknown)[-1].cost_usd is None

    def test_of_no_questions_there_is_no_line(self) -> None:
        assert summary([], {}) == ()
