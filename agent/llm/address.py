"""Checks where calls are to be sent and with which key, before anything is loaded or sent; shows neither's secrets."""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from agent.errors import NotAllowed

LIKE_A_KEY = re.compile(r"\b(?:sk|pk|gsk|key)-[\w*.\-]{6,}")
_LIKE_A_SECRET = re.compile(r"[^\s/]*@|[\w\-]{16,}")
"""What stands before an `@`, and a run that is long for a word: a text that is no address may be a key."""
_OPENAI = "openai.com"


@dataclass(frozen=True, slots=True)
class Address:
    """A model's server, under which its calls stand."""

    url: str
    """What requests go to, with all that it holds."""
    shown: str
    """The same without a name and password: the one form that is ever printed."""
    host: str
    path: str
    is_encrypted: bool
    has_password: bool

    @property
    def needs_key(self) -> bool:
        """Whether a call without a key is known to be refused.

        Only of OpenAI's own server. Others on this machine, in a private network or anywhere else may want one or
        none, and no form of address tells: they say so themselves, with a 401, before anything is paid.
        """
        return not self.has_password and (self.host == _OPENAI or self.host.endswith(f".{_OPENAI}"))

    @property
    def is_on_this_machine(self) -> bool:
        """`localhost` and its kin, all of 127.0.0.0/8, ::1, and 0.0.0.0, by which servers name themselves."""
        number = _as_number(self.host)
        if number is None:
            return self.host == "localhost" or self.host.endswith(".localhost")
        return number.is_loopback or number.is_unspecified

    @property
    def is_near(self) -> bool:
        """Whether what is sent stays on this machine or in a private network."""
        number = _as_number(self.host)
        return self.is_on_this_machine or (number is not None and number.is_private)


def read_address(text: str) -> Address:
    """The address that OPENAI_BASE_URL gives, white space around it left out; else NotAllowed."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        is_address = parts.scheme in ("http", "https") and _is_host(host) and text.isprintable() and " " not in text
    except ValueError:  # a bracket that is never closed, a port that is no number
        is_address = False
    if not is_address:
        raise _no_address(text)
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise NotAllowed("OPENAI_BASE_URL holds a `?` or `#`; take it out, with all that follows it")
    named = f"[{host}]" if ":" in host else host
    place = f"{named}:{port}" if port is not None else named
    shown = LIKE_A_KEY.sub("***", f"{parts.scheme}://{place}{parts.path}")
    has_password = parts.username is not None or parts.password is not None
    return Address(
        url=text,
        shown=shown,
        host=host,
        path=parts.path,
        is_encrypted=parts.scheme == "https",
        has_password=has_password,
    )


def read_key(text: str | None) -> str:
    """The key that OPENAI_API_KEY gives, white space around it left out, empty where it gives none.

    NotAllowed where it could not be sent; no part of it is told.
    """
    key = (text or "").strip()
    wrong = "a line break" if re.search(r"[\r\n]", key) else "a blank" if re.search(r"\s", key) else ""
    wrong = wrong or ("" if key.isascii() and key.isprintable() else "a sign that no key has")
    if wrong:
        raise NotAllowed(f"OPENAI_API_KEY holds {wrong}, so that it is not sent; set it again, as the server gave it")
    return key


def _is_host(host: str) -> bool:
    """Whether a name server can be asked for it, or it is a number; a name beyond ASCII has its `xn--` form."""
    labels = host.split(".")
    is_name = all(re.fullmatch(r"[a-z0-9_-]{1,63}", label) for label in labels) and len(host) <= 253
    return is_name or _as_number(host) is not None


def _as_number(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is, in any spelling that the system takes: `127.1` is 127.0.0.1."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if host.replace(".", "").isalnum() else None
    except OSError:
        return None


def _no_address(text: str) -> NotAllowed:
    shown = _LIKE_A_SECRET.sub("***", LIKE_A_KEY.sub("***", text))
    return NotAllowed(f"OPENAI_BASE_URL is {shown!r}, which is no address; it looks like https://api.openai.com/v1")
