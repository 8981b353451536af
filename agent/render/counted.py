"""Sentences that the program makes from counts alone; they cite nothing, and each format marks them as such."""

from agent.draft import Tally, Verdict
from agent.render.edition import Edition
from agent.render.printed import NOT_SENT, Chapter
from agent.review import BUILT_IN
from agent.wording import count, listed, share


def abstract(edition: Edition) -> list[str]:
    """The survey in a paragraph of figures."""
    survey = edition.survey
    n_papers = len(survey.corpus)
    n_cited = survey.report.n_cited
    tops = {top.id for paper in survey.corpus if (top := survey.top(paper.key))}
    where = f" in {count(len(tops), 'category', 'categories')}" if tops else ""
    said = [f"This survey covers {count(n_papers, 'paper')}{where}; {_cited(n_cited, n_papers)} cited by a section."]
    if n_papers == 0:
        said = ["This survey covers no papers."]
    years = [paper.year for paper in survey.corpus if paper.year is not None]
    if years:
        span = f"from {min(years)}" if min(years) == max(years) else f"from {min(years)} to {max(years)}"
        known = "They" if len(years) == n_papers else f"Those whose year is known ({len(years):,})"
        said.append(f"{known} are {span}.")
    return [*said, *_claims(edition), *_sources(edition), *_questions(edition)]


def _claims(edition: Edition) -> list[str]:
    claims = [claim for chapter in edition.chapters if not chapter.is_appendix for claim in chapter.sentences]
    if not claims:
        return ["Nothing has been written yet."]
    n_citations = sum(len(claim.marks) for claim in claims)
    n_quoted = sum(mark.quote is not None for claim in claims for mark in claim.marks)
    said = [f"It makes {count(len(claims), 'claim')} with {count(n_citations, 'citation')}."]
    if n_citations:
        said.append(f"{n_quoted:,} of the citations show the words in the paper that they rest on.")
    verdicts = [claim.verdict for claim in claims]
    words = (
        (Verdict.VERBATIM, "in the papers’ own words"),
        (Verdict.SUPPORTED, "judged to be supported in full by what they cite"),
        (Verdict.PARTLY, "judged to be supported in part"),
        (Verdict.UNSUPPORTED, "judged not to be supported"),
        (None, "not judged"),
    )
    if n_by_hand := sum(claim.by_hand for claim in claims):
        said.append(f"{n_by_hand:,} of the claims {'is' if n_by_hand == 1 else 'are'} written or changed by hand.")
    told = [f"{n:,} {'is' if n == 1 else 'are'} {what}" for verdict, what in words if (n := verdicts.count(verdict))]
    return [*said, f"Of the claims, {listed(told)}."]


def _sources(edition: Edition) -> list[str]:
    report = edition.survey.report
    if not report.n_identified:
        return []
    said = f"{count(report.n_identified, 'record').capitalize()} {'was' if report.n_identified == 1 else 'were'} read"
    if report.sources:
        said += f" from {count(len(report.sources), 'source')}"
    return [f"{said}, and {count(report.n_duplicates_removed, 'duplicate')} removed."]


def _questions(edition: Edition) -> list[str]:
    n_answers = len(edition.survey.answers)
    if not n_answers:
        return []
    are, their = ("was", "its answer stands") if n_answers == 1 else ("were", "their answers stand")
    return [f"{count(n_answers, 'question').capitalize()} {are} put to the papers, and {their} at the end."]


def of_chapter(edition: Edition, chapter: Chapter) -> list[str]:
    """How many papers a section has, and how many are cited; nothing for the chapters over all sections."""
    if not chapter.papers:
        return []
    n_cited = sum(key not in edition.uncited for key in chapter.papers)
    n_papers = len(chapter.papers)
    return [f"This section covers {count(n_papers, 'paper')}; {_cited(n_cited, n_papers)} cited."]


def in_a_line(edition: Edition) -> list[str]:
    """All that is counted over the whole survey, in sentences: one line of a text that is to differ in few."""
    report = edition.survey.report
    drafted, printed = report.drafted, report.printed
    said = abstract(edition)
    if report.n_without_abstract:
        n_bare = report.n_without_abstract
        said.append(f"{count(n_bare, 'paper')} {'has' if n_bare == 1 else 'have'} no abstract.")
    if report.n_cards:
        n_unquoted = sum(map(len, report.unquoted.values()))
        unquoted = f", {n_unquoted:,} of them without words in the paper" if n_unquoted else ""
        said.append(f"{count(report.n_cards, 'card')} {'holds' if report.n_cards == 1 else 'hold'} "
                    f"{count(report.n_facts, 'fact')}{unquoted}.")  # fmt: skip
    if drafted.claims or printed.claims:
        said.append(f"As drafted, {_stood(drafted)}; as printed, {_stood(printed)}.")
    if n_skipped := sum(len(source.skipped) for source in report.sources):
        skipped = count(n_skipped, "entry", "entries")
        said.append(f"{skipped} of the sources {'was' if n_skipped == 1 else 'were'} skipped.")
    if report.unanswered:
        said.append(f"{count(len(report.unanswered), 'call')} stayed unanswered.")
    return [*said, *_since(edition), *of_making(edition)]


