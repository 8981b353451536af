"""What of a text is shown to a model: what a reader sees of it, and no tag that could be taken for one of a chat.

Characters that no reader sees would be a hidden channel, and servers read some tags as the end of a turn, or a model as
the end of a text. Only what is sent is changed; a text without such things is sent in its very bytes.
"""

import re

_JOINING = (
    "\u0590-\u08ff\u0900-\u0dff\u0e80-\u109f\u1780-\u18af\u1b00-\u1bff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc"
    "\u2190-\u2bff\ufe0f\U00010a00-\U00011fff\U0001f000-\U0001faff"
)
"""After these a joiner changes what is seen: Arabic, the scripts of India and its neighbours, emoji."""
TAGS = "\U000e0000-\U000e007f"
"""Twins of ASCII that nothing shows."""
SELECTORS = "\ufe00-\ufe0f"
MORE_SELECTORS = "\U000e0100-\U000e01ef"
ZERO_WIDTH = "\u034f\u180e\u200b\u2060-\u2064\ufeff"
"""Of no width, and needed by no script."""
DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_CONTROL = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufff9-\ufffb\ufffe\uffff"
_FILLERS = "\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\uffa0\U0001d173-\U0001d17a"
_ALWAYS = _CONTROL + ZERO_WIDTH + DIRECTION + _FILLERS + TAGS + MORE_SELECTORS
_UNSEEN = re.compile(
    f"[{_ALWAYS}]"
    f"|(?<![{_JOINING}])[\u200c\u200d]"
    # A selector picks a form of the sign before it; there is none of a letter, of a blank, or of another selector.
    f"|(?<=[\\sA-Za-z\u200c\u200d{_ALWAYS}{SELECTORS}])[{SELECTORS}]"
    "|(?<=\u00ad)\u00ad"
)
_SUSPECT = re.compile(f"[{_ALWAYS}{SELECTORS}\u200c\u200d\u00ad]")
"""What may be unseen; nearly all texts have none of it, and looking for it takes a seventh of the time."""
_TAG = re.compile(
    r"""
    <(?= \s?/?\s?[a-z]{2,20}\s?-\s?[0-9a-f]{12}            # the fence's own form
       | [|｜][^<>|｜\n]{1,40}[|｜]>                       # <|im_start|> and its kin
       | (?-i:/?(?:s|bos|eos|start_of_turn|end_of_turn))>    # in capitals they are no server's
       | </?SYS>>
    )
    | \[(?= /?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])
    """,
    re.IGNORECASE | re.VERBOSE,
)
BROKEN = "‹"
"""What stands where such a tag began."""


def shown(text: str) -> str:
    """The text as a model is shown it."""
    return broken(without_unseen(text))


def in_one_line(text: str) -> str:
    """The text as a model is shown it, on one line: a taxonomy stands, unfenced, among the instructions of calls."""
    return " ".join(shown(text).split())


def broken(text: str) -> str:
    """The text with the first sign of each such tag replaced, so that it is as long as before."""
    return _TAG.sub(BROKEN, text) if "<" in text or "[" in text else text


def without_unseen(text: str) -> str:
    """The text without what no reader sees; soft hyphens stay, and joiners and selectors where a script needs them."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return _UNSEEN.sub("", text) if _SUSPECT.search(text) else text


def places_seen(text: str) -> list[int]:
    """For each character of `without_unseen(text)`, where it stands in the text."""
    places: list[int] = []
    begin = 0
    for match in _UNSEEN.finditer(text):
        places.extend(range(begin, match.start()))
        begin = match.end()
    places.extend(range(begin, len(text)))
    return places
