"""What a cache's entry looks like: the reply first, which is all that a later run reads, and behind it its call.

The two texts of a call that many calls share, its instructions and its schema, are kept once, under their hash.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import lru_cache

from agent.llm.call import Answer, Call, Json, Reply, Usage, as_sent, canonical, key_of, schema_as_sent
from agent.llm.recorded import Line, fields_of

PART = "part-"
"""Goes before the key of a shared text; those of replies begin otherwise."""
_DECODER = json.JSONDecoder()


class Damaged(ValueError):
    """An entry is not one that was stored here."""


def written(call: Call, reply: Reply) -> tuple[str, dict[str, str]]:
    """An entry for a call and its reply, and the shared texts that it names, by key."""
    return _written(
        {"prompt": call.prompt, "model": call.model, "reply": fields_of(reply)},
        {"parameters": dict(call.parameters), "user": call.user},
        {"schema": schema_as_sent(call.answer), "system": _once(call.system)},
    )


def written_of(line: Line) -> tuple[str, dict[str, str]]:
    """The same for a recorded line."""
    return _written(
        {"prompt": line["prompt"], "model": line["model"], "reply": line["reply"]},
        {"parameters": line["parameters"], "user": line["user"]},
        {"schema": as_sent(line["schema"]), "system": _once(line["system"])},
    )


def _written(told: Json, call: dict[str, Json], shared: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    names = {name: _part_key(text) for name, text in shared.items()}
    return f"{_text(told)}\n{_text(call | names)}", {names[name]: text for name, text in shared.items()}


def told_by(entry: str) -> dict[str, Json]:
    """Prompt, model and reply of an entry; ValueError or RecursionError where it is none."""
    told: Json = _DECODER.raw_decode(entry)[0]
    if not isinstance(told, dict):
        raise Damaged("an entry that is not a reply")
    return told


def reply_in(entry: str, read_by: type[Answer] | None = None) -> Reply:
    """The reply of an entry; ValueError, KeyError, TypeError or RecursionError where there is none.

    With a class, its text is valid for that.
    """
    fields = told_by(entry)["reply"]
    if read_by is not None:
        read_by.model_validate_json(fields["text"])
    reply = Reply(fields["text"], fields["model"], fields["day"], Usage(**fields["usage"]), read_by)
    if not (isinstance(reply.text, str) and isinstance(reply.model, str) and isinstance(reply.day, str | None)):
        raise Damaged("a reply without its text, model or day")
    return reply


def has_call(entry: str) -> bool:
    """Whether the call stands behind the reply; entries of the first version have none."""
    return "\n" in entry


def names_in(entry: str) -> tuple[str, ...]:
    """The keys of the shared texts that an entry names; the same errors as `reply_in`."""
    call = json.loads(entry.partition("\n")[2])
    return call["schema"], call["system"]


def line_in(key: str, entry: str, part: Callable[[str], str | None]) -> Line | None:
    """The entry as a recorded line; None where its call is not kept with it or is not the one of this key."""
    if not has_call(entry):
        return None
    told, call = told_by(entry), json.loads(entry.partition("\n")[2])
    schema, system = part(call["schema"]), part(call["system"])
    if schema is None or system is None:
        return None
    line: Line = {
        "key": key,
        "prompt": told["prompt"],
        "model": told["model"],
        "parameters": call["parameters"],
        "schema": json.loads(schema),
        "system": json.loads(system),
        "user": call["user"],
        "reply": fields_of(reply_in(entry)),
    }
    return line if key_of(line) == key else None


@lru_cache(maxsize=64)
def _part_key(text: str) -> str:
    return PART + hashlib.sha256(text.encode("utf-8")).hexdigest()


@lru_cache(maxsize=16)
def _once(system: str) -> str:
    return _text(system)


def _text(value: Json) -> str:
    """Its JSON in one line that can be stored: half of a surrogate pair only as an escape."""
    text = canonical(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text
