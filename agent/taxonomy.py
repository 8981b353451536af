"""Reads and writes taxonomy.yaml; what a person wrote in it, comments included, survives."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from io import StringIO
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from agent.errors import TaxonomyError
from agent.protocol import explain
from agent.review import Category, Facet, Made, Taxonomy


class _AsWritten(SafeConstructor):
    """Makes nothing but text, lists and mappings: an id `true`, `010` or `1.50` stays as it is written."""


for _tag in ("bool", "int", "float", "timestamp"):
    _AsWritten.add_constructor(f"tag:yaml.org,2002:{_tag}", SafeConstructor.construct_yaml_str)


def read_taxonomy(text: str) -> Taxonomy:
    """The taxonomy this file states; TaxonomyError names the category that is wrong and what it lacks."""
    found = _loaded(text)
    if not isinstance(found, Mapping) or not found.get("categories"):
        raise TaxonomyError("taxonomy.yaml needs `categories:`, a list of id, name and definition each")
    for category in _walk(found["categories"]):
        name = category.get("id") or category.get("name") or "?"
        for field in ("id", "definition"):
            if not category.get(field):
                raise TaxonomyError(f"taxonomy.yaml: category {name} has no {field}; write one")
        if not category.get("name"):
            category["name"] = str(category["id"]).replace("_", " ").replace("-", " ").capitalize()
        if isinstance(category.get("was"), str):
            category["was"] = [category["was"]]
    try:
        taxonomy = Taxonomy.model_validate(_plain(found))
    except ValidationError as error:
        raise TaxonomyError(f"taxonomy.yaml: {explain(error, Taxonomy)}") from error
    _check(taxonomy)
    return taxonomy


def _loaded(text: str) -> Any:  # noqa: ANN401  (whatever the file holds)
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _AsWritten
    try:
        return yaml.load(text)
    except YAMLError as error:
        raise TaxonomyError(f"taxonomy.yaml is not YAML: {_one_line(error)}") from error


def _check(taxonomy: Taxonomy) -> None:
    """What the nouns cannot see: ids and depth, and facets that nothing could answer."""
    twice = [id_ for id_, n in Counter(taxonomy.ids).items() if n > 1]
    if twice:
        raise TaxonomyError(f"taxonomy.yaml: two categories have the id {twice[0]}; give one of them another")
    deep = [child.id for top in taxonomy.categories for child in top.children if child.children]
    if deep:
        raise TaxonomyError(f"taxonomy.yaml: {deep[0]} has children; categories can be two levels deep, not three")
    _check_was(taxonomy)
    empty = [name for name, facet in taxonomy.facets.items() if not facet.codes]
    if empty:
        raise TaxonomyError(f"taxonomy.yaml: facet {empty[0]} has no codes; write one with its definition, or more")


def _check_was(taxonomy: Taxonomy) -> None:
    """That it is clear where the papers of a category go that is not there any more."""
    now: dict[str, str] = {}
    for category, _ in taxonomy.walk():
        for old in category.was:
            if old in taxonomy.ids:
                own = "itself" if old == category.id else f"{old}, which is a category still"
                raise TaxonomyError(f"taxonomy.yaml: {category.id} says that it was {own}; take out one of the two")
            if now.setdefault(old, category.id) != category.id:
                raise TaxonomyError(
                    f"taxonomy.yaml: {now[old]} and {category.id} both say that they were {old}; keep it under the one "
                    f"that its papers go to, or under neither, so that they are asked again"
                )


def _walk(categories: object) -> list[MutableMapping[str, Any]]:
    if not isinstance(categories, list):
        raise TaxonomyError(f"taxonomy.yaml: {categories!r} stands where a list of categories should")
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
        return [] if key in ("children", "terms", "examples", "was") else {} if key in ("facets", "made") else None
    return node if key == "many" else str(node)


def dump_taxonomy(taxonomy: Taxonomy, before: str | None = None) -> str:
    """taxonomy.yaml for this taxonomy.

    Over a text that has these categories already only marking words are added; another taxonomy takes its place.
    """
    if before is not None and read_taxonomy(before).ids != taxonomy.ids:
        before = None
    yaml = YAML()
    yaml.width = 110
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    page: Any
    if before and _without_terms(read_taxonomy(before)) == _without_terms(taxonomy):
        page = yaml.load(before)
        _add_terms(page["categories"], taxonomy.categories)
    else:
        page = {"categories": [_entry(category) for category in taxonomy.categories]}
        page["facets"] = {name: _facet(facet) for name, facet in taxonomy.facets.items()}
    made = taxonomy.made.model_dump(exclude_defaults=True)
    if made:
        page["made"] = made
    out = StringIO()
    yaml.dump(page, out)
    return out.getvalue()


def _without_terms(taxonomy: Taxonomy) -> Taxonomy:
    def bare(category: Category) -> Category:
        return category.model_copy(update={"terms": (), "children": tuple(map(bare, category.children))})

    return Taxonomy(categories=tuple(map(bare, taxonomy.categories)), facets=taxonomy.facets)


def _add_terms(entries: Sequence[MutableMapping[str, Any]], categories: Sequence[Category]) -> None:
    """The marking words are all that the program adds to a taxonomy that a person wrote."""
    for entry, category in zip(entries, categories, strict=True):
        if category.terms and not entry.get("terms"):
            entry["terms"] = list(category.terms)
        _add_terms(entry.get("children") or [], category.children)


def _entry(category: Category) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": category.id, "name": category.name, "definition": category.definition}
    if category.terms:
        entry["terms"] = list(category.terms)
    if category.examples:
        entry["examples"] = list(category.examples)
    if category.was:
        entry["was"] = list(category.was)
    if category.residual:
        entry["residual"] = True
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


def ids_from_names(taken: Iterable[str] = ()) -> Callable[[str], str]:
    """Makes ids from names, each once: `Speculative decoding` is `speculative-decoding`, a second one gets `-2`."""
    given = set(taken)

    def name_id(name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = "-".join(re.findall(r"[a-z0-9]+", plain)[:5]) or "category"
        id_, n = stem, 1
        while id_ in given:
            n += 1
            id_ = f"{stem}-{n}"
        given.add(id_)
        return id_

    return name_id
