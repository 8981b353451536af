import tomllib
from datetime import date
from pathlib import Path

import pytest

from agent.llm import prices
from agent.llm.prices import Price, embedding_price_of, list_price, price_of
from agent.review import ModelChoice

LIST = Path(prices.__file__).with_name("prices.toml")


def lines() -> list[dict[str, object]]:
    with LIST.open("rb") as file:
        found: list[dict[str, object]] = tomllib.load(file)["price"]
    return found


def test_every_line_says_where_it_is_from_and_no_model_stands_twice() -> None:
    named = [(line["model"], line.get("server")) for line in lines()]
    assert len(named) == len(set(named)) > 40
    for line in lines():
        assert line["source"] and "://" not in str(line["source"])
        assert float(str(line["usd_per_million_input"])) <= float(str(line["usd_per_million_output"]))
        assert isinstance(line.get("as_of", date(2026, 1, 1)), date)
        assert list_price(str(line["model"]), str(line.get("server"))) is not None


def test_an_embedding_model_has_a_price_of_its_own() -> None:
    named = ModelChoice(name="gpt-4o", embedding="openai/text-embedding-3-small", usd_per_million_input=5.0)
    listed = embedding_price_of(named, "api.openai.com")
    assert (listed.usd_per_million_input, listed.usd_per_million_output) == (0.02, 0.0)
    assert "2025-07-04" in str(listed.origin)
    given = embedding_price_of(named.model_copy(update={"usd_per_million_embedding": 0.0}), None)
    assert given == Price(0.0, 0.0, "the price in review.toml")
    assert embedding_price_of(ModelChoice(embedding="gpt-4o"), None) == Price()
    assert embedding_price_of(ModelChoice(), None) == Price()
    assert price_of("text-embedding-3-small", ModelChoice(), None) == Price()


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("gpt-4o-mini", "gpt-4o-mini"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("openai/gpt-4o-mini", "gpt-4o-mini"),
        ("openai/gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-sonnet-4-20250514", "claude-sonnet-4"),
    ],
)
def test_snapshots_and_vendors_prefixes_are_the_model_itself(name: str, entry: str) -> None:
    found = list_price(name)
    assert found is not None and found.model == entry


@pytest.mark.parametrize(
    "name",
    [
        "",
        "gpt-4",
        "gpt-4o-mini-tuned",
        "gpt-4o-min",
        "GPT-4o-mini",
        "gpt-3.5-turbo-1106",
        "someone/gpt-4o-mini",
        "anthropic/gpt-4o-mini",
        "ft:gpt-4o-mini-2024-07-18:me",
        "gpt-4o-mini-2024-07",
        "stub-model",
        "openai/openai/gpt-4o-mini",
    ],
)
def test_nothing_is_guessed(name: str) -> None:
    assert list_price(name) is None


def test_open_weights_have_a_price_at_their_server_alone() -> None:
    name = "meta-llama/Llama-3.3-70B-Instruct-Turbo"
    assert list_price(name) is list_price(name, "127.0.0.1") is None
    found = list_price(name, "api.deepinfra.com")
    assert found is not None and found.usd_per_million_output == 0.32


def test_review_toml_overrules_the_list() -> None:
    choice = ModelChoice(usd_per_million_input=0.5, usd_per_million_output=3.0)
    for named in (choice, choice.model_copy(update={"name": "gpt-4o"})):
        price = price_of("gpt-4o", named, None)
        assert (price.usd_per_million_input, price.usd_per_million_output) == (0.5, 3.0)
        assert price.origin == "the prices in review.toml"


def test_what_review_toml_says_of_one_model_holds_for_no_other() -> None:
    choice = ModelChoice(name="gpt-4o-mini", usd_per_million_input=0.1, usd_per_million_output=0.2)
    assert price_of("gpt-4o", choice, None).usd_per_million_input == 2.5
    assert not price_of("some-model", choice, None).is_known


def test_half_a_price_is_none() -> None:
    price = price_of("gpt-4o", ModelChoice(usd_per_million_input=1.0), None)
    assert not price.is_known and price.cost(1_000, 1_000) is None


def test_the_words_say_the_day_and_that_a_server_may_ask_another_price() -> None:
    told = price_of("openai/gpt-4o-mini", ModelChoice(), "127.0.0.1").origin
    assert told == "the list price of 2025-07-04 for gpt-4o-mini, which your server may not keep"
    undated = price_of("gpt-5.2", ModelChoice(), None).origin
    assert undated is not None and "(its source names no day)" in undated


def test_a_cost() -> None:
    assert Price(2.0, 10.0).cost(1_000, 100) == pytest.approx(0.003)
    assert Price(0.0, 0.0).cost(1_000, 100) == 0.0
    assert Price().cost(1_000, 100) is None
