"""The way to a model: what is looked at before anything is loaded, and in which order."""

from pathlib import Path

import pytest

from agent.connect import DEFAULT_SERVER, Access, model_of, reach
from agent.errors import NotAllowed, ProtocolError
from agent.review import BUILT_IN, ModelChoice, Protocol
from tests.contacts import watch

NAMED = Protocol(model=ModelChoice(name="m"))
KEY = "sk-n0body-may-see-this-0123456789"


@pytest.mark.parametrize("key", [None, KEY, "two words"])
@pytest.mark.parametrize("address", ["http://[::1", "foo", "http://u:hunter2@h:port/v1"])
def test_a_wrong_address_is_told_first(address: str, key: str | None) -> None:
    with pytest.raises(NotAllowed, match="^OPENAI_BASE_URL is ") as told:
        reach(NAMED, Access(api_key=key, base_url=address), "m")
    assert "hunter2" not in str(told.value)


def test_a_wrong_key_is_told_next() -> None:
    with pytest.raises(NotAllowed, match="^OPENAI_API_KEY holds a blank"):
        reach(NAMED, Access(api_key="two words"), "m")


@pytest.mark.parametrize("address", [None, DEFAULT_SERVER, "https://eu.api.openai.com/v1"])
@pytest.mark.parametrize("key", [None, "", " \n"])
def test_where_a_key_is_known_to_be_wanted_its_lack_is_told(address: str | None, key: str | None) -> None:
    with pytest.raises(NotAllowed, match=r"^no key for m: set OPENAI_API_KEY .* --offline$"):
        reach(NAMED, Access(api_key=key, base_url=address), "m")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/v1",
        "http://127.3.2.1:9/v1/",
        "http://[::1]:9",
        " http://localhost:9/v1 ",
        "http://0.0.0.0:9/v1",
    ]
    + ["http://10.0.0.5:9/v1", "https://models.example/v1", "https://u:p@api.openai.com/v1"],
)
def test_elsewhere_the_server_says_whether_it_wants_one(address: str) -> None:
    provider = reach(NAMED, Access(base_url=address), "m")
    provider.close()
    assert provider.ledger.by_prompt == {}


def test_a_limit_in_dollars_without_a_price_is_refused_before_anything_is_loaded() -> None:
    with pytest.raises(ProtocolError, match="usd_per_million_input"):
        reach(NAMED, Access(base_url="http://127.0.0.1:9/v1", max_usd=1.0), "m")


def test_offline_goes_before_every_name() -> None:
    assert model_of(NAMED, Access(model="other", offline=True)) == BUILT_IN
    assert model_of(NAMED, Access(model="other")) == "other"
    assert model_of(NAMED, Access()) == "m"
    assert model_of(Protocol(), Access(api_key=KEY)) == BUILT_IN


def test_what_is_known_of_the_way_shows_no_key() -> None:
    assert KEY not in repr(Access(api_key=KEY, base_url="http://h/v1"))


def test_to_look_at_an_address_loads_nothing_that_could_send(tmp_path: Path) -> None:
    code = """
import sys
from agent.connect import Access, reach
from agent.errors import NotAllowed
from agent.review import Protocol
try:
    reach(Protocol(), Access(base_url="http://[::1"), "m")
except NotAllowed:
    print(sorted({"openai", "instructor", "httpx2"} & set(sys.modules)))
"""
    told = watch(tmp_path, code=code)
    assert told.out == "[]\n", told.err
    assert told.places == frozenset()
