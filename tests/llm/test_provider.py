import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from agent.errors import (
    BadReply,
    BudgetSpent,
    CallError,
    NotAllowed,
    Refused,
    RunStopped,
    TransportFailed,
    Truncated,
    Unreachable,
)
from agent.llm.budget import Budget
from agent.llm.call import Call, Reply, Usage
from agent.llm.provider import Provider
from agent.llm.retries import Retries
from agent.review import Limits, ModelChoice
from tests.llm.sample import Kind, call, calls, replies
from tests.stub import Stub, running_stub

KEY = "sk-test-0123456789abcdef"
QUICK = Retries(first_wait_s=0.01, longest_wait_s=0.05)
MODES = ("json_schema", "tools")


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    with running_stub(retry_after=0.02) as stub:
        yield stub


@pytest.fixture
def stub(server: Stub) -> Stub:
    server.config(fault="", latency_ms=0, api_key="", max_concurrency=0, seed=0)
    server.reset()
    return server


def provider(
    url: str, *, limits: Limits | None = None, key: str = KEY, retries: Retries = QUICK, **choice: object
) -> Provider:
    chosen = ModelChoice(name="stub-model", **{"concurrency": 32, "timeout_s": 10, "max_output_tokens": 500, **choice})
    return Provider(url, key, chosen, Budget(limits or Limits(), 1.0, 2.0), retries=retries)


def total_of(one: Provider) -> Usage:
    return sum(one.ledger.by_prompt.values(), Usage())


def assert_ledger_is_the_servers(one: Provider, stub: Stub) -> None:
    stats, total = stub.stats(), total_of(one)
    assert total.attempts == stats["total"] == one.budget.used.attempts
    assert (total.input_tokens, total.output_tokens) == (stats["prompt_tokens"], stats["completion_tokens"])


@pytest.mark.parametrize(
    "address", ["foo", "localhost:8000/v1", "ftp://there/v1", "http://", "http://h:port", "http://[::1", "http://a b"]
)
def test_an_address_that_is_none_is_told_before_anything_is_sent(address: str) -> None:
    with pytest.raises(NotAllowed, match=r"OPENAI_BASE_URL is .*; it looks like https://"):
        provider(address)


def test_a_key_in_place_of_the_address_is_not_shown() -> None:
    with pytest.raises(NotAllowed) as told:
        provider(KEY)
    assert KEY not in str(told.value)


@pytest.mark.parametrize("mode", MODES)
def test_answers_are_valid_and_the_ledger_is_the_servers(stub: Stub, mode: str) -> None:
    with provider(stub.url, mode=mode) as one:
        answered = replies(one, 64)
        assert_ledger_is_the_servers(one, stub)
        assert list(one.ledger.by_prompt) == ["classify_kind"]
        assert total_of(one).calls == 64
        assert total_of(one).cost_usd == pytest.approx(one.budget.used.cost_usd)
    for reply in answered.values():
        assert isinstance(reply, Reply)
        assert isinstance(Kind.model_validate_json(reply.text), Kind)
        assert reply.model == "stub-model"
        assert len(reply.day or "") == len("2026-11-20")
        assert (reply.usage.calls, reply.usage.attempts) == (1, 1)


def test_as_many_as_allowed_are_on_their_way_at_once(stub: Stub) -> None:
    stub.config(latency_ms=300)
    with provider(stub.url) as one:
        assert len(replies(one, 64)) == 64
    stats = stub.stats()
    assert stats["peak_in_flight"] == 32
    assert stats["connections_total"] <= 32 + 3  # three are for asking the server itself


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", ["429", "500", "503", "529", "408", "disconnect", "halfbody", "html"])
def test_what_passes_is_tried_again(stub: Stub, fault: str, mode: str) -> None:
    stub.config(fault=f"{fault}:0.3")
    with provider(stub.url, mode=mode) as one:
        answered = replies(one, 24)
        assert_ledger_is_the_servers(one, stub)
        assert total_of(one).attempts > 24
        is_known = fault.isdigit()  # an error is not billed; of a lost connection nobody knows
        assert (total_of(one).cost_usd is not None) == is_known
    assert all(isinstance(reply, Reply) for reply in answered.values())
    assert sum(reply.usage.attempts for reply in answered.values() if isinstance(reply, Reply)) == stub.stats()["total"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", ["badjson", "badschema", "empty"])
def test_an_invalid_answer_is_asked_again_and_paid_once(stub: Stub, fault: str, mode: str) -> None:
    stub.config(fault=f"{fault}:0.3")
    with provider(stub.url, mode=mode) as one:
        answered = replies(one, 24)
        assert_ledger_is_the_servers(one, stub)
    good = [reply for reply in answered.values() if isinstance(reply, Reply)]
    assert len(good) >= 20
    assert all(Kind.model_validate_json(reply.text) for reply in good)
    assert max(reply.usage.attempts for reply in good) > 1
    assert stub.stats()["answered_again"] == 0  # no body was sent twice: each asking again says what was wrong


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", ["badjson", "badschema", "empty"])
def test_asking_again_ends(stub: Stub, fault: str, mode: str) -> None:
    stub.config(fault=fault)
    with provider(stub.url, mode=mode) as one:
        (failed,) = replies(one, 1).values()
    assert isinstance(failed, BadReply)
    assert str(failed).startswith("classify_kind: no valid answer in 3 tries: ")
    assert "\n" not in str(failed)
    assert stub.stats()["total"] == 3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("fault", "kind"), [("refusal", Refused), ("filter", Refused), ("truncate", Truncated)])
