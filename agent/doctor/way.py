"""Looks at the way to a model: which one, at which server, through which hosts, with what; nothing is sent."""

from collections.abc import Iterator, Mapping

from agent.connect import DEMO, Access, address_of, asks_a_server, model_of
from agent.doctor.check import Check, fine, note, wrong
from agent.doctor.surroundings import added_headers, bars_connections, bypassed, proxy_of, unsendable_headers
from agent.errors import NotAllowed
from agent.llm.address import Address, read_key
from agent.review import BUILT_IN, Protocol
from agent.wording import count

_END_OF_CALLS = "/chat/completions"


def look_at_model(protocol: Protocol, access: Access) -> Check:
    model = model_of(protocol, access)
    if access.offline:
        return fine("model", f"the built-in one ({BUILT_IN}), since --offline asks no other", model)
    if model == BUILT_IN:
        says = f"the built-in one ({BUILT_IN}), since none is named in review.toml or with --model"
        return fine("model", says, model)
    if model == DEMO:
        return fine("model", f"{DEMO}: its recorded answers came with the program", model)
    if access.model is None:
        return fine("model", f"{model}, named in review.toml", model)
    instead = f"; review.toml names {protocol.model.name}" if protocol.model.name not in (None, model) else ""
    return fine("model", f"{model}, named with --model{instead}", model)


def look_at_way(protocol: Protocol, access: Access, environ: Mapping[str, str]) -> Iterator[Check]:
    """The server, the hosts, the key and the headers of a run's requests."""
    if not asks_a_server(protocol, access):
        yield from _unused(access)
        return
    try:
        address = address_of(access)
    except NotAllowed as error:
        yield wrong("server", str(error))
        yield _key(access, None)
        return
    yield from _server(address, access)
    yield from _hosts(address, environ)
    yield _key(access, address)
    yield from _headers(environ)


def look_at_pace(protocol: Protocol) -> Check:
    """How fast a run may ask."""
    choice = protocol.model
    given = [
        f"{n:,} {what} a minute"
        for n, what in ((choice.requests_per_minute, "requests"), (choice.tokens_per_minute, "tokens"))
        if n is not None
    ]
    pace = " and ".join(given) or "requests and tokens a minute as the server allows"
    value = {
        "concurrency": choice.concurrency,
        "requests_per_minute": choice.requests_per_minute,
        "tokens_per_minute": choice.tokens_per_minute,
        "timeout_s": choice.timeout_s,
    }
    calls = f"up to {count(choice.concurrency, 'call')} at once"
    return fine("pace", f"{calls}, {pace}; {choice.timeout_s:g} s for an answer", value)


def _unused(access: Access) -> Iterator[Check]:
    """What a run that asks no server leaves aside."""
    try:
        where = f"with a model named it would be {address_of(access).shown}"
    except NotAllowed:
        where = "OPENAI_BASE_URL holds no address"
    yield fine("server", f"none is asked; {where}", None)
    yield fine("hosts", "none: nothing leaves this machine", [])
    said = "one is set in OPENAI_API_KEY, and nothing is sent with it" if access.api_key else "none is set or wanted"
    yield fine("key", said, bool(access.api_key))


def _server(address: Address, access: Access) -> Iterator[Check]:
    named_by = "as OPENAI_BASE_URL says" if access.base_url else "since OPENAI_BASE_URL is not set"
    says = f"{address.shown}, {named_by}"
    if address.path.rstrip("/").endswith(_END_OF_CALLS):
        yield wrong("server", says, f"take `{_END_OF_CALLS}` off its end, which is added to it", address.shown)
    elif address.path in ("", "/"):
        yield note("server", says, "most servers answer below /v1: try the address with /v1 at its end", address.shown)
    else:
        yield fine("server", says, address.shown)
    if not address.is_encrypted and not address.is_near:
        yield note("secrecy", f"what goes to {address.host} can be read on the way", "write https:// for http://")


def _hosts(address: Address, environ: Mapping[str, str]) -> Iterator[Check]:
    barring = bars_connections(environ)
    if barring:
        says = f"no connection can be made as {', '.join(barring)} would have it"
        yield wrong("hosts", says, "mend what is wrong there, or unset it", [])
        return
    proxy, exception = proxy_of(address, environ), bypassed(address, environ)
    if proxy:
        says = f"only the proxy {proxy.host}, named by {proxy.variable}, which passes all on to {address.host}"
        do = f"add {address.host} to NO_PROXY if it should not"
        yield note("hosts", says, do, [proxy.host, address.host])
    elif exception:
        says = f"only {address.host}; {exception[0]} names a proxy, and {exception[1]} lets this one go straight"
        yield fine("hosts", says, [address.host])
    else:
        yield fine("hosts", f"only {address.host}", [address.host])


def _key(access: Access, address: Address | None) -> Check:
    try:
        key = read_key(access.api_key)
    except NotAllowed as error:
        return wrong("key", str(error), value=True)
    if address and address.has_password:
        rest = ", and the one in OPENAI_API_KEY is not" if key else ""
        return note("key", f"the name and password in OPENAI_BASE_URL are sent{rest}", value=bool(key))
    if key:
        return fine("key", "one is set in OPENAI_API_KEY; it goes to the server alone, and into no file", True)
    if address and address.needs_key:
        return wrong("key", f"none is set, and {address.host} wants one", "set OPENAI_API_KEY", False)
    return fine("key", "none is set in OPENAI_API_KEY; the server says so if it wants one", False)


def _headers(environ: Mapping[str, str]) -> Iterator[Check]:
    broken = unsendable_headers(environ)
    if broken:
        yield wrong("headers", f"{', '.join(broken)} cannot be sent as it stands", "set it again, or unset it", broken)
        return
    added = dict(added_headers(environ))
    if added:
        told = ", ".join(f"{variable} ({header})" for variable, header in added.items())
        yield note("headers", f"sent along from the environment: {told}", "unset what is not for this server", added)
    if environ.get("OPENAI_LOG") in ("debug", "info"):
        says = "OPENAI_LOG lets openai's client print what is sent, papers included, to the terminal"
        yield note("log", says, "unset it")