def _stood(tally: Tally) -> str:
    """How claims and citations stood up to the judge."""
    held, bearing = share(tally.held, tally.claims), share(tally.bearing, tally.citations)
    claims = f"{tally.held:,} of {count(tally.claims, 'claim')} held ({held})"
    return f"{claims} and {tally.bearing:,} of {count(tally.citations, 'citation')} bore on theirs ({bearing})"


def _since(edition: Edition) -> list[str]:
    """How many answers were given of another corpus, where their own lines do not say so."""
    n_before = sum(bool(stretch.since) for chapter in edition.chapters for stretch in chapter.stretches)
    if not n_before:
        return []
    of_these = "1 of the questions was" if n_before == 1 else f"{n_before:,} of the questions were"
    return [f"The corpus had another number of papers when {of_these} answered."]


def _cited(n_cited: int, n_papers: int) -> str:
    if n_papers == 1:
        return "it is" if n_cited else "it is not"
    return "all of them are" if n_cited == n_papers else f"{n_cited:,} of them {'is' if n_cited == 1 else 'are'}"


def of_making(edition: Edition) -> list[str]:
    """Who made it; who judged is the report's to say."""
    report = edition.survey.report
    models = [f"the built-in model ({BUILT_IN})" if name == BUILT_IN else name for name in report.models]
    said = [f"Made with conspectus {report.program}."]
    if models:
        said.append(f"Categories, cards and sentences come from {listed(models)}.")
    if BUILT_IN in report.models:
        said.append(
            "What the built-in model writes are the papers’ own sentences, in quotation marks; nobody judged them."
        )
    if report.kept_apart:
        is_one = len(report.kept_apart) == 1
        said.append(
            f"Of the papers {len(report.kept_apart):,} {'is' if is_one else 'are'} {NOT_SENT}, as their source asks: "
            f"the built-in model does the work on {'it' if is_one else 'them'}, and marks say which."
        )
    if report.protocol_of_judgement:
        said.append(report.protocol_of_judgement)
    return said


def figures(edition: Edition) -> list[tuple[str, str]]:
    """The run's figures, each with what it counts."""
    report = edition.survey.report
    coverage = f"{report.n_cited:,} ({share(report.n_cited, report.n_papers)})"
    kept_apart = [(f"papers {NOT_SENT}", f"{len(report.kept_apart):,}")] if report.kept_apart else []
    answers = [("questions answered", f"{report.n_answers_kept:,}")] if report.n_answers_kept else []
    return [
        ("records identified", f"{report.n_identified:,}"),
        ("duplicates removed", f"{report.n_duplicates_removed:,}"),
        ("papers", f"{report.n_papers:,}"),
        ("papers without an abstract", f"{report.n_without_abstract:,}"),
        *kept_apart,
        ("cards", f"{report.n_cards:,}"),
        ("facts on the cards", f"{report.n_facts:,}"),
        ("facts whose quote is not in the paper", f"{sum(map(len, report.unquoted.values())):,}"),
        ("claims", f"{report.n_claims:,}"),
        ("citations", f"{report.n_citations:,}"),
        ("papers cited by a section", coverage),
        *answers,
        ("entries of the sources skipped", f"{sum(len(source.skipped) for source in report.sources):,}"),
        ("calls that stayed unanswered", f"{len(report.unanswered):,}"),
    ]


def tallies(edition: Edition) -> list[tuple[str, list[str]]]:
    """How claims and citations stood up to the judge, as drafted and as printed; columns as in TALLY_COLUMNS."""
    report = edition.survey.report
    return [("as drafted", _tally(report.drafted)), ("as printed", _tally(report.printed))]


TALLY_COLUMNS = ("claims", "held", "citations", "bearing", "verbatim")


def _tally(tally: Tally) -> list[str]:
    return [
        f"{tally.claims:,}",
        f"{tally.held:,} ({share(tally.held, tally.claims)})",
        f"{tally.citations:,}",
        f"{tally.bearing:,} ({share(tally.bearing, tally.citations)})",
        f"{tally.verbatim:,}",
    ]
