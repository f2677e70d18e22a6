"""Shapes of the value of a claim: what a prompt says of them, their JSON schema, and how an answer's value is read.

A model writes positions 1-based, inclusive; claims have them 0-based, half-open. What cannot be read in the shape its
kind wants is kept as short text, for the verdict to refuse.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

MOST_COUNT = 200
"""A number of peaks or intervals above this is not counted by eye."""

MOST_FOLD = 1_000
"""Times one track may be said to be higher than another."""

MOST_POSITION = 10**11
"""No genome position is near this; a longer number is babble and would not fit a database column."""

MOST_TEXT = 80
"""Characters kept of a value that is text."""

Schema = dict[str, Any]


def plain(value: Any) -> Any:
    """Short text or nothing: a record must not swallow whatever a model put here."""
    return value if value is None or isinstance(value, bool) else str(value)[:MOST_TEXT]


def text(value: Any) -> Any:
    """The same, where a model may write nothing as a dash."""
    return None if value in ("", "-") else plain(value)


def whole(value: Any) -> int | None:
    """A whole number from JSON: 5000000, 5000000.0 or "5,000,000"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        digits = value.replace(",", "").strip()
        return int(digits) if re.fullmatch(r"-?[0-9]{1,15}", digits) else None
    if isinstance(value, float):
        return round(value) if math.isfinite(value) and abs(value) < MOST_POSITION else None
    return value if isinstance(value, int) else None


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class ValueForm:
    """How the value of a claim is written. `words` tell a model; `schema` is made from the names of the genes in view,
    None for no value; `read` and `write` are inverse. `optional`: a claim does without. `gene`: it is a gene's name.
    `seen`: what of the picture a prompted model writes it in, where that is not the value itself: the places of both
    ends, or heights on the axis."""

    words: str = "-"
    schema: Callable[[Sequence[str]], Schema] | None = None
    read: Callable[[Any], Any] = text
    write: Callable[[Any], Any] = _same
    optional: bool = False
    gene: bool = False
    seen: Literal["places", "heights"] | None = None


def _count(value: Any) -> Any:
    number = whole(value)
    return number if number is not None and abs(number) < 10**6 else plain(value)


def _fold(value: Any) -> Any:
    """{"fold": 2.5} from 2.5, "2.5" or itself."""
    number = value.get("fold") if isinstance(value, Mapping) else value
    if isinstance(number, str) and re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", number.strip()):
        number = float(number)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 10**6:
        return text(value)
    return {"fold": float(number)}


def _anchors(value: Any) -> Any:
    return read_anchors(value) or plain(value)


def read_anchors(value: Any) -> dict[str, list[list[int]]] | None:
    """Both ends of a link, half-open, from [[start, end], [start, end]]; None if it is nothing of the kind."""
    listed = value.get("anchors") if isinstance(value, Mapping) else value
    if not isinstance(listed, list) or len(listed) != 2:
        return None
    anchors = []
    for one in listed:
        ends = [whole(position) for position in one] if isinstance(one, list) and len(one) == 2 else []
        if not ends or any(position is None or not 0 < position < MOST_POSITION for position in ends):
            return None
        start, end = ends
        assert start is not None and end is not None
        anchors.append([start - 1, end])
    return {"anchors": anchors}


def _named(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: plain(value[key]) for key in ("name", "strand") if key in value}
    return text(value)


_PLACE: Schema = {"type": "integer", "minimum": 0, "maximum": 1_000}
_PAIR: Schema = {"type": "array", "items": _PLACE, "minItems": 2, "maxItems": 2}

NOTHING = ValueForm()
"""No value; where one is written all the same, its text is kept."""

ELSEWHERE = ValueForm('"elsewhere" if it is low but for its peaks', lambda _: {"const": "elsewhere"}, optional=True)
"""None, or "elsewhere"."""

COUNT = ValueForm(
    "how many, a whole number", lambda _: {"type": "integer", "minimum": 0, "maximum": MOST_COUNT}, _count
)
"""A whole number. {"min": n} says at least so many; a prompted model is not offered it."""

GENE = ValueForm("gene name", lambda genes: {"enum": list(genes)}, gene=True)
"""The name of a gene in view."""

NAMED = ValueForm("gene name and strand", read=_named)
"""{"name": ..., "strand": "+" | "-" | "."}."""

FOLD = ValueForm(
    "- or how many times higher",
    lambda _: {"type": "number", "minimum": 1, "maximum": MOST_FOLD},
    _fold,
    lambda value: value["fold"] if isinstance(value, dict) and "fold" in value else value,
    optional=True,
)
"""None, or {"fold": number}; a bare number in an answer."""

ANCHORS = ValueForm(
    "[[x, x], [x, x]] of its two ends",
    lambda _: {"type": "array", "items": _PAIR, "minItems": 2, "maxItems": 2},
    _anchors,
    lambda value: (
        [[s + 1, e] for s, e in value["anchors"]] if isinstance(value, dict) and "anchors" in value else value
    ),
    seen="places",
)
"""{"anchors": [[start, end], [start, end]]}; the bare list in an answer."""
