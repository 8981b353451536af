"""What a model may answer: closed sets, bounds, and a schema that any facet's name fits into."""

import gc
import json
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.answers import JudgementAnswer, MergeAnswer, PassageAnswer, SectionAnswer, closed, later, with_keys
from agent.answers import card_answer as card_class
from agent.errors import CallError
from agent.llm import client as client_module
from agent.llm.cache import Cached
from agent.llm.call import Call, Reply, schema_of
from agent.llm.client import Client
from agent.llm.prompts import Rendered
from agent.llm.wire import form_of
from agent.review import Category, Facet, Taxonomy, Unanswered
from tests.nouns import TAXONOMY, card_answer, claim_answer, judgement, section_answer
from tests.scripted import Scripted, reply

KEYS = ("bees2021", "moths2022")
WORDS = "We present BeeNet, a camera"


def test_an_answer_that_cites_an_unknown_key_is_none() -> None:
    kind = with_keys(SectionAnswer, KEYS)
    known = section_answer(claim_answer("Bees.", ("bees2021", WORDS)))
    assert kind.model_validate(known).paragraphs[0].claims[0].citations[0].key == "bees2021"
    for key in ("bees2020", "Bees2021", "bees2021 ", ""):
        with pytest.raises(ValidationError):
            kind.model_validate(section_answer(claim_answer("Bees.", (key, WORDS))))
    with pytest.raises(ValidationError):
        kind.model_validate(known | {"rows": [{"key": "x", "setting": None, "idea": None, "evidence": None}]})


def test_a_claim_cites_one_to_six_papers() -> None:
    kind = with_keys(PassageAnswer, KEYS)
    for n, fits in ((0, False), (1, True), (6, True), (7, False)):
        answer = {"claims": [claim_answer("Bees.", *[("bees2021", WORDS)] * n)]}
        if fits:
            assert len(kind.model_validate(answer).claims[0].citations) == n
        else:
            with pytest.raises(ValidationError):
                kind.model_validate(answer)


def test_a_judge_has_to_say_something_of_claims_that_are_there() -> None:
    kind = with_keys(JudgementAnswer, (1, 2), KEYS)
    assert len(kind.model_validate(judgement("supported")).verdicts) == 1
    for wrong in (judgement(), judgement(None, None, "supported"), judgement("perhaps"), judgement(("partly", ["x"]))):
        with pytest.raises(ValidationError):
            kind.model_validate(wrong)


def test_a_part_is_one_of_those_there_are() -> None:
    kind = with_keys(MergeAnswer, KEYS, ("insects/bees", "insects/moths"))
    kind.model_validate({"opening": [], "threads": [{"part": "insects/bees", "heading": "Bees"}]})
    with pytest.raises(ValidationError):
        kind.model_validate({"opening": [], "threads": [{"part": "bees", "heading": "Bees"}]})


def test_a_set_without_a_value_could_not_be_answered_from() -> None:
    with pytest.raises(ValueError, match="needs a value"):
        closed(())


def test_a_card_names_only_categories_and_codes_of_the_taxonomy() -> None:
    kind = card_class(TAXONOMY)
    assert kind.model_validate(card_answer("moths")).category == "moths"
    wrong: list[dict[str, Any]] = [
        card_answer("birds"),
        card_answer() | {"also": ["birds"]},
        card_answer() | {"confidence": 1.2},
        card_answer() | {"facets": {"kind": "poem", "topics": []}},
        card_answer() | {"facets": {"kind": "trial"}},
        card_answer() | {"facets": {"kind": "trial", "topics": [], "colour": "red"}},
        card_answer() | {"facets": {"kind": ["trial"], "topics": "food"}},
    ]
    for answer in wrong:
        with pytest.raises(ValidationError):
            kind.model_validate(answer)
    assert kind.model_validate(card_answer() | {"facets": {"kind": None, "topics": []}})


@pytest.mark.parametrize(
    "name", ["json", "copy", "schema", "_x", "__init__", "model_config", "3d", "two words", "class"]
)
def test_a_facet_may_be_called_anything(name: str) -> None:
    taxonomy = Taxonomy(
        categories=(Category(id="a", name="A", definition="d"),), facets={name: Facet(codes={"x": "X", "3d": "Y"})}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kind = card_class(taxonomy)
    assert list(schema_of(kind)["properties"]["facets"]["properties"]) == [name]
    answer = kind.model_validate(card_answer("a") | {"facets": {name: "3d"}})
    assert answer.facets.model_dump() == {name: "3d"}
    assert json.loads(answer.model_dump_json())["facets"] == {name: "3d"}


def test_a_class_for_the_same_sets_is_made_once() -> None:
    assert with_keys(PassageAnswer, KEYS) is with_keys(PassageAnswer, KEYS)
    assert with_keys(PassageAnswer, KEYS) is not with_keys(PassageAnswer, KEYS[:1])
    assert card_class(TAXONOMY) is card_class(TAXONOMY.model_copy())


def living() -> int:
    """How many classes of closed sets there are."""
    gc.collect()
    return sum(isinstance(one, type) and issubclass(one, SectionAnswer) for one in gc.get_objects())


def test_however_many_calls_a_run_makes_only_a_few_classes_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A class of a section's own keys takes as much memory as a hundred answers, and a large review has thousands."""
    monkeypatch.setattr(client_module, "render", lambda prompt, fields: Rendered(prompt, str(fields["n"])))
    most = 0

    class Fleeting:
        """Holds on to no call."""

        def send_all(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Reply | CallError]]:
            nonlocal most
            for n, call in enumerate(calls):
                form_of(call.answer, "json_schema")
                most = max(most, living()) if n % 50 == 0 else most
                yield call, reply(section_answer(claim_answer("Bees.", (f"bees{n}", WORDS))))

    before = living()
    kinds = [later(SectionAnswer, (f"bees{n}", "moths")) for n in range(300)]
    rows = [{"n": n} for n in range(300)]
    with Cached(Fleeting(), tmp_path) as cached:
        answers = Client(cached, "m").ask_all("write", kinds, rows)
    keys = [a.paragraphs[0].claims[0].citations[0].key for a in answers if isinstance(a, SectionAnswer)]
    assert keys == [f"bees{n}" for n in range(300)]
    assert most - before < 60
    assert living() - before < 60


def test_an_answer_outside_its_closed_set_is_refused_by_a_class_made_later() -> None:
    kinds = [later(PassageAnswer, KEYS)]
    given = Scripted({"claims": [claim_answer("Bees.", ("invented2020", WORDS))]})
    (answer,) = Client(given, "m").ask_all("write_gaps", kinds, [{"title": "t", "question": None, "sections": ()}])
    assert isinstance(answer, Unanswered)
    assert "does not fit its type" in answer.why


def test_what_a_field_is_for_is_sent_with_the_schema() -> None:
    text = json.dumps(schema_of(card_class(TAXONOMY)))
    assert "trial: Something was counted." in text and "letter by letter" in text
    assert '"enum": ["insects", "bees", "moths", "molluscs"]' in text
