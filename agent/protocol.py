"""Reads and edits review.toml; comments and order survive an edit."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from textwrap import shorten

import tomlkit
from pydantic import BaseModel, ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table

from agent.errors import ProtocolError
from agent.review import Protocol, Source


def read_protocol(text: str) -> Protocol:
    """The protocol that this review.toml states; ProtocolError names what is not allowed there and what is.

    A source without a name is called by its file's name, or by its path where another source is called that.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"review.toml is not TOML: {error}") from error
    _name_sources(found.get("sources"))
    try:
        protocol = Protocol.model_validate(found)
    except ValidationError as error:
        raise ProtocolError(f"review.toml: {explain(error, Protocol)}") from error
    twice = [name for name, n in Counter(source.name for source in protocol.sources).items() if n > 1]
    if twice:
        raise ProtocolError(f"review.toml: two sources are called {twice[0]}; give one of them another name")
    return protocol


def _name_sources(sources: object) -> None:
    tables = [one for one in sources if isinstance(one, dict)] if isinstance(sources, list) else []
    taken = {str(table["name"]) for table in tables if "name" in table}
    for table in tables:
        path = table.get("path")
        if "name" not in table and isinstance(path, str):
            table["name"] = path if PurePath(path).name in taken else PurePath(path).name
            taken.add(table["name"])


def explain(error: ValidationError, noun: type[BaseModel]) -> str:
    """The first thing wrong, with the place and what is allowed there."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{place} is not known; allowed there: {', '.join(_fields(noun, first['loc'][:-1]))}"
    if first["type"] == "missing":
        return f"{place} is missing"
    should = {
        "model_type": f"should be a table; allowed in it: {', '.join(_fields(noun, first['loc']))}",
        "dict_type": "should be a table",
        "tuple_type": "should be a list",
    }
    said = should.get(first["type"], f"{first['msg'][0].lower()}{first['msg'][1:]}")
    return f"{place} = {shorten(repr(first['input']), 80, placeholder=' …')}: {said}"


def _fields(noun: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The names allowed at this place of the noun."""
    for part in place:
        if isinstance(part, str) and part in noun.model_fields:
            inner = noun.model_fields[part].annotation
            candidates = [inner, *getattr(inner, "__args__", ())]
            noun = next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), noun)
    return list(noun.model_fields)


_MODEL_HINTS = {
    "name": '"..."   # without one the built-in model answers: no key, no network',
    "mode": '"tools"   # for a server without structured outputs by JSON schema',
    "concurrency": "16",
    "requests_per_minute": "600   # where the server does not say its limits itself",
    "tokens_per_minute": "200_000",
    "usd_per_million_input": "0.0   # with the next line, what a run costs is known",
    "usd_per_million_output": "0.0",
    "embedding": '"..."   # a model of the same server that makes vectors: search by meaning beside words',
}


_SEND_HINT = '"never"   # no server reads a word of this source; else "abstract" or "full", which today are the same'


def new_protocol(protocol: Protocol) -> str:
    """A first review.toml, which says in comments what else can be said."""
    page = tomlkit.document()
    page.add("title", tomlkit.item(protocol.title))
    if protocol.question:
        page.add("question", tomlkit.item(protocol.question))
    else:
        page.add(tomlkit.comment('question = "..."   # what the survey is to answer'))
    if protocol.note:
        page.add("note", tomlkit.item(protocol.note))
    page.add(tomlkit.nl())
    page.add("model", _settings(protocol.model.model_dump(exclude_defaults=True), _MODEL_HINTS))
    budget = {"calls": protocol.budget.calls, "tokens": protocol.budget.tokens}
    page.add(
        "budget", _settings(budget | protocol.budget.model_dump(exclude_defaults=True), {}, "of one run, never passed")
    )
    writing = protocol.writing.model_dump(exclude_defaults=True)
    if writing:
        page.add("writing", _settings(writing, {}))
    if protocol.sources:
        tables = _tables(protocol.sources)
        if all(source.send == "full" for source in protocol.sources):
            tables[0].add(tomlkit.comment(f"send = {_SEND_HINT}"))
        page.add("sources", tables)
    return tomlkit.dumps(page)


def _settings(values: Mapping[str, object], hints: Mapping[str, str], first: str = "") -> Table:
    """A table of these values, with a comment in the place of each hint that is not among them."""
    table = tomlkit.table()
    if first:
        table.add(tomlkit.comment(first))
    for name in dict.fromkeys([*hints, *values]):
        if name in values:
            table.add(name, tomlkit.item(values[name]))
        else:
            table.add(tomlkit.comment(f"{name} = {hints[name]}"))
    return table


def with_sources(text: str, sources: Sequence[Source]) -> str:
    """This review.toml with sources added at the end of those it has."""
    try:
        page = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ProtocolError(f"review.toml is not TOML: {error}") from error
    there = page.get("sources")
    if isinstance(there, AoT):
        for source in sources:
            there.append(_table(source))
    elif isinstance(there, Array) and there:
        for source in sources:
            inline = tomlkit.inline_table()
            inline.update(source.model_dump(exclude_defaults=True))
            there.append(inline)
    else:
        if there is not None:
            page.remove("sources")
        page.add("sources", _tables(sources))
    written = tomlkit.dumps(page)
    return written.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in text else written


def _tables(sources: Sequence[Source]) -> AoT:
    tables = tomlkit.aot()
    for source in sources:
        tables.append(_table(source))
    return tables


def _table(source: Source) -> Table:
    table = tomlkit.table()
    table.add("path", source.path)
    table.add("name", source.name)
    if source.send != "full":
        table.add("send", source.send)
    return table
