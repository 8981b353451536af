"""A sentence as a line of survey.md, written and read back."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

from agent.draft import Claim
from agent.papers import digest_of
from agent.render.escape import clean, markdown
from agent.render.printed import BY_HAND, SIGNS, Sentence

_SIGN = f"[{''.join(sign for sign, _, _ in SIGNS.values())}{BY_HAND[0]}]"
_INNER = r"(?:\\.|[^\[\]\\])+"
_TOKEN = re.compile(
    r"(?P<kept>\\.)"
    rf"|\[\[(?P<label>{_INNER})\]\](?:\(\#(?P<anchor>ref-[^)\s]*)\))?"
    rf"|\[\?(?P<lost>{_INNER})\]"
    rf"|\[(?P<keys>@{_INNER})\]"
    rf"|\[(?P<plain>{_INNER})\](?!\()",
    re.DOTALL,
)
_SIGNS_AFTER = re.compile(rf"\s*(?:{_SIGN}(?:\s+{_SIGN})?)?")
_SIGNS_AT_END = re.compile(rf"\s*(?<!\S)(?:{_SIGN}(?:\s+{_SIGN})?)$")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|<span>\$</span>|&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|\w{2,31});")
_FLAGS = "†‡"


@dataclass(frozen=True, slots=True)
class Words:
    """What a line says, and which papers it names for that."""

    text: str
    keys: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    """Keys that the corpus does not have, as they were typed."""


KeyOf = Callable[[str], str | None]
"""The key of the paper that is called so, by its key, an earlier one, or its anchor; None where there is none."""


def anchor(key: str) -> str:
    """Where a paper stands in the references.

    Citations go by key here, not by number: one paper more would shift every number after it, and a reader of the
    difference would see a change in every line.
    """
    return f"ref-{key}" if re.fullmatch(r"[A-Za-z0-9._:+-]+", key) else f"ref-{digest_of(key)}"


def to_line(sentence: Sentence) -> str:
    """The sentence with its anchor, its citations and its signs."""
    cited = (_cited(mark.key, mark.flags, is_known=mark.number is not None) for mark in sentence.marks)
    return f'<a id="{sentence.anchor}"></a>{_line(sentence, "".join(cited))}'


def words_of(claim: Claim, key_of: KeyOf) -> Words:
    """What `from_line` gives for the claim as it is printed."""
    cited = (_cited(one.key, "", is_known=key_of(one.key) == one.key) for one in claim.citations)
    sentence = Sentence("", claim.text, (), claim.verdict, by_hand=claim.by_hand)
    return from_line(_line(sentence, "".join(cited)), key_of)


def _line(sentence: Sentence, cited: str) -> str:
    return " ".join(filter(None, [markdown(sentence.text), cited, sentence.signs]))


def _cited(key: str, flags: str, *, is_known: bool) -> str:
    return f"[[{markdown(key)}{flags}]](#{anchor(key)})" if is_known else f"[?{markdown(key)}]"


def from_line(line: str, key_of: KeyOf) -> Words:
    """What a line says, behind its anchor; citations may be typed as `[@key]` and `[key]` too, and before a full stop.

    `from_line(to_line(sentence))` are the sentence's own words and keys.
    """
    said, keys, unknown = "", list[str](), list[str]()
    at = 0
    for found in _TOKEN.finditer(line):
        named = _named(found, key_of)
        if named is None or found.start() < at:
            continue
        said = (said + line[at : found.start()]).rstrip()
        at = _after_signs(line, found.end())
        keys += [key for _, key in named if key is not None]
        unknown += [typed for typed, key in named if key is None]
    rest = _SIGNS_AT_END.sub("", line[at:])
    return Words(plain(said + rest), tuple(keys), tuple(unknown))


def ends_in_signs(line: str) -> bool:
    return _SIGNS_AT_END.search(line.rstrip()) is not None


def plain(text: str) -> str:
    """What Markdown shows for it: the reverse of `escape.markdown`."""
    return clean(_ESCAPED.sub(lambda found: found[1] or ("$" if "span" in found[0] else unescape(found[0])), text))


def _after_signs(line: str, end: int) -> int:
    """Where the line goes on behind a citation; a sign that stands there was the program's."""
    found = _SIGNS_AFTER.match(line, end)
    return found.end() if found and found[0].strip() else end


def _named(found: re.Match[str], key_of: KeyOf) -> list[tuple[str, str | None]] | None:
    """What a bracket cites, each as it was typed with the key of its paper; None where it is part of the text."""
    if found["label"]:
        typed = plain(found["label"]).rstrip(_FLAGS)
        key = key_of(typed)
        if key is None and found["anchor"]:  # a key may end in a flag itself, or be no paper's any more
            key = key_of(found["anchor"])
            key = key if key is not None and key.rstrip(_FLAGS) == typed else None
        return [(typed, key)] if key or found["anchor"] else None
    if found["lost"]:
        return [(typed, key_of(typed)) for typed in [plain(found["lost"])]]
    if found["keys"]:
        pieces = [one.strip() for one in re.split("[;,]", plain(found["keys"]))]
        return [(one[1:], key_of(one[1:])) for one in pieces if one.startswith("@")]
    typed = plain(found["plain"] or "").rstrip(_FLAGS)
    key = key_of(typed)
    return [(typed, key)] if key else None
