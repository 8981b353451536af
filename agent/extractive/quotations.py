"""Tells a claim that only quotes from one that says something in words of its own."""

_OPENS, _CLOSES = ": “", "”"


def quotation_in(claim: str) -> str | None:
    """The sentence of a claim of the form `NAME: “SENTENCE”`; None for any other claim."""
    name, opened, rest = claim.partition(_OPENS)
    if not opened or not name.strip() or not rest.rstrip().endswith(_CLOSES):
        return None
    return rest.rstrip().removesuffix(_CLOSES).strip() or None