def test_what_asking_again_cannot_change_is_sent_once(stub: Stub, fault: str, kind: type[CallError], mode: str) -> None:
    stub.config(fault=fault)
    with provider(stub.url, mode=mode) as one:
        answered = replies(one, 5)
        assert_ledger_is_the_servers(one, stub)
    assert [type(failed) for failed in answered.values()] == [kind] * 5
    assert stub.stats()["total"] == 5


def test_a_truncated_answer_says_what_to_raise(stub: Stub) -> None:
    stub.config(fault="truncate")
    with provider(stub.url) as one:
        ((_, failed),) = one.send_all([call("a", max_output_tokens=777)])
    assert "777 tokens; raise `max_output_tokens` under [model]" in str(failed)


def test_attempts_at_a_server_that_stays_down_are_bounded(stub: Stub) -> None:
    stub.config(fault="503")
    with provider(stub.url) as one:
        (failed,) = replies(one, 1).values()
    assert isinstance(failed, TransportFailed)
    assert "503" in str(failed)
    assert stub.stats()["total"] == QUICK.attempts


def test_a_server_that_sends_pages_is_doubted(stub: Stub) -> None:
    stub.config(fault="html")
    with provider(stub.url, retries=Retries(attempts=2, first_wait_s=0)) as one:
        (failed,) = replies(one, 1).values()
    assert "is its address right?" in str(failed)


def test_no_server_at_all_stops_the_run() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with provider(url) as one:
        with pytest.raises(Unreachable, match=f"{url} cannot be reached: the connection failed"):
            replies(one, 100)
        assert total_of(one).cost_usd == 0.0
        assert one.budget.used.input_tokens == 0
        assert total_of(one).attempts <= one.choice.concurrency * one.retries.attempts


def test_a_server_that_never_answers_keeps_the_worst_case(stub: Stub) -> None:
    stub.config(fault="timeout")
    with provider(stub.url, timeout_s=0.1, retries=Retries(attempts=2, first_wait_s=0)) as one:
        (failed,) = replies(one, 1).values()
        assert total_of(one).cost_usd is None
        assert one.budget.used.output_tokens == 2 * 500
    assert "no reply came in 0.1 s (tried 2 times)" in str(failed)


def test_a_wrong_key_stops_the_run_and_is_not_told(stub: Stub) -> None:
    stub.config(api_key="the right one")
    with provider(stub.url) as one, pytest.raises(NotAllowed, match="OPENAI_API_KEY") as caught:
        replies(one, 200)
    assert KEY not in str(caught.value)
    assert total_of(one).attempts <= 32


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, {"message": f"Incorrect API key provided: {KEY}."}, NotAllowed, "Incorrect API key provided: ***"),
        (403, {"message": "Your key sk-proj-abcd****wxyz is blocked."}, NotAllowed, "Your key *** is blocked."),
        (402, {"message": "Pay first."}, NotAllowed, "no credit"),
        (429, {"message": "You exceeded it.", "code": "insufficient_quota"}, NotAllowed, "no credit"),
        (404, {"message": "No such model."}, NotAllowed, "knows no model `stub-model`"),
        (400, {"message": "It is not there.", "code": "model_not_found"}, NotAllowed, "knows no model"),
        (400, {"message": "Filtered.", "code": "content_filter"}, Refused, "content filter"),
        (400, {"message": "response_format is not supported"}, TransportFailed, 'try `mode = "tools"`'),
        (413, {"message": "Too long."}, TransportFailed, "(413): Too long."),
    ],
)
def test_what_a_status_means(status: int, body: dict[str, str], kind: type[Exception], said: str) -> None:
    with answering(status, {"error": body}) as url, provider(url) as one:
        try:
            (failed,) = (str(failed) for failed in replies(one, 1).values() if isinstance(failed, kind))
        except RunStopped as stop:
            assert isinstance(stop, kind)
            failed = str(stop)
        assert total_of(one).attempts == 1
    assert said in failed
    assert KEY not in failed


