import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pylatexenc.latexencode import get_builtin_uni2latex_dict

from agent.render import render
from agent.render.escape import latex
from tests.render.example import small
from tests.render.extremes import HOSTILE, empty, hostile

needs_tex = pytest.mark.skipif(
    not (shutil.which("pdflatex") and shutil.which("bibtex")), reason="there is no pdflatex with bibtex here"
)


def typeset(folder: Path, name: str = "survey") -> str:
    """Run pdflatex, bibtex and pdflatex twice; the log of the last run."""
    for command in (["pdflatex"], ["bibtex"], ["pdflatex"], ["pdflatex"]):
        options = ["-interaction=nonstopmode", "-halt-on-error"] if command == ["pdflatex"] else []
        done = subprocess.run([*command, *options, name], cwd=folder, capture_output=True, check=False)
        if command == ["pdflatex"]:
            assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-1500:]
    return (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")


@needs_tex
@pytest.mark.parametrize("make", [small, hostile, empty])
def test_survey_tex_compiles_without_an_undefined_citation(make: object, tmp_path: Path) -> None:
    assert callable(make)
    for name, text in render(make()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    log = typeset(tmp_path)
    assert "undefined" not in log
    assert (tmp_path / "survey.pdf").stat().st_size > 5000


@needs_tex
def test_body_tex_goes_into_a_document_of_ones_own(tmp_path: Path) -> None:
    for name, text in render(small()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    packages = (
        r"\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\usepackage{textcomp,amssymb,array,booktabs,longtable}"
    )
    mine = (
        rf"\documentclass{{article}}{packages}\begin{{document}}\input{{body}}"
        r"\bibliographystyle{plain}\bibliography{references}\end{document}"
    )
    (tmp_path / "mine.tex").write_text(mine, encoding="utf-8")
    assert "undefined" not in typeset(tmp_path, "mine")


@needs_tex
def test_no_character_stops_latex(tmp_path: Path) -> None:
    known = "".join(map(chr, get_builtin_uni2latex_dict())) + "".join(map(chr, range(32, 0x250))) + HOSTILE
    words = [known[at : at + 8] for at in range(0, len(known), 8)]
    survey = render(empty())["survey.tex"]
    text = survey.replace(r"\tableofcontents", "\n\n".join(f"x{latex(word)}" for word in words))
    (tmp_path / "survey.tex").write_text(text, encoding="utf-8")
    assert "Missing character" not in typeset(tmp_path)


def test_each_sentence_has_a_line_and_the_words_it_rests_on_a_comment() -> None:
    body = render(small())["body.tex"].splitlines()
    at = body.index(
        r"A scale under the hive shows a nectar flow within a day.~\cite{adler2019scale}\textsuperscript{s}"
    )
    assert body[at + 1] == "% > adler2019scale: The curves show the start of a nectar flow within one day"


def test_numbers_follow_the_keys_as_on_the_page() -> None:
    files = render(small())
    order = re.findall(r"\\nocite\{(.+)\}", files["body.tex"])
    assert order == re.findall(r"^@\w+\{(.+),$", files["references.bib"], re.MULTILINE)
    number = order.index("jansen2023meadow") + 1
    assert re.search(
        rf'id="ref-{number}" value="{number}">\s*<div class="ref-text"><span class="authors">Femke Jansen',
        files["survey.html"],
    )


def test_hostile_words_are_no_commands() -> None:
    for name in ("survey.tex", "body.tex"):
        text = render(hostile())[name]
        assert r"\input" not in re.sub(r"(?m)^%.*$|\\textbackslash\{\}input", "", text)
