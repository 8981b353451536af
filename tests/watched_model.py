"""The careful model of the tests, which also writes down every request that reaches it.

Loaded by the server from this file. The place to write to is named by an environment variable of the server's.
"""

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

_spec = importlib.util.spec_from_file_location("honest_model", Path(__file__).parent / "honest_model.py")
assert _spec and _spec.loader
_honest = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_honest)


def reply(request: dict[str, Any]) -> dict[str, Any] | None:
    """What the careful model says, once the request is written down."""
    with Path(os.environ["CONSPECTUS_TEST_SEEN"]).open("a", encoding="utf-8") as seen:
        seen.write(json.dumps(request, ensure_ascii=False) + "\n")
    answer: dict[str, Any] | None = _honest.reply(request)
    return answer
