"""Takes passages through the check: look, judge, repair once, look and judge again, keep or drop."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from agent.check.judge import is_repairable, judge, repair
from agent.check.look import Checked, check_rows, in_own_words, look, row_claim
from agent.draft import Claim, Finding, Outcome, Part, Passage, Problem, Row, Tally, Verdict
from agent.llm.client import Client
from agent.papers import Corpus
from agent.review import Unanswered

P = TypeVar("P", bound=Passage)


def check_passages(passages: Sequence[P], corpus: Corpus, client: Client) -> tuple[list[P], list[Unanswered]]:
    """Each passage with only claims that hold, its findings and figures; one whose check stayed unanswered as it was.

    Every passage is judged by one call, repaired by at most one, and what was repaired is judged by one more.
    """
    by_id = {passage.id: passage for passage in passages}
    tables = {id_: check_rows(one, corpus) for id_, one in by_id.items() if isinstance(one, Part)}
    sentences = {id_: _table_claims(rows) for id_, (rows, _) in tables.items()}
    looked = {id_: [look(claim, corpus) for claim in one.claims] for id_, one in by_id.items()}
    first, lost = _answered(
        judge(
            {id_: [*own, *map(Checked, sentences.get(id_, {}).values())] for id_, own in looked.items()}, corpus, client
        )
    )
    drafted = {id_: own[: len(looked[id_])] for id_, own in first.items()}
    failed_rows = {
        id_: {key for key, one in zip(sentences.get(id_, {}), own[len(looked[id_]) :], strict=True) if one.problem}
        for id_, own in first.items()
    }
    allowed = {id_: _citable(by_id[id_], own, corpus) for id_, own in drafted.items()}
    mended, more = _answered(repair(drafted, allowed, corpus, client))
    final, still_more = _again(mended, corpus, client)
    checked = []
    for passage in passages:
        if passage.id not in final:
            checked.append(passage)
            continue
        update: dict[str, Any] = _settled(passage, drafted[passage.id], final[passage.id])
        if passage.id in tables:
            rows, dropped = tables[passage.id]
            update["rows"] = tuple(in_own_words(row) if row.key in failed_rows[passage.id] else row for row in rows)
            update["findings"] = (*update["findings"], *dropped)
        done = passage.model_copy(update=update)
        checked.append(done.model_copy(update={"checked": done.claims_digest}))
    return checked, [*lost, *more, *still_more]


def _table_claims(rows: Iterable[Row]) -> dict[str, Claim]:
    """The sentences that a table's rows make, by paper."""
    return {row.key: claim for row in rows if (claim := row_claim(row))}


def _answered(
    results: Mapping[str, list[Checked] | Unanswered],
) -> tuple[dict[str, list[Checked]], list[Unanswered]]:
    there = {id_: own for id_, own in results.items() if not isinstance(own, Unanswered)}
    return there, [own for own in results.values() if isinstance(own, Unanswered)]


def _citable(passage: Passage, claims: Iterable[Checked], corpus: Corpus) -> set[str]:
    """The papers that a repaired claim may cite: those of the part, or those that the failed claims cite."""
    if isinstance(passage, Part):
        return set(passage.papers)
    cited = {citation.key for one in claims for citation in one.claim.citations}
    return {key for key in cited if corpus.has(key)}


def _again(
    mended: Mapping[str, list[Checked]], corpus: Corpus, client: Client
) -> tuple[dict[str, list[Checked]], list[Unanswered]]:
    """Judge what was repaired, and what the judge left out the first time; the rest stays as it is."""
    waiting = {
        id_: [_fresh(one) for one in own if _is_waiting(one)]
        for id_, own in mended.items()
        if any(_is_waiting(one) for one in own)
    }
    judged, unanswered = _answered(judge(waiting, corpus, client))
    final = {}
    for id_, own in mended.items():
        if id_ in waiting and id_ not in judged:
            continue
        results = iter(judged.get(id_, []))
        final[id_] = [next(results) if _is_waiting(one) else one for one in own]
    return final, unanswered


def _is_waiting(one: Checked) -> bool:
    if one.problem is Problem.UNJUDGED:
        return True
    repaired = one.before is not None and is_repairable(one.before) and one.before.problem is not Problem.NOT_BEARING
    return repaired and one.problem is None and one.claim.verdict is None


def _fresh(one: Checked) -> Checked:
    return Checked(one.claim, before=one.before)


def _settled(passage: Passage, drafted: Sequence[Checked], final: Sequence[Checked]) -> dict[str, Any]:
    """What the check leaves of a passage: the claims that hold, in their paragraphs, and what became of the others."""
    by_id = {claim.id: one for claim, one in zip(passage.claims, final, strict=True)}
    printed: set[str] = set()
    paragraphs = []
    for paragraph in passage.paragraphs:
        kept = []
        for claim in paragraph.claims:
            one = by_id[claim.id]
            if one.problem is None and one.claim.id not in printed:
                printed.add(one.claim.id)
                kept.append(one.claim)
        if kept:
            paragraphs.append(paragraph.model_copy(update={"claims": tuple(kept)}))
    held = [claim for paragraph in paragraphs for claim in paragraph.claims]
    return {
        "paragraphs": tuple(paragraphs),
        "findings": tuple(finding for one in final for finding in _findings(passage.id, one)),
        "drafted": _tally(drafted),
        "printed": _tally([Checked(claim) for claim in held]),
    }


def _findings(passage: str, one: Checked) -> list[Finding]:
    """What was wrong with a claim, before and after its repair."""
    if one.before is not None:
        return [_finding(passage, one.before, one)]
    return [_finding(passage, one, one)] if one.problem else []


def _finding(passage: str, wrong: Checked, last: Checked) -> Finding:
    first = wrong.before or wrong
    dropped = last.problem is not None
    why = f"{first.why}; then: {last.why}" if dropped and last is not first else first.why
    return Finding(
        passage=passage,
        claim=first.claim.text,
        keys=tuple(dict.fromkeys(citation.key for citation in first.claim.citations)),
        problem=first.problem or Problem.UNJUDGED,
        why=why,
        outcome=Outcome.DROPPED if dropped else Outcome.REPAIRED,
        became=None if dropped else last.claim.text,
        made=(first.judged if first.judged.call else first.claim.made),
    )


def _tally(claims: Sequence[Checked]) -> Tally:
    """How claims and citations stand; a claim that code found wrong counts as one that does not hold."""
    tally = Tally()
    for one in claims:
        idle = one.before is not None and one.before.problem is Problem.NOT_BEARING
        cited = len(one.before.claim.citations) if idle and one.before else len(one.claim.citations)
        bears = one.problem is None or one.claim.verdict is Verdict.PARTLY
        tally += Tally(
            claims=1,
            held=int(one.problem is None),
            citations=cited,
            bearing=len(one.claim.citations) if bears else 0,
            verbatim=int(one.problem is None and one.claim.verdict is Verdict.VERBATIM),
        )
    return tally
