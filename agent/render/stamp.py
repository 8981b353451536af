"""What survey.md says of itself, unseen: which claims it printed, and by which text one can tell that it was edited."""

import hashlib
import re
from dataclasses import dataclass

from agent.draft import Draft
from agent.papers import digest_of

_STAMP = re.compile(r'<a id="as-([0-9a-f]{12})-([0-9a-f]{12})"></a>')
_BLANK = "0" * 12


@dataclass(frozen=True, slots=True)
class Stamp:
    """An anchor that leads nowhere, since GitHub keeps nothing else that a reader does not see."""

    claims: str
    """Names the claims that were printed, in the order of reading."""
    text: str
    """Names the text of the whole file, but for these digits."""


def claims_digest(draft: Draft) -> str:
    """Names the claims that a draft prints, in the order of reading."""
    return digest_of([claim.id for passage in draft.passages for claim in passage.claims])[:12]


def blank_stamp(draft: Draft) -> str:
    """What is to be printed where the stamp is to stand; see `stamped`."""
    return _anchor(claims_digest(draft), _BLANK)


def stamped(text: str) -> str:
    """The text with its digest in its stamp."""
    return _STAMP.sub(lambda found: _anchor(found[1], text_digest(text)), text, count=1)


def stamp_of(text: str) -> Stamp | None:
    """The stamp of a file; None where it has none, or where somebody took it out."""
    found = _STAMP.search(text)
    return Stamp(found[1], found[2]) if found else None


def is_unedited(text: str) -> bool:
    """Whether the file is as it was printed; ends of lines and spaces before them make no difference."""
    stamp = stamp_of(text)
    return stamp is not None and stamp.text == text_digest(text)


def text_digest(text: str) -> str:
    """Names a text, but for the digest in its own stamp."""
    blank = _STAMP.sub(lambda found: _anchor(found[1], _BLANK), text, count=1)
    lines = [line.rstrip() for line in blank.removeprefix("\ufeff").split("\n")]
    whole = "\n".join(lines).strip("\n").encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:12]


def _anchor(claims: str, text: str) -> str:
    return f'<a id="as-{claims}-{text}"></a>'
