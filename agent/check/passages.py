"""Takes passages through the check: look, judge, repair once, look and judge again, keep or drop."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from agent.check.judge import judge, repair
from agent.check.look import Checked, check_rows, holds, in_own_words, look_again, row_claim
from agent.draft import Claim, Finding, Outcome, Part, Passage, Problem, Row, Tally, Verdict
from agent.llm.client import Client
from agent.papers import Corpus
from agent.review import Unanswered

P = TypeVar("P", bound=Passage)


def check_passages(
    passages: Sequence[P], corpus: Corpus, client: Client, *, asks_left_out: bool = True
) -> tuple[list[P], list[Unanswered]]:
    """Each passage with only claims that hold, its findings and figures; one whose check stayed unanswered as it was.

    What came through before and is as it was then is left as it is. Of every other passage all that is new is judged by
    one call, and by one more for what the judge left out, unless that is to be dropped; repaired by at most one, and
    what was repaired is judged by one more.
    """
    by_id = {passage.id: passage for passage in passages}
    tables = {id_: check_rows(one, corpus) for id_, one in by_id.items() if isinstance(one, Part)}
    sentences = {id_: _table_claims(rows) for id_, (rows, _) in tables.items()}
    is_judged = not client.is_built_in  # which a person's sentences are not by comparing words
    looked = {
        id_: [look_again(claim, corpus, is_judged=is_judged) for claim in _distinct(one)] for id_, one in by_id.items()
    }
    asked = {id_: [*own, *map(Checked, sentences.get(id_, {}).values())] for id_, own in looked.items()}
    judged, lost = _answered(judge(asked, corpus, client))
    left_out: list[Unanswered] = []
    if asks_left_out:
        judged, left_out = _judged_again(judged, _is_left_out, corpus, client)
    drafted = {id_: own[: len(looked[id_])] for id_, own in judged.items()}
    allowed = {id_: _citable(by_id[id_], own, corpus) for id_, own in drafted.items()}
    mended, unrepaired = _answered(repair(drafted, allowed, corpus, client))
    final, unjudged = _judged_again(mended, _is_mended, corpus, client)
    checked: list[P] = []
    for passage in passages:
        id_ = passage.id
        if id_ not in final:
            checked.append(passage)
            continue
        update = _settled(passage, drafted[id_], final[id_])
        if id_ in tables:
            verdicts = dict(zip(sentences[id_], judged[id_][len(looked[id_]) :], strict=True))
            rows, findings = _settled_rows(id_, tables[id_][0], verdicts)
            update |= {"rows": rows, "findings": (*update["findings"], *tables[id_][1], *findings)}
        checked.append(_signed(passage.model_copy(update=update), judged[id_]))
    return checked, [*lost, *left_out, *unrepaired, *unjudged]


def _signed(passage: P, judged: Sequence[Checked]) -> P:
    """The passage marked as checked, by whom, and as it is now; one that a person edited stays known as edited."""
    judges = {one.judged.model for one in judged} - {""}
    if any(one.stands for one in judged):
        judges |= {*passage.judge.split(", ")} - {""}
    made = passage.made.model_copy(update={"content": passage.made.content or passage.words_digest})
    signed = {"checked": passage.words_digest, "judge": ", ".join(sorted(judges)) or passage.judge, "made": made}
    return passage.model_copy(update=signed)


def _distinct(passage: Passage) -> list[Claim]:
    """The passage's claims, each once; one that stands in two paragraphs is judged and printed once."""
    return list({claim.id: claim for claim in passage.claims}.values())


def _table_claims(rows: Iterable[Row]) -> dict[str, Claim]:
    """The sentences that those of a table's rows make that are to be judged, by paper."""
    return {row.key: claim for row in rows if not row.held and (claim := row_claim(row))}


def _answered(
    results: Mapping[str, list[Checked] | Unanswered],
) -> tuple[dict[str, list[Checked]], list[Unanswered]]:
    there = {id_: own for id_, own in results.items() if not isinstance(own, Unanswered)}
    return there, [own for own in results.values() if isinstance(own, Unanswered)]


def _citable(passage: Passage, claims: Iterable[Checked], corpus: Corpus) -> set[str]:
    """The papers that a repaired claim may cite: those of the part, or those that the failed claims cite."""
    cited = {citation.key for one in claims for citation in one.claim.citations}
    return set(filter(corpus.has, passage.papers if isinstance(passage, Part) else cited))


def _judged_again(
    results: dict[str, list[Checked]], is_waiting: Callable[[Checked], bool], corpus: Corpus, client: Client
) -> tuple[dict[str, list[Checked]], list[Unanswered]]:
    """Judge those claims that wait for it; a passage whose judgement stays unanswered is not among the results."""
    waiting = {id_: [_fresh(one) for one in own if is_waiting(one)] for id_, own in results.items()}
    waiting = {id_: own for id_, own in waiting.items() if own}
    judged, unanswered = _answered(judge(waiting, corpus, client))
    final = {}
    for id_, own in results.items():
        if id_ in waiting and id_ not in judged:
            continue
        verdicts = iter(judged.get(id_, []))
        final[id_] = [next(verdicts) if is_waiting(one) else one for one in own]
    return final, unanswered


