import json
import os
import subprocess
import sys
from pathlib import Path

from agent.answers import TaxonomyAnswer, card_answer, with_keys
from agent.errors import CallError
from agent.extractive import Extractive
from agent.llm.call import Call, Reply, canonical
from tests.extractive.gardens import GIVEN, PAPERS, send

PROGRAM = """
from agent.answers import SectionAnswer, TaxonomyAnswer, TermsAnswer, card_answer, with_keys
from tests.extractive.gardens import GIVEN, PAPERS, carded, send
keys = tuple(paper.key for paper in PAPERS)
print(send("induce_propose", with_keys(TaxonomyAnswer, keys), question=None, papers=PAPERS[::{step}]).text)
print(send("induce_terms", with_keys(TermsAnswer, GIVEN.ids), taxonomy=GIVEN, papers=PAPERS[::{step}]).text)
print(send("classify_paper", card_answer(GIVEN), taxonomy=GIVEN, paper=PAPERS[0]).text)
entries = tuple(map(carded, PAPERS[::{step}]))
fields = dict(question=None, category=GIVEN.categories[0], child=None, papers=entries)
print(send("write_section", with_keys(SectionAnswer, keys), **fields).text)
"""


def _printed(seed: str, step: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{step}", str(step))],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_it_answers_with_the_same_bytes_under_another_hash_seed_and_another_order() -> None:
    assert _printed("1", 1) == _printed("2", -1)


def test_a_reply_is_signed_has_no_day_and_costs_nothing() -> None:
    reply = send("classify_paper", card_answer(GIVEN), taxonomy=GIVEN, paper=PAPERS[0])
    assert isinstance(reply, Reply)
    assert (reply.model, reply.day, reply.usage.calls, reply.usage.attempts, reply.usage.cost_usd) == (
        "extractive",
        None,
        1,
        0,
        0.0,
    )
    assert reply.text == canonical(json.loads(reply.text))


def test_an_unknown_prompt_is_one_failed_call_among_good_ones() -> None:
    kind = card_answer(GIVEN)
    good = Call("classify_paper", "", "", "extractive", answer=kind, fields={"taxonomy": GIVEN, "paper": PAPERS[0]})
    unknown = Call("sing_song", "", "", "extractive")
    replies = [reply for _, reply in Extractive().send_all([good, unknown, good])]
    assert [type(reply) for reply in replies] == [Reply, CallError, Reply]
    assert "sing_song" in str(replies[1])


def test_one_paper_more_changes_no_other_card() -> None:
    kind = card_answer(GIVEN)
    alone = send("classify_paper", kind, taxonomy=GIVEN, paper=PAPERS[2])
    for other in PAPERS:
        send("classify_paper", kind, taxonomy=GIVEN, paper=other)
    assert send("classify_paper", kind, taxonomy=GIVEN, paper=PAPERS[2]) == alone


def test_a_corpus_without_a_word_still_gets_a_taxonomy() -> None:
    bare = PAPERS[0].model_copy(update={"title": None, "abstract": "1 2 3"})
    reply = send("induce_propose", with_keys(TaxonomyAnswer, (bare.key,)), question=None, papers=(bare,))
    assert isinstance(reply, Reply)
    assert len(json.loads(reply.text)["categories"]) == 1
