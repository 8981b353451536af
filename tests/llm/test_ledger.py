from concurrent.futures import ThreadPoolExecutor

from agent.llm.call import Usage
from agent.llm.ledger import Ledger, Sent, by_stage
from agent.llm.prompts import known_prompts


def test_usage_adds_up_by_prompt_whatever_thread_brings_it() -> None:
    ledger = Ledger()
    with ThreadPoolExecutor(8) as threads:
        for prompt in ("write_section", "classify_paper"):
            list(threads.map(lambda _, prompt=prompt: ledger.add(prompt, Usage(1, 2, 30, 4, 0.5)), range(100)))
    assert list(ledger.by_prompt) == ["classify_paper", "write_section"]
    assert ledger.by_prompt["classify_paper"] == Usage(100, 200, 3000, 400, 50.0)
    assert ledger.by_prompt["write_section"] == Usage(100, 200, 3000, 400, 50.0)


def test_nothing_sent_is_nothing_used() -> None:
    assert Ledger().by_prompt == {}


def test_a_call_is_as_large_as_it_is_however_often_it_is_sent() -> None:
    ledger = Ledger()
    ledger.add("classify_paper", Usage(1, 1, 30, 4), Sent(100, 20))
    ledger.add("classify_paper", Usage(0, 1, 40, 5))
    ledger.add("classify_paper", Usage(1, 1, 30, 4), Sent(50, 20))
    assert ledger.sent == {"classify_paper": Sent(150, 40)}
    assert ledger.by_prompt["classify_paper"] == Usage(2, 3, 100, 13)


def test_stages_come_in_the_order_of_a_run_and_every_prompt_is_of_one() -> None:
    asked_by_a_run = [prompt for prompt in sorted(known_prompts()) if not prompt.startswith("doctor_")]
    usage = {prompt: Usage(1, 1, 10, 1, 0.5) for prompt in asked_by_a_run}
    found = by_stage(usage)
    assert list(found) == ["taxonomy", "cards", "sections", "questions", "check"]
    assert sum(found.values(), Usage()) == sum(usage.values(), Usage())
    assert by_stage({"classify_quotes": Usage(1)}) == {"cards": Usage(1)}
