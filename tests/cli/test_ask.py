"""`conspectus ask`: the answer in text, as a table and as JSON, with its sources and what it rests on."""

import io
import json
import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.draft import Claim
from agent.errors import BudgetSpent, QuestionError, Unfinished
from agent.folder import Folder
from agent.papers import Corpus
from agent.pipeline import Review
from agent.pipeline.asking import Asking
from agent.question import Answer, Extent, Kind, Scope
from agent.review import Made, Protocol
from tests.asked import COMPARED, COUNTS, HOW_MANY, SILENT, WHICH, answer, cited, passage
from tests.command import Conspectus
from tests.nouns import BEES, CORPUS, TAXONOMY, cards
from tests.papers import TAXONOMY as GARDENS
from tests.papers import write_jsonl
from tests.terminal import at_a_terminal

Asked = list[dict[str, Any]]


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """A review of the four papers that the canned answers are about."""
    return make_review(tmp_path / "r")


def make_review(place: Path, corpus: Corpus = CORPUS) -> Path:
    folder = Folder(place)
    folder.create(Protocol(title="Small animals"))
    folder.save_corpus(corpus, ())
    folder.save_cards(cards().values())
    folder.save_taxonomy(TAXONOMY)
    return place


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer | Exception], Asked]:
    """Lets every question have this answer; gives the list of what was asked."""

    def let(given: Answer | Exception) -> Asked:
        asked: Asked = []

        def ask(self: Review, question: str, **how: object) -> Answer:
            asked.append({"question": question, **how})
            if isinstance(given, Exception):
                raise given
            return given

        monkeypatch.setattr(Review, "ask", ask)
        return asked

    return let


Answering = Callable[[Answer | Exception], Asked]


def test_sources_are_numbered_by_first_mention_and_show_their_words(
    review: Path, conspectus: Conspectus, answering: Answering
) -> None:
    answering(HOW_MANY)
    ended = conspectus("ask", "How many bees?", "-r", review, "--offline")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == [
        "A camera finds 91.5% of all bees. [1] It is of no use at night, and moths come to lamps then. [1][2]",
        "",
        "[1] BeeNet: Counting Bees on Flowers (2021). bees2021",
        "    “On 12 meadows it finds 91.5% of all bees.”",
        "    “We present BeeNet, a camera that counts bees on flowers.”",
        "    “It does not work at night, when no bee flies.”",
        "[2] Moths Like Lamps (2022). moths2022",
        "    “We watched 2,000 moths at three lamps in a valley.”",
        "",
        "read 3 of 4 papers: 1 answers it",
    ]
    assert "\x1b" not in ended.out


def test_words_that_the_answer_says_itself_are_not_said_twice(
    review: Path, conspectus: Conspectus, answering: Answering
) -> None:
    answering(answer("How many?", passage(cited(f"BeeNet: “{COUNTS}”", ("bees2021", COUNTS)))))
    assert conspectus("ask", "How many?", "-r", review, "--offline").out.count("91.5%") == 1


def test_what_is_not_in_the_corpus_is_said_first(review: Path, conspectus: Conspectus, answering: Answering) -> None:
    answering(SILENT)
    ended = conspectus("ask", "How long do bees live?", "-r", review, "--offline")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[:2] == ["The corpus does not say.", "No paper tells how long bees live."]
    assert lines[3:5] == ["What the nearest papers say", "A camera counts bees. [1]"]
    at = lines.index("Nearest to it:")
    assert lines[at + 1] == "    Moths Like Lamps (2022). moths2022"
    assert lines[-1] == "read 3 of 4 papers: none answers it"


def test_a_question_over_the_corpus_lists_and_counts_all_that_was_found(
    review: Path, conspectus: Conspectus, answering: Answering
) -> None:
    answering(WHICH)
    ended = conspectus("ask", "Which papers?", "-r", review, "--offline")
    assert "\n2 papers of the 3 read say so; 1 has no abstract:\n" in ended.out
    assert "    moths2022  Moths Like Lamps (2022)\n      “We watched 2,000 moths" in ended.out
    assert ended.out.endswith("by year: 2022 (1), 2023 (1)\nby category: Molluscs (1), Moths (1)\n")


