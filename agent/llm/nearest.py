"""Why a call was not recorded: the recorded call that is nearest to it, and what differs, in one line."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from os.path import commonprefix

from agent.llm.call import Json, canonical

_PARTS = ("prompt", "model", "parameters", "schema", "system", "user")
_WORDS = re.compile(r"\w+|[^\w\s]")
_AROUND = 24
"""How far before a difference its word is looked for."""
_SHOWN = 60


def what_differs(call: Mapping[str, Json], recorded: Sequence[Mapping[str, Json]]) -> str:
    """Names the recorded call that is nearest to this one, and shows where each of its parts first differs."""
    if not recorded:
        return "nothing at all is recorded there"
    of_prompt = [other for other in recorded if other["prompt"] == call["prompt"]]
    if not of_prompt:
        return f"only these prompts are recorded there: {', '.join(sorted({other['prompt'] for other in recorded}))}"
    words = _bag(call)
    other = max(of_prompt, key=lambda other: (_likeness(words, _bag(other)), other["key"]))
    parts = [part for part in _PARTS if other.get(part) != call.get(part)]
    shown = "; ".join(_difference(part, _as_text(other.get(part)), _as_text(call.get(part))) for part in parts[:2])
    more = f"; {', '.join(parts[2:])} differ too" if parts[2:] else ""
    return f"nearest is {other['key'][:15]}: {shown}{more}"


def _bag(call: Mapping[str, Json]) -> Counter[str]:
    words: Counter[str] = Counter()
    for part in _PARTS:
        words.update(_WORDS.findall(_as_text(call.get(part))))
    return words


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """The share of words that two calls have in common, wherever they stand."""
    n_all = a.total() + b.total()
    return 2 * (a & b).total() / n_all if n_all else 1.0


def _difference(part: str, recorded: str, asked: str) -> str:
    """Both sides of the stretch in which two texts differ, from the word in which it begins."""
    start = len(commonprefix([recorded, asked]))
    tail = len(commonprefix([recorded[start:][::-1], asked[start:][::-1]]))
    begin = max(0, recorded.rfind(" ", max(0, start - _AROUND), start) + 1 or start - _AROUND)
    return (
        f"its {part} has {_shown(recorded, begin, len(recorded) - tail)} "
        f"where this call has {_shown(asked, begin, len(asked) - tail)}"
    )


def _shown(text: str, begin: int, end: int) -> str:
    if begin >= end:
        return "nothing"
    excerpt = text[begin : begin + _SHOWN] if end - begin > _SHOWN else text[begin:end]
    quoted = json.dumps(excerpt + ("..." if end - begin > _SHOWN else ""), ensure_ascii=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in quoted)


def _as_text(part: Json) -> str:
    return part if isinstance(part, str) else canonical(part)
