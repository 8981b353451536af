"""What the environment does to a request beside what conspectus asks of it: proxies and headers, by name alone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx2
from httpx2._utils import URLPattern, get_environment_proxies  # the one place that says how NO_PROXY is read

from agent.llm.address import Address

ADDING_HEADERS = {
    "OPENAI_ORG_ID": "OpenAI-Organization",
    "OPENAI_PROJECT_ID": "OpenAI-Project",
}
"""Which header openai's client makes of a variable, whatever server it speaks to."""
CUSTOM_HEADERS = "OPENAI_CUSTOM_HEADERS"
"""Lines of `name: value`, which go before all other headers, `Authorization` included."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_CERTIFICATES = ("ssl_cert_file", "ssl_cert_dir")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z-]{0,40}")


@dataclass(frozen=True)
class Proxy:
    """A server between this machine and the model's."""

    host: str
    """With its port; never a name or password."""
    variable: str
    """What names it."""


def proxy_of(address: Address, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy that requests to this address go through; None where they go straight."""
    url, proxies = httpx2.URL(address.url), get_environment_proxies()
    first = next((pattern for pattern in sorted(map(URLPattern, proxies)) if pattern.matches(url)), None)
    place = proxies[first.pattern] if first else None
    if place is None:
        return None
    found = httpx2.URL(place)
    host = f"[{found.host}]" if ":" in found.host else found.host
    variable = _named(f"{url.scheme}_proxy", environ) or _named("all_proxy", environ) or "the system's settings"
    return Proxy(f"{host}:{found.port}" if found.port else host, variable)


def bypassed(address: Address, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable that names a proxy for such addresses, and the one that takes this address out."""
    proxy = _named(f"{httpx2.URL(address.url).scheme}_proxy", environ) or _named("all_proxy", environ)
    exception = _named("no_proxy", environ)
    return (proxy, exception) if proxy and exception and proxy_of(address, environ) is None else None


def bars_connections(environ: Mapping[str, str]) -> list[str]:
    """The variables of which one lets no connection be made; none where one can be."""
    try:
        httpx2.Client().close()
    except OSError:
        ways: tuple[str, ...] = _CERTIFICATES
    except (ValueError, ImportError, httpx2.InvalidURL):
        ways = _PROXIES
    else:
        return []
    return [name for way in ways if (name := _named(way, environ))] or ["the system's settings"]


def added_headers(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each variable whose value goes along as a header, with the names of its headers."""
    for variable, header in ADDING_HEADERS.items():
        if environ.get(variable):
            yield variable, header
    if environ.get(CUSTOM_HEADERS):
        names = [line.partition(":")[0].strip() for line in environ[CUSTOM_HEADERS].split("\n") if ":" in line]
        # What is no header's name may be a secret in the wrong place.
        yield CUSTOM_HEADERS, ", ".join(name if _HEADER_NAME.fullmatch(name) else "one of no name" for name in names)


def unsendable_headers(environ: Mapping[str, str]) -> list[str]:
    """The variables whose value no request can carry."""
    values = {name: [environ.get(name, "")] for name in ADDING_HEADERS}
    lines = [line for line in environ.get(CUSTOM_HEADERS, "").split("\n") if ":" in line]
    values[CUSTOM_HEADERS] = [part.strip() for line in lines for part in line.split(":", 1)]
    return [
        name
        for name, texts in values.items()
        if not all(text.isascii() and text.isprintable() and text == text.strip() for text in texts)
    ]


def _named(name: str, environ: Mapping[str, str]) -> str | None:
    """The variable of this name that is set; in small letters it goes before the others."""
    spellings = sorted((one for one in environ if one.lower() == name and environ[one]), reverse=True)
    return spellings[0] if spellings else None
