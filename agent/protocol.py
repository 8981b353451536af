"""Reads and edits review.toml; comments and order survive an edit."""

import tomllib
from collections.abc import Sequence

import tomlkit
from pydantic import BaseModel, ValidationError
from tomlkit.items import AoT, Table

from agent.errors import ProtocolError
from agent.review import Protocol, Source


def read_protocol(text: str) -> Protocol:
    """The protocol that this review.toml states; ProtocolError names what is not allowed there and what is."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"review.toml is not TOML: {error}") from error
    try:
        return Protocol.model_validate(found)
    except ValidationError as error:
        raise ProtocolError(f"review.toml: {explain(error, Protocol)}") from error


def explain(error: ValidationError, noun: type[BaseModel]) -> str:
    """The first thing wrong, with the place and what is allowed there."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{place} is not known; allowed there: {', '.join(_fields(noun, first['loc'][:-1]))}"
    if first["type"] == "missing":
        return f"{place} is missing"
    return f"{place} = {first['input']!r}: {first['msg'][0].lower()}{first['msg'][1:]}"


def _fields(noun: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The names allowed at this place of the noun."""
    for part in place:
        if isinstance(part, str) and part in noun.model_fields:
            inner = noun.model_fields[part].annotation
            candidates = [inner, *getattr(inner, "__args__", ())]
            noun = next(one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel))
    return list(noun.model_fields)


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
    model = tomlkit.table()
    if protocol.model.name:
        model.add("name", protocol.model.name)
    else:
        model.add(tomlkit.comment('name = "..."   # without one the built-in model answers: no key, no network'))
    model.add(tomlkit.comment('mode = "tools"   # for a server without structured outputs by JSON schema'))
    model.add(tomlkit.comment("concurrency = 16"))
    model.add(tomlkit.comment("usd_per_million_input = 0.0   # with the next line, what a run costs is known"))
    model.add(tomlkit.comment("usd_per_million_output = 0.0"))
    page.add("model", model)
    budget = tomlkit.table()
    budget.add(tomlkit.comment("of one run, never passed"))
    budget.add("calls", protocol.budget.calls)
    budget.add("tokens", protocol.budget.tokens)
    page.add("budget", budget)
    page.add("sources", _tables(protocol.sources))
    return tomlkit.dumps(page)


def with_sources(text: str, sources: Sequence[Source]) -> str:
    """This review.toml with sources added at the end of those it has."""
    page = tomlkit.parse(text)
    there = page.get("sources")
    if not isinstance(there, AoT):
        page["sources"] = _tables(sources)
    else:
        for source in sources:
            there.append(_table(source))
    return tomlkit.dumps(page)


def _tables(sources: Sequence[Source]) -> AoT:
    tables = tomlkit.aot()
    for source in sources:
        tables.append(_table(source))
    return tables


def _table(source: Source) -> Table:
    table = tomlkit.table()
    table.add("path", source.path)
    table.add("name", source.name)
    return table
