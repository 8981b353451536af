"""Changes in words, in no format yet: groups of lines, in which what is not the program's own is marked as such."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent.changes.nouns import AnswerChange, CategoryChange, Changes, ClaimChange, Edit, InCategory, Touched
from agent.draft import OVERVIEWS, Claim
from agent.render.asked import limits
from agent.wording import count, shortened

LONGEST_TITLE, LONGEST_SENTENCE, SHORT_SENTENCE = 100, 240, 120
"""Characters of what is shown of a text where it is not shown whole."""
_AROUND = 6
"""Words that are shown on either side of what changed in a sentence."""


class Theirs(str):
    """Words of a paper, a person or a model, which are not to be taken for markup."""

    __slots__ = ()


class Name(str):
    """A key, an id or a file's name, which is set in a fixed font."""

    __slots__ = ()


CAME, WENT, OTHERWISE = Name("+"), Name("−"), Name("±")
"""What stands before a sentence."""

Line = tuple[str, ...]
"""Pieces, each a Theirs, a Name, or the program's own words."""


@dataclass(frozen=True)
class Group:
    """Lines under a title."""

    title: Line
    lines: tuple[Line, ...]


def groups_of(changes: Changes, *, whole: bool) -> list[Group]:
    """What changed, group by group; `whole` shows all of each text, else what is long is cut."""
    groups = [*_of_papers(changes, whole), *_of_taxonomy(changes), *_of_cards(changes)]
    groups += [group for one in changes.touched if (group := _section(one, whole)).lines]
    by_hand = [line for one in changes.touched for line in _by_hand(one, whole)]
    groups += [_group("Sentences edited by hand", by_hand)] if by_hand else []
    return [*groups, *_of_answers(changes)]


def _group(title: str, lines: Sequence[Line]) -> Group:
    return Group((f"{title} ({len(lines):,})",), tuple(lines))


def _of_papers(changes: Changes, whole: bool) -> Iterator[Group]:
    def title(text: str) -> Theirs:
        return Theirs(text if whole else shortened(text, LONGEST_TITLE))

    def place(category: InCategory | None) -> Line:
        return (", in ", Theirs(category.name)) if category else (", without a card yet",)

    lists: dict[str, list[Line]] = {
        "Papers added": [(Name(p.key), " ", title(p.title), *place(p.category)) for p in changes.added],
        "Papers that had no card, and have one now": [
            (Name(p.key), " ", title(p.title), *place(p.category)) for p in changes.carded
        ],
        "Papers changed": [
            (Name(p.key), " ", title(p.title), f": {', '.join((*p.text, *p.other))}") for p in changes.changed
        ],
        "Papers gone": [
            (
                *(Name(p.key), " ", title(p.title), ", from ", *_names(p.sources)),
                "; it keeps its card and its place" if p.is_kept else "; it is out of papers.jsonl",
            )
            for p in changes.gone
        ],
        "Papers back": [(Name(p.key), " ", title(p.title), ", in ", *_names(p.sources)) for p in changes.back],
        "Keys": [
            (Name(p.before), " is the same work as " if p.is_joined else " is now ", Name(p.after))
            for p in changes.renamed
        ],
        "Papers moved": [
            (Name(p.key), " ", title(p.title), ": ", Theirs(p.before.name), " → ", Theirs(p.after.name))
            for p in changes.moved
        ],
    }
    yield from (_group(name, lines) for name, lines in lists.items() if lines)


def _names(names: Sequence[str]) -> Line:
    if not names:
        return ("no source that is known",)
    return tuple(piece for name in names for piece in (", ", Name(name)))[1:]


def _of_taxonomy(changes: Changes) -> Iterator[Group]:
    lines = [_category(one) for one in changes.categories]
    lines += [("facet ", Theirs(one.name), ": ", one.edit.value) for one in changes.facets]
    if lines:
        yield _group("Taxonomy", lines)


def _category(one: CategoryChange) -> Line:
    own: Line = (Theirs(one.category.name), " (", Name(one.category.id), ")")
    were = tuple(
        piece for was in one.before for piece in (", ", Theirs(was.name), " (", Name(was.id), ")")
    )[1:]  # fmt: skip
    if one.edit is Edit.RENAMED:
        return (*own, ": renamed, before ", *were)
    if one.edit is Edit.MERGED:
        return (*own, ": took in ", *were)
    return (*own, f": {one.edit.value}")


def _of_cards(changes: Changes) -> Iterator[Group]:
    lists = {
        "Papers without a card now": changes.uncarded,
        "Cards made again, in the same category": changes.cards_again,
        "Cards edited by hand": changes.cards_by_hand,
    }
    yield from (_group(name, [(Name(key),) for key in keys]) for name, keys in lists.items() if keys)


def _section(one: Touched, whole: bool) -> Group:
    told = [(CAME, len(one.came)), (WENT, len(one.went)), (OTHERWISE, len(one.changed))]
    counts = " ".join(f"{sign}{n:,}" for sign, n in told if n)
    kind = "" if one.id in OVERVIEWS else "Section "
    lines = [(CAME, " ", *_claim(claim, whole)) for claim in one.came]
    lines += [(WENT, " ", *_claim(claim, whole)) for claim in one.went]
    lines += [(OTHERWISE, " ", *_otherwise(change, whole)) for change in one.changed]
    return Group((kind, Theirs(one.name), f" ({counts})" if counts else ""), (*lines, *_around_claims(one)))


def _around_claims(one: Touched) -> Iterator[Line]:
    rows = {"came": one.rows_came, "went": one.rows_went, "changed": one.rows_changed}
    told = [f"{len(keys):,} {what}" for what, keys in rows.items() if keys]
    if told:
        yield (f"rows of its table: {', '.join(told)}",)
    if one.is_rearranged:
        yield ("what stayed stands in another order or under other headings",)
    for id_ in one.unchecked:
        yield (Name(id_), " is not printed until its check is done")


