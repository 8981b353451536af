"""The survey in GitHub's Markdown: anchors that its sanitizer keeps, one sentence a line."""

from markupsafe import Markup

from agent.render import counted
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
        counted=counted,
        tree=tree(edition),
        references=references(edition),
        signs=SIGNS,
        code=code,
        figures=counted.figures(edition),
        tallies=counted.tallies(edition),
    )


def code(text: str) -> Markup:
    """A name in a fixed font, where nothing but a backtick could end it."""
    return Markup("`" + clean(text.replace("`", "'").replace("|", "¦")) + "`")
