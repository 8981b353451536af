"""What papers are read to say, with their own words."""

from collections.abc import Sequence

from agent.ask import Gathered, Step, Task, follow
from agent.ask import gather as gather_all
from agent.ask.gather import readings_of
from agent.llm.client import Client
from agent.papers import Paper
from agent.question import Bearing, Kind, Plan, Saying
from tests.nouns import BEES, MOTHS, SLUGS, gathered
from tests.scripted import Scripted

COUNTS = "On 12 meadows it finds 91.5% of all bees"
ASTRAY = "It finds every bee of the world."
PAPERS = (BEES, MOTHS, SLUGS)


def gather(question: str, plan: Plan, papers: Sequence[Paper], client: Client) -> Gathered:
    return gather_all([Task(question, plan, papers)], client)[0]


def test_a_quote_becomes_the_papers_own_span() -> None:
    transport = Scripted(gathered(("bees2021", "answers", f"“{COUNTS}”"), nothing=("moths2022", "slugs2023")))
    got = gather("How many?", Plan(), PAPERS, Client(transport, "m"))
    (saying,) = got.sayings
    assert saying.quote == COUNTS == BEES["abstract"][saying.start : saying.end]
    assert saying.bearing is Bearing.ANSWERS and got.read == tuple(paper.key for paper in PAPERS)


def test_words_that_are_not_in_the_paper_are_no_quote() -> None:
    transport = Scripted(gathered(("bees2021", "answers", ASTRAY), nothing=("moths2022", "slugs2023")))
    (saying,) = gather("How many?", Plan(), PAPERS, Client(transport, "m")).sayings
    assert saying.quote is None


def test_papers_go_out_twenty_five_a_call() -> None:
    papers = [Paper(key=f"p{n:02}", title=f"Paper {n}", abstract="A plain abstract.") for n in range(60)]
    transport = Scripted(lambda call: gathered(nothing=tuple(p.key for p in call.fields["papers"])))
    got = gather("What?", Plan(), papers, Client(transport, "m"))
    assert [len(call.fields["papers"]) for call in transport.calls] == [25, 25, 10]
    assert got.read == tuple(paper.key for paper in papers)


def test_the_set_of_keys_has_one_order_whatever_that_of_the_papers() -> None:
    papers = [Paper(key=f"{name}2020", title=name, abstract="A plain abstract.") for name in ("wasps", "ants")]
    transport = Scripted(lambda call: gathered(nothing=("ants2020", "wasps2020")))
    gather("How many?", Plan(), papers, Client(transport, "m"))
    (call,) = transport.calls
    assert call.schema["properties"]["nothing"]["items"]["enum"] == ["ants2020", "wasps2020"]


def test_where_papers_are_counted_what_was_left_out_or_misquoted_is_read_again() -> None:
    transport = Scripted(
        gathered(("bees2021", "answers", ASTRAY), nothing=("moths2022",)),
        gathered(("bees2021", "answers", COUNTS), nothing=("slugs2023",)),
    )
    got = gather("Which count?", Plan(kind=Kind.CORPUS), PAPERS, Client(transport, "m"))
    assert [paper.key for paper in transport.calls[1].fields["papers"]] == ["bees2021", "slugs2023"]
    assert got.read == ("bees2021", "moths2022", "slugs2023")
    assert [saying.quote for saying in got.sayings] == [COUNTS]


def test_a_paper_that_is_left_out_twice_is_not_counted_as_read() -> None:
    transport = Scripted(gathered(nothing=("moths2022", "bees2021")), gathered())
    got = gather("Which count?", Plan(kind=Kind.CORPUS), PAPERS, Client(transport, "m"))
    assert got.read == ("bees2021", "moths2022")


def test_a_question_on_one_fact_is_read_once() -> None:
    transport = Scripted(gathered(("bees2021", "answers", ASTRAY)))
    gather("How many?", Plan(), PAPERS, Client(transport, "m"))
    assert len(transport.calls) == 1


def test_a_paper_that_was_not_shown_cannot_be_named() -> None:
    transport = Scripted(gathered(("birds2020", "answers", COUNTS)))
    got = gather("How many?", Plan(), PAPERS, Client(transport, "m"))
    assert not got.sayings and not got.read and got.unanswered[0].stage == "ask_gather"


def saying(key: str) -> Saying:
    return Saying(key=key, bearing=Bearing.ANSWERS, says="It counts them.", quote=COUNTS)


def test_readings_keep_the_order_of_the_papers() -> None:
    readings = readings_of([saying("slugs2023"), saying("bees2021"), saying("slugs2023")], PAPERS)
    assert [(entry.paper.key, len(entry.sayings)) for entry in readings] == [("bees2021", 1), ("slugs2023", 2)]


def test_the_next_step_names_what_was_found() -> None:
    plan = Plan(steps=("What counts bees?", "Where was it tried?"))
    line = {"found": "BeeNet does.", "question": "Where was BeeNet tried?", "searches": ["BeeNet meadows"]}
    transport = Scripted(line, line | {"question": None})
    client = Client(transport, "m")
    task, read = Task("Where was what counts bees tried?", plan, PAPERS), Gathered((saying("bees2021"),))
    (step,) = follow([task], [read], client)
    assert isinstance(step, Step) and step.question == "Where was BeeNet tried?"
    assert step.plan.searches == ("Where was BeeNet tried?", "BeeNet meadows")
    assert "1. <step-" in transport.calls[0].user and COUNTS in transport.calls[0].user
    assert follow([task], [read], client) == [None]
