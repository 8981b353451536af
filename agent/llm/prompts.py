"""The one reader of `prompts/`: a template with its fields becomes the text of a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from agent.papers import Paper, digest_of
from agent.shipped import shipped


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
    blocks = []
    for name in ("system", "user"):
        context = template.new_context(dict(fields))
        blocks.append("".join(template.blocks[name](context)).strip())
    return Rendered(*blocks)


def fence(text: str, name: str = "text", **attributes: str) -> str:
    """Wrap text that is data, not instruction, in tags that cannot be closed from inside.

    The tag bears a hash of the text, which no text can hold of itself; so nothing has to be escaped, and what is
    quoted from inside is what stands there.
    """
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
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters["fence"] = fence
    environment.filters["paper"] = fence_paper
    return environment


@cache
def _template(prompt: str) -> Template:
    return _environment().get_template(f"{prompt}.j2")
