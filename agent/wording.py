"""Numbers as they are said to a person."""


def count(n: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 entry`, `286 papers`, `0 papers`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """A share in per cent, cut and not rounded up, so that only all is 100%; `none` of nothing."""
    return f"{part * 1000 // whole / 10:.1f}%" if whole else "none"
