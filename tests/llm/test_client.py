from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.errors import BudgetSpent, CallError, FolderError, NotKept, Refused
from agent.llm import client as client_module
from agent.llm.cache import Cached
from agent.llm.call import Answer, Call, Reply
from agent.llm.cassette import Cassette
from agent.llm.client import Client
from agent.llm.pool import answer_all
from agent.llm.prompts import Rendered
from agent.review import Unanswered
from tests.llm.sample import VALID, Kind, leave_room
from tests.scripted import DAY, Scripted, reply


@pytest.fixture(autouse=True)
def plain_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    def render(prompt: str, fields: Mapping[str, Any]) -> Rendered:
        return Rendered(prompt, str(fields["n"]))

    monkeypatch.setattr(client_module, "render", render)


def rows(*numbers: int) -> list[dict[str, int]]:
    return [{"n": number} for number in numbers]


def kind_of(call: Call) -> dict[str, Any]:
    return {"kind": "method", "why": call.user, "year": None}


class Backwards:
    """Answers the last call first."""

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        yield from reversed(list(Scripted(kind_of).send_all(calls)))


def test_answers_come_in_the_order_of_the_rows() -> None:
    answers = Client(Backwards(), "m").ask_all("sort", Kind, rows(1, 2, 3))
    assert [answer.why for answer in answers if isinstance(answer, Kind)] == ["1", "2", "3"]


def test_an_answer_knows_how_it_was_made() -> None:
    script = Scripted(kind_of)
    answer = Client(script, "m").ask("sort", Kind, n=1)
    assert (answer.made.call, answer.made.model, answer.made.day) == (script.calls[0].key, "scripted", DAY)


def test_a_call_carries_model_parameters_and_fields() -> None:
    script = Scripted(kind_of)
    Client(script, "m", parameters={"temperature": 0.5}).ask("sort", Kind, n=7)
    (call,) = script.calls
    assert (call.model, call.parameters, call.fields, call.user) == ("m", {"temperature": 0.5}, {"n": 7}, "7")


def test_a_call_that_failed_is_unanswered_and_the_others_are_not() -> None:
    script = Scripted(VALID, Refused("sort: the model refused: no"), VALID)
    first, second, third = Client(script, "m").ask_all("sort", Kind, rows(1, 2, 3))
    assert isinstance(first, Kind)
    assert second == Unanswered(stage="sort", subject="", why="sort: the model refused: no")
    assert isinstance(third, Kind)


def test_once_stopped_the_rest_is_unanswered_with_why_and_nothing_more_is_asked() -> None:
    script = Scripted(VALID, BudgetSpent("the budget is spent"))
    client = Client(script, "m")
    answers = client.ask_all("sort", Kind, rows(1, 2, 3))
    assert isinstance(answers[0], Kind)
    left = Unanswered(stage="sort", subject="", why="the budget is spent", stopped=True)
    assert answers[1:] == [left, left]
    assert client.ask_all("sort", Kind, rows(4)) == [left]
    assert len(script.calls) == 2
    with pytest.raises(BudgetSpent):
        client.ask("sort", Kind, n=5)


def test_ask_raises_what_stood_in_its_way() -> None:
    with pytest.raises(Refused, match="no"):
        Client(Scripted(Refused("no")), "m").ask("sort", Kind, n=1)


@pytest.mark.parametrize("transport", [Scripted(kind_of), Backwards()])
def test_the_same_call_twice_is_asked_once_and_answers_both(transport: Scripted | Backwards) -> None:
    seen: list[tuple[int, int]] = []
    client = Client(transport, "m", progress=lambda _, n_done, n_all: seen.append((n_done, n_all)))
    answers = client.ask_all("sort", Kind, rows(1, 2, 1, 1, 2, 3))
    assert [answer.why for answer in answers if isinstance(answer, Kind)] == ["1", "2", "1", "1", "2", "3"]
    assert client.n_replies == 3
    assert seen[-1] == (6, 6)


def test_each_row_may_have_a_class_of_its_own() -> None:
    class Other(Answer):
        why: str

    def answer(call: Call) -> dict[str, Any]:
        return kind_of(call) if call.answer is Kind else {"why": "other"}

    classes: list[type[Answer]] = [Kind, Other]
    first, second = Client(Scripted(answer), "m").ask_all("sort", classes, rows(1, 2))
    assert isinstance(first, Kind)
    assert isinstance(second, Other)