@pytest.mark.parametrize(
    ("extent", "scope", "told"),
    [
        (Extent(n_papers=4, n_possible=4, n_read=4), Scope(), "2 of 4 papers say so, and all were read:"),
        (
            Extent(n_papers=286, n_possible=48, n_read=45, n_without_abstract=3),
            Scope(),
            "2 papers of the 45 read say so; 238 of 286 papers were left out by the question's categories and "
            "searches; 3 have no abstract:",
        ),
        (
            Extent(n_papers=900, n_possible=310, n_read=300, n_unread=10),
            Scope(years=(2020, None)),
            "At least 2 papers of the 300 read say so; 10 more could bear on it and were not read; 590 of 900 papers "
            "within the limits were left out by the question's categories and searches:",
        ),
    ],
)
def test_a_count_is_never_taken_for_more_than_it_is(
    review: Path, conspectus: Conspectus, answering: Answering, *, extent: Extent, scope: Scope, told: str
) -> None:
    answering(WHICH.model_copy(update={"extent": extent, "scope": scope}))
    assert told in conspectus("ask", "Which papers?", "-r", review, "--offline").out.splitlines()


def test_what_goes_by_shared_words_is_not_said_to_answer(
    review: Path, conspectus: Conspectus, answering: Answering
) -> None:
    guess = "; the built-in model goes by shared words alone"
    for given, told in (
        (WHICH, f"2 papers of the 3 read may say so; 1 has no abstract{guess}:"),
        (HOW_MANY, f"read 3 of 4 papers: 1 may answer it{guess}"),
        (SILENT, f"read 3 of 4 papers: none answers it{guess}"),
    ):
        answering(given.model_copy(update={"made": Made(model="extractive")}))
        assert told in conspectus("ask", "Which papers?", "-r", review, "--offline").out.splitlines()


def test_none_found_in_all_that_was_read_is_no_number(
    review: Path, conspectus: Conspectus, answering: Answering
) -> None:
    answering(SILENT.model_copy(update={"kind": Kind.CORPUS, "matching": WHICH.matching}))
    last = conspectus("ask", "Which papers?", "-r", review, "--offline").out.splitlines()[-1]
    assert last == "none of the 3 papers read says so; 1 has no abstract"


