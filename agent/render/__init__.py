"""The survey printed: Markdown, LaTeX with BibTeX, and one HTML page; nothing is judged here."""

from agent.render.bibtex import to_bibtex
from agent.render.edition import Edition
from agent.render.html import to_html
from agent.render.latex import to_body, to_latex
from agent.render.markdown import to_markdown
from agent.render.survey import Survey

__all__ = ["Survey", "render"]


def render(survey: Survey) -> dict[str, str]:
    """The files of the printed survey by name; the same survey gives the same text, letter for letter."""
    edition = Edition(survey)
    return {
        "survey.md": to_markdown(edition),
        "survey.tex": to_latex(edition),
        "body.tex": to_body(edition),
        "references.bib": to_bibtex(edition),
        "survey.html": to_html(edition),
    }
