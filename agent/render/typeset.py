"""The templates, each filled so that whatever it prints is escaped for its format unless it is markup of its own."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

Escape = Callable[[str], str]

_TEMPLATES = Path(__file__).parent / "templates"
_PLAIN = (("{%", "%}"), ("{{", "}}"), ("{#", "#}"))
_TEX = (("<%", "%>"), ("<<", ">>"), ("<#", "#>"))
"""What stands around blocks, values and comments; braces and per cent signs are LaTeX's own."""


def fill(template: str, escape: Escape, /, **fields: object) -> str:
    """The template's text; each value it prints goes through `escape`, once."""
    return _environment(escape, template.endswith(".tex.j2")).get_template(template).render(fields)


def part(name: str) -> str:
    """A file that goes into the page as it is."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment(escape: Escape, is_tex: bool) -> Environment:
    block, value, comment = _TEX if is_tex else _PLAIN

    def finalize(printed: object) -> Markup:
        return printed if isinstance(printed, Markup) else Markup(escape(str(printed)))

    # autoescape makes a macro's text Markup, which is what keeps it from being escaped a second time.
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        finalize=finalize,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string=block[0],
        block_end_string=block[1],
        variable_start_string=value[0],
        variable_end_string=value[1],
        comment_start_string=comment[0],
        comment_end_string=comment[1],
    )
    environment.filters["as_is"] = Markup
    return environment
