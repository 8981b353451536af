"""What a reader of a pull request sees of survey.md when one paper came in."""

import difflib
import re
from dataclasses import replace

from agent.draft import Draft, Paragraph, Part, Passage, Section, Verdict
from agent.papers import Corpus, Paper
from agent.question import Answer, Extent
from agent.render import Survey, render
from agent.report import Report
from agent.review import Category, Protocol, Taxonomy
from tests.asked import answer, passage
from tests.render.example import card, claim, paper, row

N_PAPERS = 20


def one_paper(number: int, kind: str = "bees") -> Paper:
    said = f"Colony {number} was watched. We used method {number}. It gained {number} kg of honey in a summer."
    return paper(f"{kind}{number:02}", f"{kind.title()}, study {number}", said, "Ines Adler", year=2000 + number)


def section(corpus: Corpus, id_: str, keys: tuple[str, ...], more: str = "") -> Section:
    claims = [claim(corpus, f"Study {key} finds honey.", key) for key in keys if key != more]
    early, late = claims[:10], claims[10:]
    if more:
        early.insert(7, claim(corpus, "The newest study finds more honey.", more))
    paragraphs = (Paragraph(heading="Early", claims=tuple(early)), Paragraph(claims=tuple(late)))
    part = Part(id=id_, category=id_, papers=keys, rows=tuple(row(corpus, key) for key in keys), paragraphs=paragraphs)
    return Section(id=id_, name=id_.title(), definition=f"All of {id_}.", order=(id_,), parts=(part,))


def survey(n_papers: int, *, more: str = "") -> Survey:
    """A review of two sections, one of so many papers; every count follows."""
    bees = tuple(one_paper(number) for number in range(n_papers))
    moths = tuple(one_paper(number, "moths") for number in range(3))
    corpus = Corpus((*bees, *moths))
    keys = tuple(one.key for one in bees)
    same = claim(corpus, "Study bees03 finds honey.", "bees03")  # stands in its section too
    introduction = Passage(id="introduction", paragraphs=(Paragraph(claims=(same,)),))
    sections = (section(corpus, "bees", keys, more), section(corpus, "moths", ("moths00", "moths01", "moths02")))
    n_claims = n_papers + 4
    report = Report(
        program="0.1.0", models=("example-model",), n_identified=n_papers + 5, n_duplicates_removed=2,
        n_papers=n_papers + 3, n_cards=n_papers + 3, n_facts=3 * n_papers, n_claims=n_claims, n_citations=n_claims,
        n_cited=n_papers + 3, n_answers_kept=1, protocol_of_judgement="example-model judged every claim.",
    )  # fmt: skip
    places = {one.key: "bees" for one in bees} | {one.key: "moths" for one in moths}
    return Survey(
        protocol=Protocol(title="Honey"),
        draft=Draft(title="Honey", introduction=introduction, sections=sections),
        corpus=corpus,
        taxonomy=Taxonomy(
            categories=tuple(Category(id=id_, name=id_.title(), definition="All.") for id_ in ("bees", "moths"))
        ),
        cards={key: card(corpus.paper(key), place, 1) for key, place in places.items()},
        report=report,
        answers=(asked(),),
    )


def asked() -> Answer:
    given = answer("Do bees drink tea?", passage())
    return given.model_copy(update={"extent": Extent(n_papers=23, n_possible=23, n_read=23), "kept": True})


def differing(before: str, after: str) -> list[str]:
    """The lines that differ outside of tables and references, as a pull request shows them: added or changed ones."""
    old, new = (text[: text.index('<a id="references">')].splitlines() for text in (before, after))
    lines = [line for line in list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:] if line[1:2] != "|"]
    lines = [line for line in lines if not line.startswith("@@")]
    n_removed, added = sum(line[0] == "-" for line in lines), [line for line in lines if line[0] == "+"]
    assert n_removed <= len(added)
    return added


def test_one_paper_and_one_sentence_change_three_lines() -> None:
    before, after = render(survey(N_PAPERS))["survey.md"], render(survey(N_PAPERS + 1, more="bees20"))["survey.md"]
    figures, counts, sentence = differing(before, after)
    assert "covers 24 papers" in figures and '<a id="as-' in figures
    assert counts == "+*This section covers 21 papers; all of them are cited.*"
    assert "The newest study finds more honey." in sentence


def test_no_anchor_of_another_sentence_moves_for_a_new_one() -> None:
    before, after = render(survey(N_PAPERS))["survey.md"], render(survey(N_PAPERS + 1, more="bees20"))["survey.md"]
    names = [re.findall(r'<a id="(c[0-9a-f]{10}[a-z0-9-]*)">', text) for text in (before, after)]
    (new,) = set(names[1]) - set(names[0])
    assert [name for name in names[1] if name != new] == names[0]
    repeated = [name for name in names[0] if name.startswith(names[0][0][:11])]
    assert repeated == [f"{names[0][0][:11]}-introduction", names[0][0][:11]]


def test_a_verdict_changes_its_line_and_the_figures_alone() -> None:
    one = survey(N_PAPERS)
    first = one.draft.sections[1].parts[0]
    claims = [first.claims[0].model_copy(update={"verdict": Verdict.PARTLY}), *first.claims[1:]]
    part = first.model_copy(update={"paragraphs": (Paragraph(heading="Early", claims=tuple(claims)),)})
    other = one.draft.sections[1].model_copy(update={"parts": (part,)})
    draft = one.draft.model_copy(update={"sections": (one.draft.sections[0], other)})
    lines = differing(render(one)["survey.md"], render(replace(one, draft=draft))["survey.md"])
    assert len(lines) == 3  # and the legend has a sign more
