"""Reads JSON: an object a line, or a list of objects such as CSL-JSON."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from agent.errors import SourceError
from agent.papers import Author, Place, Reading, Record, Skipped
from agent.sources.columns import is_title_or_abstract, to_fields
from agent.sources.fields import Fields, to_record

_KEYS = ("citation-key", "citation_key", "citekey", "key")
_AUTHORS = ("authors", "author")


def read_json(text: str, name: str) -> Reading:
    """The objects of a JSON Lines file, or of a JSON list; what is not an object is skipped."""
    records: list[Record] = []
    skipped: list[Skipped] = []
    is_list = text.lstrip().startswith("[")
    for position, value in _list_values(text, name) if is_list else _line_values(text):
        place = Place(file=name, position=position)
        one: Record | Skipped
        if isinstance(value, dict):
            why_not = _why_unread(value)
            one = _skip(place, why_not, _text(value)) if why_not else to_record(place, _fields(value))
        else:
            why = "a line that is not JSON" if isinstance(value, _NotJson) else "a JSON value that is not an object"
            one = _skip(place, why, str(value))
        if isinstance(one, Record):
            records.append(one)
        else:
            skipped.append(one)
    if not records:
        why = skipped[0].why if skipped else "it is an empty list"
        raise SourceError(f"{name} holds no record with a title or an abstract ({why}): export it again")
    return Reading(records=tuple(records), skipped=tuple(skipped))


def _skip(place: Place, why: str, text: str) -> Skipped:
    return Skipped(file=place.file, position=place.position, why=why, text=text[:120])


def _why_unread(value: Mapping[str, Any]) -> str | None:
    """Why an object is not read: a title or an abstract in it is a number or an object."""
    for name, part in value.items():
        if is_title_or_abstract(name) and not _is_text(part):
            return f"a JSON object whose `{name}` is not text"
    return None


def _is_text(part: object) -> bool:
    """Whether it is text, a list of texts as Crossref has them, or left empty."""
    if isinstance(part, list):
        return all(isinstance(one, str) for one in part)
    return part in (None, {}) or isinstance(part, str)


class _NotJson(str):
    """A line that could not be read."""


def _line_values(text: str) -> Iterator[tuple[int, Any]]:
    for position, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield position, json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            yield position, _NotJson(line)


def _list_values(text: str, name: str) -> Iterator[tuple[int, Any]]:
    """The values of a list, read one by one so that each has its line."""
    decoder = json.JSONDecoder()
    index, counted, line = text.index("[") + 1, 0, 1
    while True:
        index = _skip_blank(text, index)
        if text[index : index + 1] == "]":
            return
        line, counted = line + text.count("\n", counted, index), index
        try:
            value, index = decoder.raw_decode(text, index)
        except (json.JSONDecodeError, RecursionError):
            yield line, _NotJson(text[index : index + 120])
            return
        yield line, value


def _skip_blank(text: str, index: int) -> int:
    match = re.compile(r"[\s,]*").match(text, index)
    return match.end() if match else index


def _fields(value: Mapping[str, Any]) -> Fields:
    """An object's fields; CSL's names of people and dates are read as what they are."""
    row = {str(name): _text(part) for name, part in value.items() if part not in (None, "", [], {})}
    key = next((row.pop(name) for name in _KEYS if name in row), None)
    people = next((name for name in _AUTHORS if isinstance(value.get(name), list)), None)
    if people:
        row.pop(people, None)
    fields = to_fields(row)
    fields.citation_key = fields.citation_key or key
    if people:
        fields.authors = [person for one in value[people] if (person := _person(one))]
    return fields


def _person(value: object) -> Author | str | None:
    if not isinstance(value, dict):
        return str(value) if value else None
    family, given = value.get("family") or value.get("last"), value.get("given") or value.get("first") or ""
    particle = value.get("non-dropping-particle")
    if family:
        return Author(family=f"{particle} {family}" if particle else str(family), given=str(given))
    named = value.get("literal") or value.get("name") or value.get("display_name") or value.get("full_name")
    return str(named) if named else None


def _text(value: object) -> str:
    """A value as text; of a CSL date, the date."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and isinstance(value.get("date-parts"), list):
        return "-".join(str(part) for parts in value["date-parts"][:1] for part in parts)
    if isinstance(value, list) and all(isinstance(part, (str, int, float)) for part in value):
        return "; ".join(str(part) for part in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