def test_a_word_in_place_of_a_key_hides_no_words() -> None:
    said = {"error": {"message": "There is a nonexistent model; try none."}}
    for key in ("none", "", "x"):
        with answering(400, said) as url, provider(url, key=key) as one:
            (failed,) = replies(one, 1).values()
        assert "There is a nonexistent model; try none." in str(failed)


ANSWER = json.dumps({"kind": "method", "why": "w", "year": None})


def completion(usage: object = None, model: object = "odd-1", **message: object) -> str:
    """A server's reply, with parts of it as no server should send them."""
    said = {"role": "assistant", "content": ANSWER, **message}
    choices = [{"index": 0, "message": said, "finish_reason": "stop"}]
    return json.dumps({"model": model, "choices": choices, "usage": usage})


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "body",
    [
        '{"choices": []}',
        '{"error": {"message": "overloaded", "code": 502}}',
        '{"error": {"message": ["\\ud800"]}}',
        "{",
        "",
        "null",
        "7",
        "[]",
        "{}",
        "[" * 100_000,
        '{"choices": "x"}',
        '{"choices": [null]}',
        '{"choices": [{"message": "hi"}]}',
        completion(content=5),
        completion(content=[{"type": "text", "text": ANSWER}]),
        completion(refusal={"a": 1}),
        completion(tool_calls="x"),
        completion(tool_calls=[1]),
        completion(tool_calls=[{"type": "function"}]),
        completion(tool_calls=[{"type": "function", "function": {"arguments": 7}}]),
    ],
)
def test_a_reply_that_is_none_fails_the_call_alone(body: str, mode: str) -> None:
    with answering(200, body) as url, provider(url, mode=mode, retries=Retries(attempts=2, first_wait_s=0)) as one:
        (failed,) = replies(one, 1).values()
        assert total_of(one).attempts == 2
        assert total_of(one).cost_usd is None
    assert isinstance(failed, TransportFailed)
    assert "tried 2 times" in str(failed)
    str(failed).encode()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "content", ["\ud800", "[" * 50_000, '{"kind":"method","why":"\\ud800","year":null}', None, "7"]
)
def test_an_answer_that_no_request_could_carry_back_fails_the_call_alone(content: str | None, mode: str) -> None:
    with answering(200, completion(content=content)) as url, provider(url, mode=mode) as one:
        (failed,) = replies(one, 1).values()
    assert isinstance(failed, BadReply)
    assert "no valid answer in 3 tries" in str(failed)
    str(failed).encode()


@pytest.mark.parametrize(
    "usage",
    [
        "much",
        [],
        {"prompt_tokens": "12", "completion_tokens": "3"},
        {"prompt_tokens": -5, "completion_tokens": 3},
        {"prompt_tokens": 1.5, "completion_tokens": 3},
        {"prompt_tokens": None, "completion_tokens": None},
    ],
)
def test_usage_that_is_none_is_unknown_and_keeps_the_worst_case(usage: object) -> None:
    with answering(200, completion(usage)) as url, provider(url) as one:
        (reply,) = replies(one, 1).values()
        assert one.budget.used.output_tokens == 500
    assert isinstance(reply, Reply)
    assert reply.usage.cost_usd is None


@pytest.mark.parametrize("model", [5, None, "", ["a"]])
def test_a_server_that_names_no_model_is_the_one_that_was_asked(model: object) -> None:
    with answering(200, completion(model=model)) as url, provider(url) as one:
        (reply,) = replies(one, 1).values()
    assert isinstance(reply, Reply)
    assert reply.model == "stub-model"


def test_a_model_of_a_name_that_cannot_be_written_down_is_named_nearly_so() -> None:
    with answering(200, completion(model="m\ud800")) as url, provider(url) as one:
        (reply,) = replies(one, 1).values()
    assert isinstance(reply, Reply)
    assert reply.model == "m?"


