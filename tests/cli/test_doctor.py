"""What `conspectus doctor` says of a review and the way to its model, and that no secret is in it."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Conspectus, Result
from tests.contacts import COMMAND
from tests.one_status import OneStatus
from tests.stub import Stub, running_stub
from tests.terminal import at_a_terminal

CHECKOUT = Path(__file__).resolve().parents[2]
GARDENS = CHECKOUT / "tests" / "data" / "gardens.jsonl"
KEY = "sk-n0body-may-see-this-0123456789"


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("OPENAI_") or name.lower().endswith("_proxy") or name.startswith("SSL_CERT"):
            monkeypatch.delenv(name)


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    folder = tmp_path / "r"
    assert conspectus("init", folder, GARDENS).code == 0
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    with running_stub() as stub:
        yield stub


@pytest.fixture
def stub(server: Stub, monkeypatch: pytest.MonkeyPatch) -> Stub:
    server.config(fault="", api_key="")
    server.reset()
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    return server


def line_of(ended: Result, about: str) -> str:
    """The one line about something, with its mark."""
    (line,) = (line for line in ended.out.splitlines() if line[7:].split(" ", 1)[0] == about)
    return line


def is_wrong(ended: Result, about: str) -> bool:
    return line_of(ended, about).startswith("WRONG  ")


def protocol(review: Path, old: str, new: str) -> None:
    file = review / "review.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


# Which model, and who named it


def test_without_a_model_the_built_in_one_answers_and_nothing_leaves(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("doctor", review)
    assert ended.code == 0
    assert "the built-in one (extractive), since none is named" in line_of(ended, "model")
    assert "nothing leaves this machine" in line_of(ended, "hosts")
    assert ended.out.splitlines()[-1] == f"a build can run: conspectus build {review}"


def test_who_named_the_model_is_told(review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    protocol(review, "[model]", '[model]\nname = "gpt-9"')
    assert "gpt-9, named in review.toml" in line_of(conspectus("doctor", review), "model")
    other = conspectus("doctor", review, "--model", "gpt-8", "--max-calls", "50")
    assert "gpt-8, named with --model; review.toml names gpt-9" in line_of(other, "model")
    assert other.out.splitlines()[-1] == f"a build can run: conspectus build {review} --model gpt-8 --max-calls 50"
    assert "since --offline asks no other" in line_of(conspectus("doctor", review, "--offline"), "model")


# The server, the hosts, the key


@pytest.mark.parametrize("command", ["doctor", "build"])
@pytest.mark.parametrize("address", ["http://[::1", "foo", "http://h/v1?k=1"])
def test_a_wrong_address_is_told_before_a_missing_key(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch, address: str, command: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    ended = conspectus(command, review, "--model", "gpt-9")
    assert ended.code == 1
    said = line_of(ended, "server") if command == "doctor" else ended.message
    assert "OPENAI_BASE_URL" in said and "OPENAI_API_KEY" not in said
    assert "Traceback" not in ended.err


def test_a_wrong_address_that_nobody_asks_is_no_obstacle(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "foo")
    ended = conspectus("doctor", review)
    assert ended.code == 0
    assert "OPENAI_BASE_URL holds no address" in line_of(ended, "server")


def test_a_key_is_wanted_where_it_is_known_to_be(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = conspectus("doctor", review, "--model", "gpt-9")
    assert ended.code == 1 and is_wrong(ended, "key")
    assert "api.openai.com wants one; set OPENAI_API_KEY" in line_of(ended, "key")
    assert ended.out.splitlines()[-1] == "a build cannot run: 1 line above marked WRONG"
    monkeypatch.setenv("OPENAI_BASE_URL", "http://10.0.0.7:8000/v1")
    ended = conspectus("doctor", review, "--model", "gpt-9")
    assert ended.code == 0
    assert "only 10.0.0.7" in line_of(ended, "hosts")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:8000", "try the address with /v1 at its end"),
        ("https://h.example/v1/chat/completions", "take `/chat/completions` off its end"),
    ],
)
def test_what_an_address_lacks_is_told(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    assert told in line_of(conspectus("doctor", review, "--model", "m"), "server")


def test_what_can_be_read_on_the_way_is_told(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://models.example/v1")
    assert "can be read on the way" in conspectus("doctor", review, "--model", "m").out
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.168.0.5/v1")
    assert "can be read on the way" not in conspectus("doctor", review, "--model", "m").out


@pytest.mark.parametrize(
    ("environ", "hosts", "told"),
    [
        ({"HTTPS_PROXY": "http://u:hunter2@p.example:3128"}, ["p.example:3128", "h.example"], "named by HTTPS_PROXY"),
        ({"https_proxy": "p.example:1", "HTTPS_PROXY": "q.example:2"}, ["p.example:1", "h.example"], "by https_proxy"),
        ({"ALL_PROXY": "http://[::1]:3128"}, ["[::1]:3128", "h.example"], "named by ALL_PROXY"),
        ({"HTTP_PROXY": "http://p.example:3128"}, ["h.example"], "only h.example"),
        ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "a.example,.example"}, ["h.example"], "lets this one go"),
        (
            {"HTTPS_PROXY": "http://p.example", "NO_PROXY": "other.example"},
            ["p.example", "h.example"],
            "only the proxy",
        ),
        ({"ALL_PROXY": "http://p.example", "no_proxy": "*"}, ["h.example"], "no_proxy lets this one go straight"),
    ],
)
def test_the_hosts_are_those_that_the_environment_leads_to(
    conspectus: Conspectus,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    environ: dict[str, str],
    hosts: list[str],
    told: str,
) -> None:
    for name, value in (environ | {"OPENAI_BASE_URL": "https://h.example/v1"}).items():
        monkeypatch.setenv(name, value)
    assert told in line_of(conspectus("doctor", tmp_path, "--model", "m"), "hosts")
    ended = conspectus("doctor", tmp_path, "--model", "m", "--json")
    (check,) = (check for check in json.loads(ended.out)["checks"] if check["about"] == "hosts")
    assert check["value"] == hosts
    assert "hunter2" not in ended.out


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "ftp://u:hunter2@p.example"), ("SSL_CERT_FILE", "/no/such/file.pem")]
)
def test_what_bars_every_connection_is_named_by_doctor_and_by_build(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://h.example/v1")
    monkeypatch.setenv(name, value)
    ended = conspectus("doctor", review, "--model", "m")
    assert ended.code == 1 and is_wrong(ended, "hosts") and name in line_of(ended, "hosts")
    built = conspectus("build", review, "--model", "m")
    assert built.code == 1 and name in built.message
    assert "hunter2" not in ended.out + built.out + built.err


def test_headers_from_the_environment_are_named_and_never_shown(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-hunter2")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: hunter2\nhunter2 is no name: x")
    ended = conspectus("doctor", review, "--model", "m")
    line = line_of(ended, "headers")
    assert "OPENAI_ORG_ID (OpenAI-Organization), OPENAI_CUSTOM_HEADERS (X-Team, one of no name)" in line
    assert "hunter2" not in ended.out


def test_what_doctor_says_of_headers_is_what_the_server_gets(
    tmp_path: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY", "OPENAI_WEBHOOK_SECRET")
    for name in names:
        monkeypatch.setenv(name, f"hunter2-{name}")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: hunter2-custom")
    with OneStatus(401) as other:
        monkeypatch.setenv("OPENAI_BASE_URL", other.url)
        told = line_of(conspectus("doctor", tmp_path, "--model", "m", "--ask"), "headers")
    (got,) = other.headers
    sent = {name: value for name, value in got.items() if "hunter2" in value}
    assert sent == {
        "openai-organization": "hunter2-OPENAI_ORG_ID",
        "openai-project": "hunter2-OPENAI_PROJECT_ID",
        "x-team": "hunter2-custom",
    }
    assert all(name in told.lower() for name in sent)


@pytest.mark.parametrize("command", ["doctor", "build"])
@pytest.mark.parametrize("key", [KEY, f"{KEY}\n", f"{KEY}\nX-Other: y", f"{KEY} {KEY}", f"“{KEY}”", f"\x01{KEY}"])
def test_no_part_of_a_key_is_ever_shown(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch, key: str, command: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with OneStatus(401) as other:
        monkeypatch.setenv("OPENAI_BASE_URL", other.url)
        ended = conspectus(command, review, "--model", "m", *(["--ask"] if command == "doctor" else []))
    assert ended.code == 1
    assert "OPENAI_API_KEY" in ended.out + ended.err
    written = [path.read_text("utf-8", "replace") for path in review.rglob("*.json*")]
    assert "n0body" not in "".join([ended.out, ended.err, *written])
    assert len(other.headers) == (1 if key.strip() == KEY else 0)


# Money and pace


def test_a_limit_in_dollars_needs_a_price(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    ended = conspectus("doctor", review, "--model", "nobody-prices-this", "--max-usd", "3")
    assert ended.code == 1 and is_wrong(ended, "limits")
    assert "`usd_per_million_input = ...`" in line_of(ended, "limits")
    protocol(review, "[model]", "[model]\nusd_per_million_input = 0.25\nusd_per_million_output = 2.0")
    priced = conspectus("doctor", review, "--model", "nobody-prices-this", "--max-usd", "3")
    assert priced.code == 0
    assert "$3.00 a run" in line_of(priced, "limits")
    assert "$0.25 for a million tokens sent, $2.00 for a million written" in line_of(priced, "price")
    assert "review.toml" in line_of(priced, "price")


def test_a_limit_of_nothing_lets_nothing_run(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    protocol(review, "calls = 10000", "calls = 0")
    ended = conspectus("doctor", review, "--model", "m")
    assert ended.code == 1 and is_wrong(ended, "limits")


# The folder


def test_a_folder_without_a_review_speaks_of_the_environment(tmp_path: Path, conspectus: Conspectus) -> None:
    ended = conspectus("doctor", tmp_path)
    assert ended.code == 0
    assert line_of(ended, "review").startswith("note") and "conspectus init" in line_of(ended, "review")
    assert "cache" not in [line[7:12] for line in ended.out.splitlines()]
    assert ended.out.splitlines()[-1] == "nothing here stands in the way of a build"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_wrong(tmp_path: Path, conspectus: Conspectus) -> None:
    ended = conspectus("doctor", tmp_path / "nowhere")
    assert ended.code == 1 and is_wrong(ended, "review")


@pytest.mark.parametrize("text", ["title = ", "[model]\nnmae = 'x'", "\xff"])
def test_a_review_toml_that_cannot_be_read_is_wrong(review: Path, conspectus: Conspectus, text: str) -> None:
    (review / "review.toml").write_text(text, "latin-1")
    ended = conspectus("doctor", review)
    assert ended.code == 1 and is_wrong(ended, "review")
    assert "review.toml" in line_of(ended, "review")


@pytest.mark.parametrize("name", ["papers.jsonl", "cards.jsonl", "answers.jsonl", "report.json"])
def test_a_damaged_file_is_wrong(review: Path, conspectus: Conspectus, name: str) -> None:
    (review / name).write_text("{")
    ended = conspectus("doctor", review)
    assert ended.code == 1 and is_wrong(ended, "review")
    assert name in line_of(ended, "review")


def test_what_stands_is_counted_and_nothing_is_changed(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("build", review, "--offline").code == 0
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in review.rglob("*") if path.is_file()}
    ended = conspectus("doctor", review)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in review.rglob("*") if path.is_file()}
    assert "8 papers, 3 categories, 8 cards, 3 sections" in line_of(ended, "review")
    assert "can be written" in line_of(ended, "disk")
    assert before == after


def test_sources_that_are_gone_are_named(review: Path, conspectus: Conspectus, tmp_path: Path) -> None:
    copied = tmp_path / "mine.jsonl"
    copied.write_bytes(GARDENS.read_bytes())
    other = tmp_path / "s"
    assert conspectus("init", other, copied).code == 0
    assert "1 source in review.toml; all can be read" in line_of(conspectus("doctor", other), "sources")
    copied.unlink()
    ended = conspectus("doctor", other)
    assert ended.code == 0
    assert "cannot be read: mine.jsonl; their papers stay" in line_of(ended, "sources")
    (other / "papers.jsonl").unlink()
    assert is_wrong(conspectus("doctor", other), "sources")


def test_a_disk_that_takes_nothing_is_wrong(
    review: Path, conspectus: Conspectus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("agent.doctor.stand.tempfile.TemporaryFile", refuse)
    ended = conspectus("doctor", review)
    assert ended.code == 1 and is_wrong(ended, "disk")
    assert f"{review} cannot be written: Permission denied" in line_of(ended, "disk")


def test_the_cache_is_counted_and_a_damaged_one_is_wrong(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    conspectus("build", review, "--model", "stub-model")
    ended = conspectus("doctor", review)
    n_kept = sum(kept["n_replies"] for kept in json.loads(conspectus("cache", review, "--json").out))
    assert n_kept > 8
    assert f"{n_kept} replies, " in line_of(ended, "cache")
    assert str(review / ".conspectus" / "cache") in line_of(ended, "cache")
    (review / ".conspectus" / "cache" / "cache.db").write_bytes(b"no database" * 100)
    ended = conspectus("doctor", review)
    assert ended.code == 1 and is_wrong(ended, "cache")
    assert "delete that folder" in line_of(ended, "cache")


# Asking


def test_nothing_is_sent_without_ask(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    ended = conspectus("doctor", review, "--model", "m")
    assert ended.code == 0
    assert "--ask finds out with two tiny calls" in line_of(ended, "mode")
    assert stub.stats()["total"] == 0


def test_ask_says_which_modes_work_and_what_it_took(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    ended = conspectus("doctor", review, "--model", "gpt-4o-mini", "--ask")
    assert ended.code == 0
    assert "json_schema, to which the server keeps" in line_of(ended, "mode")
    assert line_of(ended, "json_schema").split() == ["json_schema", "works"]
    assert line_of(ended, "tools").split() == ["tools", "works"]
    stats = stub.stats()
    assert stats["total"] == 2
    tokens = f"2 calls took {stats['prompt_tokens']} tokens sent, {stats['completion_tokens']} written, $0.0000"
    assert f"gpt-4o-mini answered; {tokens}" in line_of(ended, "asked")


HOOKS = {
    "prose": "def reply(request):\n    return 'Blue, on most days.'\n",
    "only_tools": "def reply(request):\n    return None if request.get('tools') else 'Blue, on most days.'\n",
    "only_json_schema": "def reply(request):\n    return 'Blue.' if request.get('tools') else None\n",
}


@pytest.mark.parametrize(
    ("hook", "named", "code", "told"),
    [
        ("prose", "json_schema", 1, "keeps neither to json_schema nor to tools"),
        ("only_tools", "json_schema", 1, 'tools works; write `mode = "tools"` under [model] in review.toml'),
        ("only_tools", "tools", 0, "tools, to which the server keeps"),
        ("only_json_schema", "tools", 1, 'write `mode = "json_schema"` under [model]'),
        ("only_json_schema", "json_schema", 0, "json_schema, to which the server keeps"),
    ],
)
def test_a_server_that_passes_over_a_schema_is_told(
    review: Path,
    conspectus: Conspectus,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    hook: str,
    named: str,
    code: int,
    told: str,
) -> None:
    protocol(review, "[model]", f'[model]\nmode = "{named}"')
    (tmp_path / "hook.py").write_text(HOOKS[hook])
    with running_stub(hook=tmp_path / "hook.py") as hooked:
        monkeypatch.setenv("OPENAI_BASE_URL", hooked.url)
        ended = conspectus("doctor", review, "--model", "m", "--ask")
        assert hooked.stats()["total"] == 2  # an answer in another form is not asked for again
    assert (ended.code, is_wrong(ended, "mode")) == (code, bool(code))
    assert told in line_of(ended, "mode")
    assert "as if no schema had been sent" in ended.out


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("400", 1, "does not work: the server does not take this call (400)"),
        ("429", 1, "unknown: the server takes no more requests for now (429)"),
        ("503", 1, "unknown: the server failed with 503"),
        ("html", 1, "unknown: the server sent a page where a reply should be"),
        ("refusal", 1, "unknown: the model refused"),
        ("truncate", 0, "is taken: the model thought for 512 tokens and had no answer yet"),
    ],
)
def test_a_fault_is_told_in_the_servers_words_and_asked_once(
    review: Path, conspectus: Conspectus, stub: Stub, fault: str, code: int, told: str
) -> None:
    stub.config(fault=fault)
    ended = conspectus("doctor", review, "--model", "m", "--ask")
    assert ended.code == code
    assert told in line_of(ended, "json_schema")
    assert stub.stats()["total"] == 2


def test_a_wrong_key_an_unknown_model_and_no_server_are_a_line_each(
    review: Path, conspectus: Conspectus, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.config(api_key="the-right-one")
    without = conspectus("doctor", review, "--model", "m", "--ask")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    refused = conspectus("doctor", review, "--model", "m", "--ask")
    stub.config(api_key="", fault="404")
    unknown = conspectus("doctor", review, "--model", "m", "--ask")
    assert stub.stats()["total"] == 1
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    silent = conspectus("doctor", review, "--model", "m", "--ask")
    assert [one.code for one in (without, refused, unknown, silent)] == [1, 1, 1, 1]
    assert all(is_wrong(one, "asked") for one in (without, refused, unknown, silent))
    assert "the server wants a key (401)" in line_of(without, "asked")
    assert "did not accept the key (401)" in line_of(refused, "asked")
    assert "the server knows no model `m` at this address (404)" in line_of(unknown, "asked")
    assert "http://127.0.0.1:9/v1 cannot be reached" in line_of(silent, "asked")


def test_ask_keeps_to_the_budget(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    protocol(review, "tokens = 50000000", "tokens = 100")
    ended = conspectus("doctor", review, "--model", "m", "--ask")
    assert ended.code == 1
    assert "the budget of 100 tokens is spent" in line_of(ended, "asked")
    assert stub.stats()["total"] == 0


def test_with_something_wrong_on_the_way_nothing_is_asked(
    review: Path, conspectus: Conspectus, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY} {KEY}")
    ended = conspectus("doctor", review, "--model", "m", "--ask")
    assert ended.code == 1
    assert "nothing was sent" in line_of(ended, "asked")
    assert stub.stats()["total"] == 0


def test_there_is_nothing_to_ask_without_a_server(review: Path, conspectus: Conspectus) -> None:
    assert conspectus("doctor", review, "--ask", "--offline").code == 2
    ended = conspectus("doctor", review, "--ask")
    assert ended.code == 0 and "name one with --model" in line_of(ended, "asked")


# For a program, and on a terminal


def test_json_says_the_same(review: Path, conspectus: Conspectus) -> None:
    ended = conspectus("doctor", review, "--model", "gpt-9", "--json")
    value = json.loads(ended.out)
    assert ended.code == 1 and value["can_build"] is False
    checks = {check["about"]: check for check in value["checks"]}
    assert checks["key"] == {
        "about": "key",
        "state": "wrong",
        "says": "none is set, and api.openai.com wants one",
        "do": "set OPENAI_API_KEY",
        "value": False,
    }
    assert checks["review"]["value"] == {"papers": 8, "cards": 0, "sections": 0, "unanswered": 0}
    assert {"conspectus", "Python", "openai", "instructor", "pydantic"} == set(checks["versions"]["value"])


@pytest.mark.parametrize("columns", [60, 80])
def test_lines_fit_the_terminal_and_stand_in_columns(review: Path, columns: int) -> None:
    lines = on_terminal(columns, review.parent, "doctor", "r", "--model", "gpt-9", "--max-usd", "3")
    body = lines[: lines.index("")]
    assert max(map(len, lines)) <= columns
    assert {line[:7].strip() for line in body} == {"", "note", "WRONG"}
    assert all(line[19] == " " and line[20] != " " for line in body)
    assert [line for line in body if line.startswith("WRONG  key ")]


def on_terminal(columns: int, cwd: Path, *words: str) -> list[str]:
    """What the command prints on a terminal of so many columns."""
    _, shown = at_a_terminal([sys.executable, "-c", COMMAND, *words], columns, cwd=cwd)
    return shown.splitlines()
