"""What stands and what was paid, in the words a user reads."""

import pytest

from agent.cli.outcome import cost_lines, left_lines, lines
from agent.draft import Finding, Outcome, Problem, Tally
from agent.llm.call import Usage
from agent.llm.prices import Price
from agent.llm.prompts import known_prompts
from agent.pipeline.spent import Spent
from agent.report import Report
from agent.review import Unanswered
from agent.suspicion import Kind, TextFinding


def finding(row: str | None, outcome: Outcome) -> Finding:
    return Finding(
        passage="water", row=row, claim="Rain falls up.", keys=("rain2020",), problem=Problem.UNSUPPORTED,
        why="it falls down", outcome=outcome,
    )  # fmt: skip


def test_a_draft_of_which_no_claim_is_left_says_so() -> None:
    uncited = {f"rain{n}": "what was written of it did not stand the check" for n in range(16)}
    dropped = tuple(finding(None, Outcome.DROPPED) for _ in range(3))
    report = Report(program="0", n_papers=16, uncited=uncited, drafted=Tally(claims=3), findings=dropped)
    assert "0 claims; 0 papers cited, 16 listed with why" in lines(report)
    assert lines(report)[-1] == "3 findings about claims: 0 repaired, 3 dropped"


def test_without_a_draft_nothing_is_said_of_claims() -> None:
    assert lines(Report(program="0", n_papers=16)) == ["0 identified, 0 duplicates removed, 16 papers"]


def test_a_draft_with_claims_gives_its_share() -> None:
    report = Report(program="0", n_papers=4, n_claims=2, n_citations=3, n_cited=3, uncited={"rain2020": "no abstract"})
    assert lines(report)[1] == "2 claims with 3 citations; 3 papers cited (75.0%), 1 listed with why"


def test_findings_about_table_rows_are_no_findings_about_claims() -> None:
    found = (finding(None, Outcome.REPAIRED), finding("rain2020", Outcome.DROPPED), finding("sun2021", Outcome.DROPPED))
    said = lines(Report(program="0", findings=found))
    assert said[1:] == [
        "1 finding about claims: 1 repaired, 0 dropped",
        "2 findings about table rows: 0 repaired, 2 dropped",
    ]


def speaking(*subjects: str) -> tuple[TextFinding, ...]:
    return tuple(
        TextFinding(subject=subject, where="abstract", kind=Kind.ORDER, start=0, end=6, words="obey me")
        for subject in subjects
    )


def test_papers_that_speak_to_a_model_are_named() -> None:
    one = Report(program="0", paper_findings=speaking("rain2020", "rain2020"))
    assert lines(one)[1:] == ["1 paper holds text that speaks to a model: rain2020; listed in report.json"]
    many = Report(program="0", paper_findings=speaking(*(f"rain{n}" for n in range(5))))
    assert lines(many)[1:] == [
        "5 papers hold text that speaks to a model: rain0, rain1, rain2 and 2 more; listed in report.json"
    ]


def test_a_taxonomy_that_speaks_to_a_model_is_to_be_read() -> None:
    (line,) = lines(Report(program="0", taxonomy_findings=speaking("water")))[1:]
    assert line == (
        "the taxonomy holds text that speaks to a model, in water; read taxonomy.yaml; listed in report.json"
    )


@pytest.mark.parametrize("cost_usd", [0.0, None])
def test_what_brought_no_tokens_is_not_called_paid(cost_usd: float | None) -> None:
    (line,) = cost_lines(Spent({"classify_paper": Usage(1, 6, 0, 0, cost_usd)}))
    assert line == "sent in this run: 1 call in 6 attempts; the server told of no tokens"


def test_what_brought_tokens_is_paid() -> None:
    (line,) = cost_lines(Spent({"classify_paper": Usage(1, 2, 1_500, 20, 0.25)}))
    assert line == "paid in this run: 1 call in 2 attempts, 1,500 tokens sent, 20 written, $0.2500"
    assert cost_lines(Spent()) == []


def test_the_cost_is_told_by_stage_with_where_the_price_is_from() -> None:
    fresh = {
        "check_support": Usage(1, 1, 500, 50, 0.05),
        "classify_paper": Usage(2, 2, 1_000, 100, 0.1),
        "classify_quotes": Usage(1, 1, 100, 10, 0.01),
        "induce_propose": Usage(1, 1, 300, 30, 0.03),
    }
    told = cost_lines(Spent(fresh, price=Price(1.0, 2.0, "the list price of 2026-01-02 for m")))
    assert told[1:] == [
        "by stage: taxonomy $0.0300, cards $0.1100, check $0.0500",
        "at the list price of 2026-01-02 for m",
    ]


def test_without_a_price_the_stages_are_told_in_tokens_and_nothing_is_free() -> None:
    fresh = {"classify_paper": Usage(2, 2, 1_000, 100, None), "write_gaps": Usage(1, 1, 300, 30, None)}
    told = cost_lines(Spent(fresh))
    assert told[0].endswith(", price unknown")
    assert told[1:] == ["by stage: cards 1,100 tokens, sections 330 tokens"]


def test_what_this_machine_knew_is_told_with_what_it_had_cost() -> None:
    (line,) = cost_lines(Spent(cached={"classify_paper": Usage(266, 270, 9_000, 900, 0.41)}))
    assert line == "from this machine: 266 replies that cost $0.4100 when they were asked"
    kept = {"classify_paper": Usage(1, 1, 900, 90, None), "write_gaps": Usage(1, 1, 9, 1, None)}
    (line,) = cost_lines(Spent(cached=kept))
    assert line == "from this machine: 2 replies that took 1,000 tokens when they were asked: cards 1, sections 1"


def test_what_a_stopped_run_left_is_counted() -> None:
    def left(stage: str, n: int, *, stopped: bool = True) -> list[Unanswered]:
        return [Unanswered(stage=stage, subject=f"s{i}", why="spent", stopped=stopped) for i in range(n)]

    told = left_lines(Report(program="0", unanswered=(*left("classify_paper", 5), *left("classify_quotes", 1))))
    assert told == [
        "not asked: 5 cards, 1 card's quotes, and the sections and the check that come after them; "
        "the next run goes on with them"
    ]
    told = left_lines(Report(program="0", unanswered=(*left("write_section", 1), *left("check_support", 2))))
    assert told == [
        "not asked: 1 section or part, 2 passages to be checked, and the check of what they say; "
        "the next run goes on with them"
    ]
    assert left_lines(Report(program="0", unanswered=tuple(left("classify_paper", 2, stopped=False)))) == []


@pytest.mark.parametrize("prompt", sorted(name for name in known_prompts() if not name.startswith(("ask_", "doctor_"))))
def test_no_prompt_of_a_run_is_passed_over_where_it_was_not_sent(prompt: str) -> None:
    left = Unanswered(stage=prompt, subject="s", why="spent", stopped=True)
    (line,) = left_lines(Report(program="0", unanswered=(left,)))
    assert line.startswith("not asked: 1 ")