def test_usage_that_the_server_does_not_tell_is_unknown() -> None:
    content = json.dumps({"kind": "method", "why": "w", "year": None})
    message = {"role": "assistant", "content": content}
    body = {"model": "quiet-1", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    with answering(200, body) as url, provider(url) as one:
        (reply,) = replies(one, 1).values()
        assert one.budget.used.output_tokens == 500
    assert isinstance(reply, Reply)
    assert (reply.model, reply.text) == ("quiet-1", content.replace(": ", ":").replace(", ", ","))
    assert reply.usage.cost_usd is None


class answering:  # noqa: N801  (reads as the `with` it is used in)
    """A server that gives one answer to all, and keeps what it was sent."""

    def __init__(self, status: int, body: object) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.sent: list[dict[str, Any]] = []
        sent = self.sent

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                sent.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize("mode", MODES)
def test_what_is_sent(mode: str) -> None:
    with (server := answering(400, {})) as url, provider(url, mode=mode, max_output_tokens=100) as one:
        list(one.send_all([call("a {{ 7*7 }} \ud83d", temperature=0.0, seed=7)]))
        list(one.send_all([call("b", max_output_tokens=200, temperature=None)]))
    first, second = server.sent
    if mode == "json_schema":
        assert first["response_format"]["json_schema"]["strict"] is True
        assert first["response_format"]["json_schema"]["schema"] == call("a").schema
        assert "tools" not in first
    else:
        (tool,) = first["tools"]
        assert tool["function"]["strict"] is True
        assert tool["function"]["parameters"] == call("a").schema
        assert first["tool_choice"]["function"]["name"] == tool["function"]["name"]
        assert "response_format" not in first
    assert [message["content"] for message in first["messages"]] == ["You sort papers.", "a {{ 7*7 }} ?"]
    assert (first["model"], first["temperature"], first["seed"]) == ("stub-model", 0.0, 7)
    assert (first["max_completion_tokens"], second["max_completion_tokens"]) == (100, 200)
    assert "temperature" not in second
    assert KEY not in json.dumps(server.sent)


def test_a_budget_of_calls_is_never_passed(stub: Stub) -> None:
    stub.config(fault="429:0.2,badschema:0.2,disconnect:0.1", latency_ms=5)
    handed: list[Call] = []
    with provider(stub.url, limits=Limits(calls=50)) as one, pytest.raises(BudgetSpent, match="50 calls"):
        for answered, _ in one.send_all(calls(200)):
            handed.append(answered)
    # One that was about to be sent when another met the limit is not sent.
    assert 35 < stub.stats()["total"] == total_of(one).attempts == one.budget.used.attempts <= 50
    assert handed


def test_a_budget_of_tokens_is_never_passed(stub: Stub) -> None:
    stub.config(latency_ms=5)
    with provider(stub.url, limits=Limits(tokens=10_000)) as one, pytest.raises(BudgetSpent):
        replies(one, 1000)
    stats = stub.stats()
    assert 8_500 < stats["prompt_tokens"] + stats["completion_tokens"] <= 10_000


def test_nothing_is_sent_on_an_empty_budget(stub: Stub) -> None:
    with provider(stub.url, limits=Limits(calls=0)) as one, pytest.raises(BudgetSpent):
        replies(one, 5)
    assert stub.stats()["total"] == 0


def test_once_stopped_what_is_in_flight_is_handed_back(stub: Stub) -> None:
    stub.config(latency_ms=50)
    handed: list[Reply | CallError] = []
    with provider(stub.url, limits=Limits(calls=40), concurrency=16) as one, pytest.raises(BudgetSpent):
        for _, reply in one.send_all(calls(100)):
            handed.append(reply)
    assert 25 < len(handed) == stub.stats()["answered"] <= 40


def press_ctrl_c_when_all_are_sent(stub: Stub, n_calls: int) -> None:
    while stub.stats()["total"] < n_calls:
        pass
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_hands_back_what_is_in_flight(stub: Stub) -> None:
    stub.config(latency_ms=1_000)
    handed = []
    with provider(stub.url, concurrency=16) as one:
        threading.Thread(target=press_ctrl_c_when_all_are_sent, args=(stub, 16)).start()
        with pytest.raises(KeyboardInterrupt):
            for _, reply in one.send_all(calls(100)):
                handed.append(reply)
    assert len(handed) == stub.stats()["answered"] == 16
    assert stub.stats()["abandoned"] == 0


def test_left_half_way_it_sends_nothing_more(stub: Stub) -> None:
    stub.config(latency_ms=20)
    with provider(stub.url, concurrency=8) as one:
        stream = one.send_all(calls(100))
        next(stream)
        stream.close()  # type: ignore[attr-defined]
        stats = stub.stats()
        assert stats["total"] <= 8
        assert (stats["abandoned"], stats["in_flight"]) == (0, 0)


def test_a_server_without_keys_is_asked_without_one(stub: Stub) -> None:
    with provider(stub.url, key="") as one:
        (reply,) = replies(one, 1).values()
    assert isinstance(reply, Reply)


def test_it_says_nothing_on_its_own(stub: Stub, capfd: pytest.CaptureFixture[str]) -> None:
    stub.config(fault="badjson")
    with provider(stub.url) as one:
        replies(one, 1)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
