"""`conspectus eval`: questions whose answers are known, put to the papers, and the figures."""

import json
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path

import pytest

from agent.errors import BudgetSpent
from agent.folder import Folder
from agent.llm.call import Usage
from agent.pipeline import Review
from agent.question import Answer
from agent.review import Unanswered
from tests.command import Conspectus
from tests.known_answers import answer_to, write_questions
from tests.nouns import claim
from tests.papers import PLOTS, write_jsonl
from tests.stub import running_stub

HONEST = Path(__file__).parents[1] / "honest_model.py"
Came = Answer | Unanswered | BaseException
Answering = Callable[..., None]
PAID = Usage(calls=3, attempts=3, input_tokens=1_500, output_tokens=500, cost_usd=0.004)
WATER = {
    "kind": "single",
    "question": "How much water is saved?",
    "papers": [PLOTS[0][0]],
    "answer": "A third.",
    "must_contain": ["30", ["percent", "%"]],
}
PESTS = {
    "kind": "compare",
    "question": "Which is worse?",
    "papers": [PLOTS[4][0], PLOTS[5][0]],
    "must_contain": ["slug"],
}
ROSES = {"kind": "unanswerable", "question": "What do roses cost?"}


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    assert conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl")).code == 0
    return tmp_path / "r"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write_questions(tmp_path / "questions.jsonl", WATER, PESTS, ROSES)


