"""JSON Schema of typed dictionaries: what Python's types say of a JSON value, for programs that are no Python."""

from __future__ import annotations

import inspect
import types
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


def schema_of(kind: Any) -> dict[str, Any]:
    """The schema of a type made of TypedDict, list, dict, Literal, unions and plain values. A string beside a type in
    Annotated describes it; a TypedDict is described by its docstring, and has no other fields than its own.

    Raises TypeError for any other type.
    """
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if is_typeddict(kind):
        return _object(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is NotRequired:
        return schema_of(inner[0])
    if origin is Annotated:
        return {**schema_of(inner[0]), "description": inner[1]}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is list:
        return {"type": "array", "items": schema_of(inner[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(inner[1])}
    if origin in (Union, types.UnionType):
        return _any_of([schema_of(one) for one in inner])
    raise TypeError(f"no JSON Schema is made of {kind}")


def _any_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several: a list of names where each is but a plain type."""
    if all(one.keys() == {"type"} for one in schemas):
        return {"type": [one["type"] for one in schemas]}
    return {"anyOf": schemas}


def _object(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {
        "type": "object",
        "description": inspect.cleandoc(kind.__doc__ or ""),
        "properties": {name: schema_of(of) for name, of in hints.items()},
        "required": [name for name, of in hints.items() if get_origin(of) is not NotRequired],
        "additionalProperties": False,
    }