def _is_left_out(one: Checked) -> bool:
    return one.problem is Problem.UNJUDGED


def _is_mended(one: Checked) -> bool:
    """Whether it replaces a claim that failed, and nobody has judged it yet."""
    return one.is_due and one.claim.verdict is None


def _fresh(one: Checked) -> Checked:
    return Checked(one.claim, before=one.before)


def _settled_rows(
    id_: str, rows: Sequence[Row], verdicts: Mapping[str, Checked]
) -> tuple[tuple[Row, ...], list[Finding]]:
    """The table with the paper's own words in place of a row that the judge did not find supported; and those rows."""
    failed = {key: one for key, one in verdicts.items() if one.problem}
    settled = {row.key: in_own_words(row) for row in rows if row.key in failed}
    findings = [
        Finding(
            passage=id_,
            row=key,
            claim=one.claim.text,
            keys=(key,),
            problem=one.problem or Problem.UNSUPPORTED,
            why=one.why,
            outcome=Outcome.REPAIRED,
            became="; ".join(f"{column}: {cell.text}" for column, cell in settled[key].cells.items() if cell.text),
            made=one.judged,
        )
        for key, one in failed.items()
    ]
    return tuple(settled.get(row.key, row).model_copy(update={"held": True}) for row in rows), findings


def _settled(passage: Passage, drafted: Sequence[Checked], final: Sequence[Checked]) -> dict[str, Any]:
    """What the check leaves of a passage: the claims that hold, in their paragraphs, and what became of the others."""
    by_id = {claim.id: one for claim, one in zip(_distinct(passage), final, strict=True)}
    printed: set[str] = set()
    paragraphs = []
    for paragraph in passage.paragraphs:
        kept = []
        for claim in paragraph.claims:
            one = by_id[claim.id]
            if (one.problem is None or claim.by_hand) and one.claim.id not in printed:
                printed.add(one.claim.id)
                kept.append(one.claim)
        if kept:
            paragraphs.append(paragraph.model_copy(update={"claims": tuple(kept)}))
    held = [claim for paragraph in paragraphs for claim in paragraph.claims]
    return {
        "paragraphs": tuple(paragraphs),
        # A passage that is checked again, since a paper's text changed, keeps what was found the first time.
        "findings": (
            *_findings_before(passage, final),
            *(finding for one in final for finding in _findings(passage.id, one)),
        ),
        "drafted": passage.drafted
        if passage.made.content
        else passage.drafted + _tally(_first_judged(passage, drafted)),
        "printed": _tally([_as_printed(claim) for claim in held]),
    }


def _first_judged(passage: Passage, drafted: Sequence[Checked]) -> list[Checked]:
    """What a model wrote and nobody had judged before; what was, was counted then."""
    return [
        one
        for claim, one in zip(_distinct(passage), drafted, strict=True)
        if not (one.stands or claim.by_hand or any(citation.supports is not None for citation in claim.citations))
    ]


def _as_printed(claim: Claim) -> Checked:
    """A claim that is printed, as it counts: a person's that nobody found supported does not hold."""
    one = Checked(claim)
    return one if holds(claim.verdict) else one.failed(Problem.UNSUPPORTED, "")


def _findings_before(passage: Passage, final: Sequence[Checked]) -> list[Finding]:
    """What was found before, but for what is found anew of sentences that a person wrote, or that stand no more."""
    standing = {one.claim.text for one in final if one.stands}
    return [one for one in passage.findings if one.outcome is not Outcome.KEPT or one.claim in standing]


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
        outcome=Outcome.KEPT if last.claim.by_hand else Outcome.DROPPED if dropped else Outcome.REPAIRED,
        became=None if dropped else last.claim.text,
        made=(first.judged if first.judged.call else first.claim.made),
    )


def _tally(claims: Sequence[Checked]) -> Tally:
    """How claims and citations stand; a claim that code found wrong counts as one that does not hold."""
    tally = Tally()
    for one in claims:
        is_thinned = one.before is not None and one.before.problem is Problem.NOT_BEARING
        drafted = one.before.claim if is_thinned and one.before else one.claim
        weighed = one.problem is None or one.claim.verdict is Verdict.PARTLY
        tally += Tally(
            claims=1,
            held=int(one.problem is None),
            citations=len(drafted.citations),
            bearing=sum(bool(citation.supports) for citation in one.claim.citations) if weighed else 0,
            verbatim=int(one.problem is None and one.claim.verdict is Verdict.VERBATIM),
        )
    return tally


def reopen(passage: P) -> P:
    """The passage as if nobody had judged it, so that all of it is judged again."""
    paragraphs = [
        paragraph.model_copy(
            update={"claims": tuple(claim.model_copy(update={"verdict": None}) for claim in paragraph.claims)}
        )
        for paragraph in passage.paragraphs
    ]
    update: dict[str, Any] = {"paragraphs": tuple(paragraphs), "checked": None}
    if isinstance(passage, Part):
        update["rows"] = tuple(row.model_copy(update={"held": False}) for row in passage.rows)
    return passage.model_copy(update=update)
