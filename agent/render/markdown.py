"""The survey in GitHub's Markdown: anchors that its sanitizer keeps, one sentence a line."""

import re

from markupsafe import Markup

from agent.papers import digest_of
from agent.render import counted
from agent.render.asked import LEFT_OPEN
from agent.render.edition import Edition
from agent.render.escape import clean, markdown
from agent.render.figures import tree
from agent.render.printed import SIGNS
from agent.render.references import references
from agent.render.typeset import fill


def to_markdown(edition: Edition) -> str:
    """survey.md."""
    return fill(
        "survey.md.j2",
        markdown,
        edition=edition,
        survey=edition.survey,
        protocol=edition.survey.protocol,
        counted=counted,
        tree=tree(edition),
        references=references(edition),
        signs=[SIGNS[verdict] for verdict in edition.verdicts],
        code=code,
        anchor=anchor,
        figures=counted.figures(edition),
        tallies=counted.tallies(edition),
        left_open=LEFT_OPEN,
    )


def anchor(key: str) -> Markup:
    """Where a paper stands in the references.

    Citations go by key here, not by number: one paper more would shift every number after it, and a reader of the
    difference would see a change in every line.
    """
    return Markup(f"ref-{key}" if re.fullmatch(r"[A-Za-z0-9._:+-]+", key) else f"ref-{digest_of(key)}")


def code(text: str) -> Markup:
    """A name in a fixed font, where nothing but a backtick could end it."""
    return Markup("`" + clean(text.replace("`", "'").replace("|", "¦")) + "`")
