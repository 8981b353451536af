import json

import pytest

from agent.llm.wire import form_of, messages_of, most_input_tokens, parameters_of
from agent.review import ModelChoice
from tests.llm.sample import Kind, call


@pytest.mark.parametrize("text", ["plain words " * 50, "naïve – 漢字 🙂 " * 50, "broken \ud83d half"])
def test_no_tokenizer_could_make_more_tokens(text: str) -> None:
    one = call(text)
    sent = json.dumps([messages_of(one), form_of(Kind, "json_schema")], ensure_ascii=False)
    assert most_input_tokens(one, messages_of(one)) >= len(sent.encode())


def test_messages_are_a_fresh_list_each_time() -> None:
    one = call("a")
    messages_of(one).append({"role": "assistant", "content": "{}"})
    assert [message["role"] for message in messages_of(one)] == ["system", "user"]


def test_a_form_is_made_once_for_each_class() -> None:
    assert form_of(Kind, "tools") is form_of(Kind, "tools")


def test_what_a_call_leaves_open_the_choice_says() -> None:
    choice = ModelChoice(max_output_tokens=99, temperature=0.3)
    assert parameters_of(call("a"), choice) == {"max_completion_tokens": 99, "temperature": 0.3}
    chosen = call("a", max_output_tokens=7, temperature=0.0)
    assert parameters_of(chosen, choice) == {"max_completion_tokens": 7, "temperature": 0.0}
