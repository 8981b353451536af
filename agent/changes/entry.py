"""An entry of CHANGES.md: what a refresh changed, in a minute's reading, and the text of a pull request."""

import re
import shlex
from collections.abc import Iterator, Sequence

from agent.changes.nouns import AnswerChange, Changes
from agent.changes.told import LONGEST_SENTENCE, Group, Line, Name, Theirs, groups_of, sentence_of
from agent.render.escape import clean, markdown
from agent.review import Unanswered
from agent.wording import count, shortened

MOST_LINES = 10
"""Of a group; `conspectus diff` shows the others."""
MOST_SECTIONS = 8
LONGEST_COMMAND = 300
"""Characters."""
SHOWS_ALL = "`conspectus diff` against the commit before it shows all"

# GitHub makes links of these in a pull request, and tells whoever is named; a link of them spans no element.
_ADDRESSED = re.compile(r"@|#(?=\d)|://|(?<=\bwww)\.|(?<=\bGH)-(?=\d)", re.IGNORECASE)


def entry_of(
    changes: Changes,
    *,
    day: str,
    cost: str = "",
    unanswered: Sequence[Unanswered] = (),
    lost: Sequence[str] = (),
    proposal: str | None = None,
) -> str:
    """The entry in Markdown.

    `cost` says in words what the refresh took, `lost` what was edited by hand and could not be read back, and
    `proposal` is the path of a proposed change of the taxonomy.
    """
    first = "; ".join(filter(None, (sentence_of(changes), cost))) or "nothing changed"
    blocks = [f"## {day}", f"{first[0].upper()}{first[1:]}."]
    blocks += _blocks(groups_of(changes, whole=False))
    blocks += filter(None, [_again(one) for one in changes.outdated[:1]])
    if lost:
        blocks.append(_block(Group((f"Edits by hand that could not be read back ({len(lost):,})",), _theirs(lost))))
    if proposal:
        blocks.append(
            f"**Taxonomy proposal:** {_code(proposal)} would change the taxonomy; "
            "`conspectus refresh --accept` takes it, and until then the old one holds."
        )
    if unanswered:
        blocks.append(_block(_unanswered(unanswered)))
    if cost:
        blocks.append(f"**What it cost:** {cost}.")
    return "\n\n".join(blocks) + "\n"


def _blocks(groups: Sequence[Group]) -> Iterator[str]:
    """The groups, of the sections the first ones alone."""
    sections = [group for group in groups if group.title[0] == "Section "]
    for group in groups:
        if group not in sections[MOST_SECTIONS:]:
            yield _block(group)
        elif group is sections[MOST_SECTIONS]:
            n_more = len(sections) - MOST_SECTIONS
            yield f"**And {count(n_more, 'section')} more**; {SHOWS_ALL}."


def _block(group: Group) -> str:
    lines = [f"- {_printed(line)}" for line in group.lines[:MOST_LINES]]
    n_more = len(group.lines) - len(lines)
    if n_more:
        lines.append(f"- and {n_more:,} more; {SHOWS_ALL}")
    return "\n".join((f"**{_printed(group.title)}**", "", *lines))


def _again(one: AnswerChange) -> str:
    """The command that asks it again; nothing where it is too long to be read."""
    (first, last), named = one.scope.years, {"--within": one.scope.within, "--paper": one.scope.papers}
    words = ["conspectus", "ask", clean(one.question)]
    words += [word for name, values in named.items() for value in values for word in (name, clean(value))]
    words += ["--years", f"{first or ''}-{last or ''}"] if (first, last) != (None, None) else []
    command = shlex.join(words)
    return f"To ask the first again: {_code(command)}" if len(command) <= LONGEST_COMMAND and "`" not in command else ""


def _theirs(texts: Sequence[str]) -> tuple[Line, ...]:
    return tuple((Theirs(shortened(text, LONGEST_SENTENCE)),) for text in texts)


def _unanswered(unanswered: Sequence[Unanswered]) -> Group:
    lines = tuple(
        (one.stage, " of " if one.subject else "", Name(one.subject) if one.subject else "", ": ", Theirs(one.why))
        for one in unanswered
    )
    return Group((f"Unanswered, and asked again by the next refresh ({len(lines):,})",), lines)


def _printed(line: Line) -> str:
    return "".join(_code(p) if isinstance(p, Name) else plain(p) if isinstance(p, Theirs) else p for p in line)


def plain(text: str) -> str:
    """Words from outside: no markup, and nothing that GitHub takes for a person, an issue or an address."""
    return _ADDRESSED.sub(lambda found: f"<span>{found[0]}</span>", _inline(text))


def _inline(text: str) -> str:
    """Inside a line, where nothing but the program's own words can be at its start."""
    return markdown(f"x{clean(text)}")[1:]


def _code(text: str) -> str:
    """In a fixed font, where nothing but a backtick could end it."""
    return f"`{clean(text).replace('`', chr(39))}`" if clean(text) else ""
