"""What stands and what was paid, in the words a user reads."""

import pytest

from agent.cli.outcome import cost_lines, lines
from agent.draft import Finding, Outcome, Problem, Tally
from agent.llm.call import Usage
from agent.report import Report


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


@pytest.mark.parametrize("cost_usd", [0.0, None])
def test_what_brought_no_tokens_is_not_called_paid(cost_usd: float | None) -> None:
    (line,) = cost_lines({"classify_paper": Usage(1, 6, 0, 0, cost_usd)})
    assert line == "sent in this run: 1 call in 6 attempts; the server told of no tokens"


def test_what_brought_tokens_is_paid() -> None:
    (line,) = cost_lines({"classify_paper": Usage(1, 2, 1_500, 20, 0.25)})
    assert line == "paid in this run: 1 call in 2 attempts, 1,500 tokens sent, 20 written, $0.2500"
    assert cost_lines({}) == []
