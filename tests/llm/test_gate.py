"""What is kept from a server whatever asks for it: eight words in a row of a paper that is not to be sent."""

from agent.answers import PassageAnswer
from agent.errors import BudgetSpent, CallError
from agent.fields import CardedPaper
from agent.llm.call import Call
from agent.llm.client import Client
from agent.llm.gate import Gate
from agent.papers import Paper
from agent.review import Category, Unanswered
from tests.nouns import card
from tests.scripted import Scripted

SECRET = "Between these pots we found that worms move to the wetter side within three days of the first watering."
SHARED = "We compare five mesh sizes in twenty beds, and a mesh of seven millimetres stopped them all."
POTS = Paper(key="pots2020", title="Clay Pots as Slow Irrigation", abstract=SECRET)
NETS = Paper(key="nets", title="Netting Sizes", abstract=SHARED)
MULCH = Paper(key="mulch", title="Mulch in Small Beds", abstract=f"Dry summers cost seedlings. {SHARED}")


def asked(gate: Gate, *texts: str) -> list[str]:
    """Why each text was not sent; empty for those that were."""
    calls = [Call("p", "", text, "m") for text in texts]
    why = {call.user: str(reply) if isinstance(reply, CallError) else "" for call, reply in gate.send_all(calls)}
    return [why[text] for text in texts]


def test_the_gate_lets_pass_what_is_not_a_private_papers_own() -> None:
    told = SECRET.split()
    inner = Scripted(lambda call: "{}")
    gate = Gate(inner)
    gate.keep_back([POTS, NETS], [MULCH])
    loud = " ".join(told[3:11]).upper().replace(" ", ",\n")
    hidden = "\u200b".join(SECRET)
    texts = [" ".join(told[:7]), " ".join(told[5:13]), loud, SHARED, hidden]
    whys = asked(gate, *texts)
    assert [bool(why) for why in whys] == [False, True, True, False, True]
    assert "pots2020" in whys[1]
    assert [call.user for call in inner.calls] == [texts[0], texts[3]]
    assert asked(Gate(Scripted(lambda call: "{}")), SECRET) == [""]


def test_a_call_that_is_not_sent_is_an_unanswered_one_and_the_others_go_on() -> None:
    gate = Gate(Scripted(lambda call: {"claims": []}))
    gate.keep_back([POTS], [MULCH])
    category = Category(id="a", name="A", definition="d")
    entries = [CardedPaper(paper=one, card=card(one.key)) for one in (POTS, MULCH, NETS)]
    rows = [{"category": category, "papers": (entry,)} for entry in entries]
    answers = Client(gate, "m").ask_all("write_missing", PassageAnswer[str], rows)
    assert [isinstance(one, Unanswered) for one in answers] == [True, False, False]


def test_a_run_that_is_stopped_is_stopped_through_the_gate() -> None:
    gate = Gate(Scripted("{}", BudgetSpent("spent")))
    gate.keep_back([POTS], [])
    client = Client(gate, "m")
    category = Category(id="a", name="A", definition="d")
    entries = [CardedPaper(paper=one, card=card(one.key)) for one in (NETS, MULCH)]
    client.ask_all("write_missing", PassageAnswer[str], [{"category": category, "papers": (one,)} for one in entries])
    assert isinstance(client.stopped, BudgetSpent)
