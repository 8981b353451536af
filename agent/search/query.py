"""Reads what is typed into a search: words, `"exact phrases"`, and `-words` that no hit may have."""

import re
from dataclasses import dataclass

from agent.search.wanted import sequence, wanted

_PIECE = re.compile(r'(?<!\S)(?P<no>-?)["“”„](?P<phrase>[^"“”„]*)["“”](?!\w)|(?<!\S)-(?P<without>\w\S*)|(?P<word>\S+)')


@dataclass(frozen=True)
class Query:
    """What a hit should have, must have as it stands, and must not have."""

    words: str = ""
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Words and phrases."""

    @property
    def said(self) -> str:
        """All that is looked for, as plain words."""
        return " ".join((self.words, *self.phrases)).strip()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for: no word, or none but stop words."""
        return not self.phrases and not wanted(self.words).weights


def read_query(text: str) -> Query:
    """The query; a quotation mark that is not closed, or stands within a word, is a sign like any other."""
    words: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    for piece in _PIECE.finditer(text):
        if piece["phrase"] is not None:
            (without if piece["no"] else phrases).append(piece["phrase"])
        elif piece["without"]:
            without.append(piece["without"])
        else:
            words.append(piece["word"])
    return Query(" ".join(words), *(tuple(text for text in texts if sequence(text)) for texts in (phrases, without)))
