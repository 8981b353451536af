"""The one reader of `prompts/`: a template with its fields becomes the text of a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, nodes

from agent.papers import Frozen, Paper, digest_of
from agent.shipped import shipped
from agent.shown import shown


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt's two texts."""

    system: str
    """The same for all calls of a stage, so that a server's prefix cache hits."""
    user: str


def render(prompt: str, fields: Mapping[str, Any]) -> Rendered:
    """Render `prompts/<prompt>.j2`; a field the template names and `fields` lacks is an error (jinja2.UndefinedError).

    The text depends on the fields alone: no clock, no row number, no order of a set.
    """
    template = _template(prompt)
    return Rendered(template.system(fields), template.block("user", fields))


@cache
def wording_of(prompt: str) -> str:
    """The digest of a prompt as it is worded, with the parts that it includes; empty for a call without a template."""
    if prompt not in known_prompts():
        return ""
    environment = _environment()
    assert environment.loader is not None
    texts, waiting = {}, [f"{prompt}.j2"]
    while waiting:
        name = waiting.pop()
        if name not in texts:
            texts[name] = environment.loader.get_source(environment, name)[0]
            waiting += [str(included) for included in meta.find_referenced_templates(_parsed(name))]
    return digest_of(texts)


def known_prompts() -> frozenset[str]:
    """The names of all prompts there are; what begins with an underscore is part of others."""
    return frozenset(path.stem for path in shipped("prompts").glob("[!_]*.j2"))


def fence(text: str, name: str = "text", **attributes: str) -> str:
    """Wrap text that is data, not instruction, in tags that cannot be closed from inside.

    The tag bears a hash of the text, which no text can hold of itself; so nothing has to be escaped, and what is
    quoted from inside is what stands there. But the hash of a public text is public, and another text of the call could
    hold that: so whatever looks like such a tag is broken, as are the tags that a server might read as the end of a
    turn, and what no reader sees is left out. A text without such things is sent as it is.
    """
    text, attributes = shown(text), {key: shown(value) for key, value in attributes.items()}
    tag = f"{name}-{digest_of([text, attributes])}"
    inner = "".join(f" {key}={value!r}" for key, value in sorted(attributes.items()))
    return f"<{tag}{inner}>\n{text}\n</{tag}>"


def fence_paper(paper: Paper) -> str:
    """A paper as a model is to read it: its key, title and abstract."""
    lines = [f"title: {paper.title}"] if paper.title else []
    lines.append(f"abstract: {paper.abstract}" if paper.abstract else "(no abstract)")
    return fence("\n".join(lines), "paper", key=paper.key)


@cache
def _environment() -> Environment:
    # Not HTML: autoescape would change the words that a model is to quote.
    environment = Environment(
        loader=FileSystemLoader(shipped("prompts")),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters["fence"] = fence
    environment.filters["paper"] = fence_paper
    return environment


@cache
def _template(prompt: str) -> "_Prompt":
    return _Prompt(f"{prompt}.j2")


class _Prompt:
    """A template of two blocks, whose system text is rendered once for all calls in a row that give it the same."""

    def __init__(self, name: str) -> None:
        self._template = _environment().get_template(name)
        self._globals = dict(self._template.globals)
        self._names = _fields_of_system(name)
        self._last: tuple[tuple[Any, ...], str] | None = None

    def block(self, name: str, fields: Mapping[str, Any]) -> str:
        context = self._template.new_context({**self._globals, **fields}, shared=True)
        return "".join(self._template.blocks[name](context)).strip()

    def system(self, fields: Mapping[str, Any]) -> str:
        given = tuple(fields.get(name, ...) for name in self._names)
        if not all(isinstance(value, Frozen | str | int | None) for value in given):
            return self.block("system", fields)  # what can be changed may have been, and what is missing is an error
        if self._last is None or not all(a is b for a, b in zip(given, self._last[0], strict=True)):
            self._last = given, self.block("system", fields)
        return self._last[1]


def _fields_of_system(name: str) -> tuple[str, ...]:
    """The names of the fields that the system text is rendered from, by the parts that it includes as well."""
    blocks = _parsed(name).find_all(nodes.Block)
    trees = [nodes.Template(block.body) for block in blocks if block.name == "system"]
    names: set[str] = set()
    while trees:
        tree = trees.pop()
        tree.set_environment(_environment())
        names |= meta.find_undeclared_variables(tree)
        trees += [_parsed(str(included)) for included in meta.find_referenced_templates(tree)]
    return tuple(sorted(names))


def _parsed(name: str) -> nodes.Template:
    environment = _environment()
    assert environment.loader is not None
    return environment.parse(environment.loader.get_source(environment, name)[0])
