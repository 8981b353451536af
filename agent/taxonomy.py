"""Reads and writes taxonomy.yaml; what a person wrote in it, comments included, survives."""

from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from io import StringIO
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from agent.errors import TaxonomyError
from agent.protocol import explain
from agent.review import Category, Facet, Made, Taxonomy


def read_taxonomy(text: str) -> Taxonomy:
    """The taxonomy this file states; TaxonomyError names the category that is wrong and what it lacks."""
    try:
        found = YAML(typ="safe").load(text)
    except YAMLError as error:
        raise TaxonomyError(f"taxonomy.yaml is not YAML: {_one_line(error)}") from error
    if not isinstance(found, Mapping) or not found.get("categories"):
        raise TaxonomyError("taxonomy.yaml needs `categories:`, a list of id, name and definition each")
    for category in _walk(found["categories"]):
        name = category.get("id") or category.get("name") or "?"
        for field in ("id", "definition"):
            if not category.get(field):
                raise TaxonomyError(f"taxonomy.yaml: category {name} has no {field}; write one")
        category.setdefault("name", str(category["id"]).replace("_", " ").replace("-", " ").capitalize())
    try:
        taxonomy = Taxonomy.model_validate(_plain(found))
    except ValidationError as error:
        raise TaxonomyError(f"taxonomy.yaml: {explain(error, Taxonomy)}") from error
    twice = [id_ for id_, n in Counter(taxonomy.ids).items() if n > 1]
    if twice:
        raise TaxonomyError(f"taxonomy.yaml: two categories have the id {twice[0]}; give one of them another")
    if any(child.children for top in taxonomy.categories for child in top.children):
        raise TaxonomyError("taxonomy.yaml: categories can be two levels deep, not three")
    return taxonomy


def _walk(categories: Sequence[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    found = []
    for category in categories:
        if not isinstance(category, MutableMapping):
            raise TaxonomyError(f"taxonomy.yaml: {category!r} stands where a category should: id, name, definition")
        found += [category, *_walk(category.get("children") or [])]
    return found


def _plain(node: object, key: str = "") -> object:
    """YAML's values as the nouns want them: an id or code that looks like a number or a yes is still text."""
    if isinstance(node, Mapping):
        return {str(name): _plain(value, str(name)) for name, value in node.items()}
    if isinstance(node, list):
        return [_plain(item, key) for item in node]
    if node is None:
        return [] if key in ("children", "terms", "examples") else {} if key in ("facets", "made") else None
    return node if key == "many" else str(node)


def dump_taxonomy(taxonomy: Taxonomy, before: str | None = None) -> str:
    """taxonomy.yaml for this taxonomy.

    Over a text that has these categories already only marking words are added; another taxonomy takes its place.
    """
    if before is not None and read_taxonomy(before).ids != taxonomy.ids:
        before = None
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    page: Any = yaml.load(before) if before else {}
    if not before:
        page = {"categories": [_entry(category) for category in taxonomy.categories], "facets": {}}
        page["facets"] = {name: _facet(facet) for name, facet in taxonomy.facets.items()}
    else:
        _add_terms(page["categories"], {category.id: category for category, _ in taxonomy.walk()})
    made = taxonomy.made.model_dump(exclude_defaults=True)
    if made:
        page["made"] = made
    out = StringIO()
    yaml.dump(page, out)
    return out.getvalue()


def _add_terms(categories: Sequence[MutableMapping[str, Any]], by_id: Mapping[str, Category]) -> None:
    """The marking words are all that the program adds to a taxonomy that a person wrote."""
    for entry in categories:
        category = by_id[str(entry["id"])]
        if category.terms and not entry.get("terms"):
            entry["terms"] = list(category.terms)
        _add_terms(entry.get("children") or [], by_id)


def _entry(category: Category) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": category.id, "name": category.name, "definition": category.definition}
    if category.terms:
        entry["terms"] = list(category.terms)
    if category.examples:
        entry["examples"] = list(category.examples)
    if category.children:
        entry["children"] = [_entry(child) for child in category.children]
    return entry


def _facet(facet: Facet) -> dict[str, Any]:
    return {"many": facet.many, "codes": dict(facet.codes)}


def _one_line(error: YAMLError) -> str:
    return " ".join(str(error).split())[:200]


def untouched(taxonomy: Taxonomy) -> bool:
    """Whether it stands as the program made it, no person having edited it."""
    return bool(taxonomy.made.content) and taxonomy.made.content == taxonomy.content


def signed(taxonomy: Taxonomy, made: Made) -> Taxonomy:
    """The taxonomy with how it was made and the digest of its content."""
    return taxonomy.model_copy(update={"made": made.model_copy(update={"content": taxonomy.content})})
