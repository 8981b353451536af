"""review.toml: what it may say, and that an edit leaves the rest of it alone."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ProtocolError
from agent.protocol import new_protocol, read_protocol, with_sources
from agent.review import Limits, ModelChoice, Protocol, Source, Writing

MORE = (Source(path="../new.bib", name="new.bib"),)
LINE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('titel = "x"', ["titel is not known", "title, question, sources"]),
        ("[model]\nconcurency = 3", ["model.concurency is not known", "concurrency"]),
        ('[[sources]]\npath = "a"\nformat = "ris"', ["sources.0.format is not known", "path, name"]),
        ("title = 5", ["title = 5", "valid string"]),
        ('model = "gpt"', ["model = 'gpt'", "should be a table", "name, mode"]),
        ('[model]\nmode = "xml"', ["model.mode = 'xml'", "'json_schema' or 'tools'"]),
        ('[model]\nconcurrency = "many"', ["model.concurrency = 'many'", "integer"]),
        ("[budget]\ncalls = -1", ["budget.calls = -1", "greater than or equal to 0"]),
        ('sources = "a.bib"', ["sources = 'a.bib'", "should be a list"]),
        ('sources = ["a.bib"]', ["sources.0 = 'a.bib'", "path, name"]),
        ('[[sources]]\nname = "a"', ["sources.0.path is missing"]),
        ('[[sources]]\npath="x"\nname="a"\n[[sources]]\npath="y"\nname="a"', ["two sources are called a"]),
        ("title = = 1", ["review.toml is not TOML", "line 1"]),
        ('title = "a"\ntitle = "b"', ["review.toml is not TOML"]),
        ("<<<<<<< HEAD", ["review.toml is not TOML"]),
    ],
)
def test_what_is_not_allowed_is_named_with_what_is(text: str, said: list[str]) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_protocol(text)
    message = str(caught.value)
    assert message.startswith("review.toml") and "\n" not in message
    assert [words for words in said if words not in message] == []


def test_a_long_value_does_not_fill_the_screen() -> None:
    with pytest.raises(ProtocolError) as caught:
        read_protocol(f"question = [{', '.join(map(str, range(1000)))}]")
    assert len(str(caught.value)) < 200


def test_an_empty_file_is_an_empty_protocol() -> None:
    assert read_protocol("") == Protocol()


def test_a_source_is_called_by_its_file_where_it_has_no_name() -> None:
    protocol = read_protocol('[[sources]]\npath = "../in/a.bib"\n[[sources]]\npath = "old/a.bib"')
    assert protocol.sources == (
        Source(path="../in/a.bib", name="a.bib"),
        Source(path="old/a.bib", name="old/a.bib"),
    )


@pytest.mark.parametrize(
    "protocol",
    [
        Protocol(),
        Protocol(title="Bees", question="Where?", note="A test.", sources=MORE),
        Protocol(
            model=ModelChoice(name="m", mode="tools", usd_per_million_input=1.5, temperature=0.0),
            budget=Limits(calls=3, tokens=4, usd=0.5),
            writing=Writing(papers_per_call=7),
        ),
    ],
)
def test_what_is_written_first_reads_back(protocol: Protocol) -> None:
    text = new_protocol(protocol)
    assert read_protocol(text) == protocol
    assert tomllib.loads(text)["title"] == protocol.title


@given(title=LINE, question=LINE, path=LINE)
def test_any_title_reads_back(title: str, question: str, path: str) -> None:
    protocol = Protocol(title=title, question=question, sources=(Source(path=path, name=path),))
    assert read_protocol(new_protocol(protocol)) == protocol


def test_a_first_protocol_says_what_else_can_be_said() -> None:
    text = new_protocol(Protocol())
    assert "# question" in text and "# name" in text and "# usd_per_million_output" in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# mine\ntitle = 'Bees'   # a comment\n\n[model]\n# none yet\n",
        '[[sources]]\npath = "a.bib"   # the old one\nname = "a.bib"\n\n# the end\n',
        '[[sources]]\npath = "a.bib"\nname = "a.bib"\n\n[budget]  # small\ncalls = 1\n',
        'sources = [{path = "a.bib", name = "a.bib"}]  # in one line\n',
        'sources = [\n  {path = "a.bib", name = "a.bib"},  # one\n]\n[model]\nname = "m"\n',
        "sources = []\n[model]\nname = 'm'\n",
        "title = 'Bees'\r\n# on Windows\r\n",
    ],
)
def test_a_new_source_leaves_everything_else_as_it_was(text: str) -> None:
    before = read_protocol(text)
    after = with_sources(text, MORE)
    assert read_protocol(after) == before.model_copy(update={"sources": (*before.sources, *MORE)})
    kept = [line for line in text.splitlines() if line and not line.startswith("sources = [")]
    assert [line for line in kept if line not in after.splitlines()] == []
    assert ("\r\n" in text) == ("\r\n" in after)
    assert after.count("\n") == after.count("\r\n") or "\r" not in text


def test_a_source_cannot_be_added_to_what_is_not_toml() -> None:
    with pytest.raises(ProtocolError, match="not TOML"):
        with_sources("title = = 1", MORE)