def _claim(claim: Claim, whole: bool) -> Line:
    text = claim.text if whole else shortened(claim.text, LONGEST_SENTENCE)
    return (Theirs(text), *_cited(claim))


def _cited(claim: Claim) -> Line:
    keys = dict.fromkeys(citation.key for citation in claim.citations)
    return (" [", *tuple(piece for key in keys for piece in (", ", Name(key)))[1:], "]") if keys else ()


def _otherwise(change: ClaimChange, whole: bool) -> Line:
    before, after = change.before, change.after
    assert before is not None and after is not None  # it is one that changed
    if before.text == after.text:
        if _cited(before) == _cited(after):
            return (*_claim(after, whole), " rests on other words of the same papers")
        return (*_claim(after, whole), " cited", *(_cited(before) or (" nothing",)), " before")
    if whole:
        return (Theirs(before.text), *_cited(before), " → ", Theirs(after.text), *_cited(after))
    old, new = _difference(before.text, after.text)
    return (Theirs(old), " → ", Theirs(new), *_cited(after))


def _difference(before: str, after: str) -> tuple[str, str]:
    """What is otherwise in two sentences, with some words around it; short ones whole."""
    if max(len(before), len(after)) <= SHORT_SENTENCE:
        return before, after
    old, new = before.split(), after.split()
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    begin, end = max(0, head - _AROUND), max(0, tail - _AROUND)
    return _part(old, begin, end), _part(new, begin, end)


def _part(words: Sequence[str], begin: int, end: int) -> str:
    inner = " ".join(words[begin : len(words) - end])
    shown = shortened(inner, LONGEST_SENTENCE)
    return f"{'… ' if begin else ''}{shown}{' …' if end else ''}"


def _by_hand(one: Touched, whole: bool) -> Iterator[Line]:
    for change in one.by_hand:
        assert change.after is not None  # nobody can tell who took a sentence out
        told = _otherwise(change, whole) if change.before else (CAME, " ", *_claim(change.after, whole))
        yield ("in ", Theirs(one.name), ": ", *told)


def _of_answers(changes: Changes) -> Iterator[Group]:
    if changes.outdated:
        lines = [(*_question(one), ": ", Theirs("; ".join(one.whys))) for one in changes.outdated]
        yield _group("Answers that may have changed", lines)
    lists: Iterable[tuple[str, tuple[AnswerChange, ...]]] = (
        ("Answers given", changes.asked),
        ("Answers taken out", changes.taken_out),
    )
    yield from (_group(name, [_question(one) for one in found]) for name, found in lists if found)


def _question(one: AnswerChange) -> Line:
    limited = limits(one.scope)
    return ("“", Theirs(one.question), "”", *((" (", Theirs(limited), ")") if limited else ()))


def sentence_of(changes: Changes) -> str:
    """All of it in one sentence, without its full stop; figures alone, no word of a paper."""
    said = [_papers_in_words(changes), _taxonomy_in_words(changes), _texts_in_words(changes)]
    n_by_hand = sum(len(one.by_hand) for one in changes.touched)
    n_cards = len(changes.cards_again) + len(changes.cards_by_hand) + len(changes.uncarded)
    said += [f"{count(n_by_hand, 'sentence')} edited by hand"] if n_by_hand else []
    said += [f"{count(n_cards, 'card')} made or edited of papers that stay where they are"] if n_cards else []
    said += [f"{count(len(changes.outdated), 'answer')} may have changed"] if changes.outdated else []
    n_answers = len(changes.asked) + len(changes.taken_out)
    said += [f"{count(n_answers, 'answer')} given or taken out"] if n_answers else []
    return "; ".join(filter(None, said))


def _papers_in_words(changes: Changes) -> str:
    n_other = sum(not one.text for one in changes.changed)
    numbers: dict[Callable[[int], str], int] = {
        lambda n: "came in": len(changes.added),
        lambda n: "got the card that was missing": len(changes.carded),
        lambda n: "changed": len(changes.changed) - n_other,
        lambda n: "described otherwise": n_other,
        lambda n: "is gone" if n == 1 else "are gone": len(changes.gone),
        lambda n: "came back": len(changes.back),
        lambda n: "under another key": len(changes.renamed),
        lambda n: "moved to another category": len(changes.moved),
    }
    told = [(n, say(n)) for say, n in numbers.items() if n]
    if not told:
        return ""
    first = f"{count(told[0][0], 'paper')} {told[0][1]}"
    return ", ".join([first, *(f"{n:,} {what}" for n, what in told[1:])])


def _taxonomy_in_words(changes: Changes) -> str:
    ids = {one.category.id for one in changes.categories}
    told = [count(len(ids), "category", "categories")] * bool(ids)
    told += [count(len(changes.facets), "facet")] * bool(changes.facets)
    return f"{' and '.join(told)} edited" if told else ""


def _texts_in_words(changes: Changes) -> str:
    if not changes.touched:
        return ""
    n_texts = sum(one.id in OVERVIEWS for one in changes.touched)
    n_sections = len(changes.touched) - n_texts
    what = [count(n_sections, "section")] * bool(n_sections)
    what += [f"{count(n_texts, 'text')} over all sections"] * bool(n_texts)
    numbers = {name: sum(len(getattr(one, name)) for one in changes.touched) for name in ("came", "went", "changed")}
    told = [(n, name) for name, n in numbers.items() if n]
    if not told:
        return f"{' and '.join(what)} amended"
    first = f"{count(told[0][0], 'claim')} {told[0][1]}"
    return f"{' and '.join(what)} amended: {', '.join([first, *(f'{n:,} {name}' for n, name in told[1:])])}"
