"""What a call looks like on the wire: messages, parameters, and the strict schema of its answer."""

from functools import lru_cache
from typing import Literal

from agent.llm.call import Answer, Call, Json, schema_of, schema_text
from agent.llm.ledger import Sent
from agent.review import ModelChoice

Mode = Literal["json_schema", "tools"]

_NAME = "answer"
_TOKENS_AROUND_A_CALL = 256
"""More than a chat template adds to the texts of a call."""


def messages_of(call: Call) -> list[Json]:
    """The call's texts as messages: a fresh list each time, because instructor adds to the one it is given."""
    system = [{"role": "system", "content": sendable(call.system)}] if call.system else []
    return [*system, {"role": "user", "content": sendable(call.user)}]


@lru_cache(maxsize=16)
def form_of(answer: type[Answer], mode: Mode) -> dict[str, Json]:
    """The part of a request that keeps the model to the schema; made once for each class, not to be changed."""
    schema = schema_of(answer)
    if mode == "json_schema":
        described = {"name": _NAME, "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": described}}
    function = {"name": _NAME, "description": "Gives the answer.", "strict": True, "parameters": schema}
    return {
        "tools": [{"type": "function", "function": function}],
        "tool_choice": {"type": "function", "function": {"name": _NAME}},
    }


def parameters_of(call: Call, choice: ModelChoice) -> dict[str, Json]:
    """The call's parameters as servers name them; what it leaves open, the choice says."""
    given = {name: value for name, value in call.parameters.items() if value is not None}
    n_tokens = given.pop("max_output_tokens", choice.max_output_tokens)
    temperature = given.pop("temperature", choice.temperature)
    return {**given, "max_completion_tokens": n_tokens, **({} if temperature is None else {"temperature": temperature})}


def most_input_tokens(call: Call, messages: list[Json]) -> int:
    """No tokenizer makes more tokens than there are bytes."""
    texts = [str(message.get("content") or "") + str(message.get("tool_calls") or "") for message in messages]
    return sum(n_bytes(text) for text in texts) + n_bytes(schema_text(call.answer)) + _TOKENS_AROUND_A_CALL


def sent_by(call: Call) -> Sent:
    """How large a call is, in UTF-8."""
    return Sent(n_bytes(call.system) + n_bytes(call.user), n_bytes(schema_text(call.answer)))


def n_bytes(text: str) -> int:
    """In UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def sendable(text: str) -> str:
    """The text without halves of surrogate pairs, which no request can carry, and no file."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text
