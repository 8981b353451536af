import json
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from agent.llm.call import Answer, Call, Usage, canonical, key_of, schema_of
from agent.llm.recorded import line_of
from tests.llm.sample import Kind, call


class Part(BaseModel):
    title: str
    """A property may bear the name of a keyword."""
    default: int = 3


class Whole(Answer):
    parts: list[Part] = Field(max_length=4)
    best: Part | None
    only: Literal["x"]


def test_the_key_is_the_same_for_the_same_call() -> None:
    assert call("a", temperature=0.5, max_output_tokens=9).key == call("a", max_output_tokens=9, temperature=0.5).key


def test_the_key_is_known_by_heart() -> None:
    """A key that changes by accident makes every cache and cassette worthless."""
    assert call("a").key == "k1-23f86b06a3737aa05a9b8e132894a28931e2363e1a11de439a6d7169f8f21bcd"


@pytest.mark.parametrize(
    "other",
    [
        call("b"),
        call("a", model="another"),
        call("a", prompt="classify_paper"),
        call("a", temperature=0.0),
        Call("classify_kind", "Other.", "a", "stub-model", {}, Kind),
        Call("classify_kind", "You sort papers.", "a", "stub-model", {}, Whole),
    ],
)
def test_the_key_changes_with_all_that_decides_the_answer(other: Call) -> None:
    assert other.key != call("a").key


@pytest.mark.parametrize(
    "one", [call("a"), call("é \ud83d", temperature=0.5), call("", model="", prompt="", seed=None)]
)
def test_a_recorded_line_has_the_key_of_its_call(one: Call) -> None:
    line = json.loads(json.dumps(line_of(one)))
    assert key_of(line) == line["key"] == one.key


def test_the_key_does_not_know_the_fields() -> None:
    bare = call("a")
    assert Call(bare.prompt, bare.system, bare.user, bare.model, {}, Kind, {"paper": object()}).key == bare.key


def test_text_and_its_boundaries_cannot_be_confused() -> None:
    assert Call("p", "ab", "c", "m", {}, Kind).key != Call("p", "a", "bc", "m", {}, Kind).key


def test_half_a_surrogate_pair_has_a_key() -> None:
    assert call("broken \ud83d text").key.startswith("k1-")


def test_a_schema_is_strict_and_in_one_piece() -> None:
    schema = schema_of(Whole)
    text = json.dumps(schema)
    assert "$ref" not in text
    assert "$defs" not in text
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["parts", "best", "only"]
    part = schema["properties"]["parts"]["items"]
    assert list(part["properties"]) == ["title", "default"]
    assert part["required"] == ["title", "default"]
    assert part["additionalProperties"] is False
    assert schema["properties"]["only"]["enum"] == ["x"]


def test_what_a_field_says_is_the_instruction() -> None:
    assert schema_of(Kind)["properties"]["kind"]["description"] == "What the paper offers."


def test_canonical_json_has_one_spelling() -> None:
    value: Any = {"b": [1, {"z": "é", "a": None}], "a": 1.5}
    assert canonical(value) == '{"a":1.5,"b":[1,{"a":null,"z":"é"}]}'


def test_usage_adds_up_and_an_unknown_cost_stays_unknown() -> None:
    known = Usage(1, 2, 30, 4, 0.5)
    assert known + known == Usage(2, 4, 60, 8, 1.0)
    assert (known + Usage(1, 1, 0, 0, None)).cost_usd is None


def test_what_was_taken_since_a_moment() -> None:
    before = Usage(calls=1, attempts=2, input_tokens=30, output_tokens=4, cost_usd=0.5)
    after = before + Usage(calls=2, attempts=3, input_tokens=40, output_tokens=5, cost_usd=0.25)
    assert after.since(before) == Usage(calls=2, attempts=3, input_tokens=40, output_tokens=5, cost_usd=0.25)
    assert after.since(Usage(cost_usd=None)).cost_usd is None