def test_a_program_gets_every_field(review: Path, conspectus: Conspectus, answering: Answering) -> None:
    answering(HOW_MANY)
    ended = conspectus("ask", "How many bees?", "-r", review, "--offline", "--json")
    value = json.loads(ended.out)
    assert set(value) >= {
        "answer", "answered", "kind", "missing", "claims", "citations", "table", "matching", "nearest", "read",
        "extent", "id", "question", "scope", "model", "usage",
    }  # fmt: skip
    assert value["answered"] is True and value["kind"] == "fact" and value["table"] is None
    assert value["read"] == ["bees2021", "moths2022", "slugs2023"]
    assert value["usage"] == {"calls": 0, "attempts": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0}
    for citation in value["citations"]:
        text = CORPUS.paper(citation["key"])[citation["where"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["title"] == CORPUS.paper(citation["key"]).title
    said = [value["citations"][int(n) - 1]["quote"] for n in re.findall(r"\[(\d+)\]", value["answer"])]
    assert said == [citation.quote for claim in HOW_MANY.claims for citation in claim.citations]
    assert [value["citations"][n - 1]["key"] for n in value["claims"][1]["citations"]] == ["bees2021", "moths2022"]


def test_a_program_gets_the_table_and_what_was_not_answered(
    review: Path, conspectus: Conspectus, answering: Answering
) -> None:
    answering(COMPARED)
    table = json.loads(conspectus("ask", "How do they differ?", "-r", review, "--offline", "--json").out)["table"]
    assert table["columns"] == ["animal", "place"]
    assert table["rows"][0]["title"] == BEES.title
    assert table["rows"][0]["cells"]["place"] == {"text": "12 meadows", "quote": COUNTS}
    answering(SILENT)
    value = json.loads(conspectus("ask", "How long?", "-r", review, "--offline", "--json").out)
    assert value["answer"].startswith("The corpus does not say.") and value["answered"] is False
    assert [one["key"] for one in value["nearest"]] == ["bees2021", "moths2022"]
    assert value["missing"] == "No paper tells how long bees live."


def test_a_table_is_markdown_where_it_is_piped(review: Path, conspectus: Conspectus, answering: Answering) -> None:
    answering(COMPARED)
    plain = conspectus("ask", "How do they differ?", "-r", review, "--offline").out
    assert "|" not in plain
    out = conspectus("ask", "How do they differ?", "-r", review, "--offline", "--table").out
    assert "| Paper | animal | place |\n| --- | --- | --- |\n| BeeNet: Counting Bees on Flowers \\[1\\] | bees |" in out
    assert f"    “{COUNTS}”" in out  # the words that a cell rests on


def test_an_answer_without_a_table_says_so(review: Path, conspectus: Conspectus, answering: Answering) -> None:
    answering(HOW_MANY)
    out = conspectus("ask", "How many?", "-r", review, "--offline", "--table").out
    assert "this answer has no table" in out and "A camera finds" in out


def test_what_the_options_say_is_what_is_asked(review: Path, conspectus: Conspectus, answering: Answering) -> None:
    asked = answering(HOW_MANY)
    words = [
        "--within",
        "bees",
        "--within",
        "Moths",
        "--years",
        "2021-2022",
        "--paper",
        "bees2021",
        "--table",
        "--keep",
    ]
    assert conspectus("ask", "How many?", "-r", review, "--offline", *words).code == 0
    assert conspectus("ask", "How many?", "-r", review, "--offline", "--no-keep").code == 0
    scope = Scope(within=("bees", "Moths"), years=(2021, 2022), papers=("bees2021",))
    assert asked == [
        {"question": "How many?", "scope": scope, "table": True, "keep": True},
        {"question": "How many?", "scope": Scope(), "table": False, "keep": False},
    ]


@pytest.mark.parametrize("words", [["ask"], ["ask", ""], ["ask", " \n "]])
def test_no_question_is_a_wrong_command_line(
    review: Path, conspectus: Conspectus, answering: Answering, words: list[str]
) -> None:
    asked = answering(HOW_MANY)
    ended = conspectus(*words, "-r", review)
    assert ended.code == 2 and "there is no question" in ended.err
    assert asked == [] and ended.out == ""


@pytest.mark.parametrize(("data", "question"), [(b"How many\nbees?\n", "How many\nbees?\n"), (b"\xff?", "\ufffd?")])
def test_a_dash_reads_the_question_from_stdin(
    review: Path,
    conspectus: Conspectus,
    answering: Answering,
    monkeypatch: pytest.MonkeyPatch,
    *,
    data: bytes,
    question: str,
) -> None:
    asked = answering(HOW_MANY)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))
    assert conspectus("ask", "-", "-r", review, "--offline").code == 0
    assert [one["question"] for one in asked] == [question]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n"), encoding="utf-8"))
    assert conspectus("ask", "-", "-r", review, "--offline").code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (QuestionError("a question has at most 4,000 characters"), 1),
        (Unfinished("the question stayed unanswered: refused"), 3),
        (BudgetSpent("the budget of 3 calls is spent"), 3),
    ],
)
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_how_a_question_that_fails_ends(
    review: Path, conspectus: Conspectus, answering: Answering, error: Exception, code: int, option: list[str]
) -> None:
    answering(error)
    ended = conspectus("ask", "How many?", "-r", review, "--offline", *option)
    assert (ended.code, ended.message) == (code, str(error))
    assert ended.out == ""  # no report of the survey in the place of an answer


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--years", "soon"], "'soon' is none of 2022"),
        (["--offline", "--record", "x.jsonl"], "there is nothing to record: --offline asks no model"),
        (["--list"], "it lists what was asked, and asks nothing"),
    ],
)
def test_options_that_go_nowhere_are_a_wrong_command_line(
    review: Path, conspectus: Conspectus, answering: Answering, words: list[str], told: str
) -> None:
    asked = answering(HOW_MANY)
    ended = conspectus("ask", "How many?", "-r", review, *words)
    assert ended.code == 2 and told in " ".join(ended.err.split())
    assert asked == []


