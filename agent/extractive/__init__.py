"""The built-in model: answers every call from the papers' own words, with no network, no key and no cost."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from agent.errors import CallError
from agent.extractive import (
    amending,
    cards,
    judge,
    merging,
    overviews,
    passages,
    prose,
    responses,
    revising,
    taxonomies,
    terms,
    understanding,
)
from agent.llm.call import Call, Reply, Usage, canonical
from agent.review import BUILT_IN

Fields = Mapping[str, Any]

_ANSWERS: Mapping[str, Callable[[Fields], dict[str, Any]]] = {
    "induce_propose": lambda given: taxonomies.propose(given["papers"]),
    "induce_merge": lambda given: merging.merge(given["proposals"], [paper.key for paper in given["papers"]]),
    "induce_terms": lambda given: terms.learn_terms(given["taxonomy"], given["papers"]),
    "classify_paper": lambda given: cards.card(given["taxonomy"], given["paper"]),
    "classify_facets": lambda given: cards.codes(given["facets"], given["paper"]),
    "classify_quotes": lambda given: cards.quotes(given["paper"], given["facts"]),
    "write_section": lambda given: prose.section(given["papers"]),
    "write_missing": lambda given: prose.missing(given["papers"]),
    "write_merge": lambda given: overviews.merged(given["parts"]),
    "write_amend": lambda given: amending.amended(given["paragraphs"], given["new"], given["changed"], given["left"]),
    "write_revise": lambda given: revising.revised(
        given["text"], given["paragraphs"], given["loose"], given["sections"]
    ),
    "write_introduction": lambda given: overviews.introduction(given["sections"]),
    "write_synthesis": lambda given: overviews.synthesis(given["sections"]),
    "write_gaps": lambda given: overviews.gaps(given["sections"]),
    "ask_understand": lambda given: understanding.understand(given["question"], given["taxonomy"], given["words"]),
    "ask_gather": lambda given: passages.gather(given["question"], given["kind"], given["papers"]),
    "ask_follow": lambda given: responses.follow(given["readings"]),
    "ask_respond": lambda given: responses.respond(given["question"], given["readings"], table=given["table"]),
    "check_support": lambda given: judge.support(given["claims"], given["papers"]),
    "check_repair": lambda given: judge.repair(given["failures"], given["papers"]),
}


class Extractive:
    """A Transport without a model: what it answers depends on the call's fields alone."""

    def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
        """Answer each call in turn; one that it cannot answer comes back with its CallError."""
        for call in calls:
            yield call, self._send(call)

    def _send(self, call: Call) -> Reply | CallError:
        answer = _ANSWERS.get(call.prompt)
        if answer is None:
            return CallError(f"{call.prompt}: the built-in model has no answer to this; name a model in review.toml")
        try:
            text = canonical(answer(call.fields))
        except CallError as error:
            return error
        return Reply(text=text, model=BUILT_IN, day=None, usage=Usage(calls=1))
