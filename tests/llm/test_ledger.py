from concurrent.futures import ThreadPoolExecutor

from agent.llm.call import Usage
from agent.llm.ledger import Ledger


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
