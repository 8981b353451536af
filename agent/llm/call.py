"""A Call is everything that decides an answer, a Reply is the raw text back; a Transport turns one into the other."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, PrivateAttr

from agent.errors import CallError
from agent.review import Made

KEY_VERSION = "k1"
"""Goes before every key; a change of what a key is made of changes it."""

Json = Any
"""A value of the json module."""


class Answer(BaseModel):
    """A typed answer; its documented fields are the instruction (as in KnowCoder, Li et al., 2024)."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    _made: Made = PrivateAttr(default_factory=Made)

    @property
    def made(self) -> Made:
        """How this answer came to be: call, model and day."""
        return self._made


@dataclass(frozen=True, slots=True)
class Usage:
    """What calls took. Adds up; `cost_usd` of a sum is None as soon as one part's is unknown."""

    calls: int = 0
    attempts: int = 0
    """What was sent, retries included."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    """None where the model's price is unknown, never 0 in its stead."""

    def __add__(self, other: "Usage") -> "Usage":
        unknown = self.cost_usd is None or other.cost_usd is None
        return Usage(
            self.calls + other.calls,
            self.attempts + other.attempts,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            None if unknown else (self.cost_usd or 0.0) + (other.cost_usd or 0.0),
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """The raw text back, which is JSON that is valid for the call's schema."""

    text: str
    model: str
    """As the server named it."""
    day: str | None
    """`2026-11-20`, the day it was given; None for the built-in model."""
    usage: Usage = Usage()
    """What it took when it was given, all attempts."""


@dataclass(frozen=True)
class Call:
    """What is asked of which model, and in which form.

    `answer` and `fields` are outside the key: the class that reads the reply, and the typed values that the text was
    rendered from, which is what the built-in model reads.
    """

    prompt: str
    """The template's name: `classify_paper`."""
    system: str
    user: str
    model: str
    parameters: Mapping[str, Json] = field(default_factory=dict)
    """What is sent beside the text and decides the answer: temperature, max_output_tokens."""
    answer: type[Answer] = Answer
    fields: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def key(self) -> str:
        """`k1-` and the SHA-256 of the call's canonical JSON."""
        parts = {
            "model": canonical(self.model),
            "parameters": canonical(dict(self.parameters)),
            "prompt": canonical(self.prompt),
            "schema": schema_text(self.answer),
            "system": canonical(self.system),
            "user": canonical(self.user),
        }
        text = "{" + ",".join(f'"{name}":{value}' for name, value in parts.items()) + "}"
        return f"{KEY_VERSION}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"

    @property
    def schema(self) -> dict[str, Json]:
        return schema_of(self.answer)


class Transport(Protocol):
    """Answers calls: a server, a cache, a cassette, the built-in model."""

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """Answer each call, in whatever order replies come.

        `calls` is consumed as there is room for more. A call that failed for good comes back with its CallError.
        A RunStopped is raised only after all that was in flight has been yielded.
        """
        ...


def canonical(value: Json) -> str:
    """The one spelling of a JSON value: keys sorted, no white space, Unicode as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_SCHEMAS: dict[type[Answer], tuple[dict[str, Json], str]] = {}


def schema_of(answer: type[Answer]) -> dict[str, Json]:
    """The class's JSON schema in our normal form, the same under every pydantic.

    Titles and defaults are dropped, `$ref` is inlined, every property is required and no other is allowed, which is
    what servers call a strict schema. Properties keep the order of the class, in which a model fills them.
    """
    return _prepared(answer)[0]


def schema_text(answer: type[Answer]) -> str:
    """The canonical JSON of `schema_of`."""
    return _prepared(answer)[1]


def _prepared(answer: type[Answer]) -> tuple[dict[str, Json], str]:
    if answer not in _SCHEMAS:
        raw = answer.model_json_schema()
        schema = _normal(raw, raw.get("$defs", {}))
        _SCHEMAS[answer] = (schema, canonical(schema))
    return _SCHEMAS[answer]


def _normal(node: Json, definitions: dict[str, Json]) -> Json:
    """One node of a schema in normal form; a property may itself be called `title` or `default`."""
    if isinstance(node, list):
        return [_normal(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = definitions[node["$ref"].removeprefix("#/$defs/")]
        return _normal({**target, **{k: v for k, v in node.items() if k != "$ref"}}, definitions)
    kept = {
        name: _normal(value, definitions)
        for name, value in node.items()
        if name not in ("title", "default", "$defs", "properties", "enum", "const", "required")
    }
    if "const" in node:
        kept["enum"] = [node["const"]]
    if "enum" in node:
        kept["enum"] = list(node["enum"])
    if "properties" in node:
        kept["properties"] = {name: _normal(value, definitions) for name, value in node["properties"].items()}
        kept["required"] = list(node["properties"])
        kept["additionalProperties"] = False
    return kept