def test_without_a_review_there_is_a_line(tmp_path: Path, conspectus: Conspectus) -> None:
    for words in (["How many?"], ["--list"]):
        ended = conspectus("ask", *words, "-r", tmp_path)
        assert ended.code == 1 and "holds no review.toml" in ended.message


def test_what_was_asked_is_listed(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("ask", "--list", "-r", review).out == "0 questions asked, 0 kept for the survey\n"
    limited = answer("How many bees?", HOW_MANY.passage, scope=Scope(within=("bees",)), kept=True)
    Folder(review).save_answers([HOW_MANY, SILENT.model_copy(update={"made": Made(model="extractive")}), limited])
    ended = conspectus("ask", "--list", "-r", review)
    assert ended.out.splitlines() == [
        "How many bees? (in bees)",
        "    2 claims, some-model, 2026-11-20, kept",
        "How long do bees live?",
        "    the corpus does not say, extractive",
        "How many bees does a camera find?",
        "    2 claims, some-model, 2026-11-20",
        "3 questions asked, 1 kept for the survey",
    ]
    as_json = json.loads(conspectus("ask", "--list", "-r", review, "--json").out)
    assert [one["kept"] for one in as_json] == [True, False, False]
    assert as_json[0]["scope"]["within"] == ["bees"] and as_json[0]["id"] == limited.id


SHOWN = """
import sys
from agent.pipeline import Review
from agent.question import Answer
given = Answer.model_validate_json(open(sys.argv.pop(1)).read())
Review.ask = lambda self, question, **how: given
from agent.cli import main
main()
"""


def seen_of(given: Answer, review: Path, *words: str, width: int) -> str:
    """What a person sees of this answer on a terminal of this width, styles included."""
    (review / "given.json").write_text(given.model_dump_json())
    asked = ["ask", "q?", "-r", str(review), *words, "--offline"]
    code, seen = at_a_terminal([sys.executable, "-c", SHOWN, str(review / "given.json"), *asked], width)
    assert code == 0, seen
    return seen


def plain(text: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


@pytest.mark.parametrize("width", [60, 120])
def test_on_a_terminal_lines_fit_and_go_on_below_themselves(review: Path, width: int) -> None:
    seen = seen_of(HOW_MANY, review, width=width)
    lines = plain(seen)
    assert max(map(len, lines)) <= min(width, 100) and "\x1b[" in seen
    whole = " ".join(" ".join(lines).split())
    assert (
        "A camera finds 91.5% of all bees. [1] It is of no use at night, and moths come to lamps then. [1][2]" in whole
    )
    assert "“We present BeeNet, a camera that counts bees on flowers.”" in whole
    at = next(n for n, line in enumerate(lines) if line.startswith("[2]"))
    assert all(line.startswith("    ") for line in lines[at + 1 :][:1])


def test_on_a_terminal_a_comparison_is_a_table(review: Path) -> None:
    lines = plain(seen_of(COMPARED, review, "--table", width=100))
    head = next(line for line in lines if "animal" in line and "place" in line)
    row = next(line for line in lines if "12 meadows" in line)
    assert row.index("12 meadows") == head.index("place") and "|" not in row
    narrow = plain(seen_of(COMPARED, review, "--table", width=30))
    assert "  place: 12 meadows" in narrow


def test_nothing_from_papers_or_models_moves_a_terminal(tmp_path: Path) -> None:
    bad = (
        "\x1b[31mred\x1b]0;title\x07 \x9b1m [bold]no markup[/bold] [link=http://x]y[/link] :bee: \u202eeht\u202c\r\x08!"
    )
    evil = BEES.model_copy(update={"title": bad, "abstract": f"It says {bad} and no more than that."})
    corpus = Corpus([evil, *(paper for paper in CORPUS if paper.key != evil.key)])
    quote = f"{bad} and no more than that"
    claim: Claim = cited(f"It is {bad}.", ("bees2021", quote), corpus=corpus)
    given = answer(bad, passage(claim)).model_copy(update={"missing": bad, "nearest": ("bees2021",)})
    review = make_review(tmp_path / "r", corpus)
    for one in (given, given.model_copy(update={"answered": False, "kind": Kind.CORPUS})):
        seen = seen_of(one, review, width=100)
        assert not re.search("[\x07\x08\r\x9b\u202e\u202c]|\x1b(?!\\[[0-9;]*m)|\x1b\\[31m", seen)
        assert "[bold]no markup[/bold] [link=http://x]y[/link] :bee:" in " ".join(" ".join(plain(seen)).split())
    as_json = seen_of(given, review, "--json", width=100)
    assert not re.search("[\x07\x1b\x9b]", as_json)
    assert json.loads(as_json)["citations"][0]["quote"] == quote


def test_writing_without_blanks_fits_as_well(review: Path) -> None:
    claim = HOW_MANY.claims[0].model_copy(update={"text": "花に来る蜂をカメラで数える" * 12})
    lines = plain(seen_of(answer("何匹？", passage(claim)), review, width=60))
    body = [line for line in lines if "蜂" in line]
    assert len(body) > 3 and max(len(line) for line in body) <= 30
    assert textwrap.dedent("".join(body)).count("蜂") == 12


# With the survey.


@pytest.fixture
def built(tmp_path: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review that was built, whose every question has the same answer about its first paper."""
    assert conspectus("init", tmp_path / "b", write_jsonl(tmp_path / "plots.jsonl")).code == 0
    (tmp_path / "b" / "taxonomy.yaml").write_text(GARDENS)
    assert conspectus("build", tmp_path / "b", "--offline").code == 0
    corpus = Folder(tmp_path / "b").corpus()
    claim = cited("It is about gardens.", (corpus[0].key, corpus[0]["abstract"].split(". ")[0]), corpus=corpus)

    def ask(self: Asking, question: str) -> Answer:
        return answer(question, passage(claim))

    monkeypatch.setattr(Asking, "ask", ask)
    return tmp_path / "b"


def test_a_kept_answer_is_printed_until_it_is_kept_no_longer(built: Path, conspectus: Conspectus) -> None:
    page = built / "survey" / "survey.html"
    before = page.read_bytes()
    assert conspectus("ask", "What is <it> about?", "-r", built, "--offline").code == 0
    assert page.read_bytes() == before
    ended = conspectus("ask", "What is <it> about?", "-r", built, "--offline", "--keep")
    assert ended.code == 0 and ended.out.splitlines()[-1] == f"printed with the survey: {page}"
    assert "What is &lt;it&gt; about?" in page.read_text() and "It is about gardens." in page.read_text()
    assert conspectus("build", built, "--offline").code == 0
    assert "It is about gardens." in page.read_text()
    ended = conspectus("ask", "What is <it> about?", "-r", built, "--offline", "--no-keep")
    assert ended.out.splitlines()[-1] == "not printed with the survey"
    assert page.read_bytes() == before
    assert conspectus("ask", "--list", "-r", built).out.endswith("1 question asked, 0 kept for the survey\n")


def test_keeping_before_there_is_a_survey_says_so(built: Path, conspectus: Conspectus) -> None:
    for file in (built / "survey").iterdir():
        file.unlink()
    ended = conspectus("ask", "What is it about?", "-r", built, "--offline", "--keep", "--json")
    assert ended.code == 0 and json.loads(ended.out)["kept"] is True
    assert "kept for the survey, which is not built yet" in ended.err
    assert conspectus("build", built, "--offline").code == 0
    assert "It is about gardens." in (built / "survey" / "survey.md").read_text()


def test_an_unreadable_source_is_named(built: Path, tmp_path: Path, conspectus: Conspectus) -> None:
    (tmp_path / "flowers.csv").write_text("Colour,Height\nred,3\n")
    protocol = (built / "review.toml").read_text()
    (built / "review.toml").write_text(f'{protocol}\n[[sources]]\npath = "../flowers.csv"\n')
    ended = conspectus("ask", "What is it about?", "-r", built, "--offline")
    assert ended.code == 3 and "It is about gardens. [1]" in ended.out
    assert any(line.startswith("not read: ") and "flowers.csv" in line for line in ended.out.splitlines())
