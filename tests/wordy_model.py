"""The honest model at any length, for the server in tests: its own words as often as WORDINESS says, three times else.

It keeps to the sentences over all sections that the prompts ask for. Loaded by the server from this file, so it imports
nothing of the project.
"""

import importlib.util
import os
from pathlib import Path
from typing import Any

_SPEC = importlib.util.spec_from_file_location("honest_model", Path(__file__).with_name("honest_model.py"))
assert _SPEC is not None and _SPEC.loader is not None
_HONEST = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_HONEST)
vars(_HONEST)["MOST"] = 14
_TIMES = int(os.environ.get("WORDINESS", "3"))
_OWN_WORDS = frozenset({"text", "why", "heading"})


def reply(request: dict[str, Any]) -> Any:  # noqa: ANN401  (a JSON value)
    """What the honest model says, at length."""
    return _longer(_HONEST.reply(request))


def _longer(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {
            name: " ".join([inner] * _TIMES) if name in _OWN_WORDS and isinstance(inner, str) else _longer(inner)
            for name, inner in value.items()
        }
    return [_longer(inner) for inner in value] if isinstance(value, list) else value
