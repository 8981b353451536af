"""Which answers are printed with the survey: the kept ones whose words stand in the papers as they are now."""

from collections.abc import Iterable

from agent.check import look, stands_up
from agent.papers import Corpus
from agent.question import Answer, Kind, Saying, by_question
from agent.render.asked import titled
from agent.report import Kept

AGAIN = "; ask it again to have it back"


def kept_answers(answers: Iterable[Answer], corpus: Corpus) -> Kept:
    """The answers that are kept, as far as nothing in them has come to be wrong."""
    kept = sorted((one for one in answers if one.kept), key=by_question)
    whys = {answer.id: why_withheld(answer, corpus) for answer in kept}
    return Kept(
        tuple(answer for answer in kept if not whys[answer.id]),
        {titled(answer): f"{why}{AGAIN}" for answer in kept if (why := whys[answer.id])},
    )


def why_withheld(answer: Answer, corpus: Corpus) -> str | None:
    """What is wrong with an answer by now; None where nothing is."""
    passage = answer.passage
    if (passage.claims or passage.rows) and not passage.is_checked:
        return "it was changed after it was checked"
    for claim in passage.claims:
        seen = look(claim, corpus)
        if seen.problem:
            return f"“{claim.text}” does not stand any more: {seen.why}"
    if not stands_up(passage, corpus):
        return "its table does not stand in the papers any more"
    astray = [one.key for one in answer.matching if not _stands(one, corpus)] if answer.kind is Kind.CORPUS else []
    return f"what it quotes does not stand in {astray[0]} any more" if astray else None


def _stands(saying: Saying, corpus: Corpus) -> bool:
    if not corpus.has(saying.key) or saying.where is None or not saying.quote:
        return False
    return corpus.paper(saying.key)[saying.where][saying.start : saying.end] == saying.quote
