"""Typed answers with closed sets: what an answer may name (categories, codes, keys) is a Literal, and nothing else."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from agent.llm.call import Answer

A = TypeVar("A", bound=Answer)


def closed(values: tuple[object, ...]) -> Any:  # noqa: ANN401  (a type made at run time has no static type)
    """The closed set of these values, as a type; ValueError for none, since nothing could be answered."""
    if not values:
        raise ValueError("a closed set needs a value")
    return Literal.__getitem__(values)


class Node(BaseModel):
    """A part of an answer."""

    # Read as a part alone, so that it needs no validator of its own: making one for each set of keys takes long.
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, defer_build=True)


def with_keys(generic: type[A], *sets: tuple[object, ...]) -> type[A]:
    """The answer class whose type parameters are these closed sets, in order: `with_keys(SectionAnswer, keys)`.

    A class takes as much memory as hundreds of answers: where there are many, give `later(...)` in its stead. What a
    reply is read into is a class that all sets share, once it was found to keep to its own.
    """
    return cast(type[A], _with_keys(generic, sets))


def later(generic: type[A], *sets: tuple[object, ...]) -> Callable[[], type[A]]:
    """`with_keys`, to be called when the class is needed."""
    return partial(with_keys, generic, *sets)


@lru_cache(maxsize=8)
def _with_keys(generic: type[Answer], sets: tuple[tuple[object, ...], ...]) -> type[Answer]:
    made = cast(type[Answer], generic.__class_getitem__(tuple(closed(values) for values in sets)))
    kinds = tuple(type(values[0]) for values in sets)
    made.opened = cast(type[Answer], generic.__class_getitem__(kinds))
    return made


def settle(kinds: Iterable[object]) -> None:
    """To be given all names of a module of answers at its end, so that its generic classes are quick to make.

    What a generic class says of its fields goes over to those made from it. But pydantic would read the module's file
    again, to find what it knows, for each set of keys: that takes four fifths of the time to make a class.
    """
    for kind in tuple(kinds):
        if (
            isinstance(kind, type)
            and issubclass(kind, Node | Answer)
            and kind.__pydantic_generic_metadata__["parameters"]
        ):
            kind.model_config = ConfigDict({**kind.model_config, "use_attribute_docstrings": False})
