"""The honest model, which files each paper where PLACES says, a JSON file of categories by key.

Loaded by the server from this file, so it imports nothing of the project.
"""

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

_SPEC = importlib.util.spec_from_file_location("honest_model", Path(__file__).with_name("honest_model.py"))
assert _SPEC is not None and _SPEC.loader is not None
_HONEST = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_HONEST)
vars(_HONEST)["MOST"] = 14
_PLACES = json.loads(Path(os.environ["PLACES"]).read_text())
_KEY = re.compile(r"<paper-[0-9a-f]{16} key='([^']+)'>")


def reply(request: dict[str, Any]) -> Any:  # noqa: ANN401  (a JSON value)
    """What the honest model says, with the paper where it belongs."""
    answer = _HONEST.reply(request)
    if answer and "category" in answer:
        key = _KEY.findall(request["messages"][-1]["content"])[-1]
        answer["category"] = _PLACES.get(key, answer["category"])
    return answer
