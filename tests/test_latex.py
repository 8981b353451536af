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
