"""Puts a category into the text of taxonomy.yaml; every other byte stays."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from agent.drift.propose import Addition
from agent.errors import TaxonomyError
from agent.fit import is_residual
from agent.review import Category, Taxonomy
from agent.taxonomy import read_taxonomy

_WIDTH = 110


def inserted(text: str, additions: Sequence[Addition]) -> str:
    """taxonomy.yaml with these categories in it, before one for what is left over, or at the end of their list.

    A list that is not written a line an entry is written anew, comments kept. TaxonomyError where no way is found.
    """
    for addition in additions:
        text = _with(text, addition)
    return text


def _with(text: str, addition: Addition) -> str:
    before = read_taxonomy(text)
    for way in (_as_lines, _as_page):
        after = way(text, addition, before)
        if after is not None and _is_meant(before, after, addition):
            return after
    raise TaxonomyError(f"taxonomy.yaml: no place was found for a category {addition.category.id}; add it by hand")


def _is_meant(before: Taxonomy, text: str, addition: Addition) -> bool:
    """Whether the text says what was said, and the addition."""
    try:
        after = read_taxonomy(text)
    except TaxonomyError:
        return False

    def without(categories: Sequence[Category]) -> tuple[Category, ...]:
        kept = (one for one in categories if one.id != addition.category.id)
        return tuple(one.model_copy(update={"children": without(one.children)}) for one in kept)

    stays = after.model_copy(update={"categories": without(after.categories)}) == before
    places = {one.id: top.id if top is not one else None for one, top in after.walk()}
    is_there = places.get(addition.category.id, "") == addition.within
    return stays and is_there and after.category(addition.category.id) == addition.category


def _index(categories: Sequence[Category]) -> int:
    """Where a category goes among these."""
    n_left_over = 0
    while n_left_over < len(categories) and is_residual(categories[-1 - n_left_over]):
        n_left_over += 1
    return len(categories) - n_left_over


def _as_lines(text: str, addition: Addition, before: Taxonomy) -> str | None:
    """As lines of their own in a list that has a line an entry; None where there is no such list."""
    tops = _value(YAML(pure=True).compose(text), "categories")
    siblings: Sequence[Category] = before.categories
    entries = tops
    if addition.within is not None:
        top = before.category(addition.within)
        siblings = top.children
        if not isinstance(tops, SequenceNode):
            return None
        entries = _value(tops.value[before.categories.index(top)], "children")
    if not isinstance(entries, SequenceNode) or entries.flow_style or not entries.value:
        return None
    after = _index(siblings) or len(siblings)
    end = _end(entries.value[after - 1])
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    at = end.line + (1 if end.column or end.line >= len(lines) else 0)
    added = _entry_lines(addition.category, entries.start_mark.column)
    if at >= len(lines):  # the last line has no end
        return text + newline + newline.join(added)
    tail = lines[at:]
    head = "\n".join(lines[:at])
    return head + "\n" + "".join(line + newline for line in added) + "\n".join(tail)


def _value(node: Node | None, key: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if isinstance(name, ScalarNode) and name.value == key), None)


def _end(node: Node) -> Any:  # noqa: ANN401  (ruamel's mark)
    """Where the last thing said in a node ends; a block's own end is where the next one begins, comments passed."""
    if not isinstance(node, SequenceNode | MappingNode) or node.flow_style or not node.value:
        return node.end_mark
    last = node.value[-1]
    return _end(last[1] if isinstance(node, MappingNode) else last)


def _entry(category: Category) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": category.id, "name": category.name, "definition": category.definition}
    for name in ("terms", "examples"):
        values = getattr(category, name)
        if values:
            entry[name] = CommentedSeq(values)
            entry[name].fa.set_flow_style()
    return entry


def _entry_lines(category: Category, column: int) -> list[str]:
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=2, offset=0)
    out = StringIO()
    yaml.dump([_entry(category)], out)
    return [f"{' ' * column}{line}".rstrip() for line in out.getvalue().splitlines()]


def _as_page(text: str, addition: Addition, before: Taxonomy) -> str | None:
    """By reading the page and writing it again, as ruamel keeps what a person wrote."""
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    page = yaml.load(text)
    entries, siblings = page["categories"], before.categories
    if addition.within is not None:
        top = before.category(addition.within)
        entry = entries[before.categories.index(top)]
        entries, siblings = entry.setdefault("children", []), top.children
    entries.insert(_index(siblings), _entry(addition.category))
    out = StringIO()
    yaml.dump(page, out)
    return out.getvalue()
