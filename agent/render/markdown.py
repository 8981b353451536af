"""The survey in GitHub's Markdown: anchors that its sanitizer keeps, one sentence a line."""

from markupsafe import Markup

from agent.render import counted
from agent.render.asked import LEFT_OPEN
from agent.render.edition import Edition
from agent.render.escape import clean, markdown
from agent.render.figures import tree
from agent.render.lines import anchor, to_line
from agent.render.printed import BY_HAND, SIGNS
from agent.render.references import references
from agent.render.stamp import blank_stamp, stamped
from agent.render.typeset import fill


def to_markdown(edition: Edition) -> str:
    """survey.md, with as few lines as can be that change when a paper comes in: what is counted stands in one.

    The tables of figures are on the page and in report.json.
    """
    text = fill(
        "survey.md.j2",
        markdown,
        edition=edition,
        survey=edition.survey,
        protocol=edition.survey.protocol,
        counted=counted,
        tree=tree(edition),
        references=references(edition),
        signs=[*(SIGNS[verdict] for verdict in edition.verdicts), *([BY_HAND] if edition.has_by_hand else [])],
        code=code,
        anchor=lambda key: Markup(anchor(key)),
        line=lambda sentence: Markup(to_line(sentence)),
        stamp=Markup(blank_stamp(edition.survey.draft)),
        left_open=LEFT_OPEN,
    )
    return stamped(text)


def code(text: str) -> Markup:
    """A name in a fixed font, where nothing but a backtick could end it."""
    return Markup("`" + clean(text.replace("`", "'").replace("|", "¦")) + "`")
