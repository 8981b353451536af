"""Finds what travels with the program beside its code: prompts and the demo's recorded answers."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Where `prompts` or `cassettes/demo` is: inside the installed package, or beside it in a checkout.

    Raises FileNotFoundError where neither holds it, which means that the installation is broken.
    """
    for place in (_PACKAGE / name, _PACKAGE.parent / name):
        if place.exists():
            return place
    raise FileNotFoundError(f"{name} did not come with this installation of conspectus: install it again")
