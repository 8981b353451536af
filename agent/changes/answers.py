"""What came of the answers between two states, and which of them may be other ones by now."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from agent.changes.nouns import AnswerChange, Changed, Find, State
from agent.errors import QuestionError
from agent.question import Answer, Kind, by_question, inputs_of
from agent.wording import count, listed, listed_first

MOST_NAMED = 3
"""Papers that one reason names."""


def answer_changes(before: State, after: State) -> dict[str, tuple[AnswerChange, ...]]:
    """The answers that were given or given anew, and those that are not there any more."""
    given = [one for id_, one in after.answers.items() if not _is_same(before.answers.get(id_), one)]
    taken = [one for id_, one in before.answers.items() if id_ not in after.answers]
    return {"asked": _as_changes(given), "taken_out": _as_changes(taken)}


def _is_same(one: Answer | None, other: Answer) -> bool:
    return one is not None and one.model_copy(update={"kept": other.kept}) == other


def _as_changes(answers: Collection[Answer]) -> tuple[AnswerChange, ...]:
    in_order = sorted(answers, key=by_question)
    return tuple(AnswerChange(id=one.id, question=one.question, scope=one.scope) for one in in_order)


def why_other_papers(answer: Answer, state: State) -> str | None:
    """Why the papers that an answer was put to are not those of this state; None where they are, in key and text."""
    try:
        keys = answer.scope.keys(state.corpus, state.cards, state.taxonomy)
    except QuestionError as error:
        return f"it cannot be put as it was: {error}"
    is_of_these = inputs_of(state.corpus, keys) == answer.made.inputs
    return None if is_of_these else "its papers changed, or others came in or left"


class Outdating:
    """What happened to the papers, as far as it can make an answer another one."""

    def __init__(self, before: State, after: State, same: Mapping[str, str], changed: Collection[Changed]) -> None:
        self._before, self._after, self._same = before, after, same
        self._changed = {one.key: one.text for one in changed if one.text}
        self._gone = {p.key for p in after.corpus if p.gone} - {p.key for p in before.corpus if p.gone}
        self._lost = {paper.key for paper in before.corpus if paper.key not in same}

    def outdated(self, find: Find | None) -> tuple[AnswerChange, ...]:
        """The answers that may be other ones now, in the order of their questions."""
        found = []
        for answer in sorted(self._after.answers.values(), key=by_question):
            whys = tuple(self._whys(answer, find))
            if whys:
                found.append(AnswerChange(id=answer.id, question=answer.question, scope=answer.scope, whys=whys))
        return tuple(found)

    def _whys(self, answer: Answer, find: Find | None) -> Iterator[str]:
        state = self._after
        try:
            now = answer.scope.keys(state.corpus, state.cards, state.taxonomy)
        except QuestionError as error:
            yield f"it cannot be put as it was: {error}"
            return
        # Then it was given after what happened to their texts.
        is_of_these = inputs_of(state.corpus, now) == answer.made.inputs
        cited = {citation.key for claim in answer.claims for citation in claim.citations}
        cited |= {row.key for row in answer.passage.rows} | set(answer.matching_keys)
        used = cited | set(answer.read) | set(answer.nearest)
        yield from self._of_what_it_used(cited, used, is_fresh=is_of_these)
        if not is_of_these:
            yield from self._of_what_came(answer, now, find)

    def _of_what_it_used(self, cited: set[str], used: set[str], *, is_fresh: bool) -> Iterator[str]:
        for verb, keys in (("cites", cited), ("read", used - cited)):
            names = {key: self._same.get(key, key) for key in sorted(keys)}
            gone = [key for key, now in names.items() if key in self._lost or now in self._gone]
            if gone:
                yield f"it {verb} {_named(gone)}, which {'is' if len(gone) == 1 else 'are'} gone"
            texts = [key for key, now in names.items() if now in self._changed]
            if texts and not is_fresh:
                yield f"it {verb} {_named(texts)}, of which the text changed"

    def _of_what_came(self, answer: Answer, now: Collection[str], find: Find | None) -> Iterator[str]:
        try:
            then = answer.scope.keys(self._before.corpus, self._before.cards, self._before.taxonomy)
        except QuestionError:
            then = frozenset()
        came = frozenset(now) - {self._same.get(key, key) for key in then}
        new = sorted(key for key in came if not self._after.corpus.paper(key).gone)
        left = sorted(key for key in then if self._same.get(key, key) not in now and key in self._same)
        if answer.kind is Kind.CORPUS and (new or left):
            told = [f"{count(len(new), 'paper')} came"] * bool(new) + [f"{count(len(left), 'paper')} left"] * bool(left)
            yield f"it counts over all papers, and {' and '.join(told)}"
        elif new and find:
            near = set(find(answer.question, now)).intersection(new)
            if near:
                yield f"its words find {_named(sorted(near))}, which {'is' if len(near) == 1 else 'are'} new"


def _named(keys: Sequence[str]) -> str:
    return listed(keys) if len(keys) <= MOST_NAMED else listed_first(keys, MOST_NAMED)
