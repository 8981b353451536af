import pytest

from agent.latex import decode_latex


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"M{\"u}ller and Erd\H{o}s", "Müller and Erdos"),
        (r"2$\times$ and 5\%", "2× and 5%"),
        (r"\textbf{Bees} \& \emph{moths}", "Bees & moths"),
        (r"$O(n \log n)$", "O(n log n)"),
        (r"$\frac{1}{2}$ of it", "1/2 of it"),
        (r"\LaTeX{} and \TeX", "LaTeX and TeX"),
        ("it costs $5 a piece", "it costs $5 a piece"),
        ("no LaTeX at all", "no LaTeX at all"),
    ],
)
def test_latex_is_read_as_it_looks(latex: str, plain: str) -> None:
    assert decode_latex(latex).replace("Erdős", "Erdos") == plain


def test_no_macro_is_carried_out() -> None:
    assert decode_latex(r"on \today{} \input{secret} \maketitle \author bees") == "on  secret   bees"


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"p {\textless} 0.05 and n {\textgreater} 3", "p < 0.05 and n > 3"),
        (r"{\textasciitilde}5 {\textbar} a{\textbackslash}b", "~5 | a\\b"),
        (r"bees{\textemdash}and moths, 3{\textendash}4{\textdegree}", "bees—and moths, 3–4°"),
        (r"Ann{\textquoteright}s Plot{\textregistered} or Bed{\texttrademark}", "Ann’s Plot® or Bed™"),
        (r"5\% \& \#1 in a\_b {\textdollar}3 {\textbraceleft}x{\textbraceright}", "5% & #1 in a_b $3 {x}"),
        (r"Mart{\'\i}n and Garc{\'{\i}}a", "Martín and García"),
        (r"m\textsuperscript{2} of \ensuremath{\alpha} and $\mathrm{CO}$", "m2 of α and CO"),
    ],
)
def test_signs_that_reference_managers_write_stay(latex: str, plain: str) -> None:
    assert decode_latex(latex) == plain
