import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import NotAllowed
from agent.llm.address import read_address, read_key


@pytest.mark.parametrize(
    "text",
    [
        *("", "foo", "localhost:8000/v1", "ftp://there/v1", "http://", "http:///v1", "//there/v1"),
        *("http://h:port", "http://h:99999/v1", "http://[::1", "http://[zz]/v1", "http://a b", "http://h/a b"),
        *(
            "http://a..b/v1",
            "http://h/v1\nX-Other: y",
            "http://☃.com/v1",
            f"http://{'a' * 64}.de/v1",
            "http://h/v1\x00",
        ),
    ],
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(NotAllowed, match=r"^OPENAI_BASE_URL is .*, which is no address; it looks like https://"):
        read_address(text)


@pytest.mark.parametrize("text", ["http://h/v1?key=abc", "http://h/v1#part", "http://h/v1?"])
def test_what_goes_behind_every_path_is_refused_unseen(text: str) -> None:
    with pytest.raises(NotAllowed, match=r"holds a `\?` or `#`") as told:
        read_address(text)
    assert "abc" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" http://h:8000/v1\n", "http://h:8000/v1"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1/"),
        ("HTTP://Host/V1", "http://host/V1"),
        ("http://name:pass@h/v1", "http://h/v1"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1"),
        ("http://gate/sk-0123456789abcdef/v1", "http://gate/***/v1"),
    ],
)
def test_an_address_is_shown_without_its_secrets(text: str, shown: str) -> None:
    address = read_address(text)
    assert address.shown == shown
    assert address.url == text.strip()
    assert address.has_password == ("@" in text)
    assert "pass" not in address.shown


@pytest.mark.parametrize(
    "secret", ["sk-proj-0123456789ab", "gsk_0123456789abcdef", "name:hunter2@host/v1", "http://name:hunter2@[::1"]
)
def test_a_secret_in_place_of_the_address_is_not_shown(secret: str) -> None:
    with pytest.raises(NotAllowed) as told:
        read_address(secret)
    assert "hunter2" not in str(told.value)
    assert "0123456789" not in str(told.value)


@pytest.mark.parametrize(
    ("host", "is_here", "is_near", "needs_key"),
    [
        *((host, True, True, False) for host in ("127.0.0.1", "127.8.9.1", "127.1", "[::1]", "0.0.0.0", "localhost")),
        ("LocalHost", True, True, False),
        ("models.localhost", True, True, False),
        *((host, False, True, False) for host in ("10.1.2.3", "192.168.1.20", "172.16.0.9")),
        *((host, False, False, False) for host in ("8.8.8.8", "openrouter.ai", "localhost.example", "notopenai.com")),
        *((host, False, False, True) for host in ("api.openai.com", "API.openai.com", "eu.api.openai.com.")),
    ],
)
def test_where_a_host_is_and_whether_it_wants_a_key(
    host: str, *, is_here: bool, is_near: bool, needs_key: bool
) -> None:
    address = read_address(f"http://{host}:8000/v1")
    assert (address.is_on_this_machine, address.is_near, address.needs_key) == (is_here, is_near, needs_key)


def test_a_password_in_the_address_stands_for_a_key() -> None:
    assert not read_address("https://name:pass@api.openai.com/v1").needs_key


@given(st.one_of(st.text(), st.from_regex(r"https?://[a-z0-9._@:\[\]%-]{0,20}(/[ -~]{0,9})?", fullmatch=True)))
def test_what_passes_is_an_address_to_the_one_who_sends(text: str) -> None:
    try:
        address = read_address(text)
    except NotAllowed:
        return
    url = httpx2.URL(address.url)
    assert url.scheme in ("http", "https")
    assert url.host.rstrip(".") == address.host


@pytest.mark.parametrize("text", [None, "", "  ", "\n"])
def test_no_key_is_an_empty_one(text: str | None) -> None:
    assert read_key(text) == ""


def test_white_space_around_a_key_is_left_out() -> None:
    assert read_key(" a-key\r\n") == "a-key"


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("s3cret\nkey", "a line break"),
        ("s3cret\rkey", "a line break"),
        ("s3cret key", "a blank"),
        ("s3cret\tkey", "a blank"),
        ("s3crét", "a sign that no key has"),
        ("s3cret\x01key", "a sign that no key has"),
        ("“s3cret”", "a sign that no key has"),
    ],
)
def test_a_key_that_cannot_be_sent_is_told_and_not_shown(key: str, what: str) -> None:
    with pytest.raises(NotAllowed, match=rf"^OPENAI_API_KEY holds {what}") as told:
        read_key(key)
    assert "s3cr" not in str(told.value)
    assert "key\n" not in str(told.value)