def test_a_reply_that_does_not_fit_is_a_failed_call() -> None:
    (answer,) = Client(Scripted('{"kind":"poem"}'), "m").ask_all("sort", Kind, rows(1))
    assert isinstance(answer, Unanswered)
    assert "does not fit" in answer.why


def test_an_error_between_two_replies_lets_the_transport_finish() -> None:
    finished: list[str] = []

    class Slow:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            try:
                yield from Scripted(kind_of).send_all(calls)
            finally:
                finished.append("waited for what was in flight")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        Client(Slow(), "m", progress=interrupt).ask_all("sort", Kind, rows(1, 2))
    assert finished == ["waited for what was in flight"], caught


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyboardInterrupt(), "the run was interrupted"),
        (FolderError("calls.jsonl, line 2: broken"), "ended by an error: FolderError: calls.jsonl, line 2: broken"),
        (LookupError("a\nbug"), "ended by an error: LookupError: a bug"),
    ],
)
def test_once_an_error_has_ended_the_run_nothing_more_is_asked(error: BaseException, said: str) -> None:
    class Fails:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            yield from Scripted(kind_of).send_all([next(iter(calls))])
            raise error

    client = Client(Fails(), "m")
    with pytest.raises(type(error)) as caught:
        client.ask_all("sort", Kind, rows(1, 2))
    assert caught.value is error
    assert client.n_replies == 1
    (left,) = client.ask_all("sort", Kind, rows(3))
    assert isinstance(left, Unanswered)
    assert left.stopped and said in left.why


@pytest.mark.parametrize("error", [KeyboardInterrupt(), LookupError("a bug")])
def test_replies_that_came_before_an_error_are_in_the_cache(error: BaseException, tmp_path: Path) -> None:
    n_asked = 0

    def answer(call: Call, stop: object) -> Reply:
        nonlocal n_asked
        n_asked += 1
        if call.user == "7":
            raise error
        return reply(kind_of(call))

    class Threads:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            return answer_all(calls, answer, 4)

    with Cached(Threads(), tmp_path) as cached, pytest.raises(type(error)):
        Client(cached, "m").ask_all("sort", Kind, rows(*range(50)))
    with Cached(Scripted(kind_of), tmp_path) as cached:
        assert all(isinstance(one, Kind) for one in Client(cached, "m").ask_all("sort", Kind, rows(*range(50))))
        assert cached.n_hits == n_asked - 1 < 12


def test_a_cache_that_is_full_stops_the_run_and_keeps_the_answers(tmp_path: Path) -> None:
    n_asked = 0

    def answer(call: Call, stop: object) -> Reply:
        nonlocal n_asked
        n_asked += 1
        return reply({**kind_of(call), "why": call.user + " long" * 1000})

    class Threads:
        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            return answer_all(calls, answer, 4)

    with Cached(Scripted(kind_of), tmp_path) as cached:
        Client(cached, "m").ask("sort", Kind, n=-1)
    leave_room(tmp_path, 40)
    with Cached(Threads(), tmp_path) as cached:
        client = Client(cached, "m")
        answers = client.ask_all("sort", Kind, rows(*range(200)))
    assert isinstance(client.stopped, NotKept)
    assert "full" in str(client.stopped) and "make room" in str(client.stopped)
    n_answered = sum(isinstance(one, Kind) for one in answers)
    assert 0 < n_answered == n_asked < 200
    assert all(one.why == str(client.stopped) for one in answers if isinstance(one, Unanswered))


@pytest.mark.parametrize("place", ["cache", "cassette"])
def test_a_store_that_cannot_be_used_stops_the_run_before_anything_is_paid(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    path, inner = tmp_path / "file" / "below", Scripted()
    transport = Cached(inner, path) if place == "cache" else Cassette(path, inner)
    client = Client(transport, "m")
    (left, _) = client.ask_all("sort", Kind, rows(1, 2))
    assert isinstance(left, Unanswered)
    assert isinstance(client.stopped, NotKept)
    assert str(path) in left.why and "cannot be" in left.why
    assert len(left.why.splitlines()) == 1
    assert inner.calls == []


def test_no_rows_ask_nothing() -> None:
    script = Scripted()
    assert Client(script, "m").ask_all("sort", Kind, []) == []
    assert script.calls == []
