"""A Call is everything that decides an answer, a Reply is the raw text back; a Transport turns one into the other."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Protocol
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict

from agent.errors import CallError
from agent.review import Made

KEY_VERSION = "k1"
"""Goes before every key; a change of what a key is made of changes it."""

Json = Any
"""A value of the json module."""


class Answer(BaseModel):
    """A typed answer; its documented fields are the instruction (as in KnowCoder, Li et al., 2024)."""

    # No private attribute of pydantic's, for which it would call three functions at each reading.
    __slots__ = ("_made",)

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    opened: ClassVar["type[Answer] | None"] = None
    """A class of the same fields without this one's closed sets, which an answer is kept in once it was found valid."""

    @property
    def made(self) -> Made:
        """How this answer came to be: call, model, day, and how the prompt was worded."""
        call, model, day, prompt = getattr(self, "_made", ("", "", None, ""))
        return Made(call=call, model=model, day=day, prompt=prompt)

    def sign(self, call: str, model: str, day: str | None, prompt: str = "") -> None:
        """Say which call it answers, under its key, who gave it when, and by which wording of the prompt."""
        object.__setattr__(self, "_made", (call, model, day, prompt))


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

    def since(self, before: "Usage") -> "Usage":
        """What was taken after a moment at which so much had been."""
        unknown = self.cost_usd is None or before.cost_usd is None
        return Usage(
            self.calls - before.calls,
            self.attempts - before.attempts,
            self.input_tokens - before.input_tokens,
            self.output_tokens - before.output_tokens,
            None if unknown else (self.cost_usd or 0.0) - (before.cost_usd or 0.0),
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
    read_by: type[Answer] | None = field(default=None, compare=False, repr=False)
    """The class that the text was found valid for, where whoever gives the reply had to look."""


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
        schema = schema_text(self.answer)
        shared = _shared_part(self.model, _parameters_text(self.parameters), self.prompt, schema, self.system)
        return f"{KEY_VERSION}-{_with_user(shared, self.user)}"

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


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Json) -> str:
    """The one spelling of a JSON value: keys sorted, no white space, Unicode as it is."""
    return _ENCODER.encode(value)


def key_of(line: Mapping[str, Json]) -> str:
    """The key of the call that a recorded line tells of, from its parts alone."""
    parameters, schema = canonical(line["parameters"]), canonical(line["schema"])
    shared = _shared_part(line["model"], parameters, line["prompt"], schema, line["system"])
    return f"{KEY_VERSION}-{_with_user(shared, line['user'])}"


def _parameters_text(parameters: Mapping[str, Json]) -> str:
    """Their canonical JSON; with types, for 1 and 1.0 are equal and are not written alike."""
    try:
        return _text_of_scalars(tuple((name, type(value), value) for name, value in parameters.items()))
    except TypeError:  # a list or a mapping among them
        return canonical(dict(parameters))


@lru_cache(maxsize=16)
def _text_of_scalars(parameters: tuple[tuple[str, type, Json], ...]) -> str:
    return canonical({name: value for name, _, value in parameters})


@lru_cache(maxsize=16)
def _shared_part(model: str, parameters: str, prompt: str, schema: str, system: str) -> "hashlib._Hash":
    """The hash of the canonical JSON as far as the user's text, which is the same for the calls of a stage."""
    parts = {
        "model": canonical(model),
        "parameters": parameters,
        "prompt": canonical(prompt),
        "schema": schema,
        "system": canonical(system),
    }
    text = "{" + "".join(f'"{name}":{value},' for name, value in parts.items())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass"))


def _with_user(shared: "hashlib._Hash", user: str) -> str:
    whole = shared.copy()
    whole.update(f'"user":{canonical(user)}}}'.encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


_SCHEMAS: WeakKeyDictionary[type[Answer], tuple[dict[str, Json], str, str]] = WeakKeyDictionary()
"""Let go with the class: a run makes one for each section."""


def schema_of(answer: type[Answer]) -> dict[str, Json]:
    """The class's JSON schema in our normal form, the same under every pydantic.

    Titles and defaults are dropped, `$ref` is inlined, every property is required and no other is allowed, which is
    what servers call a strict schema. Properties keep the order of the class, in which a model fills them.
    """
    return _prepared(answer)[0]


def schema_text(answer: type[Answer]) -> str:
    """The canonical JSON of `schema_of`."""
    return _prepared(answer)[1]


def schema_as_sent(answer: type[Answer]) -> str:
    """The JSON of `schema_of`, its properties in their order."""
    return _prepared(answer)[2]


def as_sent(schema: Json) -> str:
    """JSON in its own order."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _prepared(answer: type[Answer]) -> tuple[dict[str, Json], str, str]:
    prepared = _SCHEMAS.get(answer)
    if prepared is None:
        raw = answer.model_json_schema()
        schema = _normal(raw, raw.get("$defs", {}))
        prepared = _SCHEMAS[answer] = (schema, canonical(schema), as_sent(schema))
    return prepared


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
