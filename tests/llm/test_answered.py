import tracemalloc

from agent.answers import PassageAnswer, with_keys
from agent.llm.answered import Answers, Told
from agent.llm.call import Reply
from agent.review import Unanswered
from tests.llm.sample import VALID, Kind, call
from tests.nouns import claim_answer
from tests.scripted import DAY, reply

MISSED = Unanswered(stage="sort", subject="", why="no")


def told(user: str) -> Told[Kind]:
    return Told.of(Kind, call(user), reply({"kind": "method", "why": user, "year": None}))


def sample() -> Answers[Kind]:
    given: list[Told[Kind] | Unanswered] = [told("a"), MISSED, told("b")]
    return Answers(given)


def test_answers_are_read_in_their_order_and_know_how_they_were_made() -> None:
    answers = sample()
    assert [one.why for one in answers] == ["a", "no", "b"]
    last = answers[-1]
    assert isinstance(last, Kind)
    assert (last.made.call, last.made.model, last.made.day) == (call("b").key, "scripted", DAY)


def test_they_are_as_good_as_a_list() -> None:
    answers = sample()
    assert answers == list(answers) == [*answers]
    assert answers[1:] == [MISSED, answers[2]]
    assert answers != [MISSED] * 3
    assert (len(answers), len(answers[:2]), MISSED in answers) == (3, 2, True)


def test_what_kept_to_its_closed_set_is_read_without_it() -> None:
    kind = with_keys(PassageAnswer, ("bees2021",))
    given = reply({"claims": [claim_answer("Bees.", ("bees2021", "words of the paper"))]})
    answer = Told.of(kind, call(), given).read()
    assert type(answer) is PassageAnswer[str]
    assert answer.claims[0].citations[0].key == "bees2021"


def test_many_take_little_more_than_their_texts() -> None:
    replies = [Reply(VALID + " " * n, "m", DAY) for n in range(2_000)]
    one = call()
    _ = one.key
    tracemalloc.start()
    answers = Answers(Told.of(Kind, one, given) for given in replies)
    n_bytes = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert n_bytes / len(answers) < 200
    assert isinstance(answers[0], Kind)
