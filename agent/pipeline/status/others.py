"""What else is to be known of a review: a refresh that was cut off, what stayed unanswered, answers, minimums."""

from collections import Counter
from collections.abc import Iterator

from agent.changes import State
from agent.changes.answers import why_other_papers
from agent.pipeline import baseline
from agent.pipeline.minimums import shortfalls
from agent.pipeline.status.stand import Matter, Stand, named
from agent.question import by_question
from agent.render.asked import titled
from agent.wording import count


def look_at_runs(stand: Stand) -> Iterator[Matter]:
    """A refresh that was cut off."""
    if baseline.is_open(stand.folder):
        yield Matter(
            about="refresh",
            says="one did not come to its end",
            do="`conspectus refresh` goes on with it, and writes it down",
        )


def look_at_unanswered(stand: Stand) -> Iterator[Matter]:
    """What the last run asked in vain."""
    stages = Counter(one.stage for one in stand.report.unanswered)
    if stages:
        told = ", ".join(f"{n:,} of {stage}" for stage, n in sorted(stages.items()))
        names = tuple(dict.fromkeys(one.subject for one in stand.report.unanswered if one.subject))
        says = f"{count(len(stand.report.unanswered), 'call')} of the last run: {told}; report.json says why"
        yield Matter(about="unanswered", says=says, do="`conspectus refresh` asks them again", names=names)


def look_at_answers(stand: Stand) -> Iterator[Matter]:
    """Answers that are withheld from print, or were given of other papers."""
    run = stand.run
    for question, why in run.kept.withheld.items():
        yield Matter(
            about="answers", says=f"kept and not printed: {question}: {why}", do="ask it again", names=(question,)
        )
    state = State(run.corpus, run.cards, run.taxonomy)
    asked = sorted(stand.folder.answers().values(), key=by_question)
    old = [titled(one) for one in asked if why_other_papers(one, state) and titled(one) not in run.kept.withheld]
    if old:
        says = f"{count(len(old), 'answer')} given when the papers were others: {named(old)}"
        do = "CHANGES.md says which may be other ones; `conspectus ask` asks one again"
        yield Matter(about="answers", says=says, do=do, names=tuple(old))


def look_at_minimums(stand: Stand) -> Iterator[Matter]:
    """Figures that do not keep to their bounds."""
    for why in shortfalls(stand.report, stand.protocol.minimums):
        yield Matter(about="minimums", says=why, do="read more, or ask for less in review.toml")
