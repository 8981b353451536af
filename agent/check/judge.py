"""What is asked of a model: whether the papers support a claim, and how one that failed can be put right."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from agent.answers import JudgementAnswer, RepairAnswer, VerdictAnswer, later
from agent.check.look import Checked, holds, is_verbatim, look
from agent.claims import cited_keys, claims_of
from agent.draft import Citation, Claim, Problem, Verdict
from agent.fields import FailedClaim
from agent.llm.client import Client
from agent.papers import Corpus
from agent.review import Made, Unanswered


def judge(
    claims: Mapping[str, Sequence[Checked]], corpus: Corpus, client: Client
) -> dict[str, list[Checked] | Unanswered]:
    """Judge the claims of each passage with one call, by the passage's id; what code found wrong is not judged."""
    asked = {id_: [one.claim for one in own if one.is_due] for id_, own in claims.items()}
    asked = {id_: own for id_, own in asked.items() if own}
    rows, kinds = [], []
    for own in asked.values():
        keys = cited_keys(own)
        rows.append({"claims": tuple(own), "papers": corpus.papers(keys)})
        kinds.append(later(JudgementAnswer, tuple(range(1, len(own) + 1)), keys))
    answers = dict(zip(asked, client.ask_all("check_support", kinds, rows), strict=True))
    judged: dict[str, list[Checked] | Unanswered] = {}
    for id_, own_claims in claims.items():
        answer = answers.get(id_)
        if isinstance(answer, Unanswered):
            judged[id_] = answer.about(id_)
            continue
        verdicts = _strictest(answer.verdicts) if answer else {}
        made = answer.made if answer else Made()
        number = 0
        judged[id_] = results = []
        for one in own_claims:
            number += one.is_due
            results.append(one if not one.is_due else _ruled(one, verdicts.get(number), corpus, made))
    return judged


def _strictest(verdicts: Iterable[VerdictAnswer[int, str]]) -> dict[int, VerdictAnswer[int, str]]:
    """The verdict on each claim; where a judge gave two, the one that asks for more."""
    return {one.claim: one for one in sorted(verdicts, key=lambda one: list(Verdict).index(one.verdict))}


def _ruled(one: Checked, ruling: VerdictAnswer[int, str] | None, corpus: Corpus, made: Made) -> Checked:
    """The claim as the judge's ruling leaves it. Cited papers that do not bear on it lose their citation."""
    one = replace(one, judged=made)
    if ruling is None:
        return one.failed(Problem.UNJUDGED, "the judge left it out")
    if ruling.verdict is Verdict.VERBATIM and not is_verbatim(one.claim, corpus):
        return one.failed(Problem.UNSUPPORTED, "it is not the paper's own words, as the judge has it")
    if one.claim.by_hand:
        return _ruled_by_hand(one, ruling)
    if not holds(ruling.verdict):
        claim = one.claim.model_copy(update={"verdict": ruling.verdict, "citations": _weighed(one.claim, ruling)})
        return replace(one, claim=claim).failed(Problem.UNSUPPORTED, ruling.why)
    bearing = tuple(citation for citation in _weighed(one.claim, ruling) if citation.supports)
    if not bearing:
        return one.failed(Problem.UNSUPPORTED, f"no paper it cites bears on it: {ruling.why}")
    claim = one.claim.model_copy(update={"verdict": ruling.verdict, "citations": bearing})
    if len(bearing) == len(one.claim.citations):
        return replace(one, claim=claim)
    idle = ", ".join(dict.fromkeys(c.key for c in one.claim.citations if c.key in ruling.not_bearing))
    without = look(claim, corpus)
    if without.problem:
        return one.failed(without.problem, f"{idle} does not bear on it, and without that {without.why}")
    return Checked(claim, before=one.failed(Problem.NOT_BEARING, f"{idle}: {ruling.why}"), judged=made)


def _ruled_by_hand(one: Checked, ruling: VerdictAnswer[int, str]) -> Checked:
    """A person's claim with what the judge says of it, and all of its citations."""
    weighed = _weighed(one.claim, ruling)
    one = replace(one, claim=one.claim.model_copy(update={"verdict": ruling.verdict, "citations": weighed}))
    idle = ", ".join(dict.fromkeys(citation.key for citation in weighed if not citation.supports))
    if not holds(ruling.verdict):
        return one.failed(Problem.UNSUPPORTED, ruling.why)
    return one.failed(Problem.NOT_BEARING, f"{idle}: {ruling.why}") if idle else one


def _weighed(claim: Claim, ruling: VerdictAnswer[int, str]) -> tuple[Citation, ...]:
    """The claim's citations, each with whether the judge found that it bears on the claim."""
    return tuple(c.model_copy(update={"supports": c.key not in ruling.not_bearing}) for c in claim.citations)


def repair(
    claims: Mapping[str, Sequence[Checked]], keys: Mapping[str, Collection[str]], corpus: Corpus, client: Client
) -> dict[str, list[Checked] | Unanswered]:
    """Ask once for a better claim in place of each that failed, one call a passage.

    `keys` are the papers that a passage may cite. A claim that has a replacement comes back as that, looked at by code;
    one that has none as it was, and so does every claim of a passage that may cite nothing.
    """
    failed = {id_: [one for one in own if is_repairable(one) and keys[id_]] for id_, own in claims.items()}
    failed = {id_: own for id_, own in failed.items() if own}
    rows, kinds = [], []
    for id_, own in failed.items():
        failures = tuple(
            FailedClaim(number=n, claim=one.claim, problem=(one.problem or "").capitalize(), why=one.why)
            for n, one in enumerate(own, 1)
        )
        allowed = tuple(sorted(keys[id_]))
        rows.append({"failures": failures, "papers": corpus.papers(allowed)})
        kinds.append(later(RepairAnswer, tuple(range(1, len(own) + 1)), allowed))
    answers = dict(zip(failed, client.ask_all("check_repair", kinds, rows), strict=True))
    repaired: dict[str, list[Checked] | Unanswered] = {}
    for id_, own_claims in claims.items():
        answer = answers.get(id_)
        if isinstance(answer, Unanswered):
            repaired[id_] = answer.about(id_)
            continue
        better = _replacements(answer, corpus) if answer else {}
        numbers = {id(one): n for n, one in enumerate(failed.get(id_, []), 1)}
        repaired[id_] = [
            replace(look(better[n], corpus), before=one) if (n := numbers.get(id(one))) in better else one
            for one in own_claims
        ]
    return repaired


def is_repairable(one: Checked) -> bool:
    """A claim that the judge merely left out is judged again as it is; a person's is never put right."""
    return one.problem not in (None, Problem.UNJUDGED) and not one.claim.by_hand


def _replacements(answer: RepairAnswer[int, str], corpus: Corpus) -> dict[int | None, Claim]:
    papers = {paper.key: paper for paper in corpus}
    found: dict[int | None, Claim] = {}
    for entry in answer.repairs:
        if entry.replacement is not None:
            for claim in claims_of([entry.replacement], papers, answer.made):
                found[entry.claim] = claim
    return found
