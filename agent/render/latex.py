"""The survey in LaTeX: one sentence a line, each followed by a comment with the words it rests on."""

from collections.abc import Callable

from markupsafe import Markup

from agent.draft import Verdict
from agent.render import counted
from agent.render.asked import LEFT_OPEN
from agent.render.bibtex import tex_keys
from agent.render.edition import Edition
from agent.render.escape import clean, latex
from agent.render.figures import tree
from agent.render.printed import BY_HAND, SIGNS, Mark
from agent.render.references import references
from agent.render.typeset import fill

_SIGNS = {
    Verdict.VERBATIM: "v",
    Verdict.SUPPORTED: "s",
    Verdict.PARTLY: "p",
    Verdict.UNSUPPORTED: "u",
    None: "?",
}
"""Letters where the other formats have signs that a plain LaTeX lacks."""
_BY_HAND = "h"


def to_latex(edition: Edition) -> str:
    """survey.tex, which stands alone beside references.bib."""
    return fill(
        "survey.tex.j2", latex, survey=edition.survey, protocol=edition.survey.protocol, body=Markup(to_body(edition))
    )


def to_body(edition: Edition) -> str:
    r"""body.tex, to be `\input` into a document of one's own."""
    keys = tex_keys(edition.survey.corpus)
    return fill(
        "body.tex.j2",
        latex,
        edition=edition,
        survey=edition.survey,
        counted=counted,
        tree=tree(edition),
        references=references(edition),
        signs=[(_SIGNS[verdict], *SIGNS[verdict][1:]) for verdict in edition.verdicts]
        + ([(_BY_HAND, *BY_HAND[1:])] if edition.has_by_hand else []),
        by_hand=_BY_HAND,
        sign=lambda verdict: Markup(_SIGNS[verdict]),
        cite=_citing(keys),
        keys=[Markup(key) for key in keys.values()],
        key_of={key: Markup(tex_key) for key, tex_key in keys.items()},
        comment=comment,
        column_width=column_width,
        left_open=LEFT_OPEN,
    )


def _citing(keys: dict[str, str]) -> Callable[[tuple[Mark, ...]], Markup]:
    def cite(marks: tuple[Mark, ...]) -> Markup:
        known = list(dict.fromkeys(keys[mark.key] for mark in marks if mark.key in keys))
        unknown = [f"[?{latex(mark.key)}]" for mark in marks if mark.key not in keys]
        pieces = ([rf"\cite{{{','.join(known)}}}"] if known else []) + unknown
        return Markup("~" + " ".join(pieces)) if pieces else Markup("")

    return cite


def comment(text: str) -> Markup:
    """For a line of LaTeX that is not typeset."""
    return Markup(clean(text))


def column_width(n_columns: int) -> Markup:
    """The share of the line that a table's columns of text have, after the paper's own."""
    return Markup(f"{0.7 / max(n_columns, 1):.3f}")