@pytest.fixture
def keys(review: Path) -> list[str]:
    by_title = {paper.title: paper.key for paper in Folder(review).corpus()}
    return [by_title[title] for title, _ in PLOTS]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Lets the questions have these answers, in their order; an exception ends the run there."""

    def set_up(*came: Came, usage: Usage = PAID) -> None:
        def ask_groups(
            _: Review, groups: Iterable[Sequence[str]]
        ) -> Generator[tuple[list[Answer | Unanswered], Usage], None, None]:
            waiting = list(came)
            for group in groups:
                answers = [waiting.pop(0) for _ in group]
                for one in answers:
                    if isinstance(one, BaseException):
                        raise one
                yield [one for one in answers if not isinstance(one, BaseException)], usage

        monkeypatch.setattr(Review, "ask_groups", ask_groups)

    return set_up


def good(keys: Sequence[str]) -> tuple[Answer, ...]:
    return (
        answer_to("?", claim("It saves 30% of it.", (keys[0], None)), read=tuple(keys)),
        answer_to("?", claim("The slugs are.", (keys[4], None), (keys[0], None)), read=tuple(keys[:5])),
        answer_to("?", answered=False, read=tuple(keys)),
    )


def test_the_table_has_a_column_for_each_kind_and_fits_a_terminal(
    review: Path, questions: Path, keys: list[str], answering: Answering, conspectus: Conspectus
) -> None:
    answering(*good(keys))
    ended = conspectus("eval", questions, "-r", review, "--offline")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "                      single  compare  unanswerable   in all",
        "  questions                1        1             1        3",
        "  found_10            100.0%   100.0%             -   100.0%",
        "  found               100.0%   100.0%             -   100.0%",
        "  read                100.0%    50.0%             -    75.0%",
        "  right               100.0%   100.0%        100.0%   100.0%",
        "  precision           100.0%    50.0%             -    75.0%",
        "  recall              100.0%    50.0%             -    75.0%",
        "  answered            100.0%   100.0%             -   100.0%",
        "  refused                  -        -        100.0%   100.0%",
        "  calls a question       3.0      3.0           3.0      3.0",
        "  tokens a question    2,000    2,000         2,000    2,000",
        "  price a question   $0.0040  $0.0040       $0.0040  $0.0040",
        "refused where it should: 1 of 1; where it should not: 0 of 2",
    ]
    assert ended.err.splitlines()[-1].startswith("asking questions: 3 of 3")
    assert not (review / "answers.jsonl").exists()


def test_all_five_kinds_fit_80_columns(
    tmp_path: Path, review: Path, keys: list[str], answering: Answering, conspectus: Conspectus
) -> None:
    kinds = ("single", "multi", "compare", "trap")
    asked = [WATER | {"kind": kind, "question": f"{kind}?"} for kind in kinds]
    file = write_questions(tmp_path / "all.jsonl", *asked, ROSES)
    dear = Usage(calls=999, attempts=999, input_tokens=999_998, output_tokens=1, cost_usd=12.345)
    answering(*[good(keys)[0]] * 4, good(keys)[2], usage=dear)
    ended = conspectus("eval", file, "-r", review, "--offline")
    assert max(map(len, ended.out.splitlines())) <= 80
    for figure in ("999.0", "999,999", "$12.3"):
        assert figure in ended.out


def test_a_miss_is_told_with_what_was_expected_and_what_came(
    review: Path, questions: Path, keys: list[str], answering: Answering, conspectus: Conspectus
) -> None:
    answering(
        answer_to("?", claim("It saves 300% of it.", (keys[1], None)), read=(keys[1], keys[0])),
        answer_to("?", claim("Snails are slow.", (keys[4], None)), answered=False, read=(keys[4],)),
        answer_to("?", claim("Two pounds.", (keys[1], None))),
    )
    ended = conspectus("eval", questions, "-r", review, "--offline", "--misses")
    assert ended.code == 0  # how good answers have to be is said with --at-least
    assert ended.out.splitlines()[:15] == [
        "single, not right: How much water is saved?",
        "  expected: A third.",
        "  does not say: 30",
        "  came: It saves 300% of it.",
        f"  read and not cited: {keys[0]}",
        "compare, refused: Which is worse?",
        "  expected: an answer",
        "  does not say: slug",
        "  came: Snails are slow.",
        f"  not read: {keys[5]}",
        "unanswerable, not refused: What do roses cost?",
        "  expected: that the papers do not say",
        "  came: Two pounds.",
        "                      single  compare  unanswerable   in all",
        "  questions                1        1             1        3",
    ]
    assert "refused where it should: 0 of 1; where it should not: 1 of 2" in ended.out
    assert "expected" not in conspectus("eval", questions, "-r", review, "--offline").out


def test_json_has_every_question_and_every_figure(
    review: Path, questions: Path, keys: list[str], answering: Answering, conspectus: Conspectus
) -> None:
    answering(*good(keys))
    value = json.loads(conspectus("eval", questions, "-r", review, "--offline", "--json").out)
    assert value["model"] == "extractive"
    assert [line["kind"] for line in value["summary"]] == ["single", "compare", "unanswerable", None]
    assert value["summary"][-1]["figures"]["read"] == {"mean": 0.75, "n": 2}
    assert value["summary"][-1]["tokens"] == 2000
    compare = value["questions"][1]
    assert compare["gold"]["papers"] == [keys[4], keys[5]]
    assert compare["said"] == ["The slugs are."]
    assert compare["figures"]["precision"] == 0.5
    assert compare["unread"] == [keys[5]]
    assert (value["not_asked"], value["below"]) == (0, [])


@pytest.mark.parametrize(
    ("at_least", "code", "told"),
    [
        ("right=1", 0, []),
        ("right=100%, refused=1.0,read=75%,compare.read=0.5", 0, []),
        ("read=0.76,single.read=1", 3, ["below what was asked for: read is 75.0%, and should be 76%"]),
        ("compare.read=0.9", 3, ["below what was asked for: compare.read is 50.0%, and should be 90%"]),
    ],
)
def test_a_figure_below_what_was_asked_for_ends_with_3(
    at_least: str,
    code: int,
    told: list[str],
    review: Path,
    questions: Path,
    keys: list[str],
    answering: Answering,
    conspectus: Conspectus,
) -> None:
    answering(*good(keys))
    ended = conspectus("eval", questions, "-r", review, "--offline", "--at-least", at_least)
    assert ended.code == code
    assert [line for line in ended.out.splitlines() if line.startswith("below")] == told


def test_a_figure_that_nothing_came_for_is_below(
    review: Path, questions: Path, keys: list[str], answering: Answering, conspectus: Conspectus
) -> None:
    answering(*[answer_to("?", answered=False)] * 3)
    ended = conspectus("eval", questions, "-r", review, "--offline", "--at-least", "precision=0")
    assert ended.code == 3
    assert "below what was asked for: precision could not be measured" in ended.out


@pytest.mark.parametrize(
    ("at_least", "told"),
    [
        ("rihgt=0.9", "'rihgt=0.9' names no figure"),
        ("easy.right=0.9", "'easy.right=0.9' names no figure"),
        ("right", "'right': write a figure from 0 to 1, or 0% to 100%"),
        ("right=90", "'right=90': write a figure from 0 to 1"),
        ("right=nan", "'right=nan': write a figure from 0 to 1"),
        ("trap.right=0.9", "no question in the file measures trap.right"),
        ("single.refused=0.9", "no question in the file measures single.refused"),
        ("unanswerable.found=0.9", "no question in the file measures unanswerable.found"),
    ],
)
def test_a_figure_that_cannot_be_reached_is_a_wrong_command_line(
    at_least: str, told: str, review: Path, questions: Path, answering: Answering, conspectus: Conspectus
) -> None:
    answering(AssertionError("nothing is asked before it is clear that all can be measured"))
    ended = conspectus("eval", questions, "-r", review, "--offline", "--at-least", at_least)
    assert ended.code == 2
    assert told in " ".join(ended.err.split())


def test_what_stayed_unanswered_is_told_with_why_and_is_no_refusal(
    review: Path, questions: Path, keys: list[str], answering: Answering, conspectus: Conspectus
) -> None:
    lost = Unanswered(stage="ask_gather", subject="q", why="the server fell asleep")
    answering(good(keys)[0], lost, lost)
    ended = conspectus("eval", questions, "-r", review, "--offline", "--misses")
    assert ended.code == 3
    assert "compare, unanswered: Which is worse?" in ended.out
    assert "  unanswered               0        1             1        2\n" in ended.out
    assert "  right               100.0%        -             -   100.0%\n" in ended.out
    assert "refused where it should: 0 of 0; where it should not: 0 of 1" in ended.out
    assert "unanswered: 2 questions: the server fell asleep" in ended.out


@pytest.mark.parametrize(
    ("stop", "code", "told"),
    [
        (BudgetSpent("the budget of 3 calls is spent"), 3, "the budget of 3 calls is spent"),
        (KeyboardInterrupt(), 130, "stopped; what was answered is kept, and the next run goes on from there"),
    ],
)
def test_what_came_before_a_run_was_stopped_is_shown(
    stop: BaseException,
    code: int,
    told: str,
    review: Path,
    questions: Path,
    keys: list[str],
    answering: Answering,
    conspectus: Conspectus,
) -> None:
    answering(good(keys)[0], stop)
    ended = conspectus("eval", questions, "-r", review, "--offline")
    assert ended.code == code
    assert ended.message == told
    assert "  right               100.0%   100.0%\n" in ended.out
    assert "not asked to the end: 2 of 3 questions" in ended.out
    as_json = conspectus("eval", questions, "-r", review, "--offline", "--json")
    assert json.loads(as_json.out)["not_asked"] == 2


def test_without_a_key_it_ends_as_every_run_does(
    review: Path, questions: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    ended = conspectus("eval", questions, "-r", review, "--model", "some-model")
    assert ended.code == 1
    assert ended.message.startswith("no key for some-model")
    assert ended.out == "not asked to the end: 3 of 3 questions\n"


def test_one_budget_holds_for_all_questions(
    review: Path, questions: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_stub(hook=HONEST) as stub:
        monkeypatch.setenv("OPENAI_API_KEY", "k")
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        ended = conspectus("eval", questions, "-r", review, "--model", "stub-model", "--max-calls", "1")
        assert stub.stats()["total"] == 1
    assert ended.code == 3
    assert ended.message.startswith("the budget of 1 calls is spent")
    assert "not asked to the end: 3 of 3 questions" in ended.out


def test_what_is_wrong_with_the_file_is_one_line_and_nothing_is_asked(
    tmp_path: Path, review: Path, answering: Answering, conspectus: Conspectus
) -> None:
    answering(AssertionError("nothing is asked"))
    file = write_questions(tmp_path / "q.jsonl", WATER, ROSES | {"kind": "hard"})
    ended = conspectus("eval", file, "-r", review, "--offline")
    assert (ended.code, ended.out) == (1, "")
    assert ended.message.startswith("q.jsonl:2: there is no kind 'hard'")
    ended = conspectus("eval", tmp_path / "none.jsonl", "-r", review, "--offline")
    assert (ended.code, ended.out) == (1, "")
    assert "none.jsonl cannot be read: No such file" in ended.message


def test_there_is_nothing_to_record_of_the_built_in_model(
    tmp_path: Path, review: Path, questions: Path, conspectus: Conspectus
) -> None:
    ended = conspectus("eval", questions, "-r", review, "--offline", "--record", tmp_path / "calls.jsonl")
    assert ended.code == 2
    assert "there is nothing to record" in ended.err


def test_the_demos_own_questions_can_be_put_to_it(tmp_path: Path, conspectus: Conspectus) -> None:
    Review.copy_demo(tmp_path / "demo")
    file = Path(__file__).parents[2] / "cassettes" / "demo" / "questions.jsonl"
    ended = conspectus("eval", file, "-r", tmp_path / "demo", "--offline", "--json")
    asked = [one["gold"]["kind"] for one in json.loads(ended.out)["questions"]]
    assert asked == ["single", "single", "multi", "compare", "trap", "multi", "unanswerable", "unanswerable"]
